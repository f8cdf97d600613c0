"""Knock-out tests: minimum, answer, task level, acceptances, status."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from engine import InvalidInput, TaskExclusion, knock_outs
from tests import reference

RULES = reference.load("criteria")["knock_outs"]
BASKET = {"T1": ["G04"], "T2": ["G05", "G08"], "T3": ["G10"], "T4": ["G03"]}


def bid(
    answers: dict[str, Any] | None = None, metrics: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    first = reference.load("demo_providers")["providers"][0]
    return {
        "answers": {**first["answers"], **(answers or {})},
        "metrics": {**first["metrics"], **(metrics or {})},
        **more,
    }


def outcome(found: Any, code: str) -> str:
    return next(test.outcome for test in found.tests if test.code == code)


def test_all_passed() -> None:
    found = knock_outs(bid(), RULES, BASKET)
    assert (found.status, found.failed, found.conditional, found.task_exclusions) == ("eligible", (), (), ())
    assert [test.outcome for test in found.tests] == ["passed"] * 14
    assert found.tests[0].reason == "SECU-01 is 4; at least 3 is needed"
    assert found.tests[10].tasks == ("T3", "T4")


@pytest.mark.parametrize(
    ("metric", "code", "value", "result"),
    [
        ("SECU-01", "K01", 2, "failed"),
        ("SECU-01", "K01", 3, "passed"),
        ("SECU-01", "K01", None, "conditional"),
        ("SECU-06", "K07", 4.99, "failed"),
        ("SECU-06", "K07", 5, "passed"),
        ("SECU-06", "K07", None, "conditional"),
    ],
)
def test_minimum(metric: str, code: str, value: Any, result: str) -> None:
    found = knock_outs(bid(metrics={metric: value}), RULES, BASKET)
    assert outcome(found, code) == result
    assert found.status == {"failed": "excluded", "passed": "eligible", "conditional": "conditional"}[result]


@pytest.mark.parametrize(
    ("answer", "result", "status"),
    [
        ("yes", "passed", "eligible"),
        ("no", "failed", "excluded"),
        ("partly", "conditional", "conditional"),
        (None, "conditional", "conditional"),
    ],
)
def test_answer(answer: Any, result: str, status: str) -> None:
    found = knock_outs(bid({"SE-04": answer}), RULES, BASKET)
    assert (outcome(found, "K02"), found.status) == (result, status)
    if answer == "partly":
        assert found.conditional == ("K02",)


def test_an_acceptance_lifts_k07_and_k13_to_a_condition_and_no_other() -> None:
    low = bid({"CO-03": "no", "SE-04": "no"}, {"SECU-06": 2}, acceptances=["K02", "K07", "K13"])
    found = knock_outs(low, RULES, BASKET)
    assert (found.failed, found.conditional) == (("K02",), ("K07", "K13"))
    assert found.tests[6].reason == "SECU-06 is 2; at least 5 is needed; accepted in writing"
    noted = knock_outs(bid(metrics={"SECU-06": 2}, acceptances={"K07": "letter of 3 May"}), RULES, BASKET)
    assert noted.status == "conditional"
    assert knock_outs(bid(metrics={"SECU-06": 2}), RULES, BASKET).status == "excluded"


def test_task_level_tests() -> None:
    found = knock_outs(bid({"SE-11": "no", "PR-04": "no"}), RULES, BASKET)
    assert found.task_exclusions == (TaskExclusion("K11", ("T3", "T4")), TaskExclusion("K12", ("T2",)))
    assert (found.failed, found.status) == ((), "eligible")
    assert found.excluded_tasks == ("T3", "T4", "T2")
    partly = knock_outs(bid({"PR-04": "partly"}), RULES, BASKET)
    assert (partly.conditional, partly.status, partly.tests[11].tasks) == (("K12",), "conditional", ("T2",))
    nothing = knock_outs(bid({"SE-11": "no", "PR-04": None}), RULES, {"T1": ["G04"]})
    assert [outcome(nothing, code) for code in ("K11", "K12")] == ["not tested"] * 2
    assert nothing.status == "eligible"


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"applies": "sometimes"}, 'rules[0].applies: must be "always"'),
        ({"applies": None}, "rules[0].applies: must be"),
        ({"test": "guess"}, 'rules[0].test: unknown test "guess"'),
        ({"params": None}, "rules[0].params: an object"),
        ({"params": {"sub_criterion": "SECU-01"}}, "rules[0].params.min: a number"),
        ({"code": None}, "rules[0].code: a text"),
    ],
)
def test_bad_rules_are_refused(change: dict[str, Any], line: str) -> None:
    rules = copy.deepcopy(RULES)
    rules[0] |= change
    with pytest.raises(InvalidInput) as caught:
        knock_outs(bid(), rules, BASKET)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("basket", "line"),
    [
        (None, "basket: an object"),
        ({"T1": None}, "basket.T1: a list"),
        ({"T1": "G05"}, "basket.T1: a list"),
        ({"T1": [5]}, "basket.T1: a text"),
    ],
)
def test_bad_baskets_are_refused(basket: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        knock_outs(bid(), RULES, basket)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (bid({"SE-04": "maybe"}), 'bid.answers.SE-04: must be yes, no or partly, not "maybe"'),
        (bid(metrics={"SECU-01": "4"}), "bid.metrics.SECU-01: a number"),
        (bid(acceptances="K07"), "bid.acceptances: a list"),
        ([], "bid: an object"),
    ],
)
def test_bad_bids_are_refused(given: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        knock_outs(given, RULES, BASKET)
    assert str(caught.value).startswith(line)
