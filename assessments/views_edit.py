"""Changes to one legal task. With htmx a change is saved in place; without, the same post redirects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import OrgRequest, member_view
from assessments import queries, queries_totals, services, words
from assessments.forms import read_change
from assessments.forms_gates import BLANK, Refused
from assessments.models import TaskAssessment
from assessments.views import overview, row_context, task_context, task_page, the_task

Faults = dict[str, list[str]]


@require_POST
@member_view(can="edit_tasks")
def save(request: OrgRequest, pk: int) -> HttpResponse:
    """Save what was sent of the editor: one answer in place, or the whole form."""
    row = the_task(pk)
    change = read_change(request.POST)
    if not request.may("counsel_notes"):
        change.facts.pop("counsel_note", None)
    faults = change.faults
    if not faults:
        faults = tried(
            lambda: services.change_task(
                actor=request.user,
                task=row,
                facts=change.facts,
                levels=change.levels,
                reasons=change.reasons,
                why=change.why,
                seen=change.seen,
            )
        )
    touched = {*change.levels, *change.reasons, *(key.partition("-")[2] for key in faults)}
    return answer(request, pk, faults=faults, touched=touched, before=row)


@require_POST
@member_view(can="edit_tasks")
def confirm(request: OrgRequest, pk: int) -> HttpResponse:
    """Take the typical answers over as answers for this company."""
    row = the_task(pk)
    touched = set(row.answers.values_list("factor", flat=True))
    faults = tried(lambda: services.confirm_profile(actor=request.user, task=row))
    return answer(request, pk, faults=faults, touched=touched, before=row)


@require_POST
@member_view(can="edit_tasks")
def remove(request: OrgRequest, pk: int) -> HttpResponse:
    """Take a task out of the assessment, after it was confirmed on the page."""
    row = the_task(pk)
    if "sure" not in request.POST:
        return task_page(request, row, status=422, faults={"sure": ["Tick the box to confirm the removal."]})
    label = str(row)
    faults = tried(lambda: services.remove_task(actor=request.user, task=row))
    if faults:
        return task_page(request, the_task(pk), status=422, faults={"sure": faults[NON_FIELD_ERRORS]})
    messages.success(request, f"Removed {label}.")
    return redirect("assessments:tasks", organisation=request.organisation.slug)


def tried(work: Callable[[], Any]) -> Faults:
    """Run a service; give its sentences by field, empty when it worked."""
    try:
        work()
    except services.StaleTaskError as stale:
        return {
            NON_FIELD_ERRORS: [f"{stale} Nothing of yours was saved; the page now shows the current state."]
        }
    except ValidationError as fault:
        if hasattr(fault, "error_dict"):
            return dict(fault.message_dict)
        return {NON_FIELD_ERRORS: fault.messages}
    return {}


def answer(
    request: OrgRequest,
    pk: int,
    *,
    faults: Faults,
    before: TaskAssessment,
    touched: set[str] | None = None,
    about_gates: Refused | None = None,
) -> HttpResponse:
    """Answer a change: pieces for htmx, a redirect or the page with its errors otherwise.

    ``about_gates``: what came of a form about a gate, if it was one (``BLANK`` when it was not refused).
    """
    if request.htmx:
        return _pieces(
            request, pk, faults=faults, before=before, touched=touched or set(), about_gates=about_gates
        )
    row = the_task(pk)
    if faults:
        more = {"refused": about_gates} if about_gates else {"given": request.POST}
        return task_page(request, row, status=422, faults=faults, **more)
    messages.success(request, f"Saved {row.legal_task.code}: {words.task_verdict(row).text}.")
    url = reverse("assessments:task", args=[request.organisation.slug, pk])
    return redirect(f"{url}#editor")


def _pieces(
    request: OrgRequest,
    pk: int,
    *,
    faults: Faults,
    before: TaskAssessment,
    touched: set[str],
    about_gates: Refused | None,
) -> HttpResponse:
    """Only the parts that may differ now: controls stay, so that focus and half-typed text do."""
    row = the_task(pk)
    context = task_context(request, row)
    detail = context["detail"]
    context |= {
        "place": request.GET.get("place", "page"),
        "faults": faults,
        "touched": [line for line in detail.factors if line.factor.code in touched],
        "saved_at": timezone.localtime(timezone.now(), ZoneInfo(request.organisation.time_zone)),
        "gates_changed": about_gates is not None or _gate_state(before) != _gate_state(row),
        "steps_moved": _in_steps(before) != _in_steps(row),
        "refused": about_gates or BLANK,
        "took_flags": "has-flags" in request.POST,
        "took_class": "practice_of_law" in request.POST,
    }
    if context["place"] == "table" and not faults:
        found = queries_totals.totals(assessment=row.assessment, rulebook=detail.rulebook)
        context |= overview(request, row.assessment, found, detail.rulebook)
        context |= row_context(request, row.assessment, detail.rulebook)
        context["row"] = queries.task_rows([pk], detail.rulebook)[0]
        context["is_open"] = True
    return render(request, "assessments/_saved.html", context, status=422 if faults else 200)


def _in_steps(row: TaskAssessment) -> tuple[Any, ...]:
    """What the rail counts of a task; of a hundred thousand tasks it is counted again only when it moves."""
    facts = (row.annual_volume, row.annual_hours, row.baseline_amount, row.turnaround_days)
    return row.outcome, row.gate_codes, *(fact is None for fact in facts)


def _gate_state(row: TaskAssessment) -> tuple[Any, ...]:
    """What the section about gates shows of the stored result."""
    return row.result.get("gates"), row.open_conditions
