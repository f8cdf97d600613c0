"""Rank acceptability: closed forms, ties, the forms that weights take, and what must hold for any table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, dominated, rank_acceptability, rank_order_centroid
from engine import rank_order as ordering
from engine import sample_cache as caching
from engine import weight_samples as drawing
from engine.acceptability import Acceptability
from engine.weight_samples import weight_sample

CALM = settings(deadline=None, max_examples=40)
CORNERS = np.eye(3)


def same(one: Acceptability, other: Acceptability) -> bool:
    """To the last bit."""
    parts = ("acceptability", "central_weights", "confidence", "pairwise")
    return all(getattr(one, part).tobytes() == getattr(other, part).tobytes() for part in parts)


def brute_force(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, pairwise shares, sums of first weights, sample by sample; tied: within 1e-11 of the best."""
    count = len(values)
    shares, pairs = np.zeros((count, count)), np.zeros((count, count))
    first = np.zeros(values.shape)
    for weight in weights:
        scores = values @ weight
        order = sorted(range(count), key=lambda k: -scores[k])
        start = 0
        while start < count:
            group = [k for k in order[start:] if scores[order[start]] - scores[k] <= 1e-11]
            stop = start + len(group)
            for one in group:
                shares[one, start:stop] += 1 / len(group)
                pairs[one, order[stop:]] += 1
                pairs[one, group] += 0.5
                first[one] += weight / len(group) if start == 0 else 0
            start = stop
    return shares / len(weights), pairs / len(weights), first


def test_two_alternatives_and_two_criteria_in_closed_form() -> None:
    """A leads where 0.4 w > 0.5 (1 − w), so for w above 5/9; its central weight is the middle of that."""
    found = rank_acceptability([[0.9, 0.2], [0.5, 0.7]])
    assert found.half_width == 0.0098
    assert (found.samples, found.seed) == (10_000, 0)
    assert found.acceptability == pytest.approx(np.array([[4, 5], [5, 4]]) / 9, abs=found.half_width)
    assert found.pairwise == pytest.approx(np.array([[1 / 2, 4 / 9], [5 / 9, 1 / 2]]), abs=found.half_width)
    assert found.central_weights[:, 0] == pytest.approx([7 / 9, 5 / 18], abs=0.01)
    assert found.central_weights.sum(axis=1) == pytest.approx([1, 1])
    assert found.confidence.tolist() == [1, 1]


def test_corners_of_the_simplex() -> None:
    """Each is first where its own weight is the largest, whose mean is (1 + 1/2 + 1/3) / 3 = 11/18."""
    found = rank_acceptability(CORNERS, samples=100_000, seed=5)
    assert found.acceptability == pytest.approx(np.full((3, 3), 1 / 3), abs=2 * found.half_width)
    expected = np.where(CORNERS == 1, 11 / 18, 7 / 36)
    assert found.central_weights == pytest.approx(expected, abs=0.005)


def test_uniform_weights_are_uniform() -> None:
    """P(w > t) = (1 − t)^(n − 1) for each weight; the share of independent uniform numbers fails this."""
    weights = weight_sample("uniform", 4, 100_000, 3)
    for t in (0.05, 0.25, 0.5, 0.8):
        assert (weights > t).mean(axis=1) == pytest.approx(np.full(4, (1 - t) ** 3), abs=0.006)
    assert weights.sum(axis=0) == pytest.approx(np.ones(100_000))


def test_the_centre_of_ordered_weights_is_the_rank_order_centroid() -> None:
    order = [2, 0, 3, 1]
    found = rank_acceptability([[0.5, 0.1, 0.7, 0.2]], weights=("ordered", order))
    assert found.central_weights[0][order] == pytest.approx(rank_order_centroid(4), abs=0.005)
    weights = weight_sample(("ordered", np.array(order)), 4, 500, 1)
    assert (np.diff(weights[order], axis=0) <= 0).all()


def test_dirichlet_weights_have_the_given_centre_and_spread() -> None:
    """Mean w, variance w (1 − w) / (concentration + 1)."""
    centre = np.array([5.0, 0.0, 3.0, 2.0])
    weights = weight_sample(("dirichlet", centre, 24.0), 4, 50_000, 2)
    shares = centre / 10
    assert weights.mean(axis=1) == pytest.approx(shares, abs=0.002)
    assert weights.var(axis=1) == pytest.approx(shares * (1 - shares) / 25, abs=0.0005)
    assert not weights[1].any()
    for concentration, least in ((1e-6, [1e-300, 1]), (1e12, [1, 1]), (0.05, [1, 1e-200])):
        extreme = weight_sample(("dirichlet", least, concentration), 2, 300, 0)
        assert extreme.sum(axis=0) == pytest.approx(np.ones(300))


