"""How a raw value, a weight and a threshold are written; rounding itself is ``figures``'."""

from __future__ import annotations

from collections.abc import Collection

import figures

MOST_DECIMALS = 6
_SAME = 1e-9


def measure(value: float | None, unit: str = "") -> str:
    """Write a raw value, with its unit if given: "57.8", "2.4 USD per document", "not known"."""
    if value is None:
        return "not known"
    return with_unit(trimmed(value, 2), unit)


def with_unit(text: str, unit: str) -> str:
    """Put a unit behind a value: "4.2 hours", "62.1% of staff", "4 on the scale 1-5"; a count has none."""
    if unit in {"", "count"}:
        return text
    if unit.startswith("%"):
        return f"{text}{unit}"
    if unit.startswith("scale "):
        return f"{text} on the {unit}"
    if unit[0].isdigit():
        return f"{text} on the scale {unit}"
    return f"{text} {unit}"


def trimmed(value: float, digits: int) -> str:
    """Write a number with at most ``digits`` decimals and no trailing zeros: 57.80 → "57.8", 30.0 → "30"."""
    text = figures.plain(value, digits)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def exact(number: float) -> str:
    """Write a weight for a field or an address: all its digits, no trailing ".0"."""
    return str(int(number)) if number == int(number) else repr(number)


def weight(share: float) -> str:
    """Write a share among siblings as a weight of 100: 0.15 → "15", 1/3 → "33.3"."""
    return trimmed(share * 100, 1)


def before_after(before: float, after: float) -> tuple[str, str]:
    """Write a weight before and after: one decimal, and more only where both would read the same.

    30 and 25.714285714 → "30", "25.7"; 30 and 30.04 → "30", "30.04".
    """
    pairs = [(trimmed(before, digits), trimmed(after, digits)) for digits in range(1, MOST_DECIMALS + 1)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def apart(value: float, others: Collection[float], *, fewest: int = 1) -> str:
    """Write a value with as many decimals as keep it from reading like one of the others.

    7.686 among (0, 100, 15) → "7.7"; 14.996 among (15,) → "14.996".
    """
    text = figures.plain(value, fewest)
    others = [other for other in others if abs(other - value) > _SAME]
    for digits in range(fewest, MOST_DECIMALS + 1):
        text = figures.plain(value, digits)
        if all(float(text) != float(figures.plain(other, digits)) for other in others):
            break
    return text.replace("-", "−")
