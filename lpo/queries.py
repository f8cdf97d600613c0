"""What the pages that span apps print, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

import figures
from accounts.models import AuditEvent, User
from accounts.roles import may
from accounts.tenancy import current
from assessments.models import Assessment, State, TaskAssessment
from assessments.models_needs import Limit
from assessments.queries import current_assessment
from assessments.queries_gates import WaiverList, open_waivers
from assessments.queries_needs import ObjectiveLine, objective_lines
from lpo import rail
from providers.models import Provider
from records import read_json
from reports.queries import with_records
from selections import words
from selections.models import RankingRecord, Selection
from selections.words.reading import Reading

FOUND_AT_MOST = 20


@dataclass(frozen=True)
class NextAction:
    """The one thing to do now."""

    who: str
    say: str
    because: str
    label: str
    url: str


@dataclass(frozen=True)
class Money:
    """The business case of the first place of a kept ranking; figures unrounded, templates show them."""

    leader: str
    tasks: int
    figures: dict[str, Any]
    saving_range: dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """What the case page says of a kept ranking."""

    reading: Reading
    money: Money | None


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
    """

    selection: Selection | None
    record: RankingRecord | None
    status: str
    action: NextAction
    money: Money | None
    rows: list[StepRow]
    events: list[AuditEvent]
    waivers: WaiverList | None
    objectives: tuple[ObjectiveLine, ...]
    limits: tuple[Limit, ...]
    other_basis: Assessment | None


@dataclass(frozen=True)
class Hit:
    """One thing that a search found."""

    kind: str
    name: str
    detail: str
    url: str


def case_page(*, slug: str, role: str, viewer: User) -> CasePage:
    """Collect the case page of the open organisation, as ``viewer`` sees it."""
    case = rail.current_case()
    counts, assessment = rail.count(case), current_assessment()
    record = RankingRecord.objects.filter(selection=case).order_by("-number").defer("content").first()
    kept = _kept(record.pk, record.sha256) if record else None
    reading = kept.reading if kept else None
    waiting = TaskAssessment.objects.filter(assessment=assessment, open_conditions__gt=0)
    conditions = waiting.candidates().aggregate(all=Sum("open_conditions"))["all"] or 0
    events = AuditEvent.objects.select_related("actor")
    if not may(role, "counsel_notes"):
        events = events.filter(is_counsel_only=False)
    is_other = case is not None and assessment is not None and case.assessment_id != assessment.pk
    return CasePage(
        other_basis=assessment if is_other else None,
        selection=case,
        record=record,
        status=_status(counts, record, reading),
        action=_next_action(slug, case, counts, reading),
        money=kept.money if kept else None,
        rows=_rows(slug, case, counts, conditions),
        events=list(events[:8]),
        waivers=open_waivers(assessment, viewer) if assessment else None,
        objectives=objective_lines(assessment, timezone.localdate()) if assessment else (),
        limits=tuple(Limit.objects.filter(assessment=assessment)) if assessment else (),
    )


def _status(counts: rail.Counts, record: RankingRecord | None, reading: Reading | None) -> str:
    if not counts.tasks:
        return "Nothing in it yet: start with the legal tasks."
    if reading is None or record is None:
        return (
            f"{figures.count(counts.scored)} of {figures.count(counts.tasks)} legal tasks scored, "
            f"{counts.bids} bids; no ranking kept yet."
        )
    return f"Record {record.number}: {words.lead_words(reading)}"


def _next_action(
    slug: str, case: Selection | None, counts: rail.Counts, reading: Reading | None
) -> NextAction:
    tasks = reverse("assessments:tasks", args=[slug])
    if case is None or not counts.tasks:
        say, because = "Add the legal tasks you think of sending out", "Paste them from a spreadsheet."
        return NextAction("counsel", say, because, "Add legal tasks", tasks)
    if counts.scored < counts.tasks:
        say = f"Answer the factors of {figures.count(counts.tasks - counts.scored)} legal tasks"
        return NextAction("counsel", say, "A task without answers has no outcome.", "Open the tasks", tasks)
    if not counts.bids:
        url = reverse("selections:bids", args=[slug, case.pk])
        say = "Enter the bids of the providers on your shortlist"
        because = f"{figures.count(counts.candidates)} legal tasks go out."
        return NextAction("procurement", say, because, "Open the bids", url)
    ranking = reverse("selections:ranking", args=[slug, case.pk])
    if reading is None:
        because = "A kept ranking is what the board report is made of."
        return NextAction(
            "procurement", "Check the ranking and keep it", because, "Open the ranking", ranking
        )
    return _after_keeping(slug, ranking, reading)


