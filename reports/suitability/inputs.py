"""One assessment as the data that a suitability record stores. Counsel notes are not part of it.

The number of queries does not depend on the number of tasks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from assessments.models import Assessment, FactorAnswer, GateClosure, RoleRate, TaskAssessment
from assessments.queries_life import basis_of_record
from assessments.reference import ethics_duties
from assessments.rulebook import CLOSURE, Rulebook
from selections.queries.waived import waivers_in_force

ByTask = Mapping[int, list[dict[str, Any]]]


def read_assessment(assessment: Assessment) -> dict[str, Any]:
    """Give everything that the report prints and its arithmetic needs, JSON-able."""
    rulebook = Rulebook(assessment.factor_set.content)
    rates = _rates(assessment)
    return {
        "period": assessment.period,
        "which_assessment": basis_of_record(assessment),
        "currency": assessment.organisation.currency,
        "factor_set": {"name": assessment.factor_set.name, "version": assessment.factor_set.version},
        "factor_rules": assessment.factor_set.content,
        "duties": _duties(assessment.factor_set.content["gates"]),
        "role_rates": rates,
        "tasks": _tasks(assessment, rulebook, rates),
    }


def _rates(assessment: Assessment) -> dict[str, dict[str, Any]]:
    return {
        rate.code: {
            "name": rate.name,
            "usd_per_hour": float(rate.hourly_amount),
            "kind": rate.kind,
            "basis": rate.basis,
            "place": place,  # canonical JSON sorts the codes
            **({"carried_from": rate.carried_from} if rate.carried_from else {}),
        }
        for place, rate in enumerate(RoleRate.objects.filter(assessment=assessment), start=1)
    }


def _duties(gates: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """The articles of the model rules behind the gates, in the words that ship today."""
    wanted = {code for gate in gates for code in gate.get("ethics_duties", ())}
    return {
        duty["code"]: {"name": duty["name"], "model_rules": duty["model_rules"], "status": duty["status"]}
        for duty in ethics_duties()["duties"]
        if duty["code"] in wanted
    }


def _tasks(
    assessment: Assessment, rulebook: Rulebook, rates: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    rows = TaskAssessment.objects.filter(assessment=assessment)
    answers: dict[int, dict[str, int | None]] = defaultdict(dict)
    given = FactorAnswer.objects.filter(task__assessment=assessment).order_by("pk")
    for pk, factor, level in given.values_list("task_id", "factor", "level"):
        answers[pk][factor] = level
    closures = _closures(assessment, rulebook)
    waivers = waivers_in_force(rows, rulebook)
    return [
        {
            **_facts(task, rates),
            "answers": answers[task.pk],
            "closures": closures[task.pk],
            **waivers.get(task.pk, {}),
        }
        for task in rows.select_related("legal_task").order_by("legal_task__code")
    ]


def _facts(task: TaskAssessment, rates: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    # A mix with a role that has no rate (any more) says nothing about the cost, as when tasks are scored.
    mix = task.staffing_mix if set(task.staffing_mix) <= set(rates) else {}
    return {
        "code": task.legal_task.code,
        "name": task.legal_task.name,
        "practice_area": task.legal_task.practice_area,
        "practice_of_law": task.practice_of_law,
        "annual_volume": _number(task.annual_volume),
        "unit": task.unit,
        "hours_per_unit": _number(task.hours_per_unit),
        "turnaround_days": _number(task.turnaround_days),
        "staffing_mix": mix,
        "flags": sorted(task.flags),
        "note": task.note,
        "is_profile_assumed": task.is_profile_assumed,
    }


def _closures(assessment: Assessment, rulebook: Rulebook) -> ByTask:
    """What was closed, with evidence; ``counts``: whether the closure carries all that is asked for."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = GateClosure.objects.filter(task__assessment=assessment).order_by("gate", "condition")
    for closure in rows.select_related("lawyer", "consent", "closed_by"):
        columns = tuple(getattr(closure, name) for name in CLOSURE)
        found[closure.task_id].append(
            {
                "gate": closure.gate,
                "condition": closure.condition,
                "counts": bool(rulebook.closed([columns])),
                "evidence": closure.evidence,
                "lawyer": str(closure.lawyer or ""),
                "hours_a_week": _number(closure.weekly_hours),
                "consent": str(closure.consent or ""),
                "closed_by": str(closure.closed_by),
                "closed_at": closure.closed_at.astimezone(UTC).isoformat(timespec="seconds"),
            }
        )
    return found


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
