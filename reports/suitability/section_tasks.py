"""The portfolio as a chart, and every task with score, cost, outcome and gates."""

from __future__ import annotations

import figures
from assessments.models import Outcome
from assessments.queries_dearest import DRAWN_AT_MOST
from assessments.words import OUTCOMES
from charting import Band, ChartSpec, QuadrantPoint, outcome_colour, quadrant
from reports.content import Block, Cell, Column, Figure, Paragraph, Row, Section, Table
from reports.section_tasks import MARKS
from reports.source import counted, number_word, sentence
from reports.suitability.source import SuitabilitySource, TaskFacts, added


def portfolio_section(source: SuitabilitySource) -> Section:
    """Where the tasks lie: suitability across, cost up."""
    placed = [task for task in source.tasks if task.score is not None and task.cost is not None]
    words = (
        "Across is the suitability score, up what the work costs in-house today. Work to the right is "
        "suited to go out, work high up is worth the effort of sourcing it. A gate decides before the score: "
        "a square is stopped by one, however far to the right it lies."
    )
    blocks: list[Block] = [Paragraph(words)]
    if placed:
        dearest = sorted(placed, key=lambda task: (-(task.cost or 0), task.code))[:DRAWN_AT_MOST]
        blocks.append(Figure(_chart(source, sorted(dearest, key=lambda task: task.code), len(placed))))
    left = len(source.tasks) - len(placed)
    if left:
        verb = "is" if left == 1 else "are"
        blocks.append(
            Paragraph(f"{sentence(counted(left, 'task'))} without score or cost {verb} not drawn.", "note")
        )
    return Section("The portfolio", tuple(blocks))


def _chart(source: SuitabilitySource, drawn: list[TaskFacts], placed: int) -> ChartSpec:
    bands = source.rulebook.bands
    ends = [*(band.start for band in bands[1:]), 100.0]
    some = (
        f" Drawn are the {number_word(len(drawn))} that cost most; section 2 lists all."
        if len(drawn) < placed
        else ""
    )
    return quadrant(
        [_point(task) for task in drawn],
        [
            Band(band.start, end, OUTCOMES.get(band.code, band.code), is_shaded=band.code == "OUTSOURCE")
            for band, end in zip(bands, ends, strict=True)
        ],
        title="Suitability score against annual in-house cost",
        summary=(
            f"{sentence(counted(placed, 'task'))} by score and cost. The area of a mark is its hours a year, "
            f"a square is stopped by a gate.{some}"
        ),
        cost_unit=f"in-house cost, {source.unit} a year",
        tick_label=figures.money,
    )


def _point(task: TaskFacts) -> QuadrantPoint:
    return QuadrantPoint(
        label=task.code,
        name=task.name,
        score=task.score or 0.0,
        cost=task.cost or 0.0,
        hours=task.hours or 0.0,
        score_label=figures.score(task.score),
        cost_label=figures.money(task.cost),
        hours_label=figures.hours(task.hours),
        outcome=task.verdict.text,
        colour=outcome_colour(task.outcome),
        has_stop=task.has_stop,
    )


def tasks_section(source: SuitabilitySource) -> Section:
    """Every task, grouped by outcome, the dearest first."""
    columns = (
        Column("Code"),
        Column("Legal task", share=1.5),
        Column("Score", "of 100", is_number=True),
        Column("Effort", "hours a year", is_number=True),
        Column("In-house cost", f"{source.unit} a year", is_number=True),
        Column("of it cash", f"{source.unit} a year", is_number=True),
        Column("Outcome and restriction", share=1.5),
        Column("Gates", share=0.6),
    )
    rows = [
        _row(task) for outcome in (*Outcome.values, "") for task in sorted(source.of(outcome), key=_dearest)
    ]
    cost, cash = added(task.cost for task in source.tasks), added(task.cash for task in source.tasks)
    hours = added(task.hours for task in source.tasks)
    total = (
        "",
        "All legal tasks",
        "",
        figures.hours(hours, none=figures.DASH),
        *map(_money, (cost, cash)),
        "",
        "",
    )
    rows.append(Row(tuple(map(Cell, total)), "total"))
    note = (
        "Ordered by outcome, then by cost. A dash means not computable; it is never counted as zero. Where "
        "an answer is not known, the score is a range from the least to the most that answers could give."
    )
    return Section("All legal tasks", (Table("Every task of the assessment", columns, tuple(rows), note),))


def _dearest(task: TaskFacts) -> tuple[float, str]:
    return -(task.cost or 0), task.code


def _row(task: TaskFacts) -> Row:
    below = "awardable" if task.is_in_basket and not task.still_open else ""
    codes = (f"{one.gate.code} (waived)" if one.waiver else one.gate.code for one in task.gates)
    return Row(
        (
            Cell(task.code),
            Cell(task.name),
            Cell(score_words(task)),
            Cell(figures.hours(task.hours, none=figures.DASH)),
            Cell(_money(task.cost)),
            Cell(_money(task.cash)),
            Cell(task.verdict.text, MARKS.get(task.outcome, "open"), below),
            Cell(", ".join(codes) or figures.DASH),
        )
    )


def score_words(task: TaskFacts) -> str:
    """The score, or the range that unknown answers leave."""
    if task.score is not None or task.low is None:
        return figures.score(task.score, none=figures.DASH)
    return f"{figures.score(task.low)}–{figures.score(task.high)}"


def _money(amount: float | None) -> str:
    return figures.money(amount, none=figures.DASH)
