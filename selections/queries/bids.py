"""What the bids page prints: one line for each bid, read from the computed case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import figures
from selections.queries.inputs import BidFacts, CaseInputs
from selections.words.names import without_mark
from selections.words.reading import Reading
from selections.words.standing import Standing, standing


@dataclass(frozen=True)
class BidRow:
    """One bid. Figures are finished text; money in USD a year, on the bid's own scope."""

    facts: BidFacts
    name: str
    standing: Standing
    place: str
    total: str
    scope: str
    is_partial: bool
    fees: str
    cost_index: str
    low: str
    base: str
    high: str
    open_items: tuple[str, ...]


def bid_rows(
    case: Mapping[str, Any] | None, reading: Reading | None, inputs: CaseInputs
) -> tuple[BidRow, ...]:
    """Give the bids in rank order, excluded ones last; without a case in the order of their codes."""
    by_code = {bid.code: bid for bid in inputs.bids}
    codes = [row["code"] for row in (*reading.ranking, *reading.excluded)] if reading else list(by_code)
    return tuple(_row(case, reading, inputs, by_code[code]) for code in codes)


def _row(
    case: Mapping[str, Any] | None, reading: Reading | None, inputs: CaseInputs, facts: BidFacts
) -> BidRow:
    business = case["business_cases"][facts.code] if case else {}
    saving = business.get("range") or {}
    served, asked = scope_size(case, facts.code)
    result = reading.rows[facts.code] if reading else {}
    rank = result.get("rank")
    return BidRow(
        facts=facts,
        name=without_mark(facts.name),
        standing=standing(case, facts.code),
        place=str(rank) if rank else "",
        total=figures.score(result.get("score"), none=figures.DASH),
        scope=f"{served} of {asked}" if case else figures.DASH,
        is_partial=served < asked,
        fees=figures.money(business.get("fees")),
        cost_index=figures.index(business.get("cost_index")),
        low=figures.money(saving.get("low")),
        base=figures.money(saving.get("base")),
        high=figures.money(saving.get("high")),
        open_items=tuple(open_items(case, reading, inputs, facts.code)),
    )


def scope_size(case: Mapping[str, Any] | None, code: str) -> tuple[int, int]:
    """Count the basket tasks that a bid serves, and all of them."""
    if case is None:
        return 0, 0
    basket = sum(1 for task in case["suitability"].values() if task["in_basket"])
    return len(case["business_cases"][code]["scope"]), basket


def open_items(
    case: Mapping[str, Any] | None, reading: Reading | None, inputs: CaseInputs, code: str
) -> Sequence[str]:
    """List what somebody still has to settle about a bid."""
    items: list[str] = []
    if case is not None:
        business = case["business_cases"][code]
        conditional = case["knock_outs"][code]["conditional"]
        if conditional:
            items.append(f"Clear before award: {', '.join(conditional)}")
        items += [f"Missing: {what}" for what in business["missing"]]
        items += warnings_of(business)
    unknown = list(reading.rows[code]["missing"]) if reading else _unknown(inputs, code)
    if unknown:
        items.append(f"Value not known: {', '.join(unknown)}")
    return items


def _unknown(inputs: CaseInputs, code: str) -> list[str]:
    cells = inputs.cells[code].items()
    return [leaf for leaf, cell in cells if cell.score is None and cell.origin != "computed"]


def warnings_of(business: Mapping[str, Any]) -> list[str]:
    """Give the warnings of a business case as pages write them; records keep them in the engine's words."""
    return [f"{text[:1].upper()}{text[1:]}".replace(" %", "%") for text in business["warnings"]]
