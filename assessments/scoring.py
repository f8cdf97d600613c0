"""From the rows of a task to its stored result: suitability and in-house baseline (room: services)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from assessments.models import Assessment, GateClosure, TaskAssessment
from engine import SuitabilityRules, in_house_cost, suitability

Rates = Mapping[str, Mapping[str, Any]]
STORED = (
    "score", "score_low", "score_high", "band", "outcome", "restriction", "gates", "open_conditions",
    "result", "annual_hours", "baseline_amount", "cash_amount", "updated_at",
)  # fmt: skip


def role_rates(assessment: Assessment) -> Rates:
    """Give the rates in the shape the engine reads: {role: {"usd_per_hour", "kind"}}."""
    return {
        rate.code: {"usd_per_hour": float(rate.hourly_amount), "kind": rate.kind}
        for rate in assessment.role_rates.all()
    }


def rescore_all(*, assessment: Assessment) -> int:
    """Score every task of an assessment again, e.g. after rates or the factor set changed; gives how many."""
    rules, rates = SuitabilityRules.from_dict(assessment.factor_set.content), role_rates(assessment)
    tasks = list(
        assessment.tasks.prefetch_related("answers", "closures").select_related("legal_task", "assessment")
    )
    for task in tasks:
        fill_in(task, rules=rules, content=assessment.factor_set.content, rates=rates)
    TaskAssessment.objects.bulk_update(tasks, STORED)
    return len(tasks)


def fill_in(
    task: TaskAssessment, *, rules: SuitabilityRules, content: Mapping[str, Any], rates: Rates
) -> None:
    """Compute the result of one task and put it on the row (not saved)."""
    answers = {answer.factor: answer.level for answer in task.answers.all()}
    found = suitability(
        {"answers": answers, "flags": task.flags, "practice_of_law": task.practice_of_law}, rules
    )
    task.score = found.score
    task.score_low, task.score_high = found.score_range if found.score_range else (None, None)
    task.band, task.outcome = found.band or "", found.outcome or ""
    task.restriction = found.restriction or ""
    task.gates = [gate.code for gate in found.gates]
    task.result = {
        "gates": [asdict(gate) for gate in found.gates],
        "factors": [asdict(f) for f in found.factors],
    }
    task.open_conditions = _open_conditions(task, content)
    _fill_in_baseline(task, rates)


def _open_conditions(task: TaskAssessment, content: Mapping[str, Any]) -> int:
    closed = {(closure.gate, closure.condition) for closure in _closures(task)}
    wanted = {
        (g["code"], text) for g in content["gates"] if g["code"] in task.gates for text in g["conditions"]
    }
    return len(wanted - closed)


def _closures(task: TaskAssessment) -> list[GateClosure]:
    return list(task.closures.all())


def _fill_in_baseline(task: TaskAssessment, rates: Rates) -> None:
    task.annual_hours = task.baseline_amount = task.cash_amount = None
    if task.annual_volume is None or task.hours_per_unit is None:
        return
    row = {
        "code": task.legal_task.code,
        "annual_volume": float(task.annual_volume),
        "hours_per_unit": float(task.hours_per_unit),
        "staffing_mix": task.staffing_mix,
    }
    found = in_house_cost(row, rates)
    task.annual_hours = found.hours
    task.baseline_amount = None if found.cost is None else Decimal(found.cost)
    task.cash_amount = None if found.cash_part is None else Decimal(found.cash_part)
