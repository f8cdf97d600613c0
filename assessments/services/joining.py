"""Joining the parts of a split task: the whole is again what it was, with what had been found about it."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.deletion import ProtectedError

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import FactorAnswer, GateClosure, LegalTask, TaskAssessment
from assessments.models_split import TaskSplit
from assessments.queries_split import join_obstacles
from assessments.services.changing import locked
from assessments.services.drafting import hold_draft
from assessments.services.splitting import CLOSURE, MARKS, end_waivers, said


@transaction.atomic
def join_parts(*, actor: User, split: TaskSplit) -> TaskAssessment:
    """Make the whole again as it was before the split; what was done on the parts since is given up.

    Answers that nobody touched are what they were; where somebody gave another one for the part, the answer
    of the whole comes back for them to confirm. Raises ``ValidationError`` with every obstacle.
    """
    hold_names()
    hold_draft(split.assessment_id)
    found = join_obstacles(split)
    if found:
        raise ValidationError(found)
    rows = TaskAssessment.objects.filter(assessment=split.assessment_id)
    row = locked(rows.get(legal_task=split.stays_id))
    other = locked(rows.get(legal_task=split.out_id))
    before = {"goes_out": said(other), "stays": said(row)}
    end_waivers(actor, row, f"{row.legal_task.code} was joined with {other.legal_task.code}.")
    given_up = row.closures.count() + other.closures.count()
    _restore(split, row)
    _join_answers(split, row)
    audit.record(
        actor=actor,
        verb="removed legal task by joining",
        obj=other,
        label=str(other),
        before={"legal_task": before["goes_out"]},
        after={"to": str(split.whole)},
    )
    other.delete()
    parts = [split.out, split.stays]
    _bring_back(split, row)
    split.delete()
    _forget(parts)
    scoring.rescore(row)
    after = {"whole": said(row)} | ({"closed_conditions_given_up": given_up} if given_up else {})
    audit.record(actor=actor, verb="joined legal task again", obj=row, before=before, after=after)
    return row


def _bring_back(split: TaskSplit, row: TaskAssessment) -> None:
    row.closures.all().delete()
    for one in split.closures.select_related("lawyer", "consent", "closed_by"):
        made = GateClosure.objects.create(task=row, **{name: getattr(one, name) for name in CLOSURE})
        GateClosure.objects.filter(pk=made.pk).update(closed_at=one.closed_at)


def _restore(split: TaskSplit, row: TaskAssessment) -> None:
    was = split.figures
    row.legal_task = split.whole
    for name in ("annual_volume", "hours_per_unit", "turnaround_days"):
        setattr(row, name, None if was[name] is None else Decimal(was[name]))
    for name in ("practice_of_law", "unit", "staffing_mix", "flags", *MARKS):
        setattr(row, name, was[name])
    row.take_identity()
    row.save()


def _join_answers(split: TaskSplit, row: TaskAssessment) -> None:
    row.answers.exclude(factor__in=split.answers).delete()
    is_changed = False
    for answer in row.answers.all():
        was = split.answers[answer.factor]
        if (answer.level, answer.reason) == (was["level"], was["reason"]):
            if answer.source == FactorAnswer.Source.WHOLE:
                row.answers.filter(pk=answer.pk).update(source=was["source"])
            continue
        is_changed = True
        row.answers.filter(pk=answer.pk).update(
            level=was["level"], reason=was["reason"], source=FactorAnswer.Source.WHOLE
        )
    if is_changed:
        row.is_profile_assumed = True
        row.save(update_fields=["is_profile_assumed"])


def _forget(parts: list[LegalTask]) -> None:
    """Remove the identities of the parts, unless another year knows them."""
    for part in parts:
        if part.assessments.exists():
            continue
        try:
            with transaction.atomic():
                part.delete()
        except ProtectedError:
            continue  # a bid of another year prices it
