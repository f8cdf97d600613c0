"""VIKOR: the published examples, two other programs, the conditions of the compromise."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, vikor
from tests.engine.tables import BAD_DIRECTIONS, bad_tables, tables

CALM = settings(deadline=None, max_examples=60)

# Opricovic and Tzeng (2007), six hydropower systems on the Drina: profit, cost, energy, peak energy, homes to
# be moved, area of the reservoirs, villages, protection of the environment.
DRINA = [
    [4184.3, 2914.0, 407.2, 251.0, 195, 244, 15, 2.41],
    [5211.9, 3630.0, 501.7, 308.3, 282, 346, 21, 1.41],
    [5021.3, 3920.5, 504.0, 278.6, 12, 56, 3, 4.42],
    [5566.1, 3957.9, 559.5, 335.3, 167, 268, 16, 3.36],
    [5060.5, 3293.5, 514.1, 284.2, 69, 90, 7, 4.04],
    [4317.9, 2925.9, 432.8, 239.3, 12, 55, 3, 4.36],
]
DRINA_BENEFIT = [True, False, True, True, False, False, False, True]


def test_the_mountain_of_the_paper() -> None:
    """Opricovic and Tzeng, EJOR 156 (2004) 445–455: risk (less is better) and altitude, equal weights.

    S = 0.5, 0.375, 0.5; R = 0.5, 0.25, 0.5; Q = 1, 0, 1: the second alone is the compromise.
    """
    found = vikor([[1, 3000], [2, 3750], [5, 4500]], [0.5, 0.5], benefit=[False, True])
    assert found.s.tolist() == [0.5, 0.375, 0.5]
    assert found.r.tolist() == [0.5, 0.25, 0.5]
    assert found.q.tolist() == [1, 0, 1]
    assert found.compromise == (1,)


def test_hydropower_on_the_drina() -> None:
    """Opricovic and Tzeng, EJOR 178 (2007) 514–529, equal weights; the fifth system is the compromise."""
    found = vikor(DRINA, [1] * 8, benefit=DRINA_BENEFIT)
    assert found.s.tolist() == pytest.approx([0.692, 0.7, 0.29, 0.423, 0.28, 0.346], abs=6e-4)
    assert found.r.tolist() == pytest.approx([0.125, 0.125, 0.121, 0.125, 0.067, 0.125], abs=6e-4)
    assert found.q.tolist() == pytest.approx([0.991, 1, 0.473, 0.67, 0, 0.578], abs=6e-4)
    assert found.compromise == (4,)


@pytest.mark.parametrize(
    ("matrix", "weights", "v", "q", "compromise"),
    [
        # Advantage 1 ≥ 1/(2 − 1) and best by both.
        ([[1, 1], [0, 0]], [1, 1], 0.5, [0, 1], (0,)),
        # Equal by S and R: both.
        ([[1, 0], [0, 1]], [1, 1], 0.5, [0, 0], (0, 1)),
        # S 0.4 and 0.6, R 0.4 and 0.3: each is best by one, so Q = 1 − v and v, an advantage below DQ = 1.
        ([[1, 1, 0], [0, 0, 1]], [3, 3, 4], 0.6, [0.4, 0.6], (0, 1)),
        ([[1, 1, 0], [0, 0, 1]], [3, 3, 4], 0.2, [0.8, 0.2], (1, 0)),
        ([[1, 1, 0], [0, 0, 1]], [3, 3, 4], 1, [0, 1], (0,)),
        # S = R for all: Q 0, ⅔, 1 with DQ ½: advantage; Q 0, ⅓, 1: none, so all below ½.
        ([[3], [1], [0]], [1], 0.5, [0, 2 / 3, 1], (0,)),
        ([[3], [2], [0]], [1], 0.5, [0, 1 / 3, 1], (0, 1)),
        # An advantage of exactly DQ (½ of three) is enough, whatever the rounding.
        ([[0.3], [0.2], [0.1]], [1], 0.5, [0, 0.5, 1], (0,)),
        ([[0.1], [0.7], [0.4]], [1], 0.5, [1, 0, 0.5], (1,)),
    ],
)
def test_the_compromise_by_hand(matrix: Any, weights: Any, v: float, q: Any, compromise: Any) -> None:
    found = vikor(matrix, weights, benefit=[True] * len(weights), v=v)
    assert found.q.tolist() == pytest.approx(q, abs=1e-12)
    assert found.compromise == compromise


def test_advantage_without_stability_gives_the_first_two() -> None:
    """Half weights; the third is (2/8, 7/9) of the way to the worst, the fourth (6/8, 5/9).

    Q = 5/54 and 11/27: an advantage of 17/54 over DQ = ¼, but best by S are the first two (½ < 37/72) and
    best by R is the fourth (3/8 < 7/18). With the fourth twice and DQ = 1/5, its equal joins.
    """
    raw = [[2, 9], [10, 0], [8, 2], [4, 4], [7, 0]]
    found = vikor(raw, [1, 1], benefit=[True, True])
    assert found.s.tolist() == pytest.approx([1 / 2, 1 / 2, 37 / 72, 47 / 72, 11 / 16])
    assert found.r.tolist() == pytest.approx([1 / 2, 1 / 2, 7 / 18, 3 / 8, 1 / 2])
    assert found.q.tolist() == pytest.approx([1 / 2, 1 / 2, 5 / 54, 11 / 27, 1])
    assert found.compromise == (2, 3)
    assert vikor([*raw, [4, 4]], [1, 1], benefit=[True, True]).compromise == (2, 3, 5)


def test_alone_all_equal_and_constant_criteria() -> None:
    alone = vikor([[3, 4]], [1, 1], benefit=[True, False])
    assert (alone.s.tolist(), alone.r.tolist(), alone.q.tolist(), alone.compromise) == ([0], [0], [0], (0,))
    equal = vikor([[3, 4]] * 3, [1, 1], benefit=[True, False])
    assert equal.q.tolist() == [0, 0, 0]
    assert equal.compromise == (0, 1, 2)
    raw = [[1, 7, 0.3], [2, 7, 0.1 + 0.2], [4, 7, 0.3]]
    assert vikor(raw, [1, 2, 1], benefit=[True] * 3).s.tolist() == [0.25, pytest.approx(1 / 6), 0]


def test_a_part_that_does_not_vary_counts_nothing() -> None:
    """S ½ for all, R ½, ½ and ¼ up to rounding: Q is the part of R alone."""
    found = vikor([[1, 0], [0, 1], [0.5, 0.5]], [1, 1], benefit=[True, True])
    assert found.q.tolist() == [0.5, 0.5, 0]
    thirds = vikor([[0.1, 0.9], [0.9, 0.1], [0.3, 0.7]], [1, 1], benefit=[True, True], v=1)
    assert thirds.q.tolist() == [0, 0, 0]
    assert thirds.compromise == (0, 1, 2)


@pytest.mark.parametrize("v", [0, 0.5, 1])
@pytest.mark.parametrize("seed", range(4))
def test_pymcdm_agrees(seed: int, v: float) -> None:
    from pymcdm.methods import VIKOR

    random = np.random.default_rng(seed)
    raw, weights = random.uniform(1, 100, (10, 6)), random.dirichlet(np.ones(6))
    benefit = random.random(6) < 0.5
    expected = VIKOR(v=v)(raw, weights, np.where(benefit, 1, -1))
    found = vikor(raw, weights, benefit=benefit, v=v)
    np.testing.assert_allclose(found.q, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("v", [0.3, 0.5, 0.9])
def test_scikit_criteria_agrees(v: float) -> None:
    """Also on the compromise, which has one, two and more members among these."""
    sizes = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skcriteria import mkdm
        from skcriteria.agg.vikor import VIKOR

        for seed in range(30):
            random = np.random.default_rng(seed)
            raw, weights = random.uniform(1, 100, (9, 4)), random.dirichlet(np.ones(4))
            benefit = random.random(4) < 0.5
            problem = mkdm(raw, [max if up else min for up in benefit], weights=weights)
            expected = VIKOR(v=v).evaluate(problem).e_
            found = vikor(raw, weights, benefit=benefit.tolist(), v=v)
            np.testing.assert_allclose(found.s, expected.s_k, rtol=0, atol=1e-12)
            np.testing.assert_allclose(found.r, expected.r_k, rtol=0, atol=1e-12)
            np.testing.assert_allclose(found.q, expected.q_k, rtol=0, atol=1e-12)
            assert sorted(found.compromise) == sorted(expected.compromise_set.tolist())
            sizes.add(len(found.compromise))
    assert len(sizes) >= 2


@CALM
@given(tables(st.integers(-50, 50).map(float)), st.sampled_from([0, 0.25, 0.5, 1]), st.randoms())
def test_order_and_units_change_nothing(case: Any, v: float, random: Any) -> None:
    raw, weights = case
    benefit = np.array([random.random() < 0.5 for _ in weights])
    found = vikor(raw, weights, benefit=benefit, v=v)
    for measure in (found.s, found.r, found.q):
        assert ((measure >= 0) & (measure <= 1 + 1e-12)).all()
    assert (found.r <= found.s + 1e-12).all()
    rows = random.sample(range(len(raw)), len(raw))
    unit = np.array([random.choice([1e-3, 1.0, 250.0]) for _ in weights])
    changed = vikor((raw * unit + 9)[rows], weights * 7, benefit=benefit, v=v)
    assert changed.q.tolist() == pytest.approx(found.q[rows].tolist(), abs=1e-9)
    assert {rows[place] for place in changed.compromise} == set(found.compromise)


@CALM
@given(tables(least=2))
def test_the_compromise_holds_the_best_by_q_in_order(case: Any) -> None:
    values, weights = case
    found = vikor(values, weights, benefit=[True] * len(weights))
    by_q = found.q[list(found.compromise)]
    assert by_q[0] == found.q.min()
    assert (np.diff(by_q) >= 0).all()
    outside = np.delete(found.q, found.compromise)
    assert (outside >= by_q.max() - 1e-9).all()


@pytest.mark.parametrize(("matrix", "weights", "message"), bad_tables("matrix"))
def test_bad_tables_are_refused(matrix: Any, weights: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        vikor(matrix, weights, benefit=[True, True])
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("benefit", "message"), BAD_DIRECTIONS)
def test_bad_directions_are_refused(benefit: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        vikor([[0.5, 1], [1, 0.5]], [1, 1], benefit=benefit)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("v", [-0.1, 1.1, math.nan, math.inf, True, None, "0.5", [0.5]])
def test_bad_shares_of_the_majority_are_refused(v: Any) -> None:
    with pytest.raises(InvalidInput, match="^v: "):
        vikor([[0.5, 1], [1, 0.5]], [1, 1], benefit=[True, True], v=v)
