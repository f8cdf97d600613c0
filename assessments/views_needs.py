"""Step 1: what the assessment starts from, and the small forms that write it down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from assessments import queries_needs, services
from assessments.forms_needs import LimitForm, MustStayForm, NeedForm, ObjectiveForm, moment
from assessments.models_needs import Need
from assessments.views import closed_page, may_edit, the_assessment
from assessments.words_life import why_closed


@dataclass(frozen=True)
class Kind:
    """One of the three lists: its form, the verb that saves, and how pages call one of its rows."""

    form: type[NeedForm]
    model: type[Need]
    save: Callable[..., Need]
    thing: str
    add: str
    change: str
    anchor: str
    removal: str


KINDS = {
    "objective": Kind(
        ObjectiveForm, ObjectiveForm.model, services.set_objective,
        "objective", "Add an objective", "Change an objective", "objectives", "needs_remove_objective",
    ),
    "limit": Kind(
        LimitForm, LimitForm.model, services.set_limit,
        "limit", "Add a limit", "Change a limit", "limits", "needs_remove_limit",
    ),
    "stay": Kind(
        MustStayForm, MustStayForm.model, services.set_must_stay,
        "entry", "Add what must stay", "Change what must stay", "stays", "needs_remove_stay",
    ),
}  # fmt: skip


@require_safe
@member_view(can="see")
def needs(request: OrgRequest) -> HttpResponse:
    """Show objectives, limits, what must stay, role rates and the work as it is today."""
    assessment = the_assessment()
    context = {
        "page": queries_needs.page(assessment),
        "may_edit": may_edit(request, assessment),
        "closed": "" if assessment.is_draft else why_closed(assessment),
    }
    return render(request, "assessments/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def entry(request: OrgRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Add one row of a list, or change one."""
    assessment, about = the_assessment(), KINDS[kind]
    row = _row(about, pk) if pk is not None else None
    if closed := closed_page(request, assessment):
        return closed
    form = about.form(request.POST or None, row=row)
    saved = form.save_by(lambda data: about.save(actor=request.user, assessment=assessment, row=row, **data))
    if saved:
        messages.success(request, f"{'Added' if row is None else 'Saved'}: {saved}")
        return _back(request, about)
    context = {
        "form": form,
        "title": about.add if row is None else about.change,
        "thing": about.thing,
        "removal": _url(request, about.removal, pk=row.pk) if row else "",
        "seen": form["seen"].value() if row else "",
    }
    return render(request, "assessments/needs_form.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(can="edit_tasks")
def remove(request: OrgRequest, kind: str, pk: int) -> HttpResponse:
    """Take one row out of its list; the page that asked for it said what that means."""
    about = KINDS[kind]
    row = _row(about, pk)
    try:
        services.remove_need(actor=request.user, row=row, seen=moment(request.POST.get("seen", "")))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        messages.success(request, f"Removed: {row}")
    return _back(request, about)


def _row(about: Kind, pk: int) -> Need:
    rows: Any = about.model
    found: Need = get_object_or_404(rows, pk=pk, assessment=the_assessment())
    return found


def _back(request: OrgRequest, about: Kind) -> HttpResponse:
    return redirect(f"{_url(request, 'needs')}#{about.anchor}")


def _url(request: OrgRequest, name: str, **kwargs: int) -> str:
    return reverse(f"assessments:{name}", kwargs={"organisation": request.organisation.slug, **kwargs})
