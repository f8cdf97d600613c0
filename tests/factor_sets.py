"""What tests of factor sets start from: another set for a case, a draft, and what a draft is given."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

from assessments import queries_factor_sets, services
from assessments.models import Assessment, FactorDraft, FactorSet
from tests.conftest import Case

WHY = "Counsel and procurement agreed on 3 November 2026"
ANCHORS = {str(level): f"Level {level} of it" for level in range(1, 6)}


def use_another_set(case: Case, content: dict[str, Any], **facts: Any) -> FactorSet:
    """Give the assessment of a case a version of its own; a stored version cannot be changed."""
    newest = queries_factor_sets.in_force()
    assert newest is not None
    made = FactorSet.objects.create(version=newest.version + 1, name="Changed", content=content, **facts)
    Assessment.objects.filter(pk=case.assessment.pk).update(factor_set=made)
    for assessment in (case.assessment, case.selection.assessment):
        assessment.factor_set = made
    return made


def content_of(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(case.assessment.factor_set.content)
    return found


def started(case: Case) -> FactorDraft:
    return services.start_draft(actor=case.owner)


def points(draft: FactorDraft, **weights: int) -> dict[str, Any]:
    """Everything that the form of weights and bands sends, with some of it changed."""
    factors = {row["code"]: Decimal(str(row["default_weight"])) for row in draft.content["factors"]}
    bands = {row["code"]: Decimal(str(row["min"])) for row in draft.content["bands"]}
    given = {code: Decimal(value) for code, value in weights.items()}
    return {
        "weights": factors | {code: value for code, value in given.items() if code in factors},
        "bands": bands | {code: value for code, value in given.items() if code in bands},
    }


def weighted(case: Case, draft: FactorDraft | None = None, **weights: int) -> FactorDraft:
    """A draft in which weights or bands are changed."""
    draft = draft or started(case)
    return services.set_points(actor=case.owner, draft=draft, seen=None, **points(draft, **weights))


def proposed(case: Case, draft: FactorDraft) -> FactorDraft:
    return services.propose_draft(actor=case.owner, draft=draft, seen=None, reason=WHY)


def adopted(case: Case, draft: FactorDraft) -> FactorSet:
    made = services.adopt_draft(actor=case.counsel, draft=proposed(case, draft), seen=None, comment="Agreed")
    for assessment in (case.assessment, case.selection.assessment):
        assessment.refresh_from_db()
    return made
