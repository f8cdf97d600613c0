"""Splitting a legal task, the page of a split, and joining its parts again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from assessments import queries_split, services
from assessments.forms_split import JoinForm, SplitForm
from assessments.models import TaskAssessment
from assessments.models_split import TaskSplit
from assessments.views import closed_page, the_task


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def split(request: OrgRequest, pk: int) -> HttpResponse:
    """Show what a split would make of a task, then do it."""
    row = the_task(pk)
    if closed := closed_page(request, row.assessment):
        return closed
    form = SplitForm(request.POST or None, row=row)
    if "look" in request.POST:
        parts = form.save_by(lambda data: services.preview_split(task=row, given=form.given()))
        return _form(request, row, form, parts)
    made = form.save_by(lambda data: services.split_task(actor=request.user, task=row, given=form.given()))
    if isinstance(made, TaskSplit):
        messages.success(request, f"Split {made}.")
        return redirect("assessments:split", organisation=request.organisation.slug, pk=made.pk)
    return _form(request, row, form, None)


def _form(request: OrgRequest, row: TaskAssessment, form: SplitForm, parts: Any) -> HttpResponse:
    context = {
        "task": row,
        "form": form,
        "obstacles": queries_split.split_obstacles(row),
        "left": queries_split.left_behind(row),
        "portions": queries_split.preview_portions(row, *parts) if parts else (),
        "boundary": queries_split.boundary(row),
    }
    return render(request, "assessments/split/form.html", context, status=422 if form.errors else 200)


@require_safe
@member_view(can="see")
def show(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the whole as it was and both parts."""
    return _page(request, _the(pk), JoinForm())


@require_POST
@member_view(can="edit_tasks")
def join(request: OrgRequest, pk: int) -> HttpResponse:
    """Make the whole again."""
    row, form = _the(pk), JoinForm(request.POST)
    made = form.save_by(lambda data: services.join_parts(actor=request.user, split=row))
    if isinstance(made, TaskAssessment):
        messages.success(request, f"Joined again: {made}.")
        return redirect("assessments:task", organisation=request.organisation.slug, pk=made.pk)
    return _page(request, row, form)


def _page(request: OrgRequest, row: TaskSplit, form: JoinForm) -> HttpResponse:
    context = {
        "page": queries_split.split_page(row),
        "form": form,
        "may_edit": request.may("edit_tasks") and row.assessment.is_draft,
    }
    return render(request, "assessments/split/split.html", context, status=422 if form.errors else 200)


def _the(pk: int) -> TaskSplit:
    row = queries_split.find_split(pk)
    if row is None:
        raise Http404
    return row
