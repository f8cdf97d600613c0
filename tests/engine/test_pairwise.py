"""AHP weights: published matrices, the eigenvector itself, extremes and refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, pairwise_weights, upper_triangle
from engine.pairwise import RANDOM_INDEX

CALM = settings(deadline=None, max_examples=40)

HOUSE = [
    [1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4],
    [1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
    [1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5],
    [1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8],
    [1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6],
    [1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6],
    [3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2],
    [4, 7, 5, 8, 6, 6, 2, 1],
]


def test_the_published_choice_of_a_house() -> None:
    """Saaty, European Journal of Operational Research 48 (1990) 9–26: eight criteria of buying a house."""
    found = pairwise_weights(upper_triangle(HOUSE))
    published = [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert found.weights.tolist() == pytest.approx(published, abs=6e-4)
    assert found.lambda_max == pytest.approx(9.669, abs=5e-4)
    assert found.consistency_ratio == pytest.approx(0.169, abs=5e-4)
    assert found.random_index == "saaty"
    # The paper itself points at the entry (3, 7): 6 where the weights say about 1.13.
    assert found.worst_judgement is not None
    assert found.worst_judgement[:2] == (2, 6)
    assert found.worst_judgement[2] == pytest.approx(found.weights[2] / found.weights[6])


def matrix_of(upper: list[float], n: int) -> Any:
    matrix = np.ones((n, n))
    for value, i, j in zip(upper, *np.triu_indices(n, 1), strict=True):
        matrix[i, j], matrix[j, i] = value, 1 / value
    return matrix


judgements = st.integers(3, 10).flatmap(
    lambda n: st.lists(st.floats(1 / 9, 9), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2)
)


@CALM
@given(judgements)
def test_it_is_the_principal_eigenvector(upper: list[float]) -> None:
    found = pairwise_weights(upper)
    n = len(found.weights)
    matrix = matrix_of(upper, n)
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert matrix @ found.weights == pytest.approx(found.lambda_max * found.weights, rel=1e-9)
    assert found.lambda_max == pytest.approx(max(np.linalg.eigvals(matrix).real), rel=1e-9)
    assert found.lambda_max >= n
    assert found.consistency_ratio == (found.lambda_max - n) / (n - 1) / RANDOM_INDEX["saaty"][n - 3]


@CALM
@given(judgements)
def test_no_judgement_deviates_more_than_the_worst(upper: list[float]) -> None:
    found = pairwise_weights(upper)
    n = len(found.weights)
    deviation = np.abs(np.log(matrix_of(upper, n) * found.weights / found.weights[:, None]))
    if found.worst_judgement is None:
        assert deviation.max() <= 1e-9
        return
    i, j, suggested = found.worst_judgement
    assert i < j
    assert deviation[i, j] == pytest.approx(deviation.max(), abs=2e-9)
    assert suggested == pytest.approx(found.weights[i] / found.weights[j])


@CALM
@given(st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=10))
def test_consistent_judgements_give_back_the_weights(points: list[float]) -> None:
    n = len(points)
    found = pairwise_weights([points[i] / points[j] for i in range(n) for j in range(i + 1, n)])
    assert found.weights == pytest.approx(np.array(points) / sum(points), abs=1e-12)
    assert (found.lambda_max, found.consistency_ratio, found.worst_judgement) == (n, 0.0, None)


@pytest.mark.parametrize(("upper", "weights"), [([], [1.0]), ([3], [0.75, 0.25]), ([0.25], [0.2, 0.8])])
def test_one_or_two_criteria_have_no_ratio(upper: list[float], weights: list[float]) -> None:
    found = pairwise_weights(upper)
    assert found.weights.tolist() == pytest.approx(weights)
    assert (found.lambda_max, found.consistency_ratio, found.worst_judgement) == (len(weights), None, None)


def test_of_equally_bad_judgements_the_first_is_named() -> None:
    """With three criteria the eigenvector is the geometric mean and all three judgements deviate alike."""
    found = pairwise_weights([2, 2, 2])
    assert found.worst_judgement is not None
    assert found.worst_judgement == (0, 1, pytest.approx(2 ** (2 / 3)))
    means = np.array([4, 1, 0.25]) ** (1 / 3)
    assert found.weights == pytest.approx(means / means.sum())


def test_the_ratio_is_by_the_named_table() -> None:
    upper = upper_triangle(HOUSE)
    one, other = pairwise_weights(upper), pairwise_weights(upper, random_index="alonso_lamata")
    assert one.consistency_ratio is not None
    assert other.consistency_ratio == pytest.approx(one.consistency_ratio * 1.41 / 1.4056)
    assert other.random_index == "alonso_lamata"
    assert RANDOM_INDEX["saaty"] == (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)


def test_the_range_of_floats_is_not_left() -> None:
    """Powers of ten: a consistent matrix gives its scale, a full circle of three gives equal weights."""
    assert pairwise_weights([1e-300]).weights.tolist() == [pytest.approx(1e-300, rel=1e-9), 1.0]
    steps = pairwise_weights([1e150, 1e300, 1e150])
    assert steps.weights == pytest.approx(np.array([1, 1e-150, 1e-300]), rel=1e-9)
    assert steps.consistency_ratio == 0.0
    circle = pairwise_weights([1e300, 1e-300, 1e300])
    assert circle.weights == pytest.approx(np.full(3, 1 / 3))
    assert circle.lambda_max == pytest.approx(1e300, rel=1e-9)
    skew = pairwise_weights([1e300, 1e-300, 1e200])
    assert np.log10(skew.weights) == pytest.approx(np.array([-100, -200, 0]) / 3, abs=1e-9)


def test_a_suggested_value_stays_within_the_scale() -> None:
    """0 : 1, 0 : 2 and 2 : 1 are all 1e300, so that 0 : 1 would have to be 1e600; the weights say 1e400."""
    found = pairwise_weights([1e300, 1e300, 1e-300])
    assert found.worst_judgement == (0, 1, pytest.approx(1e300, rel=1e-9))
    assert found.lambda_max == pytest.approx(1e100, rel=1e-9)
    assert found.weights.tolist() == [1.0, 0.0, pytest.approx(1e-200, rel=1e-9)]


def test_two_camps_that_hardly_touch_still_give_weights() -> None:
    """Two circles of three: nothing tells those of one apart, almost nothing ties them to the other."""
    matrix = np.ones((6, 6))
    for start in (0, 3):
        for i in range(3):
            a, b = start + i, start + (i + 1) % 3
            matrix[a, b], matrix[b, a] = 1e280, 1e-280
    found = pairwise_weights(upper_triangle(matrix))
    assert found.lambda_max == pytest.approx(1e280, rel=1e-9)
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    for camp in (found.weights[:3], found.weights[3:]):
        assert camp == pytest.approx(np.full(3, camp[0]), rel=1e-9)


@pytest.mark.parametrize(
    ("upper", "message"),
    [
        ([1, 2], "upper: 2 judgements fit no number of criteria"),
        ([1] * 55, "upper: 11 criteria are more than the 10"),
        ([1, 2, 0], "upper[2]: a judgement must be above 0 (0)"),
        ([1, -2, 3], "upper[1]: a judgement must be above 0 (-2)"),
        ([1e-301], "upper[0]: 1e-301 is below 1e-300"),
        ([1e301], "upper[0]: 1e+301 is above 1e+300"),
        ([math.nan], "upper[0]: NaN"),
        ([math.inf], "upper[0]: an infinite"),
        ([True], "upper[0]: a true/false value"),
        ([None], "upper[0]: a number is needed, not null"),
        (["3"], 'upper[0]: a number is needed, not "3"'),
        ([[1, 2], [0.5, 1]], "upper: a flat list, the upper triangle row by row, is needed"),
        (3, "upper: a flat list"),
        ([[1], [1, 2]], "upper: rows of different length"),
    ],
)
def test_bad_judgements_are_refused(upper: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        pairwise_weights(upper)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("table", ["dodd", None, [], 3])
def test_an_unknown_table_is_refused(table: Any) -> None:
    with pytest.raises(InvalidInput, match=r'^random_index: must be "saaty" or "alonso_lamata", not '):
        pairwise_weights([3], random_index=table)


def test_a_full_matrix_gives_its_upper_triangle() -> None:
    assert upper_triangle([[1, 3, 5], [0.333, 1, 2], [0.2, 0.5, 1]]).tolist() == [3, 5, 2]
    assert upper_triangle([[1]]).tolist() == []


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 2], [2, 1]], "matrix[1][0]: 2 is not 1 / 2, the judgement at [0][1]"),
        (
            [[1, 3, 4], [1 / 3, 1, 5], [1 / 4, 0.3, 1]],
            "matrix[2][1]: 0.3 is not 1 / 5, the judgement at [1][2]",
        ),
        ([[1, 2], [0.5, 2]], "matrix[1][1]: a criterion against itself is 1, not 2"),
        ([[1, 2, 3], [0.5, 1, 2]], "matrix: 2 rows and 3 columns"),
        ([[1, 0], [1, 1]], "matrix[0][1]: a judgement must be above 0"),
        ([[1, math.nan], [1, 1]], "matrix[0][1]: NaN"),
        ([1, 2], "matrix: 2 dimension"),
        ([], "matrix: 2 dimension"),
    ],
)
def test_a_matrix_that_is_not_reciprocal_is_refused(matrix: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        upper_triangle(matrix)
    assert str(caught.value).startswith(message)
