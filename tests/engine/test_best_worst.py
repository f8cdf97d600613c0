"""Best-worst weights: Rezaei's examples, the programs they stand for solved anew, extremes and refusals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import InvalidInput, best_worst_weights
from engine._solve import linear_program
from engine.best_worst import CONSISTENCY_INDEX, MODELS

CALM = settings(deadline=None, max_examples=40)

CAR = ([2, 1, 4, 3, 8], [4, 8, 2, 3, 1])


def test_a_consistent_car() -> None:
    """Rezaei, Omega 64 (2016), table 2: quality, price, comfort, safety, style; both models agree."""
    for model in MODELS:
        found = best_worst_weights([2, 1, 4, 2, 8], [4, 8, 2, 4, 1], model=model)
        assert found.weights.tolist() == pytest.approx([0.2105, 0.4211, 0.1053, 0.2105, 0.0526], abs=5e-5)
        assert (found.xi, found.best, found.worst, found.model) == (0.0, 1, 4, model)
    assert found.consistency_ratio == 0.0
    assert found.intervals == pytest.approx(np.column_stack([found.weights, found.weights]))


def test_the_linear_car() -> None:
    """Rezaei, Omega 64 (2016), table 3 and section 4. Its xi is a difference of weights: no ratio."""
    found = best_worst_weights(*CAR)
    assert found.weights.tolist() == pytest.approx([0.2295, 0.4481, 0.1148, 0.1530, 0.0546], abs=5e-5)
    assert found.xi == pytest.approx(0.0109, abs=5e-5)
    assert (found.consistency_ratio, found.intervals) == (None, None)


def test_the_nonlinear_car() -> None:
    """Rezaei, Omega 64 (2016), table 3 and section 3: xi 0.1459 and these intervals; index 4.47 for 8."""
    found = best_worst_weights(*CAR, model="nonlinear")
    published = [[0.2145, 0.2289], [0.4461, 0.4571], [0.1085, 0.1176], [0.1563, 0.1602], [0.0548, 0.0561]]
    assert found.intervals == pytest.approx(np.array(published), abs=1e-4)
    assert found.xi == pytest.approx(0.1459, abs=5e-5)
    assert found.consistency_ratio == found.xi / 4.47
    assert found.intervals is not None
    centres = found.intervals.mean(axis=1)
    assert found.weights == pytest.approx(centres / centres.sum(), abs=1e-12)


def test_an_inconsistent_car() -> None:
    """Rezaei, Omega 64 (2016), table 4: xi is 1."""
    found = best_worst_weights(CAR[0], [4, 8, 4, 2, 1], model="nonlinear")
    assert found.xi == pytest.approx(1.0, abs=1e-12)


def test_the_way_of_transport() -> None:
    """Rezaei, Omega 53 (2015), three criteria: xi 0.26, ratio 0.058, and a single point."""
    found = best_worst_weights([8, 2, 1], [1, 5, 8], model="nonlinear")
    assert found.weights.tolist() == pytest.approx([0.0714, 0.3387, 0.5899], abs=5e-5)
    assert found.xi == pytest.approx((8 - math.sqrt(56)) / 2, rel=1e-12)
    assert found.xi == pytest.approx(0.26, abs=5e-3)
    assert found.consistency_ratio == pytest.approx(0.058, abs=5e-4)
    assert found.intervals is not None
    assert np.ptp(found.intervals, axis=1).max() < 1e-12


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[float], list[float], int, int]:
    """Both rows for 2 to 7 criteria, and which is best and worst."""
    n = draw(st.integers(2, 7))
    best, worst = draw(st.permutations(range(n)))[:2]
    # Quarters, so that what is not consistent is far enough from it for a solver to tell.
    number = st.integers(5, 36).map(lambda quarters: quarters / 4)
    to_others = draw(st.lists(number, min_size=n, max_size=n))
    to_worst = draw(st.lists(number, min_size=n, max_size=n))
    to_others[best] = to_worst[worst] = 1
    to_others[worst] = to_worst[best]
    return to_others, to_worst, best, worst


def rows_of(case: tuple[list[float], list[float], int, int], ratio: float | None) -> Any:
    """The rows A of A x ≤ 0 over the weights and xi (linear), or the weights alone at a fixed xi."""
    to_others, to_worst, best, worst = case
    n = len(to_others)
    rows = []
    for j in range(n):
        for top, bottom, judgement in ((best, j, to_others[j]), (j, worst, to_worst[j])):
            if top == bottom:
                continue
            for sign in (1, -1):
                row = np.zeros(n + (ratio is None))
                row[top] = sign
                row[bottom] = -sign * judgement - (ratio or 0)
                if ratio is None:
                    row[n] = -1
                rows.append(row)
    return np.array(rows)


@CALM
@given(judged())
def test_the_linear_model_is_its_program(case: tuple[list[float], list[float], int, int]) -> None:
    """The least xi, and both ends of every weight at it: the optimum is one point."""
    n = len(case[0])
    found = best_worst_weights(case[0], case[1])
    assert (found.best, found.worst) == case[2:]
    rows = rows_of(case, None)
    program = {
        "upper": (rows, np.zeros(len(rows))),
        "equal": ([[1.0] * n + [0.0]], [1.0]),
    }
    least = linear_program([0.0] * n + [1.0], bounds=[(0, None)] * (n + 1), **program)
    assert found.xi == pytest.approx(least.objective, abs=1e-8)
    for j in range(n):
        for sign in (1, -1):
            end = linear_program(
                sign * np.eye(n + 1)[j], bounds=[(0, None)] * n + [(0, found.xi + 1e-9)], **program
            )
            assert sign * end.objective == pytest.approx(found.weights[j], abs=1e-5)


@CALM
@given(judged())
def test_the_nonlinear_model_is_its_programs(case: tuple[list[float], list[float], int, int]) -> None:
    """At a fixed xi the model is linear: nothing fits below the least xi, and at it the ends are the ends."""
    n = len(case[0])
    found = best_worst_weights(case[0], case[1], model="nonlinear")
    assume(found.xi > 0)

    def end(cost: Any, xi: float) -> float:
        rows = rows_of(case, xi)
        upper, equal = (rows, np.zeros(len(rows))), ([[1.0] * n], [1.0])
        return linear_program(cost, upper=upper, equal=equal, bounds=[(0, None)] * n).objective

    assert end(np.zeros(n), found.xi * 0.99) == math.inf
    assert found.intervals is not None
    for j, (low, high) in enumerate(found.intervals.tolist()):
        assert end(np.eye(n)[j], found.xi * (1 + 1e-8)) == pytest.approx(low, abs=1e-5)
        assert -end(-np.eye(n)[j], found.xi * (1 + 1e-8)) == pytest.approx(high, abs=1e-5)


@CALM
@given(judged(), st.sampled_from(MODELS))
def test_weights_sum_to_one_and_lie_in_their_intervals(
    case: tuple[list[float], list[float], int, int], model: str
) -> None:
    found = best_worst_weights(case[0], case[1], model=model)
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    assert (found.weights > 0).all()
    if found.intervals is not None:
        assert (found.intervals[:, 0] <= found.intervals[:, 1]).all()
        assert (found.consistency_ratio == 0.0) is (found.xi == 0.0)


@pytest.mark.parametrize("model", MODELS)
@CALM
@given(points=st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_consistent_judgements_give_back_the_weights(model: str, points: list[int]) -> None:
    low, high = min(points), max(points)
    found = best_worst_weights([high / x for x in points], [x / low for x in points], model=model)
    assert found.weights == pytest.approx(np.array(points) / sum(points), abs=1e-12)
    assert found.xi == 0.0


def test_the_index_is_the_table_and_between_its_entries_the_formula() -> None:
    """Largest xi for a_BW = a: the smaller root of xi² − (1 + 2a) xi + a² − a; the table rounds it."""
    for a, printed in enumerate(CONSISTENCY_INDEX, start=1):
        assert (1 + 2 * a - math.sqrt(1 + 8 * a)) / 2 == pytest.approx(printed, abs=6e-3)
    for a, index in ((8, 4.47), (2.5, (6 - math.sqrt(21)) / 2), (10, (21 - 9) / 2)):
        found = best_worst_weights([1, a, a], [a, 1, a], model="nonlinear")
        assert found.consistency_ratio == pytest.approx(found.xi / index, rel=1e-12)
        assert found.consistency_ratio == pytest.approx(1, abs=1e-2)


def test_equal_bests_are_told_apart_by_both_rows() -> None:
    """Of two equal bests the one on which both rows agree counts, then the first, or the named one."""
    assert best_worst_weights([1, 1, 4], [3, 4, 1]).best == 1
    assert best_worst_weights([1, 1, 4, 6], [4, 6, 1, 1]).best == 1
    assert best_worst_weights([1, 1, 4, 6], [4, 6, 1, 1], best=0).worst == 2
    rows = [1, 1, 4, 4, 3], [4, 4, 1, 1, 2]
    assert (best_worst_weights(*rows).best, best_worst_weights(*rows).worst) == (0, 2)
    named = best_worst_weights(*rows, best=1, worst=np.int64(3))
    assert (named.best, named.worst) == (1, 3)
    swapped = best_worst_weights([1, 1, 4, 4, 3], [4, 4, 1, 1, 2])
    assert named.weights[[1, 0, 3, 2, 4]] == pytest.approx(swapped.weights, abs=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_one_two_or_equal_criteria(model: str) -> None:
    assert best_worst_weights([1], [1], model=model).weights.tolist() == [1.0]
    assert best_worst_weights([3, 1], [1, 3], model=model).weights.tolist() == [0.25, 0.75]
    equal = best_worst_weights([1, 1, 1, 1], [1, 1, 1, 1], model=model)
    assert equal.weights.tolist() == [0.25] * 4
    assert (equal.xi, equal.best, equal.worst) == (0.0, 0, 1)


def test_extremes_stay_within_the_range_of_floats() -> None:
    for model in MODELS:
        assert best_worst_weights([1, 1e100], [1e100, 1], model=model).weights.tolist() == [1.0, 1e-100]
    far = best_worst_weights([1, 1e100, 5], [1e100, 1, 3])
    assert far.weights == pytest.approx(np.array([6, 0, 1]) / 7, abs=1e-12)
    near = best_worst_weights([1, 2, 1e100], [2, 1, 1], model="nonlinear")
    assert near.weights == pytest.approx(np.array([2, 1, 0]) / 3, abs=1e-12)
    # xi is beyond every judgement of the third criterion, which then says nothing about it from above.
    wide = best_worst_weights([1, 2, 1e100, 1.5], [2, 1, 1e100, 1.5], model="nonlinear")
    assert wide.weights.sum() == pytest.approx(1, abs=1e-12)
    assert np.isfinite(wide.intervals).all()


@pytest.mark.parametrize(
    ("to_others", "to_worst", "message"),
    [
        (
            [2, 1, 4],
            [2, 5, 1],
            "best_to_others[2]: the best against the worst is 4 here, but 5 at others_to_w",
        ),
        ([2, 3, 4], [2, 4, 1], "best_to_others: no 1 in it: the best criterion against itself is 1"),
        ([1, 3, 4], [4, 2, 2], "others_to_worst: no 1 in it: the worst criterion"),
        ([1, 3], [1, 3], "others_to_worst[0]: the best criterion cannot be the worst as well"),
        ([1, 3, 1], [1, 2, 1], "best_to_others[1]: best and worst are judged equal, so all are: 1 is needed"),
        ([1, 1, 1], [1, 2, 1], "others_to_worst[1]: best and worst are judged equal"),
        ([2], [1], "best_to_others: no 1"),
        ([1, 3], [3, 1, 2], "others_to_worst: 3 judgements, but 2 in best_to_others"),
        ([1, 0.5], [0.5, 1], "best_to_others[1]: 0.5 is below 1"),
        ([1, 2e100], [2e100, 1], "best_to_others[1]: 2e+100 is above 1e+100"),
        ([1, math.nan], [1, 1], "best_to_others[1]: NaN"),
        ([1, 2], [math.inf, 1], "others_to_worst[0]: an infinite"),
        (np.array([True, 2], object), [2, 1], "best_to_others[0]: a true/false value"),
        ([1, None], [2, 1], "best_to_others[1]: a number is needed, not null"),
        ([], [], "best_to_others: nothing in it"),
        ([[1, 2]], [2, 1], "best_to_others: 1 dimension"),
    ],
)
def test_bad_judgements_are_refused(to_others: Any, to_worst: Any, message: str) -> None:
    for model in MODELS:
        with pytest.raises(InvalidInput) as caught:
            best_worst_weights(to_others, to_worst, model=model)
        assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"model": "fuzzy"}, 'model: must be "linear" or "nonlinear", not "fuzzy"'),
        ({"model": None}, "model: must be"),
        ({"best": 0}, "best_to_others[0]: the best criterion against itself is 1, not 2"),
        ({"worst": 1}, "others_to_worst[1]: the worst criterion against itself is 1, not 8"),
        ({"best": 5}, "best: 5 is not an index from 0 to 4"),
        ({"worst": -1}, "worst: -1 is not an index"),
        ({"best": True}, "best: an index is needed"),
        ({"best": 1.0}, "best: an index is needed, not 1.0"),
    ],
)
def test_bad_names_are_refused(named: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        best_worst_weights(*CAR, **named)
    assert str(caught.value).startswith(message)
