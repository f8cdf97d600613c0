"""Which factor sets there are: the one in force, the shipped one, the versions between, the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from assessments.models import Assessment, FactorDraft, FactorSet

_PEOPLE = ("proposed_by", "adopted_by")


def in_force() -> FactorSet | None:
    """Give the newest version; a later assessment starts with it."""
    return FactorSet.objects.select_related(*_PEOPLE).order_by("-version").first()


def version(number: int) -> FactorSet | None:
    """Give one version."""
    return FactorSet.objects.select_related(*_PEOPLE).filter(version=number).first()


def versions() -> QuerySet[FactorSet]:
    """Give all versions, newest first, without their content."""
    return FactorSet.objects.select_related(*_PEOPLE).order_by("-version").defer("content")


def shipped() -> Mapping[str, Any]:
    """Give the set as the organisation got it: what gates may be tightened from.

    Its first version and not today's reference file, so that a newer release of the application never turns
    what was adopted into a loosening.
    """
    content: Mapping[str, Any] = FactorSet.objects.order_by("version").values_list("content", flat=True)[0]
    return content


def open_draft() -> FactorDraft | None:
    """Give the one draft, if there is one."""
    people = ("base", "started_by", "proposed_by", "sent_back_by")
    return FactorDraft.objects.select_related(*people).first()


def follows(assessment: Assessment | None) -> bool:
    """Whether a new version would be applied to this assessment; a finished one keeps the set it used."""
    return assessment is not None and assessment.status == Assessment.Status.DRAFT
