"""Scores of the same alternatives under many weights, with uncertain values drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.checks import Array
from engine.draws import Draws
from engine.pair_counts import Counts
from engine.products import product, put_product
from engine.rank_order import TIE_OF_VALUES, chunk_size, order_kind
from engine.uncertain import IndexArray, ValueTable


class SampledScores:
    """The different alternatives of a table: equal rows without uncertain values are one.

    `copies`: how many alternatives each stands for; `place`: which one stands for each alternative; `kind`:
    the way to order their scores.
    """

    def __init__(self, table: ValueTable, samples: int, seed: int) -> None:
        kept, self.place, self.copies = _different(table)
        self.kind = order_kind(self.copies)
        self._base = table.base[kept]
        self._scaled = self._base * self.kind.UNIT + self.kind.OFFSET
        self._moving = self.place[np.unique(table.rows)]
        self._samples = samples
        self._chunk = chunk_size(len(kept), samples)
        self._draws = Draws(table, samples, self._chunk, seed)

    def chunks(self) -> Iterator[tuple[int, slice]]:
        """The samples, some at a time, with the number of each chunk."""
        starts = range(0, self._samples, self._chunk)
        return ((k, slice(start, min(start + self._chunk, self._samples))) for k, start in enumerate(starts))

    def fill(self, number: int, weights: Array, scores: Array) -> None:
        """Put the scores of a chunk, as `kind` takes them, into `scores` (alternatives × samples).

        `weights`: criteria × samples of that chunk.
        """
        put_product(self._scaled, weights, scores)
        products = np.empty_like(weights)
        for row, columns, values in self._draws.of_chunk(number):
            # Columns rise, so as many as there are weights are all of them: a third less without the copy.
            theirs = weights if columns.size == len(weights) else weights[columns]
            part = np.add.reduce(np.multiply(values, theirs, out=products[: columns.size]), axis=0)
            scores[self.place[row]] += np.multiply(part, self.kind.UNIT, out=part)

    def first_at(self, centres: Array, rows: IndexArray) -> Array:
        """For each of `rows`, the share of draws in which it is first under its own row of `centres`.

        First is whom nobody is ahead of: of two that are tied, both are.
        """
        fixed = product(self._base, centres.T)
        own = fixed[rows, np.arange(len(rows))]
        if not self._moving.size:
            is_first: Array = (own >= fixed.max(axis=0) - TIE_OF_VALUES).astype(np.float64)
            return is_first
        best = np.delete(fixed, self._moving, axis=0).max(axis=0, initial=0.0)
        times = np.zeros(len(rows), dtype=np.int64)
        place_of = {row: place for place, row in enumerate(rows.tolist())}
        for number, part in self.chunks():
            size = part.stop - part.start
            mine, top = np.repeat(own[:, None], size, axis=1), np.repeat(best[:, None], size, axis=1)
            for row, scores in self._drawn_at(number, size, centres, fixed):
                np.maximum(top, scores, out=top)
                if row in place_of:
                    mine[place_of[row]] = scores[place_of[row]]
            times += np.count_nonzero(mine >= top - TIE_OF_VALUES, axis=1)
        return times / self._samples

    def _drawn_at(self, number: int, size: int, centres: Array, fixed: Array) -> Iterator[tuple[int, Array]]:
        """Each alternative with uncertain values, and its scores: rows of `centres` × draws."""
        scores = np.empty((len(centres), size))
        for row, columns, values in self._draws.of_chunk(number):
            place = int(self.place[row])
            theirs = centres if columns.size == centres.shape[1] else centres[:, columns]
            put_product(theirs, values, scores)
            if columns.size < centres.shape[1]:  # else nothing about it is fixed
                scores += fixed[place][:, None]
            yield place, scores


def _different(table: ValueTable) -> tuple[IndexArray, IndexArray, Counts]:
    """The rows to keep, which of them stands for each row, and how many rows each stands for."""
    uncertain = set(table.rows.tolist())
    labels = [row if row in uncertain else values.tobytes() for row, values in enumerate(table.base)]
    numbers = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    if len(numbers) == len(labels):
        every = np.arange(len(labels))
        return every, every, np.ones(len(labels), dtype=np.int64)
    place = np.array([numbers[label] for label in labels], dtype=np.intp)
    return np.unique(place, return_index=True)[1], place, np.bincount(place)
