"""What an assessment says, as lines that anybody can hash: the thing that is approved (room: services).

The first line is about the assessment, then one line a legal task in the order of codes, each canonical JSON
(``records``) with a line end. Counsel notes are left out, so that the file may be shown to an auditor, and
so are practice areas: where a task is filed is not what was found about it. People stand by e-mail.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import records
from assessments.models import (
    Assessment,
    Consent,
    FactorAnswer,
    GateClosure,
    RoleRate,
    TaskAssessment,
    Waiver,
)
from assessments.models_needs import Limit, MustStay, Objective
from assessments.models_split import TaskSplit

SCHEMA = "lpo.assessment/1"
BATCH = 500
_OWN = ("practice_of_law", "annual_volume", "unit", "hours_per_unit", "staffing_mix", "note", "carried_from")
_RESULT = (
    *("score", "score_low", "score_high", "outcome", "restriction", "open_conditions"),
    *("annual_hours", "baseline_amount", "cash_amount"),
)
_NEEDS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "objectives": (
        Objective,
        (
            *("sentence", "measure", "unit", "today_value", "today_on", "today_source"),
            *("target_value", "target_on"),
        ),
    ),
    "limits": (Limit, ("sentence", "kind", "until_on")),
    "must_stay": (MustStay, ("what", "why", "said_by", "legal_task__code")),
}
_PARTS: Mapping[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "answers": (FactorAnswer, ("factor", "level", "source", "reason", "assessor__email"), ("factor",)),
    "closures": (
        GateClosure,
        (
            *("gate", "condition", "evidence", "lawyer__name", "lawyer__jurisdiction", "lawyer__bar_number"),
            *("weekly_hours", "consent__given_by", "consent__given_on", "consent__document"),
            *("closed_by__email", "closed_at"),
        ),
        ("gate", "condition"),
    ),
    "consents": (
        Consent,
        ("gate", "condition", "given_by", "capacity", "given_on", "document", "recorded_by__email"),
        ("gate", "condition", "pk"),
    ),
    "waivers": (
        Waiver,
        (
            *("gate", "state", "reason", "asked_by__email", "decision_reason", "decided_by__email"),
            *("end_reason",),
        ),
        ("gate", "pk"),
    ),
}


def content_sha256(assessment: Assessment) -> str:
    """Hash what an assessment says now."""
    digest = hashlib.sha256()
    for line in content_lines(assessment):
        digest.update(line)
    return digest.hexdigest()


def content_lines(assessment: Assessment) -> Iterator[bytes]:
    """Write what an assessment says, a line at a time, with the memory of one batch of tasks."""
    yield _line(_head(assessment))
    keys = TaskAssessment.objects.filter(assessment=assessment).order_by("legal_task__code")
    every = list(keys.values_list("pk", flat=True))
    for start in range(0, len(every), BATCH):
        yield from map(_line, _tasks(every[start : start + BATCH]))


def _line(document: Mapping[str, Any]) -> bytes:
    return records.canonical(document) + b"\n"


def _head(assessment: Assessment) -> dict[str, Any]:
    factor_set = assessment.factor_set
    rates = RoleRate.objects.filter(assessment=assessment).order_by("code")
    columns = ("code", "name", "hourly_amount", "kind", "basis")
    splits = _splits(assessment)
    return {
        "schema": SCHEMA,
        "period": assessment.period,
        "version": assessment.version,
        "factor_set": {
            "version": factor_set.version,
            "name": factor_set.name,
            "sha256": records.sha256(records.canonical(factor_set.content)),
        },
        "role_rates": [
            _plain(columns, row) | ({"carried_from": carried} if carried else {})
            for *row, carried in rates.values_list(*columns, "carried_from")
        ],
        **{
            name: [
                _plain(fields, row)
                for row in model.objects.filter(assessment=assessment)
                .order_by("position", "pk")
                .values_list(*fields)
            ]
            for name, (model, fields) in _NEEDS.items()
        },
        **({"splits": splits} if splits else {}),
    }


def _splits(assessment: Assessment) -> list[dict[str, Any]]:
    columns = ("whole__code", "whole__name", "out__code", "stays__code", "reason", "by__email", "at")
    rows = TaskSplit.objects.filter(assessment=assessment).order_by("whole__code")
    return [_plain(columns, row) for row in rows.values_list(*columns)]


def _tasks(keys: Sequence[int]) -> Iterator[dict[str, Any]]:
    parts = {name: _parts(name, keys) for name in _PARTS}
    tasks = TaskAssessment.objects.with_task().in_bulk(list(keys))
    for key in keys:
        task = tasks[key]
        yield {
            "code": task.legal_task.code,
            "name": task.approved_name or task.legal_task.name,
            **{name: _value(getattr(task, name)) for name in (*_OWN, *_RESULT)},
            # Only where it is said, so that what was approved before this was asked keeps its hash.
            **({"turnaround_days": _value(task.turnaround_days)} if task.turnaround_days is not None else {}),
            "flags": sorted(task.flags),
            "gates": sorted(task.gate_codes.split()),
            **{name: found[key] for name, found in parts.items()},
        }


def _parts(name: str, keys: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    model, fields, order = _PARTS[name]
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = model.objects.filter(task__in=keys).order_by("task", *order)
    for key, *values in rows.values_list("task", *fields):
        found[key].append(_plain(fields, values))
    return found


def _plain(fields: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in zip(fields, values, strict=True)}


def _value(value: Any) -> Any:
    """Both databases give the same text: decimals without trailing zeros, times in UTC."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if hasattr(value, "isoformat") else value
