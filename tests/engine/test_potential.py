"""Who could be first under some weights: by hand, against a program, and against weights drawn at random."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, Problem, dominated, potential_margins, potentially_optimal, rank
from engine.games import _by_program, game_values
from tests.engine.small import decision, decisions, group, leaf
from tests.engine.tables import bad_tables, tables

CALM = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize(
    ("values", "margins"),
    [
        ([[1, 0], [0, 1]], [1, 1]),
        # The third does best at equal weights: 0.4 − 0.5, level with and above the line between the others.
        ([[1, 0], [0, 1], [0.4, 0.4]], [0.6, 0.6, -0.1]),
        ([[1, 0], [0, 1], [0.5, 0.5]], [0.5, 0.5, 0]),
        ([[1, 0], [0, 1], [0.6, 0.6]], [0.4, 0.4, 0.1]),
        # Weights (2/3, 1/3) balance the gaps −0.3, 0.3 and 0.1, −0.5.
        ([[0.8, 0], [0.4, 0.8], [0.5, 0.3]], [0.3, 0.5, -0.1]),
        # Worse everywhere: the smallest gap is the margin.
        ([[0.9, 0.7], [0.5, 0.6]], [0.4, -0.1]),
        ([[3], [7], [4]], [-4, 3, -3]),
        ([[-10, 0], [0, -30]], [30, 10]),
    ],
)
def test_by_hand(values: Any, margins: Any) -> None:
    assert potentially_optimal(values).tolist() == pytest.approx(margins, abs=1e-12)


def test_alone_and_identical() -> None:
    assert potentially_optimal([[0.2, 0.3]]).tolist() == [np.inf]
    assert potentially_optimal([[0.2, 0.3]] * 3).tolist() == [0, 0, 0]
    assert potentially_optimal([[0, 0], [0, 0]]).tolist() == [0, 0]
    assert potentially_optimal([[1, 0], [0, 1], [1, 0], [0.3, 0.3], [0.3, 0.3]]).tolist() == pytest.approx(
        [0, 0.7, 0, -0.2, -0.2], abs=1e-12
    )


def by_programs(values: Any) -> list[float]:
    table = np.asarray(values, dtype=np.float64)
    return [_by_program(table, table, row) for row in range(len(table))]


@pytest.mark.parametrize("seed", range(12))
def test_linear_programs_agree(seed: int) -> None:
    """HiGHS solves each as a program in (w, t); round values make ties and degenerate bases."""
    random = np.random.default_rng(seed)
    shape = (int(random.integers(2, 14)), int(random.integers(1, 9)))
    for values in (random.random(shape), random.integers(0, 4, shape) / 3):
        assert potentially_optimal(values).tolist() == pytest.approx(by_programs(values), abs=1e-8)


def test_a_program_steps_in_where_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(3).random((7, 4))
    proven = game_values(values, values)
    for name, setting in (("_STEPS", 0), ("_STEPS", 2), ("_PROVEN", -1.0), ("_LARGEST_BASIS", 3)):
        with monkeypatch.context() as patch:
            patch.setattr(f"engine.games.{name}", setting)
            np.testing.assert_allclose(game_values(values, values), proven, rtol=0, atol=1e-9)


def test_many_alternatives_are_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(4).random((30, 5))
    whole = potentially_optimal(values)
    for cells in (1, 500):
        monkeypatch.setattr("engine.games._CELLS_AT_ONCE", cells)
        assert potentially_optimal(values).tolist() == pytest.approx(whole.tolist(), abs=1e-13)


def test_the_usual_case_needs_no_scipy() -> None:
    """Importing it takes longer than the answer for fifty alternatives."""
    script = (
        "import sys, numpy, engine\n"
        "engine.potentially_optimal(numpy.random.default_rng(1).random((50, 24)))\n"
        "print('scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@CALM
@given(tables(least=2), st.integers(0, 2**32 - 1))
def test_random_weights_never_do_better(case: Any, seed: int) -> None:
    """First under some weights means a margin of 0 or more; no weights lead by more than the margin."""
    values, _ = case
    margins = potentially_optimal(values)
    weights = np.random.default_rng(seed).dirichlet(np.full(values.shape[1], 0.6), 200)
    weights = np.vstack([weights, np.eye(values.shape[1])])
    totals = weights @ values.T
    for row, margin in enumerate(margins.tolist()):
        lead = totals[:, row] - np.delete(totals, row, axis=1).max(axis=1)
        assert lead.max() <= margin + 1e-9
        assert margin >= 0 or lead.max() < 0


@CALM
@given(tables(least=2), st.randoms(use_true_random=False), st.sampled_from([1e-9, 0.5, 1e6]))
def test_order_origin_and_unit(case: Any, random: Any, unit: float) -> None:
    values, _ = case
    margins = potentially_optimal(values)
    rows = random.sample(range(len(values)), len(values))
    columns = random.sample(range(values.shape[1]), values.shape[1])
    origin = np.array([random.randint(-3, 3) for _ in columns])
    moved = potentially_optimal((values[rows][:, columns] + origin) * unit) / unit
    assert moved.tolist() == pytest.approx(margins[rows].tolist(), abs=1e-9)


@CALM
@given(tables(least=2))
def test_the_dominated_lead_under_no_weights(case: Any) -> None:
    values, _ = case
    margins = potentially_optimal(values)
    assert margins.max() >= 0
    for worse, better in dominated(values):
        assert margins[worse] <= 0
        if (values[better] > values[worse]).all():
            assert margins[worse] < 0


@pytest.mark.parametrize(
    ("values", "message"),
    [(table, message) for table, _, message in bad_tables("values") if message.startswith("values")]
    + [([[1e308], [-1e308]], "values: 1e+308 is too large")],
)
def test_bad_values_are_refused(values: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        potentially_optimal(values)
    assert str(caught.value).startswith(message)


def margins_of(document: dict[str, Any]) -> dict[str, float]:
    return potential_margins(Problem.from_decision(document))


def test_a_problem_counts_ranked_alternatives_and_leaves_with_weight() -> None:
    """N carries no weight and F failed a gate: without them A and B are better by 0.6 and 0.3 somewhere."""
    tree = [group("G", 3, leaf("X", 1), leaf("N", 0)), leaf("Y", 1)]
    scores = {"A": {"X": 8, "N": 0, "Y": 1}, "B": {"X": 2, "N": 10, "Y": 4}, "F": {"X": 10, "N": 9, "Y": 10}}
    document = decision(tree, scores)
    document["alternatives"][2]["gates"] = [{"code": "K1", "outcome": "failed"}]
    assert margins_of(document) == pytest.approx({"A": 0.6, "B": 0.3})
    for entry in document["alternatives"][1:]:
        entry["gates"] = [{"code": "K1", "outcome": "failed"}]
    assert margins_of(document) == {"A": np.inf}
    document["alternatives"][0]["gates"] = [{"code": "K1", "outcome": "failed"}]
    assert margins_of(document) == {}


def test_a_problem_gives_each_the_benefit_of_its_ranges() -> None:
    """B's X lies between 2 and 9: it may lead by 0.1 (9 against 8), and A by 0.6 (8 against 2)."""
    document = decision([leaf("X")], {"A": {"X": 8}, "B": {"X": {"low": 2, "high": 9}}})
    assert margins_of(document) == pytest.approx({"A": 0.6, "B": 0.1})
    document["alternatives"][1]["scores"]["X"] = None
    assert margins_of(document) == pytest.approx({"A": 0.8, "B": 0.2})
    document["alternatives"][1]["scores"]["X"] = {"low": 2, "high": 7}
    assert margins_of(document) == pytest.approx({"A": 0.6, "B": -0.1})


@CALM
@given(decisions())
def test_the_first_of_the_ranking_could_be_first(document: dict[str, Any]) -> None:
    problem = Problem.from_decision(document)
    margins, ranking = potential_margins(problem), rank(problem)
    assert list(margins) == [
        code for code in problem.model.codes if code in {r.code for r in ranking.ranking}
    ]
    assert all(margins[row.code] >= 0 for row in ranking.ranking if row.rank == 1)
    assert all(margins[worse] <= 0 for worse, _ in ranking.dominated)
