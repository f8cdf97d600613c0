"""PROMETHEE II: the six functions at their thresholds, the published example, another program, properties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, promethee2
from tests.engine.tables import BAD_DIRECTIONS, bad_tables, tables

CALM = settings(deadline=None, max_examples=60)

# Brans and Vincke (1985), six hydroelectric plants: manpower, power, building and maintenance cost, villages
# to evacuate, safety; all but power and safety are better when lower.
PLANTS = [
    [80, 90, 6, 5.4, 8, 5],
    [65, 58, 2, 9.7, 1, 1],
    [83, 60, 4, 7.2, 4, 7],
    [40, 80, 10, 7.5, 7, 10],
    [52, 72, 6, 2.0, 3, 8],
    [94, 96, 7, 3.6, 5, 6],
]
PLANTS_BENEFIT = [False, True, False, False, False, True]
PLANTS_PREFERENCE: Any = [
    ("u_shape", 10),
    ("v_shape", 30),
    ("linear", 0.5, 5),
    ("level", 1, 6),
    ("usual",),
    ("gaussian", 5),
]


def strength(preference: Any, difference: float) -> float:
    """How strongly `difference` is preferred to 0."""
    found = promethee2([[difference], [0]], [1], benefit=[True], preference=[preference])
    return float(found.plus[0])


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        (("usual",), {-1: 0, 0: 0, 1e-9: 1, 5: 1}),
        (("u_shape", 2), {-3: 0, 0: 0, 2: 0, 2.001: 1, 9: 1}),
        (("u_shape", 0), {0: 0, 1: 1}),
        (("v_shape", 4), {-2: 0, 0: 0, 1: 0.25, 3: 0.75, 4: 1, 9: 1}),
        (("level", 1, 3), {-5: 0, 1: 0, 1.5: 0.5, 3: 0.5, 3.5: 1}),
        (("level", 2, 2), {2: 0, 2.5: 1}),
        (("linear", 1, 5), {-2: 0, 1: 0, 2: 0.25, 3: 0.5, 5: 1, 7: 1}),
        (("linear", 0, 4), {1: 0.25}),
        (("linear", 2, 2), {2: 0, 2.5: 1}),
        (("gaussian", 2), {-1: 0, 0: 0, 2: 1 - math.exp(-0.5), 4: 1 - math.exp(-2), 90: 1}),
    ],
)
def test_the_six_functions(preference: Any, expected: dict[float, float]) -> None:
    """Definitions I to VI of Brans and Vincke (1985), with both sides of every threshold."""
    for difference, value in expected.items():
        assert strength(preference, difference) == pytest.approx(value, abs=1e-15)
        assert strength(list(preference), difference) == strength(preference, difference)


@pytest.mark.parametrize(("one", "other"), [(0.3, 0.2), (0.4, 0.3), (0.7, 0.6), (1.1, 1.0), (0.1, 0.0)])
def test_a_difference_equal_to_the_threshold_on_paper_has_not_passed_it(one: float, other: float) -> None:
    for preference in (("u_shape", 0.1), ("level", 0.1, 0.1), ("linear", 0.1, 0.1)):
        for up in (True, False):
            found = promethee2([[one], [other]], [1], benefit=[up], preference=[preference])
            assert found.phi.tolist() == [0, 0]
    usual = promethee2([[0.1 + 0.2], [0.3]], [1], benefit=[True], preference=[("usual",)])
    assert usual.phi.tolist() == [0, 0]


def test_the_plants_of_the_paper() -> None:
    """Brans and Vincke, Management Science 31 (1985) 647–656, equal weights.

    Its table of preference indices, to three digits, gives the flows; the order is 5, 2, 4, 6, 3, 1.
    """
    indices = np.array(
        [
            [0, 0.296, 0.250, 0.268, 0.100, 0.185],
            [0.462, 0, 0.389, 0.333, 0.296, 0.500],
            [0.236, 0.180, 0, 0.333, 0.056, 0.429],
            [0.399, 0.505, 0.305, 0, 0.223, 0.212],
            [0.444, 0.515, 0.487, 0.380, 0, 0.448],
            [0.286, 0.399, 0.250, 0.431, 0.133, 0],
        ]
    )
    found = promethee2(PLANTS, [1] * 6, benefit=PLANTS_BENEFIT, preference=PLANTS_PREFERENCE)
    np.testing.assert_allclose(found.plus, indices.sum(axis=1) / 5, rtol=0, atol=6e-4)
    np.testing.assert_allclose(found.minus, indices.sum(axis=0) / 5, rtol=0, atol=6e-4)
    assert (np.argsort(-found.phi) + 1).tolist() == [5, 2, 4, 6, 3, 1]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("peer", "kind"),
    [
        ("usual", "usual"),
        ("ushape", "u_shape"),
        ("vshape", "v_shape"),
        ("level", "level"),
        ("vshape_2", "linear"),
    ],
)
def test_pymcdm_agrees(peer: str, kind: str, seed: int) -> None:
    """Five of the six; it has no Gaussian."""
    from pymcdm.methods import PROMETHEE_II

    random = np.random.default_rng(seed)
    raw, weights = random.uniform(0, 10, (11, 4)), random.dirichlet(np.ones(4))
    benefit = random.random(4) < 0.5
    q, p = np.sort(random.uniform(0.5, 6, (2, 4)), axis=0)
    given = {"usual": [], "u_shape": [q], "v_shape": [p], "level": [q, p], "linear": [q, p]}[kind]
    preference: Any = [(kind, *numbers) for numbers in zip(*given, strict=True)] or [(kind,)] * 4
    expected = PROMETHEE_II(peer, p=p.tolist(), q=q.tolist())(raw, weights, np.where(benefit, 1, -1))
    found = promethee2(raw, weights, benefit=benefit, preference=preference)
    np.testing.assert_allclose(found.phi, expected, rtol=0, atol=1e-12)


def test_gaussian_flows_against_the_formula() -> None:
    random = np.random.default_rng(5)
    raw = random.uniform(0, 10, (7, 1))
    d = raw - raw.T
    preferred = np.where(d > 0, 1 - np.exp(-(d**2) / (2 * 1.5**2)), 0)
    found = promethee2(raw, [1], benefit=[True], preference=[("gaussian", 1.5)])
    np.testing.assert_allclose(found.plus, preferred.sum(axis=1) / 6, rtol=0, atol=1e-15)
    np.testing.assert_allclose(found.minus, preferred.sum(axis=0) / 6, rtol=0, atol=1e-15)


def test_alone_all_equal_and_constant_criteria() -> None:
    for preference in PLANTS_PREFERENCE:
        for raw in ([[3]], [[3], [3], [3]]):
            found = promethee2(raw, [1], benefit=[True], preference=[preference])
            assert not found.phi.any() and not found.plus.any() and not found.minus.any()
    raw = [[1, 7], [2, 7]]
    found = promethee2(raw, [1, 3], benefit=[True, True], preference=[("usual",), ("v_shape", 1)])
    assert found.phi.tolist() == [-0.25, 0.25]


@pytest.mark.parametrize("preference", PLANTS_PREFERENCE)
def test_numbers_of_any_size(preference: Any) -> None:
    for extreme in (1e308, 1e200):
        found = promethee2([[-extreme], [extreme]], [1], benefit=[True], preference=[preference])
        assert found.phi.tolist() == [-1, 1]
    tiny = (preference[0], *(5e-324 for _ in preference[1:]))
    found = promethee2([[0.0], [0.0], [1.0]], [1], benefit=[True], preference=[tiny])
    assert found.phi.tolist() == [-0.5, -0.5, 1]


@pytest.mark.parametrize("rows", [1, 3, 50])
def test_many_rows_are_the_same_in_pieces(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = np.random.default_rng(1).random((30, 6))
    given: Any = {"benefit": PLANTS_BENEFIT, "preference": PLANTS_PREFERENCE}
    whole = promethee2(raw * 20, [1] * 6, **given)
    monkeypatch.setattr("engine.promethee._PAIRS_AT_ONCE", rows * 30)
    pieces = promethee2(raw * 20, [1] * 6, **given)
    np.testing.assert_allclose(pieces.phi, whole.phi, rtol=0, atol=1e-15)
    assert whole.phi.any()


def test_memory_does_not_grow_with_the_pairs() -> None:
    """Eight million pairs of numbers would take 64 MB."""
    import tracemalloc

    raw = np.random.default_rng(1).random((2_900, 1))
    tracemalloc.start()
    promethee2(raw, [1], benefit=[True], preference=[("linear", 0.1, 0.5)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


FUNCTIONS: st.SearchStrategy[Any] = st.one_of(
    st.just(("usual",)),
    st.tuples(st.sampled_from(["u_shape", "v_shape", "gaussian"]), st.sampled_from([0.1, 0.25, 0.5])),
    st.tuples(st.sampled_from(["level", "linear"]), st.sampled_from([0, 0.1]), st.sampled_from([0.1, 0.4])),
)


@CALM
@given(tables(), st.data())
def test_flows_add_up_to_nothing_and_ignore_order(case: Any, data: st.DataObject) -> None:
    values, weights = case
    preference = [data.draw(FUNCTIONS) for _ in weights]
    benefit = [data.draw(st.booleans()) for _ in weights]
    found = promethee2(values, weights, benefit=benefit, preference=preference)
    assert float(found.phi.sum()) == pytest.approx(0, abs=1e-9)
    assert ((found.plus >= 0) & (found.plus <= 1 + 1e-12)).all()
    assert ((found.minus >= 0) & (found.minus <= 1 + 1e-12)).all()
    rows = data.draw(st.permutations(range(len(values))))
    columns = data.draw(st.permutations(range(len(weights))))
    moved = promethee2(
        values[rows][:, columns],
        weights[columns] * 3,
        benefit=[benefit[k] for k in columns],
        preference=[preference[k] for k in columns],
    )
    assert moved.phi.tolist() == pytest.approx(found.phi[rows].tolist(), abs=1e-12)


@CALM
@given(tables(), st.data(), st.sampled_from([0.01, 3.0, 1e6]))
def test_another_unit_with_its_thresholds_changes_nothing(
    case: Any, data: st.DataObject, unit: float
) -> None:
    values, weights = case
    preference = [data.draw(FUNCTIONS) for _ in weights]
    in_unit: Any = [(kind, *(number * unit for number in numbers)) for kind, *numbers in preference]
    benefit = [True] * len(weights)
    before = promethee2(values, weights, benefit=benefit, preference=preference)
    after = promethee2(values * unit, weights, benefit=benefit, preference=in_unit)
    assert after.phi.tolist() == pytest.approx(before.phi.tolist(), abs=1e-9)


@pytest.mark.parametrize(("matrix", "weights", "message"), bad_tables("matrix"))
def test_bad_tables_are_refused(matrix: Any, weights: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        promethee2(matrix, weights, benefit=[True, True], preference=[("usual",), ("usual",)])
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("benefit", "message"), BAD_DIRECTIONS)
def test_bad_directions_are_refused(benefit: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        promethee2([[0.5, 1], [1, 0]], [1, 1], benefit=benefit, preference=[("usual",), ("usual",)])
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("preference", "message"),
    [
        (None, "preference: a list with one preference function for each criterion"),
        ("usual", "preference: a list with one preference function for each criterion"),
        ([], "preference: 0 preference functions for 1 criteria"),
        ([("usual",)] * 2, "preference: 2 preference functions for 1 criteria"),
        (["usual"], "preference[0]: one of usual, u_shape, v_shape, level, linear, gaussian"),
        ([()], "preference[0]: one of usual"),
        ([None], "preference[0]: one of usual"),
        ([("other", 1)], "preference[0]: one of usual"),
        ([(["usual"],)], "preference[0]: one of usual"),
        ([("usual", 1)], 'preference[0]: "usual" takes 0 parameter(s), not 1'),
        ([("u_shape",)], 'preference[0]: "u_shape" takes 1 parameter(s), not 0'),
        ([("linear", 1)], 'preference[0]: "linear" takes 2 parameter(s), not 1'),
        ([("gaussian", 1, 2)], 'preference[0]: "gaussian" takes 1 parameter(s), not 2'),
        ([("u_shape", -1)], "preference[0][1]: -1 is below 0"),
        ([("v_shape", 0)], "preference[0][1]: p must be above 0"),
        ([("v_shape", math.nan)], "preference[0][1]: NaN"),
        ([("gaussian", 0)], "preference[0][1]: s must be above 0"),
        ([("gaussian", math.inf)], "preference[0][1]: an infinite"),
        ([("level", 0, 0)], "preference[0][2]: p must be above 0"),
        ([("level", 2, 1)], "preference[0]: q must not be above p (2 > 1)"),
        ([("linear", 0.5, 0.25)], "preference[0]: q must not be above p (0.5 > 0.25)"),
        ([("linear", True, 1)], "preference[0][1]: a true/false"),
        ([("linear", 0, "1")], 'preference[0][2]: a number is needed, not "1"'),
    ],
)
def test_bad_preference_functions_are_refused(preference: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        promethee2([[0.5], [1]], [1], benefit=[True], preference=preference)
    assert str(caught.value).startswith(message)
