"""The dearest tasks of an assessment: what the quadrant draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assessments.models import Assessment, TaskAssessment
from assessments.rulebook import gates_in_force

# More bubbles hide each other and nobody can point at one; the table below the chart is the complete list.
DRAWN_AT_MOST = 40
_COLUMNS = (
    *("legal_task__code", "legal_task__name", "outcome", "restriction", "score"),
    *("baseline_amount", "annual_hours", "gate_codes"),
)


@dataclass(frozen=True)
class Line:
    """A task with a place in the quadrant: score across, cost a year up, hours as area.

    ``gates``: those that fire and are not waived.
    """

    code: str
    name: str
    outcome: str
    restriction: str
    score: float
    cost: float
    hours: float | None
    gates: tuple[str, ...]


def dearest(*, assessment: Assessment, wanted: Q | None = None) -> tuple[Line, ...]:
    """Read the tasks that cost most, in code order; those without score, outcome or cost have no place.

    ``wanted`` narrows them, in the terms of the database.
    """
    rows = TaskAssessment.objects.filter(
        wanted or Q(), assessment=assessment, baseline_amount__isnull=False, score__isnull=False
    ).exclude(outcome="")
    first = rows.order_by("-baseline_amount", "list_code").values_list(*_COLUMNS)[:DRAWN_AT_MOST]
    return tuple(sorted((_line(*row) for row in first), key=lambda line: line.code))


def _line(code: str, name: str, outcome: str, restriction: str, score: float, *rest: Any) -> Line:
    cost, hours, gates = rest
    return Line(code, name, outcome, restriction, score, float(cost), hours, gates_in_force(gates))
