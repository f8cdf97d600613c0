"""Changing the assumptions of the business case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from selections.assumptions import assumption_faults
from selections.models import Selection
from selections.services.trail import Refused, locked, touch


@transaction.atomic
def set_assumptions(*, selection: Selection, assumptions: Mapping[str, Any], actor: User) -> Selection:
    """Store the assumptions of the business case. Raises ``Refused`` with a sentence for each wrong one."""
    faults = assumption_faults(assumptions)
    if faults:
        raise Refused("Nothing was saved: some assumptions need correcting.", faults)
    held = locked(selection)
    before, after = audit.changes(held.assumptions, assumptions)
    held.assumptions = dict(assumptions)
    held.save(update_fields=["assumptions"])
    touch(selection=held)
    audit.record(actor=actor, verb="changed assumptions", obj=held, before=before, after=after)
    return held
