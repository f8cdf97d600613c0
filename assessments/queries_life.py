"""Reads of the pages about assessments as such: the list, one with its history, what it is kept for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

import figures
from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current
from assessments import words_life
from assessments.models import (
    BASKET_OUTCOMES,
    Assessment,
    LegalHold,
    State,
    StateChange,
    TaskAssessment,
    Waiver,
)
from assessments.models_life import ENDED, UNFINISHED
from assessments.queries import current_assessment

MAY = "review_assessments"


@dataclass(frozen=True)
class Badge:
    """A state as it is shown."""

    name: str
    icon: str
    css: str


@dataclass(frozen=True)
class Line:
    """An assessment in the list; ``approval``: the step by which it was approved, if it was."""

    row: Assessment
    badge: Badge
    approval: StateChange | None
    holds: int
    is_current: bool


@dataclass(frozen=True)
class Step:
    """A line of the history, in words."""

    name: str
    by: str
    at: datetime
    comment: str
    counted: str
    kept: str
    alone: str
    sha256: str


@dataclass(frozen=True)
class LifePage:
    """One assessment: state, history, retention; ``obstacles``: why it cannot be deleted."""

    line: Line
    steps: tuple[Step, ...]
    holds: tuple[LegalHold, ...]
    counted: str
    others: tuple[Assessment, ...]
    obstacles: tuple[str, ...]
    basis: str
    is_ended: bool
    waits_for: str
    cannot_approve: bool
    under_way: Assessment | None

    @property
    def row(self) -> Assessment:
        """The assessment itself."""
        return self.line.row

    @property
    def has_content(self) -> bool:
        """Whether there is anything to look at."""
        return self.row.status != State.DELETED


@dataclass(frozen=True)
class Strip:
    """What stands above the tasks: state, who approved, and what may be done next."""

    row: Assessment
    badge: Badge
    sentence: str


def badge(status: str) -> Badge:
    """Give a state with its looks."""
    return Badge(str(State(status).label), *words_life.LOOKS[status])


def assessment_lines() -> tuple[Line, ...]:
    """Give every assessment, the newest first: three queries, however many there are."""
    now = current_assessment()
    rows = Assessment.objects.annotate(
        open_holds=Count("legal_holds", filter=Q(legal_holds__lifted_at=None))
    ).order_by("-pk")
    approvals = {
        step.assessment_id: step
        for step in StateChange.objects.filter(after=State.APPROVED).select_related("by").order_by("pk")
    }
    return tuple(_line(row, row.open_holds, approvals.get(row.pk), now) for row in rows)


def _line(row: Assessment, holds: int, approval: StateChange | None, now: Assessment | None) -> Line:
    return Line(row, badge(row.status), approval, holds, is_current=now == row)


def find_assessment(pk: int) -> Assessment | None:
    """Give an assessment of the open organisation, with what its pages read."""
    rows = Assessment.objects.select_related("factor_set", "supersedes")
    return rows.filter(pk=pk).first()


def life_page(row: Assessment, viewer: User) -> LifePage:
    """Read one assessment as ``viewer`` sees it."""
    changes = list(row.state_changes.select_related("by", "submitted_by"))
    holds = tuple(row.legal_holds.select_related("set_by", "lifted_by"))
    approval = next((step for step in reversed(changes) if step.after == State.APPROVED), None)
    waits_for, cannot_approve = _second_person(row, changes, viewer)
    standing = sum(1 for hold in holds if hold.lifted_at is None)
    return LifePage(
        line=_line(row, standing, approval, current_assessment()),
        steps=tuple(_step(change) for change in changes),
        holds=holds,
        counted=words_life.counted(counts(row)),
        others=tuple(Assessment.objects.exclude(pk=row.pk).exclude(status=State.DELETED).order_by("-pk")),
        obstacles=() if row.status == State.DELETED else tuple(obstacles(row)),
        basis=row.retention_basis or words_life.BASIS,
        is_ended=row.status in ENDED,
        waits_for=waits_for,
        cannot_approve=cannot_approve,
        under_way=Assessment.objects.filter(status__in=UNFINISHED).exclude(pk=row.pk).order_by("-pk").first(),
    )


def _second_person(row: Assessment, changes: list[StateChange], viewer: User) -> tuple[str, bool]:
    """Say that the viewer cannot approve, or would do so alone; the flag is for the first."""
    if row.status != State.REVIEW or not changes or changes[-1].by_id != viewer.pk:
        return "", False
    if has_second_person(organisation=current(), me=viewer, action=MAY):
        return "You submitted it; another owner or counsel has to approve it.", True
    return "Nobody else here may approve it. You can, and the record will say that one did both.", False


def _step(change: StateChange) -> Step:
    facts: Mapping[str, Any] = change.facts
    return Step(
        name=words_life.step_name(change.before, change.after),
        by=str(change.by),
        at=change.at,
        comment=change.comment,
        counted=words_life.counted(facts),
        kept=words_life.counted(facts.get("kept", {})),
        alone=words_life.ALONE if change.is_alone else "",
        sha256=change.sha256,
    )


def strip(row: Assessment) -> Strip:
    """Say where the assessment of the page stands: one query."""
    change = row.state_changes.select_related("by").last()
    if change is None:
        return Strip(row, badge(row.status), f"Begun {figures.day(timezone.localtime(row.created_at))}.")
    name = words_life.step_name(change.before, change.after)
    said = f"{name} by {change.by}, {figures.day(timezone.localtime(change.at))}"
    return Strip(row, badge(row.status), f"{said}: {change.comment}" if change.comment else f"{said}.")


def basis_of_record(row: Assessment) -> dict[str, Any]:
    """Say which assessment a ranking rests on and whether it is approved, for the record that is kept."""
    facts: dict[str, Any] = {"period": row.period, "version": row.version, "state": row.status}
    change = row.state_changes.filter(after=State.APPROVED).select_related("by").last()
    if change is None:
        return facts
    return {
        **facts,
        "approved_by": str(change.by),
        "approved_at": change.at.isoformat(),
        "sha256": change.sha256,
        **({"alone": True} if change.is_alone else {}),
    }


def counts(row: Assessment) -> dict[str, int]:
    """What somebody who decides about an assessment should know, as it is now."""
    found = TaskAssessment.objects.filter(assessment=row).aggregate(
        tasks=Count("pk"),
        not_scored=Count("pk", filter=Q(outcome="")),
        not_confirmed=Count("pk", filter=Q(is_profile_assumed=True)),
        **{words_life.IN_BASKET: Sum("open_conditions", filter=Q(outcome__in=BASKET_OUTCOMES), default=0)},
        open_conditions=Sum("open_conditions", default=0),
    )
    granted = Waiver.objects.filter(task__assessment=row, state=Waiver.State.GRANTED).count()
    return {**found, "waivers": granted}


def users_of(row: Assessment) -> list[str]:
    """Name what other parts of the application built on an assessment, without knowing what they are."""
    found: list[str] = []
    for relation in row._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == row._meta.app_label:
            continue
        rows = model.objects.filter(**{relation.field.name: row})
        found += [f"{model._meta.verbose_name} “{one}”" for one in rows[:10]]
    return found


def obstacles(row: Assessment) -> list[str]:
    """Say everything that keeps an assessment from being deleted; nothing when it may be."""
    found = []
    if row.status not in {State.SUPERSEDED, State.SET_ASIDE}:
        state = row.get_status_display().lower()
        found.append(f"Its state is “{state}”: only what was superseded or set aside can be deleted.")
    if timezone.localdate() <= row.keep_until_on:
        found.append(f"It is kept until {figures.day(row.keep_until_on)}.")
    found += [f"Legal hold: {hold.reason}" for hold in row.legal_holds.filter(lifted_at=None)]
    found += [f"It is the basis of {name}." for name in users_of(row)]
    newer = row.superseded_by.filter(status__in=(State.DRAFT, State.REVIEW)).first()
    if newer is not None:
        found.append(f"{newer} was copied from it and is not approved yet.")
    return found
