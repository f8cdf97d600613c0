"""The additive model on bare arrays, and dominance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, number_array
from engine.matrix import matching_weights, unit_table, weighted_rows

_CELLS_AT_ONCE = 250_000
# Few pairs pass this many criteria by chance, so only those are looked at in full.
_SIEVE = 8


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
    count = low.shape[0]
    floors, ceilings = np.ascontiguousarray(low[:, :_SIEVE].T), np.ascontiguousarray(high[:, :_SIEVE].T)
    rows_at_once = max(1, _CELLS_AT_ONCE // max(1, count * _SIEVE))
    pairs: list[tuple[int, int]] = []
    for start in range(0, count, rows_at_once):
        part = slice(start, start + rows_at_once)
        worse, better = np.nonzero((floors[:, None, :] >= ceilings[:, part, None]).all(axis=0))
        worse = worse + start
        ceiling, floor = high[worse], low[better]
        certain = (floor >= ceiling).all(axis=1) & (floor > ceiling).any(axis=1)
        pairs.extend(zip(worse[certain].tolist(), better[certain].tolist(), strict=True))
    return pairs
