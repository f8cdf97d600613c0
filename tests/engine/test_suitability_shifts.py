"""Shifts of outcomes: every figure against `suitability` asked again with the changed input."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import (
    InvalidInput,
    Suitability,
    SuitabilityRules,
    shifted_weights,
    suitability,
    suitability_shifts,
)
from engine.suitability_rules import Factor
from tests import reference

RULES = reference.load("suitability_factors")
READ = SuitabilityRules.from_dict(RULES)
CODES = [factor.code for factor in READ.factors]
DEMO = [reference.task_input(task) for task in reference.load("demo_company")["tasks"]]
NAMES = [task["code"] for task in reference.load("demo_company")["tasks"]]
Found = set[tuple[int, str, float, str, str, str, str]]


def found(shifts: Any) -> Found:
    return {dataclasses.astuple(shift) for shift in shifts}


def moved(rules: SuitabilityRules, place: int, points: float) -> SuitabilityRules | None:
    weights = shifted_weights([factor.weight for factor in rules.factors], place, points)
    if weights is None:
        return None
    pairs = zip(rules.factors, weights, strict=True)
    return dataclasses.replace(
        rules, factors=tuple(dataclasses.replace(factor, weight=weight) for factor, weight in pairs)
    )


def differs(place: int, code: str, move: float, before: Suitability, after: Suitability) -> Found:
    line = (place, code, move, before.band, after.band, before.outcome, after.outcome)
    is_other = before.band != after.band or before.outcome != after.outcome
    return {line} if is_other else set()  # scored, so both have a band


def judged_weights(tasks: list[Any], rules: SuitabilityRules, points: float) -> tuple[Found, int]:
    """Ask again for each task and each weight; gates are asked with it and must come out as they were."""
    changed: Found = set()
    unknown = 0
    for place, task in enumerate(tasks):
        before = suitability(task, rules)
        if before.score is None:
            continue
        for at, factor in enumerate(rules.factors):
            for move in (points, -points):
                other = moved(rules, at, move)
                if other is None:
                    continue
                after = suitability(task, other)
                assert after.gates == before.gates
                unknown += after.score is None
                if after.score is not None:
                    changed |= differs(place, factor.code, move, before, after)
    return changed, unknown


def answer_moves(task: Any) -> Iterator[tuple[str, int, Any]]:
    for code, level in task["answers"].items():
        for step in (1, -1):
            if level is not None and 1 <= level + step <= 5:
                yield code, step, {**task, "answers": {**task["answers"], code: level + step}}


def judged_answers(tasks: list[Any], rules: SuitabilityRules) -> tuple[Found, list[int]]:
    changed: Found = set()
    numbers = []
    for place, task in enumerate(tasks):
        before = suitability(task, rules)
        if before.score is None:
            continue
        moves = list(answer_moves(task))
        numbers.append(len(moves))
        for code, step, other in moves:
            changed |= differs(place, code, step, before, suitability(other, rules))
    return changed, numbers


def agree(tasks: list[Any], rules: SuitabilityRules, points: float = 10.0) -> None:
    shifts = suitability_shifts(tasks, rules, points=points)
    by_weight, unknown = judged_weights(tasks, rules, points)
    by_answer, numbers = judged_answers(tasks, rules)
    assert found(shifts.by_weight) == by_weight
    assert found(shifts.by_answer) == by_answer
    assert (shifts.unknown_moves, list(shifts.answer_moves)) == (unknown, numbers)
    assert len(shifts.by_weight) == len(by_weight)
    assert len(shifts.by_answer) == len(by_answer)


def test_the_sample_agrees_with_asking_again() -> None:
    agree(DEMO, READ)
    shifts = suitability_shifts(DEMO, READ)
    assert shifts.left_out == ()
    assert shifts.by_weight
    assert shifts.by_answer
    for points in (1.0, 3.3, 50.0, 100.0):
        agree(DEMO, READ, points)


def test_a_move_by_hand() -> None:
    """Two factors of 30 and 70: 40 and 60 after +10; the score goes from 30 to 40, just over the edge."""
    rules = SuitabilityRules.from_dict(
        RULES
        | {
            "factors": [
                {"code": "A", "direction": "higher_favours_outsourcing", "default_weight": 3},
                {"code": "B", "direction": "higher_favours_retaining", "default_weight": 7},
            ],
            "bands": [{"code": "HIGH", "min": 40}, {"code": "LOW", "min": 0}],
            "gates": [],
        }
    )
    task = {"answers": {"A": 5, "B": 5}, "flags": []}
    shifts = suitability_shifts([task], rules)
    assert found(shifts.by_weight) == {
        (0, "A", 10.0, "LOW", "HIGH", "LOW", "HIGH"),
        (0, "B", -10.0, "LOW", "HIGH", "LOW", "HIGH"),
    }
    # B from 5 to 4 gives 30 + 70 / 4 = 47.5.
    assert found(shifts.by_answer) == {(0, "B", -1, "LOW", "HIGH", "LOW", "HIGH")}
    assert shifts.answer_moves == (2,)


def test_an_answer_can_fire_and_release_a_gate() -> None:
    """RDY at 1 fires G11: prepare first, whatever the score."""
    ready = next(task for task in DEMO if suitability(task, READ).outcome == "OUTSOURCE")
    at_two = {**ready, "answers": {**ready["answers"], "RDY": 2}}
    shifts = suitability_shifts([at_two], READ).by_answer
    down = [shift for shift in shifts if (shift.factor, shift.move) == ("RDY", -1)]
    assert [shift.outcome_after for shift in down] == ["PREPARE_FIRST"]
    at_one = {**ready, "answers": {**ready["answers"], "RDY": 1}}
    up = [s for s in suitability_shifts([at_one], READ).by_answer if s.factor == "RDY"]
    assert [(s.outcome_before, s.outcome_after) for s in up] == [("PREPARE_FIRST", up[0].band_after)]


def test_below_a_stop_only_the_band_moves() -> None:
    stopped = [{**task, "flags": ["court_appearance"]} for task in DEMO]
    shifts = suitability_shifts(stopped, READ)
    both = (*shifts.by_weight, *shifts.by_answer)
    assert {(shift.outcome_before, shift.outcome_after) for shift in both} == {("RETAIN", "RETAIN")}
    assert not any(shift.changes_outcome for shift in both)
    assert all(shift.band_before != shift.band_after for shift in both)


def test_a_stop_on_what_stays_anyway_changes_nothing() -> None:
    """The answer fires a gate that keeps the task, and its band keeps it already."""
    code = CODES[0]
    rules = dataclasses.replace(
        READ,
        factors=(Factor(code, 1.0, False),),
        gates=(dataclasses.replace(READ.gates[0], factor_min=((code, 5.0),)),),
    )
    task = {"answers": {code: 4}, "flags": []}
    after = suitability({**task, "answers": {code: 5}}, rules)
    assert (suitability(task, rules).outcome, after.outcome, len(after.gates)) == ("RETAIN", "RETAIN", 1)
    assert all(shift.move < 0 for shift in suitability_shifts([task], rules).by_answer)
    agree([task], rules)


def test_a_task_without_a_score_is_left_out() -> None:
    blank = {**DEMO[0], "answers": {**DEMO[0]["answers"], "STD": None}}
    shifts = suitability_shifts([blank, DEMO[1], {"answers": {}}], READ)
    assert (shifts.scored, shifts.left_out) == ((1,), (0, 2))
    assert {shift.task for shift in (*shifts.by_weight, *shifts.by_answer)} <= {1}
    nothing = suitability_shifts([], READ)
    assert (nothing.by_weight, nothing.by_answer, nothing.answer_moves) == ((), (), ())
    empty = dataclasses.replace(READ, factors=(), gates=())
    assert suitability_shifts([{"answers": {}}], empty).left_out == (0,)


def test_a_weight_that_would_bring_in_an_unanswered_factor_is_counted_and_not_guessed() -> None:
    factors = tuple(dataclasses.replace(f, weight=0.0) if f.code == "GAP" else f for f in READ.factors)
    rules = dataclasses.replace(READ, factors=factors)
    blank = {**DEMO[0], "answers": {**DEMO[0]["answers"], "GAP": None}}
    shifts = suitability_shifts([blank], rules)
    assert shifts.scored == (0,)
    assert shifts.unknown_moves == 1
    agree([blank], rules)


@pytest.mark.parametrize(
    ("weights", "place", "points", "expected"),
    [
        ([12, 9, 79], 0, 10, [22, 9 * 78 / 88, 79 * 78 / 88]),
        ([12, 9, 79], 0, -10, [2, 9 * 98 / 88, 79 * 98 / 88]),
        ([4, 16], 0, -50, [0, 100]),  # 20 of 100, so it stops at 0
        ([19, 1], 0, 10, [100, 0]),
        ([0, 1, 3], 0, 10, [10, 22.5, 67.5]),
        ([0, 1, 3], 0, -10, [0, 25, 75]),
        ([5, 0], 0, 10, [100, 0]),
        ([1e-300, 3e-300], 0, 10, [35, 65]),
        ([1e300, 3e300], 1, -10, [35, 65]),
    ],
)
def test_shifted_weights(weights: list[float], place: int, points: float, expected: list[float]) -> None:
    got = shifted_weights(weights, place, points)
    assert got is not None
    assert [100 * weight / sum(got) for weight in got] == pytest.approx(expected, abs=1e-12)


def test_what_nobody_can_take_over_does_not_move() -> None:
    assert shifted_weights([5, 0], 0, -10) is None
    assert shifted_weights([5], 0, -10) is None
    assert shifted_weights([0, 0], 0, 10) is None


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6).filter(any), st.data())
def test_whole_weights_move_exactly(weights: list[int], data: st.DataObject) -> None:
    """In exact fractions the share moves by ten of 100 and the others keep their proportion."""
    place = data.draw(st.integers(0, len(weights) - 1))
    points = data.draw(st.sampled_from([10, -10]))
    got = shifted_weights([float(weight) for weight in weights], place, points)
    total, rest = sum(weights), sum(weights) - weights[place]
    share = min(Fraction(1), max(Fraction(0), Fraction(weights[place], total) + Fraction(points, 100)))
    if rest == 0 and share < 1:
        assert got is None
        return
    assert got is not None
    exact = [Fraction(weight) for weight in got]
    assert exact[place] / sum(exact) == share
    for k, weight in enumerate(weights):
        if k != place:
            wanted = (1 - share) * Fraction(weight, rest) if rest else 0
            assert exact[k] / sum(exact) == wanted


LEVEL = st.none() | st.integers(1, 5)


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Any], SuitabilityRules]:
    """Up to four factors with whole weights, edges that scores hit, gates on answers and on flags."""
    number = draw(st.integers(1, 4))
    codes = CODES[:number]
    weights = draw(st.lists(st.integers(0, 6), min_size=number, max_size=number))
    factors = tuple(
        Factor(code, float(weight), draw(st.booleans())) for code, weight in zip(codes, weights, strict=True)
    )
    gates = tuple(
        dataclasses.replace(
            gate,
            effect=draw(st.sampled_from(["RETAIN", "PREPARE_FIRST", "CONDITION"])),
            factor_min=((draw(st.sampled_from(codes)), float(draw(st.integers(1, 5)))),)
            if draw(st.booleans())
            else (),
            factor_max=((draw(st.sampled_from(codes)), float(draw(st.integers(1, 5)))),)
            if draw(st.booleans())
            else (),
        )
        for gate in (*READ.gates[:2], dataclasses.replace(READ.gates[2], kind="readiness"))
    )
    tasks = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "answers": st.fixed_dictionaries(dict.fromkeys(codes, LEVEL)),
                    "flags": st.sampled_from([[], ["court_appearance"], ["phi"]]),
                    "practice_of_law": st.sampled_from([None, "supervised", "licensed"]),
                    "waived": st.sampled_from([[], [READ.gates[2].code]]),
                }
            ),
            max_size=4,
        )
    )
    return tasks, dataclasses.replace(READ, factors=factors, gates=gates)


@settings(max_examples=150)
@given(problems(), st.sampled_from([10.0, 25.0, 3.7]))
@example(([], READ), 10.0)
def test_any_problem_agrees_with_asking_again(
    problem: tuple[list[Any], SuitabilityRules], points: float
) -> None:
    tasks, rules = problem
    agree(tasks, rules, points)


@pytest.mark.parametrize("points", [0, -1, 101, float("nan")])
def test_points_that_make_no_sense_are_refused(points: float) -> None:
    with pytest.raises(InvalidInput, match="points: (more than 0 and at most 100|NaN)"):
        suitability_shifts(DEMO, READ, points=points)


def test_bad_tasks_are_refused_as_ever() -> None:
    with pytest.raises(InvalidInput, match=r"tasks\[0\]: a mapping is needed"):
        suitability_shifts([3], READ)
    with pytest.raises(InvalidInput, match="STD"):
        suitability_shifts([{"answers": {"STD": 9}}], READ)
