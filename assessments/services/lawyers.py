"""Lawyers whom an organisation names for its gates: entered once, chosen from then on."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from accounts import audit
from accounts.models import User
from assessments.models import Lawyer
from assessments.services import checking


@dataclass(frozen=True)
class NewLawyer:
    """A lawyer as typed; the bar number may stay empty."""

    name: str
    jurisdiction: str
    bar_number: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name.strip() or self.jurisdiction.strip() or self.bar_number.strip())


def known_lawyer(*, actor: User, lawyer: Lawyer | NewLawyer | None) -> Lawyer:
    """Give the lawyer, entered now if not known yet.

    Call it in the transaction of what needs one, after ``hold_names`` where a new one may be entered.

    Raises ``ValidationError`` by field: lawyer, lawyer_name, lawyer_jurisdiction, bar_number.
    """
    if isinstance(lawyer, Lawyer):
        return lawyer
    if lawyer is None or lawyer.is_blank:
        raise ValidationError(
            {"lawyer": "Name the licensed lawyer who answers for it: this gate cannot be closed without one."}
        )
    checked = _checked(lawyer)
    known = Lawyer.objects.filter(
        Exact(Lower("name"), Lower(Value(checked.name))),
        Exact(Lower("jurisdiction"), Lower(Value(checked.jurisdiction))),
        Exact(Lower("bar_number"), Lower(Value(checked.bar_number))),
    ).first()
    if known is not None:
        return known
    made = Lawyer.objects.create(
        name=checked.name,
        jurisdiction=checked.jurisdiction,
        bar_number=checked.bar_number,
        added_by=actor,
    )
    facts = {
        "name": made.name,
        "licensed_in": made.jurisdiction,
        "bar_number": made.bar_number,
    }
    audit.record(actor=actor, verb="added lawyer", obj=made, after=facts)
    return made


def _checked(lawyer: NewLawyer) -> NewLawyer:
    faults: dict[str, list[str]] = {}
    cleaned: dict[str, str] = {}
    fields = (
        ("lawyer_name", lawyer.name, 120, "Give the lawyer’s name."),
        (
            "lawyer_jurisdiction",
            lawyer.jurisdiction,
            60,
            "Say where the lawyer is licensed, as in Minnesota.",
        ),
        ("bar_number", lawyer.bar_number, 40, ""),
    )
    for field, text, limit, missing in fields:
        try:
            cleaned[field] = checking.short(text, limit)
        except ValidationError as fault:
            faults[field] = fault.messages
        else:
            if missing and not cleaned[field]:
                faults[field] = [missing]
    if faults:
        raise ValidationError(faults)
    return NewLawyer(cleaned["lawyer_name"], cleaned["lawyer_jurisdiction"], cleaned["bar_number"])
