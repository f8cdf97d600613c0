"""Risks and conditions: what has to be closed before an award, and what may go wrong after it."""

from __future__ import annotations

from assessments.words import RESTRICTIONS
from reports.content import Block, Cell, Column, Mark, Paragraph, Row, Section, Table
from reports.first_page import rating
from reports.reference import risks
from reports.source import Condition, Source


def risks_section(source: Source) -> Section:
    """Conditions of tasks, conditions of providers, risk list."""
    blocks: list[Block] = [*_task_conditions(source), *_provider_conditions(source), _risks()]
    return Section("Risks and conditions", tuple(blocks))


def _task_conditions(source: Source) -> list[Block]:
    """One row per task and gate, with its conditions in one cell so that they stay together."""
    if not source.conditions and not any(task.waived for task in source.basket):
        return [Paragraph("No gate fires on a task of the basket: there is no condition to close.")]
    columns = (
        Column("Task", share=1),
        Column("Gate", share=1),
        Column("Conditions", share=1.8),
        Column("State"),
    )
    rows = []
    seen = ""
    for task in source.basket:
        for code in task.gates:
            gate = source.gates[code]
            own = [one for one in source.conditions if (one.task, one.gate) == (task.code, code)]
            name = "" if seen == task.code else f"{task.code} {task.name}"
            seen = task.code
            limit = RESTRICTIONS.get(gate["effect"], "") if gate["effect"] != "CONDITION" else ""
            named = Cell(f"{code} {gate['name']}", below=limit)
            rows.append(Row((Cell(name), named, *_state(own, is_waived=code in task.waived))))
    note = (
        f"State on {source.options.kept_at:%-d %B %Y}, when the ranking was kept. "
        "An open condition blocks the award, not the bid."
    )
    return [Table("Conditions of the tasks that go out", columns, tuple(rows), note)]


def _state(own: list[Condition], *, is_waived: bool) -> tuple[Cell, Cell]:
    """The conditions of a gate of a task, and how they stand."""
    if is_waived:
        return Cell("Waived: who, when and why stands on page 1"), Cell("waived", "conditional")
    still = [one.text for one in own if not one.is_closed]
    closed = [one.text for one in own if one.is_closed]
    mark: Mark = "open" if still else "ok"
    conditions = Cell("; ".join(still), below=f"Closed: {'; '.join(closed)}" if closed else "")
    return conditions, Cell(f"{len(still)} open" if still else "closed", mark)


def _provider_conditions(source: Source) -> list[Block]:
    rows = []
    for code in source.providers:
        tests = source.results["knock_outs"][code]["tests"]
        for test in tests:
            if test["outcome"] not in {"failed", "conditional"}:
                continue
            mark: Mark = "excluded" if test["outcome"] == "failed" else "conditional"
            word = "failed" if test["outcome"] == "failed" else "open"
            rows.append(
                Row(
                    (
                        Cell(source.reading.short[code]),
                        Cell(f"{test['code']} {test['name']}"),
                        Cell(test["reason"]),
                        Cell(test["consequence"]),
                        Cell(word, mark),
                    )
                )
            )
    if not rows:
        return [Paragraph("No provider has an open or failed knock-out.")]
    columns = (
        Column("Provider"),
        Column("Knock-out", share=1),
        Column("What was found", share=1),
        Column("Consequence", share=1.2),
        Column("State"),
    )
    return [Table("Open and failed knock-outs of providers", columns, tuple(rows))]


def _risks() -> Table:
    columns = (
        Column("Code"),
        Column("Risk", share=1.2),
        Column("Likelihood × impact", is_number=True),
        Column("Limited by", share=1.5),
        Column("Owner", share=0.7),
    )
    rows = tuple(
        Row(
            (
                Cell(risk["code"]),
                Cell(risk["title"], below=risk["consequence"]),
                Cell(rating(risk)),
                Cell(risk["mitigation"]),
                Cell(risk["owner"]),
            )
        )
        for risk in risks()
    )
    note = (
        "Likelihood and impact from 1 to 5, their starting values in the shipped register; 15 and "
        "more is high, 8 to 14 medium. Confirm them for this case."
    )
    return Table("Risk register as shipped, not confirmed for this case", columns, rows, note)
