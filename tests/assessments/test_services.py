"""Legal tasks change through services: checked, scored, audited, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from assessments import services, words
from assessments.models import FactorAnswer, GateClosure, LegalTask, RoleRate, TaskAssessment
from tests.conftest import Case
from tests.gates import closing

COMPANY = json.loads(Path("tests/reference/demo_company.json").read_text(encoding="utf-8"))
CHECKED = [task for task in COMPANY["tasks"] if "expected" in task]


def get(code: str) -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(legal_task__code=code)


def events(task: TaskAssessment) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_type="assessments.taskassessment", object_id=str(task.pk)))


def test_the_reference_holds_nine_checked_tasks() -> None:
    assert [task["code"] for task in CHECKED] == [f"D0{n}" for n in range(1, 10)]


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row["code"])
def test_a_task_built_by_services_meets_the_reference(sample: Case, row: dict[str, Any]) -> None:
    task = services.add_task(
        actor=sample.counsel,
        assessment=sample.assessment,
        name=f"{row['name']} again",
        practice_of_law=row["practice_of_law"],
        annual_volume=Decimal(str(row["annual_volume"])),
        unit=row["unit"],
        hours_per_unit=Decimal(str(row["hours_per_unit"])),
        staffing_mix=row["staffing_mix"],
        flags=row["flags"],
    )
    assert task.outcome in {"", "RETAIN"}  # nothing answered: only a stop gate can decide
    for factor, level in row["profile"].items():
        task = services.answer_factor(actor=sample.counsel, task=task, factor=factor, level=level)
    expected = row["expected"]
    assert task.score == pytest.approx(expected["score"], abs=0.05 + 1e-6)
    assert task.band == expected["band"]
    assert task.outcome == expected["outcome"]
    assert task.gates == expected["gates"]
    assert task.is_candidate is expected["in_basket"]
    assert task.annual_hours == pytest.approx(expected["annual_hours"], abs=1e-6)
    assert task.baseline_amount == expected["baseline_cost"]
    assert task.cash_amount == expected["external_cash"]
    again = TaskAssessment.objects.get(pk=task.pk)
    assert (again.score, again.outcome, again.baseline_amount) == (
        task.score,
        task.outcome,
        task.baseline_amount,
    )


@pytest.mark.parametrize("row", CHECKED, ids=lambda row: row["code"])
def test_the_loaded_sample_meets_the_reference(sample: Case, row: dict[str, Any]) -> None:
    task = get(row["code"])
    assert task.outcome == row["expected"]["outcome"]
    assert task.baseline_amount == row["expected"]["baseline_cost"]


def test_an_answer_moves_score_outcome_and_trail(sample: Case) -> None:
    task = services.answer_factor(
        actor=sample.counsel, task=get("D02"), factor="STD", level=2, reason="No playbook for the log"
    )
    assert task.score == pytest.approx(39.25)
    assert task.outcome == "RETAIN"
    answer = task.answers.get(factor="STD")
    assert (answer.level, answer.source, answer.assessor) == (2, FactorAnswer.Source.COUNSEL, sample.counsel)
    event = events(task)[0]
    assert event.verb == "answered factors"
    assert event.before == {"STD": 3}
    assert event.after == {"STD": "2 (No playbook for the log)"}


def test_not_knowing_gives_a_range_and_no_zero(sample: Case) -> None:
    task = services.answer_factor(actor=sample.counsel, task=get("D02"), factor="STD", level=None)
    assert task.score is None
    assert (task.score_low, task.score_high) == pytest.approx((36.25, 48.25))
    assert (task.outcome, task.band) == ("", "")
    assert task.result["unknown"] == ["STD"]


def test_the_same_answer_again_leaves_no_event(sample: Case) -> None:
    task = get("D02")
    services.answer_factor(actor=sample.counsel, task=task, factor="STD", level=3)
    assert events(task) == []


@pytest.mark.parametrize("level", [0, 6, 9, -1, 2.5, True, "3"])
def test_a_level_that_is_none_of_ours_is_refused(sample: Case, level: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        services.answer_factor(actor=sample.counsel, task=get("D02"), factor="STD", level=level)
    assert "from 1 to 5" in refused.value.message_dict["level-STD"][0]


def test_one_wrong_part_refuses_all_parts(sample: Case) -> None:
    task = get("D02")
    with pytest.raises(ValidationError) as refused:
        services.change_task(
            actor=sample.counsel,
            task=task,
            facts={"annual_volume": Decimal(-5), "unit": "page", "flags": ["nonsense"]},
            levels={"STD": 9, "VOL": 1},
        )
    assert set(refused.value.message_dict) == {"annual_volume", "flags"}
    after = get("D02")
    assert (after.unit, after.score) == ("document", 42.25)
    assert events(task) == []


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"annual_volume": Decimal(-5)}, "annual_volume", "0 or more"),
        ({"annual_volume": Decimal("NaN")}, "annual_volume", "Enter a number"),
        ({"annual_volume": Decimal("1e15")}, "annual_volume", "at most"),
        ({"hours_per_unit": Decimal("0.00001")}, "hours_per_unit", "smaller than"),
        ({"staffing_mix": {"counsel": 0.5, "paralegal": 0.3}}, "staffing_mix", "80.0%"),
        ({"staffing_mix": {"clerk": 1}}, "staffing_mix", "not a role"),
        ({"staffing_mix": {"counsel": 1.5, "paralegal": -0.5}}, "staffing_mix", "0% or more"),
        ({"practice_of_law": "anyone"}, "practice_of_law", "Choose"),
        ({"name": " "}, "name", "name"),
        ({"name": "NDA review and TURNAROUND"}, "name", "D07 already"),
        ({"note": "x" * 5000}, "note", "at most"),
    ],
)
def test_facts_that_are_refused(sample: Case, facts: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        services.edit_task(actor=sample.counsel, task=get("D02"), **facts)
    assert sentence in refused.value.message_dict[field][0]


def test_volume_hours_and_mix_make_the_baseline(sample: Case) -> None:
    task = services.edit_task(
        actor=sample.counsel,
        task=get("D07"),
        annual_volume=Decimal("100.5"),
        hours_per_unit=Decimal("0.5"),
        staffing_mix={"counsel": 0.25, "outside_associate": 0.75},
    )
    assert task.annual_hours == pytest.approx(50.25)
    assert task.baseline_amount == round(50.25 * (0.25 * 175 + 0.75 * 520))
    assert task.cash_amount == round(50.25 * 0.75 * 520)
    task = services.edit_task(actor=sample.counsel, task=task, annual_volume=None)
    assert (task.annual_hours, task.baseline_amount, task.cash_amount) == (None, None, None)


def test_a_flag_limits_and_the_outcome_stays(sample: Case) -> None:
    task = services.set_flags(
        actor=sample.counsel, task=get("D08"), flags=["third_party_confidentiality", "export_controlled"]
    )
    assert (task.outcome, task.restriction) == ("OUTSOURCE", "ONSHORE_US_PERSONS")
    assert task.flags == ["export_controlled", "third_party_confidentiality"]
    assert words.task_verdict(task).text == "Outsource · US persons only · 4 conditions open"


def test_a_stop_gate_beats_any_score(sample: Case) -> None:
    task = services.set_flags(
        actor=sample.counsel, task=get("D08"), flags=["court_appearance"], because="No order covers it"
    )
    assert task.score == pytest.approx(85.75)
    assert words.task_verdict(task).text == "Retain · stopped by G01"
    assert words.stage(task.outcome, task.open_conditions) == words.Stage.OUT


def test_practice_of_law_fires_supervision(sample: Case) -> None:
    task = services.set_practice_of_law(actor=sample.counsel, task=get("D12"), practice_of_law="supervised")
    assert task.gates == ["G08"]


def test_conditions_close_with_evidence_and_reopen_with_a_reason(sample: Case) -> None:
    task = get("D08")
    conditions = ["Clause check logged", "Consent or undertaking signed by each reviewer"]
    for left, condition in zip([1, 0], conditions, strict=True):
        task = services.close_condition(
            actor=sample.counsel, task=task, gate="G09", condition=condition, closing=closing("DMS 4711")
        )
        assert task.open_conditions == left
    assert task.is_awardable
    assert words.task_verdict(task).text == "Outsource · 2 conditions closed"
    task = services.reopen_condition(
        actor=sample.counsel, task=task, gate="G09", condition=conditions[0], reason="Clause changed"
    )
    assert (task.open_conditions, task.is_awardable) == (1, False)
    assert events(task)[0].after == {"reason": "Clause changed"}
    assert events(task)[0].before["evidence"] == "DMS 4711"


@pytest.mark.parametrize(
    ("gate", "condition", "evidence", "field"),
    [
        ("G09", "Clause check logged", "  ", "evidence"),
        ("G09", "Something else", "proof", "condition"),
        ("G03", "Export-control officer signs off before any data moves", "proof", "condition"),
    ],
)
def test_closures_that_are_refused(
    sample: Case, gate: str, condition: str, evidence: str, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.close_condition(
            actor=sample.counsel, task=get("D08"), gate=gate, condition=condition, closing=closing(evidence)
        )
    assert field in refused.value.message_dict
    assert not GateClosure.objects.exists()


def test_counsel_notes_go_into_events_that_others_never_see(sample: Case) -> None:
    task = services.edit_task(
        actor=sample.counsel, task=get("D08"), note="Open", counsel_note="Privileged view of risk"
    )
    shown, hidden = (
        [event for event in events(task) if event.is_counsel_only is secret] for secret in (False, True)
    )
    assert "Privileged view" not in json.dumps([[e.before, e.after] for e in shown])
    assert hidden[0].after == {"counsel_note": "Privileged view of risk"}


def test_the_catalogue_brings_typical_answers_until_confirmed(sample: Case) -> None:
    task = services.add_from_catalogue(actor=sample.counsel, assessment=sample.assessment, codes=["T21"])[0]
    assert (task.legal_task.code, task.outcome, task.is_profile_assumed) == ("D19", "OUTSOURCE", True)
    assert task.score == pytest.approx(78.5, abs=0.05)
    assert task.annual_volume is None
    assert set(task.answers.values_list("source", flat=True)) == {FactorAnswer.Source.CATALOGUE}
    task = services.confirm_profile(actor=sample.counsel, task=task)
    assert not task.is_profile_assumed
    assert set(task.answers.values_list("source", "assessor")) == {
        (FactorAnswer.Source.COUNSEL, sample.counsel.pk)
    }


def test_every_catalogue_task_that_is_checked_meets_its_expectation(sample: Case) -> None:
    catalogue = json.loads(Path("tests/reference/task_catalogue.json").read_text(encoding="utf-8"))["tasks"]
    checked = {task["code"]: task["expected"] for task in catalogue if "expected" in task}
    present = {name.casefold() for name in LegalTask.objects.values_list("name", flat=True)}
    codes = [
        task["code"]
        for task in catalogue
        if task["code"] in checked and task["name"].casefold() not in present
    ]
    made = services.add_from_catalogue(actor=sample.counsel, assessment=sample.assessment, codes=codes)
    assert len(made) >= 8
    for task in made:
        expected = checked[task.legal_task.catalogue_code]
        assert task.score == pytest.approx(expected["score"], abs=0.05 + 1e-6)
        assert (task.outcome, task.gates) == (expected["outcome"], expected["gates"])


def test_answering_the_last_typical_factor_confirms_the_profile(sample: Case) -> None:
    task = services.add_from_catalogue(actor=sample.counsel, assessment=sample.assessment, codes=["T21"])[0]
    levels = dict(task.answers.values_list("factor", "level"))
    first = dict(list(levels.items())[:-1])
    flip = {code: (level % 5) + 1 for code, level in first.items()}
    assert services.change_task(actor=sample.counsel, task=task, levels=flip).is_profile_assumed
    last = {list(levels)[-1]: 1 if levels[list(levels)[-1]] != 1 else 2}
    assert not services.change_task(actor=sample.counsel, task=task, levels=last).is_profile_assumed


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [([], "Tick at least one"), (["T99"], "no T99"), (["T21", "T13"], "NDA review and turnaround")],
)
def test_catalogue_choices_that_are_refused(sample: Case, codes: list[str], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        services.add_from_catalogue(actor=sample.counsel, assessment=sample.assessment, codes=codes)
    assert TaskAssessment.objects.count() == 18


def test_a_task_that_is_priced_in_a_bid_stays(sample: Case) -> None:
    with pytest.raises(ValidationError, match="priced in a bid"):
        services.remove_task(actor=sample.counsel, task=get("D01"))
    assert get("D01").answers.count() == 14


def test_a_task_that_nobody_prices_goes_with_its_identity(sample: Case) -> None:
    services.remove_task(actor=sample.counsel, task=get("D14"))
    assert not LegalTask.objects.filter(code="D14").exists()
    assert AuditEvent.objects.filter(verb="removed legal task").count() == 1


def test_rates_change_every_baseline(sample: Case) -> None:
    entries = [
        services.RateEntry(rate.name, rate.hourly_amount * 2, rate.kind, rate.code)
        for rate in RoleRate.objects.all()
    ]
    entries.append(services.RateEntry("Knowledge lawyer", Decimal("150.005"), "internal"))
    before = get("D07").baseline_amount
    assert services.set_role_rates(actor=sample.counsel, assessment=sample.assessment, rates=entries) == 18
    assert get("D07").baseline_amount == before * 2
    assert RoleRate.objects.get(code="knowledge_lawyer").hourly_amount == Decimal("150.00")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda entries: entries[1:], "does part of"),
        (lambda entries: [*entries, services.RateEntry("COUNSEL", Decimal(1), "internal")], "Two roles"),
        (lambda entries: [*entries, services.RateEntry("New", Decimal(-1), "internal")], "0 or more"),
        (lambda entries: [*entries, services.RateEntry("New", Decimal(1), "friend")], "salaried or outside"),
    ],
)
def test_rates_that_are_refused(
    sample: Case, change: Callable[[list[services.RateEntry]], list[services.RateEntry]], sentence: str
) -> None:
    entries = [services.RateEntry(r.name, r.hourly_amount, r.kind, r.code) for r in RoleRate.objects.all()]
    with pytest.raises(ValidationError, match=sentence):
        services.set_role_rates(actor=sample.counsel, assessment=sample.assessment, rates=change(entries))


def test_a_form_that_is_older_than_the_task_is_refused(sample: Case) -> None:
    task = get("D07")
    seen = task.updated_at
    services.answer_factor(actor=sample.owner, task=task, factor="STD", level=2)
    with pytest.raises(services.StaleTaskError):
        services.change_task(actor=sample.counsel, task=task, levels={"STD": 5}, seen=seen)
    assert get("D07").answers.get(factor="STD").level == 2


def test_a_new_assessment_uses_the_known_identity(sample: Case) -> None:
    next_year = services.start_assessment(
        actor=sample.counsel,
        period="FY 2027",
        factor_set=sample.assessment.factor_set,
        supersedes=sample.assessment,
    )
    task = services.add_task(actor=sample.counsel, assessment=next_year, name="nda review and turnaround")
    assert task.legal_task.code == "D07"
