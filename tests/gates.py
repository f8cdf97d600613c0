"""What tests close conditions with: evidence, and whatever a condition may ask for besides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from assessments.models import FactorAnswer, TaskAssessment, Waiver
from assessments.services import Closing, ConsentGiven, NewLawyer, answer_factor, ask_waiver, decide_waiver
from tests.conftest import Case

LAWYER = NewLawyer("Lena Lawyer", "Minnesota", "MN 0123")
CONSENT = ConsentGiven("Xavier Export", "Export-control officer", dt.date(2026, 11, 3), "DMS 4711")
# The same as a browser sends it.
TYPED = {
    "lawyer_name": "Lena Lawyer",
    "lawyer_jurisdiction": "Minnesota",
    "bar_number": "MN 0123",
    "weekly_hours": "4.5",
    "consent_by": "Xavier Export",
    "consent_capacity": "Export-control officer",
    "consent_on": "2026-11-03",
    "consent_document": "DMS 4711",
}


def closing(evidence: str = "Memo of 3 November 2026", **changed: Any) -> Closing:
    """Everything at once: conditions take what they ask for."""
    all_of_it = {"lawyer": LAWYER, "weekly_hours": Decimal("4.5"), "consent": CONSENT}
    return Closing(evidence=evidence, **{**all_of_it, **changed})


def unprepared(case: Case, code: str = "D08") -> TaskAssessment:
    """A task on which the readiness gate G11 fires."""
    task = TaskAssessment.objects.get(legal_task__code=code)
    if task.answers.get(factor="RDY").level == FactorAnswer.MIN_LEVEL:
        return task
    return answer_factor(actor=case.counsel, task=task, factor="RDY", level=1)


def asked(case: Case, code: str = "D08") -> Waiver:
    """A waiver of G11 that counsel asks for."""
    task = unprepared(case, code)
    known = task.waivers.filter(state__in=Waiver.OPEN).first()
    reason = "A pilot of six weeks writes the playbook"
    return known or ask_waiver(actor=case.counsel, task=task, gate="G11", reason=reason)


def granted(case: Case, code: str = "D08") -> Waiver:
    """The same, granted by the owner."""
    waiver = asked(case, code)
    decide_waiver(actor=case.owner, waiver=waiver, is_granted=True, reason="Short and watched")
    waiver.refresh_from_db()
    return waiver
