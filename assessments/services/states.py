"""From draft to review, approval and back; every step is one transaction with its place in the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current, hold_names
from assessments.content import content_sha256
from assessments.models import Assessment, LegalTask, State, StateChange, TaskAssessment
from assessments.queries_life import MAY, counts, users_of
from assessments.services import checking
from assessments.words_life import VERBS

MAX_COMMENT = 600


@transaction.atomic
def submit(*, actor: User, assessment: Assessment, comment: str = "") -> Assessment:
    """Hand a draft over to be reviewed; nothing in it can be changed from now on.

    Raises ``ValidationError``: it is no draft, or there is nothing in it.
    """
    row = held(assessment, State.DRAFT)
    facts = counts(row)
    if not facts["tasks"]:
        raise ValidationError("There is no legal task in this assessment yet: nothing can be reviewed.")
    move(actor=actor, row=row, after=State.REVIEW, comment=_comment(comment), facts=facts)
    return row


@transaction.atomic
def send_back(*, actor: User, assessment: Assessment, comment: str) -> Assessment:
    """Make it a draft again, with what is to be done; who submitted it may take it back the same way."""
    row = held(assessment, State.REVIEW)
    said = _comment(comment, "Say what is to be changed, or why it is taken back.")
    move(actor=actor, row=row, after=State.DRAFT, comment=said)
    return row


@transaction.atomic
def approve(*, actor: User, assessment: Assessment, comment: str) -> Assessment:
    """Approve what another person submitted, and keep the hash of it; what was in force is superseded.

    Who submitted it may approve only where nobody else could, and the history then says so. Raises
    ``ValidationError``.
    """
    hold_names()  # one approval at a time: there is one assessment in force
    row = held(assessment, State.REVIEW)
    said = _comment(comment, "Say what you looked at, or what the approval rests on.")
    submitted = row.state_changes.filter(after=State.REVIEW).last()
    submitted_by = submitted.by if submitted else actor
    is_own = submitted_by == actor
    if is_own and has_second_person(organisation=current(), me=actor, action=MAY):
        raise ValidationError("You submitted it yourself; another owner or counsel has to approve it.")
    for other in Assessment.objects.filter(status=State.APPROVED).select_for_update(no_key=True):
        move(actor=actor, row=other, after=State.SUPERSEDED, comment=f"{row} was approved.")
    names = LegalTask.objects.filter(pk=OuterRef("legal_task")).values("name")
    TaskAssessment.objects.filter(assessment=row).update(approved_name=Subquery(names))
    move(
        actor=actor,
        row=row,
        after=State.APPROVED,
        comment=said,
        facts=counts(row),
        sha256=content_sha256(row),
        submitted_by=submitted_by,
        is_alone=is_own,
    )
    return row


@transaction.atomic
def set_aside(*, actor: User, assessment: Assessment, comment: str) -> Assessment:
    """Give up a draft that was copied from an assessment; that one is the current one again."""
    row = held(assessment, State.DRAFT)
    said = _comment(comment, "Say why it is given up.")
    if row.supersedes is None:
        raise ValidationError("There is no earlier assessment to go back to. Change this one instead.")
    found = users_of(row)
    if found:
        raise ValidationError(f"It is in use: {'; '.join(found)}.")
    move(actor=actor, row=row, after=State.SET_ASIDE, comment=said)
    return row


def held(assessment: Assessment, state: State) -> Assessment:
    """Read an assessment again and keep others off it; somebody may have been faster."""
    rows = Assessment.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("factor_set", "supersedes").get(pk=assessment.pk)
    if row.status != state:
        raise ValidationError(
            f"This is for an assessment with the state “{state.label}”; "
            f"this one is now “{row.get_status_display()}”."
        )
    return row


def move(
    *,
    actor: User,
    row: Assessment,
    after: State,
    comment: str = "",
    facts: Mapping[str, Any] | None = None,
    **approval: Any,
) -> StateChange:
    """Change the state of a held assessment; history and audit trail say so in the same transaction."""
    before = row.status
    row.status = after
    if after in {State.APPROVED, State.SUPERSEDED, State.SET_ASIDE}:
        row.kept_from_on = timezone.localdate()
    row.save(update_fields=["status", "kept_from_on"])
    change = StateChange.objects.create(
        assessment=row, before=before, after=after, by=actor, comment=comment, facts=facts or {}, **approval
    )
    said: dict[str, Any] = {"state": after.label}
    said |= {"comment": comment} if comment else {}
    said |= {"sha256": change.sha256} if change.sha256 else {}
    said |= {"submitted_by": str(change.submitted_by)} if change.submitted_by else {}
    said |= {"alone": True} if change.is_alone else {}
    audit.record(actor=actor, verb=VERBS[after], obj=row, before={"state": State(before).label}, after=said)
    return change


def _comment(text: str, missing: str = "") -> str:
    cleaned = checking.one_line(text)
    if missing and not cleaned:
        raise ValidationError({"comment": missing})
    if len(cleaned) > MAX_COMMENT:
        raise ValidationError({"comment": f"This has {len(cleaned)} characters; at most {MAX_COMMENT} fit."})
    return cleaned
