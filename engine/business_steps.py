"""The arithmetic of a business case, written out so that every figure can be opened."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.business_drivers import Amount
from engine.business_inputs import Assumptions, CaseBid
from engine.business_money import Figures, Totals


@dataclass(frozen=True, slots=True)
class Step:
    """One figure: its code, the formula in words, its terms in order, and the result (unrounded)."""

    code: str
    formula: str
    terms: Mapping[str, float | None]
    value: float | None


def shown(value: Amount) -> float | None:
    """A figure for the outside: what is not known or not finite is None, never 0 or infinity."""
    number: float = value.item() if isinstance(value, np.ndarray | np.number) else value
    return number if math.isfinite(number) else None


def _step(code: str, formula: str, value: Amount, **terms: Amount) -> Step:
    return Step(code, formula, {name: shown(term) for name, term in terms.items()}, shown(value))


def steps(sums: Totals, result: Figures, bid: CaseBid, given: Assumptions) -> tuple[Step, ...]:
    """Every total of the case with the numbers it was made of, in the order of the calculation."""
    return (
        *_yearly_steps(sums, result, given),
        *_transition_steps(sums, result, bid, given),
        *_term_steps(sums, result, given),
        *_effect_steps(sums, result, given),
    )


def _yearly_steps(sums: Totals, result: Figures, given: Assumptions) -> tuple[Step, ...]:
    return (
        _step(
            "governance",
            "governance hours × rate + tooling",
            sums.governance,
            governance_hours=given["governance_hours_per_year"],
            rate=given["governance_rate"],
            tooling=given["tooling_per_year"],
        ),
        _step(
            "run_cost",
            "fees + oversight + rework + governance",
            sums.run_cost,
            fees=sums.fees,
            oversight=sums.oversight,
            rework=sums.rework,
            governance=sums.governance,
        ),
        _step(
            "annual_saving",
            "baseline − run cost",
            sums.saving,
            baseline=sums.baseline,
            run_cost=sums.run_cost,
        ),
        _step(
            "saving_pct",
            "annual saving / baseline × 100",
            result.saving_percent,
            annual_saving=sums.saving,
            baseline=sums.baseline,
        ),
    )


def _transition_steps(sums: Totals, result: Figures, bid: CaseBid, given: Assumptions) -> tuple[Step, ...]:
    return (
        _step(
            "transition",
            "charge % / 100 × fees + internal hours × rate + weeks × baseline / 52 × share + other",
            result.transition,
            charge_percent=bid.transition_percent,
            fees=sums.fees,
            internal_hours=given["transition_internal_hours"],
            rate=given["transition_internal_rate"],
            weeks=given["parallel_run_weeks"],
            baseline=sums.baseline,
            share=given["parallel_run_share"],
            other=given.transition_other,
        ),
        _step(
            "cost_index",
            "(run cost + transition / term years) / baseline × 100",
            result.cost_index,
            run_cost=sums.run_cost,
            transition=result.transition,
            term_years=given.term_years,
            baseline=sums.baseline,
        ),
    )


def _term_steps(sums: Totals, result: Figures, given: Assumptions) -> tuple[Step, ...]:
    return (
        _step(
            "year1_saving",
            "annual saving × ramp; a loss counts in full",
            result.year1_saving,
            annual_saving=sums.saving,
            ramp=given["year1_ramp"],
        ),
        _step(
            "payback_months",
            "transition / (year-1 saving / 12), or 12 + (transition − year-1 saving) / (annual saving / 12)",
            result.payback_months,
            transition=result.transition,
            year1_saving=result.year1_saving,
            annual_saving=sums.saving,
        ),
        _step(
            "npv",
            "−transition + Σ saving of year y / (1 + r)^y over the term",
            result.npv,
            transition=result.transition,
            year1_saving=result.year1_saving,
            annual_saving=sums.saving,
            r=given.discount_rate,
            term_years=given.term_years,
        ),
    )


def _effect_steps(sums: Totals, result: Figures, given: Assumptions) -> tuple[Step, ...]:
    return (
        _step(
            "direct_cash_effect",
            "cash part of the baseline − fees − tooling",
            result.cash_effect,
            cash_part=sums.cash_part,
            fees=sums.fees,
            tooling=given["tooling_per_year"],
        ),
        _step(
            "hours_freed",
            "salaried hours − oversight hours − governance hours",
            result.hours_freed,
            salaried_hours=sums.salaried_hours,
            oversight_hours=sums.oversight_hours,
            governance_hours=given["governance_hours_per_year"],
        ),
        _step(
            "hours_to_core",
            "max(0, hours freed) × share that management commits to reuse",
            result.hours_to_core,
            hours_freed=result.hours_freed,
            share=given["internal_redeployment_share"],
        ),
    )
