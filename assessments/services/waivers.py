"""Waiving a gate: one person asks with a reason, another one decides with a reason; either ends it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current
from assessments import scoring, words_gates
from assessments.models import TaskAssessment, Waiver
from assessments.rulebook import Rulebook
from assessments.services import checking
from assessments.services.changing import locked

MAX_REASON = 300
MAY = "waive_gates"


@transaction.atomic
def ask_waiver(*, actor: User, task: TaskAssessment, gate: str, reason: str) -> Waiver:
    """Ask that a gate be waived on a task. Nothing changes until somebody else grants it.

    Raises ``ValidationError`` by field: a gate that does not apply, that rests on law or supervision, for
    which a waiver is asked or in force already; nobody else who could grant it; no reason.
    """
    row = locked(task)
    rulebook = Rulebook(row.assessment.factor_set.content)
    if gate not in row.gates or gate not in rulebook.gates:
        raise ValidationError({"gate": f"{gate[:8]} does not apply to this legal task."})
    if not rulebook.may_be_waived(gate):
        raise ValidationError({"gate": words_gates.why_not_waived(rulebook.gates[gate])})
    if not has_second_person(organisation=current(), me=actor, action=MAY):
        raise ValidationError({"gate": words_gates.NOBODY_ELSE})
    open_one = row.waivers.filter(gate=gate, state__in=Waiver.OPEN).select_related("asked_by").first()
    if open_one is not None:
        raise ValidationError({"gate": f"{open_one.asked_by} has asked for this already."})
    why = _reason(reason, "Say why this gate need not hold for this task; the board reads it.")
    waiver = Waiver.objects.create(task=row, gate=gate, reason=why, asked_by=actor)
    after = {"gate": gate, "waiver": waiver.get_state_display(), "reason": why}
    audit.record(actor=actor, verb="asked for a waiver", obj=row, after=after)
    return waiver


@transaction.atomic
def decide_waiver(*, actor: User, waiver: Waiver, is_granted: bool, reason: str) -> TaskAssessment:
    """Grant or refuse what another person asked for.

    Raises ``ValidationError`` by field; the one who asked can never decide.
    """
    row, fresh = _held(waiver)
    if fresh.state != Waiver.State.ASKED:
        raise ValidationError({"answer": _already(fresh)})
    if fresh.asked_by_id == actor.pk:
        raise ValidationError({"answer": "You asked for this waiver yourself; another person has to decide."})
    why = _reason(reason, "Say why; the board reads it beside the reason that was given.")
    before = {"gate": fresh.gate, "waiver": fresh.get_state_display(), "reason": fresh.reason}
    fresh.state = Waiver.State.GRANTED if is_granted else Waiver.State.REFUSED
    fresh.decided_by, fresh.decided_at, fresh.decision_reason = actor, timezone.now(), why
    fresh.save()
    after = {"gate": fresh.gate, "waiver": fresh.get_state_display(), "reason": why}
    verb = "granted waiver" if is_granted else "refused waiver"
    audit.record(actor=actor, verb=verb, obj=row, before=before, after=after)
    scoring.rescore(row)
    return row


@transaction.atomic
def withdraw_waiver(*, actor: User, waiver: Waiver, reason: str) -> TaskAssessment:
    """Take back a request, or end a waiver that is in force: the gate has its full effect again."""
    row, fresh = _held(waiver)
    if fresh.state not in Waiver.OPEN:
        raise ValidationError({"reason": _already(fresh)})
    why = _reason(reason, "Say why the waiver is withdrawn.")
    before = {"gate": fresh.gate, "waiver": fresh.get_state_display(), "reason": fresh.reason}
    fresh.state, fresh.end_reason = Waiver.State.WITHDRAWN, why
    fresh.ended_by, fresh.ended_at = actor, timezone.now()
    fresh.save()
    after = {"gate": fresh.gate, "waiver": fresh.get_state_display(), "reason": why}
    audit.record(actor=actor, verb="withdrew waiver", obj=row, before=before, after=after)
    scoring.rescore(row)
    return row


def _held(waiver: Waiver) -> tuple[TaskAssessment, Waiver]:
    """Keep others off the task, then read the waiver as it is now."""
    row = locked(waiver.task)
    people = ("asked_by", "decided_by", "ended_by")
    return row, Waiver.objects.select_related(*people).get(pk=waiver.pk)


def _already(waiver: Waiver) -> str:
    """Say what happened to a waiver after the form was opened."""
    if waiver.state == Waiver.State.ENDED:
        return f"This waiver has ended: {waiver.end_reason}"
    if waiver.state == Waiver.State.WITHDRAWN:
        return f"{waiver.ended_by} has withdrawn this waiver: {waiver.end_reason}"
    done = "granted" if waiver.state == Waiver.State.GRANTED else "refused"
    return f"{waiver.decided_by} has {done} this waiver already: {waiver.decision_reason}"


def _reason(text: str, missing: str) -> str:
    cleaned = checking.one_line(text)
    if not cleaned:
        raise ValidationError({"reason": missing})
    if len(cleaned) > MAX_REASON:
        raise ValidationError(
            {
                "reason": f"This has {len(cleaned)} characters; at most {MAX_REASON} fit, because the board "
                "report prints it on page 1."
            }
        )
    return cleaned
