"""From a number to its text. Rounded once, from the unrounded double, by Python's `round()`.

A half that is exact in binary goes to the even digit (76.25 is written 76.2, 80.75 is written 80.8), any
other half by the value that is stored. Negative figures carry a true minus sign; there is no "−0".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

NOT_COMPUTABLE = "not computable"
DASH = "—"
_MINUS = "−"

Number = int | float | Decimal


def _finite(x: Number) -> float:
    value = float(x)
    if not math.isfinite(value):
        message = "a figure to show must be finite; what is not computable is None"
        raise ValueError(message)
    return value


def _rounded(x: Number, digits: int) -> float:
    """Rounded for display, never −0. Raises `ValueError` for what is not finite."""
    return round(_finite(x), digits) + 0.0


def _written(x: Number | None, digits: int, none: str, before: str = "", after: str = "") -> str:
    if x is None:
        return none
    value = _rounded(x, digits)
    sign = _MINUS if value < 0 else ""
    return f"{sign}{before}{abs(value):,.{digits}f}{after}"


def money(x: Number | None, *, symbol: str = "", none: str = NOT_COMPUTABLE) -> str:
    """Whole currency units: 1244124.4 → "1,244,124"; with symbol "$": "−$261,613"."""
    return _written(x, 0, none, before=symbol)


def price(x: Number | None, *, symbol: str = "", none: str = DASH) -> str:
    """A unit price or an hourly rate, with cents: 1.35 → "1.35"."""
    return _written(x, 2, none, before=symbol)


def score(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """A score, total or value in points of 100, one decimal: 82.35 → "82.3"."""
    return _written(x, 1, none)


def percent(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """A percentage that is already on 0–100: 45.485 → "45.5%"."""
    return _written(x, 1, none, after="%")


def share(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """A fraction written as a percentage: 0.3 → "30.0%"."""
    return percent(None if x is None else float(x) * 100, none=none)


def index(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """A cost index (% of the in-house baseline), one decimal, no sign: 57.79 → "57.8"."""
    return _written(x, 1, none)


def months(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """Months, one decimal: 3.74 → "3.7"."""
    return _written(x, 1, none)


def hours(x: Number | None, *, none: str = NOT_COMPUTABLE) -> str:
    """Whole hours: 13418.2 → "13,418"."""
    return _written(x, 0, none)


def count(x: Number | None, *, none: str = DASH) -> str:
    """A number of things: 120000 → "120,000"."""
    return _written(x, 0, none)


def exact(x: Number | None, *, none: str = DASH) -> str:
    """A number as it was entered, not rounded: 1900.50 → "1,900.5", 0.0125 → "0.0125"."""
    if x is None:
        return none
    finite = _finite(x)
    value = x if isinstance(x, Decimal) else Decimal(repr(finite))
    text = f"{abs(value):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{_MINUS if value < 0 else ''}{text}"


def signed(x: Number | None, how: Callable[[Number | None], str]) -> str:
    """The text that `how` gives, with a plus sign where the shown figure is above zero: "+1.1"."""
    text = how(x)
    is_positive = x is not None and x > 0 and any(digit in text for digit in "123456789")
    return f"+{text}" if is_positive else text


def plain(x: Number | None, digits: int | None = None) -> str:
    """For machines (CSV): no separators, ASCII minus, empty for None.

    With `digits` the figure is rounded as on the page, without it the shortest exact text is given.
    """
    if x is None:
        return ""
    if digits is not None:
        return f"{_rounded(x, digits):.{digits}f}"
    exact = _finite(x) + 0.0
    return f"{x:f}" if isinstance(x, Decimal) else str(x) if isinstance(x, int) else repr(exact)
