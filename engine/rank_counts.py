"""How often each alternative stands where, and is ahead of whom, over chunks of sampled scores.

Scores are equal within 1e-9 of 100 points, and tied alternatives share their ranks evenly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.pair_counts import Counts, PairCounter, Places
from engine.products import add_product
from engine.rank_order import Order
from engine.tied_ranks import spread_ranks, tied_ranks

_MOST_CELLS_OF_TWO = 2**14
_MOST_SHORT = 2**15


class RankCounts:
    """Sums over samples, for different alternatives of which each stands for `copies` equal ones."""

    def __init__(self, copies: Counts, criteria: int) -> None:
        count, ranks = len(copies), int(copies.sum())
        self._copies = copies
        self._leads_above = np.zeros((count, count), dtype=np.int64)
        self._starts = np.zeros((count, ranks), dtype=np.int64)
        is_small = count * ranks**2 <= _MOST_CELLS_OF_TWO
        self._couples = np.zeros((count, ranks, ranks), dtype=np.int64) if is_small else None
        self._tied_shares = np.zeros((count, ranks))
        self._firsts: list[NDArray[np.intp]] = []
        self._first = np.zeros((count, criteria))
        self._tied_first = np.zeros((count, criteria))
        cells = np.arange(count)[:, None] * ranks
        self._cells: NDArray[np.int16] | Counts = (
            cells.astype(np.int16) if count * ranks <= _MOST_SHORT else cells.astype(np.int64)
        )

    def add(self, order: Order, weights: Array) -> None:
        """Count the samples that were told; `weights`: criteria × samples."""
        ahead = order.ahead
        if order.above is not None:
            told = ahead.shape[1] - order.doubtful.size
            self._leads_above += 2 * order.above - told
        if order.first is None:
            add_product(self._first, (ahead == 0).astype(np.float64), weights)
        else:
            self._firsts.append(order.first)
        if order.doubtful.size:
            ahead = np.delete(ahead, order.doubtful, axis=1)
        self._add_starts(ahead)

    def _add_starts(self, ahead: Places) -> None:
        half = ahead.shape[1] // 2
        if self._couples is None or 2 * half != ahead.shape[1]:
            found = np.bincount((ahead + self._cells).ravel(), minlength=self._starts.size)
            self._starts += found.reshape(self._starts.shape)
            return
        # Counting two samples as one costs less than counting both; what each of them says is added up once,
        # at the end.
        ranks = np.int16(self._starts.shape[1])
        both = ahead[:, half:] * ranks
        both += ahead[:, :half]
        both += self._cells * ranks
        found = np.bincount(both.ravel(), minlength=self._couples.size)
        self._couples += found.reshape(self._couples.shape)

    def _all_starts(self) -> Counts:
        """Alternatives × ranks: in how many samples that were told."""
        if self._couples is None:
            return self._starts
        starts: Counts = self._starts + self._couples.sum(axis=1) + self._couples.sum(axis=2)
        return starts

    def add_tied(self, scores: Array, weights: Array, tie: float, *, pairs: bool) -> None:
        """Count samples that may have ties; `scores`: alternatives × samples, tied within `tie`."""
        ahead, tied = tied_ranks(scores, self._copies, tie)
        add_product(self._tied_first, np.where(ahead == 0, 1 / tied, 0.0), weights)
        for size in np.unique(tied).tolist():
            cells = (ahead + self._cells)[tied == size]
            starts = np.bincount(cells, minlength=self._starts.size).reshape(self._starts.shape)
            self._tied_shares += spread_ranks(starts, size)
        if pairs:
            places = ahead.astype(np.int16)
            counter = PairCounter(*places.shape)
            self._leads_above += counter.not_behind(places) - counter.not_behind(-places)

    def leads(self) -> Counts:
        """Alternatives × alternatives: samples in which the row is ahead of the column, less those behind."""
        above: Counts = np.triu(self._leads_above, 1)
        return above - above.T

    def rank_times(self) -> Array:
        """Alternatives × ranks: in how many samples, tied ranks split evenly."""
        starts = self._all_starts()
        if self._copies.max() == 1:
            return self._tied_shares + starts
        times = self._tied_shares.copy()
        for size in np.unique(self._copies).tolist():
            rows = self._copies == size
            times[rows] += spread_ranks(starts[rows], size)
        return times

    def first_weights(self, weights: Array) -> Array:
        """Alternatives × criteria: the sum of the weights for which each is first, shared if tied.

        `weights`: criteria × all samples, in the order in which they were counted.
        """
        first: Array = self._first
        if self._firsts:
            who, nobody = np.concatenate(self._firsts), len(self._copies)
            sums = [np.bincount(who, weights=each, minlength=nobody + 1)[:nobody] for each in weights]
            first = np.array(sums, dtype=np.float64).T
        return first / self._copies[:, None] + self._tied_first
