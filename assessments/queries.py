"""Reads of the task table: the rows of one page, found by the database through the index of the list.

Nothing here reads all tasks: filters, sorts and counts read the indexes of ``models.SORTED``, and only the
rows that show are read in full. The number of queries does not depend on the number of tasks.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, overload

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet

from assessments import words
from assessments.kept import kept
from assessments.models import Assessment, GateClosure, State, TaskAssessment
from assessments.models_life import ENDED
from assessments.queries_totals import Totals, near_edge
from assessments.rulebook import CLOSURE, Gate, Rulebook, gates_in_force

PAGE_SIZE = 50
BATCH = 500
UNSCORED, CONDITIONS, EDGE = "unscored", "conditions", "edge"

# Column of the table -> stored column that orders it. The code breaks ties, and the key those of old data.
SORTS: dict[str, str] = {
    "code": "list_code",
    "name": "list_name",
    "volume": "annual_volume",
    "hours": "annual_hours",
    "cost": "baseline_amount",
    "score": "score",
    "outcome": "outcome_place",
}
# Columns that may be unknown; unknown values come last in both directions.
_MAY_BE_UNKNOWN = {"annual_volume", "annual_hours", "baseline_amount", "score"}


Keys: TypeAlias = "QuerySet[TaskAssessment, int]"


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
    """A gate of a task: ``css`` and ``icon`` by its effect and whether it is closed.

    ``state`` is read out; ``mark`` stands beside the code for everybody.
    """

    code: str
    name: str
    css: str
    icon: str
    state: str
    mark: str = ""


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


def current_assessment() -> Assessment | None:
    """Give the assessment that pages without another one in their address are about, with its factor set.

    That is the newest draft, review or approved one; where none is left, the newest that has content.
    """
    rows = Assessment.objects.select_related("factor_set").order_by("-pk")
    alive = rows.exclude(status__in=ENDED).first()
    return alive or rows.exclude(status=State.DELETED).first()


def current_key() -> tuple[int, str, str] | None:
    """Give the key of the same, its stamp (see ``kept``) and its state, without reading its rules."""
    rows = Assessment.objects.order_by("-pk").values_list("pk", "stamp", "status")
    return rows.exclude(status__in=ENDED).first() or rows.exclude(status=State.DELETED).first()


class Listed(Sequence[int]):
    """The keys of the tasks that the filters leave, in the order of the table; read one slice at a time."""

    def __init__(
        self, *, assessment: Assessment, filters: Filters, rulebook: Rulebook, known: int | None = None
    ) -> None:
        """``known``: their number, where the totals say it already."""
        rows = TaskAssessment.objects.filter(assessment=assessment)
        self._rows: QuerySet[TaskAssessment] = rows.filter(_wanted(filters, rulebook))
        self._column = SORTS.get(filters.sort, "list_code")
        self._is_descending = filters.is_descending
        self._known = known
        self._narrowed = f"{filters.show}\n{filters.gate}\n{filters.text.casefold()}"
        self._assessment = assessment

    @cached_property
    def _count(self) -> int:
        """Count once for all pages and orders of a search; it takes as long as the rest of the page."""
        if self._known is not None:
            return self._known
        name = hashlib.sha256(self._narrowed.encode()).hexdigest()
        what = f"listed:{self._assessment.factor_set_id}:{name}"
        return kept(self._assessment.pk, what, self._rows.order_by().count)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, wanted: int) -> int: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[int]: ...

    def __getitem__(self, wanted: int | slice) -> int | list[int]:
        """Give the keys of one slice; what lies behind the middle is read from the end."""
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start, end = wanted.start or 0, min(wanted.stop, self._count)
        if start >= end:
            return []
        if start <= self._count // 2:
            return _read(self._parts(is_backwards=False), start, end)
        return _read(self._parts(is_backwards=True), self._count - end, self._count - start)[::-1]

    def keys(self) -> list[int]:
        """Give all keys."""
        return [key for part in self._parts(is_backwards=False) for key in part]

    def _parts(self, *, is_backwards: bool) -> list[Keys]:
        """Give what is known in its order, then what is unknown.

        Two reads, because "unknown ones last" is an order that no index has in both directions.
        """
        ties = ["-list_code", "-pk"] if is_backwards else ["list_code", "pk"]
        column = F(self._column)
        order = column.desc() if self._is_descending != is_backwards else column.asc()
        if self._column not in _MAY_BE_UNKNOWN:
            return [self._rows.order_by(order, *ties).values_list("pk", flat=True)]
        known = self._rows.filter(**{f"{self._column}__isnull": False}).order_by(order, *ties)
        unknown = self._rows.filter(**{f"{self._column}__isnull": True}).order_by(*ties)
        parts = [unknown, known] if is_backwards else [known, unknown]
        return [part.values_list("pk", flat=True) for part in parts]


def _read(parts: Sequence[Keys], start: int, end: int) -> list[int]:
    """Read a slice that may reach from one part into the next; counts a part only to skip it."""
    first, *rest = parts
    found = list(first[start:end])
    if len(found) == end - start or not rest:
        return found
    size = start + len(found) if found else first.order_by().count()
    return found + _read(rest, max(0, start - size), end - size)


def _wanted(filters: Filters, rulebook: Rulebook) -> Q:
    """Say in the terms of the database what the table is narrowed to."""
    wanted = Q()
    if filters.gate:
        wanted &= Q(gate_codes__contains=f" {filters.gate} ")
    if filters.text:
        wanted &= Q(search_text__contains=filters.text.casefold())
    shows = {
        UNSCORED: Q(outcome=""),
        CONDITIONS: Q(open_conditions__gt=0),
        EDGE: near_edge(rulebook),
    }
    if filters.show:
        wanted &= shows.get(filters.show, Q(outcome=filters.show))
    return wanted


def task_page(
    *, assessment: Assessment, filters: Filters, number: str | int, rulebook: Rulebook, found: Totals
) -> TaskPage:
    """Give one page of 50 rows; a page number that does not exist gives the nearest one.

    ``found``: the totals of the assessment, which say what the filters offer.
    """
    pills = _pills(found)
    counts = {pill.key: pill.count for pill in pills}
    known = None if filters.text or filters.gate else counts.get(filters.show, 0)
    listed = Listed(assessment=assessment, filters=filters, rulebook=rulebook, known=known)
    page: Page[int] = Paginator(listed, PAGE_SIZE).get_page(number)
    return TaskPage(
        rows=task_rows(list(page), rulebook),
        page=page,
        total=found.total,
        pills=pills,
        gates=found.gates,
    )


def _pills(found: Totals) -> tuple[Pill, ...]:
    pills = [
        Pill(UNSCORED, words.NOT_SCORED, found.of("").count),
        Pill(CONDITIONS, "Open conditions", found.sum("waiting")),
        Pill(EDGE, "Near a band edge", found.sum("edge")),
        *(Pill(key, name, found.of(key).count) for key, name in words.OUTCOMES.items()),
    ]
    return (Pill("", "All", found.total), *(pill for pill in pills if pill.count))


def all_rows(listed: Listed, rulebook: Rulebook) -> Iterator[tuple[TaskRow, ...]]:
    """Give every row in batches, so that a file of 100,000 lines needs the memory of a few hundred."""
    keys = listed.keys()
    for start in range(0, len(keys), BATCH):
        yield task_rows(keys[start : start + BATCH], rulebook)


def task_rows(keys: Sequence[int], rulebook: Rulebook) -> tuple[TaskRow, ...]:
    """Read some rows in full, in the order of their keys."""
    tasks = TaskAssessment.objects.with_task().in_bulk(list(keys))
    closures: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for pk, *closure in GateClosure.objects.filter(task__in=keys).values_list("task_id", *CLOSURE):
        closures[pk].append(tuple(closure))
    return tuple(_row(tasks[pk], rulebook.closed(closures[pk]), rulebook) for pk in keys if pk in tasks)


def _row(task: TaskAssessment, closed: set[tuple[str, str]], rulebook: Rulebook) -> TaskRow:
    unknown = task.result.get("unknown", ())
    in_force = gates_in_force(task.gate_codes)
    return TaskRow(
        task=task,
        verdict=words.task_verdict(task),
        chips=tuple(
            _chip(rulebook.gates[code], closed, is_waived=code not in in_force)
            for code in task.gates
            if code in rulebook.gates
        ),
        flags=", ".join(words.flag_name(flag).lower() for flag in task.flags) or "no flags",
        units=words.units(task.unit, task.annual_volume),
        answered=len(rulebook.factors) - len(unknown),
        factors=len(rulebook.factors),
    )


def _chip(gate: Gate, closed: set[tuple[str, str]], *, is_waived: bool) -> GateChip:
    if is_waived:
        return GateChip(gate.code, gate.name, "waived", "half", "waived", mark="waived")
    if gate.is_stop:
        return GateChip(gate.code, gate.name, "stop", "stop", words.EFFECTS[gate.effect])
    still_open = sum(1 for condition in gate.conditions if (gate.code, condition) not in closed)
    state = f"{words.EFFECTS[gate.effect]}, {words.conditions_words(len(gate.conditions), still_open)}"
    if gate.is_limit:
        return GateChip(gate.code, gate.name, "limit", "flag", state)
    css, icon = ("", "cond") if still_open else ("closed", "check")
    return GateChip(gate.code, gate.name, css, icon, state)
