"""The business case: economic saving and cash effect apart, partial bids on both bases."""

from __future__ import annotations

import figures
from charting import ChartSpec, Step, waterfall
from reports.content import (
    RANGE_LABEL,
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    Mark,
    Paragraph,
    Row,
    RowStyle,
    Section,
    Table,
)
from reports.first_page import payback, scope_words
from reports.source import Source
from selections.words.names import listed


def money_section(source: Source) -> Section:
    """What each bid costs, saves, releases in cash and frees in hours."""
    blocks: list[Block] = [Paragraph(_intro(source))]
    if source.providers:
        blocks += [_costs(source), _effects(source)]
    blocks += _partial(source)
    blocks += [Figure(_waterfall(source, code)) for code in source.front[:2] if _is_complete(source, code)]
    remarks = tuple(_remarks(source))
    if remarks:
        blocks += [Paragraph("Warnings and what is missing", "heading"), Bullets(remarks)]
    return Section("Business case", tuple(blocks))


def _intro(source: Source) -> str:
    return (
        f"All amounts are {source.unit} a year unless said otherwise. The economic saving "
        "compares run cost with loaded "
        "in-house cost; most of it can be capacity and not money. The direct cash effect is "
        "apart: outside spend "
        "avoided less fees and tooling. Hours are claimed only when they are confirmed later."
    )


def _names(source: Source, code: str) -> Cell:
    status = source.standing(code).status
    marks: dict[str, Mark] = {"excluded": "excluded", "conditional": "conditional"}
    return Cell(source.reading.short[code], marks.get(status, ""), scope_words(source, code))


def _style(source: Source, code: str) -> RowStyle:
    return "quiet" if source.standing(code).status == "excluded" else "plain"


def _costs(source: Source) -> Table:
    keys = ("baseline", "fees", "oversight", "rework", "governance", "run_cost", "annual_saving")
    heads = ("In-house", "Fees", "Oversight", "Rework", "Governance", "Run cost", "Saving")
    columns = (
        Column("Provider", share=1),
        *(Column(head, is_number=True) for head in heads),
        Column("Saving", "%", True),
    )
    rows = []
    for code in source.providers:
        case = source.case(code)
        cells = (
            _names(source, code),
            *(Cell(figures.money(case[key]), is_strong=key == "annual_saving") for key in keys),
            Cell(figures.score(case["saving_pct"])),
        )
        rows.append(Row(cells, _style(source, code)))
    note = (
        "Each bid on its own scope. Saving = in-house cost less run cost. Each figure is rounded "
        "once, so parts may miss a sum by 1."
    )
    return Table(f"Economic saving, {source.unit} a year", columns, tuple(rows), note)


def _effects(source: Source) -> Table:
    columns = (
        Column("Provider", share=1),
        Column("Saving, low", is_number=True),
        Column("base", is_number=True),
        Column("high", is_number=True),
        Column("Direct cash", is_number=True),
        Column("Hours freed", "to core work", True),
        Column("Transition", "once", True),
        Column("Payback", "months", True),
        Column("Present value", f"{_term(source)} years", True),
        Column("Cost index", "% of in-house", True),
    )
    rows = [Row(_effect_cells(source, code), _style(source, code)) for code in source.providers]
    note = (
        f"Low, base, high: {RANGE_LABEL}. Present value discounts at year ends and counts the "
        "transition at once. The cost index spreads the transition over the term."
    )
    return Table(f"Range, cash, hours and time, {source.unit} a year", columns, tuple(rows), note)


def _term(source: Source) -> int:
    return int(source.inputs["assumptions"].get("term_years", 0))


def _effect_cells(source: Source, code: str) -> tuple[Cell, ...]:
    case = source.case(code)
    span = case["range"]
    return (
        _names(source, code),
        *(Cell(figures.money(span[end]), is_strong=end == "base") for end in ("low", "base", "high")),
        Cell(figures.signed(case["direct_cash_effect"], figures.money)),
        Cell(figures.hours(case["hours_freed"]), below=figures.hours(case["hours_to_core"])),
        Cell(figures.money(case["transition"])),
        Cell(payback(case)),
        Cell(figures.money(case["npv"])),
        Cell(figures.index(case["cost_index"])),
    )


def _partial(source: Source) -> list[Block]:
    """Bids that leave tasks out, beside the same bid with the rest kept in-house."""
    partial = [code for code in source.providers if source.case(code)["whole_basket"]["tasks"]]
    if not partial:
        return []
    columns = (
        Column("Provider", share=1),
        Column("Left out", share=0.8),
        Column("In-house", "own scope", True),
        Column("Run cost", "own scope", True),
        Column("Saving", "%", True),
        Column("In-house", "added back", True),
        Column("In-house", "whole basket", True),
        Column("Run cost", "whole basket", True),
        Column("Saving", "%", True),
    )
    rows = []
    for code in partial:
        case, whole = source.case(code), source.case(code)["whole_basket"]
        cells = (
            _names(source, code),
            Cell(listed(whole["tasks"])),
            Cell(figures.money(case["baseline"])),
            Cell(figures.money(case["run_cost"])),
            Cell(figures.score(case["saving_pct"])),
            Cell(figures.money(whole["added"])),
            Cell(figures.money(whole["baseline"])),
            Cell(figures.money(whole["run_cost"])),
            Cell(figures.score(whole["saving_pct"])),
        )
        rows.append(Row(cells, _style(source, code)))
    note = (
        "The tasks left out stay in-house: their cost is added to both sides. Only the own-scope "
        "figures enter the cost index and the ranking."
    )
    return [Table(f"Partial bids, {source.unit} a year", columns, tuple(rows), note)]


def _is_complete(source: Source, code: str) -> bool:
    case = source.case(code)
    keys = ("baseline", "fees", "oversight", "rework", "governance", "annual_saving")
    return all(case[key] is not None for key in keys)


def _waterfall(source: Source, code: str) -> ChartSpec:
    case, name = source.case(code), source.reading.short[code]
    parts = (
        ("fees", "Provider fees"),
        ("oversight", "Oversight"),
        ("rework", "Rework"),
        ("governance", "Governance"),
    )
    saving = figures.money(case["annual_saving"])
    span = case["range"]
    has_range = span["low"] is not None and span["high"] is not None
    low_end, high_end = figures.money(span["low"]), figures.money(span["high"])
    ends = f", from {low_end} to {high_end} ({RANGE_LABEL})" if has_range else ""
    return waterfall(
        [
            Step("In-house cost", case["baseline"], figures.money(case["baseline"]), "total"),
            *(Step(label, -case[key], figures.money(-case[key]), "change") for key, label in parts),
            Step("Annual saving", case["annual_saving"], saving, "result"),
        ],
        title=f"From in-house cost to saving, {name}",
        summary=f"{name}: in-house cost {figures.money(case['baseline'])}, saving {saving} {source.unit} a "
        f"year{ends}.",
        unit=f"{source.unit} a year",
        tick_label=figures.money,
        low=(span["low"], low_end) if has_range else None,
        high=(span["high"], high_end) if has_range else None,
    )


def _remarks(source: Source) -> list[str]:
    remarks = []
    for code in source.providers:
        case = source.case(code)
        remarks += [
            f"{source.reading.short[code]}: {text}." for text in (*case["warnings"], *case["missing"])
        ]
    return remarks
