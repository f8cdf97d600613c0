"""A business case read and added up, for whoever goes on from there: the case, a simulation, break-evens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.business_inputs import Assumptions, CaseBid, CaseTask, read_basket, read_bid
from engine.business_lines import Line, line
from engine.business_money import Totals, totals


@dataclass(frozen=True, slots=True, eq=False)
class CaseParts:
    """The checked inputs, the lines of the scope (basket tasks offered and not excluded) and their sums."""

    given: Assumptions
    bid: CaseBid
    basket: tuple[CaseTask, ...]
    lines: tuple[Line, ...]
    sums: Totals


def read_parts(
    tasks: Sequence[Mapping[str, Any]], bid: Mapping[str, Any], assumptions: Mapping[str, Any]
) -> CaseParts:
    """Check the inputs of `business_case` and add up the scope. Raises `InvalidInput`."""
    basket = read_basket(tasks, assumptions)
    return add_up(basket.given, read_bid(bid), basket.tasks)


def add_up(given: Assumptions, bid: CaseBid, basket: tuple[CaseTask, ...]) -> CaseParts:
    """The lines of the scope and their sums."""
    scope = [task for task in basket if task.code in bid.offers and task.code not in bid.task_exclusions]
    lines = [line(task, bid, given) for task in scope]
    return CaseParts(given, bid, basket, tuple(lines), totals(lines, given))


def missing_inputs(parts: CaseParts) -> tuple[str, ...]:
    """What keeps figures from being computed, in words."""
    bid = parts.bid
    found = [
        (not parts.lines, "the bid offers no task of the basket"),
        (math.isnan(bid.productivity), "the productivity factor"),
        (math.isnan(bid.error_rate), "the error rate (QUAL-01)"),
        (math.isnan(bid.transition_percent), "the transition charge (COST-04)"),
        (math.isnan(parts.sums.governance), "governance hours, rate or tooling"),
    ]
    for row in parts.lines:
        code = row.task.code
        found.append((math.isnan(row.baseline.cost), f"{code}: volume, hours per unit or who does the work"))
        found.append((math.isnan(row.fee.amount), f"{code}: the price or what it is multiplied with"))
        found.append((math.isnan(row.oversight_ratio), f"{code}: the practice-of-law level (UPL)"))
    return tuple(text for is_missing, text in found if is_missing)
