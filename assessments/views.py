"""Pages that show legal tasks: the table with its summary, one task, how its score comes about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.streaming import csv_answer
from assessments import (
    charts,
    queries,
    queries_dearest,
    queries_gates,
    queries_life,
    queries_opinions,
    queries_split,
    queries_summary,
    queries_task,
    queries_totals,
    words,
)
from assessments.forms import FilterForm
from assessments.forms_gates import BLANK
from assessments.models import Assessment, TaskAssessment
from assessments.queries import SORTS, Filters
from assessments.queries_totals import Totals
from assessments.rulebook import Rulebook
from assessments.table import task_csv
from assessments.words_life import why_closed

# Column -> heading and unit.
COLUMNS = {
    "code": ("Code", ""),
    "name": ("Task", ""),
    "volume": ("Volume", "a year"),
    "hours": ("Hours", "a year"),
    "cost": ("In-house cost", ""),
    "score": ("Score", "0 to 100"),
    "outcome": ("Outcome", "and limit"),
}


@require_safe
@member_view(can="see")
def tasks(request: OrgRequest) -> HttpResponse:
    """Show the summary, the quadrant and the table; to an empty organisation, how to begin."""
    assessment = the_assessment()
    rulebook = Rulebook(assessment.factor_set.content)
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    if not found.total:
        return render(request, "assessments/empty.html", {"may_edit": may_edit(request, assessment)})
    filters = FilterForm(request.GET).filters()
    page = queries.task_page(
        assessment=assessment,
        filters=filters,
        number=request.GET.get("page", 1),
        rulebook=rulebook,
        found=found,
    )
    is_piece = bool(request.htmx) and not request.htmx.history_restore_request
    context = {
        **({} if is_piece else overview(request, assessment, found, rulebook)),
        **row_context(request, assessment, rulebook),
        "found": page,
        "filters": filters,
        "may_report": request.may("request_report"),
        "query": _query(filters),
        "pill_links": [(pill, _query(filters, show=pill.key)) for pill in page.pills],
        "sorts": {column: _sort(filters, column, request.organisation.currency) for column in SORTS},
    }
    response = render(request, "assessments/_table.html" if is_piece else "assessments/tasks.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@member_view(can="see")
def gates(request: OrgRequest) -> HttpResponse:
    """Explain every gate of the factor set: rule, effect, source, conditions, what may be done about it."""
    assessment = the_assessment()
    rulebook = Rulebook(assessment.factor_set.content)
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    context = {
        "factor_set": assessment.factor_set,
        "lines": queries_gates.rule_lines(rulebook, found),
        "off": rulebook.off,
        "waivers": queries_gates.open_waivers(assessment, request.user),
        "lawyers": queries_gates.lawyers(),
        "base": reverse("assessments:tasks", args=[request.organisation.slug]),
    }
    return render(request, "assessments/gates.html", context)


@require_safe
@member_view(can="see")
def csv(request: OrgRequest) -> HttpResponseBase:
    """Give the table as it shows, all pages of it, as a file."""
    assessment = the_assessment()
    rulebook = Rulebook(assessment.factor_set.content)
    filters = FilterForm(request.GET).filters()
    listed = queries.Listed(assessment=assessment, filters=filters, rulebook=rulebook)
    batches = queries.all_rows(listed, rulebook)
    return csv_answer(
        request,
        task_csv(batches, currency=request.organisation.currency),
        name="legal-tasks.csv",
        is_long=len(listed) > queries.BATCH,
    )


@require_safe
@member_view(can="see")
def task(request: OrgRequest, pk: int) -> HttpResponse:
    """Show one legal task in full, with the editor for those who may edit."""
    return task_page(request, the_task(pk))


@require_safe
@member_view(can="see")
def editor(request: OrgRequest, pk: int) -> HttpResponse:
    """Give the editor as a row of the table; without scripts, the page of the task has the same editor."""
    row = the_task(pk)
    if not request.htmx:
        return redirect("assessments:task", organisation=request.organisation.slug, pk=pk)
    context = {**task_context(request, row), "place": "table"}
    return render(request, "assessments/_editor_row.html", context)


@require_safe
@member_view(can="see")
def score(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the arithmetic of the score in a dialog; without scripts, on the page of the task."""
    row = the_task(pk)
    if not request.headers.get("X-Dialog"):
        url = reverse("assessments:task", args=[request.organisation.slug, pk])
        return redirect(f"{url}#score")
    context = {**task_context(request, row), "is_dialog": True}
    return render(request, "assessments/_arithmetic.html", context)


