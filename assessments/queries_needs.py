"""The needs of an assessment: what the page prints, and how complete its parts are.

Frame and page ask the same function, so that they cannot disagree. What is missing in rows is decided twice,
for a row (``words_needs``) and for the database (here); a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Count, Q, Sum
from django.utils import timezone

import figures
from accounts.tallies import Counted, Tally, count_together
from assessments import words_needs
from assessments.kept import kept
from assessments.models import Assessment, Outcome, RoleRate, TaskAssessment
from assessments.models_needs import Limit, MustStay, Objective
from assessments.queries_totals import outcome_counts

_COMPLETE: dict[type[models.Model], Q] = {
    Objective: ~Q(measure="")
    & ~Q(unit="")
    & Q(today_value__isnull=False, today_on__isnull=False)
    & ~Q(today_source="")
    & Q(target_value__isnull=False, target_on__isnull=False),
    Limit: ~Q(kind=""),
    MustStay: ~Q(why="") & ~Q(said_by=""),
    RoleRate: ~Q(basis="") & Q(carried_from=""),
}


@dataclass(frozen=True)
class Number:
    """How many rows there are, and how many of them say all they should."""

    all: int = 0
    complete: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether there is something, and nothing in it is missing."""
        return 0 < self.all == self.complete


@dataclass(frozen=True)
class Picture:
    """The work as it is today, added up over all legal tasks; None where no task says it."""

    tasks: int = 0
    with_volume: int = 0
    with_hours: int = 0
    with_cost: int = 0
    with_turnaround: int = 0
    hours: float | None = None
    cost: Decimal | None = None
    staying: int = 0


