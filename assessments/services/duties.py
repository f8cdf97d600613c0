"""What is done about ethics duties: each word on an item is a row of its own, the newest counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments.dutybook import Dutybook, duties_hash
from assessments.kept import hold
from assessments.models import Assessment
from assessments.models_duties import DutyMark, DutySet
from assessments.reference import ethics_duties
from assessments.services import checking


class StaleMarkError(ValidationError):
    """Somebody else marked the item after the form was opened; nothing was saved."""


@dataclass(frozen=True)
class Marking:
    """Where an item stands; what the status does not ask for may stay empty."""

    status: str
    owner: str = ""
    due_on: date | None = None
    evidence: str = ""
    reason: str = ""


def held_duties(*, actor: User) -> DutySet:
    """Give the set in force; the first decision takes the shipped one as the organisation's own copy.

    Call it in the transaction of that decision, after ``hold_names``.
    """
    return DutySet.objects.first() or _taken(actor, 1)


@transaction.atomic
def take_newer_duties(*, actor: User) -> DutySet:
    """Take the set that ships now in the place of an older copy; what was marked stays with its item."""
    hold_names()
    held = DutySet.objects.first()
    if held is None or duties_hash(held.content) == duties_hash(ethics_duties()):
        raise ValidationError("The duties here are those that ship with this version already.")
    return _taken(actor, held.version + 1)


def _taken(actor: User, version: int) -> DutySet:
    row = DutySet.objects.create(version=version, content=ethics_duties(), taken_by=actor)
    edition = Dutybook(row.content).edition
    audit.record(actor=actor, verb="took over duties", obj=row, after={"edition": edition})
    return row


@transaction.atomic
def mark_item(
    *, actor: User, assessment: Assessment, duty: str, item: str, marking: Marking, seen: int | None = None
) -> DutyMark:
    """Say where one item of a duty stands. The same as before is no new row.

    ``seen``: key of the newest mark that the form showed, 0 for none; a later one refuses this with
    ``StaleMarkError``. Raises ``ValidationError`` by field.
    """
    hold_names()
    hold(assessment.pk)
    held = held_duties(actor=actor)
    known = Dutybook(held.content).duty(duty)
    if known is None or item not in known.items:
        raise ValidationError("The set of duties has no such item any more. Open the list again.")
    last = DutyMark.objects.filter(assessment=assessment, duty=duty, item=item).first()
    if seen is not None and seen != (last.pk if last else 0):
        raise StaleMarkError(
            "Somebody marked this item after you opened it. Nothing was saved: see below what it says now."
        )
    facts = asdict(_checked(marking))
    before = {name: getattr(last, name) for name in facts} if last else asdict(Marking(DutyMark.Status.OPEN))
    if before == facts:
        if last is None:
            raise ValidationError({"status": "It is open already; say more, or another status."})
        return last
    row = DutyMark.objects.create(
        assessment=assessment, duty_set=held, duty=duty, item=item, marked_by=actor, **facts
    )
    old, new = audit.changes(before, facts)
    label = f"{known.name}: {item}"
    audit.record(actor=actor, verb="marked duty", obj=row, label=label, before=old, after=new)
    return row


def _checked(marking: Marking) -> Marking:
    faults: dict[str, list[str]] = {}
    good: dict[str, Any] = {}
    for name, value, check in (
        ("owner", marking.owner, lambda text: checking.short(text, 120)),
        ("evidence", marking.evidence, checking.long_text),
        ("reason", marking.reason, checking.long_text),
    ):
        try:
            good[name] = check(value)
        except ValidationError as fault:
            faults[name] = fault.messages
    missing = _missing(marking.status, good)
    if missing and missing[0] not in faults:
        faults[missing[0]] = [missing[1]]
    if faults:
        raise ValidationError(faults)
    return Marking(status=str(marking.status), due_on=marking.due_on, **good)


def _missing(status: str, good: dict[str, Any]) -> tuple[str, str] | None:
    """Give the field that the status asks for and that is empty, with what to do about it."""
    if status not in DutyMark.Status.values:
        return "status", "Choose where the item stands."
    if status == DutyMark.Status.DONE and not good.get("evidence"):
        return "evidence", "Say what shows that it is done: document, date, where it is kept."
    if status == DutyMark.Status.NOT_APPLICABLE and not good.get("reason"):
        return "reason", "Say why the item does not apply here."
    if status == DutyMark.Status.IN_HAND and not good.get("owner"):
        return "owner", "Say who sees to it."
    return None
