"""The catalogue of common legal work with its outcome under the rules of an assessment (room: services)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments import words
from assessments.models import Assessment, PracticeClass, TaskAssessment
from assessments.reference import CatalogueTask
from engine import SuitabilityRules, suitability


@dataclass(frozen=True)
class Entry:
    """One kind of work with its typical outcome under the rules of this assessment."""

    task: CatalogueTask
    practice: str
    score: float | None
    verdict: words.Verdict
    gates: tuple[str, ...]
    already: str


def entries(tasks: Sequence[CatalogueTask], *, assessment: Assessment, text: str = "") -> list[Entry]:
    """Give the kinds of work that contain a text, grouped by practice area, with what is in use already."""
    rows = TaskAssessment.objects.filter(assessment=assessment)
    used = {name.casefold(): code for code, name in rows.values_list("legal_task__code", "legal_task__name")}
    rules = SuitabilityRules.from_dict(assessment.factor_set.content)
    wanted = text.casefold().strip()
    kept = [
        task
        for task in tasks
        if not wanted or wanted in f"{task.code} {task.name} {task.practice_area}".casefold()
    ]
    areas = list(dict.fromkeys(task.practice_area for task in kept))
    kept.sort(key=lambda task: (areas.index(task.practice_area), task.code))
    return [_entry(task, rules, used) for task in kept]


def _entry(task: CatalogueTask, rules: SuitabilityRules, used: dict[str, str]) -> Entry:
    factors = {factor.code for factor in rules.factors}
    result = suitability(
        {
            "answers": {code: level for code, level in task.profile.items() if code in factors},
            "flags": [flag for flag in task.flags if flag in rules.flags],
            "practice_of_law": task.practice_of_law,
        },
        rules,
    )
    gates = [{"code": gate.code, "effect": gate.effect} for gate in result.gates]
    return Entry(
        task=task,
        practice=str(PracticeClass(task.practice_of_law).label),
        score=result.score,
        verdict=words.verdict(outcome=result.outcome, restriction=result.restriction, gates=gates),
        gates=tuple(gate.code for gate in result.gates),
        already=used.get(task.name.casefold(), ""),
    )
