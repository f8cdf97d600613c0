"""A named lawyer adopts the rule set: the gates and the duties as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments.dutybook import duties_hash, gates_hash
from assessments.models import Assessment, Lawyer
from assessments.models_duties import RuleAdoption
from assessments.queries_adoption import rules_seen
from assessments.services import checking
from assessments.services.duties import held_duties
from assessments.services.lawyers import NewLawyer, known_lawyer


@transaction.atomic
def adopt_rules(
    *,
    actor: User,
    assessment: Assessment,
    lawyer: Lawyer | NewLawyer | None,
    adopted_on: date | None,
    comment: str,
    seen: str,
) -> RuleAdoption:
    """Record that a lawyer adopts the gates of the assessment and the duties.

    ``seen``: ``queries_adoption.rules_seen`` of what the form showed, so that nobody adopts what they did
    not read. Raises ``ValidationError`` by field.
    """
    hold_names()
    if seen != rules_seen(assessment):
        raise ValidationError("The rules changed after you opened this. Nothing was saved: read them again.")
    facts = _checked(actor, lawyer, adopted_on, comment, "Say what was checked, and against what.")
    held = held_duties(actor=actor)
    row = RuleAdoption.objects.create(
        factor_set=assessment.factor_set,
        duty_set=held,
        gates_sha256=gates_hash(assessment.factor_set.content),
        duties_sha256=duties_hash(held.content),
        recorded_by=actor,
        **facts,
    )
    audit.record(actor=actor, verb="adopted", obj=row, after=_shown(row))
    return row


@transaction.atomic
def withdraw_adoption(*, actor: User, row: RuleAdoption, comment: str) -> RuleAdoption:
    """Record that the lawyer no longer stands by an adoption, or that it was recorded by mistake."""
    hold_names()
    same = RuleAdoption.objects.filter(gates_sha256=row.gates_sha256, duties_sha256=row.duties_sha256)
    last = same.first()
    if last is None or last.pk != row.pk or last.is_withdrawn:
        raise ValidationError("This adoption does not stand any more. Open the page again.")
    why = _comment(comment, "Say why it is withdrawn.")
    made = RuleAdoption.objects.create(
        factor_set=row.factor_set,
        duty_set=row.duty_set,
        gates_sha256=row.gates_sha256,
        duties_sha256=row.duties_sha256,
        is_withdrawn=True,
        lawyer=row.lawyer,
        adopted_on=timezone.localdate(),
        comment=why,
        recorded_by=actor,
    )
    audit.record(actor=actor, verb="withdrew adoption of", obj=made, before=_shown(row), after=_shown(made))
    return made


def _checked(
    actor: User, lawyer: Lawyer | NewLawyer | None, adopted_on: date | None, comment: str, ask: str
) -> dict[str, Any]:
    parts: dict[str, Callable[[], Any]] = {
        "adopted_on": lambda: _day(adopted_on),
        "comment": lambda: _comment(comment, ask),
        "lawyer": lambda: _lawyer(actor, lawyer),
    }
    good: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, part in parts.items():
        try:
            good[name] = part()
        except ValidationError as fault:
            faults |= fault.message_dict
    if faults:
        raise ValidationError(faults)
    return good


def _lawyer(actor: User, lawyer: Lawyer | NewLawyer | None) -> Lawyer:
    if lawyer is None or (isinstance(lawyer, NewLawyer) and lawyer.is_blank):
        raise ValidationError({"lawyer": "Name the licensed lawyer who adopts the rule set."})
    return known_lawyer(actor=actor, lawyer=lawyer)


def _day(day: date | None) -> date:
    if day is None:
        raise ValidationError({"adopted_on": "Say on which day the lawyer adopted it."})
    if day > timezone.localdate():
        raise ValidationError({"adopted_on": "A rule set cannot be adopted on a day to come."})
    return day


def _comment(text: str, ask: str) -> str:
    try:
        comment = checking.long_text(text)
    except ValidationError as fault:
        raise ValidationError({"comment": fault.messages}) from fault
    if not comment:
        raise ValidationError({"comment": ask})
    return comment


def _shown(row: RuleAdoption) -> dict[str, Any]:
    return {
        "lawyer": str(row.lawyer),
        "adopted_on": row.adopted_on,
        "comment": row.comment,
        "gates_sha256": row.gates_sha256,
        "duties_sha256": row.duties_sha256,
    }
