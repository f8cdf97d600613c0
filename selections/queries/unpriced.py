"""The tasks of the basket that a bid does not price yet: on the page, and as a file to fill in."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

import figures
from assessments.models import TaskAssessment
from selections.models import Bid, BidLine
from selections.words.price_sheet import TITLES
from tabular import csv_bytes

SHOWN = 50
# Unit and volume are there to read; when the file comes back, they are left out.
HEADERS = (
    "Task code",
    TITLES["name"],
    "Unit",
    "Volume a year",
    TITLES["model"],
    f"{TITLES['price_amount']} (USD)",
    TITLES["expected_hours"],
    TITLES["fte"],
    TITLES["included_volume"],
    f"{TITLES['overage_amount']} (USD)",
)
_FACTS = ("legal_task__code", "legal_task__name", "unit", "annual_volume")


@dataclass(frozen=True)
class UnpricedTask:
    """One task; the volume is finished text."""

    code: str
    name: str
    unit: str
    volume: str


@dataclass(frozen=True)
class Unpriced:
    """How many tasks have no price, and the first of them."""

    count: int
    first: tuple[UnpricedTask, ...]


def unpriced(bid: Bid) -> Unpriced:
    """Give the tasks without a price. Two queries."""
    tasks = _tasks(bid)
    first = tuple(
        UnpricedTask(code, name, unit, figures.exact(volume))
        for code, name, unit, volume in tasks.values_list(*_FACTS)[:SHOWN]
    )
    return Unpriced(len(first) if len(first) < SHOWN else tasks.count(), first)


def price_sheet(bid: Bid) -> bytes:
    """Write all of them as a CSV file with empty columns for prices; formulas are defused by the writer."""
    empty = [""] * (len(HEADERS) - len(_FACTS))
    return csv_bytes(
        HEADERS,
        (
            (code, name, unit, None if volume is None else volume.normalize(), *empty)
            for code, name, unit, volume in _tasks(bid).values_list(*_FACTS)
        ),
    )


def _tasks(bid: Bid) -> QuerySet[TaskAssessment]:
    priced = BidLine.objects.filter(bid=bid).order_by().values("legal_task")
    in_basket = TaskAssessment.objects.filter(assessment=bid.selection.assessment_id).candidates()
    return in_basket.exclude(legal_task__in=priced).order_by("legal_task__code")
