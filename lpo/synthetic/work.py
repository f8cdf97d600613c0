"""Invented legal tasks: kinds of work of the catalogue in many places, scored by the real engine."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from assessments.models import Assessment, FactorAnswer, GateClosure, Lawyer, LegalTask, TaskAssessment
from assessments.reference import CatalogueTask, catalogue
from assessments.scoring import Scorer
from lpo.sample import COMPANY

CHUNK = 1_000
ROWS = 1_000
_ANSWER = (
    *("organisation_id", "task_id", "factor", "level", "source"),
    *("assessor_id", "reason", "counsel_note", "answered_at"),
)
PLACES = (
    *("Columbus plant", "Pune office", "Northern region", "Southern region", "Medical devices", "Sensors"),
    *("Licensing desk", "Real estate", "Procurement desk", "Field service", "Research lab", "Export desk"),
    *("Latin America", "Nordic countries", "Joint ventures", "Spare parts"),
)


@dataclass(frozen=True)
class Made:
    """One invented task with what belongs to it."""

    task: TaskAssessment
    levels: dict[str, int | None]
    closures: list[GateClosure]


def fill(
    *, assessment: Assessment, upto: int, seed: int, actor: User, progress: Callable[[str, int, int], None]
) -> int:
    """Add tasks until there are ``upto``; gives how many were added."""
    there = TaskAssessment.objects.filter(assessment=assessment).count()
    scorer = Scorer.of(assessment)
    lawyer, _ = Lawyer.objects.get_or_create(
        name="Linus Lawyer (invented)", jurisdiction="Minnesota", defaults={"added_by": actor}
    )
    for start in range(there, upto, CHUNK):
        end = min(start + CHUNK, upto)
        with transaction.atomic():
            made = [_made(assessment, scorer, lawyer, seed, number) for number in range(start + 1, end + 1)]
            LegalTask.objects.bulk_create(one.task.legal_task for one in made)
            TaskAssessment.objects.bulk_create(one.task for one in made)
            _insert_answers(made, actor)
            GateClosure.objects.bulk_create(closure for one in made for closure in one.closures)
        progress("legal tasks", end, upto)
    return max(0, upto - there)


def _made(assessment: Assessment, scorer: Scorer, lawyer: Lawyer, seed: int, number: int) -> Made:
    chance = random.Random(f"{seed} task {number}")  # noqa: S311  (invented data, not a secret)
    kind = chance.choice(catalogue())
    legal_task = LegalTask(
        code=f"S{number:06d}",
        name=f"{kind.name}, {chance.choice(PLACES)} {number:06d}",
        practice_area=kind.practice_area,
        catalogue_code=kind.code,
    )
    task = TaskAssessment(
        assessment=assessment, legal_task=legal_task, practice_of_law=kind.practice_of_law, unit=kind.unit
    )
    _give_facts(task, kind, chance)
    levels = _levels(kind, chance)
    task.is_profile_assumed = bool(levels) and chance.random() < 0.06
    scorer.fill(task, answers=levels, closed=set())
    closures = _closures(task, scorer, lawyer, chance)
    task.open_conditions -= len(closures)
    return Made(task, levels, closures)


def _insert_answers(made: list[Made], actor: User) -> None:
    """Insert the answers without a model instance each: 100,000 tasks have 1,400,000 of them.

    The wall is kept by hand: every row takes the organisation of its own task.
    """
    now = timezone.now()
    rows = [
        (one.task.organisation_id, one.task.pk, code, level, _source(one.task), actor.pk, "", "", now)
        for one in made
        for code, level in one.levels.items()
    ]
    table = connection.ops.quote_name(FactorAnswer._meta.db_table)
    line = f"({', '.join(['%s'] * len(_ANSWER))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            batch = rows[start : start + ROWS]
            values = ", ".join([line] * len(batch))
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(_ANSWER)}) VALUES {values}",  # noqa: S608  (our own names)
                [cell for row in batch for cell in row],
            )


def _source(task: TaskAssessment) -> str:
    return FactorAnswer.Source.CATALOGUE if task.is_profile_assumed else FactorAnswer.Source.COUNSEL


def _give_facts(task: TaskAssessment, kind: CatalogueTask, chance: random.Random) -> None:
    """Volume, effort, mix and flags; one task in twenty has no volume yet, so that its cost is unknown."""
    if chance.random() > 0.05:
        task.annual_volume = Decimal(max(1, round(chance.uniform(*kind.volume) / 20)))
    task.hours_per_unit = Decimal(f"{chance.uniform(*kind.hours):.4f}")
    task.staffing_mix = chance.choice(_mixes())
    flags = set(kind.flags)
    if chance.random() < 0.05:
        flags.add(chance.choice(("export_controlled", "mnpi", "phi", "settlement_authority")))
    task.flags = sorted(flags)


def _levels(kind: CatalogueTask, chance: random.Random) -> dict[str, int | None]:
    """The typical answers moved by a level here and there; a few unknown, a few tasks not answered at all."""
    if chance.random() < 0.02:
        return {}
    levels: dict[str, int | None] = {}
    for code, typical in kind.profile.items():
        moved = typical + chance.choices((-2, -1, 0, 1, 2), (1, 4, 10, 4, 1))[0]
        levels[code] = min(5, max(1, moved))
    if chance.random() < 0.04:
        levels[chance.choice(list(levels))] = None
    return levels


def _closures(
    task: TaskAssessment, scorer: Scorer, lawyer: Lawyer, chance: random.Random
) -> list[GateClosure]:
    """Some conditions of some tasks are closed; none that needs a consent, for nobody gave one."""
    conditions = scorer.rulebook.conditions_of(task.gates)
    number = chance.randint(0, len(conditions)) if chance.random() < 0.15 else 0
    closed = []
    for gate, text in conditions[:number]:
        asked = scorer.rulebook.asks(gate, text)
        if asked.consent:
            continue
        closure = GateClosure(
            task=task, gate=gate, condition=text, evidence="Checked (invented)", closed_by=lawyer.added_by
        )
        closure.lawyer = lawyer if asked.lawyer else None
        closure.weekly_hours = Decimal(4) if asked.hours else None
        closed.append(closure)
    return closed


@cache
def _mixes() -> tuple[dict[str, float], ...]:
    return tuple(row["staffing_mix"] for row in json.loads(COMPANY.read_text(encoding="utf-8"))["tasks"])
