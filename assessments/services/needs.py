"""Writing down objectives, limits and what must stay: checked, put in order, on the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assessments.models import Assessment, LegalTask
from assessments.models_needs import Limit, MustStay, Need, Objective
from assessments.services import checking
from assessments.services.drafting import hold_draft

MOST_ROWS = 60
MAX_SENTENCE = 300
MAX_VALUE = Decimal(999_999_999_999)
_STEP = Decimal("0.0001")

NeedT = TypeVar("NeedT", bound=Need)
# What was given for each field, with its check.
Given = Mapping[str, tuple[Callable[[Any], Any], Any]]
_WHAT: dict[type[Need], str] = {Objective: "objective", Limit: "limit", MustStay: "what must stay"}


class StaleNeedError(ValidationError):
    """Somebody else changed the row after the form was opened; nothing was saved."""


@transaction.atomic
def set_objective(
    *,
    actor: User,
    assessment: Assessment,
    sentence: str,
    measure: str = "",
    unit: str = "",
    today_value: Decimal | None = None,
    today_on: date | None = None,
    today_source: str = "",
    target_value: Decimal | None = None,
    target_on: date | None = None,
    place: int | None = None,
    row: Objective | None = None,
    seen: datetime | None = None,
) -> Objective:
    """Add an objective, or change ``row``; all but the sentence may stay unknown.

    ``place`` counts from 1; None keeps the place, or puts a new one last. ``seen``: the ``updated_at`` that
    the form showed; a later change refuses this one with ``StaleNeedError``. Raises ``ValidationError`` by
    field.
    """
    given: Given = {
        "sentence": (partial(_sentence, "Say in a sentence what is to be reached."), sentence),
        "measure": (lambda text: checking.short(text, 120), measure),
        "unit": (lambda text: checking.short(text, 40), unit),
        "today_value": (_value, today_value),
        "today_on": (_not_to_come, today_on),
        "today_source": (lambda text: checking.short(text, 160), today_source),
        "target_value": (_value, target_value),
        "target_on": (_same, target_on),
    }
    return _set(Objective, actor, assessment, row, seen, place, given, _whole_objective)


@transaction.atomic
def set_limit(
    *,
    actor: User,
    assessment: Assessment,
    sentence: str,
    kind: str = "",
    until_on: date | None = None,
    place: int | None = None,
    row: Limit | None = None,
    seen: datetime | None = None,
) -> Limit:
    """Add a limit, or change ``row``; see ``set_objective``. Without ``until_on`` it has no known end."""
    given: Given = {
        "sentence": (partial(_sentence, "Say in a sentence what limits the choice."), sentence),
        "kind": (_kind, kind),
        "until_on": (_same, until_on),
    }
    return _set(Limit, actor, assessment, row, seen, place, given)


@transaction.atomic
def set_must_stay(
    *,
    actor: User,
    assessment: Assessment,
    what: str,
    why: str = "",
    said_by: str = "",
    legal_task: LegalTask | None = None,
    place: int | None = None,
    row: MustStay | None = None,
    seen: datetime | None = None,
) -> MustStay:
    """Add a kind of work or data that must not leave, or change ``row``; see ``set_objective``."""
    given: Given = {
        "what": (partial(_sentence, "Say which work or data must not leave."), what),
        "why": (checking.long_text, why),
        "said_by": (lambda text: checking.short(text, 120), said_by),
        "legal_task": (_same, legal_task),
    }
    return _set(MustStay, actor, assessment, row, seen, place, given)


@transaction.atomic
def remove_need(*, actor: User, row: Need, seen: datetime | None = None) -> None:
    """Take an objective, a limit or something that must stay out; the trail keeps what it said."""
    hold_draft(row.assessment_id)
    row = _current(row, seen)
    label, facts = str(row), _shown(row, _fields(row))
    audit.record(actor=actor, verb=f"removed {_WHAT[type(row)]}", obj=row, label=label, before=facts)
    assessment, model = row.assessment_id, type(row)
    row.delete()
    left: Any = model.objects
    _number_anew(list(left.filter(assessment=assessment)))


def _set(  # noqa: PLR0917  (the three verbs above name everything)
    model: type[NeedT],
    actor: User,
    assessment: Assessment,
    row: NeedT | None,
    seen: datetime | None,
    place: int | None,
    given: Given,
    whole: Callable[[Mapping[str, Any]], None] = lambda facts: None,
) -> NeedT:
    hold_draft(assessment.pk)
    current = _current(row, seen) if row is not None else model(assessment=assessment)
    rows: Any = model.objects
    others: list[NeedT] = list(rows.filter(assessment=assessment).exclude(pk=current.pk))
    facts = _checked(given)
    whole(facts)
    if row is None and len(others) >= MOST_ROWS:
        raise ValidationError(f"There are {MOST_ROWS} already; change or remove one of them.")
    to = _place(place, current if row else None, len(others) + 1)
    before = _shown(current, list(facts))
    for name, value in facts.items():
        setattr(current, name, value)
    after = _shown(current, list(facts))
    if row is not None:
        before["place"], after["place"] = current.position, to
    if row is not None and before == after:
        return current
    current.position = to
    current.save()
    in_order: list[NeedT] = [*others[: to - 1], current, *others[to - 1 :]]
    _number_anew(in_order)
    old, new = audit.changes(before, after)
    if row is None:
        new = {name: value for name, value in after.items() if value not in {None, ""}}
    verb = f"{'added' if row is None else 'changed'} {_WHAT[model]}"
    audit.record(actor=actor, verb=verb, obj=current, before=old if row else None, after=new)
    return current


def _current(row: NeedT, seen: datetime | None) -> NeedT:
    """Read the row again and refuse what was typed over an older one."""
    rows: Any = type(row).objects
    found: NeedT | None = rows.filter(pk=row.pk).first()
    if found is None:
        raise StaleNeedError("Somebody removed this after you opened it. Nothing was saved.")
    if seen is not None and found.updated_at != seen:
        raise StaleNeedError(
            "Somebody changed this after you opened it. Nothing was saved: open it again to see what it says "
            "now."
        )
    return found


def _number_anew(rows: Sequence[Need]) -> None:
    """Number the rows as they stand; that somebody else moved does not make a form stale."""
    for place, row in enumerate(rows, start=1):
        if row.position != place:
            type(row).objects.filter(pk=row.pk).update(position=place)
            row.position = place


def _place(place: int | None, row: Need | None, last: int) -> int:
    if place is None:
        return row.position if row else last
    if not 1 <= place <= 10_000:
        raise ValidationError({"place": "A place is a whole number from 1."})
    return min(place, last)


def _checked(given: Given) -> dict[str, Any]:
    good: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, (check, value) in given.items():
        try:
            good[name] = check(value)
        except ValidationError as fault:
            faults[name] = fault.messages
    if faults:
        raise ValidationError(faults)
    return good


def _whole_objective(facts: Mapping[str, Any]) -> None:
    faults = {}
    has_value = facts["today_value"] is not None or facts["target_value"] is not None
    if has_value and not facts["measure"]:
        faults["measure"] = "Say what the values measure."
    if facts["today_value"] is None and facts["today_on"]:
        faults["today_value"] = "Enter the value of that day, or leave the day empty."
    if facts["today_on"] and facts["target_on"] and facts["target_on"] < facts["today_on"]:
        faults["target_on"] = "The target cannot be due before the day of today’s value."
    if faults:
        raise ValidationError(faults)


def _fields(row: Need) -> list[str]:
    left_out = {"id", "organisation", "assessment", "position", "updated_at"}
    return [field.name for field in row._meta.concrete_fields if field.name not in left_out]


def _shown(row: Need, names: list[str]) -> dict[str, Any]:
    """Values as the trail keeps them."""
    values = {name: getattr(row, name) for name in names}
    return {name: str(value) if isinstance(value, LegalTask) else value for name, value in values.items()}


def _same(value: Any) -> Any:
    return value


def _sentence(ask: str, text: str) -> str:
    cleaned = checking.short(text, MAX_SENTENCE)
    if not cleaned:
        raise ValidationError(ask)
    return cleaned


def _kind(value: str) -> str:
    if value and value not in Limit.Kind.values:
        raise ValidationError("Choose what kind of limit it is.")
    return value


def _value(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) > MAX_VALUE:
        raise ValidationError(f"Values up to {MAX_VALUE:,.0f} can be kept.")
    rounded = value.quantize(_STEP, ROUND_HALF_EVEN)
    if value and not rounded:
        raise ValidationError(f"This is smaller than {_STEP:f}, the smallest figure that can be kept.")
    return rounded


def _not_to_come(day: date | None) -> date | None:
    if day is not None and day > timezone.localdate():
        raise ValidationError("A value of today cannot be of a day to come.")
    return day
