"""Finds the first place where two documents differ, numbers compared within 1e-9."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.errors import at, quoted

TOLERANCE = 1e-9


def first_difference(stored: Any, computed: Any, path: str) -> str | None:
    """JSON path and both sides of the first difference below `path`, or None."""
    if isinstance(stored, dict) and isinstance(computed, dict):
        return _in_objects(stored, computed, path)
    if isinstance(stored, list) and isinstance(computed, list | tuple):
        return _in_lists(stored, computed, path)
    if _equal(stored, computed):
        return None
    return f"{path}: stored {quoted(stored)}, calculated {quoted(computed)}"


def _in_objects(stored: Mapping[str, Any], computed: Mapping[str, Any], path: str) -> str | None:
    for key in sorted({*stored, *computed}):
        place = at(path, key)
        if key not in computed:
            return f"{place}: stored, but not part of the calculation"
        if key not in stored:
            return f"{place}: calculated, but not stored"
        difference = first_difference(stored[key], computed[key], place)
        if difference is not None:
            return difference
    return None


def _in_lists(stored: Sequence[Any], computed: Sequence[Any], path: str) -> str | None:
    if len(stored) != len(computed):
        return f"{path}: {len(stored)} entries stored, {len(computed)} calculated"
    for index, (left, right) in enumerate(zip(stored, computed, strict=True)):
        difference = first_difference(left, right, at(path, index))
        if difference is not None:
            return difference
    return None


def _equal(stored: Any, computed: Any) -> bool:
    if _is_number(stored) and _is_number(computed):
        return math.isclose(stored, computed, rel_tol=1e-14, abs_tol=TOLERANCE)
    return type(stored) is type(computed) and bool(stored == computed)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