def _after_keeping(slug: str, ranking: str, reading: Reading) -> NextAction:
    lead = reading.result["lead"]
    if lead and lead["tie"]:
        first, second = (reading.short[row["code"]] for row in reading.ranking[:2])
        because = (
            f"Their totals differ by {figures.score(lead['points'])} points: "
            "inside the tie margin, where a pilot decides and not a decimal."
        )
        return NextAction(
            "procurement", f"Plan a paid pilot with {first} and {second}", because, "See the ranking", ranking
        )
    url = reverse("reports:list", args=[slug])
    because = "The ranking is kept; the report prints it with its hash."
    return NextAction("manager", "Take the decision to the board", because, "Board report", url)


@lru_cache(maxsize=32)
def _kept(pk: int, sha256: str) -> Kept:
    """Read what the page says of a kept record; its bytes never change, so each is read once a process.

    The record was found through the wall a moment ago; its hash is in the key, so that a key that is used
    again (a database that was restored) never shows the figures of another record.
    """
    content = read_json(bytes(RankingRecord.objects.values_list("content", flat=True).get(pk=pk)))
    reading = Reading(content["decision"], content["result"])
    return Kept(reading, _money(content, reading))


def _money(content: dict[str, Any], reading: Reading) -> Money | None:
    if not reading.ranking:
        return None
    code = reading.ranking[0]["code"]
    case = content["case"]["results"]["business_cases"][code]
    return Money(reading.short[code], len(case["lines"]), case, case["range"])


def _rows(slug: str, case: Selection | None, counts: rail.Counts, conditions: int) -> list[StepRow]:
    holds = {
        1: "What it is for, and what must not leave",
        2: f"{figures.count(counts.tasks)} legal tasks; {figures.count(counts.candidates)} go out",
        3: f"{figures.count(counts.providers)} profiles, {counts.bids} bids",
        4: f"Record {counts.last_record} kept" if counts.last_record else "No ranking kept",
        5: "Clauses with target, fallback, walk-away",
        6: "Plan with owners, rhythm and risks",
        7: "Measured against promised",
    }
    needs = counts.needs
    parts = needs.parts if needs and needs.is_begun else ()
    missing = sum(not part.is_complete for part in parts)
    open_items = {
        1: f"{missing} of {len(parts)} parts" if missing else "",
        2: f"{figures.count(conditions)} conditions of gates" if conditions else "",
    }
    return [
        StepRow(step, holds[step.number], open_items.get(step.number, ""))
        for step in rail.steps(slug, case, counts, "")
    ]


def search(query: str) -> list[Hit]:
    """Find tasks, providers and reports of the open organisation whose name or code contains the query."""
    if len(query) < 2:
        return []
    slug = current().slug
    tasks = _tasks_with(query.casefold())
    providers = Provider.objects.filter(Q(name__icontains=query) | Q(code__iexact=query))[:FOUND_AT_MOST]
    hits = [
        Hit(
            "Legal task",
            str(task.legal_task),
            f"{task.assessment}, {task.assessment.get_status_display().lower()}",
            _url("assessments:task", slug, task.pk),
        )
        for task in tasks
    ]
    hits += [
        Hit("Provider", provider.name, provider.summary, _url("providers:profile", slug, provider.pk))
        for provider in providers
    ]
    if any(query.lower() in name for name in ("board reports", "suitability reports")):
        reports = with_records()[:FOUND_AT_MOST]
        hits += [
            Hit("Report", str(report), report.get_status_display(), _url("reports:report", slug, report.pk))
            for report in reports
        ]
    return hits


def _tasks_with(text: str) -> list[TaskAssessment]:
    """Find the newest first: their keys from the index of the list, then the few rows that show."""
    gone = Assessment.objects.filter(status=State.DELETED).values("pk")
    found = TaskAssessment.objects.filter(search_text__contains=text).exclude(assessment__in=gone)
    found = found.order_by("-assessment_id", "list_code")
    keys = list(found.values_list("pk", flat=True)[:FOUND_AT_MOST])
    tasks = TaskAssessment.objects.select_related("legal_task", "assessment").in_bulk(keys)
    return [tasks[pk] for pk in keys if pk in tasks]


def _url(name: str, slug: str, pk: int) -> str:
    return reverse(name, args=[slug, pk])
