"""VIKOR: a compromise between the best total and the smallest single regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.checks import Array, require_number
from engine.matrix import column_ends, directions, matching_weights, number_table, spreads, tame_columns

# What differs by less is equal: measures S and R in [0, 1], and the index Q, which magnifies their rounding.
_SAME_MEASURE, _SAME_INDEX = 1e-11, 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Vikor:
    """The result of `vikor`, by alternative (m each, in [0, 1], less is better).

    `s`: weighted regret over all criteria; `r`: the largest weighted regret of one criterion; `q`: the
    compromise of both. `compromise`: indices of the proposed compromise solutions, best `q` first.
    """

    s: Array
    r: Array
    q: Array
    compromise: tuple[int, ...]


def vikor(
    matrix: ArrayLike, weights: ArrayLike, *, benefit: Sequence[bool] | NDArray[np.bool_], v: float = 0.5
) -> Vikor:
    """Compromise ranking of raw numbers (`matrix`: m × n). `benefit`: n × true where more is better.

    Regret = weight × (best − x) / (best − worst) of the criterion, best and worst from the data; none where
    all are equal. s = Σ regret, r = max regret,
    q = v · (s − s_min)/(s_max − s_min) + (1 − v) · (r − r_min)/(r_max − r_min), a part that does not vary
    counting 0. `v` in [0, 1] is the weight of the majority; 1 − v that of the largest regret.

    Of the ranking by q, the first alone is the compromise if its advantage over the second is at least
    1/(m − 1) and it is also best by s or by r. If only the latter fails, the first and the second are; if the
    advantage is too small, all whose q is less than 1/(m − 1) above the first. Those equal to one of these
    join it. Raises `InvalidInput`.
    Source: Opricovic and Tzeng, European Journal of Operational Research 156 (2004) 445–455.
    """
    table = tame_columns(number_table(matrix, "matrix"))
    shares = matching_weights(weights, table.shape[1])
    upward = directions(benefit, table.shape[1])
    majority = require_number(v, "v", at_least=0, at_most=1)
    regret = weighted_regrets(table, shares, upward)
    s, r = regret.sum(axis=1), regret.max(axis=1)
    q = majority * _stretched(s) + (1 - majority) * _stretched(r)
    return Vikor(s, r, q, _compromise(s, r, q))


def weighted_regrets(table: Array, shares: Array, upward: NDArray[np.bool_]) -> Array:
    """m × n: weight × the share of the way from the best to the worst value that an alternative has gone."""
    least, greatest = column_ends(table)
    spread = spreads(least, greatest)
    way = np.abs(table - np.where(upward, greatest, least)) * shares
    return np.divide(way, spread, out=np.zeros(table.shape), where=spread > 0)


def _stretched(measure: Array) -> Array:
    """From 0 for the best to 1 for the worst; all 0 where nothing differs."""
    least = measure.min()
    spread = measure.max() - least
    stretched: Array = (measure - least) / spread if spread > _SAME_MEASURE else np.zeros_like(measure)
    return stretched


def _compromise(s: Array, r: Array, q: Array) -> tuple[int, ...]:
    order = np.argsort(q, kind="stable")
    if order.size == 1:
        return (0,)
    gap = q[order] - q[order[0]]
    advantage = 1 / (order.size - 1)
    if gap[1] < advantage - _SAME_INDEX:
        inside = gap < advantage - _SAME_INDEX
    elif any(measure[order[0]] <= measure.min() + _SAME_MEASURE for measure in (s, r)):
        return (int(order[0]),)
    else:
        inside = gap <= gap[1] + _SAME_INDEX
    return tuple(order[inside].tolist())
