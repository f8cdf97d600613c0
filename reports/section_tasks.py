"""What goes out and what stays: every task with outcome and restriction."""

from __future__ import annotations

import figures
from assessments.models import Outcome
from charting import Band, ChartSpec, QuadrantPoint, outcome_colour, quadrant
from reports.content import Block, Cell, Column, Figure, Mark, Paragraph, Row, Section, Table
from reports.source import Source, TaskFacts, codes_or_count, counted, number_word, sentence

MARKS: dict[str, Mark] = {
    "OUTSOURCE": "outsource",
    "PILOT": "pilot",
    "COSOURCE": "cosource",
    "RETAIN": "retain",
    "PREPARE_FIRST": "prepare",
}


def tasks_section(source: Source) -> Section:
    """All tasks of the assessment."""
    blocks: list[Block] = [Paragraph(_summary(source))]
    if source.tasks:
        blocks.append(_table(source))
    if any(task.score is not None and task.baseline is not None for task in source.tasks):
        blocks.append(Figure(_chart(source)))
    return Section("What goes out and what stays", tuple(blocks))


def _summary(source: Source) -> str:
    if not source.tasks:
        return "The case holds no legal task."
    held = [task for task in source.tasks if not task.is_in_basket]
    cost = f"with an in-house cost of {source.baseline_words}" if source.baseline_words else "cost not known"
    goes = sentence(counted(len(source.basket), "task"))
    form = "forms" if len(source.basket) == 1 else "form"
    rest = f"{counted(len(held), 'task')} {'stays or waits' if len(held) == 1 else 'stay or wait'}"
    return (
        f"{goes} of {number_word(len(source.tasks))} {form} the basket that providers bid for, {cost}; "
        f"{rest}. A gate that stops a task is never offset by a score. Every restriction stands beside its "
        "outcome; a task is awarded only when all "
        "conditions of its gates are closed with evidence, or the gate is waived (page 1)."
    )


def _table(source: Source) -> Table:
    columns = (
        Column("Code"),
        Column("Legal task", share=1.5),
        Column("Score", "of 100", is_number=True),
        Column("Effort", "hours a year", is_number=True),
        Column("In-house cost", f"{source.unit} a year", is_number=True),
        Column("Outcome and restriction", share=1.6),
        Column("Gates", share=0.65),
    )
    ordered = sorted(source.tasks, key=_order)
    rows = [_row(task) for task in ordered]
    known = [task.baseline for task in source.basket if task.baseline is not None]
    if known:
        left_out = f"without {codes_or_count(source.uncosted)}" if source.uncosted else ""
        basket, total = Cell("Basket", below=left_out), Cell(figures.money(sum(known)))
        rows.append(Row((Cell(""), basket, Cell(""), Cell(""), total, Cell(""), Cell("")), "total"))
    note = "Ordered by outcome, then by cost. A dash means not computable; it is never counted as zero."
    return Table("All legal tasks of the case", columns, tuple(rows), note)


def _order(task: TaskFacts) -> tuple[int, float, str]:
    places = [outcome.value for outcome in Outcome]
    outcome = task.verdict.outcome
    place = places.index(outcome) if outcome in places else len(places)
    return place, -(task.baseline or 0), task.code


def _row(task: TaskFacts) -> Row:
    below = "awardable" if task.is_in_basket and not task.open_conditions else ""
    return Row(
        (
            Cell(task.code),
            Cell(task.name),
            Cell(figures.score(task.score, none=figures.DASH)),
            Cell(figures.hours(task.hours, none=figures.DASH)),
            Cell(figures.money(task.baseline, none=figures.DASH)),
            Cell(task.verdict.text, MARKS.get(task.verdict.outcome, "open"), below),
            Cell(_gates(task)),
        )
    )


def _gates(task: TaskFacts) -> str:
    said = (f"{code} (waived)" if code in task.waived else code for code in task.gates)
    return ", ".join(said) or figures.DASH


def _chart(source: Source) -> ChartSpec:
    bands = sorted(source.inputs["factor_rules"]["bands"], key=lambda band: float(band["min"]))
    ends = [*(float(band["min"]) for band in bands[1:]), 100.0]
    shown = [task for task in source.tasks if task.score is not None and task.baseline is not None]
    inside = sum(task.is_in_basket for task in shown)
    return quadrant(
        [_point(task) for task in shown],
        [
            Band(float(band["min"]), end, _band_name(band["code"]), band["code"] == "OUTSOURCE")
            for band, end in zip(bands, ends, strict=True)
        ],
        title="Suitability score against annual in-house cost",
        summary=(
            f"{sentence(counted(len(shown), 'task'))} by score and cost; "
            f"{counted(inside, 'is', 'are')} in the basket. The area of a mark is its hours a year, a square "
            "is stopped by a gate."
        ),
        cost_unit=f"in-house cost, {source.unit} a year",
        tick_label=figures.money,
    )


def _band_name(code: str) -> str:
    return Outcome(code).label if code in Outcome.values else code


def _point(task: TaskFacts) -> QuadrantPoint:
    return QuadrantPoint(
        label=task.code,
        name=task.name,
        score=task.score or 0.0,
        cost=task.baseline or 0.0,
        hours=task.hours or 0.0,
        score_label=figures.score(task.score),
        cost_label=figures.money(task.baseline),
        hours_label=figures.hours(task.hours),
        outcome=task.verdict.text,
        colour=outcome_colour(task.verdict.outcome),
        has_stop=task.has_stop,
    )
