"""Recording that somebody whose consent a gate needs gave it; what was recorded stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assessments.models import Consent, TaskAssessment
from assessments.rulebook import Rulebook
from assessments.services import checking
from assessments.services.changing import locked

_EARLIEST = dt.date(1970, 1, 1)


@dataclass(frozen=True)
class ConsentGiven:
    """Who consented, in what capacity (office or organisation), when, and where the document is."""

    given_by: str
    capacity: str
    given_on: dt.date | None
    document: str


@transaction.atomic
def add_consent(
    *, actor: User, task: TaskAssessment, gate: str, condition: str, given: ConsentGiven
) -> Consent:
    """Record one more consent for a condition that asks for one, open or closed (each reviewer signs).

    Raises ``ValidationError`` by field.
    """
    row = locked(task)
    rulebook = Rulebook(row.assessment.factor_set.content)
    is_known = (gate, condition) in rulebook.conditions_of(row.gates)
    if not is_known or not rulebook.asks(gate, condition).consent:
        raise ValidationError({"condition": f"{gate} asks for no consent here on this legal task."})
    return keep_consent(actor=actor, row=row, gate=gate, condition=condition, given=given)


def keep_consent(
    *, actor: User, row: TaskAssessment, gate: str, condition: str, given: ConsentGiven | None
) -> Consent:
    """Check and keep a consent; call it with the task held."""
    checked = _checked(given or ConsentGiven("", "", None, ""))
    consent = Consent.objects.create(task=row, gate=gate, condition=condition, recorded_by=actor, **checked)
    facts = {
        "gate": gate,
        "condition": condition,
        "consent_of": str(consent),
        "given_on": consent.given_on,
        "document": consent.document,
    }
    audit.record(actor=actor, verb="recorded consent", obj=row, after=facts)
    return consent


def _checked(given: ConsentGiven) -> dict[str, Any]:
    faults: dict[str, list[str]] = {}
    cleaned: dict[str, str] = {}
    fields = (
        ("consent_by", given.given_by, 120, "Name the person who consented."),
        ("consent_capacity", given.capacity, 120, "Say in what office, or for which organisation."),
        ("consent_document", given.document, 300, "Say where the signed document is kept."),
    )
    for field, text, limit, missing in fields:
        try:
            cleaned[field] = checking.short(text, limit)
        except ValidationError as fault:
            faults[field] = fault.messages
        else:
            if not cleaned[field]:
                faults[field] = [missing]
    if given.given_on is None:
        faults["consent_on"] = ["Say on which day the consent was given."]
    elif not _EARLIEST <= given.given_on <= timezone.localdate():
        faults["consent_on"] = ["A consent was given on some day up to today."]
    if faults:
        raise ValidationError(faults)
    return {
        "given_by": cleaned["consent_by"],
        "capacity": cleaned["consent_capacity"],
        "given_on": given.given_on,
        "document": cleaned["consent_document"],
    }
