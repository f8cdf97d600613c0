"""What the methods on bare tables share: reading a table, its weights and directions, ends of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.checks import Array, number_array, weight_vector
from engine.errors import at, quoted, refuse

# Two decimal numbers that are equal on paper may differ by this much of their size.
ROUNDING = 4 * float(np.finfo(np.float64).eps)
_ROWS_FOLDED = 64
# Squares and quotients of what lies between these two stay finite and above 0.
_LARGEST, _SMALLEST = 1e100, 1e-100


def number_table(values: ArrayLike, path: str) -> Array:
    """A finite table of m alternatives × n criteria that is not empty, or a refusal that names the place.

    A clean float64 array comes back itself and not as a copy: do not write into it.
    """
    if isinstance(values, np.ndarray) and type(values) is np.ndarray and values.dtype == np.float64:
        table: Array = values
        if table.ndim == 2 and table.size and np.isfinite(table).all():
            return table
    return number_array(values, path, 2)


def unit_table(values: ArrayLike, path: str) -> Array:
    """The same for values that must lie in [0, 1]."""
    table = number_table(values, path)
    if table.min() < 0 or table.max() > 1:
        row, column = np.argwhere((table < 0) | (table > 1))[0].tolist()
        raise refuse(at(at(path, row), column), f"{table[row, column]:g} is not between 0 and 1")
    return table


def matching_weights(weights: ArrayLike, criteria: int, path: str = "weights") -> Array:
    """Weights normalised to sum 1, one for each criterion."""
    shares = weight_vector(weights, path)
    if shares.size != criteria:
        raise refuse(path, f"{shares.size} weights for {criteria} criteria")
    return shares


def directions(benefit: Sequence[bool] | NDArray[np.bool_] | None, criteria: int) -> NDArray[np.bool_]:
    """True for each criterion where more is better; None means everywhere."""
    if benefit is None:
        return np.ones(criteria, dtype=bool)
    entries: Any = benefit.tolist() if isinstance(benefit, np.ndarray) else benefit
    if not isinstance(entries, list | tuple):
        raise refuse("benefit", "a list of true and false is needed")
    for place, entry in enumerate(entries):
        if not isinstance(entry, bool | np.bool_):
            raise refuse(at("benefit", place), f"true or false is needed, not {quoted(entry)}")
    if len(entries) != criteria:
        raise refuse("benefit", f"{len(entries)} directions for {criteria} criteria")
    return np.array(entries, dtype=bool)


def column_ends(table: Array) -> tuple[Array, Array]:
    """The least and the greatest of each column.

    NumPy walks down narrow columns slowly; with 64 rows side by side it is six times as fast.
    """
    whole = len(table) // _ROWS_FOLDED * _ROWS_FOLDED
    if whole == 0:
        return table.min(axis=0), table.max(axis=0)
    wide = table[:whole].reshape(-1, _ROWS_FOLDED * table.shape[1])
    least = np.vstack([wide.min(axis=0).reshape(_ROWS_FOLDED, -1), table[whole:]])
    greatest = np.vstack([wide.max(axis=0).reshape(_ROWS_FOLDED, -1), table[whole:]])
    return least.min(axis=0), greatest.max(axis=0)


def spreads(least: Array, greatest: Array) -> Array:
    """How far the ends of each column are apart; 0 where that is no more than rounding."""
    gap = greatest - least
    spread: Array = np.where(gap > ROUNDING * np.maximum(np.abs(least), np.abs(greatest)), gap, 0.0)
    return spread


def weighted_rows(table: Array, shares: Array) -> Array:
    """Σ weight × number of each row.

    Unlike a matrix product, `einsum` adds up every row in the same way: equal rows have the same sum.
    """
    total: Array = np.einsum("ij,j->i", table, shares)
    return total


def tame_columns(table: Array) -> Array:
    """The table with columns of extreme size brought to about 1, for methods that units do not move."""
    least, greatest = column_ends(table)
    peak = np.maximum(np.abs(least), np.abs(greatest))
    extreme = (peak > _LARGEST) | ((peak < _SMALLEST) & (peak > 0))
    if not extreme.any():
        return table
    # A power of two keeps every digit; two steps, because one would itself overflow for the smallest.
    exponent = np.where(extreme, np.frexp(peak)[1], 0)
    tamed: Array = np.ldexp(np.ldexp(table, -(exponent // 2)), exponent // 2 - exponent)
    return tamed
