"""Reads of the grid: tasks as the texts of their cells, and who changed one of them last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import figures
from accounts.models import AuditEvent
from assessments import words
from assessments.cells import EDITED, OF_THE_LEGAL_TASK, Roles, task_texts
from assessments.models import Assessment, TaskAssessment
from assessments.queries import Filters, Listed
from assessments.rulebook import Rulebook

GRID_ROWS = 2_000
_LOOKED_BACK = 40


# Of two thousand rows nothing else is read: each further column is converted two thousand times.
_READ = (
    *(f"legal_task__{name}" for name in ("code", *OF_THE_LEGAL_TASK)),
    *(name for name in EDITED if name not in OF_THE_LEGAL_TASK),
    *("outcome", "restriction", "open_conditions", "gates", "score", "score_low", "score_high", "result"),
)


@dataclass(frozen=True)
class GridPage:
    """The rows of the grid; ``total`` tasks match, of which at most ``GRID_ROWS`` are given."""

    rows: tuple[dict[str, str | int], ...]
    total: int

    @property
    def is_cut(self) -> bool:
        """Whether more tasks match than the grid takes."""
        return self.total > len(self.rows)


@dataclass(frozen=True)
class LastChange:
    """Who gave a fact its value, and when."""

    by: str
    at: datetime


def grid_page(*, assessment: Assessment, filters: Filters, rulebook: Rulebook) -> GridPage:
    """Give the tasks that the filters leave, in the order of their codes."""
    listed = Listed(assessment=assessment, filters=filters, rulebook=rulebook)
    keys = list(listed[:GRID_ROWS])
    total = len(listed) if len(keys) == GRID_ROWS else len(keys)
    return GridPage(grid_rows(keys, assessment), total)


def grid_rows(keys: Sequence[int], assessment: Assessment) -> tuple[dict[str, str | int], ...]:
    """Read some rows, in the order of their keys."""
    roles = Roles.of(assessment.pk)
    tasks = TaskAssessment.objects.with_task().only(*_READ).in_bulk(list(keys))
    return tuple(grid_row(tasks[pk], roles) for pk in keys if pk in tasks)


def grid_row(task: TaskAssessment, roles: Roles) -> dict[str, str | int]:
    """Give what the grid shows of a task: its cells, and what follows from them."""
    return {"id": task.pk, **task_texts(task, roles), **_result(task)}


def _result(task: TaskAssessment) -> dict[str, str]:
    score = figures.score(task.score, none="")
    has_answers = any(line["level"] is not None for line in task.result.get("factors", ()))
    if not score and has_answers and task.score_low is not None:
        score = f"{figures.score(task.score_low)} to {figures.score(task.score_high)}"
    return {"score": score, "outcome": words.task_verdict(task).text, "gates": " ".join(task.gates)}


def last_change(task: TaskAssessment, key: str) -> LastChange | None:
    """Say who changed a fact of a task last; None when nobody did, or too long ago to look for."""
    events = AuditEvent.objects.filter(
        object_type=task._meta.label_lower, object_id=str(task.pk), is_counsel_only=False
    ).select_related("actor")
    for event in events.order_by("-at", "-pk")[:_LOOKED_BACK]:
        if key in (event.after or {}):
            name = (event.actor.name or event.actor.email) if event.actor else "the system"
            return LastChange(name, event.at)
    return None
