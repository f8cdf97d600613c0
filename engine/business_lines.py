"""The business case of one task: baseline, fees, oversight, rework."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.business_inputs import (
    FOLLOWS,
    UNKNOWN,
    Assumptions,
    CaseBid,
    CaseTask,
    Offer,
    Role,
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the task costs in-house a year: `cost` and `cash_part` in whole USD, hours unrounded."""

    hours: float
    cost: float
    cash_part: float
    salaried_hours: float


@dataclass(frozen=True, slots=True)
class Fee:
    """The provider's fee of a year. `quantity` is what the price is multiplied with, in `quantity_unit`.

    `follows`: what the fee moves with: the hours worked, the volume, or nothing (committed: fixed fee,
    person-months). `derived`: the bid states no quantity, so it was worked out from volume × hours ×
    productivity.
    """

    amount: float
    quantity: float
    quantity_unit: str
    follows: str
    derived: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One task in the scope of a bid; NaN where something needed is not known."""

    task: CaseTask
    offer: Offer
    baseline: Baseline
    fee: Fee
    provider_hours: float
    oversight_ratio: float
    oversight_hours: float
    oversight: float
    rework: float


def whole(amount: float) -> float:
    """Rounded to a whole number by Python's rule; NaN stays NaN."""
    return amount if math.isnan(amount) else float(round(amount))


def baseline(task: CaseTask, roles: Mapping[str, Role]) -> Baseline:
    """V × h × Σ(share × rate), and the same over the roles that are paid in cash outside."""
    hours = task.volume * task.hours_per_unit
    if not task.mix:
        return Baseline(hours, UNKNOWN, UNKNOWN, UNKNOWN)
    loaded = math.fsum(share * roles[role].rate for role, share in task.mix.items())
    cash = math.fsum(share * roles[role].rate for role, share in task.mix.items() if roles[role].is_cash)
    salaried = math.fsum(share for role, share in task.mix.items() if not roles[role].is_cash)
    return Baseline(hours, whole(hours * loaded), whole(hours * cash), hours * salaried)


def fee(offer: Offer, task: CaseTask, provider_hours: float, hours_per_person: float) -> Fee:
    """The fee of a year under the offer's pricing model."""
    derived = False
    if offer.model in ("hourly", "blended"):
        derived = offer.expected_hours is None
        quantity, unit = whole(provider_hours) if derived else offer.expected_hours or 0.0, "hours"
        amount = quantity * offer.price
    elif offer.model == "per_unit":
        quantity, unit, amount = task.volume, "units", task.volume * offer.price
    elif offer.model == "fixed_fee":
        quantity, unit = _overage(offer, task), "units above the included volume"
        amount = offer.price if quantity == 0 else offer.price + quantity * offer.overage_price
    else:
        derived = offer.team is None
        team = _team(provider_hours, hours_per_person) if derived else offer.team or 0.0
        quantity, unit, amount = team * 12, "person-months", team * offer.price * 12
    return Fee(amount, quantity, unit, FOLLOWS[offer.model], derived)


def _overage(offer: Offer, task: CaseTask) -> float:
    """Units above what the fixed fee includes; a fee that names no volume includes them all."""
    if offer.included_volume is None:
        return 0.0
    return UNKNOWN if math.isnan(task.volume) else max(0.0, task.volume - offer.included_volume)


def _team(provider_hours: float, hours_per_person: float) -> float:
    """People needed, rounded up to the next half; an exact half stays."""
    people = provider_hours / hours_per_person if hours_per_person > 0 else UNKNOWN
    return math.ceil(people * 2) / 2 if math.isfinite(people * 2) else UNKNOWN


def line(task: CaseTask, bid: CaseBid, assumptions: Assumptions) -> Line:
    """All figures of one task of the scope."""
    offer = bid.offers[task.code]
    in_house = baseline(task, assumptions.roles)
    provider_hours = in_house.hours * bid.productivity
    level = task.practice_level
    ratio = UNKNOWN if level is None else assumptions.oversight_ratio[level]
    oversight_hours = provider_hours * ratio
    corrected = task.volume * bid.error_rate / 100 * task.hours_per_unit * assumptions["rework_hours_share"]
    return Line(
        task=task,
        offer=offer,
        baseline=in_house,
        fee=fee(offer, task, provider_hours, assumptions["fte_hours_per_year"]),
        provider_hours=provider_hours,
        oversight_ratio=ratio,
        oversight_hours=oversight_hours,
        oversight=oversight_hours * assumptions["oversight_rate"],
        rework=corrected * assumptions["rework_rate"],
    )
