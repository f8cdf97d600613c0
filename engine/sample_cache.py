"""Random numbers that are drawn once: seeded streams, and a store of what was drawn, bounded in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import numpy as np

from engine.checks import Array

MOST_BYTES = 64 * 2**20


def stream(seed: int, *key: int) -> np.random.Generator:
    """A generator of its own for each `key`: the same numbers for the same seed, whatever else is drawn."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


class SampleCache:
    """Read-only arrays by key; the ones asked for longest ago give way. Safe to use from several threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Array] = OrderedDict()
        self._lock = Lock()

    @property
    def bytes_kept(self) -> int:
        """What the kept arrays take."""
        with self._lock:
            return sum(array.nbytes for array in self._kept.values())

    def get(self, key: Hashable, draw: Callable[[], Array]) -> Array:
        """The array of `key`, drawn if it is not kept. It cannot be written to."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        array = draw()
        array.setflags(write=False)
        if array.nbytes <= self._most_bytes:
            with self._lock:
                self._kept[key] = array
                while sum(kept.nbytes for kept in self._kept.values()) > self._most_bytes:
                    self._kept.popitem(last=False)
        return array


DRAWN = SampleCache()
