"""The business case of a bid: what it costs, saves and frees a year, and what the change costs once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.business_drivers import BASE, HIGH, LOW, LOW_VOLUME
from engine.business_inputs import Basket, CaseBid, read_basket, read_bid
from engine.business_lines import Line, baseline
from engine.business_money import Figures, Totals, figures, payback_words, percent, saving_at
from engine.business_parts import CaseParts, add_up, missing_inputs
from engine.business_steps import Step, shown, steps
from engine.errors import quoted, refuse

_LOW_CASE_PERCENT = 100 * LOW_VOLUME


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One task of the scope. Money in USD a year, hours a year; None is "not computable"."""

    task: str
    name: str
    model: str
    price: float | None
    quantity: float | None
    quantity_unit: str
    quantity_derived: bool
    in_house_hours: float | None
    baseline: float | None
    cash_part: float | None
    salaried_hours: float | None
    provider_hours: float | None
    fees: float | None
    oversight_ratio: float | None
    oversight_hours: float | None
    oversight: float | None
    rework: float | None


@dataclass(frozen=True, slots=True)
class SavingRange:
    """Annual saving at low (volume −20 %, prices +10 %), base and high (volume +10 %, prices −5 %)."""

    low: float | None
    base: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class WholeBasket:
    """The case with the unserved tasks kept in-house: their baseline is added to both sides."""

    tasks: tuple[str, ...]
    added: float | None
    baseline: float | None
    run_cost: float | None
    saving_pct: float | None


@dataclass(frozen=True)
class BusinessCase:
    """The result of `business_case`, over the bid's scope, unrounded. Money in USD; None is "not computable".

    `payback_months` is None also when there is no payback; `payback` then says which: "no payback",
    "not computable", else "within the term" or "not within the term". `missing`: what keeps figures open.
    """

    scope: tuple[str, ...]
    lines: tuple[CaseLine, ...]
    baseline: float | None
    cash_part: float | None
    salaried_hours: float | None
    fees: float | None
    oversight_hours: float | None
    oversight: float | None
    rework: float | None
    governance: float | None
    run_cost: float | None
    annual_saving: float | None
    saving_pct: float | None
    cost_index: float | None
    transition: float | None
    year1_saving: float | None
    payback_months: float | None
    payback: str
    npv: float | None
    range: SavingRange
    direct_cash_effect: float | None
    hours_freed: float | None
    hours_to_core: float | None
    term_years: int
    whole_basket: WholeBasket
    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def internal_hours_freed(self) -> float | None:
        """The same as `hours_freed`."""
        return self.hours_freed

    @property
    def npv_3y(self) -> float | None:
        """The net present value of a three-year term; None for any other term."""
        return self.npv if self.term_years == 3 else None


def business_case(
    tasks: Sequence[Mapping[str, Any]], bid: Mapping[str, Any], assumptions: Mapping[str, Any]
) -> BusinessCase:
    """Calculate the case of one bid over the basket.

    `tasks`: the basket tasks in the shape of `demo_company.json`. `bid`: the shape of
    `demo_providers.json`, with `task_exclusions` (codes, or rows as there) where knock-outs exclude tasks.
    `assumptions`: those of `demo_company.json` with its `role_rates` as one more member (or a document with
    both members). The scope is the basket tasks that the bid offers, less its exclusions. Formulas:
    docs/method.md, Business case. Raises `InvalidInput`.
    """
    return basket_case(read_basket(tasks, assumptions), bid)


def basket_case(basket: Basket, bid: Mapping[str, Any]) -> BusinessCase:
    """`business_case` of one of several bids over the same basket, which is read once for all of them."""
    if not isinstance(basket, Basket):
        raise refuse("basket", f"what `read_basket` gives is needed, not {quoted(basket)}")
    parts = add_up(basket.given, read_bid(bid), basket.tasks)
    sums, given = parts.sums, parts.given
    result = figures(sums, parts.bid, given)
    return BusinessCase(
        scope=tuple(row.task.code for row in parts.lines),
        lines=tuple(_shown_line(row) for row in parts.lines),
        range=SavingRange(*(shown(saving_at(parts.lines, sums, case)) for case in (LOW, BASE, HIGH))),
        payback=payback_words(result.payback_months, given.term_years),
        term_years=given.term_years,
        whole_basket=_whole_basket(parts),
        steps=steps(sums, result, parts.bid, given),
        warnings=_warnings(parts.bid),
        missing=missing_inputs(parts),
        **_shown_figures(sums, result),
    )


def _shown_figures(sums: Totals, result: Figures) -> dict[str, float | None]:
    return {
        "baseline": shown(sums.baseline),
        "cash_part": shown(sums.cash_part),
        "salaried_hours": shown(sums.salaried_hours),
        "fees": shown(sums.fees),
        "oversight_hours": shown(sums.oversight_hours),
        "oversight": shown(sums.oversight),
        "rework": shown(sums.rework),
        "governance": shown(sums.governance),
        "run_cost": shown(sums.run_cost),
        "annual_saving": shown(sums.saving),
        "saving_pct": shown(result.saving_percent),
        "cost_index": shown(result.cost_index),
        "transition": shown(result.transition),
        "year1_saving": shown(result.year1_saving),
        "payback_months": shown(result.payback_months),
        "npv": shown(result.npv),
        "direct_cash_effect": shown(result.cash_effect),
        "hours_freed": shown(result.hours_freed),
        "hours_to_core": shown(result.hours_to_core),
    }


def _shown_line(row: Line) -> CaseLine:
    return CaseLine(
        task=row.task.code,
        name=row.task.name,
        model=row.offer.model,
        price=shown(row.offer.price),
        quantity=shown(row.fee.quantity),
        quantity_unit=row.fee.quantity_unit,
        quantity_derived=row.fee.derived,
        in_house_hours=shown(row.baseline.hours),
        baseline=shown(row.baseline.cost),
        cash_part=shown(row.baseline.cash_part),
        salaried_hours=shown(row.baseline.salaried_hours),
        provider_hours=shown(row.provider_hours),
        fees=shown(row.fee.amount),
        oversight_ratio=shown(row.oversight_ratio),
        oversight_hours=shown(row.oversight_hours),
        oversight=shown(row.oversight),
        rework=shown(row.rework),
    )


def _whole_basket(parts: CaseParts) -> WholeBasket:
    served = {row.task.code for row in parts.lines}
    unserved = {
        task.code: baseline(task, parts.given.roles).cost for task in parts.basket if task.code not in served
    }
    sums = parts.sums
    added = sum(unserved.values(), 0.0)
    total = sums.baseline + added
    return WholeBasket(
        tasks=tuple(unserved),
        added=shown(added),
        baseline=shown(total),
        run_cost=shown(sums.run_cost + added),
        saving_pct=shown(percent(sums.saving, total)),
    )


def _warnings(bid: CaseBid) -> tuple[str, ...]:
    if not bid.minimum_commitment > _LOW_CASE_PERCENT:
        return ()
    return (
        f"the minimum commitment of {bid.minimum_commitment:g} % is above the low case, "
        f"{_LOW_CASE_PERCENT:g} % of the forecast volume",
    )
