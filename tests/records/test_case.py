"""The case behind a selection, from inputs to the decision."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from engine import InvalidInput, business_case
from records import compute_case, decide_document, decision_from_case
from tests import reference

CRITERIA = reference.load("criteria")


def test_results_are_plain_data() -> None:
    results = compute_case(reference.case_inputs())
    assert json.loads(json.dumps(results, allow_nan=False)) == results
    assert set(results) == {"suitability", "knock_outs", "business_cases"}
    assert list(results["suitability"]) == [f"D{n:02}" for n in range(1, 19)]
    assert list(results["business_cases"]) == [f"V{n}" for n in range(1, 9)]
    assert sum(found["in_basket"] for found in results["suitability"].values()) == 12
    d14 = results["suitability"]["D14"]
    assert (d14["outcome"], d14["restriction"], d14["band_certain"]) == ("RETAIN", "ONSHORE_US_PERSONS", True)


def test_a_task_exclusion_leaves_the_scope_of_the_case() -> None:
    inputs = reference.case_inputs()
    inputs["bids"][1]["answers"]["PR-04"] = "no"
    results = compute_case(inputs)
    assert "D04" not in results["business_cases"]["V2"]["scope"]
    assert results["business_cases"]["V2"]["whole_basket"]["tasks"] == ["D04"]
    decision = decision_from_case(inputs, {}, CRITERIA, results=results)
    entry = decision["alternatives"][1]
    assert "K12" not in [gate["code"] for gate in entry["gates"]]
    assert entry["scores"]["COST-01"] == round(results["business_cases"]["V2"]["cost_index"], 1)


def test_the_decision_takes_weights_evidence_and_computed_cost() -> None:
    inputs = reference.case_inputs()
    inputs["bids"][0]["metrics"]["COST-01"] = 1
    del inputs["bids"][0]["evidence"]["QUAL-01"]
    inputs["bids"][0]["metrics"]["QUAL-02"] = None
    decision = decision_from_case(
        inputs, {"COST": 40, "COST-02": 0}, CRITERIA, title="t", missing="midpoint", tie_margin=2
    )
    assert (decision["title"], decision["missing"], decision["tie_margin"], decision["tie_break"]) == (
        "t",
        "midpoint",
        2,
        "COST-01",
    )
    cost = decision["criteria"][0]
    assert (cost["weight"], cost["criteria"][1]["weight"], decision["criteria"][1]["weight"]) == (40, 0, 30)
    first = decision["alternatives"][0]
    assert first["scores"]["COST-01"] == 57.8
    assert first["scores"]["QUAL-02"] is None
    assert (
        first["confidence"]["QUAL-01"],
        first["confidence"]["COST-01"],
        first["confidence"]["COST-02"],
    ) == (0.6, 1, 0.8)
    row = next(row for row in decide_document(decision)["ranking"] if row["code"] == "V1")
    assert row["missing"] == ["QUAL-02"]


def test_a_case_that_cannot_be_computed_leaves_the_cost_open() -> None:
    inputs = reference.case_inputs()
    inputs["bids"][0]["offers"] = []
    decision = decision_from_case(inputs, {}, CRITERIA)
    assert decision["alternatives"][0]["scores"]["COST-01"] is None
    row = next(row for row in decide_document(decision)["ranking"] if row["code"] == "V1")
    assert row["missing"] == ["COST-01"]


def test_criteria_without_the_cost_index() -> None:
    rules = {**CRITERIA, "criteria": CRITERIA["criteria"][1:]}
    decision = decision_from_case(reference.case_inputs(), {}, rules, results=reference.case_results())
    assert "tie_break" not in decision
    assert decide_document(decision)["ranking"]


def test_gates_name_the_test_and_the_reason() -> None:
    gates = {entry["code"]: entry["gates"] for entry in reference.decision()["alternatives"]}
    failed = [gate for gate in gates["V3"] if gate["outcome"] == "failed"]
    assert failed == [
        {
            "code": "K01",
            "outcome": "failed",
            "reason": "Independent security assurance: SECU-01 is 2; at least 3 is needed",
        }
    ]
    assert [gate["code"] for gate in gates["V8"] if gate["outcome"] == "conditional"] == ["K03"]
    assert "K11" not in [gate["code"] for gate in gates["V1"]]


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (("tasks",), None, "$.tasks: a list"),
        (("tasks", 2), 5, "$.tasks[2]: an object"),
        (("tasks", 2, "code"), "D01", '$.tasks[2].code: the code "D01" is used twice'),
        (("tasks", 2, "code"), None, "$.tasks[2].code: a text"),
        (("tasks", 2, "answers", "STD"), 9, "$.tasks[2].answers.STD: a whole number"),
        (("tasks", 2, "annual_volume"), -1, "$.tasks[2].annual_volume: -1 is below 0"),
        (("tasks", 6, "staffing_mix"), {"x": 1}, "$.tasks[6].staffing_mix.x: there is no rate"),
        (("bids",), {}, "$.bids: a list"),
        (("bids", 1, "offers", 0, "price"), "4", "$.bids[1].offers[0].price: a number"),
        (("bids", 1, "answers", "SE-04"), "maybe", "$.bids[1].answers.SE-04: must be yes"),
        (
            ("bids", 1, "evidence", "COST-02"),
            "E9",
            '$.bids[1].evidence.COST-02: "E9" is not an evidence level',
        ),
        (("factor_rules", "bands"), [], "$.factor_rules.bands: bands need"),
        (("knock_out_rules", 0, "test"), "x", "$.knock_out_rules[0].test: unknown test"),
        (("assumptions",), None, "$.assumptions: an object"),
        (("assumptions", "term_years"), 0, "$.assumptions.term_years: 0 is below 1"),
        (("role_rates", "counsel", "kind"), "x", "$.role_rates.counsel.kind: must be internal"),
    ],
)
def test_faults_are_named_by_the_place_in_the_inputs(place: tuple[Any, ...], value: Any, line: str) -> None:
    inputs: Any = reference.case_inputs()
    inner = inputs
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(InvalidInput) as caught:
        decision_from_case(inputs, {}, CRITERIA)
    assert str(caught.value).startswith(line)


def test_a_case_is_an_object() -> None:
    with pytest.raises(InvalidInput, match=r"^\$: an object"):
        compute_case([])  # type: ignore[arg-type]


def test_the_page_and_the_engine_agree() -> None:
    direct = business_case(reference.basket(), reference.case_inputs()["bids"][3], reference.assumptions())
    stored = reference.case_results()["business_cases"]["V4"]
    assert stored["npv"] == direct.npv
    assert stored["range"] == {"low": direct.range.low, "base": direct.range.base, "high": direct.range.high}


def test_fast_enough_for_a_page() -> None:
    """Eight bids by eighteen tasks take some 10 ms of work; ten times that would be felt."""
    inputs = reference.case_inputs()
    fastest = min(_seconds(inputs) for _ in range(3))
    assert fastest < 0.1


def _seconds(inputs: dict[str, Any]) -> float:
    start = time.process_time()
    compute_case(inputs)
    return time.process_time() - start
