"""The additive model on bare arrays, and dominance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, number_array
from engine.matrix import matching_weights, unit_table, weighted_rows

_CELLS_AT_ONCE = 4_000_000


def weighted_sum(values: ArrayLike, weights: ArrayLike) -> Array:
    """m scores in [0, 1]: Σ weight × value.

    `values`: m alternatives × n criteria, each in [0, 1], more is better. `weights`: n, normalised here.
    """
    table = unit_table(values, "values")
    shares = matching_weights(weights, table.shape[1])
    scores: Array = np.clip(weighted_rows(table, shares), 0.0, 1.0)
    return scores


def dominated(values: ArrayLike) -> list[tuple[int, int]]:
    """(dominated, by) index pairs: `by` is nowhere worse and somewhere better.

    `values`: m alternatives × n criteria, any finite scale, more is better.
    """
    matrix = number_array(values, "values", 2)
    return interval_dominance(matrix, matrix)


def interval_dominance(low: Array, high: Array) -> list[tuple[int, int]]:
    """(dominated, by) pairs that hold whatever the values turn out to be within [low, high]."""
    count, criteria = low.shape
    rows_at_once = max(1, _CELLS_AT_ONCE // max(1, count * criteria))
    pairs: list[tuple[int, int]] = []
    for start in range(0, count, rows_at_once):
        never_worse = (low[None, :, :] >= high[start : start + rows_at_once, None, :]).all(axis=2)
        worse, better = np.nonzero(never_worse)
        worse = worse + start
        strict = (low[better] > high[worse]).any(axis=1)
        pairs.extend(zip(worse[strict].tolist(), better[strict].tolist(), strict=True))
    return pairs
