"""The formulas of the business case on sums; NaN is what is not known and stays NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from engine.business_inputs import UNKNOWN, Assumptions, CaseBid
from engine.business_lines import Line

NO_PAYBACK, NOT_COMPUTABLE = "no payback", "not computable"
WITHIN, NOT_WITHIN = "within the term", "not within the term"


class Scenario(NamedTuple):
    """Factors on volume and on prices."""

    volume: float
    price: float


LOW, BASE, HIGH = Scenario(0.8, 1.1), Scenario(1.0, 1.0), Scenario(1.1, 0.95)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the scope, a year: money in USD, hours; governance once for the whole bid."""

    baseline: float
    cash_part: float
    salaried_hours: float
    fees: float
    oversight_hours: float
    oversight: float
    rework: float
    governance: float

    @property
    def run_cost(self) -> float:
        """Fees + oversight + rework + governance."""
        return self.fees + self.oversight + self.rework + self.governance

    @property
    def saving(self) -> float:
        """Baseline − run cost."""
        return self.baseline - self.run_cost


@dataclass(frozen=True, slots=True)
class Figures:
    """What follows from the sums."""

    saving_percent: float
    cost_index: float
    transition: float
    year1_saving: float
    payback_months: float
    payback: str
    npv: float
    cash_effect: float
    hours_freed: float
    hours_to_core: float


def totals(lines: list[Line], given: Assumptions) -> Totals:
    """Add up the lines of the scope."""
    return Totals(
        baseline=math.fsum(row.baseline.cost for row in lines),
        cash_part=math.fsum(row.baseline.cash_part for row in lines),
        salaried_hours=math.fsum(row.baseline.salaried_hours for row in lines),
        fees=math.fsum(row.fee.amount for row in lines),
        oversight_hours=math.fsum(row.oversight_hours for row in lines),
        oversight=math.fsum(row.oversight for row in lines),
        rework=math.fsum(row.rework for row in lines),
        governance=given["governance_hours_per_year"] * given["governance_rate"] + given["tooling_per_year"],
    )


def figures(sums: Totals, bid: CaseBid, given: Assumptions) -> Figures:
    """Everything that is worked out from the sums in the base case."""
    transition = transition_cost(sums, bid, given)
    year1 = year1_saving(sums.saving, given["year1_ramp"])
    months, payback = payback_months(sums.saving, year1, transition, given.term_years)
    freed = sums.salaried_hours - sums.oversight_hours - given["governance_hours_per_year"]
    core = freed if math.isnan(freed) else max(0.0, freed) * given["internal_redeployment_share"]
    return Figures(
        saving_percent=percent(sums.saving, sums.baseline),
        cost_index=percent(sums.run_cost + transition / given.term_years, sums.baseline),
        transition=transition,
        year1_saving=year1,
        payback_months=months,
        payback=payback,
        npv=net_present_value(sums.saving, year1, transition, given),
        cash_effect=sums.cash_part - sums.fees - given["tooling_per_year"],
        hours_freed=freed,
        hours_to_core=core,
    )


def percent(part: float, whole: float) -> float:
    """part / whole × 100; not defined for an empty whole."""
    return part / whole * 100 if whole != 0 else UNKNOWN


def transition_cost(sums: Totals, bid: CaseBid, given: Assumptions) -> float:
    """Provider charge + internal hours × rate + parallel run + what else is known."""
    return (
        bid.transition_percent / 100 * sums.fees
        + given["transition_internal_hours"] * given["transition_internal_rate"]
        + given["parallel_run_weeks"] * sums.baseline / 52 * given["parallel_run_share"]
        + given.transition_other
    )


def year1_saving(saving: float, ramp: float) -> float:
    """The ramp applies to a saving only; a loss counts in full from the start."""
    return saving * ramp if saving > 0 else saving


def payback_months(saving: float, year1: float, transition: float, term: int) -> tuple[float, str]:
    """Months until the saving has paid the transition, and what to say about it: the first rule that fits."""
    if saving <= 0:
        return UNKNOWN, NO_PAYBACK
    if math.isnan(saving) or math.isnan(transition):
        return UNKNOWN, NOT_COMPUTABLE
    if transition == 0:
        return 0.0, WITHIN
    if math.isnan(year1):
        return UNKNOWN, NOT_COMPUTABLE
    within_year1 = transition <= year1
    months = transition / (year1 / 12) if within_year1 else 12 + (transition - year1) / (saving / 12)
    return months, WITHIN if months <= 12 * term else NOT_WITHIN


def net_present_value(saving: float, year1: float, transition: float, given: Assumptions) -> float:
    """−transition today, then the saving of each year of the term at its end. Not defined for r ≤ −1."""
    growth = 1 + given.discount_rate
    if growth <= 0:
        return UNKNOWN
    factor, value = 1 / growth, -transition + year1 / growth
    for _ in range(2, given.term_years + 1):
        factor /= growth
        value += saving * factor
    return value


def saving_at(lines: list[Line], sums: Totals, case: Scenario) -> float:
    """Annual saving with other volumes and prices.

    Baseline, oversight, rework and fees that follow the volume scale with it; committed fees do not; all
    fees scale with prices; governance stays.
    """
    fees = math.fsum(
        row.fee.amount * case.price * (1.0 if row.fee.is_committed else case.volume) for row in lines
    )
    moving = (sums.baseline - sums.oversight - sums.rework) * case.volume
    return moving - fees - sums.governance
