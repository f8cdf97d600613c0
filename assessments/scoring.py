"""Gates, score, outcome and baseline of legal tasks, stored beside what they come from (room: services)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.kept import hold
from assessments.models import (
    OUTCOME_ORDER,
    Assessment,
    FactorAnswer,
    GateClosure,
    RoleRate,
    TaskAssessment,
)
from assessments.rulebook import Rulebook
from engine import Suitability, SuitabilityRules, in_house_cost, suitability

SCORED_FIELDS = (
    "score",
    "score_low",
    "score_high",
    "band",
    "outcome",
    "restriction",
    "gates",
    "open_conditions",
    "result",
    "annual_hours",
    "baseline_amount",
    "cash_amount",
    "gate_codes",
    "outcome_place",
)
Closed = Set[tuple[str, str]]


@dataclass(frozen=True)
class Scorer:
    """The rules and rates of one assessment, read once for any number of tasks."""

    rules: SuitabilityRules
    rulebook: Rulebook
    rates: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, assessment: Assessment) -> Scorer:
        """Read the factor set and the role rates of an assessment."""
        content = assessment.factor_set.content
        rates = {
            rate.code: {"usd_per_hour": float(rate.hourly_amount), "kind": rate.kind}
            for rate in RoleRate.objects.filter(assessment=assessment)
        }
        return cls(SuitabilityRules.from_dict(content), Rulebook(content), rates)

    def fill(self, task: TaskAssessment, *, answers: Mapping[str, int | None], closed: Closed) -> None:
        """Compute every stored field of a task; the row is not saved. Raises ``engine.InvalidInput``."""
        result = suitability(
            {"answers": answers, "flags": task.flags, "practice_of_law": task.practice_of_law}, self.rules
        )
        task.gates = [gate.code for gate in result.gates]
        task.gate_codes = f" {' '.join(task.gates)} " if task.gates else ""
        conditions = self.rulebook.conditions_of(task.gates)
        task.score = result.score
        task.score_low, task.score_high = result.score_range or (None, None)
        task.band = result.band or ""
        task.outcome = result.outcome or ""
        task.outcome_place = OUTCOME_ORDER.index(task.outcome)
        task.restriction = result.restriction or ""
        task.open_conditions = sum(1 for condition in conditions if condition not in closed)
        task.result = _stored(result, conditions=len(conditions))
        self._fill_baseline(task)

    def _fill_baseline(self, task: TaskAssessment) -> None:
        """In-house cost of a year in whole currency units; unknown without volume, hours, mix or a rate."""
        task.annual_hours = task.baseline_amount = task.cash_amount = None
        if task.annual_volume is None or task.hours_per_unit is None:
            return
        row = {
            "code": "task",
            "annual_volume": float(task.annual_volume),
            "hours_per_unit": float(task.hours_per_unit),
            "staffing_mix": task.staffing_mix if set(task.staffing_mix) <= set(self.rates) else {},
        }
        found = in_house_cost(row, self.rates)
        task.annual_hours = found.hours
        if found.cost is not None and found.cash_part is not None:
            task.baseline_amount, task.cash_amount = Decimal(found.cost), Decimal(found.cash_part)


def _stored(result: Suitability, *, conditions: int) -> dict[str, Any]:
    """The parts of the result that pages explain and that have no column of their own."""
    return {
        "gates": [asdict(gate) for gate in result.gates],
        "factors": [asdict(line) for line in result.factors],
        "unknown": list(result.unknown),
        "band_range": list(result.band_range) if result.band_range else None,
        "conditions": conditions,
    }


def rescore(task: TaskAssessment) -> None:
    """Compute and save one task from the answers and closures in the database."""
    answers = dict(task.answers.values_list("factor", "level"))
    closed = set(task.closures.values_list("gate", "condition"))
    Scorer.of(task.assessment).fill(task, answers=answers, closed=closed)
    task.save(update_fields=[*SCORED_FIELDS, "updated_at"])


@transaction.atomic
def rescore_all(*, assessment: Assessment) -> int:
    """Compute every task of an assessment anew, after its rates or rules changed; gives their number."""
    hold(assessment.pk)
    tasks = list(TaskAssessment.objects.filter(assessment=assessment))
    fill_all(tasks, Scorer.of(assessment), among={"task__assessment": assessment})
    TaskAssessment.objects.bulk_update(tasks, SCORED_FIELDS, batch_size=200)
    return len(tasks)


def fill_all(tasks: Sequence[TaskAssessment], scorer: Scorer, *, among: Mapping[str, Any]) -> None:
    """Compute many tasks from the answers and closures in the database; the rows are not saved.

    ``among``: a filter of answers and closures that leaves at least those of these tasks.
    """
    answers: dict[int, dict[str, int | None]] = defaultdict(dict)
    for pk, factor, level in FactorAnswer.objects.filter(**among).values_list("task_id", "factor", "level"):
        answers[pk][factor] = level
    closed: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for pk, gate, condition in GateClosure.objects.filter(**among).values_list(
        "task_id", "gate", "condition"
    ):
        closed[pk].add((gate, condition))
    for task in tasks:
        scorer.fill(task, answers=answers[task.pk], closed=closed[task.pk])
