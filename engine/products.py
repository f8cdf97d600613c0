"""Matrix products in blocks that are small enough for one thread.

For products of this size the threads that a matrix library starts gain little on an idle machine, and on a
busy one they wait for each other far longer than the product takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.checks import Array

# OpenBLAS starts threads above this many multiplications.
_SINGLE_THREAD = 2**18
_COLUMNS = 64


def product(left: Array, right: Array) -> Array:
    """left @ right."""
    out = np.empty((len(left), right.shape[1]))
    put_product(left, right, out)
    return out


def put_product(left: Array, right: Array, out: Array) -> None:
    """out = left @ right."""
    for rows, columns in _blocks(len(left), left.shape[1], right.shape[1]):
        np.matmul(left[rows], right[:, columns], out=out[rows, columns])


def add_product(total: Array, left: Array, right: Array) -> None:
    """total += left @ right.T"""
    for rows, columns in _blocks(len(left), total.shape[1], left.shape[1]):
        total[rows] += left[rows, columns] @ right[:, columns].T


def _blocks(rows: int, between: int, columns: int) -> Iterator[tuple[slice, slice]]:
    high = min(rows, max(16, _SINGLE_THREAD // (between * _COLUMNS)))
    wide = max(16, _SINGLE_THREAD // (high * between))
    wide = -(-columns // -(-columns // wide))
    for row in range(0, rows, high):
        for column in range(0, columns, wide):
            yield slice(row, row + high), slice(column, column + wide)
