"""Objectives and limits of the invented company, as its reference file states them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from assessments.models import Assessment
from assessments.models_needs import Limit, Objective

_VALUES = ("today_value", "target_value")


def write_needs(assessment: Assessment, company: dict[str, Any]) -> None:
    """Write them down; what the file does not say stays unknown."""
    for place, facts in enumerate(company["objectives"], start=1):
        values = {name: Decimal(str(facts[name])) for name in _VALUES if name in facts}
        Objective.objects.create(assessment=assessment, position=place, **(facts | values))
    for place, facts in enumerate(company["limits"], start=1):
        Limit.objects.create(assessment=assessment, position=place, **facts)
