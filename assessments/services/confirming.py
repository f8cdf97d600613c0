"""Confirming what the catalogue, an earlier period or a whole that was split says of legal tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from assessments.models import Assessment, FactorAnswer, TaskAssessment
from assessments.services.changing import locked
from assessments.services.drafting import hold_draft

MOST_AT_ONCE = 100


@transaction.atomic
def confirm_profile(*, actor: User, task: TaskAssessment) -> TaskAssessment:
    """Take over what came from the catalogue or an earlier period as what holds here and now."""
    row = locked(task)
    _confirm(actor, row)
    return row


@transaction.atomic
def confirm_profiles(*, actor: User, assessment: Assessment, seen: Mapping[int, datetime]) -> int:
    """Do so for several tasks at once, all or none, each with its event; gives how many there were.

    ``seen``: key to the ``updated_at`` that the page showed. Raises ``ValidationError`` for none, for more
    than 100, and naming every task that was changed, confirmed or removed since.
    """
    if not seen:
        raise ValidationError("Tick at least one legal task.")
    if len(seen) > MOST_AT_ONCE:
        raise ValidationError(f"At most {MOST_AT_ONCE} legal tasks can be confirmed at once.")
    hold_draft(assessment.pk)
    rows = TaskAssessment.objects.select_for_update(of=("self",)).with_task().filter(assessment=assessment)
    tasks = {row.pk: row for row in rows.filter(pk__in=seen).order_by("list_code", "pk")}
    if gone := len(seen.keys() - tasks.keys()):
        raise ValidationError(
            f"{gone} of them {'is' if gone == 1 else 'are'} not in the assessment any more."
        )
    moved = [row for row in tasks.values() if row.updated_at != seen[row.pk] or not row.is_profile_assumed]
    if moved:
        codes = ", ".join(row.list_code for row in moved)
        raise ValidationError(f"Changed or confirmed by somebody since this page was opened: {codes}.")
    for row in tasks.values():
        row.assessment = assessment  # or each save asks whether it is ours
        _confirm(actor, row)
    return len(tasks)


def _confirm(actor: User, row: TaskAssessment) -> None:
    assumed = list(row.answers.filter(source__in=FactorAnswer.ASSUMED))
    factors = sorted(answer.factor for answer in assumed)
    is_part = any(answer.source == FactorAnswer.Source.WHOLE for answer in assumed)
    for answer in assumed:
        answer.source, answer.assessor = FactorAnswer.Source.COUNSEL, actor
        answer.save()
    earlier = row.carried_from
    row.is_profile_assumed, row.carried_from = False, ""
    row.save(update_fields=["is_profile_assumed", "carried_from", "updated_at"])
    what = "answers and figures of an earlier period" if earlier else "typical answers"
    verb = f"confirmed {'answers of the task before it was split' if is_part else what}"
    before = {"from_period": earlier} if earlier else None
    audit.record(actor=actor, verb=verb, obj=row, before=before, after={"factors": factors})
