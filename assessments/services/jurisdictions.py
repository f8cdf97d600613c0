"""The places where lawyers of the organisation are licensed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments.models_duties import Jurisdiction
from assessments.places import place_name
from assessments.services import checking
from assessments.services.lawyers import NewLawyer, known_lawyer

MOST_PLACES = 80


@transaction.atomic
def record_jurisdiction(
    *, actor: User, place: str, lawyer_name: str = "", bar_number: str = ""
) -> Jurisdiction:
    """Record a place, with the lawyer licensed there where one is named.

    Raises ``ValidationError`` by field: place, lawyer_name, bar_number.
    """
    hold_names()
    name = _checked(place)
    known = Jurisdiction.objects.filter(Exact(Lower("name"), Lower(Value(name)))).first()
    if known is not None and not lawyer_name.strip():
        raise ValidationError({"place": f"{known} is recorded already."})
    if Jurisdiction.objects.count() >= MOST_PLACES:
        raise ValidationError({"place": f"There are {MOST_PLACES} already; remove one that is not needed."})
    if bar_number.strip() and not lawyer_name.strip():
        raise ValidationError({"lawyer_name": "Name the lawyer whose bar number this is."})
    row = known or _record(actor, name)
    if lawyer_name.strip():
        known_lawyer(actor=actor, lawyer=NewLawyer(lawyer_name, name, bar_number))
    return row


def _checked(place: str) -> str:
    try:
        name = checking.short(place_name(place), 60)
    except ValidationError as fault:
        raise ValidationError({"place": fault.messages}) from fault
    if not name:
        raise ValidationError({"place": "Choose a place of the list, or type another one."})
    return name


def _record(actor: User, name: str) -> Jurisdiction:
    row = Jurisdiction.objects.create(name=name, recorded_by=actor)
    audit.record(actor=actor, verb="recorded jurisdiction", obj=row, after={"name": name})
    return row


@transaction.atomic
def remove_jurisdiction(*, actor: User, row: Jurisdiction) -> None:
    """Take a place out; one in which a named lawyer is licensed goes on to count."""
    audit.record(actor=actor, verb="removed jurisdiction", obj=row, before={"name": row.name})
    row.delete()
