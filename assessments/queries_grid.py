"""Reads of the grid: tasks as the texts of their cells, and who changed one of them last."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

import figures
from accounts.models import AuditEvent
from assessments import words
from assessments.cells import PLACES, Roles, fact, texts
from assessments.models import Assessment, TaskAssessment
from assessments.queries import Filters, Listed
from assessments.rulebook import Rulebook

GRID_ROWS = 2_000
_LOOKED_BACK = 40


# Of two thousand rows nothing else is read: each further column is converted two thousand times.
_STORED = ("outcome", "restriction", "open_conditions", "gates", "score", "score_low", "score_high")
_READ = ("pk", *PLACES.values(), *_STORED)


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
    # The stored result comes as text: most rows say nothing that has to be read from it.
    rows = TaskAssessment.objects.filter(pk__in=keys).values(*_READ, text=Cast("result", TextField()))
    tasks = {row["pk"]: _row(row, roles, _of_result(row)) for row in rows}
    return tuple(tasks[pk] for pk in keys if pk in tasks)


def grid_row(task: TaskAssessment, roles: Roles) -> dict[str, str | int]:
    """Give what the grid shows of a task: its cells, and what follows from them."""
    facts = {place: fact(task, key) for key, place in PLACES.items()}
    stored = {name: getattr(task, name) for name in ("pk", *_STORED)}
    return _row(facts | stored, roles, task.result)


def _of_result(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the stored result where gates have fired or no score stands; elsewhere nothing in it is shown."""
    if row["score"] is not None and not row["gates"]:
        return {}
    result: Mapping[str, Any] = json.loads(row["text"])
    return result


@dataclass(frozen=True, slots=True)
class _Judged:
    outcome: str | None
    restriction: str | None
    open_conditions: int
    result: Mapping[str, Any]


def _row(row: Mapping[str, Any], roles: Roles, result: Mapping[str, Any]) -> dict[str, str | int]:
    score = figures.score(row["score"], none="")
    has_answers = any(line["level"] is not None for line in result.get("factors", ()))
    if not score and has_answers and row["score_low"] is not None:
        score = f"{figures.score(row['score_low'])} to {figures.score(row['score_high'])}"
    judged = _Judged(row["outcome"], row["restriction"], row["open_conditions"], result)
    shown = {"score": score, "outcome": words.task_verdict(judged).text, "gates": " ".join(row["gates"])}
    return {"id": row["pk"], **texts(row, roles), **shown}


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
