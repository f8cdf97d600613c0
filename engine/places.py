"""What counts as equal, and the places that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.model import Model

TIE = 1e-9
"""Scores (0–100) that differ by no more than this are equal: rounding must not decide who comes first."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Points between the first two rows; `tie` when below the caller's margin (then decide by pilot)."""

    points: float
    tie: bool


class Placed(Protocol):
    """A row of some ranking."""

    @property
    def code(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def tied(self) -> bool: ...


def lead_of(rows: Sequence[Placed], margin: float) -> Lead | None:
    """The lead of the first row over the second; None where there is no second."""
    if len(rows) < 2:
        return None
    # Rows of a tie are not in order of their scores, which may differ by less than the tolerance.
    points = max(0.0, rows[0].score - rows[1].score)
    # Rounding must not turn a lead of exactly the margin into a tie.
    return Lead(points=points, tie=points < margin - TIE or rows[0].tied)


def first_of(rows: Sequence[Placed]) -> tuple[str, ...]:
    """The codes that have rank 1."""
    return tuple(row.code for row in rows if row.rank == 1)


def tie_groups(order: Sequence[int], scores: Sequence[float]) -> list[list[int]]:
    """Split alternatives, best first, into groups whose scores are equal to their best within 1e-9."""
    groups: list[list[int]] = []
    for row in order:
        if groups and scores[groups[-1][0]] - scores[row] <= TIE:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def places(model: Model, rows: Sequence[int], scores: Sequence[float]) -> list[tuple[int, int, bool]]:
    """(row, rank, tied) of the given rows in the order shown. `scores` by row of the model.

    Competition ranks (1, 1, 3); within a tie the tie-break criterion, then the code, order the rows.
    """
    found: list[tuple[int, int, bool]] = []
    for group in tie_groups(sorted(rows, key=lambda row: -scores[row]), scores):
        rank, tied = len(found) + 1, len(group) > 1
        shown = sorted(group, key=lambda row: _tie_key(model, row)) if tied else group
        found.extend((row, rank, tied) for row in shown)
    return found


def _tie_key(model: Model, row: int) -> tuple[bool, float, str]:
    """Within a tie: the better raw score on the tie-break criterion, an unknown one last, then the code."""
    if model.tie_break is None or np.isnan(raw := model.raw[row, model.tie_break]):
        return (True, 0.0, model.codes[row])
    points = model.tree.functions[model.tie_break].points
    rising = points[0][0] < points[-1][0]
    return (False, -float(raw) if rising else float(raw), model.codes[row])
