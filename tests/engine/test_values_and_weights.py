"""Value functions, weights, the bare additive model and dominance."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from engine import (
    InvalidInput,
    PiecewiseLinear,
    direct_weights,
    dominated,
    equal_weights,
    rank_order_centroid,
    swing_weights,
    weighted_sum,
)

FALLING = [[110, 0], [80, 0.35], [50, 0.75], [28, 1]]


def test_straight_lines_between_points_and_end_values_outside() -> None:
    rate = PiecewiseLinear(FALLING)
    assert rate(80) == 0.35
    assert rate(54.6) == pytest.approx(0.35 + (80 - 54.6) / 30 * 0.4)
    assert rate(200) == 0
    assert rate(10) == 1
    assert rate(np.array([110, 65, 28])).tolist() == pytest.approx([0, 0.55, 1])
    assert rate([[28, 110]]).shape == (1, 2)


def test_clipped_says_what_lies_outside() -> None:
    rate = PiecewiseLinear(FALLING)
    assert rate.clipped(110.1) is True
    assert rate.clipped(110) is False
    assert rate.clipped([27, 28, 111]).tolist() == [True, False, True]


def test_level_stretches_are_allowed() -> None:
    steps = PiecewiseLinear([(0, 0), (1, 0), (2, 1), (3, 1)])
    assert [steps(x) for x in (0.5, 1.5, 2.5)] == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("points", "place"),
    [
        ([], "points: two or more"),
        ([[1, 0]], "points: two or more"),
        ("ab", "points: two or more"),
        ([[k, k / 100] for k in range(101)], "points: there are more than 100"),
        ([[1, 0], [2]], "points[1]: a point is a pair"),
        ([[1, 0], [1, 1]], "points[1]: metrics must strictly"),
        ([[1, 0], [3, 0.5], [2, 1]], "points[2]: metrics must strictly"),
        ([[1, 0], [2, 0.9], [3, 0.5]], "points[2]: values must not fall"),
        ([[1, 0.1], [2, 1]], "points[0]: the worst point"),
        ([[1, 0], [2, 0.9]], "points[1]: the best point"),
        ([[1, 0], [2, 1.1]], "points[1][1]: 1.1 is above 1"),
        ([[1, -0.1], [2, 1]], "points[0][1]: -0.1 is below 0"),
        ([[math.nan, 0], [2, 1]], "points[0][0]: NaN"),
        ([[1, 0], [math.inf, 1]], "points[1][0]: an infinite"),
        ([[1, 0], [True, 1]], "points[1][0]: a true/false"),
        ([[1, 0], [10**400, 1]], "points[1][0]: the number is too large"),
        ([[0, 0], [1e-300, 1]], "points[1]: two metrics are too close"),
        ([[0, 0], [1e301, 1]], "points[1][0]: 1e+301 is above 1e+300"),
        (np.array([[0, 0.1], [1, 1]]), "points[0]: the worst point"),
        (np.array([0, 1]), "points[0]: a point is a pair"),
    ],
)
def test_bad_points_are_refused_with_the_place(points: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PiecewiseLinear(points)
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize("x", [math.nan, math.inf, [1.0, math.nan], "3", True, None, [1.0, True]])
def test_bad_metrics_are_refused(x: Any) -> None:
    for use in (PiecewiseLinear(FALLING), PiecewiseLinear(FALLING).clipped):
        with pytest.raises(InvalidInput, match=r"^x(\[1\])?: "):
            use(x)


def test_a_bad_metric_of_an_array_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"^x\[0\]\[1\]: NaN"):
        PiecewiseLinear(FALLING)([[1.0, math.nan]])


@pytest.mark.parametrize("step", [1e-280, 1e-13, 1e18, 1e299])
def test_the_scale_may_be_tiny_or_huge(step: float) -> None:
    function = PiecewiseLinear([(0, 0), (step, 0.5), (2 * step, 1)])
    assert function([0, step / 2, step, 2 * step]).tolist() == [0, 0.25, 0.5, 1]
    assert PiecewiseLinear([(1, 0), (1 + 2e-16, 1)])(1) == 0


def test_the_metric_of_a_value() -> None:
    """On a level stretch, the end that is reached first."""
    rate = PiecewiseLinear(FALLING)
    for falling in (False, True):
        assert rate.metric_at(0.55, falling=falling) == pytest.approx(65)
        assert rate.metric_at(0, falling=falling) == 110
        assert rate.metric_at(1, falling=falling) == 28
    steps = PiecewiseLinear([(0, 0), (1, 0), (2, 0.5), (6, 0.5), (8, 1), (9, 1)])
    assert [steps.metric_at(v, falling=False) for v in (0, 0.5, 1)] == [0, 2, 8]
    assert [steps.metric_at(v, falling=True) for v in (0, 0.5, 1)] == [1, 6, 9]
    for value in (-0.1, 1.1):
        for falling in (False, True):
            with pytest.raises(InvalidInput, match="value: .* is (below 0|above 1)"):
                steps.metric_at(value, falling=falling)


def test_points_may_be_an_array() -> None:
    points = np.array([[10, 0], [0, 1]])
    assert PiecewiseLinear(points)(2.5) == 0.75
    assert PiecewiseLinear(points).points == PiecewiseLinear(list(points)).points == ((10, 0), (0, 1))


def test_no_value_is_a_negative_zero() -> None:
    assert math.copysign(1, PiecewiseLinear([(0, -0.0), (1, 1)])(0)) == 1


def test_weights_sum_to_one() -> None:
    assert equal_weights(4).tolist() == [0.25] * 4
    assert direct_weights([30, 30, 25, 15]).tolist() == [0.3, 0.3, 0.25, 0.15]
    assert swing_weights([100, 60, 40]).tolist() == [0.5, 0.3, 0.2]
    assert direct_weights([1e308, 1e308]).tolist() == [0.5, 0.5]
    assert direct_weights(np.array([0, 7])).tolist() == [0, 1]
    assert direct_weights([2**70, 2**70]).tolist() == direct_weights(np.array([1, 1.0], object)).tolist()


def test_rank_order_centroid_of_four() -> None:
    """Barron and Barrett (1996), table for n = 4: 0.5208, 0.2708, 0.1458, 0.0625."""
    assert rank_order_centroid(4).tolist() == pytest.approx([0.520833, 0.270833, 0.145833, 0.0625], abs=1e-6)
    assert rank_order_centroid(1).tolist() == [1]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([], "points: nothing in it"),
        ([0, 0], "points: at least one weight"),
        ([1, -1], "points[1]: a weight cannot be negative (-1)"),
        ([1, math.nan], "points[1]: NaN"),
        ([1, math.inf], "points[1]: an infinite"),
        ([[1, 2]], "points: 1 dimension"),
        ([1, "a"], 'points[1]: a number is needed, not "a"'),
        ([1, None], "points[1]: a number is needed, not null"),
        ([True, False], "points[0]: a true/false value"),
        ([1, True], "points[1]: a true/false value"),
        ([1.5, np.bool_(False)], "points[1]: a true/false value"),
        (np.array([1j]), "points[0]: a number is needed, not complex"),
        ([Decimal(1)], "points[0]: a number is needed, not Decimal"),
        ([[1], [1, 2]], "points: rows of different length"),
    ],
)
def test_bad_weights_are_refused(weights: Any, message: str) -> None:
    for method in (direct_weights, swing_weights):
        with pytest.raises(InvalidInput) as caught:
            method(weights)
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "3"])
def test_bad_counts_are_refused(n: Any) -> None:
    for method in (equal_weights, rank_order_centroid):
        with pytest.raises(InvalidInput, match=r"^n: "):
            method(n)


def test_weighted_sum() -> None:
    assert weighted_sum([[1, 0], [0.5, 0.5]], [3, 1]).tolist() == [0.75, 0.5]


def test_identical_rows_have_one_weighted_sum_to_the_last_bit() -> None:
    random = np.random.default_rng(3)
    for criteria in range(1, 30):
        rows = np.tile(random.random(criteria), (1037, 1))
        assert len(set(weighted_sum(rows, random.random(criteria)))) == 1


@pytest.mark.parametrize(
    ("values", "weights", "message"),
    [
        ([[0.5, 1.2]], [1, 1], "values[0][1]: 1.2 is not between 0 and 1"),
        ([[0.5, math.nan]], [1, 1], "values[0][1]: NaN"),
        ([[0.5, True]], [1, 1], "values[0][1]: a true/false value"),
        ([np.array([0.5, 1]), np.array([True, False])], [1, 1], "values[1][0]: a true/false value"),
        ([[0.5]], [1, 1], "weights: 2 weights for 1 criteria"),
        ([0.5], [1], "values: 2 dimension"),
        (np.zeros((0, 2)), [1, 1], "values: nothing in it"),
    ],
)
def test_weighted_sum_refuses(values: Any, weights: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        weighted_sum(values, weights)
    assert str(caught.value).startswith(message)


def test_dominated() -> None:
    values = [[1, 1], [1, 0.5], [0.5, 0.5], [0, 2], [1, 1]]
    assert dominated(values) == [(1, 0), (1, 4), (2, 0), (2, 1), (2, 4)]
    assert dominated([[1, 2]]) == []


def test_dominance_is_what_its_definition_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the definition, pair by pair, with more criteria than are looked at first, and in pieces."""
    random = np.random.default_rng(1)
    values = np.hstack([random.integers(0, 2, (40, 3)), random.integers(0, 2, (40, 1)).repeat(8, axis=1)])
    values[7] = values[3]
    expected = [
        (a, b)
        for a in range(40)
        for b in range(40)
        if all(y >= x for x, y in zip(values[a], values[b], strict=True))
        and values[a].sum() < values[b].sum()
    ]
    assert expected
    assert dominated(values) == expected
    monkeypatch.setattr("engine.additive._CELLS_AT_ONCE", 200)
    assert dominated(values) == expected
