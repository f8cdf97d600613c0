"""Counting truth values fast: eight to a number, so that one addition counts eight samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Places = NDArray[np.int8] | NDArray[np.int16]

# A byte holds 255, so a row of truth values that is added up byte by byte may have this many.
MOST_SAMPLES = 255 * 8
_ROOM = 2**18
_EVERY_OTHER_BYTE = np.uint64(0x00FF_00FF_00FF_00FF)
_ADD_COUPLES = np.uint64(0x0001_0001_0001_0001)
_ONE_BYTE, _SIX_BYTES = np.uint64(8), np.uint64(48)


def truth_values(rows: int, columns: int, size: int) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Room for rows × columns × size truth values: eight to a number, and one by one."""
    lanes = np.empty((rows, columns, -(-size // 8)), dtype=np.uint64)
    lanes[:, :, -1] = 0
    return lanes, lanes.view(np.bool_)[:, :, :size]


def lane_sums(lanes: NDArray[np.uint64]) -> Counts:
    """Rows × columns: how many truth values of the last axis are true, `MOST_SAMPLES` at most."""
    return _bytes_added(np.add.reduce(lanes, axis=2))


def _bytes_added(sums: NDArray[np.uint64]) -> Counts:
    """The sum of the eight bytes of each number."""
    couples: NDArray[Any] = (sums & _EVERY_OTHER_BYTE) + ((sums >> _ONE_BYTE) & _EVERY_OTHER_BYTE)
    return ((couples * _ADD_COUPLES) >> _SIX_BYTES).astype(np.int64)


class PairCounter:
    """Counts in how many samples the row is not behind the column, from how many stand ahead of each."""

    def __init__(self, count: int, size: int) -> None:
        self._block = min(count, max(1, _ROOM // (count * size)))
        self._lanes, self._beats = truth_values(self._block, count, size)
        self._sums = np.zeros((count, count), dtype=np.uint64)

    def not_behind(self, ahead: Places) -> Counts:
        """Alternatives × alternatives; what lies on or below the diagonal means nothing."""
        count = len(ahead)
        for first in range(0, count, self._block):
            rows = ahead[first : first + self._block, None, :]
            part = np.s_[: len(rows), : count - first]
            np.less_equal(rows, ahead[None, first:], out=self._beats[part])
            np.add.reduce(self._lanes[part], axis=2, out=self._sums[first : first + self._block, first:])
        return _bytes_added(self._sums)
