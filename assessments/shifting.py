"""Which tasks change band or outcome if one weight or one answer moves: the engine asked (room: services)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from assessments.kept import kept
from assessments.models import BASKET_OUTCOMES, Assessment, FactorAnswer
from assessments.queries_portfolio import Narrowed, tasks_of
from assessments.rulebook import Rulebook, waived_gates
from engine import SuitabilityRules, SuitabilityShifts, suitability_shifts

# Every answer of every task is read for this; more tasks than these are asked to be narrowed down.
MOST = 1_000
# How far a weight is moved, in points of 100.
POINTS = 10


@dataclass(frozen=True)
class Subject:
    """A task as the tables name it."""

    pk: int
    code: str
    name: str
    outcome: str
    restriction: str
    score: float | None


@dataclass(frozen=True)
class Sensitivity:
    """The tasks looked at and what would change them; ``shifts`` is None when there are too many."""

    total: int
    subjects: tuple[Subject, ...]
    shifts: SuitabilityShifts | None


def sensitivity(*, assessment: Assessment, narrowed: Narrowed, only_going: bool) -> Sensitivity:
    """Try every single move on the tasks that the filters leave; kept until a task changes."""
    asked = f"{assessment.factor_set_id}:{narrowed}:{only_going}"
    name = hashlib.sha256(asked.encode()).hexdigest()[:32]
    return kept(assessment.pk, f"shifts:{name}", lambda: _tried(assessment, narrowed, only_going))


def _tried(assessment: Assessment, narrowed: Narrowed, only_going: bool) -> Sensitivity:
    going = Q(outcome__in=BASKET_OUTCOMES) if only_going else Q()
    rows = tasks_of(assessment, narrowed).filter(going)
    total = rows.count()
    if total > MOST:
        return Sensitivity(total, (), None)
    columns = ("pk", "list_code", "legal_task__name", "outcome", "restriction", "score")
    read = list(
        rows.order_by("list_code", "pk").values_list(*columns, "flags", "practice_of_law", "gate_codes")
    )
    answers: dict[int, dict[str, int | None]] = defaultdict(dict)
    told = FactorAnswer.objects.filter(task__in=rows.order_by().values("pk")).order_by()
    for pk, factor, level in told.values_list("task_id", "factor", "level"):
        answers[pk][factor] = level
    rules = SuitabilityRules.from_dict(assessment.factor_set.content)
    known = Rulebook(assessment.factor_set.content).known_answers
    tasks = [
        {
            "answers": known(answers[pk]),
            "flags": flags,
            "practice_of_law": practice,
            "waived": waived_gates(gates),
        }
        for pk, *_, flags, practice, gates in read
    ]
    return Sensitivity(
        len(read), tuple(Subject(*row[:6]) for row in read), suitability_shifts(tasks, rules, points=POINTS)
    )
