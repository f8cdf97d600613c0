"""Several people's weights and judgements together, and Kendall's coefficient of concordance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, judgements_of_group, kendalls_w, pairwise_weights, weights_of_group

CALM = settings(deadline=None, max_examples=40)


def test_weights_of_three_people() -> None:
    """By hand: (0.5, 0.3, 0.2), (0.2, 0.3, 0.5), (0.2, 0.6, 0.2)."""
    found = weights_of_group([[5, 3, 2], [20, 30, 50], [0.2, 0.6, 0.2]])
    assert found.weights.tolist() == pytest.approx([0.3, 0.4, 0.3])
    assert found.low.tolist() == pytest.approx([0.2, 0.3, 0.2])
    assert found.high.tolist() == pytest.approx([0.5, 0.6, 0.5])
    assert found.standard_deviation.tolist() == pytest.approx([math.sqrt(0.02)] * 3)
    assert found.distance.tolist() == pytest.approx([0.2, 0.2, 0.2])
    assert found.farthest == 0
    assert found.influence.tolist() == pytest.approx([1 / 3] * 3)
    assert found.without is not None
    assert found.without[0].tolist() == pytest.approx([0.2, 0.45, 0.35])
    assert found.pull is not None
    assert found.pull.tolist() == pytest.approx([0.1, 0.1, 0.1])


def test_a_person_may_count_more() -> None:
    found = weights_of_group([[1, 0], [0, 1]], influence=[3, 1])
    assert found.weights.tolist() == [0.75, 0.25]
    assert found.influence.tolist() == [0.75, 0.25]
    assert found.standard_deviation.tolist() == pytest.approx([math.sqrt(3) / 4] * 2)
    assert found.distance.tolist() == [0.25, 0.75]
    assert found.farthest == 1
    assert found.without is not None
    assert found.without.tolist() == [[0, 1], [1, 0]]
    assert found.pull is not None
    assert found.pull.tolist() == [0.75, 0.25]


def test_one_person_is_the_group() -> None:
    found = weights_of_group([[1, 3]])
    assert found.weights.tolist() == found.low.tolist() == found.high.tolist() == [0.25, 0.75]
    assert found.standard_deviation.tolist() == [0, 0]
    assert (found.farthest, found.without, found.pull) == (None, None, None)


tables = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.floats(1e-3, 1e3), min_size=n, max_size=n), min_size=1, max_size=5)
)


@CALM
@given(tables)
def test_the_group_lies_between_its_people(rows: list[list[float]]) -> None:
    found = weights_of_group(rows)
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert (found.low - 1e-12 <= found.weights).all()
    assert (found.weights <= found.high + 1e-12).all()
    assert (found.distance >= 0).all()
    assert (found.distance <= 1).all()


def test_judgements_meet_at_their_geometric_mean() -> None:
    """2 and 8 meet at 4; both people are consistent, so the group is."""
    found = judgements_of_group([[2, 4, 2], [8, 16, 2]])
    assert found.upper.tolist() == pytest.approx([4, 8, 2])
    assert found.low.tolist() == [2, 4, 2]
    assert found.high.tolist() == [8, 16, 2]
    assert found.result.weights.tolist() == pytest.approx([8 / 11, 2 / 11, 1 / 11])
    assert found.result.consistency_ratio == 0.0
    assert found.group.weights.tolist() == found.result.weights.tolist()
    assert [person.weights.tolist() for person in found.people] == [
        pytest.approx([4 / 7, 2 / 7, 1 / 7]),
        pytest.approx([16 / 19, 2 / 19, 1 / 19]),
    ]
    assert found.group.low.tolist() == pytest.approx([4 / 7, 2 / 19, 1 / 19])
    assert found.group.high.tolist() == pytest.approx([16 / 19, 2 / 7, 1 / 7])
    assert found.group.standard_deviation[0] == pytest.approx((16 / 19 - 4 / 7) / 2)
    assert found.group.distance.tolist() == pytest.approx([8 / 11 - 4 / 7, 16 / 19 - 8 / 11])
    assert found.group.farthest == 0
    assert found.group.without is not None
    assert found.group.without[0].tolist() == pytest.approx([16 / 19, 2 / 19, 1 / 19])


def test_opposite_judgements_cancel_and_influence_tips_them() -> None:
    """The geometric mean treats a judgement and its reciprocal alike; an arithmetic one would not."""
    assert judgements_of_group([[9], [1 / 9]]).result.weights.tolist() == pytest.approx([0.5, 0.5])
    tipped = judgements_of_group([[16], [1]], influence=[3, 1])
    assert tipped.upper.tolist() == pytest.approx([8])
    assert tipped.group.influence.tolist() == [0.75, 0.25]
    extreme = judgements_of_group([[1e300], [1e300], [1e300]])
    assert extreme.upper.tolist() == pytest.approx([1e300], rel=1e-9)


def test_one_judge_is_the_group() -> None:
    found = judgements_of_group([[3, 5, 2]], random_index="alonso_lamata")
    alone = pairwise_weights([3, 5, 2], random_index="alonso_lamata")
    assert found.result.weights.tolist() == pytest.approx(alone.weights.tolist())
    assert found.result.consistency_ratio == pytest.approx(alone.consistency_ratio)
    assert found.result.random_index == found.people[0].random_index == "alonso_lamata"
    assert (found.group.farthest, found.group.without) == (None, None)


@pytest.mark.parametrize(
    ("weights", "influence", "message"),
    [
        ([[1, 2], [0, 0]], None, "weights[1]: at least one weight"),
        ([[1, 2], [1, -1]], None, "weights[1][1]: a weight cannot be negative"),
        ([[1, math.nan]], None, "weights[0][1]: NaN"),
        ([[1, 2], [1]], None, "weights: rows of different length"),
        ([1, 2], None, "weights: 2 dimension"),
        ([], None, "weights: 2 dimension"),
        ([[1, 2]], [1, 2], "influence: 2 numbers for 1 people"),
        ([[1, 2], [2, 1]], [1, 0], "influence[1]: is 0, or nothing beside the others"),
        ([[1, 2], [2, 1]], [1e-300, 1e300], "influence[0]: is 0, or nothing beside the others"),
        ([[1, 2], [2, 1]], [1, -1], "influence[1]: a weight cannot be negative"),
        ([[1, 2], [2, 1]], [1, math.inf], "influence[1]: an infinite"),
    ],
)
def test_bad_weights_of_a_group_are_refused(weights: Any, influence: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        weights_of_group(weights, influence=influence)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("uppers", "message"),
    [
        ([[1, 2, 3], [1, 0, 3]], "uppers[1][1]: a judgement must be above 0"),
        ([[1, 2]], "uppers[0]: 2 judgements fit no number"),
        ([[1], [1, 2, 3]], "uppers: rows of different length"),
        ([[]], "uppers: nothing in it"),
        ([[1, None, 2]], "uppers[0][1]: a number is needed, not null"),
    ],
)
def test_bad_judgements_of_a_group_are_refused(uppers: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        judgements_of_group(uppers)
    assert str(caught.value).startswith(message)
    with pytest.raises(InvalidInput, match="^random_index"):
        judgements_of_group([[1]], random_index="mine")


def test_three_executives_rank_six_applicants() -> None:
    """Siegel and Castellan (1988), section 9.5, no ties: 0.16."""
    assert kendalls_w([[1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]]) == pytest.approx(
        0.162, abs=5e-4
    )


def test_three_rankings_with_ties() -> None:
    """Kendall, Rank Correlation Methods (1948), also the example of the NAG routine G08DAF: 0.828."""
    ranks = [
        [1.0, 4.5, 2.0, 4.5, 3.0, 7.5, 6.0, 9.0, 7.5, 10.0],
        [2.5, 1.0, 2.5, 4.5, 4.5, 8.0, 9.0, 6.5, 10.0, 6.5],
        [2.0, 1.0, 4.5, 4.5, 4.5, 4.5, 8.0, 8.0, 8.0, 10.0],
    ]
    assert kendalls_w(ranks) == pytest.approx(0.828, abs=5e-4)
    # The same rankings with each tie at its best place, as a ranking prints it.
    printed = [[1 + sum(other < rank for other in row) for rank in row] for row in ranks]
    assert kendalls_w(printed) == kendalls_w(ranks)


def test_full_agreement_is_one_and_opposition_zero() -> None:
    assert kendalls_w([[1, 2, 3]] * 4) == 1.0
    assert kendalls_w([[1, 2.5, 2.5, 4]] * 3) == 1.0
    assert kendalls_w([[1, 2, 3], [3, 2, 1]]) == 0.0
    assert kendalls_w([[1e300, -1e300], [5, 4]]) == 1.0


@pytest.mark.parametrize("ranks", [[[1, 2, 3]], [[1], [1]], [[1]], [[2, 2, 2], [1, 1, 1]]])
def test_concordance_is_sometimes_undefined(ranks: Any) -> None:
    assert kendalls_w(ranks) is None


def test_a_rater_without_an_opinion_counts() -> None:
    """S = 0.5, m = 2, n = 2, one tie of two: 12 × 0.5 / (4 × 6 − 2 × 6) = 0.5."""
    assert kendalls_w([[1.5, 1.5], [1, 2]]) == 0.5


@CALM
@given(st.integers(2, 6).flatmap(lambda n: st.lists(st.permutations(range(n)), min_size=2, max_size=6)))
def test_concordance_follows_the_mean_rank_correlation(rows: list[list[int]]) -> None:
    """Without ties W = (1 + (m − 1) × mean Spearman correlation) / m (Kendall and Babington Smith, 1939)."""
    raters = len(rows)
    correlation = np.corrcoef(np.array(rows))
    mean = (correlation.sum() - raters) / (raters * (raters - 1))
    assert kendalls_w(rows) == pytest.approx((1 + (raters - 1) * mean) / raters, abs=1e-9)


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        ([[1, math.nan], [1, 2]], "ranks[0][1]: NaN"),
        ([[1, 2], [math.inf, 2]], "ranks[1][0]: an infinite"),
        ([[1, None], [1, 2]], "ranks[0][1]: a number is needed, not null"),
        ([1, 2], "ranks: 2 dimension"),
        ([[]], "ranks: nothing in it"),
        ([[1, 2], [1]], "ranks: rows of different length"),
    ],
)
def test_bad_ranks_are_refused(ranks: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        kendalls_w(ranks)
    assert str(caught.value).startswith(message)
