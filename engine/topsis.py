"""TOPSIS: how close each alternative is to the ideal, compared with how far it is from the worst."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.checks import Array, is_one_of
from engine.errors import quoted, refuse
from engine.matrix import (
    column_ends,
    directions,
    matching_weights,
    number_table,
    spreads,
    tame_columns,
    unit_table,
)

NORMALISATIONS = ("fixed", "vector", "minmax")
_CELLS_AT_ONCE = 16_000


def topsis(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    normalisation: str = "fixed",
    benefit: Sequence[bool] | NDArray[np.bool_] | None = None,
) -> Array:
    """m closeness scores in [0, 1], more is better: far / (near + far).

    near, far = √Σ(weight × distance)², Euclidean distances to the ideal and to the worst alternative;
    0.5 when both are 0, which happens where nothing tells the alternatives apart.
    - "fixed": `values` (m × n) already in [0, 1], more is better; ideal 1, worst 0. Other alternatives
      never matter.
    - "vector": raw numbers over √Σx² of their column (Hwang and Yoon); ideal and worst from the data.
    - "minmax": raw numbers as (x − least) / (greatest − least) of their column; the same ideals.

    `weights`: n, normalised here. `benefit`: n × true where more is better (None: everywhere).
    A constant column tells nothing apart and adds nothing. Raises `InvalidInput`.
    Source: Hwang and Yoon, Multiple Attribute Decision Making (1981).
    """
    if not is_one_of(normalisation, NORMALISATIONS):
        raise refuse(
            "normalisation", f"one of {', '.join(NORMALISATIONS)} is needed, not {quoted(normalisation)}"
        )
    if normalisation == "fixed":
        return _fixed(values, weights, benefit)
    table = tame_columns(number_table(values, "values"))
    shares = matching_weights(weights, table.shape[1])
    upward = directions(benefit, table.shape[1])
    least, greatest = column_ends(table)
    factor = _factors(table, shares, spreads(least, greatest), normalisation)
    ideal, worst = np.where(upward, greatest, least), np.where(upward, least, greatest)
    return _closeness(_distances(table, ideal, factor), _distances(table, worst, factor))


def _fixed(
    values: ArrayLike, weights: ArrayLike, benefit: Sequence[bool] | NDArray[np.bool_] | None
) -> Array:
    table = unit_table(values, "values")
    shares = matching_weights(weights, table.shape[1])
    if not directions(benefit, table.shape[1]).all():
        raise refuse("benefit", "fixed values are better when higher: turn the others round first")
    return _closeness(_distances(table, 1.0, shares), _distances(table, 0.0, shares))


def _factors(table: Array, shares: Array, spread: Array, normalisation: str) -> Array:
    """What a difference in each column is multiplied by; 0 where a column is constant.

    The largest weighted spread becomes 1, which moves no closeness and keeps small weights from vanishing.
    """
    told = np.where(spread > 0, shares, 0.0)
    if not told.any():
        return told
    scale = np.sqrt(np.einsum("ij,ij->j", table, table)) if normalisation == "vector" else spread
    factor = np.divide(told / told.max(), scale, out=np.zeros_like(told), where=told > 0)
    scaled: Array = factor / (factor * spread).max()
    return scaled


def _distances(table: Array, point: Array | float, factor: Array) -> Array:
    """m squared weighted distances to `point`, in pieces that stay in the processor's cache.

    `einsum` adds up every row in the same way, so that identical alternatives get the same number.
    """
    squared = np.empty(len(table))
    weight = factor * factor
    rows = max(1, _CELLS_AT_ONCE // table.shape[1])
    for start in range(0, len(table), rows):
        gap = table[start : start + rows] - point
        np.einsum("ij,ij,j->i", gap, gap, weight, out=squared[start : start + len(gap)])
    return squared


def _closeness(near: Array, far: Array) -> Array:
    """far / (near + far) of squared distances."""
    near, far = np.sqrt(near), np.sqrt(far)
    total = near + far
    share: Array = np.divide(far, total, out=np.full(total.shape, 0.5), where=total > 0)
    return share
