"""TOPSIS: the book, two other programs, and what must hold for any table."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, dominated, topsis
from engine.matrix import column_ends
from tests.engine.tables import BAD_DIRECTIONS, bad_tables, tables

CALM = settings(deadline=None, max_examples=60)
RAW = st.integers(-50, 50).map(float)

# Hwang and Yoon (1981), choice of a fighter aircraft: speed, range, payload, price, reliability, agility.
AIRCRAFT = [
    [2.0, 1500, 20000, 5.5, 5, 9],
    [2.5, 2700, 18000, 6.5, 3, 5],
    [1.8, 2000, 21000, 4.5, 7, 7],
    [2.2, 1800, 20000, 5.0, 5, 5],
]
AIRCRAFT_WEIGHTS = [0.2, 0.1, 0.1, 0.1, 0.2, 0.3]
AIRCRAFT_BENEFIT = [True, True, True, False, True, True]


def test_fixed_by_hand() -> None:
    """Weights ½: near = ½√(0² + 1²), far = ½√(1² + 0²); ½√(0.2² + 0.4²) and ½√(0.8² + 0.6²); 0 and 1."""
    expected = [0.5, 1 / (1 + 0.2**0.5), 1, 0]
    values = [[1, 0], [0.8, 0.6], [1, 1], [0, 0]]
    assert topsis(values, [3, 3]).tolist() == pytest.approx(expected, abs=1e-15)
    assert topsis(values, [1, 1], benefit=[True, True]).tolist() == pytest.approx(expected, abs=1e-15)


def test_the_weight_is_inside_the_square() -> None:
    """√Σ(w·(1−v))², not √Σ w·(1−v)²: weights ¾ and ¼, values 1 and 0: near ¼, far ¾."""
    assert topsis([[1, 0]], [3, 1]).tolist() == pytest.approx([0.75], abs=1e-15)


def test_fighter_aircraft_of_the_book() -> None:
    """Hwang and Yoon, Multiple Attribute Decision Making (1981): 0.643, 0.268, 0.613, 0.312."""
    closeness = topsis(AIRCRAFT, AIRCRAFT_WEIGHTS, normalisation="vector", benefit=AIRCRAFT_BENEFIT)
    assert closeness.tolist() == pytest.approx([0.643, 0.268, 0.613, 0.312], abs=6e-4)


def test_minmax_by_hand() -> None:
    """The mountain of Opricovic and Tzeng (2004): risk 1, 2, 5 (less is better), altitude 3000, 3750, 4500.

    The middle one is (¾, ½) of the way: near = √(¼² + ½²), far = √(¾² + ½²), the ends are ½ by symmetry.
    """
    mountains = [[1, 3000], [2, 3750], [5, 4500]]
    closeness = topsis(mountains, [1, 1], normalisation="minmax", benefit=[False, True])
    near, far = (0.25**2 + 0.5**2) ** 0.5, (0.75**2 + 0.5**2) ** 0.5
    assert closeness.tolist() == pytest.approx([0.5, far / (near + far), 0.5], abs=1e-15)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("normalisation", ["vector", "minmax"])
def test_pymcdm_agrees(normalisation: str, seed: int) -> None:
    from pymcdm import normalizations
    from pymcdm.methods import TOPSIS

    random = np.random.default_rng(seed)
    raw, weights = random.uniform(1, 100, (12, 6)), random.dirichlet(np.ones(6))
    benefit = random.random(6) < 0.5
    peer = TOPSIS(getattr(normalizations, f"{normalisation}_normalization"))
    expected = peer(raw, weights, np.where(benefit, 1, -1))
    ours = topsis(raw, weights, normalisation=normalisation, benefit=benefit)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_scikit_criteria_agrees(seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skcriteria import mkdm
        from skcriteria.agg.topsis import TOPSIS
        from skcriteria.preprocessing.scalers import VectorScaler

        random = np.random.default_rng(seed)
        raw, weights = random.uniform(1, 100, (9, 5)), random.dirichlet(np.ones(5))
        benefit = random.random(5) < 0.5
        problem = mkdm(raw, [max if up else min for up in benefit], weights=weights)
        result = TOPSIS().evaluate(VectorScaler(target="matrix").transform(problem))
    ours = topsis(raw, weights, normalisation="vector", benefit=benefit.tolist())
    np.testing.assert_allclose(ours, result.e_.similarity, rtol=0, atol=1e-12)


@pytest.mark.parametrize("normalisation", ["vector", "minmax"])
def test_what_tells_nothing_apart_adds_nothing(normalisation: str) -> None:
    """Constant and all-zero columns, also those that are constant on paper only."""
    alone = topsis([[3], [7], [4]], [1], normalisation=normalisation)
    raw = [[3, 5, 0, 0.1 + 0.2], [7, 5, 0, 0.3], [4, 5, 0, 0.3]]
    assert topsis(raw, [1, 1, 1, 9], normalisation=normalisation).tolist() == alone.tolist()
    assert topsis([[5, 0], [5, 0]], [1, 1], normalisation=normalisation).tolist() == [0.5, 0.5]
    assert topsis([[5, 0]], [1, 1], normalisation=normalisation).tolist() == [0.5]
    assert topsis([[1, 2], [2, 2]], [0, 1], normalisation=normalisation).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("normalisation", ["vector", "minmax"])
@pytest.mark.parametrize("size", [5e-324, 1e-320, 1e-200, 1e200, 8e307])
def test_numbers_of_any_size(normalisation: str, size: float) -> None:
    ordinary = topsis([[1, 1], [2, 3], [-2, 2]], [1, 2], normalisation=normalisation)
    extreme = topsis([[size, 1], [2 * size, 3], [-2 * size, 2]], [1, 2], normalisation=normalisation)
    assert extreme.tolist() == pytest.approx(ordinary.tolist(), abs=1e-12)


@pytest.mark.parametrize("normalisation", ["fixed", "vector", "minmax"])
def test_tiny_weights_still_count_where_nothing_else_does(normalisation: str) -> None:
    values = [[1, 0], [1, 0.5], [1, 1]]
    closeness = topsis(values, [1, 1e-200], normalisation=normalisation)
    assert closeness.tolist() == pytest.approx([0, 0.5, 1] if normalisation != "fixed" else [1, 1, 1])


def test_identical_alternatives_are_identical_to_the_last_bit() -> None:
    random = np.random.default_rng(4)
    for criteria in range(1, 30):
        values = np.tile(random.random(criteria), (1037, 1))
        for normalisation in ("fixed", "vector", "minmax"):
            assert len(set(topsis(values, random.random(criteria), normalisation=normalisation))) == 1


def test_what_came_in_is_left_alone() -> None:
    values, weights = np.array([[0.5, 1], [0.25, 0]]), np.array([2.0, 1])
    for normalisation in ("fixed", "vector", "minmax"):
        topsis(values, weights, normalisation=normalisation)
    assert values.tolist() == [[0.5, 1], [0.25, 0]]
    assert weights.tolist() == [2, 1]


def test_ends_of_columns_by_any_number_of_rows() -> None:
    random = np.random.default_rng(2)
    for rows in (1, 63, 64, 65, 1000):
        table = random.normal(size=(rows, 3))
        for one in (table, np.asfortranarray(table)):
            least, greatest = column_ends(one)
            assert least.tolist() == table.min(axis=0).tolist()
            assert greatest.tolist() == table.max(axis=0).tolist()


@CALM
@given(tables(), st.randoms(use_true_random=False))
def test_fixed_is_a_matter_of_each_row(case: Any, random: Any) -> None:
    """Removing, adding or reordering others, or scaling the weights, moves nobody."""
    values, weights = case
    closeness = topsis(values, weights)
    assert ((closeness >= 0) & (closeness <= 1)).all()
    order = list(range(len(values)))
    random.shuffle(order)
    kept = order[: random.randint(1, len(order))]
    assert topsis(values[kept], weights * 8).tolist() == closeness[kept].tolist()


@CALM
@given(tables(least=2))
def test_a_dominated_alternative_never_beats_its_dominator(case: Any) -> None:
    values, weights = case
    closeness = topsis(values, weights)
    for worse, better in dominated(values):
        assert closeness[worse] <= closeness[better]
    for worse, better in dominated(values[:, weights > 0]):
        assert closeness[worse] < closeness[better]


@CALM
@given(tables(RAW, least=2), st.sampled_from(["vector", "minmax"]), st.randoms(use_true_random=False))
def test_data_driven_scales_ignore_order_and_units(case: Any, normalisation: str, random: Any) -> None:
    raw, weights = case
    benefit = np.array([random.random() < 0.5 for _ in weights])
    closeness = topsis(raw, weights, normalisation=normalisation, benefit=benefit)
    assert ((closeness >= 0) & (closeness <= 1)).all()
    rows = random.sample(range(len(raw)), len(raw))
    columns = random.sample(range(len(weights)), len(weights))
    unit = np.array([random.choice([1e-3, 1.0, 250.0]) for _ in weights])
    changed = topsis(
        (raw * unit)[rows][:, columns],
        weights[columns] * 7,
        normalisation=normalisation,
        benefit=benefit[columns],
    )
    assert changed.tolist() == pytest.approx(closeness[rows].tolist(), abs=1e-9)


@pytest.mark.parametrize(("values", "weights", "message"), bad_tables("values"))
@pytest.mark.parametrize("normalisation", ["fixed", "vector", "minmax"])
def test_bad_tables_are_refused(values: Any, weights: Any, message: str, normalisation: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        topsis(values, weights, normalisation=normalisation)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("benefit", "message"), BAD_DIRECTIONS)
@pytest.mark.parametrize("normalisation", ["fixed", "vector", "minmax"])
def test_bad_directions_are_refused(benefit: Any, message: str, normalisation: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        topsis([[0.5, 1], [1, 0.5]], [1, 1], normalisation=normalisation, benefit=benefit)
    assert str(caught.value).startswith(message)


def test_fixed_values_lie_between_0_and_1_and_are_better_when_higher() -> None:
    for value in (-0.1, 1.5, -1e-300):
        with pytest.raises(InvalidInput, match=r"^values\[1\]\[0\]: .* is not between 0 and 1$"):
            topsis([[0.5, 1], [value, 1]], [1, 1])
    with pytest.raises(InvalidInput, match="^benefit: fixed values are better when higher"):
        topsis([[0.5, 1]], [1, 1], benefit=[True, False])


@pytest.mark.parametrize("normalisation", ["sum", "", None, 1, ["fixed"]])
def test_unknown_normalisations_are_refused(normalisation: Any) -> None:
    with pytest.raises(InvalidInput, match="^normalisation: one of fixed, vector, minmax is needed"):
        topsis([[0.5, 1]], [1, 1], normalisation=normalisation)
