"""Waivers: one person asks, another decides; law and supervision never; ended with the gate."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

import records
from accounts.models import AuditEvent, Membership
from assessments import queries_totals, services, words
from assessments.models import TaskAssessment, Waiver
from assessments.rulebook import Rulebook
from assessments.scoring import rescore_all
from selections.queries.inputs import read_inputs
from selections.services import preview_ranking
from tests.conftest import Case
from tests.factor_sets import use_another_set
from tests.gates import asked, closing, unprepared

WHY = "Six weeks, and counsel looks at all of it"


def get(code: str = "D08") -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(legal_task__code=code)


def grant(case: Case, waiver: Waiver) -> TaskAssessment:
    return services.decide_waiver(actor=case.owner, waiver=waiver, is_granted=True, reason=WHY)


def verbs(task: TaskAssessment) -> list[str]:
    events = AuditEvent.objects.filter(object_type="assessments.taskassessment", object_id=str(task.pk))
    return [event.verb for event in events]


def refused(work: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as found:
        work()
    return dict(found.value.message_dict)


def test_asking_changes_nothing_and_granting_lifts_the_stop(sample: Case) -> None:
    waiver = asked(sample)
    assert words.task_verdict(get()).text == "Prepare first · needs G11 · 3 conditions open"
    task = grant(sample, waiver)
    assert (task.outcome, task.gates, task.gate_codes) == ("OUTSOURCE", ["G09", "G11"], " G09 G11 ~G11 ")
    assert words.task_verdict(task).text == "Outsource · G11 waived · 2 conditions open"
    assert task.open_conditions == 2  # of G09; the one of G11 counts as closed
    assert not task.is_awardable
    assert verbs(task)[:2] == ["granted waiver", "asked for a waiver"]
    event = AuditEvent.objects.filter(verb="granted waiver").get()
    assert event.after == {"gate": "G11", "waiver": "In force", "reason": WHY}
    assert event.actor == sample.owner


def test_a_waiver_and_closed_conditions_make_a_task_awardable(sample: Case) -> None:
    task = grant(sample, asked(sample))
    for condition in Rulebook(sample.assessment.factor_set.content).gates["G09"].conditions:
        task = services.close_condition(
            actor=sample.counsel, task=task, gate="G09", condition=condition, closing=closing()
        )
    assert task.is_awardable


def test_the_one_who_asked_never_decides(sample: Case) -> None:
    waiver = asked(sample)
    for answer in (True, False):
        faults = refused(
            lambda answer=answer: services.decide_waiver(
                actor=sample.counsel, waiver=waiver, is_granted=answer, reason=WHY
            )
        )
        assert "another person" in faults["answer"][0]
    waiver.decided_by, waiver.state = sample.counsel, Waiver.State.GRANTED
    with pytest.raises(IntegrityError, match="waiver_by_a_second_person"), transaction.atomic():
        waiver.save()
    waiver.decided_by = None
    with pytest.raises(IntegrityError, match="waiver_decided_by_somebody"), transaction.atomic():
        waiver.save()


def test_a_refusal_leaves_the_stop_and_one_may_ask_again(sample: Case) -> None:
    waiver = asked(sample)
    task = services.decide_waiver(actor=sample.owner, waiver=waiver, is_granted=False, reason="Not yet")
    assert task.outcome == "PREPARE_FIRST"
    assert task.waivers.get().state == "refused"
    assert asked(sample).pk != waiver.pk


@pytest.mark.parametrize(
    ("code", "gate", "sentence"),
    [
        ("D14", "G03", "rests on law and cannot be waived. Close its conditions with evidence and a named"),
        ("D01", "G08", "is a duty of supervision and cannot be waived"),
        ("D18", "G02", "split the task instead"),
        ("D08", "G03", "does not apply"),
        ("D08", "G99", "does not apply"),
        ("D08", "x" * 500, "does not apply"),
    ],
)
def test_what_cannot_be_waived_says_what_to_do(sample: Case, code: str, gate: str, sentence: str) -> None:
    faults = refused(
        lambda: services.ask_waiver(actor=sample.counsel, task=get(code), gate=gate, reason="Because")
    )
    assert sentence in faults["gate"][0]
    assert not Waiver.objects.exists()


def test_reasons_are_needed_and_fit_on_page_1(sample: Case) -> None:
    task = unprepared(sample)
    for reason, sentence in ((" ", "Say why"), ("x" * 301, "at most 300 fit")):
        faults = refused(
            lambda reason=reason: services.ask_waiver(
                actor=sample.counsel, task=task, gate="G11", reason=reason
            )
        )
        assert sentence in faults["reason"][0]
    waiver = asked(sample)
    assert "reason" in refused(
        lambda: services.decide_waiver(actor=sample.owner, waiver=waiver, is_granted=True, reason="")
    )
    assert "reason" in refused(lambda: services.withdraw_waiver(actor=sample.owner, waiver=waiver, reason=""))
    assert get().waivers.get().state == "asked"


def test_one_person_alone_cannot_waive(sample: Case) -> None:
    task = unprepared(sample)
    Membership.objects.filter(organisation=sample.organisation, user=sample.owner).update(role="manager")
    faults = refused(
        lambda: services.ask_waiver(actor=sample.counsel, task=task, gate="G11", reason="Because")
    )
    assert "takes two people" in faults["gate"][0]
    Membership.objects.filter(organisation=sample.organisation, user=sample.owner).update(role="owner")
    sample.owner.is_active = False
    sample.owner.save()
    assert "gate" in refused(
        lambda: services.ask_waiver(actor=sample.counsel, task=task, gate="G11", reason="Because")
    )


def test_two_who_ask_at_once_make_one_request(sample: Case) -> None:
    waiver = asked(sample)
    faults = refused(
        lambda: services.ask_waiver(actor=sample.owner, task=get(), gate="G11", reason="Because")
    )
    assert faults["gate"] == ["Carmen Counsel has asked for this already."]
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(task=waiver.task, gate="G11", reason="Twice", asked_by=sample.owner)


def test_a_form_that_is_older_than_the_decision_decides_nothing(sample: Case) -> None:
    waiver = asked(sample)
    stale = Waiver.objects.get(pk=waiver.pk)
    grant(sample, waiver)
    faults = refused(
        lambda: services.decide_waiver(actor=sample.owner, waiver=stale, is_granted=False, reason="No")
    )
    assert faults["answer"] == [f"Orla Owner has granted this waiver already: {WHY}"]
    services.withdraw_waiver(actor=sample.counsel, waiver=stale, reason="The playbook is written")
    assert (
        "has withdrawn"
        in refused(
            lambda: services.decide_waiver(actor=sample.owner, waiver=stale, is_granted=True, reason=WHY)
        )["answer"][0]
    )
    assert (
        "has withdrawn"
        in refused(lambda: services.withdraw_waiver(actor=sample.owner, waiver=stale, reason="Twice"))[
            "reason"
        ][0]
    )


def test_withdrawing_brings_the_stop_back(sample: Case) -> None:
    waiver = asked(sample)
    grant(sample, waiver)
    task = services.withdraw_waiver(actor=sample.counsel, waiver=waiver, reason="The playbook is late")
    assert task.outcome == "PREPARE_FIRST"
    assert task.gate_codes == " G09 G11 "
    ended = task.waivers.get()
    assert (ended.state, ended.ended_by, ended.decided_by) == ("withdrawn", sample.counsel, sample.owner)


def test_a_waiver_ends_with_its_gate_and_does_not_come_back(sample: Case) -> None:
    grant(sample, asked(sample))
    services.answer_factor(actor=sample.counsel, task=get(), factor="RDY", level=2)
    ended = Waiver.objects.get()
    assert (ended.state, ended.ended_by) == ("ended", None)
    assert ended.end_reason == "G11 no longer applies to the task."
    assert "ended waiver" in verbs(get())
    task = services.answer_factor(actor=sample.counsel, task=get(), factor="RDY", level=1)
    assert task.outcome == "PREPARE_FIRST"


def test_a_waiver_ends_when_its_gate_becomes_law(sample: Case) -> None:
    grant(sample, asked(sample))
    content = copy.deepcopy(sample.assessment.factor_set.content)
    next(gate for gate in content["gates"] if gate["code"] == "G11")["kind"] = "law"
    use_another_set(sample, content)
    rescore_all(assessment=sample.assessment)
    assert get().outcome == "PREPARE_FIRST"
    assert Waiver.objects.get().end_reason == "G11 cannot be waived any more."
    assert "waived" not in case_task(sample)


def case_task(case: Case, code: str = "D08") -> dict[str, Any]:
    tasks = read_inputs(case.selection).case["tasks"]
    return next(task for task in tasks if task["code"] == code)


def test_page_case_and_record_agree(sample: Case) -> None:
    before = case_task(sample)
    assert {"waived", "waivers"}.isdisjoint(before)
    waiver = asked(sample)
    assert {"waived", "waivers"}.isdisjoint(case_task(sample))
    grant(sample, waiver)
    preview = preview_ranking(selection=sample.selection, weights=None)
    given = next(task for task in preview.inputs.case["tasks"] if task["code"] == "D08")
    assert given["waived"] == ["G11"]
    assert given["waivers"][0] | {"asked_at": "", "granted_at": ""} == {
        "gate": "G11",
        "asked_by": "Carmen Counsel",
        "asked_at": "",
        "reason": "A pilot of six weeks writes the playbook",
        "granted_by": "Orla Owner",
        "granted_at": "",
        "granted_because": WHY,
    }
    found = records.compute_case(preview.inputs.case)["suitability"]
    for task in TaskAssessment.objects.with_task():
        result = found[task.legal_task.code]
        assert (result["outcome"], result["restriction"] or "") == (task.outcome, task.restriction)
        assert result["gates"] == task.result["gates"]
    assert found["D08"]["in_basket"]
    assert [gate.get("waived") for gate in found["D08"]["gates"]] == [None, True]


def test_totals_know_what_is_waived(sample: Case) -> None:
    book = Rulebook(sample.assessment.factor_set.content)
    first = queries_totals.totals(assessment=sample.assessment, rulebook=book)
    waiver = asked(sample)
    before = queries_totals.totals(assessment=sample.assessment, rulebook=book)
    grant(sample, waiver)
    after = queries_totals.totals(assessment=sample.assessment, rulebook=book)
    fired = [found.fired["G11"] for found in (first, before, after)]
    assert fired == [fired[0], fired[0] + 1, fired[0] + 1]
    assert [found.waived.get("G11", 0) for found in (first, before, after)] == [0, 0, 1]
    assert [found.stops - first.stops for found in (first, before, after)] == [0, 1, 0]
    assert [found.stopped - first.stopped for found in (first, before, after)] == [0, 1, 0]
    assert after.stopped_codes == first.stopped_codes
