"""How far the first place stands: solved from the linear equations of the model, not searched.

Let s be the local share of a node, P the value of its parent, V its own value, G the global weight of
the parent. When the share becomes x and the siblings are rescaled in proportion, the total of an alternative
moves by G · (x − s) · (V − P) / (1 − s): a straight line in x, so the share at which another alternative
comes level is the root of one linear equation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.model import Model
from engine.problem import Problem
from engine.ranking import TIE
from engine.scoring import Scored

_EDGE = 1e-12
_LEVEL = TIE / 100
_ROUNDING = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class WeightFlip:
    """The interval of a node's local share in which the first stays first, and who takes over beyond it.

    `weight`: the share now. A winner is None where the interval ends at 0 or 1 because nobody takes over.
    """

    code: str
    weight: float
    low: float
    high: float
    low_winner: str | None
    high_winner: str | None


@dataclass(frozen=True, slots=True)
class NearestFlip:
    """The smallest change of one local share that changes the first place; `change` is a signed share."""

    code: str
    change: float
    winner: str


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


@dataclass(frozen=True, eq=False)
class ScoreFlips(Sequence[ScoreFlip]):
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

    @overload
    def __getitem__(self, place: int) -> ScoreFlip: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ScoreFlip]: ...
    def __getitem__(self, place: int | slice) -> ScoreFlip | Sequence[ScoreFlip]:
        if isinstance(place, slice):
            return [self[k] for k in range(*place.indices(len(self)))]
        return ScoreFlip(
            alternative=self.alternatives[self.rows[place]],
            criterion=self.criteria[self.columns[place]],
            from_=float(self.now[place]),
            to=float(self.then[place]),
            winner=self.alternatives[self.winners[place]],
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScoreFlips | list | tuple) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __iter__(self) -> Iterator[ScoreFlip]:
        return (self[place] for place in range(len(self)))


@dataclass(frozen=True)
class Flips:
    """The result of `flips`. `weights`: one row for every node of the tree, in file order."""

    weights: tuple[WeightFlip, ...]
    nearest: NearestFlip | None
    scores: ScoreFlips


@dataclass(frozen=True)
class _Field:
    """The alternatives that are ranked; `gaps`: distance to the first in [0, 1], nan for the first itself."""

    rows: NDArray[np.intp]
    first: int
    gaps: Array
    is_tied: bool

    @classmethod
    def of(cls, model: Model, scored: Scored) -> _Field | None:
        """None when nobody is left to rank."""
        rows = [row for row in range(len(model.codes)) if not model.is_excluded[row]]
        if not rows:
            return None
        scores = np.array([scored.scores[row] for row in rows])
        level = scores >= scores.max() - TIE
        first = int(np.argmax(level))
        gaps = (scores[first] - scores) / 100
        gaps[level] = np.nan
        return cls(np.array(rows, dtype=np.intp), first, gaps, bool(level.sum() > 1))


def flips(problem: Problem) -> Flips:
    """What would have to change for another alternative to come first, one weight or one score at a time.

    With the first place tied, an only child, or a share of 1, a weight row is [0, 1] without winners; of
    tied alternatives the first in file order counts as the first.
    """
    model = problem.model
    scored = problem.scored
    field = _Field.of(model, scored)
    if field is None:
        weights, scores = _no_weight_flips(model), _no_score_flips(model)
    else:
        weights = _no_weight_flips(model) if field.is_tied else _weight_flips(model, scored, field)
        scores = _score_flips(model, field)
    return Flips(weights=weights, nearest=_nearest(weights), scores=scores)


def _no_weight_flips(model: Model) -> tuple[WeightFlip, ...]:
    shares = model.tree.local.tolist()
    return tuple(
        WeightFlip(code, weight, 0.0, 1.0, None, None)
        for code, weight in zip(model.tree.codes, shares, strict=False)
    )


def _weight_flips(model: Model, scored: Scored, field: _Field) -> tuple[WeightFlip, ...]:
    tree = model.tree
    free = _free_shares(model)
    level, slopes = _level_shares(model, scored, field, free)
    below, above = _takeovers(level, slopes, free)
    low, high = below.max(axis=1), above.min(axis=1)
    steep = np.abs(slopes)
    low_row = np.where(below >= low[:, None] - _EDGE, steep, -1.0).argmax(axis=1)
    high_row = np.where(above <= high[:, None] + _EDGE, steep, -1.0).argmax(axis=1)
    names = [model.codes[row] for row in field.rows]
    columns = (
        tree.codes,
        tree.local.tolist(),
        low.tolist(),
        high.tolist(),
        low_row.tolist(),
        high_row.tolist(),
    )
    return tuple(
        WeightFlip(
            code=code,
            weight=weight,
            low=lower if lower > -np.inf else 0.0,
            high=upper if upper < np.inf else 1.0,
            low_winner=names[below_by] if lower > -np.inf else None,
            high_winner=names[above_by] if upper < np.inf else None,
        )
        for code, weight, lower, upper, below_by, above_by in zip(*columns, strict=False)
    )


def _free_shares(model: Model) -> Array:
    """Nodes × 1: what the siblings of each node share; NaN where it is nothing."""
    share = model.tree.local[:-1, None]
    return np.where(share < 1, 1 - share, np.nan)


def _level_shares(model: Model, scored: Scored, field: _Field, free: Array) -> tuple[Array, Array]:
    """Nodes × alternatives: the share at which each comes level with the first, and how fast the first gains
    on it as the share grows. NaN where the node has no share to give or nothing to compare."""
    tree = model.tree
    count = len(tree.codes)
    values = scored.nodes[:, field.rows]
    share = tree.local[:count, None]
    gains = tree.overall[tree.parent][:, None] * (values[:count] - values[tree.parent]) / free
    gains[~tree.has_value[:count]] = np.nan
    slopes = gains[:, [field.first]] - gains
    with np.errstate(divide="ignore", invalid="ignore"):
        return share - field.gaps / slopes, slopes


def _takeovers(level: Array, slopes: Array, free: Array) -> tuple[Array, Array]:
    """Nodes × alternatives: the share at which each takes over when the share falls (−inf: never) or grows
    (inf: never). To take over is to lead at the end, share 0 or 1, by more than a tie.
    """
    # Siblings with little weight magnify rounding, so a tie at an end must not look like a flip before it.
    edge = _EDGE + _ROUNDING / free
    with np.errstate(invalid="ignore"):
        falling = (slopes > 0) & (slopes * (level - edge) > _LEVEL)
        growing = (slopes < 0) & (slopes * (level - 1 + edge) > _LEVEL)
    return np.where(falling, level, -np.inf), np.where(growing, level, np.inf)


def _nearest(weights: tuple[WeightFlip, ...]) -> NearestFlip | None:
    changes = [
        NearestFlip(row.code, end - row.weight, winner)
        for row in weights
        for end, winner in ((row.low, row.low_winner), (row.high, row.high_winner))
        if winner is not None
    ]
    return min(changes, key=lambda flip: abs(flip.change), default=None)


def _no_score_flips(model: Model) -> ScoreFlips:
    nothing = np.zeros(0)
    none = np.zeros(0, dtype=np.intp)
    return ScoreFlips(model.codes, model.tree.leaf_codes, none, none, nothing, nothing, none)


def _score_flips(model: Model, field: _Field) -> ScoreFlips:
    """Needed value = value ± gap / global weight of the leaf, mapped back through the value function."""
    needed = _needed_gain(field)
    weight = model.tree.overall[model.tree.leaves]
    raw, values = model.raw[field.rows], model.values[field.rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        target = values + needed[:, None] / weight
    reachable = (target >= -_EDGE) & (target <= 1 + _EDGE) & ~np.isnan(raw) & (weight > 0)
    rows, columns = np.nonzero(reachable)
    falling = rows == field.first
    then = _inverse(model, columns, np.clip(target[rows, columns], 0.0, 1.0), falling)
    runner_up = field.first if np.isnan(field.gaps).all() else int(np.nanargmin(field.gaps))
    winners = np.where(falling, runner_up, rows)
    return ScoreFlips(
        alternatives=tuple(model.codes[row] for row in field.rows),
        criteria=model.tree.leaf_codes,
        rows=rows,
        columns=columns,
        now=raw[rows, columns],
        then=then,
        winners=winners,
    )


def _needed_gain(field: _Field) -> Array:
    """The rise of the total that brings each alternative level; for the first, the fall to the runner-up."""
    gain = field.gaps.copy()
    if not field.is_tied and not np.isnan(gain).all():
        gain[field.first] = -np.nanmin(gain)
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
