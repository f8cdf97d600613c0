"""Weights from two rows of comparisons: the best criterion to the others, the others to the worst.

Both models are solved in closed form, without a solver. With w_W = 1, b_j = a_Bj and c_j = a_jW, a deviation
xi leaves criterion j an allowed weight exactly if w_B lies between two curves of xi. So the least xi is the
largest at which two such curves meet. It fixes w_B, and every other weight follows from w_B.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, is_one_of, number_array, number_problem
from engine.errors import at, quoted, refuse

# The product of two judgements stays far within the range of floats.
LARGEST_JUDGEMENT = 1e100
MODELS = ("linear", "nonlinear")
_CONSISTENT = 1e-12
# Largest possible deviation for a_BW = 1 … 9, to the two decimals that are published.
CONSISTENCY_INDEX = (0.0, 0.44, 1.0, 1.63, 2.30, 3.0, 3.73, 4.47, 5.23)

Place = Callable[[str, int], str]


@dataclass(frozen=True, slots=True, eq=False)
class BestWorstWeights:
    """n weights that sum to 1, and how well the judgements fit together.

    `xi`: the largest deviation, 0 when consistent: of weights in the linear model, of ratios of weights in
    the non-linear one, so the two are never compared. Of the non-linear model only: `consistency_ratio`, xi
    over the index of the judgement of the best against the worst, and `intervals`, n × 2, the lowest and the
    highest weight of each criterion among all weights with that xi. `best`, `worst`: the indices used.
    """

    weights: Array
    xi: float
    consistency_ratio: float | None
    intervals: Array | None
    best: int
    worst: int
    model: str


@dataclass(frozen=True, slots=True)
class _Judged:
    """Checked judgements. `span`: a_BW; `b`, `c`: those of the criteria between best and worst."""

    best: int
    worst: int
    span: float
    b: Array
    c: Array

    def spread(self, of_best: float, of_worst: float, others: Array) -> Array:
        """The weights put back in the order of the criteria."""
        weights = np.empty(len(others) + len({self.best, self.worst}))
        weights[np.delete(np.arange(len(weights)), [self.best, self.worst])] = others
        weights[self.worst] = of_worst
        weights[self.best] = of_best
        return weights


def best_worst_weights(
    best_to_others: ArrayLike,
    others_to_worst: ArrayLike,
    *,
    model: str = "linear",
    best: int | None = None,
    worst: int | None = None,
) -> BestWorstWeights:
    """Best-worst weights of n criteria.

    `best_to_others[j]`: how many times the best is as important as j; `others_to_worst[j]`: how many times j
    is as important as the worst; numbers from 1 to 1e100, and 1 for a criterion against itself. Best and
    worst are found from these ones: a pair of different criteria on which both rows agree, of several the
    pair furthest apart, then the first; `best` and `worst` (indices) name them instead. If both are judged
    equal, all criteria must be.
    Linear: min max(|w_B − a_Bj w_j|, |w_j − a_jW w_W|), whose optimum is a single point.
    Non-linear: min max(|w_B/w_j − a_Bj|, |w_j/w_W − a_jW|); many weights can share the least xi, so they are
    the centres of the intervals, rescaled to sum to 1. The index of the ratio is the published one for whole
    numbers up to 9, otherwise its formula. Raises `InvalidInput` for anything else, naming the judgement.
    Source: Rezaei, Omega 53 (2015) 49–57 (non-linear) and Omega 64 (2016) 126–130 (linear, intervals).
    """
    if not is_one_of(model, MODELS):
        raise refuse("model", f'must be "linear" or "nonlinear", not {quoted(model)}')
    to_others = _row(best_to_others, "best_to_others")
    to_worst = _row(others_to_worst, "others_to_worst")
    if len(to_others) != len(to_worst):
        raise refuse("others_to_worst", f"{len(to_worst)} judgements, but {len(to_others)} in best_to_others")
    ends = best_and_worst(to_others, to_worst, (best, worst), at)
    return _solve(_judged(to_others, to_worst, ends), model)


def _row(judgements: ArrayLike, path: str) -> Array:
    row = number_array(judgements, path, 1)
    for index in np.flatnonzero((row < 1) | (row > LARGEST_JUDGEMENT))[:1].tolist():
        raise refuse(at(path, index), str(judgement_problem(float(row[index]))))
    return row


def judgement_problem(value: object) -> str | None:
    """What is wrong with a judgement, or None."""
    return number_problem(value, at_least=1, at_most=LARGEST_JUDGEMENT)


def best_and_worst(
    to_others: Array, to_worst: Array, named: tuple[int | None, int | None], place: Place
) -> tuple[int, int]:
    """The indices of best and worst, refused where the two rows contradict each other.

    `named`: an index where the caller knows it. `place`: the path of a judgement, from its row and index.
    """
    bests = _candidates(to_others, named[0], "best_to_others", "best", place)
    worsts = _candidates(to_worst, named[1], "others_to_worst", "worst", place)
    pairs = [(b, w) for b in bests for w in worsts if b != w or len(to_others) == 1]
    if not pairs:
        raise refuse(place("others_to_worst", bests[0]), "the best criterion cannot be the worst as well")
    agreed = [(b, w) for b, w in pairs if to_others[w] == to_worst[b]]
    if not agreed:
        b, w = pairs[0]
        other = place("others_to_worst", b)
        message = f"the best against the worst is {to_others[w]:g} here, but {to_worst[b]:g} at {other}"
        raise refuse(place("best_to_others", w), message)
    best, worst = max(agreed, key=lambda pair: float(to_worst[pair[0]]))
    if to_worst[best] == 1:
        _require_all_equal(to_others, to_worst, place)
    return best, worst


def _candidates(row: Array, named: int | None, vector: str, what: str, place: Place) -> list[int]:
    if named is None:
        found: list[int] = np.flatnonzero(row == 1).tolist()
        if not found:
            raise refuse(vector, f"no 1 in it: the {what} criterion against itself is 1")
        return found
    if isinstance(named, bool | np.bool_) or not isinstance(named, int | np.integer):
        raise refuse(what, f"an index is needed, not {quoted(named)}")
    if not 0 <= named < len(row):
        raise refuse(what, f"{named} is not an index from 0 to {len(row) - 1}")
    if row[named] != 1:
        message = f"the {what} criterion against itself is 1, not {row[named]:g}"
        raise refuse(place(vector, int(named)), message)
    return [int(named)]


def _require_all_equal(to_others: Array, to_worst: Array, place: Place) -> None:
    for vector, row in (("best_to_others", to_others), ("others_to_worst", to_worst)):
        for index in np.flatnonzero(row != 1)[:1].tolist():
            message = f"best and worst are judged equal, so all are: 1 is needed, not {row[index]:g}"
            raise refuse(place(vector, index), message)


def _judged(to_others: Array, to_worst: Array, ends: tuple[int, int]) -> _Judged:
    between = np.delete(np.arange(len(to_others)), ends)
    return _Judged(
        best=ends[0],
        worst=ends[1],
        span=float(to_worst[ends[0]]),
        b=to_others[between],
        c=to_worst[between],
    )


def _solve(judged: _Judged, model: str) -> BestWorstWeights:
    span = judged.span
    if bool((np.abs(judged.b * judged.c - span) <= _CONSISTENT * span).all()):
        weights = judged.spread(1.0, 1.0 / span, 1.0 / judged.b)
        weights /= weights.sum()
        xi, intervals = 0.0, np.column_stack([weights, weights])
    elif model == "linear":
        weights, xi = _linear(judged)
    else:
        weights, xi, intervals = _nonlinear(judged)
    is_linear = model == "linear"
    ratio = xi / _consistency_index(span) if xi > 0 else 0.0
    return BestWorstWeights(
        weights=weights,
        xi=xi,
        consistency_ratio=None if is_linear else ratio,
        intervals=None if is_linear else intervals,
        best=judged.best,
        worst=judged.worst,
        model=model,
    )


def _linear(judged: _Judged) -> tuple[Array, float]:
    """Criterion j leaves w_B between b c − (b + 1) xi and b c + (b + 1) xi, the pair a_BW ∓ xi; w_W = 1.

    A weight at the top of its range brings xi / Σ w down, so all of them are there: the optimum is one point.
    """
    centre = np.append(judged.b * judged.c, judged.span)
    slope = np.append(judged.b + 1, 1.0)
    xi = float(((centre[:, None] - centre) / (slope[:, None] + slope)).max())
    of_best = float((centre + slope * xi).min())
    others = np.minimum((of_best + xi) / judged.b, judged.c + xi)
    weights = judged.spread(of_best, 1.0, others)
    total = float(weights.sum())
    return weights / total, xi / total


def _nonlinear(judged: _Judged) -> tuple[Array, float, Array]:
    """Criterion j leaves w_B between (b − xi)(c − xi) and (b + xi)(c + xi), the pair a_BW ∓ xi; w_W = 1.

    At the least xi only one w_B is left, and every other weight has a range of its own.
    """
    b, c, xi = judged.b, judged.c, _least_ratio_deviation(judged)
    b_low, c_low = np.maximum(b - xi, 0.0), np.maximum(c - xi, 0.0)
    bottom = np.max(b_low * c_low, initial=judged.span - xi)
    top = np.min((b + xi) * (c + xi), initial=judged.span + xi)
    of_best = float(bottom + top) / 2
    low = np.maximum(of_best / (b + xi), c_low)
    high = c + xi
    np.minimum(high, np.divide(of_best, b_low, out=high.copy(), where=b_low > 0), out=high)
    # Where rounding crosses the ends of a range, it is a single point.
    low, high = np.minimum(low, high), np.maximum(low, high)
    lows, highs = (judged.spread(of_best, 1.0, ends) for ends in (low, high))
    others = 1 - np.eye(len(lows))
    intervals = np.column_stack([lows / (lows + others @ highs), highs / (highs + others @ lows)])
    centres = intervals.mean(axis=1)
    return centres / centres.sum(), xi, intervals


def _least_ratio_deviation(judged: _Judged) -> float:
    """The largest xi at which the lower curve of one criterion meets the upper curve of another.

    The squares of xi cancel between two criteria; against the pair of best and worst one stays.
    """
    b, c, span = judged.b, judged.c, judged.span
    products, sums = b * c, b + c
    among = (products[:, None] - products) / (sums[:, None] + sums)
    root = np.sqrt((b - c) ** 2 + 2 * sums + 1 + 4 * span)
    with_span = 2 * np.abs(products - span) / (sums + 1 + root)
    return float(max(among.max(), with_span.max()))


def _consistency_index(span: float) -> float:
    if span.is_integer() and span <= len(CONSISTENCY_INDEX):
        return CONSISTENCY_INDEX[int(span) - 1]
    return 2 * span * (span - 1) / (2 * span + 1 + math.sqrt(8 * span + 1))
