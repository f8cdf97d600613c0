"""How long an assessment is kept: its period, legal holds, and the deletion that leaves a tombstone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.deletion import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from assessments.content import content_sha256
from assessments.models import (
    Assessment,
    Consent,
    FactorAnswer,
    GateClosure,
    LegalHold,
    LegalTask,
    RoleRate,
    State,
    StateChange,
    TaskAssessment,
    Waiver,
)
from assessments.models_duties import DutyMark
from assessments.models_needs import Limit, MustStay, Objective
from assessments.models_split import TaskSplit
from assessments.queries_life import obstacles
from assessments.services import checking
from assessments.services.states import move

MOST_YEARS = 100
MAX_REASON = 300
_NEEDS: tuple[Any, ...] = (Objective, Limit, MustStay)


@transaction.atomic
def set_retention(*, actor: User, assessment: Assessment, years: int | None, basis: str) -> Assessment:
    """Say for how many years it is kept, and on what basis. Raises ``ValidationError`` by field."""
    row = _held(assessment)
    _refuse_deleted(row)
    faults: dict[str, str] = {}
    if years is None or not 1 <= years <= MOST_YEARS:
        faults["years"] = f"Enter a whole number of years from 1 to {MOST_YEARS}."
    cleaned = checking.one_line(basis)
    if not cleaned:
        faults["basis"] = "Say which rule or schedule asks for this period."
    elif len(cleaned) > 200:
        faults["basis"] = f"This has {len(cleaned)} characters; at most 200 fit."
    if faults or years is None:
        raise ValidationError(faults)
    before = _shown(row)
    row.retention_years, row.retention_basis = years, cleaned
    old, new = audit.changes(before, _shown(row))
    if new:
        row.save(update_fields=["retention_years", "retention_basis"])
        audit.record(actor=actor, verb="changed retention", obj=row, before=old, after=new)
    return row


def _shown(row: Assessment) -> dict[str, Any]:
    return {
        "retention_years": row.retention_years,
        "retention_basis": row.retention_basis,
        "keep_until_on": row.keep_until_on.isoformat(),
    }


@transaction.atomic
def set_hold(*, actor: User, assessment: Assessment, reason: str) -> LegalHold:
    """Put an assessment on legal hold, whatever its state; raises ``ValidationError`` by field."""
    row = _held(assessment)
    _refuse_deleted(row)
    why = _reason(reason, "Say what the hold is for: the matter, and who asked for it.")
    hold = LegalHold.objects.create(assessment=row, reason=why, set_by=actor)
    audit.record(actor=actor, verb="set legal hold", obj=row, after={"legal_hold": why})
    return hold


@transaction.atomic
def lift_hold(*, actor: User, hold: LegalHold, reason: str) -> LegalHold:
    """Lift one hold; others that stand go on standing. Raises ``ValidationError`` by field."""
    row = _held(hold.assessment)
    fresh = LegalHold.objects.select_related("lifted_by").get(pk=hold.pk)
    if fresh.lifted_by is not None:
        raise ValidationError({"reason": f"{fresh.lifted_by} has lifted this hold: {fresh.lift_reason}"})
    fresh.lift_reason = _reason(reason, "Say why the hold is lifted, and who released the matter.")
    fresh.lifted_by, fresh.lifted_at = actor, timezone.now()
    fresh.save()
    audit.record(
        actor=actor,
        verb="lifted legal hold",
        obj=row,
        before={"legal_hold": fresh.reason},
        after={"legal_hold": "", "reason": fresh.lift_reason},
    )
    return fresh


@transaction.atomic
def delete_content(*, actor: User, assessment: Assessment, reason: str) -> StateChange:
    """Delete what an assessment says, for good; what is left is the tombstone, which this gives.

    Tables from which the application cannot delete keep their rows: consents with the emptied task that they
    are about, marks of ethics duties, events of the audit trail, the history of states. The tombstone counts
    them. Raises ``ValidationError`` with every obstacle.
    """
    row = _held(assessment)
    if row.status == State.DELETED:
        raise ValidationError("Its content was deleted already.")
    why = _reason(reason, "Say why it is deleted, for example: end of the retention period.")
    found = obstacles(row)
    if found:
        raise ValidationError(found)
    digest = content_sha256(row)
    facts = _emptied(row)
    return move(actor=actor, row=row, after=State.DELETED, comment=why, facts=facts, sha256=digest)


def _emptied(row: Assessment) -> dict[str, Any]:
    tasks = TaskAssessment.objects.filter(assessment=row)
    keys = tasks.values("pk")
    identities = list(tasks.values_list("legal_task", flat=True))
    parts = {"answers": FactorAnswer, "closures": GateClosure, "waivers": Waiver}
    facts: dict[str, Any] = {"tasks": tasks.count()}
    trail = AuditEvent.objects.filter(object_type=TaskAssessment._meta.label_lower)
    texts = [str(key) for key in tasks.values_list("pk", flat=True)]
    events = sum(
        trail.filter(object_id__in=texts[start : start + 500]).count() for start in range(0, len(texts), 500)
    )
    kept = {
        "consents": Consent.objects.filter(task__assessment=row).count(),
        "duty_marks": DutyMark.objects.filter(assessment=row).count(),
        "events": events,
    }
    for name, model in parts.items():
        rows: Any = model
        facts[name] = rows.objects.filter(task__in=keys).delete()[0]
    facts["needs"] = sum(model.objects.filter(assessment=row).delete()[0] for model in _NEEDS)
    splits = TaskSplit.objects.filter(assessment=row)
    identities += splits.values_list("whole", flat=True)
    splits.delete()
    facts["rates"] = RoleRate.objects.filter(assessment=row).delete()[0]
    named = Consent.objects.filter(task=OuterRef("pk"))
    tasks.filter(~Exists(named)).delete()
    for task in tasks.with_task():
        _empty(task)
    _forget(identities)
    return {**facts, "kept": kept}


def _empty(task: TaskAssessment) -> None:
    """Leave of a task only that a consent is about it."""
    blank = TaskAssessment(assessment=task.assessment, legal_task=task.legal_task)
    kept = {"id", "organisation", "assessment", "legal_task", "list_code", "list_name", "search_text"}
    for one in task._meta.concrete_fields:
        if one.name not in kept:
            setattr(task, one.attname, getattr(blank, one.attname))
    task.save()


def _forget(identities: list[int]) -> None:
    """Remove kinds of work that no assessment and no bid names any more."""
    for legal_task in LegalTask.objects.filter(pk__in=identities, assessments=None, must_stays=None):
        try:
            with transaction.atomic():
                legal_task.delete()
        except ProtectedError:
            continue  # a bid prices it


def _held(assessment: Assessment) -> Assessment:
    rows = Assessment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("factor_set").get(pk=assessment.pk)


def _refuse_deleted(row: Assessment) -> None:
    if row.status == State.DELETED:
        raise ValidationError("Its content was deleted; there is nothing left to keep.")


def _reason(text: str, missing: str) -> str:
    cleaned = checking.one_line(text)
    if not cleaned:
        raise ValidationError({"reason": missing})
    if len(cleaned) > MAX_REASON:
        raise ValidationError({"reason": f"This has {len(cleaned)} characters; at most {MAX_REASON} fit."})
    return cleaned
