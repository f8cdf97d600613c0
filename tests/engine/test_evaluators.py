"""Scores of several evaluators: a missing one is never a zero; without one of them it is another ranking."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, scores_of_group, weighted_sum, without_each_evaluator

CALM = settings(deadline=None, max_examples=40)

THREE = [[[1, None], [3, 4]], [[2, None], [None, 5]], [[4, None], [5, None]]]


def test_the_cells_of_three_evaluators() -> None:
    found = scores_of_group(THREE)
    assert found.count.tolist() == [[3, 0], [2, 2]]
    assert found.mean.tolist() == [[pytest.approx(7 / 3), None], [4, 4.5]]
    assert found.median.tolist() == [[2, None], [4, 4.5]]
    assert found.low.tolist() == [[1, None], [3, 4]]
    assert found.high.tolist() == [[4, None], [5, 5]]
    assert found.standard_deviation.tolist() == [[pytest.approx(math.sqrt(14 / 9)), None], [1, 0.5]]


def test_severity_compares_shared_cells_only() -> None:
    """The first is 2, 2 and 1 below the mean of the others, the last 2.5 and 2 above it."""
    found = scores_of_group(THREE)
    assert found.severity == pytest.approx((5 / 3, -0.25, -2.25))
    assert found.shared.tolist() == [3, 2, 2]
    alone = scores_of_group([[[1, None]], [[None, 9]]])
    assert alone.severity == (None, None)
    assert alone.shared.tolist() == [0, 0]


cells = st.one_of(st.none(), st.integers(0, 10).map(float))
boxes = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(
        st.lists(st.lists(cells, min_size=shape[2], max_size=shape[2]), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@CALM
@given(boxes)
def test_each_cell_is_that_of_the_standard_library(scores: list[list[list[float | None]]]) -> None:
    found = scores_of_group(scores)
    table = np.array(scores, dtype=object)
    for a, c in np.ndindex(table.shape[1:]):
        given_scores = [score for score in table[:, a, c] if score is not None]
        assert found.count[a, c] == len(given_scores)
        if not given_scores:
            assert found.mean[a, c] is found.median[a, c] is found.standard_deviation[a, c] is None
            continue
        assert found.mean[a, c] == pytest.approx(statistics.fmean(given_scores))
        assert found.median[a, c] == statistics.median(given_scores)
        assert found.standard_deviation[a, c] == pytest.approx(statistics.pstdev(given_scores))
        assert (found.low[a, c], found.high[a, c]) == (min(given_scores), max(given_scores))


@CALM
@given(boxes, st.integers(0, 3), st.integers(-3, 3))
def test_a_stricter_evaluator_is_found(scores: Any, who: int, step: int) -> None:
    """Taking `step` from every score of one evaluator raises that severity by `step`."""
    who = min(who, len(scores) - 1)
    lower = [
        [[None if score is None else score - step * (e == who) for score in row] for row in table]
        for e, table in enumerate(scores)
    ]
    before, after = scores_of_group(scores).severity[who], scores_of_group(lower).severity[who]
    assert after == (None if before is None else pytest.approx(before + step))


def test_masked_arrays_and_arrays_of_numbers() -> None:
    table = np.array([[[1.0, 99.0]], [[3.0, 4.0]]])
    masked = scores_of_group(np.ma.masked_equal(table, 99))
    assert masked.mean.tolist() == [[2, 4]]
    assert masked.count.tolist() == [[2, 1]]
    assert scores_of_group(table).mean.tolist() == [[2, 51.5]]


def test_nobody_scored_anything() -> None:
    found = scores_of_group([[[None]], [[None]]])
    assert found.mean.tolist() == found.high.tolist() == [[None]]
    assert found.severity == (None, None)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_extremes_neither_overflow_nor_vanish(size: float) -> None:
    found = scores_of_group([[[size]], [[-size]], [[size]]])
    assert found.mean[0, 0] == pytest.approx(size / 3)
    assert found.standard_deviation[0, 0] == pytest.approx(size * math.sqrt(8) / 3)
    assert found.severity == pytest.approx((-size, 2 * size, -size))


PANEL = [[[1.0, 0.0], [0.0, 1.0]], [[0.5, None], [0.6, 1.0]], [[0.0, 1.0], [None, 0.0]]]


def test_one_evaluator_decides_the_first_place() -> None:
    """Means (0.5, 0.5) and (0.3, 2/3): 50 to 48.3; without the last evaluator 37.5 to 65."""
    found = without_each_evaluator(PANEL, [1, 1])
    assert found.scores.tolist() == pytest.approx([0.5, (0.3 + 2 / 3) / 2])
    assert found.ranks.tolist() == [1, 2]
    assert found.scores_without[2].tolist() == pytest.approx([0.375, 0.65])
    assert found.ranks_without.tolist() == [[1, 2], [1, 2], [2, 1]]
    assert found.first_changes.tolist() == [False, False, True]
    assert found.largest_move.tolist() == [0, 0, 1]
    assert (found.unknown, found.unknown_without.tolist()) == (0, [0, 0, 0])


def test_the_median_and_the_policy_for_what_nobody_left_scored() -> None:
    values = [[[0.2], [None]], [[0.4], [0.3]], [[0.9], [None]]]
    median = without_each_evaluator(values, [1], consensus="median")
    assert median.scores.tolist() == [0.4, 0.3]
    assert median.scores_without.tolist() == [
        pytest.approx([0.65, 0.3]),
        pytest.approx([0.55, 0]),
        pytest.approx([0.3, 0.3]),
    ]
    assert median.ranks_without.tolist() == [[1, 2], [1, 2], [1, 1]]
    assert median.first_changes.tolist() == [False, False, True]
    assert median.unknown_without.tolist() == [0, 1, 0]
    middle = without_each_evaluator(values, [1], consensus="median", missing="midpoint")
    assert middle.scores_without[1].tolist() == pytest.approx([0.55, 0.5])


@CALM
@given(st.integers(2, 4).flatmap(lambda e: st.integers(0, 1000).map(lambda seed: (e, seed))))
def test_leaving_one_out_is_the_consensus_of_the_rest(case: tuple[int, int]) -> None:
    count, seed = case
    rng = np.random.default_rng(seed)
    values, weights = rng.integers(0, 5, (count, 4, 3)) / 4, [3, 2, 1]
    found = without_each_evaluator(values, weights)
    assert found.scores == pytest.approx(weighted_sum(values.mean(axis=0), weights))
    for k in range(count):
        scores = weighted_sum(np.delete(values, k, axis=0).mean(axis=0), weights)
        assert found.scores_without[k] == pytest.approx(scores)
        ranks = [1 + sum(other > score + 1e-11 for other in scores) for score in scores]
        assert found.ranks_without[k].tolist() == ranks
        assert found.largest_move[k] == max(abs(a - b) for a, b in zip(ranks, found.ranks, strict=True))
        first = [rank == 1 for rank in found.ranks]
        assert found.first_changes[k] == ([rank == 1 for rank in ranks] != first)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([[[1, math.nan]]], "[0][0][1]: NaN"),
        ([[[1, True]]], "[0][0][1]: a true/false value"),
        ([[[1, "2"]]], '[0][0][1]: a number is needed, not "2"'),
        ([[[1], [math.inf]]], "[0][1][0]: an infinite"),
        ([[[1, 2], [3]]], ": evaluators × alternatives × criteria, in rows of equal length, are needed"),
        ([[[1, 2]], [[1, 2], [3, 4]]], ": evaluators × alternatives × criteria"),
        ([np.zeros((2, 2)), np.zeros((2, 3))], ": evaluators × alternatives × criteria"),
        ([[1, 2]], ": evaluators × alternatives × criteria"),
        ([[[]]], ": nothing in it"),
        ([[[1e301]]], "[0][0][0]: 1e+301 is not between"),
    ],
)
def test_bad_scores_are_refused(scores: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        scores_of_group(scores)
    assert str(caught.value).startswith("scores" + message)
    with pytest.raises(InvalidInput) as caught:
        without_each_evaluator(scores, [1])
    assert str(caught.value).startswith("values")


@pytest.mark.parametrize(
    ("values", "more", "message"),
    [
        ([[[0.5, 1.1]]], {}, "values[0][0][1]: 1.1 is not between 0 and 1"),
        ([[[-0.1, 1]]], {}, "values[0][0][0]: -0.1 is not between 0 and 1"),
        ([[[0.5, 1]]], {}, "values: two evaluators or more"),
        (PANEL, {"weights": [1]}, "weights: 1 weights for 2 criteria"),
        (PANEL, {"weights": [0, 0]}, "weights: at least one weight"),
        (PANEL, {"consensus": "mode"}, 'consensus: must be "mean" or "median", not "mode"'),
        (PANEL, {"missing": "best"}, 'missing: must be "worst" or "midpoint", not "best"'),
        (PANEL, {"missing": []}, 'missing: must be "worst" or "midpoint", not list'),
    ],
)
def test_a_bad_what_if_is_refused(values: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        without_each_evaluator(values, **({"weights": [1, 1]} | more))
    assert str(caught.value).startswith(message)