def test_given_weights_are_the_samples() -> None:
    found = rank_acceptability([[1, 0], [0, 1]], weights=[[3, 1], [8, 2], [1, 1], [0, 5]], samples=99)
    assert found.samples == 4
    assert found.half_width == 0.49
    assert found.acceptability.tolist() == [[0.625, 0.375], [0.375, 0.625]]
    assert found.pairwise.tolist() == [[0.5, 0.625], [0.375, 0.5]]
    assert found.central_weights[0] == pytest.approx(np.array([1.8, 0.7]) / 2.5)
    huge = rank_acceptability([[1, 0], [0, 1]], weights=[[1e308, 1e308], [5e-324, 0]])
    assert huge.acceptability.tolist() == [[0.75, 0.25], [0.25, 0.75]]


def test_ties_share_their_ranks_evenly() -> None:
    values = [[0.5, 0.5], [0.1, 0.2], [0.5, 0.5], [0.5, 0.5 + 1e-12]]
    found = rank_acceptability(values, samples=2_000)
    third = [1 / 3, 1 / 3, 1 / 3, 0]
    assert found.acceptability == pytest.approx(np.array([third, [0, 0, 0, 1], third, third]))
    assert found.pairwise[0].tolist() == [0.5, 1, 0.5, 0.5]
    assert found.confidence.tolist()[::2] == [1, 1]
    assert math.isnan(found.confidence[1])
    assert np.isnan(found.central_weights[1]).all()
    assert found.central_weights[0] == pytest.approx([0.5, 0.5], abs=0.02)


def test_just_outside_a_tie() -> None:
    """Equal within 1e-9 of 100 points, that is 1e-11 of the scale from 0 to 1."""
    for lead, share in ((0.5e-11, 0.5), (2e-11, 1)):
        for others in (0, 40):
            values = [[0.5 + lead] * 3, [0.5] * 3, *([0.1, 0.2, k / 100] for k in range(others))]
            found = rank_acceptability(values, samples=300)
            assert found.acceptability[0, 0] == found.pairwise[0, 1] == share


def test_a_tie_is_of_those_level_with_the_best_of_the_group() -> None:
    """As in the ranking: 0 and −0.8 tie, −1.6 is further from the best than the tolerance and starts anew."""
    values = [[0.5 - k * 0.8e-11] for k in range(3)]
    assert rank_acceptability(values, samples=8).acceptability.tolist() == [
        [0.5, 0.5, 0],
        [0.5, 0.5, 0],
        [0, 0, 1],
    ]


def test_equal_alternatives_are_tied_to_the_last_bit_whatever_their_number() -> None:
    row = np.random.default_rng(4).random(16)
    for count in (2, 20, 37, 300):
        found = rank_acceptability(np.tile(row, (count, 1)), samples=200)
        assert (found.acceptability == found.acceptability[0, 0]).all()
        assert (found.pairwise == 0.5).all()


def test_one_alternative_and_one_criterion() -> None:
    alone = rank_acceptability([[0.3]], samples=1)
    assert alone.acceptability.tolist() == [[1]]
    assert alone.confidence.tolist() == [1]
    assert alone.central_weights.tolist() == [[1]]
    assert alone.pairwise.tolist() == [[0.5]]
    two = rank_acceptability([[0.3], [0.4]])
    assert two.acceptability.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("count", [2, 7, 24, 25, 70, 210])
@pytest.mark.parametrize("step", [0.25, 1e-3])
def test_counts_are_those_of_going_through_sample_by_sample(count: int, step: float) -> None:
    """Coarse values and whole weights tie often; fine ones almost never. All ways of counting are met."""
    random = np.random.default_rng(count)
    values = np.round(random.random((count, 3)) / step) * step
    weights = random.integers(0, 5, (301 if count < 100 else 41, 3)) + np.array([1.0, 0, 0])
    found = rank_acceptability(values.clip(0, 1), weights=weights)
    shares, pairs, first = brute_force(values.clip(0, 1), weights / weights.sum(axis=1, keepdims=True))
    assert found.acceptability == pytest.approx(shares, abs=1e-12)
    assert found.pairwise == pytest.approx(pairs, abs=1e-12)
    is_first = shares[:, 0] > 0
    assert (np.isnan(found.central_weights).all(axis=1) == ~is_first).all()
    expected = first[is_first] / (shares[is_first, :1] * len(weights))
    assert found.central_weights[is_first] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("samples", [1, 7, 1000, 2513])
def test_both_ways_of_ordering_agree(samples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(samples).random((12, 3))
    values[5] = values[2]
    compared = rank_acceptability(values, samples=samples)
    monkeypatch.setattr(ordering, "_MOST_TO_COMPARE", 0)
    sorted_ = rank_acceptability(values, samples=samples)
    assert (compared.acceptability == sorted_.acceptability).all()
    assert (compared.pairwise == sorted_.pairwise).all()
    assert compared.central_weights == pytest.approx(sorted_.central_weights, nan_ok=True)


def test_the_same_seed_gives_the_same_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).random((6, 4))
    once = rank_acceptability(values, samples=3_000, seed=8)
    assert same(once, rank_acceptability(values, samples=3_000, seed=8))
    assert not same(once, rank_acceptability(values, samples=3_000, seed=9))
    monkeypatch.setattr(drawing, "DRAWN", caching.SampleCache(0))
    assert same(once, rank_acceptability(values, samples=3_000, seed=8))
    assert same(once, rank_acceptability(np.asfortranarray(values), samples=3_000, seed=np.int64(8)))


