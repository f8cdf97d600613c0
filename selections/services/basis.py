"""Letting a selection rest on another assessment, once that one is approved."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from assessments.models import Assessment, State
from selections.models import PastBasis, RankingRecord, Selection
from selections.services.trail import Refused, locked


@transaction.atomic
def rest_on(*, selection: Selection, assessment: Assessment, actor: User) -> Selection:
    """Let bids and rankings read tasks, answers and rates of the assessment in force; raises ``Refused``.

    Records that were kept stay as they are: each carries what it was made from.
    """
    held = locked(selection)
    # Held, so that it is still in force when this is saved.
    found = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if found.status != State.APPROVED:
        raise Refused(f"{found} is not approved. A case moves to an assessment that is in force.")
    if held.assessment_id == found.pk:
        raise Refused(f"The case rests on {found} already.")
    before = held.assessment
    numbers = RankingRecord.objects.filter(selection=held).order_by("-number")
    last = numbers.values_list("number", flat=True).first()
    if last is not None:
        PastBasis.objects.create(selection=held, assessment=before, last_record=last)
    held.assessment, held.version = found, held.version + 1
    held.save(update_fields=["assessment", "version"])
    audit.record(
        actor=actor,
        verb="moved case to another assessment",
        obj=held,
        before={"assessment": str(before)},
        after={"assessment": str(found)},
    )
    return held
