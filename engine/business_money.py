"""The formulas of the business case on sums; NaN is what is not known and stays NaN.

They take numbers, or arrays of one length with a case in each place, so that a simulation, a break-even and
the base case share them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.business_drivers import BASE, Amount, Drivers
from engine.business_inputs import COMMITTED, UNKNOWN, WITH_HOURS, WITH_VOLUME, Assumptions, CaseBid
from engine.business_lines import Line

NO_PAYBACK, NOT_COMPUTABLE = "no payback", "not computable"
WITHIN, NOT_WITHIN = "within the term", "not within the term"


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over the scope, a year: money in USD, hours; governance once for the whole bid.

    `fee_parts`: the fees by what they follow.
    """

    baseline: Amount
    cash_part: Amount
    salaried_hours: Amount
    fees: Amount
    fee_parts: Mapping[str, Amount]
    oversight_hours: Amount
    oversight: Amount
    rework: Amount
    governance_hours: Amount
    tooling: Amount
    governance: Amount

    @property
    def run_cost(self) -> Amount:
        """Fees + oversight + rework + governance."""
        return self.fees + self.oversight + self.rework + self.governance

    @property
    def saving(self) -> Amount:
        """Baseline − run cost."""
        return self.baseline - self.run_cost


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What follows from the sums. `payback_months` is infinite where there is no payback."""

    saving_percent: Amount
    cost_index: Amount
    transition: Amount
    year1_saving: Amount
    payback_months: Amount
    npv: Amount
    cash_effect: Amount
    hours_freed: Amount
    hours_to_core: Amount


def totals(lines: list[Line], given: Assumptions) -> Totals:
    """Add up the lines of the scope."""
    hours, tooling = given["governance_hours_per_year"], given["tooling_per_year"]
    return Totals(
        baseline=math.fsum(row.baseline.cost for row in lines),
        cash_part=math.fsum(row.baseline.cash_part for row in lines),
        salaried_hours=math.fsum(row.baseline.salaried_hours for row in lines),
        fees=math.fsum(row.fee.amount for row in lines),
        fee_parts={
            follows: math.fsum(row.fee.amount for row in lines if row.fee.follows == follows)
            for follows in (WITH_HOURS, WITH_VOLUME, COMMITTED)
        },
        oversight_hours=math.fsum(row.oversight_hours for row in lines),
        oversight=math.fsum(row.oversight for row in lines),
        rework=math.fsum(row.rework for row in lines),
        governance_hours=hours,
        tooling=tooling,
        governance=hours * given["governance_rate"] + tooling,
    )


@np.errstate(all="ignore")
def moved(sums: Totals, by: Drivers) -> Totals:
    """The sums when what they rest on moves; at factors of 1 the same to the last bit.

    Baseline, oversight, rework and the fees of hours and units follow the volume; what is done by the hour
    also follows hours per unit, and the provider's share of it productivity. Committed fees follow prices
    only. Quantities keep the rounding of the base case, so each sum is a product of factors.
    """
    work, prices = by.in_house_work, by.prices
    supervised = by.provider_work * by.oversight
    factors = {follows: by.quantity(follows) * prices for follows in sums.fee_parts}
    # The fees as a change of their sum, because the parts added up again may miss it by a last digit.
    fees = sums.fees
    for follows, part in sums.fee_parts.items():
        fees = fees + part * (factors[follows] - 1)
    return Totals(
        baseline=sums.baseline * work,
        cash_part=sums.cash_part * work,
        salaried_hours=sums.salaried_hours * work,
        fees=fees,
        fee_parts={follows: part * factors[follows] for follows, part in sums.fee_parts.items()},
        oversight_hours=sums.oversight_hours * supervised,
        oversight=sums.oversight * supervised,
        rework=sums.rework * work * by.error_rate,
        governance_hours=sums.governance_hours * by.governance,
        tooling=sums.tooling * by.governance,
        governance=sums.governance * by.governance,
    )


@np.errstate(all="ignore")
def figures(sums: Totals, bid: CaseBid, given: Assumptions, by: Drivers = BASE) -> Figures:
    """Everything that is worked out from the sums; `by`: what the sums were moved by."""
    transition = transition_cost(sums, bid, given) * by.transition
    year1 = year1_saving(sums.saving, ramped(given["year1_ramp"], by.ramp))
    freed = sums.salaried_hours - sums.oversight_hours - sums.governance_hours
    return Figures(
        saving_percent=percent(sums.saving, sums.baseline),
        cost_index=percent(sums.run_cost + transition / given.term_years, sums.baseline),
        transition=transition,
        year1_saving=year1,
        payback_months=payback_months(sums.saving, year1, transition),
        npv=net_present_value(sums.saving, year1, transition, given),
        cash_effect=sums.cash_part - sums.fees - sums.tooling,
        hours_freed=freed,
        hours_to_core=np.maximum(0.0, freed) * given["internal_redeployment_share"],
    )


def percent(part: Amount, whole: Amount) -> Amount:
    """part / whole × 100; not defined for an empty whole."""
    empty = np.equal(whole, 0)
    return np.where(empty, UNKNOWN, part / np.where(empty, 1.0, whole) * 100)


def transition_cost(sums: Totals, bid: CaseBid, given: Assumptions) -> Amount:
    """Provider charge + internal hours × rate + parallel run + what else is known."""
    return (
        bid.transition_percent / 100 * sums.fees
        + given["transition_internal_hours"] * given["transition_internal_rate"]
        + given["parallel_run_weeks"] * sums.baseline / 52 * given["parallel_run_share"]
        + given.transition_other
    )


def ramped(ramp: float, factor: Amount) -> Amount:
    """The share of the saving in year 1: a better start than planned brings no more than all of it."""
    return np.minimum(ramp * factor, max(1.0, ramp))


def year1_saving(saving: Amount, ramp: Amount) -> Amount:
    """The ramp applies to a saving only; a loss counts in full from the start."""
    return np.where(np.greater(saving, 0), saving * ramp, saving)


def payback_months(saving: Amount, year1: Amount, transition: Amount) -> Amount:
    """Months until the saving has paid the transition: the first rule that fits, infinite for no payback."""
    within_year1 = transition / (year1 / 12)
    later = 12 + (transition - year1) / (saving / 12)
    months = np.where(np.less_equal(transition, year1), within_year1, later)
    months = np.where(np.equal(transition, 0) & np.greater(saving, 0), 0.0, months)
    return np.where(np.less_equal(saving, 0), math.inf, months)


def payback_words(months: Amount, term: int) -> str:
    """What to say about one payback."""
    if np.isnan(months):
        return NOT_COMPUTABLE
    if np.isinf(months):
        return NO_PAYBACK
    return WITHIN if months <= 12 * term else NOT_WITHIN


def net_present_value(saving: Amount, year1: Amount, transition: Amount, given: Assumptions) -> Amount:
    """−transition today, then the saving of each year of the term at its end. Not defined for r ≤ −1."""
    growth = 1 + given.discount_rate
    if growth <= 0:
        return UNKNOWN
    factor, value = 1 / growth, -transition + year1 / growth
    for _ in range(2, given.term_years + 1):
        factor /= growth
        value = value + saving * factor
    return value


def saving_at(lines: Iterable[Line], sums: Totals, by: Drivers) -> Amount:
    """Annual saving at other volumes and prices: that of `moved`, but added up by line.

    Records keep the range to the last digit, so this one sum is not taken from the parts of the fees.
    """
    fees = math.fsum(row.fee.amount * by.prices * by.quantity(row.fee.follows) for row in lines)
    moving = (sums.baseline - sums.oversight - sums.rework) * by.volume
    return moving - fees - sums.governance
