"""The sentences about a task: outcome with its limit, distance to the next band, near an edge or not."""

from __future__ import annotations

import pytest

from assessments import (
    charts,
    queries_dearest,
    queries_life,
    queries_summary,
    queries_totals,
    services,
    words,
    words_life,
)
from assessments.distance import distance_words
from assessments.models import TaskAssessment
from assessments.rulebook import Rulebook
from tests.conftest import Case


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"outcome": "PILOT", "restriction": "ONSHORE_US_PERSONS"}, "Pilot first · US persons only"),
        ({"outcome": "OUTSOURCE", "restriction": "CONDITION"}, "Outsource · with conditions"),
        (
            {"outcome": "OUTSOURCE", "restriction": "CONDITION", "conditions": 3, "open_conditions": 3},
            "Outsource · 3 conditions open",
        ),
        (
            {"outcome": "OUTSOURCE", "restriction": "CONDITION", "conditions": 3, "open_conditions": 1},
            "Outsource · 1 of 3 conditions open",
        ),
        (
            {"outcome": "OUTSOURCE", "restriction": "CONDITION", "conditions": 1, "open_conditions": 0},
            "Outsource · 1 condition closed",
        ),
        (
            {
                "outcome": "RETAIN",
                "restriction": "ONSHORE_US_PERSONS",
                "gates": [{"code": "G01", "effect": "RETAIN"}, {"code": "G12", "effect": "RETAIN"}],
                "conditions": 4,
                "open_conditions": 4,
            },
            "Retain · stopped by G01 and G12 · US persons only",
        ),
        (
            {
                "outcome": "PREPARE_FIRST",
                "restriction": None,
                "gates": [{"code": "G11", "effect": "PREPARE_FIRST"}],
            },
            "Prepare first · needs G11",
        ),
        ({"outcome": "", "restriction": ""}, "Not scored"),
        ({"outcome": None, "restriction": "LOCATION_LIMIT"}, "Not scored · some countries excluded"),
    ],
)
def test_outcome_and_limit(facts: dict[str, object], text: str) -> None:
    assert words.verdict(**facts).text == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("the flag phi is set", "the flag “Health information” is set"),
        ("the flag own_rule is set", "the flag “Own rule” is set"),
        ("practice of law is supervised", "the work is “Supervised by a US lawyer”"),
        ("RDY is 1 (1 or less)", "Process documentation and technology readiness is 1; 1 or less"),
        (
            "the flag privileged is set; PRV is 5 (4 or more)",
            "the flag “Privileged” is set, and Privilege exposure is 5; 4 or more",
        ),
        ("OWN is 2 (1.5 or more)", "OWN is 2; 1.5 or more"),
        ("something_else", "something else"),
    ],
)
def test_reasons_of_gates_use_the_names_of_flags_and_factors(said: str, text: str) -> None:
    assert words.reason_words(said) == text


def test_a_factor_of_the_organisation_has_its_own_name() -> None:
    assert (
        words.reason_words("OWN is 2 (2 or more)", {"OWN": "Our question"}) == "Our question is 2; 2 or more"
    )


def test_the_engine_says_no_reason_that_has_no_words(sample: Case) -> None:
    for task in TaskAssessment.objects.all():
        for gate in task.result["gates"]:
            text = words.reason_words(gate["reason"])
            assert "“" in text or "; " in text
            assert "_" not in text


def test_every_effect_of_the_rules_has_words(sample: Case) -> None:
    precedence = sample.assessment.factor_set.content["gate_precedence"]
    assert set(precedence) == set(words.EFFECTS)
    assert set(precedence) - {"RETAIN", "PREPARE_FIRST"} == set(words.RESTRICTIONS)
    assert {flag["code"] for flag in sample.assessment.factor_set.content["flags"]} == set(words.FLAGS)


@pytest.mark.parametrize(
    ("outcome", "still_open", "stage"),
    [("PILOT", 2, "biddable"), ("OUTSOURCE", 0, "awardable"), ("COSOURCE", 0, "out"), ("", 0, "out")],
)
def test_an_open_condition_blocks_only_the_award(outcome: str, still_open: int, stage: str) -> None:
    assert words.stage(outcome, still_open) == stage


@pytest.mark.parametrize(
    ("unit", "volume", "text"),
    [
        ("document", 2, "documents"),
        ("matter", 1, "matter"),
        ("docket entry", 5, "docket entries"),
        ("search", 0, "searches"),
        ("contracts", 3, "contracts"),
        ("", 3, "units"),
    ],
)
def test_units(unit: str, volume: int, text: str) -> None:
    assert words.units(unit, volume) == text


def sentence(case: Case, code: str) -> str:
    task = TaskAssessment.objects.with_task().get(legal_task__code=code)
    return distance_words(task, Rulebook(case.assessment.factor_set.content))


