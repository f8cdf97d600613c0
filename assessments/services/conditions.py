"""Closing the conditions of gates with evidence, and opening them again with a reason."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from assessments import scoring
from assessments.models import GateClosure, TaskAssessment
from assessments.rulebook import Rulebook
from assessments.services import checking
from assessments.services.changing import locked


@transaction.atomic
def close_condition(
    *,
    actor: User,
    task: TaskAssessment,
    gate: str,
    condition: str,
    evidence: str,
    counsel_note: str = "",
) -> TaskAssessment:
    """Close one condition of a gate that fires on the task; evidence is required.

    Raises ``ValidationError`` for missing evidence, for a condition that the gate does not have and for one
    that is closed already.
    """
    row = locked(task)
    rulebook = Rulebook(row.assessment.factor_set.content)
    if (gate, condition) not in rulebook.conditions_of(row.gates):
        raise ValidationError({"condition": f"{gate} does not ask for this condition on this legal task."})
    proof = checking.long_text(evidence)
    if not proof:
        raise ValidationError(
            {"evidence": "Say what shows that the condition is met: document, date, where it is kept."}
        )
    if row.closures.filter(gate=gate, condition=condition).exists():
        raise ValidationError({"condition": "This condition is closed already."})
    note = checking.long_text(counsel_note)
    GateClosure.objects.create(
        task=row, gate=gate, condition=condition, evidence=proof, counsel_note=note, closed_by=actor
    )
    facts = {"gate": gate, "condition": condition, "evidence": proof}
    audit.record(actor=actor, verb="closed condition", obj=row, after=facts)
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


@transaction.atomic
def reopen_condition(
    *, actor: User, task: TaskAssessment, gate: str, condition: str, reason: str
) -> TaskAssessment:
    """Open a closed condition again; the reason stays on the trail with the evidence that was withdrawn."""
    row = locked(task)
    why = checking.long_text(reason)
    if not why:
        raise ValidationError({"reason": "Say why the condition is open again."})
    closure = row.closures.filter(gate=gate, condition=condition).first()
    if closure is None:
        raise ValidationError({"condition": "This condition is open already."})
    before = {"gate": gate, "condition": condition, "evidence": closure.evidence}
    closure.delete()
    audit.record(actor=actor, verb="reopened condition", obj=row, before=before, after={"reason": why})
    scoring.rescore(row)
    return row