def task_page(request: OrgRequest, row: TaskAssessment, *, status: int = 200, **more: Any) -> HttpResponse:
    """Render the page of one task; ``more``: errors of a form that was refused, and what it held."""
    context = {
        **task_context(request, row),
        "trail": queries_task.trail(row, may_see_notes=request.may("counsel_notes")),
        "link": queries_split.split_of(row),
        "may_assess": request.may("assess"),
        "has_opinions": request.may("assess") and queries_opinions.has_opinions(row),
        "place": "page",
        **more,
    }
    return render(request, "assessments/task.html", context, status=status)


def task_context(request: OrgRequest, row: TaskAssessment) -> dict[str, Any]:
    """Give what every piece about one task needs."""
    return {
        "detail": queries_task.task_detail(row, request.user),
        "task": row,
        "may_edit": may_edit(request, row.assessment),
        "may_see_notes": request.may("counsel_notes"),
        "may_waive": request.may("waive_gates") and row.assessment.is_draft,
        "closed": "" if row.assessment.is_draft else why_closed(row.assessment),
        "faults": {},
        "refused": BLANK,
        "blank": BLANK,
    }


def overview(
    request: OrgRequest, assessment: Assessment, found: Totals, rulebook: Rulebook
) -> dict[str, Any]:
    """Give what stands above the table: summary, quadrant and waivers."""
    chart = charts.task_quadrant(
        shown=queries_dearest.dearest(assessment=assessment),
        found=found,
        rulebook=rulebook,
        currency=request.organisation.currency,
    )
    return {
        "summary": queries_summary.summary(found),
        "chart": chart,
        "waivers": queries_gates.open_waivers(assessment, request.user),
        "life": queries_life.strip(assessment),
        "may_review": request.may("review_assessments"),
    }


def row_context(request: OrgRequest, assessment: Assessment, rulebook: Rulebook) -> dict[str, Any]:
    """Give what every row of the table needs."""
    return {
        "bands": [(band.start, words.OUTCOMES.get(band.code, band.label)) for band in rulebook.bands[1:]],
        "base": reverse("assessments:tasks", args=[request.organisation.slug]),
        "may_edit": may_edit(request, assessment),
    }


def may_edit(request: OrgRequest, assessment: Assessment) -> bool:
    """Whether the member may change tasks, and this assessment can be changed; services ask again."""
    return request.may("edit_tasks") and assessment.is_draft


def closed_page(request: OrgRequest, assessment: Assessment) -> HttpResponse | None:
    """Say instead of showing a form that the assessment cannot be changed; None where it can.

    What was typed before it was closed is still taken in, so that the refusal stands beside it.
    """
    if assessment.is_draft or request.method == "POST":
        return None
    context = {"assessment": assessment, "why": why_closed(assessment)}
    return render(request, "assessments/life/closed.html", context, status=409)


def the_assessment() -> Assessment:
    """Give the current assessment of the open organisation, or 404."""
    assessment = queries.current_assessment()
    if assessment is None:
        raise Http404("This organisation has no assessment.")
    return assessment


def the_task(pk: int) -> TaskAssessment:
    """Give a task of the open organisation, or 404."""
    row = queries_task.find_task(pk)
    if row is None:
        raise Http404
    return row


def _query(filters: Filters, **changed: str) -> str:
    """Give the address part that leads to the same table, changed in one thing."""
    parts = {
        "show": filters.show,
        "q": filters.text,
        "gate": filters.gate,
        "sort": "" if filters.sort == "code" else filters.sort,
        "down": "1" if filters.is_descending else "",
    } | changed
    return urlencode({key: part for key, part in parts.items() if part})


def _sort(filters: Filters, column: str, currency: str) -> dict[str, str]:
    """Say what a click on a column head does, and how the column is sorted now."""
    name, unit = COLUMNS[column]
    is_current = filters.sort == column
    turn = "1" if is_current and not filters.is_descending else ""
    state = ("descending" if filters.is_descending else "ascending") if is_current else ""
    return {
        "key": column,
        "name": name,
        "unit": f"{currency}/year" if column == "cost" else unit,
        "state": state,
        "query": _query(filters, sort="" if column == "code" else column, down=turn),
    }