def test_the_distance_to_both_edges_in_words(sample: Case) -> None:
    assert sentence(sample, "D02") == (
        "0.2 points above Retain, 12.8 below Pilot first. "
        "One level the wrong way on any factor makes it Retain."
    )
    assert sentence(sample, "D08").startswith("17.8 points above Pilot first. No single step")
    assert sentence(sample, "D06").startswith("G01 decides: Retain, whatever the score.")
    # D13 stands at 55.75: a step that is worth more than 0.75 points would drop it.
    assert "makes it Co-source" in sentence(sample, "D13")


def test_missing_answers_give_a_span(sample: Case) -> None:
    task = TaskAssessment.objects.get(legal_task__code="D02")
    services.answer_factor(actor=sample.counsel, task=task, factor="STD", level=None)
    assert sentence(sample, "D02") == (
        "With 1 answer missing the score lies between 36.2 and 48.2: Retain to Co-source."
    )
    made = services.add_task(actor=sample.counsel, assessment=sample.assessment, name="New work")
    assert sentence(sample, made.legal_task.code) == "No factor is answered yet, so there is no score."


def test_one_step_in_the_words_is_one_step_in_the_score(sample: Case) -> None:
    """What the sentence promises happens when the step is made."""
    task = TaskAssessment.objects.get(legal_task__code="D02")
    assert services.answer_factor(actor=sample.counsel, task=task, factor="TAT", level=2).outcome == "RETAIN"


def test_summary_and_chart_say_the_same(sample: Case) -> None:
    rulebook = Rulebook(sample.assessment.factor_set.content)
    found = queries_totals.totals(assessment=sample.assessment, rulebook=rulebook)
    shown = queries_dearest.dearest(assessment=sample.assessment)
    summary = queries_summary.summary(found)
    counts = {row.key: row.count for row in summary.mix}
    assert counts == {"OUTSOURCE": 9, "PILOT": 3, "COSOURCE": 3, "RETAIN": 3, "": 0}
    assert sum(row.percent or 0 for row in summary.mix) == pytest.approx(100)
    assert summary.scored_cost == sum(line.cost for line in shown)
    chart = charts.task_quadrant(shown=shown, found=found, rulebook=rulebook, currency="USD")
    assert chart is not None
    assert "12 of 18 tasks go out, 2,735,237 a year" in chart.spec.summary
    assert summary.basket_cost == 2_735_237
    assert "not drawn" not in chart.spec.summary
    assert len(chart.spec.table.rows) == 18
    assert {row[0] for row in chart.spec.table.rows if "stopped" in row[5]} == set()
    squares = next(series for series in chart.spec.series if series.name == "stop gate")
    assert set(squares.labels) == {"D06", "D18"}


def test_the_chart_counts_what_goes_out_as_the_head_of_the_page_does(sample: Case) -> None:
    actor, assessment = sample.counsel, sample.assessment
    made = services.add_from_catalogue(actor=actor, assessment=assessment, codes=["T29"])
    assert made[0].outcome == "OUTSOURCE"
    services.add_task(actor=actor, assessment=assessment, name="Not scored yet")
    rulebook = Rulebook(assessment.factor_set.content)
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    shown = queries_dearest.dearest(assessment=assessment)
    assert "13 go to the basket" in queries_summary.summary(found).status
    chart = charts.task_quadrant(shown=shown, found=found, rulebook=rulebook, currency="USD")
    assert chart is not None
    assert chart.spec.summary.startswith(
        "13 of 20 tasks go out. 12 of the 13 that go out have a place here, 2,735,237 a year in-house today; "
        "D19 has no cost. "
    )
    assert chart.spec.summary.endswith("1 other task without score or cost is not drawn.")
    services.add_from_catalogue(actor=actor, assessment=assessment, codes=["T33", "T34", "T21", "T23"])
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    chart = charts.task_quadrant(shown=shown, found=found, rulebook=rulebook, currency="USD")
    assert chart is not None
    assert "D19, D21, D22 and 2 more have no cost." in chart.spec.summary


def test_open_conditions_are_those_of_the_basket_and_of_all(sample: Case) -> None:
    rulebook = Rulebook(sample.assessment.factor_set.content)
    found = queries_totals.totals(assessment=sample.assessment, rulebook=rulebook)
    here = queries_summary.summary(found).open_conditions
    counted = queries_life.counts(sample.assessment)
    assert counted["open_in_basket"] == here < counted["open_conditions"]
    said = words_life.counted(counted)
    assert f"{counted['open_conditions']} conditions open ({here} of them in the basket)" in said
    assert words_life.counted({"open_conditions": 3}) == "3 conditions open"
    assert words_life.counted({"open_conditions": 3, "open_in_basket": 3}) == "3 conditions open"
