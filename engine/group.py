"""What several people say about importance: one set of weights, how far they agree, and who moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, number_array, weight_vector
from engine.errors import at, refuse
from engine.pairwise import PairwiseWeights, log_judgements, solve_pairwise

_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GroupWeights:
    """n weights of p people together (sum 1), and the spread behind them.

    By criterion: `low`, `high`, `standard_deviation` of the weights of the people (of these p, about their
    mean; each person counts with `influence`, p shares that sum to 1). By person: `distance`, the share of
    weight that the person puts elsewhere than the group (half the sum of the absolute differences), and
    `farthest`, who has the largest (the first of equals, None if all agree). `without`: p × n, the weights of
    the group without each person, and `pull`, the share of weight that then moves; None for a single person.
    """

    weights: Array
    low: Array
    high: Array
    standard_deviation: Array
    influence: Array
    distance: Array
    farthest: int | None
    without: Array | None
    pull: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class GroupJudgements:
    """Comparisons in pairs of p people, made into one set of judgements and then into weights.

    `upper`: the geometric means, flat, row by row; `low`, `high`: the extremes behind each of them.
    `result`: the weights of `upper` and their consistency; `people`: the same of each person alone.
    `group`: the weights of `result` with the spread of those of the people.
    """

    upper: Array
    low: Array
    high: Array
    result: PairwiseWeights
    people: tuple[PairwiseWeights, ...]
    group: GroupWeights


def weights_of_group(weights: ArrayLike, *, influence: ArrayLike | None = None) -> GroupWeights:
    """The arithmetic mean of the weights of several people (aggregation of individual priorities).

    `weights`: p × n, none negative, each row scaled to sum 1 first. `influence`: p numbers above 0, how much
    each person counts (equally if None). Raises `InvalidInput` naming the person and the criterion.
    Source: Forman and Peniwati, European Journal of Operational Research 108 (1998) 165–169.
    """
    table = number_array(weights, "weights", 2)
    rows = np.array([weight_vector(row, at("weights", person)) for person, row in enumerate(table)])
    shares = _influence(influence, len(rows))
    without = None
    if len(rows) > 1:
        without = np.array([_mean(_others(rows, k), _others(shares, k)) for k in range(len(rows))])
    return _group(_mean(rows, shares), rows, shares, without)


def judgements_of_group(
    uppers: ArrayLike, *, influence: ArrayLike | None = None, random_index: str = "saaty"
) -> GroupJudgements:
    """The geometric mean of the judgements of several people, and its weights (aggregation of judgements).

    `uppers`: p rows, each a flat upper triangle as for `pairwise_weights`, which see also for `random_index`.
    The geometric mean is the one that keeps a judgement and its reciprocal in step. `influence`: p numbers
    above 0 (equal if None). Raises `InvalidInput` naming the person and the judgement.
    Source: Aczél and Saaty, Journal of Mathematical Psychology 27 (1983) 93–102.
    """
    table = number_array(uppers, "uppers", 2)
    logs = np.array([log_judgements(row, at("uppers", person)) for person, row in enumerate(table)])
    shares = _influence(influence, len(table))
    together = _mean(logs, shares)
    people = tuple(solve_pairwise(one, random_index) for one in logs)
    result = solve_pairwise(together, random_index)
    without = None
    if len(people) > 1:
        reduced = (_mean(_others(logs, k), _others(shares, k)) for k in range(len(people)))
        without = np.array([solve_pairwise(one, random_index).weights for one in reduced])
    rows = np.array([person.weights for person in people])
    return GroupJudgements(
        upper=np.exp(together[np.triu_indices(len(together), 1)]),
        low=table.min(axis=0),
        high=table.max(axis=0),
        result=result,
        people=people,
        group=_group(result.weights, rows, shares, without),
    )


def _influence(influence: ArrayLike | None, people: int) -> Array:
    if influence is None:
        return np.full(people, 1.0 / people)
    shares = weight_vector(influence, "influence")
    if len(shares) != people:
        raise refuse("influence", f"{len(shares)} numbers for {people} people")
    for person in np.flatnonzero(shares == 0)[:1].tolist():
        raise refuse(
            at("influence", person),
            "is 0, or nothing beside the others; leave out a person who does not count",
        )
    return shares


def _others(rows: Array, person: int) -> Array:
    return np.delete(rows, person, axis=0)


def _mean(rows: Array, shares: Array) -> Array:
    mean: Array = np.tensordot(shares / shares.sum(), rows, axes=1)
    return mean


def _group(weights: Array, rows: Array, shares: Array, without: Array | None) -> GroupWeights:
    distance = np.abs(rows - weights).sum(axis=1) / 2
    farthest = float(distance.max())
    variance = _mean((rows - _mean(rows, shares)) ** 2, shares)
    return GroupWeights(
        weights=weights,
        low=rows.min(axis=0),
        high=rows.max(axis=0),
        standard_deviation=np.sqrt(variance),
        influence=shares,
        distance=distance,
        farthest=None if farthest <= _SAME else int(np.argmax(distance >= farthest - _SAME)),
        without=without,
        pull=None if without is None else np.abs(without - weights).sum(axis=1) / 2,
    )


def kendalls_w(ranks: ArrayLike) -> float | None:
    """Kendall's coefficient of concordance of m raters (rows) over n items, from 0 to 1 (all agree).

    W = 12 S / (m² (n³ − n) − m Σ (t³ − t)), with S the squared deviations of the rank sums and t the sizes of
    the groups of ties. Each row is ranked anew, ties at their middle rank, so scores and ranks of any form
    will do as long as all raters count in the same direction. None when undefined: one rater, one item, or
    nobody tells any two items apart. Raises `InvalidInput` for what is not a finite number.
    Source: Kendall and Babington Smith, Annals of Mathematical Statistics 10 (1939) 275–287; Siegel and
    Castellan, Nonparametric Statistics for the Behavioral Sciences (1988), section 9.5, for the ties.
    """
    table = number_array(ranks, "ranks", 2)
    raters, items = table.shape
    # Twice the middle rank, and the ties with it: whole numbers, so that full agreement is exactly 1.
    sums, ties = np.zeros(items), 0.0
    for row in table:
        ordered = np.sort(row)
        below, up_to = np.searchsorted(ordered, row), np.searchsorted(ordered, row, side="right")
        sums += below + up_to + 1
        ties += float(((up_to - below).astype(np.float64) ** 2 - 1).sum())
    span = raters**2 * (items**3 - items) - raters * ties
    if raters < 2 or span == 0:
        return None
    return float(3 * ((sums - raters * (items + 1)) ** 2).sum() / span)
