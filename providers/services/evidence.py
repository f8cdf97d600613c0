"""Measured and stated values of a provider, and its answers to the knock-out questions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from providers.models import Answer, EvidenceLevel, Metric, Provider
from providers.reference import knock_out_questions, sub_criteria, value_fault
from providers.services.trail import grade, hold, remove, save_with_event, words


@transaction.atomic
def set_metric(
    *,
    actor: User,
    provider: Provider,
    sub_criterion: str,
    value: float | None,
    evidence: str = EvidenceLevel.E0,
    source: str = "",
    valid_from_on: date | None = None,
    valid_until_on: date | None = None,
) -> Metric:
    """Record the value of one sub-criterion in its unit; None records that it is unknown.

    Refuses unknown sub-criteria, those that belong to the bid or are computed, numbers that are not finite,
    ordinals off their scale of 1 to 5 and values outside the possible range.
    """
    _check_value(sub_criterion, value)
    if valid_from_on and valid_until_on and valid_until_on < valid_from_on:
        raise ValidationError({"valid_until_on": "The value cannot end before it begins."})
    hold(provider)
    row = provider.metrics.filter(sub_criterion=sub_criterion).first()
    before = _metric_facts(row) if row else None
    row = row or Metric(provider=provider, sub_criterion=sub_criterion)
    row.value, row.evidence, row.source = value, grade(evidence), words(source)
    row.valid_from_on, row.valid_until_on = valid_from_on, valid_until_on
    if before != _metric_facts(row):
        row.entered_by = actor
    save_with_event(
        actor=actor,
        provider=provider,
        row=row,
        before=before,
        after=_metric_facts(row),
        what="value",
        name=sub_criterion,
    )
    return row


@transaction.atomic
def set_answer(
    *,
    actor: User,
    provider: Provider,
    question: str,
    value: str,
    evidence: str = EvidenceLevel.E0,
    comment: str = "",
) -> Answer | None:
    """Record the answer to a knock-out question; an empty value takes the answer back (unanswered)."""
    if question not in knock_out_questions():
        raise ValidationError({"question": f"{question} is not a question that a knock-out reads."})
    if value and value not in Answer.Value.values:
        raise ValidationError({"value": "Choose yes, partly, no or not answered."})
    hold(provider)
    row = provider.answers.filter(question=question).first()
    if not value:
        if row:
            remove(
                actor=actor,
                provider=provider,
                row=row,
                what="answer",
                facts=_answer_facts(row),
                name=question,
            )
        return None
    before = _answer_facts(row) if row else None
    row = row or Answer(provider=provider, question=question)
    row.value, row.evidence, row.comment = value, grade(evidence), comment.strip()
    if before != _answer_facts(row):
        row.entered_by = actor
    save_with_event(
        actor=actor,
        provider=provider,
        row=row,
        before=before,
        after=_answer_facts(row),
        what="answer",
        name=question,
    )
    return row


def _metric_facts(row: Metric) -> dict[str, Any]:
    return {
        "value": row.value,
        "evidence": str(row.evidence),
        "source": row.source,
        "valid_from_on": row.valid_from_on,
        "valid_until_on": row.valid_until_on,
    }


def _answer_facts(row: Answer) -> dict[str, Any]:
    return {"value": str(row.value), "evidence": str(row.evidence), "comment": row.comment}


def _check_value(code: str, value: float | None) -> None:
    sub = sub_criteria().get(code)
    if sub is None:
        raise ValidationError({"sub_criterion": f"{code} is not a sub-criterion."})
    if sub.kept_with == "computed":
        raise ValidationError(
            {"sub_criterion": f"{code} is computed by the business case; it is not entered."}
        )
    if sub.kept_with == "bid":
        raise ValidationError({"sub_criterion": f"{code} belongs to a bid: enter it on the page of the bid."})
    fault = value_fault(sub, value) if value is not None else ""
    if fault:
        raise ValidationError({"value": fault})
