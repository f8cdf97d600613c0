"""Round places on an axis."""

import math
from collections.abc import Callable

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """About ``count`` round numbers that cover ``low`` to ``high``, first and last at or beyond the ends."""
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
        high = low + 1
    rough = (high - low) / max(1, count - 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in _STEPS if factor * magnitude >= rough * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(round(index * step, 10) for index in range(first, last + 1))


def labelled(places: tuple[float, ...], label: Callable[[float], str]) -> tuple[tuple[float, str], ...]:
    """Pair each place with its finished label."""
    return tuple((place, label(place)) for place in places)
