"""The one place that keeps everything but a draft from being changed."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from assessments.models import Assessment
from assessments.words_life import why_closed


class ClosedAssessmentError(ValidationError):
    """The assessment is in review, approved or no longer current; nothing was saved."""


def hold_draft(assessment_id: int) -> None:
    """Let one transaction at a time change an assessment, and only while it is a draft.

    Every service that changes tasks, answers, gates, needs or rates asks here first, before it holds any
    task. Raises ``ClosedAssessmentError`` with a sentence.
    """
    rows = Assessment.objects.select_for_update(no_key=True).only("period", "version", "status")
    row = rows.get(pk=assessment_id)
    if not row.is_draft:
        raise ClosedAssessmentError(why_closed(row))