@dataclass(frozen=True)
class Standing:
    """How much of the parts is there."""

    objectives: Number
    limits: Number
    stays: Number
    rates: Number
    picture: Picture

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts, in the order of the page."""
        return _parts(self)

    @property
    def complete(self) -> int:
        """How many of the parts are complete."""
        return sum(part.is_complete for part in self.parts)

    @property
    def is_begun(self) -> bool:
        """Whether somebody wrote down what it is for, or what limits it."""
        return bool(self.objectives.all or self.limits.all or self.stays.all)


@dataclass(frozen=True)
class Part:
    """One part of the needs: whether it is complete, in words, and where it is filled in."""

    name: str
    is_complete: bool
    says: str
    route: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class ObjectiveLine:
    """One objective as the page prints it."""

    row: Objective
    today: str
    target: str
    progress: str
    missing: str


@dataclass(frozen=True)
class Line:
    """A limit, or something that must stay, with what is still missing."""

    row: Limit | MustStay
    missing: str


@dataclass(frozen=True)
class NeedsPage:
    """Everything the page of the needs prints."""

    standing: Standing
    status: str
    objectives: tuple[ObjectiveLine, ...]
    limits: tuple[Line, ...]
    stays: tuple[Line, ...]
    rates: tuple[RoleRate, ...]


def tallies(assessment_id: int) -> dict[str, Tally]:
    """Say what is counted of the lists: all entries, and those that say all they should."""
    return {
        model._meta.label: Tally(model._default_manager.filter(assessment=assessment_id), complete)
        for model, complete in _COMPLETE.items()
    }


def standing(assessment_id: int) -> Standing:
    """Count what is there: a query for the lists, one for the tasks, and a few more after a task changed."""
    return standing_of(assessment_id, count_together(tallies(assessment_id)))


def standing_of(assessment_id: int, counted: Mapping[str, Counted], *, stamp: str | None = None) -> Standing:
    """Say how complete the needs are; ``counted``: what ``tallies`` asks for. ``stamp``: as for ``kept``."""
    objectives, limits, stays, rates = (Number(*counted[model._meta.label]) for model in _COMPLETE)
    return Standing(objectives, limits, stays, rates, picture(assessment_id, stamp=stamp))


def picture(assessment_id: int, *, stamp: str | None = None) -> Picture:
    """Add up volumes, hours and cost of all tasks, from indexes alone; kept until a task changes."""

    def count() -> Picture:
        rows = TaskAssessment.objects.filter(assessment=assessment_id).order_by()
        volumes = rows.aggregate(tasks=Count("pk"), with_volume=Count("annual_volume"))
        hours = rows.aggregate(with_hours=Count("annual_hours"), hours=Sum("annual_hours"))
        cost = rows.aggregate(
            with_cost=Count("baseline_amount"),
            cost=Sum("baseline_amount"),
            with_turnaround=Count("turnaround_days"),
        )
        staying = outcome_counts(assessment_id, stamp=stamp).get(Outcome.RETAIN, 0)
        return Picture(**volumes, **hours, **cost, staying=staying)

    return kept(assessment_id, "picture", count, stamp=stamp)


def page(assessment: Assessment) -> NeedsPage:
    """Read the page of the needs: the same number of queries however much it holds."""
    found, today = standing(assessment.pk), timezone.localdate()
    stays = MustStay.objects.filter(assessment=assessment).select_related("legal_task")
    return NeedsPage(
        standing=found,
        status=_status(found),
        objectives=objective_lines(assessment, today),
        limits=tuple(
            Line(row, words_needs.listed(words_needs.limit_missing(row)))
            for row in Limit.objects.filter(assessment=assessment)
        ),
        stays=tuple(Line(row, words_needs.listed(words_needs.stay_missing(row))) for row in stays),
        rates=tuple(RoleRate.objects.filter(assessment=assessment)),
    )


def objective_lines(assessment: Assessment, today: date) -> tuple[ObjectiveLine, ...]:
    """Give the objectives with their figures written out."""
    return tuple(
        ObjectiveLine(
            row,
            words_needs.amount(row.today_value, row.unit),
            words_needs.amount(row.target_value, row.unit),
            words_needs.progress(row, today),
            words_needs.listed(words_needs.objective_missing(row)),
        )
        for row in Objective.objects.filter(assessment=assessment)
    )


def _status(found: Standing) -> str:
    missing = [part.name.lower() for part in found.parts if not part.is_complete]
    if not missing:
        return f"All {len(found.parts)} parts are complete."
    done = f"{found.complete} of {len(found.parts)} parts complete."
    return f"{done} Still incomplete: {words_needs.listed(missing)}."


def _parts(found: Standing) -> tuple[Part, ...]:
    work, here = found.picture, "assessments:needs"
    return (
        _rows("Objectives", found.objectives, "measure, value today, target and date", here, "objectives"),
        _rows("Limits", found.limits, "their kind", here, "limits"),
        _rows("What must stay", found.stays, "a reason and who said so", here, "stays"),
        _rows("Role rates", found.rates, "their basis, for this period", "assessments:rates", ""),
        _tasks("Volumes", work.with_volume, work.tasks, "a volume a year"),
        _tasks("Hours", work.with_hours, work.tasks, "volume and hours per unit"),
        _tasks("Turnaround", work.with_turnaround, work.tasks, "a turnaround today"),
        _tasks("Cost", work.with_cost, work.tasks, "hours, staffing and rates"),
    )


def _rows(name: str, number: Number, wanted: str, route: str, anchor: str) -> Part:
    says = f"{_of(number.complete, number.all)} with {wanted}" if number.all else "Nothing entered yet"
    return Part(name, number.is_complete, says, route, anchor)


def _tasks(name: str, known: int, tasks: int, wanted: str) -> Part:
    says = f"{_of(known, tasks)} legal tasks with {wanted}" if tasks else "No legal tasks yet"
    return Part(name, 0 < tasks == known, says, "assessments:tasks")


def _of(some: int, all_of_them: int) -> str:
    if some == all_of_them:
        return f"All {figures.count(some)}"
    return f"{figures.count(some)} of {figures.count(all_of_them)}"
