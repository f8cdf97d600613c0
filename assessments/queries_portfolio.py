"""Reads of the portfolio page: what it is narrowed to, costs by outcome, quadrants, hours by role.

Counts and sums are made by the database; nothing here walks through the tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from assessments.kept import kept
from assessments.models import BASKET_OUTCOMES, Assessment, Outcome, RoleRate, TaskAssessment
from assessments.queries import UNSCORED
from assessments.queries_totals import Totals
from assessments.rulebook import Rulebook


@dataclass(frozen=True)
class Narrowed:
    """What the page is narrowed to: a practice area, an outcome (or ``UNSCORED``) and a gate."""

    area: str = ""
    outcome: str = ""
    gate: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.area or self.outcome or self.gate)

    @property
    def wanted(self) -> Q:
        """Say it in the terms of the database."""
        found = Q()
        if self.area:
            found &= Q(legal_task__practice_area=self.area)
        if self.outcome:
            found &= Q(outcome="" if self.outcome == UNSCORED else self.outcome)
        if self.gate:
            found &= Q(gate_codes__contains=f" {self.gate} ")
        return found


@dataclass(frozen=True)
class Cut:
    """Where the quadrants meet: at this score, and at this in-house cost a year."""

    score: float
    cost: float


@dataclass(frozen=True)
class Part:
    """Some tasks. ``cost``: what those cost a year whose cost is known (``costed``); None if none is."""

    count: int = 0
    cost: Decimal | None = None
    costed: int = 0

    @property
    def without_cost(self) -> int:
        """How many have no known cost."""
        return self.count - self.costed


@dataclass(frozen=True)
class Quadrant:
    """One of the four parts of the drawing; ``going``: how many of its tasks go out."""

    is_suited: bool
    is_dear: bool
    count: int = 0
    cost: float = 0.0
    going: int = 0


@dataclass(frozen=True)
class RoleHours:
    """Hours a year of one role in the tasks that go out. ``cost`` is hours × rate, unrounded."""

    name: str
    is_cash: bool
    rate: float
    hours: float

    @property
    def cost(self) -> float:
        """What these hours cost a year."""
        return self.hours * self.rate


@dataclass(frozen=True)
class Capacity:
    """Hours a year of the tasks that go out. ``unplaced``: hours of tasks whose shares name no known role."""

    tasks: int
    without_hours: int
    hours: float
    roles: tuple[RoleHours, ...]
    unplaced: float

    def hours_of(self, *, is_cash: bool) -> float:
        """Hours of the salaried roles, or of those that are outside spend."""
        return sum(role.hours for role in self.roles if role.is_cash is is_cash)

    def cost_of(self, *, is_cash: bool) -> float:
        """Cost of the salaried roles, or of those that are outside spend."""
        return sum(role.cost for role in self.roles if role.is_cash is is_cash)


def usual_cut(found: Totals, rulebook: Rulebook) -> Cut:
    """Give the cut that nobody chose: where work begins to go out, and what a drawn task costs on average."""
    starts = [band.start for band in rulebook.bands if band.code in BASKET_OUTCOMES]
    drawn = found.sum("drawable")
    cost = sum((group.drawable_cost for group in found.groups.values()), Decimal(0))
    return Cut(score=min(starts, default=50.0), cost=float(round(cost / drawn)) if drawn else 0.0)


def practice_areas(assessment: Assessment) -> tuple[str, ...]:
    """Name the practice areas that occur, in alphabetical order."""

    def read() -> tuple[str, ...]:
        rows = TaskAssessment.objects.filter(assessment=assessment).exclude(legal_task__practice_area="")
        names = rows.order_by().values_list("legal_task__practice_area", flat=True).distinct()
        return tuple(sorted(names, key=str.casefold))

    return kept(assessment.pk, "areas", read)


def tasks_of(assessment: Assessment, narrowed: Narrowed) -> QuerySet[TaskAssessment]:
    """Give the tasks that the filters leave."""
    return TaskAssessment.objects.filter(narrowed.wanted, assessment=assessment).order_by()


def costs_by_outcome(assessment: Assessment, narrowed: Narrowed) -> Mapping[str, Part]:
    """Count the tasks of each outcome ("" is not scored) and add up what they cost: one query."""
    rows = tasks_of(assessment, narrowed).values_list("outcome")
    counted = rows.annotate(count=Count("pk"), cost=Sum("baseline_amount"), costed=Count("baseline_amount"))
    parts = {outcome: Part(*numbers) for outcome, *numbers in counted}
    return {key: parts.get(key, Part()) for key in (*Outcome.values, "")}


def quadrants(assessment: Assessment, narrowed: Narrowed, cut: Cut) -> tuple[Quadrant, ...]:
    """Count and add up the tasks with a score and a cost in each of four parts: one query."""
    placed = tasks_of(assessment, narrowed).filter(score__isnull=False, baseline_amount__isnull=False)
    rows = (
        placed.exclude(outcome="")
        .annotate(
            suited=Case(When(score__gte=cut.score, then=Value(1)), default=Value(0)),
            dear=Case(When(baseline_amount__gte=Decimal(cut.cost), then=Value(1)), default=Value(0)),
        )
        .values_list("suited", "dear")
        .annotate(
            count=Count("pk"),
            cost=Sum("baseline_amount"),
            going=Count("pk", filter=Q(outcome__in=BASKET_OUTCOMES)),
        )
    )
    found = {
        (bool(suited), bool(dear)): Quadrant(bool(suited), bool(dear), count, float(cost), going)
        for suited, dear, count, cost, going in rows
    }
    order = [(True, True), (True, False), (False, True), (False, False)]
    return tuple(found.get(key, Quadrant(*key)) for key in order)


def capacity(assessment: Assessment, narrowed: Narrowed) -> Capacity:
    """Add up the hours of the tasks that go out, by role: two queries."""
    rates = list(RoleRate.objects.filter(assessment=assessment))
    hours = {f"role_{place}": _hours_of(rate.code) for place, rate in enumerate(rates)}
    found: dict[str, Any] = (
        tasks_of(assessment, narrowed)
        .filter(outcome__in=BASKET_OUTCOMES)
        .aggregate(
            tasks=Count("pk"), with_hours=Count("annual_hours"), all_hours=Sum("annual_hours"), **hours
        )
    )
    roles = tuple(
        RoleHours(
            name=rate.name,
            is_cash=rate.kind == RoleRate.Kind.EXTERNAL_CASH,
            rate=float(rate.hourly_amount),
            hours=float(found[f"role_{place}"] or 0),
        )
        for place, rate in enumerate(rates)
    )
    total = float(found["all_hours"] or 0)
    unplaced = total - sum(role.hours for role in roles)
    return Capacity(
        tasks=found["tasks"],
        without_hours=found["tasks"] - found["with_hours"],
        hours=total,
        roles=tuple(role for role in roles if role.hours),
        unplaced=unplaced if unplaced > 1e-6 * max(total, 1.0) else 0.0,
    )


def _hours_of(role: str) -> Sum:
    share = Cast(KeyTextTransform(role, "staffing_mix"), FloatField())
    return Sum(F("annual_hours") * share, output_field=FloatField())
