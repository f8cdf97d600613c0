"""At which error rate, volume, price … a business case stops paying: solved, not searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.business_drivers import Drivers, per_case
from engine.business_money import figures, moved
from engine.business_parts import CaseParts, add_up, missing_inputs, read_parts
from engine.business_steps import shown
from engine.checks import Array, require_list, require_mapping, require_number
from engine.errors import at, refuse

CROSSES, TOUCHES_ALL = "crosses 0", "0 throughout"
ABOVE, BELOW = "always above 0", "always below 0"
UNMOVED, UNKNOWN = "not moved by this driver", "not computable"
_LEVEL = 1e-12  # of the largest figure at the corners: what counts as 0, and as not moved
_FACTOR_RANGE, _HIGHEST = (0.0, 10.0), 1e6


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where one figure becomes 0 as a driver moves from the low to the high end of its range.

    `state`: "crosses 0", "always above 0", "always below 0", "0 throughout", "not moved by this driver" or
    "not computable". `values`: where it becomes 0, rising; one as a rule, and both ends of a stretch of 0.
    `corners`: (driver, figure) at both ends and where the slope changes; in between the figure is a straight
    line, so they prove the state.
    """

    state: str
    values: tuple[float, ...]
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """One driver: its unit, its value in the bid (None: not known), the range looked at, both figures."""

    driver: str
    unit: str
    base: float | None
    low: float | None
    high: float | None
    annual_saving: Crossing
    npv: Crossing


@dataclass(frozen=True, slots=True)
class BreakEvens:
    """The result of `break_evens`, in the order of the drivers; `missing`: what keeps figures open."""

    drivers: tuple[BreakEven, ...]
    missing: tuple[str, ...]

    def __getitem__(self, driver: str) -> BreakEven:
        return {row.driver: row for row in self.drivers}[driver]


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    """A driver, its value in the bid, and the parts of a case in which its value is `unit_value`.

    `span`: the range looked at; `most`: how far it may be set.
    """

    driver: str
    unit: str
    base: float
    parts: CaseParts
    unit_value: float
    span: tuple[float, float] = _FACTOR_RANGE
    most: float = _HIGHEST


def break_evens(
    tasks: Sequence[Mapping[str, Any]],
    bid: Mapping[str, Any],
    assumptions: Mapping[str, Any],
    *,
    foreign_share: float = 1.0,
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> BreakEvens:
    """Where the annual saving, and the net present value of the term, become 0 as one driver moves alone.

    `tasks`, `bid`, `assumptions`: as `business_case`. Drivers: `error_rate` (percent, 0 to 100), `ramp`
    (share of the saving in year 1, 0 to 1), `productivity` (provider hours per in-house hour, 0 to 10 times
    the bid's), and as factors on plan from 0 to 10: `volume`, `price`, `exchange_rate` (USD for a unit of the
    currency in which `foreign_share` of the fees are priced). `ranges` sets other ends by driver.
    Quantities that the base case rounds (whole dollars, whole hours, half persons) are kept as rounded there
    and scaled, as in the range of the business case; so each figure is piecewise linear in each driver and a
    crossing is exact. An error rate or ramp that is not known yet is solved for all the same.
    Raises `InvalidInput`. Source: docs/method.md, Break-evens.
    """
    parts = read_parts(tasks, bid, assumptions)
    share = require_number(foreign_share, "foreign_share", at_least=0, at_most=1)
    axes = _axes(parts, {} if ranges is None else require_mapping(ranges, "ranges"))
    return BreakEvens(tuple(_break_even(axis, share) for axis in axes), missing_inputs(parts))


def _axes(parts: CaseParts, ranges: Mapping[str, Any]) -> list[_Axis]:
    given, bid = parts.given, parts.bid
    ramp = given["year1_ramp"]
    one_percent = add_up(given, replace(bid, error_rate=1.0), parts.basket)
    full = max(1.0, ramp)
    at_once = replace(parts, given=replace(given, amounts={**given.amounts, "year1_ramp": full}))
    worked = bid.productivity
    axes = [
        _Axis("error_rate", "%", bid.error_rate, one_percent, 1.0, (0.0, 100.0), 100.0),
        _Axis("volume", "× plan", 1.0, parts, 1.0),
        _Axis("ramp", "share", ramp, at_once, full, (0.0, full), full),
        _Axis("exchange_rate", "× plan", 1.0, parts, 1.0),
        _Axis("productivity", "hours per hour", worked, parts, worked, (0.0, 10 * worked)),
        _Axis("price", "× plan", 1.0, parts, 1.0),
    ]
    names = [axis.driver for axis in axes]
    for driver in ranges:
        if driver not in names:
            raise refuse(at("ranges", driver), f"there is no such driver: {', '.join(names)}")
    return [
        replace(axis, span=_span(ranges[axis.driver], axis)) if axis.driver in ranges else axis
        for axis in axes
    ]


def _span(given: object, axis: _Axis) -> tuple[float, float]:
    path = at("ranges", axis.driver)
    pair = require_list(given, path)
    if len(pair) != 2:
        raise refuse(path, "a low and a high end are needed")
    low, high = (
        require_number(end, at(path, place), at_least=0, at_most=axis.most) for place, end in enumerate(pair)
    )
    if not low < high:
        raise refuse(path, "the low end must be below the high end")
    return low, high


def _break_even(axis: _Axis, foreign_share: float) -> BreakEven:
    low, high = axis.span
    named = (axis.driver, axis.unit, shown(axis.base), shown(low), shown(high))
    if not axis.unit_value > 0:
        nothing = Crossing(UNKNOWN, (), ())
        return BreakEven(*named, nothing, nothing)
    ends = np.array([low, high])
    saving = _crossing(ends, _at(axis, ends, foreign_share)[0])
    # A loss counts in full in year 1 and a saving by the ramp: the one place where the slope of NPV changes.
    corners = np.unique([low, *saving.values, high])
    npv = _crossing(corners, _at(axis, corners, foreign_share)[1])
    return BreakEven(*named, saving, npv)


@np.errstate(all="ignore")
def _at(axis: _Axis, values: Array, foreign_share: float) -> tuple[Array, Array]:
    """Annual saving and net present value at values of the driver."""
    by = Drivers(**{axis.driver: values / axis.unit_value}, foreign_share=foreign_share)
    parts = axis.parts
    sums = moved(parts.sums, by)
    result = figures(sums, parts.bid, parts.given, by)
    return per_case(sums.saving, values.size), per_case(result.npv, values.size)


def _crossing(places: Array, heights: Array) -> Crossing:
    """Where a line through corners meets 0."""
    if not np.isfinite(heights).all():
        return Crossing(UNKNOWN, (), ())
    corners = tuple(zip(places.tolist(), heights.tolist(), strict=True))
    level = _LEVEL * float(np.abs(heights).max())
    if float(np.ptp(heights)) <= level:
        return Crossing(UNMOVED if level > 0 else TOUCHES_ALL, (), corners)
    heights = np.where(np.abs(heights) <= level, 0.0, heights)
    found = [float(place) for place, height in zip(places, heights, strict=True) if height == 0]
    for left in range(len(places) - 1):
        before, after = heights[left], heights[left + 1]
        if before * after < 0:
            width = places[left + 1] - places[left]
            found.append(float(places[left] + width * (before / (before - after))))
    if found:
        return Crossing(CROSSES, tuple(sorted(found)), corners)
    return Crossing(ABOVE if heights[0] > 0 else BELOW, (), corners)
