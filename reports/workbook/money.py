"""The sheets that calculate money: the in-house cost of every task, and the portfolio by outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assessments.models import Outcome
from assessments.words import NOT_SCORED, OUTCOMES
from reports.suitability.source import TaskFacts, added
from reports.workbook.plan import (
    BOLD,
    BOLD_HOURS,
    BOLD_MONEY,
    COST_SHARE,
    COSTED,
    COSTS,
    FIRST,
    HOURS,
    INPUT_SHARE,
    MIX_RATE,
    MONEY,
    PORTFOLIO,
    QUIET,
    RATE,
    RATES,
    SCORED,
    SCORES,
    SHARE,
    TASKS,
    TEXT,
    Plan,
    heads,
    of_task,
)
from reports.workbook.scores import identity
from tabular import Formula, Item, Look, Sheet, letters, reference

_SHARES = Look(INPUT_SHARE.format)


def costs_sheet(plan: Plan) -> Sheet:
    """Volume × hours × Σ(share × rate), the cash part apart, rounded to whole units by task."""

    def rows() -> Iterator[list[Item]]:
        unit = plan.source.unit
        yield heads(
            *("Code", "Task", "Volume a year", "Hours per unit", "Hours a year"),
            *(f"{unit} an hour of the mix", f"of it cash, {unit} an hour"),
            *(f"In-house cost, {unit} a year", f"of it cash, {unit} a year", "Salaried hours a year"),
            *(f"Share: {rate['name']}" for _, rate in plan.source.rates),
        )
        yield _rates_row(plan, "Rate", "E", [rate["usd_per_hour"] for _, rate in plan.source.rates], RATE)
        flags = [int(rate["kind"] == "external_cash") for _, rate in plan.source.rates]
        yield _rates_row(plan, "Cash (1) or not (0)", "F", flags, TEXT)
        for row, task in enumerate(plan.source.tasks, start=COSTED):
            yield _cost_row(plan, task, row)

    widths = (9, 38, 12, 10, 12, 12, 12, 15, 15, 14, *(11 for _ in plan.source.rates))
    return Sheet(COSTS, rows(), widths, freeze="C4", heads=3, is_locked=True)


def _rates_row(plan: Plan, name: str, column: str, values: Sequence[float], look: Look) -> list[Item]:
    linked = (
        Item(Formula(f"={reference(RATES, f'${column}${FIRST + place}')}", value), look)
        for place, value in enumerate(values)
    )
    return [Item(name, QUIET), *([Item(None)] * (COST_SHARE - 2)), *linked]


def _cost_row(plan: Plan, task: TaskFacts, row: int) -> list[Item]:
    place, roles = row - COSTED + FIRST, len(plan.source.rates)
    mix, data = task.data["staffing_mix"], task.data
    rates = plan.source.inputs["role_rates"]
    loaded = sum(share * rates[code]["usd_per_hour"] for code, share in mix.items()) if mix else None
    cash = sum(
        share * rates[code]["usd_per_hour"]
        for code, share in mix.items()
        if rates[code]["kind"] == "external_cash"
    )
    salaried = plan.source.record["results"][task.code]["in_house"]["salaried_hours"]
    shares = plan.across(COST_SHARE, roles, row)
    prices, is_cash = (plan.across(COST_SHARE, roles, head, fixed=True) for head in (2, 3))
    # Shares that do not make a whole say nothing about the cost.
    has_mix = f"ABS(SUM({shares})-1)<=0.000001" if roles else "FALSE"
    return [
        *identity(task, row, COSTED),
        Item(Formula(_number(of_task("annual_volume", place)), data["annual_volume"]), HOURS),
        Item(Formula(_number(of_task("hours_per_unit", place)), data["hours_per_unit"])),
        Item(Formula(f'=IF(AND(ISNUMBER(C{row}),ISNUMBER(D{row})),C{row}*D{row},"")', task.hours), HOURS),
        Item(Formula(f'=IF({has_mix},SUMPRODUCT({shares},{prices}),"")', loaded), MIX_RATE),
        Item(
            Formula(f'=IF({has_mix},SUMPRODUCT({shares},{prices},{is_cash}),"")', cash if mix else None),
            MIX_RATE,
        ),
        Item(Formula(_whole(f"E{row}", f"F{row}"), task.cost), BOLD_MONEY),
        Item(Formula(_whole(f"E{row}", f"G{row}"), task.cash), MONEY),
        Item(
            Formula(
                f'=IF(AND(ISNUMBER(E{row}),{has_mix}),E{row}*SUMPRODUCT({shares},1-{is_cash}),"")', salaried
            ),
            HOURS,
        ),
        *(
            Item(
                Formula(f"=N({reference(TASKS, f'{letters(SHARE + column)}{place}')})", mix.get(code, 0)),
                _SHARES,
            )
            for column, (code, _) in enumerate(plan.source.rates)
        ),
    ]


def _number(cell: str) -> str:
    return f'=IF(ISNUMBER({cell}),{cell},"")'


def _whole(hours: str, rate: str) -> str:
    """Hours × rate in whole units; an exact half goes to the even number, as in the application."""
    amount = f"{hours}*{rate}"
    return f'=IF(AND(ISNUMBER({hours}),ISNUMBER({rate})),ROUND({amount},0)-(MOD({amount},2)=0.5),"")'


def portfolio_sheet(plan: Plan) -> Sheet:
    """Tasks, hours and cost by outcome."""

    def rows() -> Iterator[list[Item]]:
        unit = plan.source.unit
        money = (
            f"In-house cost, {unit} a year",
            f"of it cash, {unit} a year",
            f"of it salaried, {unit} a year",
        )
        yield heads("Outcome", "Tasks", "Hours a year", *money)
        groups = [(OUTCOMES[outcome], plan.source.of(outcome)) for outcome in Outcome.values]
        groups.append((NOT_SCORED, plan.source.of("")))
        for row, (name, tasks) in enumerate(groups, start=FIRST):
            yield _group(plan, name, tasks, row)
        last = FIRST + len(groups) - 1
        yield [
            Item("All legal tasks", BOLD),
            *(
                Item(
                    Formula(f"=SUM({letter}{FIRST}:{letter}{last})", value),
                    BOLD_HOURS if letter == "C" else BOLD_MONEY,
                )
                for letter, value in zip("BCDEF", _sums(plan.source.tasks), strict=True)
            ),
        ]

    return Sheet(PORTFOLIO, rows(), (24, 10, 16, 20, 20, 20), is_locked=True)


def _group(plan: Plan, name: str, tasks: tuple[TaskFacts, ...], row: int) -> list[Item]:
    outcomes = plan.down(SCORES, 7, SCORED, plan.count)
    hours, cost, cash = (plan.down(COSTS, column, COSTED, plan.count) for column in (5, 8, 9))
    formulas = (
        f"=COUNTIF({outcomes},$A{row})",
        *(f"=SUMIFS({amounts},{outcomes},$A{row})" for amounts in (hours, cost, cash)),
        f"=D{row}-E{row}",
    )
    values = zip(formulas, _sums(tasks), strict=True)
    looks = (MONEY, HOURS, MONEY, MONEY, MONEY)
    cells = (Item(Formula(*given), look) for given, look in zip(values, looks, strict=True))
    return [Item(name), *cells]


def _sums(tasks: tuple[TaskFacts, ...]) -> tuple[float, ...]:
    """Number, hours, cost, cash and salaried cost; what is not known is not in a sum."""
    hours, cost, cash = (
        added(amounts) or 0
        for amounts in ((t.hours for t in tasks), (t.cost for t in tasks), (t.cash for t in tasks))
    )
    return len(tasks), hours, cost, cash, cost - cash
