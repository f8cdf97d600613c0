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
from assessments import queries, queries_task, queries_totals, services
from assessments.forms import read_change
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
        faults = _tried(
            lambda: services.change_task(
                actor=request.user,
                task=row,
                facts=change.facts,
                levels=change.levels,
                reasons=change.reasons,
                seen=change.seen,
            )
        )
    touched = {*change.levels, *change.reasons, *(key.partition("-")[2] for key in faults)}
    return _answer(request, pk, faults=faults, touched=touched, before=row)


@require_POST
@member_view(can="edit_tasks")
def confirm(request: OrgRequest, pk: int) -> HttpResponse:
    """Take the typical answers over as answers for this company."""
    row = the_task(pk)
    touched = set(row.answers.values_list("factor", flat=True))
    faults = _tried(lambda: services.confirm_profile(actor=request.user, task=row))
    return _answer(request, pk, faults=faults, touched=touched, before=row)


@require_POST
@member_view(can="edit_tasks")
def close(request: OrgRequest, pk: int) -> HttpResponse:
    """Close a condition with evidence."""
    row = the_task(pk)
    gate, condition = request.POST.get("gate", ""), request.POST.get("condition", "")
    faults = _tried(
        lambda: services.close_condition(
            actor=request.user,
            task=row,
            gate=gate,
            condition=condition,
            evidence=request.POST.get("evidence", ""),
            counsel_note=request.POST.get("counsel_note", "") if request.may("counsel_notes") else "",
        )
    )
    return _answer(request, pk, faults=faults, before=row)


@require_POST
@member_view(can="edit_tasks")
def reopen(request: OrgRequest, pk: int) -> HttpResponse:
    """Open a closed condition again, with a reason."""
    row = the_task(pk)
    faults = _tried(
        lambda: services.reopen_condition(
            actor=request.user,
            task=row,
            gate=request.POST.get("gate", ""),
            condition=request.POST.get("condition", ""),
            reason=request.POST.get("reason", ""),
        )
    )
    return _answer(request, pk, faults=faults, before=row)


@require_POST
@member_view(can="edit_tasks")
def remove(request: OrgRequest, pk: int) -> HttpResponse:
    """Take a task out of the assessment, after it was confirmed on the page."""
    row = the_task(pk)
    if "sure" not in request.POST:
        return task_page(request, row, status=422, faults={"sure": ["Tick the box to confirm the removal."]})
    label = str(row)
    faults = _tried(lambda: services.remove_task(actor=request.user, task=row))
    if faults:
        return task_page(request, the_task(pk), status=422, faults={"sure": faults[NON_FIELD_ERRORS]})
    messages.success(request, f"Removed {label}.")
    return redirect("assessments:tasks", organisation=request.organisation.slug)


def _tried(work: Callable[[], Any]) -> Faults:
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


def _answer(
    request: OrgRequest,
    pk: int,
    *,
    faults: Faults,
    before: TaskAssessment,
    touched: set[str] | None = None,
) -> HttpResponse:
    """Answer a change: pieces for htmx, a redirect or the page with its errors otherwise."""
    if request.htmx:
        return _pieces(request, pk, faults=faults, before=before, touched=touched or set())
    row = the_task(pk)
    if faults:
        return task_page(request, row, status=422, faults=faults, given=request.POST)
    messages.success(request, f"Saved {row.legal_task.code}: {queries_task.task_detail(row).verdict.text}.")
    url = reverse("assessments:task", args=[request.organisation.slug, pk])
    return redirect(f"{url}#editor")


def _pieces(
    request: OrgRequest, pk: int, *, faults: Faults, before: TaskAssessment, touched: set[str]
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
        "gates_changed": _gate_state(before, pk) or not faults,
    }
    if context["place"] == "table" and not faults:
        found = queries_totals.totals(assessment=row.assessment, rulebook=detail.rulebook)
        context |= overview(request, row.assessment, found, detail.rulebook)
        context |= row_context(request, detail.rulebook)
        context["row"] = queries.task_rows([pk], detail.rulebook)[0]
        context["is_open"] = True
    return render(request, "assessments/_saved.html", context, status=422 if faults else 200)


def _gate_state(before: TaskAssessment, pk: int) -> bool:
    """Whether gates fire or conditions are open that were not so before."""
    after = the_task(pk)
    return (before.gates, before.open_conditions) != (after.gates, after.open_conditions)
