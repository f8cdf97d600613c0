"""Own assessments of several people: the form, the differences of one task and of all of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from assessments import queries_opinions, services
from assessments.forms_split import read_level, read_opinions
from assessments.models import TaskAssessment
from assessments.views import may_edit, the_assessment, the_task
from assessments.views_edit import Faults, tried


@require_safe
@member_view(can="assess")
def differences(request: OrgRequest) -> HttpResponse:
    """List the factors on which assessors differ, of those that the reader has assessed."""
    assessment = the_assessment()
    page = queries_opinions.disagreements(
        assessment=assessment, viewer=request.user, number=request.GET.get("page", 1)
    )
    return render(request, "assessments/opinions/list.html", {"page": page, "assessment": assessment})


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="assess")
def opinions(request: OrgRequest, pk: int) -> HttpResponse:
    """Give one's own assessment of a task, and see that of others where one has."""
    row = the_task(pk)
    if request.method != "POST":
        return _page(request, row)
    given, faults = read_opinions(request.POST, may_note=request.may("counsel_notes"))
    if not given and not faults:
        faults = {"__all__": ["Choose a level for at least one factor."]}
    faults = faults or tried(lambda: services.give_opinions(actor=request.user, task=row, opinions=given))
    if faults:
        return _page(request, row, faults=faults, given=request.POST)
    messages.success(request, f"Kept your own assessment of {row.legal_task.code}.")
    return _back(request, pk)


@require_POST
@member_view(can="edit_tasks")
def settle(request: OrgRequest, pk: int) -> HttpResponse:
    """Say which answer counts."""
    row, factor = the_task(pk), request.POST.get("factor", "")[:8]
    try:
        level = read_level(request.POST.get("level", ""))
    except ValidationError as fault:
        return _page(request, row, faults={f"settle-{factor}": fault.messages}, given=request.POST)
    faults = tried(
        lambda: services.settle_factor(
            actor=request.user,
            task=row,
            factor=factor,
            level=level,
            reason=request.POST.get("reason", ""),
        )
    )
    if faults:
        said = [one for found in faults.values() for one in found]
        return _page(request, row, faults={f"settle-{factor}": said}, given=request.POST)
    messages.success(request, f"Settled {factor} of {row.legal_task.code}.")
    return _back(request, pk)


@require_POST
@member_view(can="assess")
def take_back(request: OrgRequest, pk: int) -> HttpResponse:
    """Take one's own opinion of a factor back."""
    row, factor = the_task(pk), request.POST.get("factor", "")[:8]
    faults = tried(lambda: services.take_opinion_back(actor=request.user, task=row, factor=factor))
    if faults:
        messages.error(request, " ".join(one for found in faults.values() for one in found))
        return _back(request, pk)
    messages.success(request, f"Took your own assessment of {factor} back.")
    return _back(request, pk)


def _page(
    request: OrgRequest, row: TaskAssessment, *, faults: Faults | None = None, given: Any = None
) -> HttpResponse:
    context = {
        "task": row,
        "page": queries_opinions.opinion_page(row, request.user, _typed(given)),
        "may_edit": may_edit(request, row.assessment),
        "faults": faults or {},
        "given": given or {},
    }
    return render(request, "assessments/opinions/task.html", context, status=422 if faults else 200)


def _typed(given: Any) -> dict[str, str] | None:
    """What the own assessment held, if that was the form."""
    return given.dict() if given and "factor" not in given else None


def _back(request: OrgRequest, pk: int) -> HttpResponse:
    return redirect("assessments:task_opinions", organisation=request.organisation.slug, pk=pk)
