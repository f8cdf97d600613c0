"""Which assumptions the business case knows, and what a wrong one is told (names of docs/method.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RATIOS = "oversight_ratio_by_UPL"
LEVELS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class Assumption:
    """One input of the business case; ``unit`` is "USD", "hours", "weeks", "years" or "share" (0 to 1)."""

    name: str
    label: str
    unit: str
    lowest: float = 0.0
    highest: float = 1e9
    is_whole: bool = False
    is_required: bool = True


ASSUMPTIONS = (
    Assumption("oversight_rate", "Rate of the supervising lawyer", "USD per hour"),
    Assumption("rework_rate", "Rate for correcting errors", "USD per hour"),
    Assumption("rework_hours_share", "Share of the work that an error makes us repeat", "share", highest=1.0),
    Assumption("governance_hours_per_year", "Hours to manage the provider", "hours per year"),
    Assumption("governance_rate", "Rate for managing the provider", "USD per hour"),
    Assumption("tooling_per_year", "Tools for working with the provider", "USD per year"),
    Assumption("transition_internal_hours", "Our own hours for the transition", "hours"),
    Assumption("transition_internal_rate", "Rate for the transition", "USD per hour"),
    Assumption("parallel_run_weeks", "Weeks in which both do the work", "weeks", highest=260.0),
    Assumption("parallel_run_share", "Share of the work done twice in those weeks", "share", highest=1.0),
    Assumption("year1_ramp", "Share of a year's saving that year 1 reaches", "share", highest=1.0),
    Assumption("discount_rate", "Discount rate", "share", lowest=-0.99, highest=10.0),
    Assumption("term_years", "Term of the agreement", "years", lowest=1, highest=100, is_whole=True),
    Assumption("fte_hours_per_year", "Productive hours of one person", "hours per year", highest=8_784.0),
    Assumption(
        "internal_redeployment_share",
        "Share of freed hours that will be used for other work",
        "share",
        highest=1.0,
    ),
    Assumption("transition_other", "Other one-off costs", "USD", is_required=False),
)


def assumption_faults(given: Mapping[str, Any]) -> dict[str, str]:
    """Say for each wrong or missing assumption what to enter; an empty answer means all are right."""
    known = {one.name for one in ASSUMPTIONS} | {RATIOS}
    faults = {name: "This is not an assumption of the business case." for name in given if name not in known}
    for one in ASSUMPTIONS:
        fault = _fault(one, given.get(one.name))
        if fault:
            faults[one.name] = fault
    ratios = given.get(RATIOS)
    if not isinstance(ratios, Mapping) or set(ratios) != set(LEVELS):
        faults[RATIOS] = "Give the share of supervision for each of the levels 1 to 5."
    elif not all(_is_number(ratio) and 0 <= ratio <= 10 for ratio in ratios.values()):
        faults[RATIOS] = "Give each level a share such as 0.08 (8 % of the provider's hours)."
    return faults


def _fault(one: Assumption, value: Any) -> str:
    if value is None:
        return f"{one.label} is missing." if one.is_required else ""
    if not _is_number(value):
        return f"{one.label}: enter a number."
    if not one.lowest <= value <= one.highest:
        return f"{one.label}: enter a number from {one.lowest:g} to {one.highest:,.10g}."
    if one.is_whole and value != int(value):
        return f"{one.label}: enter a whole number."
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
