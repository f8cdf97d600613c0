"""The figures of the business case as pages write them: shares as percentages, numbers with separators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import figures
from selections.assumptions import ASSUMPTIONS

SHARE = "share"  # unit of an assumption that is stored as a fraction of 1
_SHARES = frozenset(one.name for one in ASSUMPTIONS if one.unit == SHARE)


def as_percent(fraction: float) -> str:
    """Write a stored fraction as the percentage that reads back as the same: 0.085 → "8.5%"."""
    return f"{figures.exact(Decimal(repr(float(fraction))) * 100)}%"


def assumption_text(name: str, value: float) -> str:
    """Write the value of an assumption."""
    return as_percent(value) if name in _SHARES else figures.exact(value)


def is_figure(value: Any) -> bool:
    """Whether a stored value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)
