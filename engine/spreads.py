"""How far the drivers of a business case may lie from plan: three shapes, drawn by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.business_drivers import HIGH_PRICE, HIGH_VOLUME, LOW_PRICE, LOW_VOLUME
from engine.checks import Array, require_list, require_mapping, require_number
from engine.errors import at, quoted, refuse

_Z10 = 1.2815515655446004  # the standard normal distribution has a tenth of its mass above it
_SHAPES = {"uniform": 2, "triangular": 3, "normal": 2}
_HIGHEST = 1e6


@dataclass(frozen=True, slots=True)
class Spread:
    """How a factor on a driver is distributed; 1 is as planned.

    `shape` and `numbers`: ("uniform", low, high), ("triangular", low, mode, high) or ("normal", mean, sd); a
    normal draw below 0 counts as 0.
    """

    shape: str
    numbers: tuple[float, ...]

    def draw(self, seed: tuple[int, int], samples: int) -> Array:
        """Factors, the same for the same seed."""
        random = np.random.default_rng(seed)
        first, last = self.numbers[0], self.numbers[-1]
        if self.shape == "normal":
            return np.maximum(random.normal(first, last, samples), 0.0)
        if first == last:
            return np.full(samples, first)
        if self.shape == "uniform":
            return random.uniform(first, last, samples)
        return random.triangular(first, self.numbers[1], last, samples)

    @property
    def ends(self) -> tuple[float, float]:
        """The factors that a tenth of the draws stay below and above (P10 and P90)."""
        first, last = self.numbers[0], self.numbers[-1]
        if self.shape == "normal":
            return max(0.0, first - _Z10 * last), max(0.0, first + _Z10 * last)
        if self.shape == "uniform":
            tenth = 0.1 * (last - first)
            return first + tenth, last - tenth
        return _triangular_tenth(*self.numbers), -_triangular_tenth(*(-n for n in reversed(self.numbers)))


def _triangular_tenth(low: float, mode: float, high: float) -> float:
    """The inverse of the triangular distribution function at 0.1."""
    if high == low:
        return low
    if mode - low >= 0.1 * (high - low):
        return low + math.sqrt(0.1 * (high - low) * (mode - low))
    return high - math.sqrt(0.9 * (high - low) * (high - mode))


DEFAULT_SPREADS: Mapping[str, Spread | None] = {
    "volume": Spread("triangular", (LOW_VOLUME, 1.0, HIGH_VOLUME)),
    "price": Spread("triangular", (LOW_PRICE, 1.0, HIGH_PRICE)),
    "exchange_rate": None,
    "hours_per_unit": Spread("triangular", (0.9, 1.0, 1.1)),
    "productivity": Spread("triangular", (0.9, 1.0, 1.25)),
    "error_rate": Spread("triangular", (0.5, 1.0, 2.0)),
    "oversight": Spread("triangular", (0.8, 1.0, 1.5)),
    "governance": Spread("triangular", (0.9, 1.0, 1.25)),
    "transition": Spread("triangular", (0.9, 1.0, 1.4)),
    "ramp": Spread("triangular", (0.7, 1.0, 1.1)),
}


def read_spreads(given: Mapping[str, Any] | None) -> dict[str, Spread | None]:
    """The default spreads with those of `given` in their place; None holds a driver at its base value."""
    path = "spreads"
    found = dict(DEFAULT_SPREADS)
    for driver, entry in require_mapping({} if given is None else given, path).items():
        place = at(path, driver)
        if driver not in found:
            raise refuse(place, f"there is no such driver: {', '.join(DEFAULT_SPREADS)}")
        found[driver] = None if entry is None else _spread(entry, place)
    return found


def _spread(entry: object, path: str) -> Spread:
    if isinstance(entry, Spread):
        entry = (entry.shape, *entry.numbers)
    parts = require_list(entry, path)
    shape = parts[0] if parts else None
    if not isinstance(shape, str) or shape not in _SHAPES:
        raise refuse(at(path, 0), f"must be one of {', '.join(_SHAPES)}, not {quoted(shape)}")
    if len(parts) - 1 != _SHAPES[shape]:
        raise refuse(path, f"{shape} takes {_SHAPES[shape]} numbers, not {len(parts) - 1}")
    numbers = [
        require_number(number, at(path, place), at_least=0, at_most=_HIGHEST)
        for place, number in enumerate(parts[1:], 1)
    ]
    if shape != "normal" and numbers != sorted(numbers):
        raise refuse(path, "the numbers must not fall")
    return Spread(shape, tuple(numbers))
