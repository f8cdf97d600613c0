"""Legal tasks from a file: each row compared with what is there, shown first, saved all or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments.cells import COLUMNS, Roles, cell_text, task_texts
from assessments.models import Assessment, LegalTask, TaskAssessment
from assessments.queries_split import parts_in
from assessments.services import adding, corrections
from assessments.services.changing_many import NameTakenError, change_many
from assessments.services.drafting import ClosedAssessmentError, hold_draft
from assessments.services.typed import read_cell
from tabular import Block, Column, MappedRow, TableFault, map_as


class Existing(models.TextChoices):
    """What an import does with tasks that are in the assessment already."""

    UPDATE = "update", "Change them to what the file says"
    SKIP = "skip", "Leave them as they are"
    STOP = "stop", "Stop: import nothing if there is one"


class RowKind(models.TextChoices):
    """What an import would do with one row."""

    NEW = "new", "new"
    CHANGED = "changed", "changes"
    SAME = "same", "no change"
    SKIPPED = "skipped", "left out"
    WRONG = "wrong", "cannot be read"


@dataclass(frozen=True)
class ImportCell:
    """One cell of the file. ``before`` is what the task says now, where that differs."""

    key: str
    text: str
    before: str | None = None
    fault: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One row: what it would do, to which task (None: a new one), and the facts that would be saved."""

    number: int
    kind: RowKind
    cells: tuple[ImportCell, ...]
    task: TaskAssessment | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def wrong(self, *faults: str) -> ImportRow:
        """The same row, refused."""
        return replace(self, kind=RowKind.WRONG, faults=faults, facts={})


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do. ``fault`` is set when the file as a whole cannot be read."""

    rows: tuple[ImportRow, ...] = ()
    columns: tuple[Column, ...] = ()
    fault: str = ""

    def count(self, kind: str) -> int:
        """Rows of one kind."""
        return sum(1 for row in self.rows if row.kind == kind)

    @property
    def is_good(self) -> bool:
        """Whether all of it can be saved."""
        return not self.fault and bool(self.rows) and not self.count(RowKind.WRONG)

    @property
    def changes(self) -> int:
        """Rows that would change anything."""
        return self.count(RowKind.NEW) + self.count(RowKind.CHANGED)

    @property
    def fingerprint(self) -> str:
        """Tell this plan from another: what would become what."""
        digest = hashlib.sha256()
        for row in self.rows:
            told = (row.number, str(row.kind), row.task.pk if row.task else 0)
            digest.update(repr((told, [(cell.key, cell.text, cell.before) for cell in row.cells])).encode())
        return digest.hexdigest()


class ImportRefusedError(ValueError):
    """Nothing was imported; ``plan`` says why, or shows what changed since it was last seen."""

    def __init__(self, plan: ImportPlan, sentence: str = "") -> None:
        self.plan = plan
        super().__init__(sentence)


def plan_import(
    *, assessment: Assessment, block: Block, keys: Sequence[str], has_heading: bool, existing: str
) -> ImportPlan:
    """Compare the rows of a file with the assessment; writes nothing and never raises."""
    try:
        table = map_as(block, COLUMNS, keys, has_heading=has_heading)
    except TableFault as fault:
        return ImportPlan(fault=str(fault))
    planner = _Planner.of(assessment, table.rows, existing)
    return ImportPlan(tuple(planner.plan(row, table.columns) for row in table.rows), table.columns)


@transaction.atomic
def apply_import(
    *,
    actor: User,
    assessment: Assessment,
    block: Block,
    keys: Sequence[str],
    has_heading: bool,
    existing: str,
    shown: str,
    file_name: str = "",
) -> ImportPlan:
    """Save a whole import, one event for each task and one for the file.

    ``shown``: the fingerprint of the plan that was looked at. Raises ``ImportRefusedError``, and then nothing
    was saved: a row is wrong, tasks were changed since, or the assessment is no draft.
    """
    hold_names()
    try:
        hold_draft(assessment.pk)
    except ClosedAssessmentError as closed:
        raise ImportRefusedError(ImportPlan(fault=closed.messages[0])) from closed
    plan = plan_import(
        assessment=assessment, block=block, keys=keys, has_heading=has_heading, existing=existing
    )
    if not plan.is_good:
        raise ImportRefusedError(plan)
    if plan.fingerprint != shown:
        raise ImportRefusedError(plan, "Something was changed after this was shown. Look at it once more.")
    _save(actor, assessment, plan)
    counts = {f"rows {kind.label}": plan.count(kind) for kind in RowKind if plan.count(kind)}
    audit.record(
        actor=actor, verb="imported legal tasks", obj=assessment, after={"file": file_name[:200], **counts}
    )
    return plan


def _save(actor: User, assessment: Assessment, plan: ImportPlan) -> None:
    new = [row.facts for row in plan.rows if row.kind == RowKind.NEW]
    adding.add_many(actor=actor, assessment=assessment, facts=new, verb="added legal task by import")
    changed = {row.task.pk: row for row in plan.rows if row.kind == RowKind.CHANGED and row.task is not None}
    try:
        change_many(actor=actor, assessment=assessment, facts={pk: row.facts for pk, row in changed.items()})
    except NameTakenError as taken:
        wrong = changed[taken.task_pk]
        rows = (row.wrong(str(taken)) if row is wrong else row for row in plan.rows)
        raise ImportRefusedError(replace(plan, rows=tuple(rows))) from taken


@dataclass
class _Planner:
    """Plans row after row and remembers the tasks and names that came before."""

    roles: Roles
    by_code: Mapping[str, TaskAssessment]
    by_name: Mapping[str, TaskAssessment]
    existing: str
    split: Mapping[str, str]
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, assessment: Assessment, rows: Sequence[MappedRow], existing: str) -> _Planner:
        """Read the tasks that the rows may mean."""
        tasks = TaskAssessment.objects.filter(assessment=assessment).with_task()
        codes = {row.cells.get("code", "").upper() for row in rows} - {""}
        names = {_name_key(row) for row in rows} - {""}
        by_code = {task.list_code.upper(): task for task in tasks.filter(list_code__in=codes)}
        by_name = {task.list_name: task for task in tasks.filter(list_name__in=names)}
        return cls(Roles.of(assessment.pk), by_code, by_name, existing, _split(assessment))

    def plan(self, row: MappedRow, columns: Sequence[Column]) -> ImportRow:
        task = self.by_code.get(row.cells.get("code", "").upper()) or self.by_name.get(_name_key(row))
        if task is not None and self.existing == Existing.SKIP:
            cells = tuple(ImportCell(column.key, row.cells.get(column.key, "")) for column in columns)
            return ImportRow(row.number, RowKind.SKIPPED, cells, task)
        now = task_texts(task, self.roles) if task else {}
        cells, facts = self._cells(row, columns, now)
        planned = ImportRow(row.number, RowKind.SAME, cells, task, facts)
        faults = self._faults(row.number, task, facts)
        if faults or any(cell.fault for cell in cells):
            return planned.wrong(*faults)
        if task is None:
            return replace(planned, kind=RowKind.NEW)
        changed = {cell.key: facts[cell.key] for cell in cells if cell.before is not None}
        return replace(planned, kind=RowKind.CHANGED, facts=changed) if changed else planned

    def _cells(
        self, row: MappedRow, columns: Sequence[Column], now: Mapping[str, str]
    ) -> tuple[tuple[ImportCell, ...], dict[str, Any]]:
        cells: list[ImportCell] = []
        facts: dict[str, Any] = {}
        for column in columns:
            key, text = column.key, row.cells.get(column.key, "")
            if key == "code" or (key == "practice_of_law" and not text):
                cells.append(ImportCell(key, text))  # it tells which task; or nothing is said
                continue
            try:
                facts[key] = read_cell(key, text, self.roles)
            except ValidationError as fault:
                cells.append(ImportCell(key, text, fault=fault.messages[0]))
                continue
            after = cell_text(key, facts[key], self.roles)
            before = now[key] if now and now[key] != after else None
            cells.append(ImportCell(key, after, before))
        return tuple(cells), facts

    def _faults(self, number: int, task: TaskAssessment | None, facts: Mapping[str, Any]) -> tuple[str, ...]:
        faults = []
        if task is not None and self.existing == Existing.STOP:
            faults.append(f"{task.legal_task.code} is in the assessment already.")
        name = str(facts.get("name", "")).casefold()
        for what in {f"task {task.pk}" if task else "", f"name {name}" if name else ""} - {""}:
            if what in self.seen:
                faults.append(f"Row {self.seen[what]} is about the same task.")
                break
            self.seen[what] = number
        other = self.by_name.get(name[:160])
        if other is not None and other != task:
            faults.append(f"{other.legal_task.code} already has this name.")
        if task is None and name in self.split:
            faults.append(self.split[name])
        if task is not None:
            faults += _gates_lost(task, facts)
        return tuple(faults)


def _split(assessment: Assessment) -> dict[str, str]:
    """What to say of tasks whose parts are in the assessment, by their names: they would count twice."""
    sentences = parts_in(assessment)
    names = LegalTask.objects.filter(pk__in=sentences).values_list("pk", "name")
    return {name.casefold(): sentences[pk] for pk, name in names}


def _gates_lost(task: TaskAssessment, facts: Mapping[str, Any]) -> list[str]:
    """What would take a gate away; a file has no place for the reason that this needs."""
    try:
        corrections.wanted(task, facts, {}, {})
    except ValidationError as fault:
        return [f"{sentence} Change it on the page of the task." for sentence in fault.messages]
    return []


def _name_key(row: MappedRow) -> str:
    return " ".join(row.cells.get("name", "").split()).casefold()[:160]
