"""The states of an assessment: who may move it where, and that only a draft can be changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent, Membership
from assessments import queries, queries_needs, services
from assessments.content import content_lines, content_sha256
from assessments.models import (
    Assessment,
    GateClosure,
    LegalTask,
    RoleRate,
    State,
    StateChange,
    TaskAssessment,
    Waiver,
)
from assessments.models_needs import Limit, Objective
from assessments.services.drafting import ClosedAssessmentError
from tabular import as_block
from tests.conftest import Case
from tests.gates import asked, closing, granted


def fresh(case: Case) -> Assessment:
    return Assessment.objects.get(pk=case.assessment.pk)


def in_review(case: Case) -> Assessment:
    return services.submit(actor=case.counsel, assessment=case.assessment, comment="All tasks looked at")


def approved(case: Case) -> Assessment:
    return services.approve(actor=case.owner, assessment=in_review(case), comment="Read with the GC")


def test_submitted_sent_back_submitted_and_approved(sample: Case) -> None:
    in_review(sample)
    services.send_back(actor=sample.owner, assessment=fresh(sample), comment="D08 needs a reason")
    approved(sample)
    row = fresh(sample)
    told = [(step.before, step.after, step.by, step.comment) for step in row.state_changes.all()]
    assert told == [
        ("draft", "review", sample.counsel, "All tasks looked at"),
        ("review", "draft", sample.owner, "D08 needs a reason"),
        ("draft", "review", sample.counsel, "All tasks looked at"),
        ("review", "approved", sample.owner, "Read with the GC"),
    ]
    last = row.state_changes.last()
    assert last is not None
    assert (last.submitted_by, last.is_alone) == (sample.counsel, False)
    assert last.sha256 == content_sha256(row)
    assert last.facts["tasks"] == 18
    verbs = AuditEvent.objects.filter(object_type="assessments.assessment").values_list("verb", flat=True)
    assert "approved assessment" in set(verbs)


def test_nobody_approves_what_they_submitted_themselves(sample: Case) -> None:
    row = in_review(sample)
    with pytest.raises(ValidationError, match="another owner or counsel"):
        services.approve(actor=sample.counsel, assessment=row, comment="Fine")
    assert fresh(sample).status == State.REVIEW


def test_who_is_alone_approves_and_the_record_says_so(sample: Case) -> None:
    Membership.objects.filter(user=sample.owner).update(role="manager")
    row = services.approve(actor=sample.counsel, assessment=in_review(sample), comment="Only me")
    last = row.state_changes.get(after=State.APPROVED)
    assert last.is_alone
    event = AuditEvent.objects.filter(verb="approved assessment").latest("pk")
    assert event.after is not None
    assert event.after["alone"] is True


def test_the_database_refuses_one_person_as_two(sample: Case) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        StateChange.objects.create(
            assessment=sample.assessment,
            before="review",
            after="approved",
            by=sample.counsel,
            submitted_by=sample.counsel,
            sha256="0" * 64,
        )


def test_the_history_is_append_only(sample: Case) -> None:
    in_review(sample)
    rows = StateChange.objects.filter(assessment=sample.assessment)
    for work in (lambda: rows.update(comment="x"), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            work()


def test_an_empty_assessment_is_not_submitted(sample: Case) -> None:
    empty = Assessment.objects.create(period="Empty", factor_set=sample.assessment.factor_set)
    with pytest.raises(ValidationError, match="no legal task"):
        services.submit(actor=sample.counsel, assessment=empty)


@pytest.mark.parametrize("verb", ["send_back", "approve"])
def test_a_decision_without_a_word_is_refused_beside_the_field(sample: Case, verb: str) -> None:
    row = in_review(sample)
    with pytest.raises(ValidationError) as refused:
        getattr(services, verb)(actor=sample.owner, assessment=row, comment="  ")
    assert list(refused.value.message_dict) == ["comment"]
    assert fresh(sample).status == State.REVIEW


def test_a_step_from_another_state_is_refused(sample: Case) -> None:
    for verb in (services.send_back, services.approve):
        with pytest.raises(ValidationError, match="is now “Draft”"):
            verb(actor=sample.owner, assessment=sample.assessment, comment="x")


# Every way to write, on an assessment in review. ------------------------------------------------------------
def _task(code: str) -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(legal_task__code=code)


def _close(case: Case) -> Any:
    condition = "Export-control officer signs off before any data moves"
    return services.close_condition(
        actor=case.counsel, task=_task("D14"), gate="G03", condition=condition, closing=closing()
    )


def _waiver(case: Case) -> Any:
    return services.ask_waiver(actor=case.counsel, task=_task("D14"), gate="G11", reason="x")


WRITES: dict[str, Callable[[Case], Any]] = {
    "change": lambda case: services.edit_task(actor=case.counsel, task=_task("D01"), note="x"),
    "answer": lambda case: services.answer_factor(
        actor=case.counsel, task=_task("D01"), factor="STD", level=1
    ),
    "flags": lambda case: services.set_flags(actor=case.counsel, task=_task("D01"), flags=["phi"]),
    "confirm": lambda case: services.confirm_profile(actor=case.counsel, task=_task("D01")),
    "add": lambda case: services.add_task(actor=case.counsel, assessment=case.assessment, name="New"),
    "catalogue": lambda case: services.add_from_catalogue(
        actor=case.counsel, assessment=case.assessment, codes=["T40"]
    ),
    "remove": lambda case: services.remove_task(actor=case.counsel, task=_task("D01")),
    "close": _close,
    "reopen": lambda case: services.reopen_condition(
        actor=case.counsel, task=_task("D14"), gate="G03", condition="x", reason="x"
    ),
    "consent": lambda case: services.add_consent(
        actor=case.counsel, task=_task("D14"), gate="G03", condition="x", given=closing().consent
    ),
    "waiver": _waiver,
    "rates": lambda case: services.set_role_rates(actor=case.counsel, assessment=case.assessment, rates=[]),
    "objective": lambda case: services.set_objective(
        actor=case.counsel, assessment=case.assessment, sentence="x"
    ),
    "limit": lambda case: services.set_limit(actor=case.counsel, assessment=case.assessment, sentence="x"),
    "stay": lambda case: services.set_must_stay(actor=case.counsel, assessment=case.assessment, what="x"),
    "no need": lambda case: services.remove_need(actor=case.counsel, row=Limit.objects.all()[0]),
}


@pytest.mark.parametrize("way", sorted(WRITES))
@pytest.mark.parametrize("state", [State.REVIEW, State.APPROVED, State.SUPERSEDED, State.SET_ASIDE])
def test_only_a_draft_is_changed(sample: Case, way: str, state: State) -> None:
    Assessment.objects.filter(pk=sample.assessment.pk).update(status=state)
    before = content_sha256(fresh(sample)), AuditEvent.objects.count()
    with pytest.raises(ClosedAssessmentError, match="cannot be changed"):
        WRITES[way](sample)
    assert (content_sha256(fresh(sample)), AuditEvent.objects.count()) == before


def test_decisions_about_waivers_wait_too(sample: Case) -> None:
    waiver = asked(sample, "D14")
    in_review(sample)
    with pytest.raises(ClosedAssessmentError):
        services.decide_waiver(actor=sample.owner, waiver=waiver, is_granted=True, reason="x")
    with pytest.raises(ClosedAssessmentError):
        services.withdraw_waiver(actor=sample.counsel, waiver=waiver, reason="x")


def test_the_grid_says_of_each_row_that_the_assessment_is_closed(sample: Case) -> None:
    in_review(sample)
    changes = [
        services.RowChange("1", _task("D01").pk, (services.CellChange("note", "x", ""),)),
        services.RowChange("2", None, (services.CellChange("name", "New", ""),)),
    ]
    answers = services.save_rows(actor=sample.counsel, assessment=sample.assessment, rows=changes)
    assert all("is in review and cannot be changed" in answer.fault for answer in answers)
    assert answers[0].task == _task("D01")
    assert TaskAssessment.objects.count() == 18


def test_paste_and_import_say_it_for_the_whole(sample: Case) -> None:
    in_review(sample)
    with pytest.raises(services.PasteRefusedError, match="in review"):
        services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text="New\t1\t2")
    with pytest.raises(services.ImportRefusedError) as refused:
        services.apply_import(
            actor=sample.counsel,
            assessment=sample.assessment,
            block=as_block([["Task"], ["New"]]),
            keys=["name"],
            has_heading=True,
            existing="update",
            shown="",
        )
    assert "in review" in refused.value.plan.fault
    assert TaskAssessment.objects.count() == 18


# What was approved. -----------------------------------------------------------------------------------------
def test_a_change_around_the_services_shows_in_the_hash(sample: Case) -> None:
    row = approved(sample)
    kept = row.state_changes.get(after=State.APPROVED).sha256
    task = TaskAssessment.objects.filter(assessment=row, legal_task__code="D01")
    for changed in ({"annual_volume": Decimal(7)}, {"note": "else"}, {"flags": ["phi"]}, {"score": 99.0}):
        with transaction.atomic():
            task.update(**changed)
            assert content_sha256(row) != kept, changed
            transaction.set_rollback(True)
    assert content_sha256(row) == kept


def test_the_hash_outlives_a_new_name_and_says_nothing_of_counsel_notes(sample: Case) -> None:
    TaskAssessment.objects.filter(legal_task__code="D01").update(counsel_note="privileged words")
    row = approved(sample)
    kept = content_sha256(row)
    LegalTask.objects.filter(code="D01").update(name="Renamed in a later year")
    assert content_sha256(row) == kept
    assert b"privileged words" not in b"".join(content_lines(row))


# A new version, another period. -----------------------------------------------------------------------------
def test_a_new_version_takes_findings_along_with_people_and_dates(sample: Case) -> None:
    _close(sample)
    granted(sample, "D14")
    old = approved(sample)
    new = services.start_version(actor=sample.counsel, assessment=old)
    assert (new.period, new.version, new.status, new.supersedes) == (old.period, 2, "draft", old)
    assert str(new) == f"{old.period}, version 2"
    for model in (GateClosure, Waiver):
        columns = [field.attname for field in model._meta.concrete_fields if field.name not in {"id", "task"}]
        ours, theirs = (
            list(model.objects.filter(task__assessment=row).order_by("pk").values_list(*columns))
            for row in (new, old)
        )
        assert ours == theirs != []
    results = [
        list(
            TaskAssessment.objects.filter(assessment=row)
            .order_by("list_code")
            .values_list("outcome", "score", "gate_codes", "open_conditions", "baseline_amount")
        )
        for row in (old, new)
    ]
    assert results[0] == results[1]
    assert not TaskAssessment.objects.filter(assessment=new, is_profile_assumed=True).exists()
    answers = [
        list(
            row.tasks.order_by("list_code", "answers__factor").values_list(
                "answers__factor", "answers__level", "answers__source", "answers__answered_at"
            )
        )
        for row in (old, new)
    ]
    assert answers[0] == answers[1]


def test_another_period_confirms_nothing(sample: Case) -> None:
    _close(sample)
    granted(sample, "D14")
    old = approved(sample)
    new = services.copy_to_period(actor=sample.counsel, assessment=old, period="FY 2027")
    tasks = TaskAssessment.objects.filter(assessment=new)
    assert tasks.count() == 18
    assert set(tasks.values_list("is_profile_assumed", "carried_from")) == {(True, old.period)}
    assert set(tasks.values_list("answers__source", flat=True)) == {"earlier"}
    assert not GateClosure.objects.filter(task__assessment=new).exists()
    assert not Waiver.objects.filter(task__assessment=new).exists()
    closed = TaskAssessment.objects.get(assessment=old, legal_task__code="D14")
    assert tasks.get(legal_task__code="D14").open_conditions > closed.open_conditions
    assert (
        Objective.objects.filter(assessment=new).count() == Objective.objects.filter(assessment=old).count()
    )
    begun = new.state_changes.get()
    assert (begun.before, begun.after) == ("", "draft")
    assert (begun.facts["left_closures"], begun.facts["left_waivers"]) == (1, 1)


def test_role_rates_of_last_year_stay_marked_until_somebody_saves_them(sample: Case) -> None:
    old = approved(sample)
    new = services.copy_to_period(actor=sample.counsel, assessment=old, period="FY 2027")
    rates = RoleRate.objects.filter(assessment=new)
    assert set(rates.values_list("carried_from", flat=True)) == {old.period}
    assert not queries_needs.standing(new.pk).rates.complete
    entries = [
        services.RateEntry(rate.name, rate.hourly_amount, rate.kind, rate.code, "As agreed") for rate in rates
    ]
    services.set_role_rates(actor=sample.counsel, assessment=new, rates=entries)
    assert set(rates.values_list("carried_from", flat=True)) == {""}
    assert queries_needs.standing(new.pk).rates.is_complete
    event = AuditEvent.objects.filter(verb="changed role rates").latest("pk")
    assert all(f"of {old.period}, to confirm" in said for said in (event.before or {}).values())


def test_figures_of_last_year_are_confirmed_by_saying_so(sample: Case) -> None:
    new = services.copy_to_period(actor=sample.counsel, assessment=approved(sample), period="FY 2027")
    task = TaskAssessment.objects.get(assessment=new, legal_task__code="D01")
    levels = dict(task.answers.values_list("factor", "level"))
    for factor, level in levels.items():
        reason = {factor: "Seen again"}
        services.change_task(actor=sample.counsel, task=task, levels={factor: level}, reasons=reason)
    task.refresh_from_db()
    assert task.is_profile_assumed  # volumes and flags are still those of last year
    services.confirm_profile(actor=sample.counsel, task=task)
    task.refresh_from_db()
    assert (task.is_profile_assumed, task.carried_from) == (False, "")
    event = AuditEvent.objects.filter(object_id=str(task.pk)).latest("pk")
    assert event.verb == "confirmed answers and figures of an earlier period"


def test_the_old_one_is_in_force_until_the_new_one_is_approved(sample: Case) -> None:
    old = approved(sample)
    new = services.copy_to_period(actor=sample.counsel, assessment=old, period="FY 2027")
    assert fresh(sample).status == State.APPROVED
    assert queries.current_assessment() == new
    services.submit(actor=sample.counsel, assessment=new)
    services.approve(actor=sample.owner, assessment=new, comment="Read")
    assert fresh(sample).status == State.SUPERSEDED
    assert Assessment.objects.get(status=State.APPROVED) == new


def test_a_copy_that_nobody_wants_is_set_aside(sample: Case) -> None:
    old = approved(sample)
    new = services.start_version(actor=sample.counsel, assessment=old)
    services.set_aside(actor=sample.counsel, assessment=new, comment="Wrong button")
    assert queries.current_assessment() == old
    again = services.start_version(actor=sample.counsel, assessment=old)
    assert again.version == 3


@pytest.mark.parametrize(
    ("period", "sentence"), [(" ", "Say which period"), ("fy 2026", "already"), ("x" * 41, "at most 40")]
)
def test_a_period_that_cannot_be_is_refused_beside_its_field(
    sample: Case, period: str, sentence: str
) -> None:
    old = approved(sample)
    with pytest.raises(ValidationError, match=sentence) as refused:
        services.copy_to_period(actor=sample.counsel, assessment=old, period=period)
    assert list(refused.value.message_dict) == ["period"]
    assert Assessment.objects.count() == 1


def test_one_copy_is_under_way_at_a_time(sample: Case) -> None:
    old = approved(sample)
    services.start_version(actor=sample.counsel, assessment=old)
    with pytest.raises(ValidationError, match="is under way"):
        services.copy_to_period(actor=sample.counsel, assessment=old, period="FY 2027")
