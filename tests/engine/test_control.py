"""XmR limits and signals: a published example, every rule, gaps, edges, refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import InvalidInput, control_limits

BEYOND, NEAR, RUN = "point beyond a limit", "three of four nearer to a limit", "run of eight on one side"


def signals(series: list[float | None]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(row.rule, row.side, row.indices) for row in control_limits(series).signals]


def test_the_published_example() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches of a flow rate.

    Mean 50.81, mean moving range 1.8778, limits 55.8041 and 45.8159 with 3/1.128; 2.66 is that rounded.
    """
    series = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    found = control_limits(series)
    assert found.centre == pytest.approx(50.81)
    assert found.mean_moving_range == pytest.approx(1.8778, abs=5e-5)
    assert found.upper == pytest.approx(55.8041, abs=1e-3)
    assert found.lower == pytest.approx(45.8159, abs=1e-3)
    assert found.upper == pytest.approx(50.81 + 2.66 * 16.9 / 9)
    assert (found.signals, found.points) == ((), 10)
    assert "Wheeler" in found.rule_set


def test_a_point_beyond_a_limit() -> None:
    series: list[float | None] = [10, 11, 10, 11, 10, 30, 11, 10, 11, 10, 11]
    assert signals(series) == [(BEYOND, "above", (5,))]
    assert signals([-value for value in series]) == [(BEYOND, "below", (5,))]


def test_eight_on_one_side_are_a_run_and_seven_are_not() -> None:
    """Ups and downs of 2 keep the limits wide, so that only the run is seen."""
    low, high = [0.0, 4.0] * 6, [3.0, 2.5, 3.0, 2.5, 3.0, 2.5, 3.0]
    assert signals([*low, *high, 0.0]) == [(RUN, "above", tuple(range(11, 19)))]
    assert signals([*low, 0.0, *high, 0.0]) == []


def test_a_point_on_the_centre_is_on_neither_side() -> None:
    series = [1.0, 3.0] * 4 + [2.5] * 4 + [2.0] + [2.5] * 4 + [1.0, 1.0, 1.0, 1.0]
    assert control_limits(series).centre == 2.0
    assert RUN not in [rule for rule, _, _ in signals(series)]


def test_three_of_four_nearer_to_a_limit_than_to_the_centre() -> None:
    """Centre 0, mean moving range near 1, so half-way is near 1.33."""
    calm = [0.5, -0.5] * 12
    found = control_limits([*calm, 1.6, 0.4, 1.6, 1.6, *calm, -1.0, -1.0, -1.0, -1.0, -1.2])
    assert found.upper is not None
    assert 1.2 < (found.upper - found.centre) / 2 < 1.5
    assert [(row.rule, row.side, row.indices) for row in found.signals] == [(NEAR, "above", (24, 26, 27))]


def test_triples_that_share_points_are_one_signal_and_others_their_own() -> None:
    calm = [0.5, -0.5] * 20
    high = [1.9, 1.8, 1.9, 0.0, 1.9]
    found = [row for row in signals([*calm, *high, *calm, *high, *calm]) if row[0] == NEAR]
    assert found == [(NEAR, "above", (40, 41, 42, 44)), (NEAR, "above", (85, 86, 87, 89))]


def test_a_gap_breaks_the_moving_range_and_every_signal() -> None:
    found = control_limits([1, 3, None, 9, 11])
    assert (found.centre, found.mean_moving_range, found.points) == (6, 2, 4)
    assert (found.lower, found.upper) == (pytest.approx(0.68), pytest.approx(11.32))
    low, high = [0.0, 4.0] * 6, [3.0, 2.5, 3.0, 2.5, 3.0, 2.5, 3.0]
    assert signals([*low, *high[:4], None, *high[4:], 0.0]) == []
    calm = [0.5, -0.5] * 12
    assert signals([*calm, 1.6, 1.6, None, 1.6, *calm, -1.0, -1.0, -1.0]) == []


def test_too_few_points() -> None:
    one = control_limits([None, 7])
    assert (one.centre, one.lower, one.upper, one.mean_moving_range) == (7, None, None, None)
    assert (one.signals, one.points) == ((), 1)
    apart = control_limits([1, None, 3])
    assert (apart.centre, apart.lower, apart.upper) == (2, None, None)
    two = control_limits([1, 3])
    assert (two.centre, two.lower, two.upper) == (2, pytest.approx(-3.32), pytest.approx(7.32))
    assert two.signals == ()


@pytest.mark.parametrize("value", [0.0, 0.1, 1 / 3, -1e-9, 123456.789, 1e150])
def test_equal_points_have_no_spread_and_no_signal(value: float) -> None:
    found = control_limits([value] * 11)
    assert (found.lower, found.centre, found.upper, found.signals) == (value, value, value, ())


@given(
    st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=40), st.integers(-1000, 1000)
)
def test_moving_and_mirroring_the_series_moves_and_mirrors_the_chart(series: Any, shift: int) -> None:
    if all(value is None for value in series):
        series = [*series, 0]
    found = control_limits(series)
    moved = control_limits([None if value is None else value + shift for value in series])
    mirrored = control_limits([None if value is None else -value for value in series])
    assert moved.centre == pytest.approx(found.centre + shift)
    assert moved.signals == found.signals
    other = {"above": "below", "below": "above"}
    assert {(row.rule, other[row.side], row.indices) for row in mirrored.signals} == {
        (row.rule, row.side, row.indices) for row in found.signals
    }


def by_looking(values: list[float | None], centre: float, reach: float) -> set[tuple[str, str, int]]:
    """Rule, side and point for every window of eight and every window of up to four, looked at one by one."""
    found = set()
    for side, sign in (("above", 1), ("below", -1)):
        for size, least, limit, rule in ((1, 1, reach, BEYOND), (4, 3, reach / 2, NEAR), (8, 8, 0.0, RUN)):
            for start in range(-3, len(values)):
                window = [k for k in range(start, start + size) if 0 <= k < len(values)]
                for part in range(len(window)):
                    cut = window[part:]
                    if any(values[k] is None for k in cut):
                        cut = cut[: next(i for i, k in enumerate(cut) if values[k] is None)]
                    high = [k for k in cut if sign * (values[k] - centre) > limit + 1e-9]
                    if len(high) >= least:
                        found |= {(rule, side, k) for k in high}
    return found


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=2, max_size=40))
def test_the_signals_are_those_of_every_window(series: Any) -> None:
    series = [5, 5, *series]
    found = control_limits(series)
    assert found.upper is not None
    seen = {(row.rule, row.side, place) for row in found.signals for place in row.indices}
    assert seen == by_looking(series, found.centre, found.upper - found.centre)


@pytest.mark.parametrize(
    ("series", "line"),
    [
        ([], "series: nothing in it"),
        ([None, None], "series: nothing in it"),
        ([1, math.nan], "series[1]: NaN"),
        ([1, math.inf], "series[1]: an infinite number"),
        ([True], "series[0]: a true/false value"),
        (["1"], 'series[0]: a number is needed, not "1"'),
        ([1e200], "series[0]: 1e+200 is above"),
        ([[1, 2]], "series[0]: a number is needed"),
        ("12", "series: a list of numbers"),
        (5, "series: a list of numbers"),
    ],
)
def test_bad_input_is_refused(series: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        control_limits(series)
    assert str(caught.value).startswith(line)


def test_arrays_are_taken() -> None:
    assert control_limits(np.array([1.0, 3.0])) == control_limits([1, 3])
    assert control_limits((1, 3)).centre == 2
