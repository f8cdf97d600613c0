"""The price of one legal task in a bid, under one of the five pricing models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from assessments.models import LegalTask, TaskAssessment
from selections.models import Bid, BidLine
from selections.services.trail import locked, record_change, tell_change, touch

MOST = 1e9

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
# What a bid says of the price of one task; the unit follows from it.
STATED = ("model", "price_amount", *QUANTITY_NAMES)


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
    locked(bid.selection)
    task = TaskAssessment.objects.filter(assessment=bid.selection.assessment, legal_task=legal_task).first()
    if task is None:
        raise ValidationError({"legal_task": f"{legal_task} is not assessed in this case."})
    line = BidLine.objects.filter(bid=bid, legal_task=legal_task).first()
    before = line_facts(line) if line else None
    line = line or BidLine(bid=bid, legal_task=legal_task)
    stated = (model, price_amount, expected_hours, fte, included_volume, overage_amount)
    faults = put(line, task, dict(zip(STATED, stated, strict=True)))
    if faults:
        raise ValidationError(faults)
    if before != line_facts(line):
        line.save()
        tell_price(actor=actor, bid=bid, line=line, before=before)
        touch(selection=bid.selection)
    return line


@transaction.atomic
def remove_line(*, actor: User, line: BidLine) -> None:
    """Take the price of one task out of a bid; the bid then does not serve it."""
    facts = line_facts(line)
    line.delete()
    record_change(actor, line.bid, ("removed price", f"of {line.legal_task.code}"), facts, None)


def put(line: BidLine, task: TaskAssessment, stated: Mapping[str, Any]) -> dict[str, str]:
    """Put a price on a line, with its unit; ``stated`` by the names of ``STATED``, what is missing is empty.

    Says by field what keeps the price from standing, as ``line_faults``; then the line must not be saved.
    """
    for name in STATED:
        setattr(line, name, stated.get(name))
    faults = line_faults(line, task)
    if not faults:
        line.unit = unit_of(line.model, task)
    return faults


def tell_price(*, actor: User, bid: Bid, line: BidLine, before: Mapping[str, Any] | None) -> None:
    """Write the event of a price that was saved; ``before``: what ``line_facts`` gave, None for a new one."""
    old, new = audit.changes(before or {}, line_facts(line))
    event = ("changed price" if before else "added price", f"of {line.legal_task.code}")
    tell_change(actor, bid, event, old if before else None, new)


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
    # Before any rounding: a number of forty digits cannot be rounded to four decimals.
    if value > MOST:
        return "This is larger than any real figure; check it."
    is_too_fine = isinstance(value, Decimal) and value != round(value, 4)
    return "Enter at most four decimals." if is_too_fine else ""


def line_facts(line: BidLine) -> dict[str, Any]:
    """Give the price of a task as the trail keeps it."""
    return {
        "model": str(line.model),
        "price": line.price_amount,
        "unit": line.unit,
        "expected_hours": line.expected_hours,
        "fte": line.fte,
        "included_volume": line.included_volume,
        "price_above_it": line.overage_amount,
    }
