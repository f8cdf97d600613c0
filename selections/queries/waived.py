"""Waivers in force as part of a case: what the arithmetic needs, and who granted them for the report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from assessments.models import TaskAssessment, Waiver
from assessments.rulebook import Rulebook


def waivers_in_force(rows: QuerySet[TaskAssessment], rulebook: Rulebook) -> dict[int, dict[str, Any]]:
    """Give the members "waived" (codes of gates) and "waivers" (who, when and why) of each task that has one.

    A task without a waiver has neither member: its case is the same, byte for byte, as before there were any.
    """
    found: dict[int, dict[str, Any]] = {}
    granted = Waiver.objects.filter(task__in=rows.order_by(), state=Waiver.State.GRANTED)
    for waiver in granted.select_related("asked_by", "decided_by").order_by("gate"):
        if not rulebook.may_be_waived(waiver.gate):
            continue
        members = found.setdefault(waiver.task_id, {"waived": [], "waivers": []})
        members["waived"].append(waiver.gate)
        members["waivers"].append(_who_when_why(waiver))
    return found


def _who_when_why(waiver: Waiver) -> dict[str, str]:
    return {
        "gate": waiver.gate,
        "asked_by": str(waiver.asked_by),
        "asked_at": _moment(waiver.asked_at),
        "reason": waiver.reason,
        "granted_by": str(waiver.decided_by),
        "granted_at": _moment(waiver.decided_at),
        "granted_because": waiver.decision_reason,
    }


def _moment(at: datetime | None) -> str:
    """In UTC, so that the same waiver is the same text wherever it is read."""
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
