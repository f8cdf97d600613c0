"""What the pages that span apps print, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

import figures
from accounts.models import User
from accounts.roles import may
from assessments.models import Assessment, TaskAssessment
from assessments.models_needs import Limit
from assessments.queries import current_assessment
from assessments.queries_gates import WaiverList, open_waivers
from assessments.queries_needs import ObjectiveLine, objective_lines
from lpo import rail
from lpo.activity import Activity, recent
from lpo.next_action import NextAction, next_action
from lpo.rail import many
from lpo.since import Changed, changed
from lpo.standing import LastRecord, Money
from selections import words
from selections.models import Selection
from selections.words.measures import trimmed


@dataclass(frozen=True)
class StepRow:
    """A line of the table of the seven steps."""

    step: rail.Step
    holds: str
    open: str


@dataclass(frozen=True)
class CasePage:
    """Everything the case page prints.

    ``other_basis``: the current assessment, where bids and ranking of the case still rest on another one.
    ``changed``: what is different from the last record, or has no price.
    """

    selection: Selection | None
    record: LastRecord | None
    changed: Changed
    status: str
    action: NextAction
    money: Money | None
    rows: list[StepRow]
    activity: tuple[Activity, ...]
    waivers: WaiverList | None
    objectives: tuple[ObjectiveLine, ...]
    limits: tuple[Limit, ...]
    other_basis: Assessment | None


def case_page(*, slug: str, role: str, viewer: User, case: Selection | None, counts: rail.Counts) -> CasePage:
    """Collect the case page of the open organisation, as ``viewer`` sees it."""
    assessment, record = current_assessment(), counts.record
    moved = changed(case, record) if case and counts.bids else Changed()
    waiting = TaskAssessment.objects.filter(assessment=assessment, open_conditions__gt=0)
    conditions = waiting.candidates().aggregate(all=Sum("open_conditions"))["all"] or 0
    is_other = case is not None and assessment is not None and case.assessment_id != assessment.pk
    return CasePage(
        other_basis=assessment if is_other else None,
        selection=case,
        record=record,
        changed=moved,
        status=_status(counts, moved),
        action=next_action(slug, case, counts, moved),
        money=record.kept.money if record else None,
        rows=_rows(slug, case, counts, moved, conditions),
        activity=recent(may_see_notes=may(role, "counsel_notes")),
        waivers=open_waivers(assessment, viewer) if assessment else None,
        objectives=objective_lines(assessment, timezone.localdate()) if assessment else (),
        limits=tuple(Limit.objects.filter(assessment=assessment)) if assessment else (),
    )


def _status(counts: rail.Counts, moved: Changed) -> str:
    if not counts.tasks:
        return "Nothing in it yet: start with the legal tasks."
    if counts.record is None:
        return (
            f"{figures.count(counts.scored)} of {figures.count(counts.tasks)} legal tasks scored, "
            f"{counts.bids} bids; no ranking kept yet."
        )
    age = ", out of date" if moved.is_old else ""
    return f"Record {counts.record.number}{age}: {words.lead_words(counts.record.kept.reading)}"


def _rows(
    slug: str, case: Selection | None, counts: rail.Counts, moved: Changed, conditions: int
) -> list[StepRow]:
    holds = {
        1: "What it is for, and what must not leave",
        2: f"{many(counts.tasks, 'legal task')}; {counts.go_out}",
        3: _providers_hold(counts),
        4: _selection_holds(counts),
        5: "Clauses with target, fallback, walk-away",
        6: "Plan with owners, rhythm and risks",
        7: "Measured against promised",
    }
    open_items = {
        1: _needs_open(counts),
        2: _suitability_open(counts, conditions),
        3: counts.tested.open_words,
        4: _selection_open(counts, moved),
    }
    return [
        StepRow(step, holds[step.number], open_items.get(step.number, ""))
        for step in rail.steps(slug, case, counts, "")
    ]


def _providers_hold(counts: rail.Counts) -> str:
    found = f"{many(counts.providers, 'profile')}, {many(counts.bids, 'bid')}"
    return "; ".join(filter(None, (found, counts.tested.excluded_words)))


def _selection_holds(counts: rail.Counts) -> str:
    """Say what the last record says of the lead."""
    if counts.record is None:
        return "No ranking kept"
    kept = counts.record.kept
    lead = kept.reading.result["lead"]
    if not lead:
        return f"Record {counts.record.number} kept"
    where = f", inside the tie margin of {trimmed(kept.reading.tie_margin, 2)}" if kept.is_tie else ""
    return f"Record {counts.record.number}: lead {figures.score(lead['points'])} points{where}"


def _needs_open(counts: rail.Counts) -> str:
    needs = counts.needs
    missing = sum(not part.is_complete for part in needs.parts) if needs and needs.is_begun else 0
    return f"{many(missing, 'part')} missing" if missing else ""


def _suitability_open(counts: rail.Counts, conditions: int) -> str:
    unscored = counts.tasks - counts.scored
    told = (
        f"{many(unscored, 'task')} not scored" if unscored else "",
        f"{many(conditions, 'condition')} of gates" if conditions else "",
    )
    return ", ".join(filter(None, told))


def _selection_open(counts: rail.Counts, moved: Changed) -> str:
    if not counts.bids:
        return ""
    if counts.record is None:
        return "No ranking kept"
    if moved.is_old:
        return f"Record {counts.record.number} out of date"
    return "Break the tie" if counts.is_tie else ""
