"""PROMETHEE II: every alternative is compared with every other, criterion by criterion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.checks import Array, is_one_of, require_number
from engine.errors import at, quoted, refuse
from engine.matrix import ROUNDING, directions, matching_weights, number_table, weighted_rows

Preference = tuple[str] | tuple[str, float] | tuple[str, float, float]

# As many fit the processor's cache.
_PAIRS_AT_ONCE = 16_000
_PARAMETERS = {
    "usual": (),
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("s",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Promethee:
    """The result of `promethee2`, by alternative (m each).

    `plus`: how strongly it is preferred to the others, on average, in [0, 1]; `minus`: how strongly they are
    preferred to it; `phi` = plus − minus, more is better, and the sum over all is 0.
    """

    phi: Array
    plus: Array
    minus: Array


@dataclass(frozen=True, slots=True)
class Strength:
    """A checked preference function: `of(values, others, low, high)` gives the strength for each pair."""

    of: Callable[[Array, Array, float, float], Array]
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """The same before weighting: m alternatives × n criteria."""

    plus: Array
    minus: Array


def promethee2(
    matrix: ArrayLike,
    weights: ArrayLike,
    *,
    benefit: Sequence[bool] | NDArray[np.bool_],
    preference: Sequence[Preference],
) -> Promethee:
    """Net flows of raw numbers (`matrix`: m × n). `benefit`: n × true where more is better.

    `preference`: for each criterion how strongly an advantage d > 0 counts, in the unit of the criterion:
    ("usual",) 1; ("u_shape", q) 1 if d > q; ("v_shape", p) d/p, at most 1; ("level", q, p) ½ if d > q and
    1 if d > p; ("linear", q, p) from 0 at q up to 1 at p; ("gaussian", s) 1 − exp(−d²/2s²). 0 ≤ q ≤ p, p and
    s above 0. An advantage that equals a threshold up to rounding has not passed it.
    Flow = Σ weight × mean strength over the m − 1 others; 0 for a single alternative. Pairs are
    made in small pieces, so memory grows with the table and only time grows with m². Raises `InvalidInput`.
    Source: Brans and Vincke, Management Science 31 (1985) 647–656.
    """
    table = number_table(matrix, "matrix")
    criteria = table.shape[1]
    shares = matching_weights(weights, criteria)
    upward = directions(benefit, criteria)
    flows = unicriterion_flows(np.where(upward, table, -table), checked_preference(preference, criteria))
    plus, minus = weighted_rows(flows.plus, shares), weighted_rows(flows.minus, shares)
    return Promethee(plus - minus, plus, minus)


def checked_preference(preference: Sequence[Preference], criteria: int) -> list[Strength]:
    """The function of each criterion, or a refusal that names the place."""
    if not isinstance(preference, list | tuple):
        raise refuse("preference", "a list with one preference function for each criterion is needed")
    if len(preference) != criteria:
        raise refuse("preference", f"{len(preference)} preference functions for {criteria} criteria")
    return [_checked(entry, at("preference", place)) for place, entry in enumerate(preference)]


def _checked(entry: Any, path: str) -> Strength:
    if not isinstance(entry, list | tuple) or not entry or not is_one_of(entry[0], _PARAMETERS):
        raise refuse(path, f"one of {', '.join(_PARAMETERS)} with its parameters is needed")
    kind, *given = entry
    names = _PARAMETERS[kind]
    if len(given) != len(names):
        raise refuse(path, f"{quoted(kind)} takes {len(names)} parameter(s), not {len(given)}")
    numbers = [require_number(number, at(path, place), at_least=0) for place, number in enumerate(given, 1)]
    for place, name in enumerate(names):
        if name != "q" and numbers[place] == 0:
            raise refuse(at(path, place + 1), f"{name} must be above 0")
    if numbers != sorted(numbers):
        raise refuse(path, f"q must not be above p ({numbers[0]:g} > {numbers[1]:g})")
    return _strength(kind, *numbers)


def _strength(kind: str, *numbers: float) -> Strength:
    """The six functions are three: steps, ramps and the bell."""
    if kind == "gaussian":
        return Strength(_bell, 0.0, numbers[0])
    if kind == "v_shape":
        return Strength(_ramp, 0.0, numbers[0])
    low, high = (numbers[0], numbers[-1]) if numbers else (0.0, 0.0)
    return Strength(_ramp if kind == "linear" and low < high else _steps, low, high)


def _steps(values: Array, others: Array, low: float, high: float) -> Array:
    """Half above each threshold.

    A difference that equals a threshold can come out a little above it. There the value is about as large as
    the other one and the threshold together, so that these bound the rounding.
    """
    difference = values - others
    above_low = difference > low + ROUNDING * (np.abs(others) + low)
    above_high = difference > high + ROUNDING * (np.abs(others) + high)
    strength: Array = (above_low.astype(np.float64) + above_high) / 2
    return strength


def _ramp(values: Array, others: Array, low: float, high: float) -> Array:
    strength: Array = np.clip((values - others - low) / (high - low), 0.0, 1.0)
    return strength


def _bell(values: Array, others: Array, _: float, spread: float) -> Array:
    ahead = np.maximum(values - others, 0.0) / spread
    strength: Array = -np.expm1(-0.5 * ahead * ahead)
    return strength


def unicriterion_flows(table: Array, preference: Sequence[Strength]) -> Flows:
    """Mean strength over the others for each criterion alone. `table`: m × n, more is better, checked."""
    count = len(table)
    plus, minus = np.zeros(table.shape), np.zeros(table.shape)
    rows = max(1, _PAIRS_AT_ONCE // count)
    for column, one in enumerate(preference):
        values = np.ascontiguousarray(table[:, column])
        for start in range(0, count, rows):
            part = values[start : start + rows, None]
            # A difference too large for a number is a full preference all the same.
            with np.errstate(over="ignore"):
                pairs = one.of(part, values, one.low, one.high)
            plus[start : start + rows, column] = pairs.sum(axis=1)
            minus[:, column] += pairs.sum(axis=0)
    others = max(1, count - 1)
    return Flows(plus / others, minus / others)
