"""Changing bids: who bids, at which prices, and what was accepted in writing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assessments.models import LegalTask, TaskAssessment
from providers.models import EvidenceLevel, Provider
from providers.reference import sub_criteria, value_fault
from selections.models import Bid, BidLine, Score, Selection
from selections.services import give_score, touch

ACCEPTABLE = ("K07", "K13")
MOST_PRODUCTIVITY = 10
MOST_PRICE = Decimal(10) ** 9
MOST_QUANTITY = 1e9

# Which quantities a pricing model states besides its price; all others stay empty.
QUANTITIES: dict[str, tuple[str, ...]] = {
    BidLine.Model.HOURLY: ("expected_hours",),
    BidLine.Model.BLENDED: ("expected_hours",),
    BidLine.Model.PER_UNIT: (),
    BidLine.Model.FTE: ("fte",),
    BidLine.Model.FIXED_FEE: ("included_volume", "overage_amount"),
}
QUANTITY_NAMES = {
    "expected_hours": "Expected hours belong",
    "fte": "The number of people (FTE) belongs",
    "included_volume": "The included volume belongs",
    "overage_amount": "The price above the included volume belongs",
}
QUANTITY_MODELS = {
    "expected_hours": "an hourly or blended price",
    "fte": "a price per person-month",
    "included_volume": "a fixed fee",
    "overage_amount": "a fixed fee",
}


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
        bid.save()
        _record(actor, bid, ("changed bid", "terms"), old, new)
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
def set_line(
    *,
    actor: User,
    bid: Bid,
    legal_task: LegalTask,
    model: str,
    price_amount: Decimal,
    expected_hours: float | None = None,
    fte: float | None = None,
    included_volume: float | None = None,
    overage_amount: Decimal | None = None,
) -> BidLine:
    """Set the price of one legal task under one of the five pricing models.

    Raises ``ValidationError`` by field: a price below 0, a quantity that the model does not know or that it
    needs, a task outside the assessment.
    """
    task = TaskAssessment.objects.filter(assessment=bid.selection.assessment, legal_task=legal_task).first()
    if task is None:
        raise ValidationError({"legal_task": f"{legal_task} is not assessed in this case."})
    line = BidLine.objects.filter(bid=bid, legal_task=legal_task).first()
    before = _line_facts(line) if line else None
    line = line or BidLine(bid=bid, legal_task=legal_task)
    line.model, line.price_amount = model, price_amount
    line.expected_hours, line.fte = expected_hours, fte
    line.included_volume, line.overage_amount = included_volume, overage_amount
    faults = line_faults(line, task)
    if faults:
        raise ValidationError(faults)
    line.unit = unit_of(model, task)
    after = _line_facts(line)
    if before != after:
        line.save()
        old, new = audit.changes(before or {}, after)
        verb = "changed price" if before else "added price"
        _record(actor, bid, (verb, f"of {legal_task.code}"), old if before else None, new)
    return line


@transaction.atomic
def remove_line(*, actor: User, line: BidLine) -> None:
    """Take the price of one task out of a bid; the bid then does not serve it."""
    facts = _line_facts(line)
    line.delete()
    _record(actor, line.bid, ("removed price", f"of {line.legal_task.code}"), facts, None)


@transaction.atomic
def accept(*, actor: User, bid: Bid, knock_out: str, reason: str) -> Bid:
    """Record that a failed K07 or K13 was accepted in writing or guaranteed; no reason takes it back."""
    if knock_out not in ACCEPTABLE:
        raise ValidationError(
            {"reason": f"{knock_out} cannot be accepted in writing; only {' and '.join(ACCEPTABLE)} can."}
        )
    before = dict(bid.acceptances)
    reason = reason.strip()
    after = {code: text for code, text in before.items() if code != knock_out}
    if reason:
        after[knock_out] = reason
    if after == before:
        return bid
    bid.acceptances = after
    bid.save()
    verb = "accepted in writing" if reason else "took back acceptance of"
    _record(actor, bid, (verb, knock_out), {"reason": before.get(knock_out, "")}, {"reason": reason})
    return bid


@transaction.atomic
def give_value(
    *,
    actor: User,
    bid: Bid,
    sub_criterion: str,
    value: float | None,
    evidence: str = EvidenceLevel.E0,
    source: str = "",
    reason: str = "",
) -> Score:
    """Give a bid its value for one sub-criterion; earlier values stay on record.

    Like ``services.give_score``, but a person must say why and stay inside the possible range.
    """
    sub = sub_criteria().get(sub_criterion)
    fault = value_fault(sub, value) if sub and value is not None else ""
    if fault:
        raise ValidationError({"value": fault})
    if not reason.strip():
        raise ValidationError({"reason": "Say in a few words why this value is given; it is kept with it."})
    return give_score(
        actor=actor,
        bid=bid,
        sub_criterion=sub_criterion,
        value=value,
        evidence=evidence,
        source=source.strip(),
        reason=reason.strip(),
    )


def unit_of(model: str, task: TaskAssessment) -> str:
    """Say what a price under ``model`` is for: the unit of the task, an hour, a person-month or a year."""
    if model == BidLine.Model.FIXED_FEE:
        return "year"
    return BidLine.PRICE_UNITS.get(model) or task.unit or "unit"


def line_faults(line: BidLine, task: TaskAssessment) -> dict[str, str]:
    """Say by field what keeps a price from standing; empty when nothing does."""
    if line.model not in QUANTITIES:
        return {"model": "Choose one of the five pricing models."}
    faults = {}
    for field in ("price_amount", "overage_amount", *QUANTITY_NAMES):
        fault = _number_fault(getattr(line, field))
        if fault:
            faults[field] = fault
    allowed = QUANTITIES[line.model]
    for field, subject in QUANTITY_NAMES.items():
        if getattr(line, field) is not None and field not in allowed:
            faults[field] = f"{subject} to {QUANTITY_MODELS[field]}. Empty this field or choose that model."
    return faults or _missing_quantity(line, task)


def _missing_quantity(line: BidLine, task: TaskAssessment) -> dict[str, str]:
    if line.model == BidLine.Model.FTE and not line.fte:
        return {"fte": "A price per person-month needs the number of people, for example 2.5."}
    if line.model != BidLine.Model.FIXED_FEE:
        return {}
    if line.included_volume is None:
        return {"included_volume": "A fixed fee needs the volume that it includes in a year."}
    forecast = task.annual_volume
    if line.overage_amount is None and forecast is not None and forecast > line.included_volume:
        return {
            "overage_amount": f"The forecast of {forecast:,.0f} is above the included volume: "
            f"enter the price for each further {task.unit or 'unit'}."
        }
    return {}


def _number_fault(value: Decimal | float | None) -> str:
    if value is None:
        return ""
    if not math.isfinite(value):
        return "Enter a number."
    if value < 0:
        return "This cannot be below 0."
    if isinstance(value, Decimal) and value != round(value, 4):
        return "Enter at most four decimals."
    return "This is larger than any real figure; check it." if value > MOST_QUANTITY else ""


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


def _record(
    actor: User,
    bid: Bid,
    event: tuple[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write the event of a change of a bid and count it as a change of what is ranked."""
    verb, what = event
    label = f"{what} in the bid of {bid.provider.name}"
    audit.record(actor=actor, verb=verb, obj=bid, label=label, before=before, after=after)
    touch(selection=bid.selection)


def _terms(bid: Bid) -> dict[str, Any]:
    return {"productivity_factor": bid.productivity_factor, "received_on": bid.received_on}


def _line_facts(line: BidLine) -> dict[str, Any]:
    return {
        "model": str(line.model),
        "price": line.price_amount,
        "unit": line.unit,
        "expected_hours": line.expected_hours,
        "fte": line.fte,
        "included_volume": line.included_volume,
        "price_above_it": line.overage_amount,
    }
