"""The few facts about an organisation that its owner sets."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import Organisation, User
from accounts.services.people import hold

LIMIT = 160  # characters of the name and of the head office, as the columns have


@transaction.atomic
def change_organisation(
    *, actor: User | None, name: str, time_zone: str, head_office: str = ""
) -> Organisation:
    """Set the name, the time zone (IANA name) and the head office of the open organisation.

    Raises ``ValidationError`` by field. Nothing is written when nothing differs.
    """
    here = hold(actor)
    row = Organisation.objects.get(pk=here.pk)
    before = _facts(row)
    row.name, row.head_office = " ".join(name.split()), " ".join(head_office.split())
    if not row.name:
        raise ValidationError({"name": "Enter the name of the organisation."})
    for field in ("name", "head_office"):
        if len(getattr(row, field)) > LIMIT:
            raise ValidationError({field: f"Use at most {LIMIT} characters."})
    row.time_zone = known_zone(time_zone)
    old, new = audit.changes(before, _facts(row))
    if new:
        row.save(update_fields=list(new))
        audit.record(actor=actor, verb="changed organisation", obj=row, label=row.name, before=old, after=new)
    return row


def known_zone(name: str) -> str:
    """Let only time zones through that dates can be shown in."""
    try:
        return ZoneInfo(name.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValidationError(
            {"time_zone": "Choose a time zone from the list, for example America/New_York."}
        ) from unknown


def _facts(row: Organisation) -> dict[str, str]:
    return {"name": row.name, "time_zone": row.time_zone, "head_office": row.head_office}
