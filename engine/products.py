"""Matrix products of many small columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.checks import Array

# OpenBLAS starts threads above this many multiplications. For so little work they gain nothing on an idle
# machine and lose much on a busy one.
_SINGLE_THREAD = 2**18


def put_product(left: Array, right: Array, out: Array) -> None:
    """out = left @ right, some columns of `right` at a time."""
    for part in _parts(left.size, right.shape[1]):
        np.matmul(left, right[:, part], out=out[:, part])


def add_product(total: Array, left: Array, right: Array) -> None:
    """total += left @ right.T, some columns of both at a time."""
    for part in _parts(total.size, right.shape[1]):
        total += left[:, part] @ right[:, part].T


def _parts(work: int, columns: int) -> Iterator[slice]:
    count = -(-columns * work // _SINGLE_THREAD)
    step = max(64, -(-columns // count))
    return (slice(start, start + step) for start in range(0, columns, step))
