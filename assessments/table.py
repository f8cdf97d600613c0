"""The task table as a file: exactly the rows and the order that the page shows, all pages of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import figures
from assessments import words
from assessments.models import TaskAssessment
from assessments.queries import TaskRow
from assessments.queries_differences import CHANGED, Difference, TaskChange
from tabular import csv_pieces


def headers(currency: str) -> tuple[str, ...]:
    """Give the headings, with units."""
    return (
        "Code",
        "Task",
        "Practice area",
        "Volume a year",
        "Unit",
        "Hours per unit",
        "Turnaround, working days",
        "Hours a year",
        f"In-house cost, {currency} a year",
        "Gates",
        "Score, 0 to 100",
        "Lowest score",
        "Highest score",
        "Outcome",
        "Restriction",
        "Open conditions",
        "Stage",
        "Answers not confirmed",
    )


def task_csv(batches: Iterable[Sequence[TaskRow]], *, currency: str) -> Iterator[bytes]:
    """Write the file, a piece for each batch of rows."""
    cells = ([_cells(row.task, row.verdict) for row in rows] for rows in batches)
    return csv_pieces(headers(currency), cells)


def comparison_csv(batches: Iterable[Sequence[TaskChange]], rates: Sequence[Difference]) -> Iterator[bytes]:
    """Write what differs between two assessments, a line for each difference and each result of it."""
    head = ("Code", "Task", "Kind", "What", "Before", "After")
    first = [("", "", "role rate", one.what, one.before, one.after) for one in rates]
    return csv_pieces(head, chain([first], ([*_lines(batch)] for batch in batches)))


def _lines(changes: Iterable[TaskChange]) -> Iterator[tuple[str, ...]]:
    for change in changes:
        if change.kind != CHANGED:
            yield (change.code, change.name, change.kind, "", "", "")
        for kind, found in (("difference", change.differences), ("follows", change.results)):
            for one in found:
                yield (change.code, change.name, kind, one.what, one.before, one.after)


def _cells(task: TaskAssessment, verdict: words.Verdict) -> tuple[str | int, ...]:
    has_answer = task.score_low is not None and task.score_low != task.score_high
    return (
        task.legal_task.code,
        task.legal_task.name,
        task.legal_task.practice_area,
        figures.plain(task.annual_volume),
        task.unit,
        figures.plain(task.hours_per_unit),
        figures.plain(task.turnaround_days),
        figures.plain(task.annual_hours, 0),
        figures.plain(task.baseline_amount, 0),
        " ".join(task.gates),
        figures.plain(task.score, 1),
        figures.plain(task.score_low, 1) if has_answer else "",
        figures.plain(task.score_high, 1) if has_answer else "",
        verdict.name,
        verdict.limits_text,
        task.open_conditions,
        words.STAGES[words.stage(task.outcome, task.open_conditions)] if task.outcome else "",
        "yes" if task.is_profile_assumed else "",
    )
