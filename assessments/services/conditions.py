"""Closing the conditions of gates with evidence, and opening them again with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.asks import Asks
from assessments.models import GateClosure, Lawyer, TaskAssessment
from assessments.rulebook import CLOSURE, Rulebook
from assessments.services import checking
from assessments.services.changing import locked
from assessments.services.consents import ConsentGiven, keep_consent
from assessments.services.lawyers import NewLawyer, known_lawyer

_HOURS_OF_A_WEEK = Decimal(168)


@dataclass(frozen=True)
class Closing:
    """What closes a condition; beyond ``evidence`` only what the condition asks for is looked at."""

    evidence: str
    lawyer: Lawyer | NewLawyer | None = None
    weekly_hours: Decimal | None = None
    consent: ConsentGiven | None = None
    counsel_note: str = ""


@transaction.atomic
def close_condition(
    *, actor: User, task: TaskAssessment, gate: str, condition: str, closing: Closing
) -> TaskAssessment:
    """Close one condition of a gate that fires on the task; ``actor`` is recorded apart from the lawyer.

    Raises ``ValidationError`` by field for anything that the condition asks for and does not get, for a
    condition that the gate does not have and for one that is closed already.
    """
    if isinstance(closing.lawyer, NewLawyer):
        hold_names()
    row = locked(task)
    rulebook = Rulebook(row.assessment.factor_set.content)
    if (gate, condition) not in rulebook.conditions_of(row.gates):
        raise ValidationError({"condition": f"{gate} does not ask for this condition on this legal task."})
    if (gate, condition) in rulebook.closed(row.closures.values_list(*CLOSURE)):
        raise ValidationError({"condition": "This condition is closed already."})
    note = checking.long_text(closing.counsel_note)
    closure = GateClosure(task=row, gate=gate, condition=condition, closed_by=actor, counsel_note=note)
    _checked(actor, closure, rulebook.asks(gate, condition), closing)
    # One from before lawyers were asked for did not count; the trail keeps what it said.
    row.closures.filter(gate=gate, condition=condition).delete()
    closure.save()
    audit.record(actor=actor, verb="closed condition", obj=row, after=_shown(closure))
    if note:
        audit.record(
            actor=actor,
            verb="changed counsel note",
            obj=row,
            after={"gate": gate, "condition": condition, "counsel_note": note},
            is_counsel_only=True,
        )
    scoring.rescore(row)
    return row


def _checked(actor: User, closure: GateClosure, asked: Asks, closing: Closing) -> None:
    """Fill in everything that the condition asks for; what is wrong is said at once and nothing is kept."""
    faults: dict[str, list[str]] = {}
    parts: dict[str, Callable[[], Any]] = {"evidence": lambda: _evidence(closing.evidence)}
    if asked.lawyer:
        parts["lawyer"] = lambda: known_lawyer(actor=actor, lawyer=closing.lawyer)
    if asked.hours:
        parts["weekly_hours"] = lambda: _hours(closing.weekly_hours)
    if asked.consent:
        parts["consent"] = lambda: keep_consent(
            actor=actor,
            row=closure.task,
            gate=closure.gate,
            condition=closure.condition,
            given=closing.consent,
        )
    for name, part in parts.items():
        try:
            setattr(closure, name, part())
        except ValidationError as fault:
            faults |= fault.message_dict if hasattr(fault, "error_dict") else {name: fault.messages}
    if faults:
        raise ValidationError(faults)


def _evidence(text: str) -> str:
    proof = checking.long_text(text)
    if not proof:
        raise ValidationError(
            {"evidence": "Say what shows that the condition is met: document, date, where it is kept."}
        )
    return proof


def _hours(hours: Decimal | None) -> Decimal:
    if hours is None or not hours.is_finite() or not 0 < hours <= _HOURS_OF_A_WEEK:
        raise ValidationError(
            {"weekly_hours": "Say how many hours a week the lawyer has for this: up to 168."}
        )
    rounded = hours.quantize(Decimal("0.01"))
    if not rounded:
        raise ValidationError(
            {"weekly_hours": "This is smaller than 0.01 hours, the least that can be kept."}
        )
    return rounded


def _shown(closure: GateClosure) -> dict[str, Any]:
    """What the trail says of a closure, without its counsel note."""
    facts: dict[str, Any] = {
        "gate": closure.gate,
        "condition": closure.condition,
        "evidence": closure.evidence,
    }
    if closure.lawyer is not None:
        facts["lawyer"] = str(closure.lawyer)
    if closure.weekly_hours is not None:
        facts["hours_a_week"] = closure.weekly_hours
    if closure.consent is not None:
        facts["consent"] = str(closure.consent)
    return facts


@transaction.atomic
def reopen_condition(
    *, actor: User, task: TaskAssessment, gate: str, condition: str, reason: str
) -> TaskAssessment:
    """Open a closed condition again; the reason stays on the trail with the evidence that was withdrawn."""
    row = locked(task)
    why = checking.long_text(reason)
    if not why:
        raise ValidationError({"reason": "Say why the condition is open again."})
    closure = row.closures.filter(gate=gate, condition=condition).select_related("lawyer", "consent").first()
    if closure is None:
        raise ValidationError({"condition": "This condition is open already."})
    before = _shown(closure)
    closure.delete()
    audit.record(actor=actor, verb="reopened condition", obj=row, before=before, after={"reason": why})
    scoring.rescore(row)
    return row
