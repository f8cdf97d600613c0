"""Seeded draws of uncertain values."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from engine.checks import Array
from engine.distributions import share_below
from engine.sample_cache import DRAWN, MOST_BYTES, stream
from engine.uncertain import IndexArray, ValueTable

_STREAM = 1
_CELLS_AT_ONCE = 512
_KINDS = ("unknown", "uniform", "triangular", "normal")
_UNKNOWN = ("unknown",)
# Far beyond the ends of every value function, and still finite.
_METRICS = (-1e305, 1e305)


class Draws:
    """Draws of the uncertain cells of a table: the same ones each time the same samples are asked for.

    Those of a small table are kept. Those of a large one are drawn again, in blocks of whole rows, so that
    they need little memory.
    """

    def __init__(self, table: ValueTable, samples: int, chunk: int, seed: int) -> None:
        self._samples, self._chunk, self._seed = samples, chunk, seed
        self._blocks = [_Block(table, start, stop) for start, stop in _spans(table.rows)]
        self._kept: Array | None = None
        if 0 < len(table.cells) * samples * 8 <= MOST_BYTES // 2:
            scales = tuple(table.functions.items())
            places = (table.rows.tobytes(), table.columns.tobytes())
            key = ("cells", table.cells, places, scales, samples, chunk, seed)
            self._kept = DRAWN.get(key, self._all)

    def of_chunk(self, number: int) -> Iterator[tuple[int, IndexArray, Array]]:
        """For each row with uncertain cells: the row, their columns, and cells × samples values in [0, 1]."""
        first, last = number * self._chunk, min((number + 1) * self._chunk, self._samples)
        for place, block in enumerate(self._blocks):
            if self._kept is None:
                values = block.draw(stream(self._seed, _STREAM, number, place), last - first)
            else:
                values = self._kept[block.start : block.stop, first:last]
            for row, start, stop in block.rows:
                yield row, block.columns[start:stop], values[start:stop]

    def _all(self) -> Array:
        values = np.empty((self._blocks[-1].stop, self._samples))
        for number, first in enumerate(range(0, self._samples, self._chunk)):
            size = min(self._chunk, self._samples - first)
            for place, block in enumerate(self._blocks):
                drawn = block.draw(stream(self._seed, _STREAM, number, place), size)
                values[block.start : block.stop, first : first + size] = drawn
        return values


def _spans(rows: IndexArray) -> list[tuple[int, int]]:
    """Runs of whole rows, each of about `_CELLS_AT_ONCE` cells at most."""
    ends = [*(np.flatnonzero(np.diff(rows)) + 1).tolist(), rows.size] if rows.size else []
    spans: list[tuple[int, int]] = []
    start = 0
    for end, following in itertools.zip_longest(ends, ends[1:]):
        if following is None or following - start > _CELLS_AT_ONCE:
            spans.append((start, end))
            start = end
    return spans


class _Block:
    """Some uncertain cells of a table, by kind."""

    def __init__(self, table: ValueTable, start: int, stop: int) -> None:
        self.start, self.stop = start, stop
        self.columns = table.columns[start:stop]
        edges = [0, *(np.flatnonzero(np.diff(table.rows[start:stop])) + 1).tolist(), stop - start]
        self.rows = [(int(table.rows[start + a]), a, b) for a, b in itertools.pairwise(edges)]
        cells = table.cells[start:stop]
        kinds = np.array(["unknown" if cell is None else cell[0] for cell in cells])
        self._places = [np.flatnonzero(kinds == kind) for kind in _KINDS]
        self._numbers = [
            np.array([(cells[place] or _UNKNOWN)[1:] for place in places])[..., None]
            for places in self._places
        ]
        self._scaled = [
            (function, places)
            for column, function in table.functions.items()
            if (places := np.flatnonzero((self.columns == column) & (kinds != "unknown"))).size
        ]

    def draw(self, source: np.random.Generator, size: int) -> Array:
        """Cells × `size` values in [0, 1]."""
        values = np.empty((self.stop - self.start, size))
        for kind, places, numbers in zip(_KINDS, self._places, self._numbers, strict=True):
            if places.size:
                values[places] = _drawn(kind, numbers, source, size)
        if not self._scaled:
            return np.clip(values, 0.0, 1.0, out=values)
        for function, places in self._scaled:
            values[places] = function(np.clip(values[places], *_METRICS))
        return values


def _drawn(kind: str, numbers: Array, source: np.random.Generator, size: int) -> Array:
    """Draws of cells of one kind; `numbers`: cells × parameters × 1."""
    shape = (len(numbers), size)
    if kind == "normal":
        with np.errstate(over="ignore"):
            return numbers[:, 0] + numbers[:, 1] * source.standard_normal(shape)
    drawn = source.random(shape)
    if kind == "unknown":
        return drawn
    if kind == "triangular":
        drawn = _triangular(drawn, share_below(numbers[:, 0], numbers[:, 1], numbers[:, 2]))
    return _stretched(drawn, numbers[:, 0], numbers[:, -1])


def _triangular(u: Array, mode: Array) -> Array:
    """The inverse of the triangular distribution function on [0, 1], on both sides of the mode."""
    return np.where(u < mode, np.sqrt(u * mode), 1 - np.sqrt((1 - u) * (1 - mode)))


def _stretched(u: Array, low: Array, high: Array) -> Array:
    """Numbers from 0 to 1, stretched from low to high."""
    with np.errstate(over="ignore"):
        width = high - low
    if not np.isfinite(width).all():
        return low * (1 - u) + high * u
    stretched = u * width
    stretched += low
    return stretched
