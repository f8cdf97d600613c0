"""Who is ahead of whom in each sample of scores: two ways, for few alternatives and for many.

Both say it for certain or not at all: samples in which two scores lie too close to tell are doubtful.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.pair_counts import Counts, PairCounter, Places, lane_sums, truth_values

TIE_OF_VALUES = 1e-11

_NOBODY = np.zeros(0, dtype=np.intp)
_MOST_IN_A_BYTE = 127
# Up to here comparing every two costs less than sorting.
_MOST_TO_COMPARE = 24
# Writing to scattered places costs least while they all lie in the nearest cache.
_SCATTERED_AT_ONCE = 2**14


class Order(NamedTuple):
    """`ahead`: alternatives × samples, how many stand ahead of each; the largest number where doubtful.

    `doubtful`: the samples that could not be told. `above`: in how many of the others the row is ahead of the
    column; only what lies above the diagonal counts, and None if it was not asked for. `first`: who is first
    in each sample, the number of alternatives where doubtful; None if it has to be found from `ahead`.
    """

    ahead: Places
    doubtful: NDArray[np.intp]
    above: Counts | None
    first: NDArray[np.intp] | None


def order_kind(copies: Counts) -> type[Comparison | Sorting]:
    """The cheaper way; `copies`: how many alternatives each row of scores stands for."""
    few = len(copies) <= _MOST_TO_COMPARE and copies.sum() <= _MOST_IN_A_BYTE
    return Comparison if few else Sorting


def chunk_size(count: int, samples: int) -> int:
    """How many samples to order at a time, so that what is worked on stays in the cache."""
    # Powers of two are avoided: rows that far apart would push each other out of the cache.
    most = 1_256 if count <= _MOST_TO_COMPARE else 1_000 if count <= 64 else 248
    chunks = -(-samples // most)
    # Eights, because that many truth values are added up as one number.
    return -(-samples // (8 * chunks)) * 8


class Comparison:
    """Compares every two scores: cheapest for few alternatives, and `pairs` come for free."""

    # Whole numbers of 31 bits tell nearly all scores apart.
    UNIT, OFFSET = 2.0**30, 0.0

    def __init__(self, copies: Counts, size: int, *, pairs: bool) -> None:
        count = len(copies)
        self.scores = np.empty((count, size))
        self._copies = copies
        self._whole = np.empty((count, size), dtype=np.int32)
        self._beaten_above = np.empty((count, size), dtype=np.int32)
        self._lanes, self._beats = truth_values(count, count, size)
        self._pairs = count * (count - 1) // 2

    def order(self) -> Order:
        """The order in each sample of `scores` (alternatives × samples), values × UNIT + OFFSET."""
        np.copyto(self._whole, self.scores, casting="unsafe")
        # Whole parts that differ by 1 may come from scores that are almost the same.
        np.add(self._whole, 1, out=self._beaten_above)
        np.greater(self._whole[:, None, :], self._beaten_above[None, :, :], out=self._beats)
        wins = lane_sums(self._lanes)
        doubtful = _NOBODY
        if wins.sum() != self._pairs * self.scores.shape[1]:
            told = np.count_nonzero(self._beats, axis=(0, 1))
            doubtful = np.flatnonzero(told != self._pairs)
            self._beats[:, :, doubtful] = False
            wins = lane_sums(self._lanes)
        ahead = self._ahead()
        ahead[:, doubtful] = _MOST_IN_A_BYTE
        return Order(ahead, doubtful, wins, None)

    def _ahead(self) -> NDArray[np.int8]:
        beats = self._beats.view(np.int8)
        if self._copies.max() > 1:
            beats = np.repeat(beats, self._copies, axis=0)
        ahead: NDArray[np.int8] = np.add.reduce(beats, axis=0, dtype=np.int8)
        return ahead


class Sorting:
    """Sorts scores with the number of their alternative in the lowest bits: cheapest for many."""

    # Between two powers of two, numbers and their bits are in the same order, at equal steps.
    UNIT, OFFSET = 2.0**30 - 1.0, 2.0**30
    _STEP_BITS = 52

    def __init__(self, copies: Counts, size: int, *, pairs: bool) -> None:
        count, ranks = len(copies), int(copies.sum())
        self._copies = copies
        self._rows = np.empty((size, count))
        self.scores = self._rows.T
        # The label of a score is its place in `ahead`.
        self._labels = np.arange(count * size, dtype=np.int64).reshape(count, size).T.ravel()
        self._label_bits = (count * size - 1).bit_length()
        steps = math.ceil(TIE_OF_VALUES * 2.0 ** (self._STEP_BITS - self._label_bits))
        self._near = np.uint64((steps + 3) << self._label_bits)
        self._gaps = np.empty(size * count - 1, dtype=np.int64)
        kind = np.int8 if ranks <= _MOST_IN_A_BYTE else np.int16
        self._standing = np.tile(np.arange(count - 1, -1, -1).astype(kind), size)
        self._ahead = np.empty((count, size), dtype=kind)
        self._pairs = PairCounter(count, size) if pairs else None

    def order(self) -> Order:
        """The order in each sample of `scores` (alternatives × samples), values × UNIT + OFFSET.

        The scores are overwritten.
        """
        size, count = self._rows.shape
        keys = self._sorted_keys()
        doubtful = self._doubtful(keys)
        keys &= (1 << self._label_bits) - 1
        standing, places = self._standing_of(keys), self._ahead.reshape(-1)
        for start in range(0, keys.size, _SCATTERED_AT_ONCE):
            part = slice(start, start + _SCATTERED_AT_ONCE)
            places[keys[part]] = standing[part]
        self._ahead[:, doubtful] = np.iinfo(self._ahead.dtype).max
        first = keys[count - 1 :: count] // size
        first[doubtful] = count
        above = None if self._pairs is None else self._pairs.not_behind(self._ahead) - doubtful.size
        return Order(self._ahead, doubtful, above, first)

    def _sorted_keys(self) -> NDArray[np.int64]:
        keys = self._rows.reshape(-1).view(np.int64)
        keys &= -(1 << self._label_bits)
        keys |= self._labels
        keys.reshape(self._rows.shape).sort(axis=1)
        return keys

    def _doubtful(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        # Unsigned, the fall from the end of one sample to the start of the next is a wide gap.
        gaps = np.subtract(keys[1:], keys[:-1], out=self._gaps).view(np.uint64)
        if not gaps.size or gaps.min() > self._near:
            return _NOBODY
        return np.unique(np.flatnonzero(gaps <= self._near) // self._rows.shape[1])

    def _standing_of(self, keys: NDArray[np.int64]) -> Places:
        """How many stand ahead of the alternative at each sorted place."""
        if self._copies.max() == 1:
            return self._standing
        copies = self._copies[keys // len(self._rows)].reshape(self._rows.shape)
        behind_or_same = np.cumsum(copies, axis=1)
        standing: Places = (self._copies.sum() - behind_or_same).astype(self._ahead.dtype).ravel()
        return standing
