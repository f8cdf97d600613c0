"""The one score that would have to be different for another alternative to come level with the first.

Needed value = value ± gap / share of the leaf in the total, mapped back through the value function.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.model import Model
from engine.rows import LazyRows
from engine.standing import LEVEL, SAME, Standing

_DOUBLES = -np.finfo(np.float64).max, np.finfo(np.float64).max


@dataclass(frozen=True, slots=True)
class ScoreFlip:
    """The raw score (`to`) at which a change of this one score alone brings `winner` level with the first.

    For the first itself, `winner` is the runner-up and the score gets worse; for any other alternative it is
    that alternative and the score gets better. `from_` is the score now.
    """

    alternative: str
    criterion: str
    from_: float
    to: float
    winner: str


@dataclass(frozen=True, slots=True)
class NearestScoreFlip:
    """The score flip with the smallest change for the width of its scale.

    `change` is that change as a signed share of the scale, worst to best: above 0 the score gets better.
    """

    alternative: str
    criterion: str
    from_: float
    to: float
    winner: str
    change: float


@dataclass(frozen=True, eq=False)
class ScoreFlips(LazyRows[ScoreFlip]):
    """All score flips, in order of alternative and leaf; each row is made when it is read.

    `rows`, `columns`: index of alternative and leaf; `now`, `then`: raw scores; `winners`: index.
    """

    alternatives: tuple[str, ...]
    criteria: tuple[str, ...]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    now: Array
    then: Array
    winners: NDArray[np.intp]

    def __len__(self) -> int:
        return int(self.rows.size)

    def row(self, place: int) -> ScoreFlip:
        """The flip at `place`."""
        return ScoreFlip(
            alternative=self.alternatives[self.rows[place]],
            criterion=self.criteria[self.columns[place]],
            from_=float(self.now[place]),
            to=float(self.then[place]),
            winner=self.alternatives[self.winners[place]],
        )


def no_score_flips(model: Model) -> ScoreFlips:
    """An empty table."""
    nothing = np.zeros(0)
    none = np.zeros(0, dtype=np.intp)
    return ScoreFlips(model.codes, model.tree.leaf_codes, none, none, nothing, nothing, none)


def score_flips(model: Model, standing: Standing) -> ScoreFlips:
    """Every exact score of a weighted leaf that can bring another alternative level with the first."""
    raw = model.raw[standing.rows]
    target, reachable = reach(model, standing)
    rows, columns = np.nonzero(reachable & ~np.isnan(raw))
    falling = rows == standing.first
    then = _inverse(model, columns, np.clip(target[rows, columns], 0.0, 1.0), falling)
    runner_up = standing.first if np.isnan(standing.gaps).all() else int(np.nanargmin(standing.gaps))
    return ScoreFlips(
        alternatives=standing.codes,
        criteria=model.tree.leaf_codes,
        rows=rows,
        columns=columns,
        now=raw[rows, columns],
        then=then,
        winners=np.where(falling, runner_up, rows),
    )


def reach(model: Model, standing: Standing) -> tuple[Array, NDArray[np.bool_]]:
    """Alternatives × leaves: the value that brings another alternative level, and whether the scale has it.

    For the first the fall to the runner-up. The scale has it if its end leaves no more than a tie.
    """
    gain = _needed_gain(standing)[:, None]
    weight = model.tree.overall[model.tree.leaves]
    values = model.values[standing.rows]
    room = np.where(gain < 0, values, 1 - values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return values + gain / weight, (np.abs(gain) - weight * room <= LEVEL) & (weight > 0)


def _needed_gain(standing: Standing) -> Array:
    """The rise of the total that brings each alternative level; for the first, the fall to the runner-up."""
    gain = standing.gaps.copy()
    if not standing.is_tied and not np.isnan(gain).all():
        gain[standing.first] = -np.nanmin(gain)
    return gain


def _inverse(model: Model, columns: NDArray[np.intp], target: Array, falling: NDArray[np.bool_]) -> Array:
    """The metric at which the value function of each leaf reaches `target`, seen from the better side when
    falling and from the worse side when rising: on a level stretch, the end that is reached first."""
    xs, vs = model.tree.scales
    xs, vs = xs[columns], vs[columns]
    last = vs.shape[1] - 1
    below = np.where(falling[:, None], vs <= target[:, None], vs < target[:, None])
    left = np.clip(below.sum(axis=1) - 1, 0, last - 1)
    place = np.arange(columns.size)
    x0, x1, v0, v1 = xs[place, left], xs[place, left + 1], vs[place, left], vs[place, left + 1]
    metric: Array = x0 + (target - v0) / (v1 - v0) * (x1 - x0)
    return metric


def nearest_score_flip(model: Model, scores: ScoreFlips) -> NearestScoreFlip | None:
    """The smallest change for the width of its scale; of equal ones the first in order."""
    if not len(scores):
        return None
    ends = model.tree.scales[0][scores.columns]
    # A score may lie further outside its scale than a double can say in widths of it.
    with np.errstate(over="ignore"):
        changes = np.clip((scores.then - scores.now) / (ends[:, -1] - ends[:, 0]), *_DOUBLES)
    sizes = np.abs(changes)
    place = int(np.argmax(sizes <= sizes.min() + SAME))
    flip = scores.row(place)
    return NearestScoreFlip(
        flip.alternative, flip.criterion, flip.from_, flip.to, flip.winner, float(changes[place])
    )
