"""What an hour of each role costs; changing it changes every baseline of the assessment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import Assessment, RoleRate, TaskAssessment
from assessments.services import checking
from assessments.services.drafting import hold_draft

MAX_RATE = Decimal("99999999.99")


@dataclass(frozen=True)
class RateEntry:
    """One line of the rates; ``code`` is empty for a new role. ``hourly_amount`` in the currency an hour.

    ``basis`` says what the loaded rate holds and where it comes from; empty means nobody said.
    """

    name: str
    hourly_amount: Decimal
    kind: str
    code: str = ""
    basis: str = ""


@transaction.atomic
def set_role_rates(*, actor: User, assessment: Assessment, rates: Sequence[RateEntry]) -> int:
    """Make these the roles of the assessment and compute every baseline anew; gives the number of tasks.

    From now on they hold for its period. A role that is left out is removed, which is
    refused while a task names it. Raises ``ValidationError``.
    """
    hold_names()
    hold_draft(assessment.pk)
    existing = {rate.code: rate for rate in RoleRate.objects.filter(assessment=assessment)}
    before = {code: _shown(rate) for code, rate in existing.items()}
    wanted = _coded(rates, existing)
    gone = set(existing) - set(wanted)
    _refuse_used(assessment, {existing[code].name: code for code in gone})
    RoleRate.objects.filter(assessment=assessment, code__in=gone).delete()
    for code, entry in wanted.items():
        row = existing.get(code) or RoleRate(assessment=assessment, code=code)
        row.name, row.kind, row.basis = entry.name, entry.kind, entry.basis
        row.hourly_amount, row.carried_from = entry.hourly_amount, ""
        row.save()
        existing[code] = row
    after = {code: _shown(existing[code]) for code in wanted}
    if before != after:
        old = {code: text for code, text in before.items() if after.get(code) != text}
        new = {code: text for code, text in after.items() if before.get(code) != text}
        audit.record(actor=actor, verb="changed role rates", obj=assessment, before=old, after=new)
    return scoring.rescore_all(assessment=assessment)


def _shown(rate: RoleRate) -> str:
    basis = f"; {rate.basis}" if rate.basis else ""
    carried = f"; of {rate.carried_from}, to confirm" if rate.carried_from else ""
    return f"{rate.name}: {rate.hourly_amount:.2f} ({rate.get_kind_display()}){basis}{carried}"


def _coded(rates: Sequence[RateEntry], existing: dict[str, RoleRate]) -> dict[str, RateEntry]:
    coded: dict[str, RateEntry] = {}
    names: set[str] = set()
    for entry in rates:
        checked = _checked(entry)
        if checked.name.casefold() in names:
            raise ValidationError(f"Two roles are called “{checked.name}”; give each a name of its own.")
        names.add(checked.name.casefold())
        code = entry.code if entry.code in existing else _new_code(checked.name, {*existing, *coded})
        coded[code] = checked
    return coded


def _checked(entry: RateEntry) -> RateEntry:
    name = checking.short(entry.name, 80)
    if not name:
        raise ValidationError("Give each role a name.")
    if not entry.hourly_amount.is_finite() or not 0 <= entry.hourly_amount <= MAX_RATE:
        raise ValidationError(f"The rate of “{name}” must be a number of 0 or more.")
    if entry.kind not in RoleRate.Kind.values:
        raise ValidationError(f"Say whether “{name}” is salaried or outside spend.")
    amount, basis = entry.hourly_amount.quantize(Decimal("0.01")), checking.short(entry.basis, 200)
    return RateEntry(name, amount, entry.kind, entry.code, basis)


def _new_code(name: str, taken: set[str]) -> str:
    base = slugify(name).replace("-", "_")[:36] or "role"
    tries = (base, *(f"{base}_{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in tries if code not in taken)


def _refuse_used(assessment: Assessment, gone: dict[str, str]) -> None:
    if not gone:
        return
    tasks: Any = TaskAssessment.objects.filter(assessment=assessment).select_related("legal_task")
    for task in tasks:
        used = [name for name, code in gone.items() if code in task.staffing_mix]
        if used:
            raise ValidationError(
                f"“{used[0]}” does part of {task.legal_task.code}; change its staffing first."
            )
