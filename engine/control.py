"""Whether a series of measurements changed, or only varies as it always does: the XmR chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.checks import number_problem
from engine.errors import at, refuse

LIMIT_FACTOR = 2.66  # 3 / 1.128: three times the spread, taken from ranges of two points
BEYOND, NEAR, RUN = "point beyond a limit", "three of four nearer to a limit", "run of eight on one side"
RULE_SET = "Wheeler, detection rules for the XmR chart"
_LEVEL = 1e-12  # of the largest figure: what counts as on a line
_LARGEST = 1e150
_GAP = -math.inf


@dataclass(frozen=True, slots=True)
class Signal:
    """Evidence of a change: the rule, the side of the centre, the indices of the points that show it."""

    rule: str
    side: str
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """The result of `control_limits`. None: no two neighbouring points, so no moving range and no limits."""

    centre: float
    lower: float | None
    upper: float | None
    signals: tuple[Signal, ...]
    mean_moving_range: float | None
    points: int
    rule_set: str = RULE_SET


def control_limits(series: Sequence[float | None]) -> ControlLimits:
    """Centre, limits and signals of one measurement after the other, in the order of time.

    Centre = mean of the points; limits = centre ± 2.66 × mean moving range (distance of neighbours). None is
    a missing value and a gap: there is no moving range across it, and no signal reaches over it. Signals, by
    Wheeler's rules: a point beyond a limit; three of four successive points nearer to one limit than to the
    centre; eight or more successive points on one side of the centre (a point on it is on neither). One point
    has a centre and no limits; two points, or points that are all equal, have limits and no signal.
    Raises `InvalidInput` for no point, NaN, infinities and what is not a number. Source: docs/method.md, XmR.
    """
    values = _values(series)
    known = [value for value in values if value is not None]
    # The mean of equal points may miss them by a last digit, and all would lie on one side of it.
    centre = min(max(math.fsum(known) / len(known), min(known)), max(known))
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if not ranges:
        return ControlLimits(centre, None, None, (), None, len(known))
    mean_range = math.fsum(ranges) / len(ranges)
    reach = LIMIT_FACTOR * mean_range
    signals = _signals(values, centre, reach, _LEVEL * max(map(abs, known)))
    return ControlLimits(centre, centre - reach, centre + reach, signals, mean_range, len(known))


def _values(series: object) -> list[float | None]:
    path = "series"
    if not isinstance(series, Sequence | np.ndarray) or isinstance(series, str | bytes):
        raise refuse(path, "a list of numbers is needed")
    values: list[float | None] = []
    for place, entry in enumerate(series):
        problem = None if entry is None else number_problem(entry, at_least=-_LARGEST, at_most=_LARGEST)
        if problem is not None:
            raise refuse(at(path, place), problem)
        values.append(None if entry is None else float(entry))
    if all(value is None for value in values):
        raise refuse(path, "nothing in it")
    return values


def _signals(values: list[float | None], centre: float, reach: float, level: float) -> tuple[Signal, ...]:
    """By rule, then by place."""
    found = []
    for side, sign in (("above", 1), ("below", -1)):
        heights = [_GAP if value is None else sign * (value - centre) for value in values]
        found += [Signal(BEYOND, side, (place,)) for place in _higher(heights, reach + level)]
        found += [Signal(NEAR, side, places) for places in _three_of_four(heights, reach / 2 + level)]
        found += [Signal(RUN, side, places) for places in _runs_of_eight(heights, level)]
    order = (BEYOND, NEAR, RUN)
    return tuple(sorted(found, key=lambda signal: (order.index(signal.rule), signal.indices)))


def _higher(heights: list[float], limit: float) -> list[int]:
    return [place for place, height in enumerate(heights) if height > limit]


def _three_of_four(heights: list[float], limit: float) -> list[tuple[int, ...]]:
    """Triples of high points within four successive ones; those that share points are one signal."""
    high = _higher(heights, limit)
    groups: list[list[int]] = []
    for first, middle, last in zip(high, high[1:], high[2:], strict=False):
        if last - first > 3 or _GAP in heights[first:last]:
            continue
        if groups and first <= groups[-1][-1]:
            groups[-1] += [place for place in (middle, last) if place > groups[-1][-1]]
        else:
            groups.append([first, middle, last])
    return [tuple(group) for group in groups]


def _runs_of_eight(heights: list[float], limit: float) -> list[tuple[int, ...]]:
    runs: list[list[int]] = []
    for place in _higher(heights, limit):
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [tuple(run) for run in runs if len(run) >= 8]
