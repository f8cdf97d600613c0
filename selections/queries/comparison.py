"""The comparison: providers as columns in rank order, everything known about them as rows.

The page and the file read the same table, so the file holds exactly what shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import figures
from charting import criterion_colour
from providers.reference import shown_value
from selections.queries.bid import OUTCOMES, shown_cell
from selections.queries.bids import scope_size
from selections.queries.comparison_shapes import (
    CLAIM,
    KNOCK_OUTS,
    Cell,
    Column,
    Comparison,
    Group,
    Row,
    View,
)
from selections.queries.inputs import CaseInputs
from selections.queries.why import TOTAL
from selections.words.reading import Reading
from selections.words.standing import standing

FIRST = 3
SUMMED = {"failed": "failed", "conditional": "open"}


def comparison(case: Mapping[str, Any], reading: Reading, inputs: CaseInputs, view: View) -> Comparison:
    """Arrange one computed case; filters and closed groups are applied last, so that best marks stay true."""
    columns = tuple(_columns(case, reading, inputs))
    shown = tuple(column for column in columns if not column.is_out)[:FIRST] if view.only_first else columns
    groups = [
        ("RESULT", "Result", "", _result_rows(reading, columns)),
        ("MONEY", "Money", "", _money_rows(case, columns)),
        (KNOCK_OUTS, "Knock-outs", "", _knock_out_rows(case, columns)),
        *_criterion_groups(reading, inputs, columns),
    ]
    leaves = [row for *_, rows in groups for row in rows if row.has_spread]
    return Comparison(
        columns=shown,
        groups=tuple(
            _group(Group(code, name, colour, view.is_open(code), tuple(rows), 0), view, shown)
            for code, name, colour, rows in groups
        ),
        bids=len(columns),
        leader=columns[0].short if columns and not columns[0].is_out else "",
        leader_best=sum(row.cells[0].is_best for row in leaves if row.cells),
        sub_criteria=len(leaves),
        claims=sum(cell.evidence == CLAIM for row in leaves for cell in row.cells),
    )


def _columns(case: Mapping[str, Any], reading: Reading, inputs: CaseInputs) -> Sequence[Column]:
    facts = {bid.code: bid for bid in inputs.bids}
    best = reading.ranking[0]["score"] if reading.ranking else 0.0
    made = []
    for row in (*reading.ranking, *reading.excluded):
        code = row["code"]
        served, asked = scope_size(case, code)
        is_ranked = bool(row.get("rank"))
        rank = f"Rank {row['rank']}{', tie' if _is_tie(reading, row, best) else ''}" if is_ranked else ""
        made.append(
            Column(
                facts=facts[code],
                short=reading.short[code],
                rank=rank,
                standing=standing(case, code),
                scope=f"{served} of {asked} tasks",
                is_partial=served < asked,
                knock_outs=_test_words(case["knock_outs"][code]["tests"]),
            )
        )
    return made


def _test_words(tests: Sequence[Mapping[str, Any]]) -> str:
    """Sum the tests up for the closed group: "1 failed, 1 open", "all passed"."""
    counts = {word: sum(test["outcome"] == key for test in tests) for key, word in SUMMED.items()}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return ", ".join(parts) or "all passed"


def _is_tie(reading: Reading, row: Mapping[str, Any], best: float) -> bool:
    """The first two are a tie when their lead is under the margin; equal totals always are."""
    lead = reading.result["lead"]
    is_in_zone = bool(lead and lead["tie"]) and best - row["score"] < reading.tie_margin
    return bool(row["tied"]) or is_in_zone


def _group(group: Group, view: View, shown: Sequence[Column]) -> Group:
    rows = [_narrowed(row, shown) for row in group.rows]
    if view.only_differing:
        rows = [row for row in rows if row.is_differing]
    if view.only_claims:
        rows = [row for row in rows if row.has_claim]
    kept = rows if group.is_open else [row for row in rows if row.is_exception]
    return replace(group, rows=tuple(kept), count=len(rows))


def _narrowed(row: Row, shown: Sequence[Column]) -> Row:
    if len(row.cells) == len(shown):
        return row
    wanted = {column.facts.code for column in shown}
    return replace(row, cells=tuple(cell for cell in row.cells if cell.column.facts.code in wanted))


def _knock_out_rows(case: Mapping[str, Any], columns: Sequence[Column]) -> list[Row]:
    if not columns:
        return []
    tests = {column.facts.code: case["knock_outs"][column.facts.code] for column in columns}
    rows = [
        Row(
            code=test["code"],
            name=test["name"],
            unit="",
            better="",
            anchor=test["code"],
            cells=tuple(_test_cell(column, tests[column.facts.code]["tests"][place]) for column in columns),
            is_exception=any(
                tests[column.facts.code]["tests"][place]["outcome"] in SUMMED for column in columns
            ),
        )
        for place, test in enumerate(tests[columns[0].facts.code]["tests"])
    ]
    excluded = {column.facts.code: tests[column.facts.code]["excluded_tasks"] for column in columns}
    exclusions = tuple(
        _text_cell(column, ", ".join(excluded[column.facts.code]) or "none") for column in columns
    )
    cannot = Row("TASKS", "Tasks it cannot be given", "codes", "", exclusions, anchor="knock-outs")
    return [*rows, replace(cannot, is_exception=any(excluded.values()))]


def _test_cell(column: Column, test: Mapping[str, Any]) -> Cell:
    word, icon, style = OUTCOMES[test["outcome"]]
    return Cell(column, word, word, icon=icon, style=style, title=test["reason"])


def _text_cell(column: Column, text: str) -> Cell:
    return Cell(column, text, text)


def _result_rows(reading: Reading, columns: Sequence[Column]) -> list[Row]:
    cautious = {row["code"]: row["score"] for row in reading.result.get("cautious") or ()}
    cautious |= {row["code"]: row.get("cautious_score") for row in reading.excluded}
    total = {code: row["score"] for code, row in reading.rows.items()}
    rows = [
        _score_row(TOTAL, "Total", "0 to 100", total, columns),
        _score_row("", "Cautious total", "0 to 100, × evidence", cautious, columns),
    ]
    for place, node in enumerate(reading.top):
        weight = shown_value(round(reading.local.get(node.code, 0.0) * 100, 1))
        scores = {code: row["by_criterion"].get(node.code) for code, row in reading.rows.items()}
        row = _score_row(node.code, node.name, f"0 to 100, weight {weight}", scores, columns)
        rows.append(replace(row, colour=criterion_colour(node.code, place)))
    return rows


def _score_row(
    node: str, name: str, unit: str, scores: Mapping[str, float | None], columns: Sequence[Column]
) -> Row:
    cells = [_number_cell(column, scores.get(column.facts.code), figures.score, 1) for column in columns]
    return Row(node or name, name, unit, "higher is better", _marked(cells, highest=True), node=node)


@dataclass(frozen=True)
class MoneyLine:
    """How one figure of the business case is read and written."""

    key: str
    name: str
    unit: str
    write: Callable[[float | None], str]
    digits: int
    highest: bool | None
    is_on_own_scope: bool = False
    part: str = ""


MONEY_LINES = (
    MoneyLine("fees", "Provider fees", "USD/year, own scope", figures.money, 0, False, is_on_own_scope=True),
    MoneyLine("annual_saving", "Annual saving", "USD/year", figures.money, 0, True),
    MoneyLine("low", "Annual saving, low case", "USD/year", figures.money, 0, True, part="range"),
    MoneyLine("high", "Annual saving, high case", "USD/year", figures.money, 0, True, part="range"),
    MoneyLine("saving_pct", "Saving of own scope", "%", figures.score, 1, True, is_on_own_scope=True),
    MoneyLine("saving_pct", "Saving of the whole basket", "%", figures.score, 1, True, part="whole_basket"),
    MoneyLine(
        "run_cost", "Run cost of the whole basket", "USD/year", figures.money, 0, False, part="whole_basket"
    ),
    MoneyLine("direct_cash_effect", "Direct cash effect", "USD/year", figures.money, 0, True),
    MoneyLine(
        "transition", "Transition", "USD once, own scope", figures.money, 0, False, is_on_own_scope=True
    ),
    MoneyLine("payback_months", "Payback", "months", figures.months, 1, False),
    MoneyLine("npv", "Net present value", "USD over the term", figures.money, 0, True),
    MoneyLine("hours_freed", "Hours freed", "hours/year", figures.hours, 0, True),
)


def _money_rows(case: Mapping[str, Any], columns: Sequence[Column]) -> list[Row]:
    """Figures on the own scope carry a best mark only while every scope is the same."""
    scopes = {column.scope for column in columns if not column.is_out}
    served = [_text_cell(column, column.scope) for column in columns]
    rows = [Row("scope", "Tasks it serves", "of the basket", "", tuple(served), anchor="prices")]
    for line in MONEY_LINES:
        cells = [_money_cell(column, case["business_cases"][column.facts.code], line) for column in columns]
        is_comparable = line.highest is not None and not (line.is_on_own_scope and len(scopes) > 1)
        marked = _marked(cells, highest=bool(line.highest)) if is_comparable else tuple(cells)
        better = "higher is better" if line.highest else "lower is better"
        key = f"{line.part}.{line.key}" if line.part else line.key
        rows.append(Row(key, line.name, line.unit, better, marked, anchor="arithmetic"))
    return rows


def _money_cell(column: Column, business: Mapping[str, Any], line: MoneyLine) -> Cell:
    source = business[line.part] if line.part else business
    cell = _number_cell(column, source[line.key], line.write, line.digits)
    if line.key == "payback_months" and cell.sort is None:
        return replace(cell, shown=business["payback"], plain=business["payback"])
    return cell


def _number_cell(
    column: Column, value: float | None, write: Callable[[float | None], str], digits: int
) -> Cell:
    return Cell(column, write(value), figures.plain(value, digits), sort=value, is_missing=value is None)


def _criterion_groups(
    reading: Reading, inputs: CaseInputs, columns: Sequence[Column]
) -> list[tuple[str, str, str, list[Row]]]:
    return [
        (
            node.code,
            node.name,
            criterion_colour(node.code, place),
            [_leaf_row(reading, inputs, columns, leaf) for leaf in node.children],
        )
        for place, node in enumerate(reading.top)
    ]


def _leaf_row(reading: Reading, inputs: CaseInputs, columns: Sequence[Column], code: str) -> Row:
    node = reading.nodes[code]
    is_higher = node.points[-1][0] > node.points[0][0]
    stored = [inputs.cells[column.facts.code][code] for column in columns]
    scores = [reading.scores[column.facts.code].get(code) for column in columns]
    digits = _decimals([*scores, *(end for cell in stored for end in (cell.low, cell.high))])
    cells = [_leaf_cell(reading, inputs, column, code, digits) for column in columns]
    return Row(
        code=code,
        name=node.name,
        unit=node.unit,
        better="higher is better" if is_higher else "lower is better",
        cells=_marked(cells, highest=is_higher),
        node=code,
        has_spread=True,
    )


def _decimals(values: Sequence[Any]) -> int:
    """Count the decimals that a row needs, so that its figures stand below each other: 1.35, 0.95, 2.40."""
    numbers = [value for value in values if isinstance(value, int | float)]
    return max((len(shown_value(number).partition(".")[2]) for number in numbers), default=0)


def _leaf_cell(reading: Reading, inputs: CaseInputs, column: Column, code: str, digits: int) -> Cell:
    stored = inputs.cells[column.facts.code][code]
    score = reading.scores[column.facts.code].get(code)
    is_number = isinstance(score, int | float)
    shown = figures.plain(score, digits) if isinstance(score, int | float) else shown_cell(stored, digits)
    worth = reading.rows[column.facts.code]["by_criterion"].get(code)
    return Cell(
        column=column,
        shown=shown or "unknown",
        plain=shown or "unknown",
        sort=float(score) if isinstance(score, int | float) else None,
        evidence=stored.evidence if shown else "",
        title=stored.source,
        at=f"{worth:.1f}%" if worth is not None and is_number else "",
        is_missing=not shown,
    )


def _marked(cells: Sequence[Cell], *, highest: bool) -> tuple[Cell, ...]:
    """Mark the best of those that are not excluded; nothing is best where all are alike or alone."""
    values = [cell.sort for cell in cells if cell.sort is not None and not cell.column.is_out]
    if len(set(values)) < 2:
        return tuple(cells)
    best = max(values) if highest else min(values)
    return tuple(
        replace(cell, is_best=True) if cell.sort == best and not cell.column.is_out else cell
        for cell in cells
    )
