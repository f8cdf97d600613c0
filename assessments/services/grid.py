"""Changes of single cells, each with the text its author saw: nobody overwrites what they did not see.

One row is one transaction; the good cells of a row are saved whatever is wrong with the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.tenancy import hold_names
from assessments.cells import EDITED, Roles, cell_text, task_texts
from assessments.models import Assessment, LegalTask, TaskAssessment
from assessments.queries_grid import last_change
from assessments.services import adding, changing
from assessments.services.drafting import ClosedAssessmentError, hold_draft
from assessments.services.typed import read_cell

# A change of who may do the work that takes a gate away needs a reason, for which the grid has no place.
_CELL_OF = {"practice_reason": "practice_of_law"}
# How long a row whose answer was lost may wait on a page until it is sent again.
LOST_FOR = timedelta(hours=1)
GONE = "This legal task is not in the assessment any more."


class CellState(StrEnum):
    """What became of one cell."""

    SAVED = "saved"
    WRONG = "wrong"  # it cannot be kept as typed; ``sentence`` says why
    CONFLICT = "conflict"  # somebody changed it after its author saw it; ``theirs`` is what it says now
    WAITS = "waits"  # the row is new and cannot be added yet


@dataclass(frozen=True)
class CellChange:
    """What somebody typed into a cell, and what it said before, as far as they saw."""

    key: str
    text: str
    seen: str


@dataclass(frozen=True)
class RowChange:
    """The changed cells of one row. ``ref`` is the caller's own name for it; no ``task`` makes a new one.

    ``is_taken_back``: the task was just added and goes out again, if it still says what ``cells`` saw.
    """

    ref: str
    task: int | None
    cells: tuple[CellChange, ...]
    is_taken_back: bool = False


@dataclass(frozen=True)
class CellAnswer:
    """What became of one cell."""

    key: str
    state: CellState
    sentence: str = ""
    theirs: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class RowAnswer:
    """What became of one row: the task as it is now (None: there is none), its cells, a fault of it all."""

    ref: str
    task: TaskAssessment | None
    cells: tuple[CellAnswer, ...] = ()
    fault: str = ""


def save_rows(*, actor: User, assessment: Assessment, rows: Sequence[RowChange]) -> list[RowAnswer]:
    """Save what can be saved, row after row, and say of each cell what became of it. Raises nothing."""
    return [_save_row(actor, assessment, row) for row in rows]


@transaction.atomic
def _save_row(actor: User, assessment: Assessment, row: RowChange) -> RowAnswer:
    if row.task is None or row.is_taken_back or any(cell.key == "name" for cell in row.cells):
        hold_names()
    try:
        hold_draft(assessment.pk)
    except ClosedAssessmentError as closed:
        task = TaskAssessment.objects.with_task().filter(assessment=assessment, pk=row.task or 0).first()
        return RowAnswer(row.ref, task, fault=closed.messages[0])
    roles = Roles.of(assessment.pk)
    if row.task is None:
        return _add(actor, assessment, row, roles)
    task = TaskAssessment.objects.filter(assessment=assessment, pk=row.task).first()
    if task is None:
        return RowAnswer(row.ref, None, fault=GONE)
    try:
        task = changing.locked(task)
    except TaskAssessment.DoesNotExist:
        return RowAnswer(row.ref, None, fault=GONE)
    return _take_back(actor, task, row, roles) if row.is_taken_back else _change(actor, task, row, roles)


def _change(actor: User, task: TaskAssessment, row: RowChange, roles: Roles) -> RowAnswer:
    now = task_texts(task, roles)
    answers, facts = _read(row, roles)
    for cell in row.cells:
        if cell.key not in facts:
            continue
        wanted = cell_text(cell.key, facts[cell.key], roles)
        if now[cell.key] == wanted:
            del facts[cell.key]
        elif now[cell.key] != cell.seen:
            del facts[cell.key]
            answers[cell.key] = _conflict(task, cell.key, now[cell.key])
    while facts:
        try:
            with transaction.atomic():
                task = changing.change_task(actor=actor, task=task, facts=facts)
            break
        except ValidationError as fault:
            refused = _refused(fault)
            answers |= refused
            facts = {key: value for key, value in facts.items() if key not in refused}
    return RowAnswer(row.ref, task, _in_order(row, answers, CellState.SAVED))


def _add(actor: User, assessment: Assessment, row: RowChange, roles: Roles) -> RowAnswer:
    answers, facts = _read(row, roles)
    if "name" not in answers and "name" not in facts:
        return RowAnswer(row.ref, None, _in_order(row, answers, CellState.WAITS))
    task: TaskAssessment | None = None
    while "name" in facts and task is None:
        try:
            with transaction.atomic():
                task = adding.add_task(actor=actor, assessment=assessment, **facts)
        except ValidationError as fault:
            refused = _refused(fault)
            if "name" in refused and (arrived := _arrived(actor, assessment, facts, roles)):
                return _change(actor, arrived, _as_seen(row, arrived, roles), roles)
            answers |= refused
            facts = {key: value for key, value in facts.items() if key not in refused}
    return RowAnswer(row.ref, task, _in_order(row, answers, CellState.SAVED if task else CellState.WAITS))


def _arrived(
    actor: User, assessment: Assessment, facts: Mapping[str, Any], roles: Roles
) -> TaskAssessment | None:
    """The task that this row made before: the answer to it was lost on its way, so it is sent again.

    It has the name, the same person has just added it, and no cell says anything else than what is sent.
    """
    rows = TaskAssessment.objects.with_task().filter(assessment=assessment)
    task = rows.filter(legal_task__in=changing.called(str(facts["name"]))).first()
    if task is None:
        return None
    blank = task_texts(TaskAssessment(legal_task=LegalTask()), roles)
    sent = {key: cell_text(key, value, roles) for key, value in facts.items()}
    now = task_texts(task, roles)
    if any(now[key] not in {blank[key], sent.get(key, blank[key])} for key in EDITED if key != "name"):
        return None
    events = AuditEvent.objects.filter(
        object_type=task._meta.label_lower, object_id=str(task.pk), verb="added legal task", actor=actor
    )
    return task if events.filter(at__gte=timezone.now() - LOST_FOR).exists() else None


def _as_seen(row: RowChange, task: TaskAssessment, roles: Roles) -> RowChange:
    now = task_texts(task, roles)
    return replace(row, cells=tuple(replace(cell, seen=now.get(cell.key, "")) for cell in row.cells))


def _take_back(actor: User, task: TaskAssessment, row: RowChange, roles: Roles) -> RowAnswer:
    """Undo an addition, unless that would lose what somebody put in since."""
    now = task_texts(task, roles)
    is_untouched = all(now.get(cell.key) == cell.seen for cell in row.cells)
    if not is_untouched or task.flags or task.answers.exists() or task.closures.exists():
        code = task.legal_task.code
        return RowAnswer(row.ref, task, fault=f"{code} was worked on since; remove it on its own page.")
    try:
        with transaction.atomic():
            adding.remove_task(actor=actor, task=task)
    except ValidationError as fault:
        return RowAnswer(row.ref, task, fault=fault.messages[0])
    return RowAnswer(row.ref, None)


def _read(row: RowChange, roles: Roles) -> tuple[dict[str, CellAnswer], dict[str, Any]]:
    """Give the facts that can be read, and answers for the cells that cannot."""
    answers: dict[str, CellAnswer] = {}
    facts: dict[str, Any] = {}
    for cell in row.cells:
        if cell.key not in EDITED:
            answers[cell.key] = CellAnswer(cell.key, CellState.WRONG, "This column cannot be changed here.")
            continue
        try:
            facts[cell.key] = read_cell(cell.key, cell.text, roles)
        except ValidationError as fault:
            answers[cell.key] = CellAnswer(cell.key, CellState.WRONG, fault.messages[0])
    return answers, facts


def _refused(fault: ValidationError) -> dict[str, CellAnswer]:
    """Faults by the cell that they belong to; a reason that is missing has no cell of its own."""
    found = {}
    for field, messages in fault.message_dict.items():
        key = _CELL_OF.get(field, field)
        more = " Change it on the page of the task." if field in _CELL_OF else ""
        found[key] = CellAnswer(key, CellState.WRONG, messages[0] + more)
    return found


def _conflict(task: TaskAssessment, key: str, theirs: str) -> CellAnswer:
    found = last_change(task, key)
    by, at = (found.by, found.at) if found else ("", None)
    return CellAnswer(key, CellState.CONFLICT, theirs=theirs, by=by, at=at)


def _in_order(
    row: RowChange, answers: Mapping[str, CellAnswer], otherwise: CellState
) -> tuple[CellAnswer, ...]:
    return tuple(answers.get(cell.key) or CellAnswer(cell.key, otherwise) for cell in row.cells)
