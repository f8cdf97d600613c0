"""Scores of several evaluators: what they say together, how far apart they are, and who decides the ranking.

Not everyone scores everything: a missing score is None and counts for nothing; it is never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.additive import weighted_sum
from engine.checks import Array, is_one_of, number_array
from engine.errors import at, quoted, refuse
from engine.places import tie_groups

Cells = NDArray[np.object_]
Counts = NDArray[np.intp]
Marks = NDArray[np.bool_]

LARGEST_SCORE = 1e300
_SHAPE = "evaluators × alternatives × criteria, in rows of equal length, are needed"
_UNKNOWN_VALUE = {"worst": 0.0, "midpoint": 0.5}


@dataclass(frozen=True, slots=True, eq=False)
class GroupScores:
    """What e evaluators say of m alternatives on n criteria.

    m × n: `count` of the scores in each cell, and `mean`, `median`, `low`, `high`, `standard_deviation` (of
    these scores, about their mean) as object arrays of numbers, with None in a cell that nobody scored; they
    can be handed on as values of `rank_acceptability`. By evaluator: `severity`, how far the scores lie below
    the mean of the others' on average over the `shared` cells, those that somebody else scored too (negative:
    more generous; None if there are none). It says something only if all scores are on one scale.
    """

    count: Counts
    mean: Cells
    median: Cells
    low: Cells
    high: Cells
    standard_deviation: Cells
    severity: tuple[float | None, ...]
    shared: Counts


@dataclass(frozen=True, slots=True, eq=False)
class WithoutEvaluator:
    """The ranking of the consensus of e evaluators, and what it would be without each of them.

    `scores` (m, in [0, 1]), `ranks` (m, competition ranks 1, 1, 3), `unknown` (cells that nobody scored);
    e rows of the same without each evaluator: `scores_without`, `ranks_without`, `unknown_without`.
    `first_changes`: whether other alternatives are then first. `largest_move`: most places that one moves.
    """

    scores: Array
    ranks: Counts
    unknown: int
    scores_without: Array
    ranks_without: Counts
    unknown_without: Counts
    first_changes: Marks
    largest_move: Counts


def scores_of_group(scores: ArrayLike) -> GroupScores:
    """Mean, median and spread of each cell, and the severity of each evaluator.

    `scores`: evaluators × alternatives × criteria, nested lists, an object array or a masked array; None or
    masked where an evaluator gave no score; numbers within ±1e300. Raises `InvalidInput` naming the cell.
    Source: elementary statistics; severity as the mean difference on shared cells is our own definition.
    """
    values, known = _read(scores, "scores", -LARGEST_SCORE, LARGEST_SCORE)
    # In units of a power of two near the largest score, so that squares neither overflow nor vanish.
    exponent = int(np.frexp(np.abs(values).max())[1])
    scaled = np.ldexp(values, -exponent)
    count = known.sum(axis=0)
    mean, median = _mean(scaled, known), _median(scaled, known)
    deviation = np.where(known, scaled - mean, 0.0)
    ordered = np.sort(np.where(known, scaled, np.inf), axis=0)
    highest = _pick(ordered, np.maximum(count - 1, 0))
    severity, shared = _severity(scaled, known)

    def cells(table: Array) -> Cells:
        filled = np.ldexp(np.where(count > 0, table, 0.0), exponent).astype(object)
        filled[count == 0] = None
        return filled

    return GroupScores(
        count=count,
        mean=cells(mean),
        median=cells(median),
        low=cells(ordered[0]),
        high=cells(highest),
        standard_deviation=cells(np.sqrt(_mean(deviation**2, known))),
        severity=tuple(None if one is None else float(np.ldexp(one, exponent)) for one in severity),
        shared=shared,
    )


def without_each_evaluator(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    consensus: Literal["mean", "median"] = "mean",
    missing: Literal["worst", "midpoint"] = "worst",
) -> WithoutEvaluator:
    """Rank the alternatives by the consensus of all evaluators, then again without each of them.

    `values`: evaluators × alternatives × criteria in [0, 1], more is better, as for `scores_of_group`; two
    evaluators at least. `weights`: n. `missing`: the policy for a cell that nobody (left) scored, 0 or 0.5,
    as for `rank`. Equal means within 1e-9 of 100 points. Raises `InvalidInput` naming the cell.
    Source: the additive model of `rank`; leaving one out is elementary.
    """
    if not is_one_of(consensus, ("mean", "median")):
        raise refuse("consensus", f'must be "mean" or "median", not {quoted(consensus)}')
    if missing not in tuple(_UNKNOWN_VALUE):
        raise refuse("missing", f'must be "worst" or "midpoint", not {quoted(missing)}')
    table, known = _read(values, "values", 0.0, 1.0)
    if len(table) < 2:
        raise refuse("values", "two evaluators or more are needed to leave one out")
    centre = _mean if consensus == "mean" else _median
    groups = [np.arange(len(table)), *(np.delete(np.arange(len(table)), k) for k in range(len(table)))]
    left = np.array([known[group].any(axis=0) for group in groups])
    agreed = [
        np.where(left[k], centre(table[g], known[g]), _UNKNOWN_VALUE[missing]) for k, g in enumerate(groups)
    ]
    scores = np.array([weighted_sum(one, weights) for one in agreed])
    ranks = np.array([_competition_ranks(row) for row in scores])
    unknown = (~left).sum(axis=(1, 2))
    return WithoutEvaluator(
        scores=scores[0],
        ranks=ranks[0],
        unknown=int(unknown[0]),
        scores_without=scores[1:],
        ranks_without=ranks[1:],
        unknown_without=unknown[1:],
        first_changes=((ranks[1:] == 1) != (ranks[0] == 1)).any(axis=1),
        largest_move=np.abs(ranks[1:] - ranks[0]).max(axis=1),
    )


def _read(scores: Any, path: str, low: float, high: float) -> tuple[Array, Marks]:
    """The scores with 0 where there is none, and where there is one."""
    try:
        raw = np.array(scores, dtype=object)
    except ValueError as error:
        raise refuse(path, _SHAPE) from error
    if raw.ndim != 3:
        raise refuse(path, _SHAPE)
    if isinstance(scores, np.ma.MaskedArray):
        raw[np.ma.getmaskarray(scores)] = None
    known = np.array([cell is not None for cell in raw.flat], dtype=bool).reshape(raw.shape)
    values = number_array(np.where(known, raw, 0.0), path, 3)
    for place in np.argwhere(known & ((values < low) | (values > high)))[:1].tolist():
        for index in place:
            path = at(path, index)
        raise refuse(path, f"{values[tuple(place)]:g} is not between {low:g} and {high:g}")
    return values, known


def _mean(values: Array, known: Marks) -> Array:
    """Mean of each cell over the evaluators (0 where there is no score)."""
    mean: Array = np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean


def _median(values: Array, known: Marks) -> Array:
    """Median of each cell over the evaluators (infinite where there is no score)."""
    ordered = np.sort(np.where(known, values, np.inf), axis=0)
    count = known.sum(axis=0)
    return _pick(ordered, np.maximum(count - 1, 0) // 2) / 2 + _pick(ordered, count // 2) / 2


def _pick(ordered: Array, position: Counts) -> Array:
    """From each cell the score at `position` along the evaluators."""
    picked: Array = np.take_along_axis(ordered, position[None], axis=0)[0]
    return picked


def _severity(values: Array, known: Marks) -> tuple[list[float | None], Counts]:
    shared = known & (known.sum(axis=0) > 1)
    severity: list[float | None] = []
    for evaluator, cells in enumerate(shared):
        others = np.delete(np.arange(len(values)), evaluator)
        below = _mean(values[others], known[others]) - values[evaluator]
        severity.append(float(below[cells].mean()) if cells.any() else None)
    return severity, shared.sum(axis=(1, 2))


def _competition_ranks(scores: Array) -> Counts:
    points = (100 * scores).tolist()
    ranks, place = np.zeros(len(points), dtype=np.intp), 1
    for group in tie_groups(sorted(range(len(points)), key=lambda row: -points[row]), points):
        ranks[group] = place
        place += len(group)
    return ranks
