"""Checks of numbers and arrays that every method shares."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import at, quoted, refuse

Array = NDArray[np.float64]
_LARGEST_COUNT = 1_000_000
_NUMBERS = frozenset({int, float})
_TEXT = frozenset({str})

MAX_SAMPLES = 1_000_000
# The lowest and the highest level of a factor.
LEVELS = (1, 5)


def number_problem(value: Any, *, at_least: float | None = None, at_most: float | None = None) -> str | None:
    """What is wrong with `value` as a finite number within limits, or None if nothing is."""
    # Nearly all numbers are finite floats already; asking what else they may be takes seven times as long.
    is_plain = isinstance(value, float) and math.isfinite(value)
    problem = None if is_plain else _not_a_number(value)
    if problem is not None:
        return problem
    number = float(value)
    if at_least is not None and number < at_least:
        return f"{number:g} is below {at_least:g}"
    if at_most is not None and number > at_most:
        return f"{number:g} is above {at_most:g}"
    return None


def _not_a_number(value: object) -> str | None:
    if isinstance(value, bool | np.bool_):
        return "a true/false value is not a number"
    if not isinstance(value, int | float | np.integer | np.floating):
        return f"a number is needed, not {quoted(value)}"
    try:
        number = float(value)
    except OverflowError:
        return "the number is too large"
    if math.isnan(number):
        return "NaN is not a number to calculate with"
    return "an infinite number cannot be used" if math.isinf(number) else None


def is_one_of(value: object, choices: Collection[str]) -> TypeGuard[str]:
    """True for a text that is among the choices. Arrays and the like are not, and are not compared."""
    return isinstance(value, str) and value in choices


def is_level(value: object) -> bool:
    """True for a level of a factor: a whole number from 1 to 5."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        return False
    return LEVELS[0] <= int(value) <= LEVELS[1]


def require_number(
    value: Any, path: str, *, at_least: float | None = None, at_most: float | None = None
) -> float:
    """`value` as a float; raises `InvalidInput` naming `path`."""
    problem = number_problem(value, at_least=at_least, at_most=at_most)
    if problem is not None:
        raise refuse(path, problem)
    return float(value)


def require_count(value: Any, path: str, *, at_most: int = _LARGEST_COUNT) -> int:
    """`value` as a whole number from 1 to, by default, a million (what memory holds for each method here)."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise refuse(path, f"a whole number is needed, not {quoted(value)}")
    number = int(value)
    if number < 1:
        raise refuse(path, f"{quoted(number)} is below 1")
    if number > at_most:
        raise refuse(path, f"{quoted(number)} is above {at_most}")
    return number


def require_samples(value: Any) -> int:
    """A number of random samples, from 1 to 1,000,000."""
    return require_count(value, "samples", at_most=MAX_SAMPLES)


def require_seed(value: Any) -> int:
    """The start of random numbers, a whole number from 0."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or value < 0:
        raise refuse("seed", f"a whole number of at least 0 is needed, not {quoted(value)}")
    return int(value)


def require_mapping(value: object, path: str) -> Mapping[str, Any]:
    """`value` as a mapping with text keys."""
    if type(value) is dict and _TEXT.issuperset(map(type, value)):
        return value
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise refuse(path, "an object with named members is needed")
    return value


def require_list(value: object, path: str) -> Sequence[Any]:
    """`value` as a list or tuple."""
    if not isinstance(value, list | tuple):
        raise refuse(path, "a list is needed")
    return value


def require_text(value: object, path: str) -> str:
    """`value` as text that is not empty."""
    if not isinstance(value, str) or not value:
        raise refuse(path, f"a text is needed, not {quoted(value)}")
    return value


def number_array(values: ArrayLike, path: str, dimensions: int | None = None) -> Array:
    """A finite float64 array. With `dimensions`: of that many, and not empty; else of any shape.

    What is not a finite number is refused with its place.
    """
    try:
        raw = np.asarray(values)
    except ValueError as error:
        raise refuse(path, "rows of different length") from error
    if isinstance(values, np.ndarray) and np.any(getattr(values, "mask", False)):
        raise refuse(path, "a masked entry is not a number to calculate with")
    if dimensions is not None and raw.ndim != dimensions:
        raise refuse(path, f"{dimensions} dimension(s) are needed, not {raw.ndim}")
    if dimensions is not None and raw.size == 0:
        raise refuse(path, "nothing in it")
    if raw.dtype.kind not in "iuf" or _has_truth_values(values):
        raw = np.asarray(values, dtype=object)
        _refuse_other_than_numbers(raw, path)
    with np.errstate(over="ignore"):
        array = raw.astype(np.float64)
    if not np.isfinite(array).all():
        _refuse_other_than_numbers(array, path)
    return array


def _has_truth_values(values: object) -> bool:
    """True where a true/false value stands among numbers, which NumPy would read as 1 or 0."""
    if isinstance(values, np.ndarray):
        return bool(values.dtype.kind == "b")
    if not isinstance(values, list | tuple):
        return isinstance(values, bool | np.bool_)
    if _NUMBERS.issuperset(map(type, values)):
        return False
    return any(map(_has_truth_values, values))


def _refuse_other_than_numbers(entries: NDArray[Any], path: str) -> None:
    """Names the first entry that is not a finite number."""
    for place, entry in np.ndenumerate(entries):
        problem = _not_a_number(entry)
        if problem is not None:
            for index in place:
                path = at(path, index)
            raise refuse(path, problem)


def weight_vector(weights: ArrayLike, path: str) -> Array:
    """Weights normalised to sum 1: none negative, at least one positive."""
    array = number_array(weights, path, 1)
    if (array < 0).any():
        place = int(np.argmax(array < 0))
        raise refuse(at(path, place), f"a weight cannot be negative ({array[place]:g})")
    largest = float(array.max())
    if largest == 0:
        raise refuse(path, "at least one weight must be above 0")
    total = float(array.sum()) if largest < 1e300 else math.inf
    if math.isinf(total):
        array = array / largest
        total = float(array.sum())
    normalised: Array = array / total
    return normalised
