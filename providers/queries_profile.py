"""Reads of one provider's profile, its values, answers and history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

import figures
from accounts.models import AuditEvent
from providers.expiry import Expiry, expiry
from providers.models import Answer, Certificate, Metric, Provider, Site
from providers.reference import (
    CriterionGroup,
    Question,
    SubCriterion,
    criterion_groups,
    knock_out_questions,
    provider_codes,
    shown_value,
)

HISTORY_LENGTH = 200


@dataclass(frozen=True)
class CertificateLine:
    """A certificate with its expiry in words."""

    row: Certificate
    expiry: Expiry


@dataclass(frozen=True)
class ValueLine:
    """One sub-criterion with what is recorded; ``metric`` is None while nothing was entered."""

    sub: SubCriterion
    metric: Metric | None

    @property
    def is_known(self) -> bool:
        """Whether a number is recorded."""
        return self.metric is not None and self.metric.value is not None

    @property
    def shown(self) -> str:
        """The value as pages write it; empty when unknown."""
        return shown_value(self.metric.value) if self.metric else ""

    @property
    def lapsed(self) -> str:
        """Say since when the value no longer holds; empty while it does."""
        end = self.metric.valid_until_on if self.metric else None
        return f"lapsed {figures.day(end)}" if end and end < timezone.localdate() else ""


@dataclass(frozen=True)
class ValueGroup:
    """The lines of one criterion."""

    criterion: CriterionGroup
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True)
class AnswerLine:
    """A knock-out question with its answer; None is unanswered."""

    question: Question
    answer: Answer | None


@dataclass(frozen=True)
class HistoryLine:
    """One event of the audit trail: who did what, when, and what differed."""

    at: datetime
    who: str
    what: str
    label: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Profile:
    """Everything that a profile page prints."""

    provider: Provider
    sites: tuple[Site, ...]
    certificates: tuple[CertificateLine, ...]
    groups: tuple[ValueGroup, ...]
    answers: tuple[AnswerLine, ...]
    known: int
    asked: int
    claims: int
    answered: int


def profile(provider: Provider) -> Profile:
    """Read a profile in four queries."""
    today = timezone.localdate()
    metrics = {row.sub_criterion: row for row in provider.metrics.select_related("entered_by")}
    answers = {row.question: row for row in provider.answers.select_related("entered_by")}
    own = [metrics[code] for code in provider_codes() if code in metrics]
    known = [row for row in own if row.value is not None]
    answer_lines = tuple(
        AnswerLine(question, answers.get(code)) for code, question in knock_out_questions().items()
    )
    return Profile(
        provider=provider,
        sites=tuple(provider.sites.all()),
        certificates=tuple(
            CertificateLine(row, expiry(row.valid_until_on, today)) for row in provider.certificates.all()
        ),
        groups=tuple(
            ValueGroup(group, tuple(ValueLine(sub, metrics.get(sub.code)) for sub in group.sub_criteria))
            for group in criterion_groups()
        ),
        answers=answer_lines,
        known=len(known),
        asked=len(provider_codes()),
        claims=sum(row.evidence == "E0" for row in known),
        answered=sum(line.answer is not None for line in answer_lines),
    )


def history(provider: Provider, *, about: str = "") -> tuple[HistoryLine, ...]:
    """Read the newest events of a provider; ``about`` (a code) keeps those of one value or answer.

    Notes of counsel are never among them: what services of this app record is shareable.
    """
    events = AuditEvent.objects.filter(
        object_type=Provider._meta.label_lower, object_id=str(provider.pk), is_counsel_only=False
    ).select_related("actor")
    if about:
        events = events.filter(object_label__startswith=f"{about} of ")
    return tuple(_history_line(event) for event in events[:HISTORY_LENGTH])


def _history_line(event: AuditEvent) -> HistoryLine:
    before, after = event.before or {}, event.after or {}
    return HistoryLine(
        at=event.at,
        who=str(event.actor) if event.actor else "The application",
        what=event.verb,
        label=event.object_label,
        changes=tuple(
            (key.removesuffix("_on").replace("_", " "), _shown(before.get(key)), _shown(after.get(key)))
            for key in {**before, **after}
        ),
    )


def _shown(value: object) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, float):
        return shown_value(value)
    return str(value)
