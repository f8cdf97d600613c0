"""Changing bids: who bids, at which prices, and what was accepted in writing."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from engine.knockouts import ACCEPTABLE
from providers.models import Provider
from selections.models import Bid, Selection
from selections.services.trail import locked, record_change, touch

MOST_PRODUCTIVITY = 10


@transaction.atomic
def add_bid(
    *,
    actor: User,
    selection: Selection,
    provider: Provider,
    productivity_factor: float = 1.0,
    received_on: date | None = None,
) -> Bid:
    """Enter a provider into the selection; its prices follow line by line."""
    locked(selection)
    if Bid.objects.filter(selection=selection, provider=provider).exists():
        raise ValidationError({"provider": f"{provider.name} already has a bid in this case."})
    bid = Bid(selection=selection, provider=provider)
    _set_terms(bid, productivity_factor, received_on)
    bid.save()
    audit.record(actor=actor, verb="added bid", obj=bid, label=f"of {provider.name}", after=_terms(bid))
    touch(selection=selection)
    return bid


@transaction.atomic
def edit_bid(*, actor: User, bid: Bid, productivity_factor: float, received_on: date | None = None) -> Bid:
    """Change the productivity factor and the day of receipt."""
    before = _terms(bid)
    _set_terms(bid, productivity_factor, received_on)
    old, new = audit.changes(before, _terms(bid))
    if new:
        bid.save(update_fields=["productivity_factor", "received_on"])
        record_change(actor, bid, ("changed bid", "terms"), old, new)
    return bid


@transaction.atomic
def remove_bid(*, actor: User, bid: Bid) -> None:
    """Take a bid out again, as long as no value was given to it: those are kept for ever."""
    if bid.scores.exists():
        raise ValidationError(
            "This bid has values that are kept for the record; it can no longer be removed. "
            "Remove its prices instead: a bid without prices gets no total."
        )
    selection, facts = bid.selection, {"provider": bid.provider.name, **_terms(bid)}
    audit.record(actor=actor, verb="removed bid", obj=bid, label=f"of {bid.provider.name}", before=facts)
    bid.delete()
    touch(selection=selection)


@transaction.atomic
def accept(*, actor: User, bid: Bid, knock_out: str, reason: str) -> Bid:
    """Record that a failed K07 or K13 was accepted in writing or guaranteed; no reason takes it back."""
    if knock_out not in ACCEPTABLE:
        raise ValidationError(
            {"reason": f"{knock_out} cannot be accepted in writing; only {' and '.join(ACCEPTABLE)} can."}
        )
    bid = Bid.objects.select_for_update(of=("self",)).select_related("provider", "selection").get(pk=bid.pk)
    before = dict(bid.acceptances)
    reason = reason.strip()
    after = {code: text for code, text in before.items() if code != knock_out}
    if reason:
        after[knock_out] = reason
    if after == before:
        return bid
    bid.acceptances = after
    bid.save(update_fields=["acceptances"])
    verb = "accepted in writing" if reason else "took back acceptance of"
    record_change(actor, bid, (verb, knock_out), {"reason": before.get(knock_out, "")}, {"reason": reason})
    return bid


def _set_terms(bid: Bid, productivity_factor: float, received_on: date | None) -> None:
    if not math.isfinite(productivity_factor) or not 0 < productivity_factor <= MOST_PRODUCTIVITY:
        raise ValidationError(
            {
                "productivity_factor": "Enter provider hours per in-house hour, above 0 and at most "
                f"{MOST_PRODUCTIVITY}; 1.2 means a fifth more hours."
            }
        )
    if received_on and received_on > timezone.localdate():
        raise ValidationError({"received_on": "The day of receipt cannot lie in the future."})
    bid.productivity_factor, bid.received_on = productivity_factor, received_on


def _terms(bid: Bid) -> dict[str, Any]:
    return {"productivity_factor": bid.productivity_factor, "received_on": bid.received_on}
