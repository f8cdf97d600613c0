"""What a price sheet calls its columns and the five pricing models."""

from __future__ import annotations

from selections.models import BidLine
from selections.words.names import listed
from tabular import Column, plain_heading

# The first two say which task a row prices; each is read as code or as name.
COLUMNS = (
    Column(
        "code",
        "Task code or name",
        ("code", "task code", "legal task code", "id", "task id", "no", "number", "ref", "reference"),
    ),
    Column(
        "name",
        "Task name",
        (
            *("task", "legal task", "name", "work", "type of work", "activity"),
            *("description", "task description", "service", "item"),
        ),
    ),
    Column(
        "model",
        "Pricing model",
        (
            *("price model", "pricing", "model of price", "type of price", "price type"),
            *("basis", "price basis", "pricing basis", "basis of price", "charging basis"),
            *("fee type", "fee model", "fee basis", "rate type"),
        ),
    ),
    Column(
        "price_amount",
        "Price",
        (
            *("price usd", "price in usd", "usd", "amount", "amount usd", "unit price", "unit price usd"),
            *("rate", "rate usd", "hourly rate", "hourly rate usd", "fee", "fee usd", "price each", "quote"),
            *("offer", "offered price", "unit rate", "price us", "fees"),
        ),
        is_required=True,
        is_number=True,
    ),
    Column(
        "expected_hours",
        "Expected hours a year",
        (
            *("hours", "expected hours", "hours a year", "hours per year", "hours year", "annual hours"),
            *("estimated hours", "yearly hours", "expected hours per year", "est hours"),
        ),
        is_number=True,
    ),
    Column(
        "fte",
        "People (FTE)",
        (
            *("ftes", "people", "headcount", "team", "team size", "persons", "staff"),
            *("number of people", "number of ftes", "number of fte", "fte count"),
        ),
        is_number=True,
    ),
    Column(
        "included_volume",
        "Included volume a year",
        (
            *("included", "volume included", "included units", "units included"),
            *("included volume per year", "included volume year", "volume included a year"),
        ),
        is_number=True,
    ),
    Column(
        "overage_amount",
        "Price above the included volume",
        (
            *("price above the included volume usd", "price above the included volume usd per unit"),
            *("price above", "price above it", "price above included volume", "price above included"),
            *("overage", "overage price", "overage price usd", "overage rate", "overage fee"),
            *("excess price", "excess rate", "additional unit price", "price of further units"),
        ),
        is_number=True,
    ),
)
TITLES = {column.key: column.title for column in COLUMNS}
# Which column is which where no row holds headings.
PLACES = tuple(column.key for column in COLUMNS if column.key != "name")

_SPELLINGS: dict[str, tuple[str, ...]] = {
    BidLine.Model.HOURLY: (
        *("hour", "hours", "per hour", "hourly rate", "rate per hour", "by the hour"),
        *("time and materials", "time and material", "t m"),
    ),
    BidLine.Model.BLENDED: ("blended rate", "blended hourly rate", "blended hour", "blended per hour"),
    BidLine.Model.PER_UNIT: ("unit", "unit price", "unit rate", "per item", "item", "each", "per piece"),
    BidLine.Model.FTE: (
        *("ftes", "per fte", "fte month", "per fte month", "full time equivalent"),
        *("person month", "person months", "per person month", "per person and month"),
    ),
    BidLine.Model.FIXED_FEE: (
        *("fixed", "fixed price", "fixed annual fee", "flat", "flat fee", "lump sum", "annual fee"),
        *("per year", "year"),
    ),
}
_MODELS = {
    plain_heading(text): str(model.value)
    for model in BidLine.Model
    for text in (model.value, str(model.label), *_SPELLINGS[model])
}
KNOWN_MODELS = listed([str(label) for label in BidLine.Model.labels], last="or")


def model_named(text: str) -> str:
    """Give the pricing model that a text names; empty when it names none."""
    return _MODELS.get(plain_heading(text), "")
