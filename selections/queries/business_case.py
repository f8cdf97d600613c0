"""The business case of a bid, line by line with the actual values, as finished text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import figures
from providers.reference import shown_value
from selections.models import BidLine

Writer = Callable[[float | None], str]

NAMES: dict[str, tuple[str, Writer, str]] = {
    "governance": ("Governance and tooling", figures.money, "USD a year"),
    "run_cost": ("Run cost", figures.money, "USD a year"),
    "annual_saving": ("Annual saving", figures.money, "USD a year"),
    "saving_pct": ("Saving of the baseline", figures.percent, ""),
    "transition": ("Transition", figures.money, "USD once"),
    "cost_index": ("All-in cost index (COST-01)", figures.index, "% of baseline"),
    "year1_saving": ("Saving of year 1", figures.money, "USD"),
    "payback_months": ("Payback", figures.months, "months"),
    "npv": ("Net present value", figures.money, "USD over the term"),
    "direct_cash_effect": ("Direct cash effect", figures.money, "USD a year"),
    "hours_freed": ("Hours freed", figures.hours, "hours a year"),
    "hours_to_core": ("Hours for other work", figures.hours, "hours a year"),
}
_HOURS = {"governance_hours", "internal_hours", "salaried_hours", "oversight_hours", "hours_freed"}
_SHARES = {"share", "ramp", "r"}
_PLAIN = {"weeks", "term_years", "charge_percent", "rate"}


@dataclass(frozen=True)
class Term:
    """One number that goes into a formula."""

    name: str
    shown: str


@dataclass(frozen=True)
class ArithmeticStep:
    """One figure with its formula and the values that went in."""

    code: str
    name: str
    formula: str
    terms: tuple[Term, ...]
    shown: str
    unit: str


@dataclass(frozen=True)
class CaseLine:
    """The money of one legal task, a year."""

    code: str
    name: str
    model: str
    price: str
    quantity: str
    baseline: str
    cash: str
    fees: str
    oversight: str
    rework: str


def arithmetic_steps(business: Mapping[str, Any]) -> tuple[ArithmeticStep, ...]:
    """Write out every total of the case in the order of the calculation."""
    return tuple(_step(step) for step in business["steps"])


def _step(step: Mapping[str, Any]) -> ArithmeticStep:
    code = step["code"]
    name, write, unit = NAMES.get(code, (_words(code), figures.money, ""))
    return ArithmeticStep(
        code=code,
        name=name,
        formula=step["formula"],
        terms=tuple(Term(_words(term), _term(term, value)) for term, value in step["terms"].items()),
        shown=write(step["value"]),
        unit=unit if step["value"] is not None else "",
    )


def _term(name: str, value: float | None) -> str:
    if value is None:
        return figures.NOT_COMPUTABLE
    if name in _HOURS:
        return figures.hours(value)
    if name in _SHARES:
        return figures.share(value)
    return shown_value(value) if name in _PLAIN else figures.money(value)


def _words(code: str) -> str:
    return "discount rate" if code == "r" else code.replace("_", " ")


def case_lines(business: Mapping[str, Any]) -> tuple[CaseLine, ...]:
    """Give the tasks of the scope with what each costs."""
    models = dict(BidLine.Model.choices)
    return tuple(
        CaseLine(
            code=line["task"],
            name=line["name"],
            model=str(models[line["model"]]),
            price=figures.price(line["price"]),
            quantity=_quantity(line),
            baseline=figures.money(line["baseline"]),
            cash=figures.money(line["cash_part"]),
            fees=figures.money(line["fees"]),
            oversight=figures.money(line["oversight"]),
            rework=figures.money(line["rework"]),
        )
        for line in business["lines"]
    )


def _quantity(line: Mapping[str, Any]) -> str:
    if line["quantity"] is None:
        return figures.NOT_COMPUTABLE
    derived = ", worked out" if line["quantity_derived"] else ""
    return f"{_number(line['quantity'])} {line['quantity_unit']}{derived}"


def _number(value: float) -> str:
    return figures.count(value) if value == int(value) else shown_value(value)
