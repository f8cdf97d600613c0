"""Reads of the task table: one pass over all tasks of an assessment, then the rows of one page.

Counts, filters and the chart need a few columns of every task; only the rows that show are read in full. The
number of queries does not depend on the number of tasks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from assessments import words
from assessments.models import Assessment, GateClosure, Outcome, TaskAssessment
from assessments.rulebook import Gate, Rulebook

PAGE_SIZE = 50
UNSCORED, CONDITIONS, EDGE = "unscored", "conditions", "edge"
_COLUMNS = (
    "pk",
    "legal_task__code",
    "legal_task__name",
    "legal_task__practice_area",
    "outcome",
    "restriction",
    "score",
    "score_low",
    "score_high",
    "gates",
    "open_conditions",
    "annual_volume",
    "annual_hours",
    "baseline_amount",
    "is_profile_assumed",
)


@dataclass(frozen=True)
class Line:
    """The few columns of a task that counts, filters and the chart need."""

    pk: int
    code: str
    name: str
    area: str
    outcome: str
    restriction: str
    score: float | None
    score_low: float | None
    score_high: float | None
    gates: tuple[str, ...]
    open_conditions: int
    volume: float | None
    hours: float | None
    cost: float | None
    is_assumed: bool
    is_near_edge: bool


@dataclass(frozen=True)
class Filters:
    """What the table is narrowed to and sorted by. ``show`` is "", a pill or an outcome."""

    show: str = ""
    text: str = ""
    gate: str = ""
    sort: str = "code"
    is_descending: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.show or self.text or self.gate)


@dataclass(frozen=True)
class Pill:
    """A filter with the number of tasks it would show."""

    key: str
    name: str
    count: int


@dataclass(frozen=True)
class GateChip:
    """A gate of a task: ``css`` and ``icon`` by its effect and whether it is closed."""

    code: str
    name: str
    css: str
    icon: str
    state: str


@dataclass(frozen=True)
class TaskRow:
    """One row of the table."""

    task: TaskAssessment
    verdict: words.Verdict
    chips: tuple[GateChip, ...]
    flags: str
    units: str
    answered: int
    factors: int


@dataclass(frozen=True)
class TaskPage:
    """One page of the table with what its filters offer."""

    rows: tuple[TaskRow, ...]
    page: Page[Any]
    total: int
    pills: tuple[Pill, ...]
    gates: tuple[Gate, ...]


# How each column orders; the code always breaks ties. Unknown values come last in both directions.
SORTS: dict[str, Callable[[Line], Any]] = {
    "code": lambda line: line.code,
    "name": lambda line: line.name.casefold(),
    "volume": lambda line: line.volume,
    "hours": lambda line: line.hours,
    "cost": lambda line: line.cost,
    "score": lambda line: line.score,
    "outcome": lambda line: [*Outcome.values, ""].index(line.outcome),
}


def current_assessment() -> Assessment | None:
    """Give the newest assessment of the open organisation, with its factor set."""
    return Assessment.objects.select_related("factor_set").order_by("-pk").first()


def lines(*, assessment: Assessment, rulebook: Rulebook) -> list[Line]:
    """Read the columns of every task of an assessment, in code order."""
    rows = TaskAssessment.objects.filter(assessment=assessment).order_by("legal_task__code")
    edges = [band.start for band in rulebook.bands if band.start > 0]
    return [_line(row, edges, rulebook.largest_step) for row in rows.values_list(*_COLUMNS)]


def _line(row: tuple[Any, ...], edges: Sequence[float], step: float) -> Line:
    pk, code, name, area, outcome, restriction, score, low, high, gates, still_open, *amounts, assumed = row
    volume, hours, cost = amounts
    return Line(
        pk=pk,
        code=code,
        name=name,
        area=area,
        outcome=outcome,
        restriction=restriction,
        score=score,
        score_low=low,
        score_high=high,
        gates=tuple(gates),
        open_conditions=still_open,
        volume=None if volume is None else float(volume),
        hours=hours,
        cost=None if cost is None else float(cost),
        is_assumed=assumed,
        is_near_edge=score is not None and any(abs(score - edge) < step for edge in edges),
    )


def task_page(*, found: Sequence[Line], filters: Filters, number: str | int, rulebook: Rulebook) -> TaskPage:
    """Give one page of 50 rows; a page number that does not exist gives the nearest one."""
    page = Paginator(sorted_lines(found, filters), PAGE_SIZE).get_page(number)
    used = {code for line in found for code in line.gates}
    return TaskPage(
        rows=task_rows([line.pk for line in page], rulebook),
        page=page,
        total=len(found),
        pills=_pills(found),
        gates=tuple(gate for code, gate in rulebook.gates.items() if code in used),
    )


def sorted_lines(found: Sequence[Line], filters: Filters) -> list[Line]:
    """Filter and sort as the table shows."""
    kept = [line for line in found if _shows(line, filters)]
    key = SORTS.get(filters.sort, SORTS["code"])
    kept.sort(key=lambda line: line.code)
    known = [line for line in kept if key(line) is not None]
    unknown = [line for line in kept if key(line) is None]
    known.sort(key=key, reverse=filters.is_descending)
    return known + unknown


def _shows(line: Line, filters: Filters) -> bool:
    if filters.gate and filters.gate not in line.gates:
        return False
    text = filters.text.casefold()
    if text and not any(text in part.casefold() for part in (line.code, line.name, line.area)):
        return False
    return not filters.show or _is(line, filters.show)


def _is(line: Line, show: str) -> bool:
    if show == UNSCORED:
        return not line.outcome
    if show == CONDITIONS:
        return line.open_conditions > 0
    if show == EDGE:
        return line.is_near_edge
    return line.outcome == show


def _pills(found: Sequence[Line]) -> tuple[Pill, ...]:
    named = [
        (UNSCORED, words.NOT_SCORED),
        (CONDITIONS, "Open conditions"),
        (EDGE, "Near a band edge"),
        *words.OUTCOMES.items(),
    ]
    pills = [Pill(key, name, sum(1 for line in found if _is(line, key))) for key, name in named]
    return (Pill("", "All", len(found)), *(pill for pill in pills if pill.count))


def task_rows(keys: Sequence[int], rulebook: Rulebook) -> tuple[TaskRow, ...]:
    """Read some rows in full, in the order of their keys."""
    tasks = TaskAssessment.objects.with_task().in_bulk(list(keys))
    closed: dict[int, set[tuple[str, str]]] = defaultdict(set)
    closures = GateClosure.objects.filter(task__in=keys)
    for pk, gate, condition in closures.values_list("task_id", "gate", "condition"):
        closed[pk].add((gate, condition))
    return tuple(_row(tasks[pk], closed[pk], rulebook) for pk in keys if pk in tasks)


def _row(task: TaskAssessment, closed: set[tuple[str, str]], rulebook: Rulebook) -> TaskRow:
    unknown = task.result.get("unknown", ())
    return TaskRow(
        task=task,
        verdict=words.task_verdict(task),
        chips=tuple(_chip(rulebook.gates[code], closed) for code in task.gates if code in rulebook.gates),
        flags=", ".join(words.flag_name(flag).lower() for flag in task.flags) or "no flags",
        units=words.units(task.unit, task.annual_volume),
        answered=len(rulebook.factors) - len(unknown),
        factors=len(rulebook.factors),
    )


def _chip(gate: Gate, closed: set[tuple[str, str]]) -> GateChip:
    if gate.is_stop:
        return GateChip(gate.code, gate.name, "stop", "stop", words.EFFECTS[gate.effect])
    still_open = sum(1 for condition in gate.conditions if (gate.code, condition) not in closed)
    state = f"{words.EFFECTS[gate.effect]}, {words.conditions_words(len(gate.conditions), still_open)}"
    if gate.is_limit:
        return GateChip(gate.code, gate.name, "limit", "flag", state)
    css, icon = ("", "cond") if still_open else ("closed", "check")
    return GateChip(gate.code, gate.name, css, icon, state)
