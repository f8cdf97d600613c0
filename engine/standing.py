"""Who is ranked, who is first, and by how much: what every question about a change starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.model import Model
from engine.places import TIE
from engine.scoring import Scored

LEVEL = TIE / 100
"""A tie on the scale of values, 0 to 1."""
SAME = 1e-12
"""Changes that differ by less than this happen at the same point."""


@dataclass(frozen=True, eq=False)
class Standing:
    """The alternatives that are ranked: `rows` of the model, and which of them counts as `first`.

    `gaps`: distance to the first in [0, 1], NaN for the first itself and for whoever is level with it.
    With first place tied the first in file order counts as the first.
    """

    rows: NDArray[np.intp]
    codes: tuple[str, ...]
    first: int
    gaps: Array
    is_tied: bool

    @classmethod
    def of(cls, model: Model, scored: Scored) -> Standing | None:
        """None when nobody is left to rank."""
        rows = model.kept
        if not rows:
            return None
        scores = np.array([scored.scores[row] for row in rows])
        level = scores.max() - scores <= TIE
        first = int(np.argmax(level))
        gaps = (scores[first] - scores) / 100
        gaps[level] = np.nan
        codes = tuple(model.codes[row] for row in rows)
        return cls(np.array(rows, dtype=np.intp), codes, first, gaps, bool(level.sum() > 1))


def takeovers(gaps: Array, slopes: Array, room: Array) -> tuple[Array, NDArray[np.intp]]:
    """How far each of several changes must go until another alternative takes over, and who does.

    `slopes` (changes × alternatives): how fast the first gains on each; `room`: how far each change can go.
    To take over is to lead at the end of the room by more than a tie; every path is a straight line, so the
    point where both are level is one division. Gives the distance (inf: nobody takes over) and the index of
    the winner; of several at the same point, the one that gains fastest, then the first in file order.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        points = np.where(gaps + room[:, None] * slopes < -LEVEL, -gaps / slopes, np.inf)
    nearest: Array = points.min(axis=1)
    gaining = np.where(points <= nearest[:, None] + SAME, -slopes, -np.inf)
    fastest = gaining.max(axis=1, keepdims=True)
    return nearest, (gaining >= fastest * (1 - SAME)).argmax(axis=1)
