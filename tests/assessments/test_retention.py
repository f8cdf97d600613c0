"""Retention, legal holds, and the deletion that leaves a tombstone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEvent
from assessments import services
from assessments.content import content_sha256
from assessments.models import (
    Assessment,
    Consent,
    FactorAnswer,
    GateClosure,
    LegalTask,
    RoleRate,
    State,
    StateChange,
    TaskAssessment,
)
from assessments.models_duties import DutyMark
from assessments.models_needs import Objective
from assessments.queries_life import obstacles
from lpo import rail
from lpo.search import search
from selections.models import PastBasis, Selection
from selections.services import Refused, rest_on
from tests.assessments.test_life import approved
from tests.conftest import Case
from tests.gates import closing

LONG_AGO = dt.date(2010, 1, 1)


def ended(case: Case, *, without_case: bool = True) -> Assessment:
    """An approved assessment with a consent, superseded long ago by the one that the case rests on now."""
    task = TaskAssessment.objects.get(legal_task__code="D14")
    condition = "Export-control officer signs off before any data moves"
    services.close_condition(
        actor=case.counsel, task=task, gate="G03", condition=condition, closing=closing()
    )
    old = approved(case)
    new = services.copy_to_period(actor=case.counsel, assessment=old, period="FY 2027")
    services.submit(actor=case.counsel, assessment=new)
    services.approve(actor=case.owner, assessment=new, comment="Read")
    if without_case:  # as if no ranking had ever been kept
        Selection.objects.update(assessment=new)
    Assessment.objects.filter(pk=old.pk).update(kept_from_on=LONG_AGO)
    return Assessment.objects.get(pk=old.pk)


def test_the_period_counts_from_approval_and_again_from_superseding(sample: Case) -> None:
    row = Assessment.objects.get(pk=sample.assessment.pk)
    assert row.keep_until_on.year == row.created_at.year + 7
    Assessment.objects.filter(pk=row.pk).update(kept_from_on=LONG_AGO)
    assert approved(sample).kept_from_on == timezone.localdate()


def test_a_period_that_ends_on_the_29th_of_february_ends_the_day_after(sample: Case) -> None:
    row = Assessment(kept_from_on=dt.date(2024, 2, 29), retention_years=7)
    assert row.keep_until_on == dt.date(2031, 3, 1)
    row.retention_years = 8
    assert row.keep_until_on == dt.date(2032, 2, 29)


def test_the_default_comes_from_the_setting(sample: Case, settings: Any) -> None:
    settings.RETENTION_YEARS = 12
    made = Assessment.objects.create(period="Later", factor_set=sample.assessment.factor_set)
    assert made.retention_years == 12


def test_a_period_is_changed_with_its_basis_on_the_trail(sample: Case) -> None:
    row = services.set_retention(
        actor=sample.owner, assessment=sample.assessment, years=10, basis="Schedule 4.2"
    )
    assert (row.retention_years, row.retention_basis) == (10, "Schedule 4.2")
    event = AuditEvent.objects.latest("pk")
    assert event.after is not None
    assert event.after["keep_until_on"] == row.keep_until_on.isoformat()


@pytest.mark.parametrize(("years", "basis", "fields"), [(0, "x", ["years"]), (101, "", ["years", "basis"])])
def test_a_period_that_cannot_be_is_refused(sample: Case, years: int, basis: str, fields: list[str]) -> None:
    with pytest.raises(ValidationError) as refused:
        services.set_retention(actor=sample.owner, assessment=sample.assessment, years=years, basis=basis)
    assert sorted(refused.value.message_dict) == sorted(fields)


def test_each_hold_is_lifted_by_itself(sample: Case) -> None:
    row = ended(sample)
    one, two = (
        services.set_hold(actor=sample.owner, assessment=row, reason=reason) for reason in ("Doe", "Roe")
    )
    services.lift_hold(actor=sample.counsel, hold=one, reason="Settled")
    assert obstacles(row) == ["Legal hold: Roe"]
    with pytest.raises(ValidationError, match="Legal hold: Roe"):
        services.delete_content(actor=sample.owner, assessment=row, reason="Due")
    services.lift_hold(actor=sample.counsel, hold=two, reason="Settled")
    assert obstacles(row) == []
    with pytest.raises(ValidationError, match="has lifted this hold"):
        services.lift_hold(actor=sample.counsel, hold=two, reason="Again")
    verbs = list(AuditEvent.objects.filter(verb__contains="legal hold").values_list("verb", flat=True))
    assert sorted(verbs) == ["lifted legal hold"] * 2 + ["set legal hold"] * 2


def test_everything_that_stands_against_a_deletion_is_said(sample: Case) -> None:
    row = approved(sample)
    services.copy_to_period(actor=sample.counsel, assessment=row, period="FY 2027")
    said = " ".join(obstacles(row))
    for part in ("approved", "It is kept until", "Routine legal work", "FY 2027 was copied from it"):
        assert part in said


def test_it_is_kept_on_the_last_day_and_not_on_the_next(sample: Case) -> None:
    row = ended(sample)
    today = timezone.localdate()
    try:
        start = today.replace(year=today.year - row.retention_years)
    except ValueError:  # on a 29 February no period ends, but the one that ends tomorrow still runs
        start = dt.date(today.year - row.retention_years, 3, 1)
    row.kept_from_on = start
    row.save()
    assert any("It is kept until" in obstacle for obstacle in obstacles(row))
    row.kept_from_on = start - dt.timedelta(days=1)
    row.save()
    assert obstacles(row) == []


def test_a_deletion_leaves_a_tombstone_and_no_content(sample: Case) -> None:
    row = ended(sample)
    TaskAssessment.objects.filter(assessment=row).update(note="SECRET", counsel_note="SECRET")
    digest, name = content_sha256(row), str(row)
    stone = services.delete_content(actor=sample.owner, assessment=row, reason="End of the period")
    row.refresh_from_db()
    assert (row.status, str(row)) == (State.DELETED, name)
    assert (stone.by, stone.sha256, stone.comment) == (sample.owner, digest, "End of the period")
    assert (stone.facts["tasks"], stone.facts["closures"]) == (18, 1)
    assert stone.facts["kept"]["consents"] == 1
    assert stone.facts["kept"]["duty_marks"] == DutyMark.objects.filter(assessment=row).count() > 0
    for model, key in (
        (FactorAnswer, "task__assessment"),
        (GateClosure, "task__assessment"),
        (RoleRate, "assessment"),
        (Objective, "assessment"),
    ):
        rows: Any = model
        assert not rows.objects.filter(**{key: row}).exists()
    # Only the emptied task that the consent is about is left; the newer assessment has all of its own.
    left = TaskAssessment.objects.get(assessment=row)
    assert (left.note, left.counsel_note, left.flags, left.result, left.annual_volume) == (
        *("", ""),
        [],
        {},
        None,
    )
    assert left.consents.get() == Consent.objects.get()
    assert TaskAssessment.objects.exclude(assessment=row).count() == 18


def test_a_kind_of_work_of_that_year_alone_is_forgotten(sample: Case) -> None:
    services.add_task(actor=sample.counsel, assessment=sample.assessment, name="Only that year")
    row = ended(sample)
    newer = TaskAssessment.objects.get(assessment__supersedes=row, legal_task__name="Only that year")
    newer.answers.all().delete()
    newer.delete()
    services.delete_content(actor=sample.owner, assessment=row, reason="Due")
    assert not LegalTask.objects.filter(name="Only that year").exists()
    assert LegalTask.objects.filter(code="D01").exists()


def test_what_is_deleted_is_not_found_or_changed_any_more(sample: Case) -> None:
    row = ended(sample)
    services.delete_content(actor=sample.owner, assessment=row, reason="Due")
    hits = search("D14", may=lambda action: False, case=None, counts=rail.count(None))
    assert [hit.detail for hit in hits] == ["FY 2027, approved"]
    for work in (
        lambda: services.set_hold(actor=sample.owner, assessment=row, reason="x"),
        lambda: services.set_retention(actor=sample.owner, assessment=row, years=9, basis="x"),
        lambda: services.delete_content(actor=sample.owner, assessment=row, reason="x"),
    ):
        with pytest.raises(ValidationError, match="deleted"):
            work()


def test_a_case_moves_to_the_assessment_in_force_and_its_records_hold_the_old_one(sample: Case) -> None:
    row = ended(sample, without_case=False)
    new = Assessment.objects.get(status=State.APPROVED)
    moved = rest_on(selection=sample.selection, assessment=new, actor=sample.procurement)
    assert moved.assessment == new
    assert PastBasis.objects.get().assessment == row
    assert obstacles(row) == ["It is the basis of the kept rankings of “Routine legal work, up to record 1”."]
    with pytest.raises(ValidationError, match="kept rankings"):
        services.delete_content(actor=sample.owner, assessment=row, reason="Due")


def test_a_case_rests_on_nothing_but_what_is_in_force(sample: Case) -> None:
    draft = Assessment.objects.create(period="Draft", factor_set=sample.assessment.factor_set)
    with pytest.raises(Refused, match="not approved"):
        rest_on(selection=sample.selection, assessment=draft, actor=sample.procurement)


def test_a_deletion_needs_a_reason(sample: Case) -> None:
    row = ended(sample)
    with pytest.raises(ValidationError) as refused:
        services.delete_content(actor=sample.owner, assessment=row, reason=" ")
    assert list(refused.value.message_dict) == ["reason"]
    assert not StateChange.objects.filter(after=State.DELETED).exists()