def test_what_was_drawn_is_kept_within_bounds() -> None:
    cache = caching.SampleCache(100)
    first = cache.get("a", lambda: np.zeros(5))
    assert cache.get("a", lambda: np.ones(5)) is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    cache.get("b", lambda: np.ones(5))
    assert cache.get("a", lambda: np.ones(5)) is first
    cache.get("c", lambda: np.ones(5))
    assert cache.bytes_kept == 80
    assert cache.get("b", lambda: np.zeros(5))[0] == 0
    assert cache.get("large", lambda: np.ones(99)).size == 99
    assert cache.bytes_kept == 80


@CALM
@given(
    st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=1, max_size=9),
    st.randoms(use_true_random=False),
)
def test_what_must_hold(rows: list[list[int]], random: Any) -> None:
    values = np.array(rows) / 6
    found = rank_acceptability(values, samples=400)
    for axis in (0, 1):
        assert found.acceptability.sum(axis=axis) == pytest.approx(np.ones(len(rows)))
    assert found.pairwise + found.pairwise.T == pytest.approx(np.ones((len(rows), len(rows))))
    for worse, better in dominated(values):
        assert found.acceptability[worse, 0] <= found.acceptability[better, 0]
        assert found.pairwise[better, worse] >= 0.5
    is_first = found.acceptability[:, 0] > 0
    assert (found.confidence[is_first] == 1).all()
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = rank_acceptability(values[order], samples=400)
    assert shuffled.acceptability == pytest.approx(found.acceptability[order], abs=1e-12)
    assert shuffled.pairwise == pytest.approx(found.pairwise[order][:, order], abs=1e-12)
    assert shuffled.central_weights == pytest.approx(found.central_weights[order], abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"weights": "equal"}, 'weights: "uniform" is the only name, not "equal"'),
        ({"weights": ()}, "weights: 2 dimension"),
        ({"weights": ("ordered",)}, 'weights: "uniform", ("ordered"'),
        ({"weights": ("best", [0, 1])}, 'weights: "uniform", ("ordered"'),
        ({"weights": ("ordered", [0, 0])}, "weights[1]: each index from 0 to 1"),
        ({"weights": ("ordered", [0])}, "weights[1]: each index from 0 to 1"),
        ({"weights": ("ordered", [0, 2])}, "weights[1]: each index from 0 to 1"),
        ({"weights": ("ordered", [1.0, 0])}, "weights[1]: each index from 0 to 1"),
        ({"weights": ("ordered", [True, False])}, "weights[1]: each index from 0 to 1"),
        ({"weights": ("ordered", "01")}, "weights[1]: a list is needed"),
        ({"weights": ("dirichlet", [1, 1])}, 'weights: "uniform", ("ordered"'),
        ({"weights": ("dirichlet", [1, 1, 1], 3)}, "weights[1]: 3 weights for 2 criteria"),
        ({"weights": ("dirichlet", [0, 0], 3)}, "weights[1]: at least one weight"),
        ({"weights": ("dirichlet", [1, -1], 3)}, "weights[1][1]: a weight cannot be negative"),
        ({"weights": ("dirichlet", [1, 1], 0)}, "weights[2]: 0 is below 1e-06"),
        ({"weights": ("dirichlet", [1, 1], math.inf)}, "weights[2]: an infinite number"),
        ({"weights": [[1, 1], [1, -2]]}, "weights[1][1]: a weight cannot be negative (-2)"),
        ({"weights": [[1, 1], [0, 0]]}, "weights[1]: at least one weight must be above 0"),
        ({"weights": [[1, 1], [0, math.nan]]}, "weights[1][1]: NaN"),
        ({"weights": [[1, True]]}, "weights[0][1]: a true/false"),
        ({"weights": [[1, 1, 1]]}, "weights: 3 weights in a row for 2 criteria"),
        ({"weights": [1, 1]}, "weights: 2 dimension"),
        ({"weights": np.zeros((0, 2))}, "weights: nothing in it"),
        ({"samples": 0}, "samples: 0 is below 1"),
        ({"samples": 1_000_001}, "samples: 1000001 is above 1000000"),
        ({"samples": 10.0}, "samples: a whole number"),
        ({"seed": -1}, "seed: a whole number of at least 0"),
        ({"seed": True}, "seed: a whole number of at least 0"),
        ({"seed": None}, "seed: a whole number of at least 0"),
    ],
)
def test_refusals(settings_: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rank_acceptability([[1, 0], [0, 1]], **settings_)
    assert str(caught.value).startswith(message)


def test_a_result_is_frozen() -> None:
    found = rank_acceptability([[1, 0], [0, 1]], samples=10)
    with pytest.raises(AttributeError):
        found.samples = 3


def test_there_is_a_limit_to_the_number_of_alternatives() -> None:
    with pytest.raises(InvalidInput, match="values: there are more than 2000 alternatives"):
        rank_acceptability(np.zeros((2001, 1)))
