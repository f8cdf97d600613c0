"""Getting legal tasks in: by hand, from the catalogue, by pasting; and what an hour of each role costs."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from assessments import services, typical
from assessments.forms import RateForm, RateFormSet, TaskForm
from assessments.models import Assessment, RoleRate, TaskAssessment
from assessments.reference import catalogue as catalogue_tasks
from assessments.views import closed_page, may_edit, the_assessment
from assessments.words_life import why_closed

FIRST_ROLES = 4  # empty lines, where no role is there yet


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def add(request: OrgRequest) -> HttpResponse:
    """Add one legal task by hand."""
    assessment = the_assessment()
    if closed := closed_page(request, assessment):
        return closed
    form = TaskForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.add_task(actor=request.user, assessment=assessment, **form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
        else:
            messages.success(request, f"Added {made.legal_task.code}. Answer its factors next.")
            return redirect("assessments:task", organisation=request.organisation.slug, pk=made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "assessments/add.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def paste(request: OrgRequest) -> HttpResponse:
    """Read pasted rows, show what was understood, and save when that is confirmed."""
    assessment = the_assessment()
    if closed := closed_page(request, assessment):
        return closed
    text, choices = request.POST.get("rows", ""), _choices(request)
    preview = None
    if request.method == "POST" and request.POST.get("step") == "save":
        try:
            count = services.paste_confirm(
                actor=request.user, assessment=assessment, text=text, choices=choices
            )
        except services.PasteRefusedError as refused:
            preview = refused.preview
        else:
            messages.success(request, f"Added {count} legal task{'' if count == 1 else 's'}.")
            return redirect("assessments:tasks", organisation=request.organisation.slug)
    elif request.method == "POST":
        preview = services.paste_preview(text=text, assessment=assessment, choices=choices)
    context = {"rows": text, "preview": preview, "choices": choices, "columns": services.PASTE_COLUMNS}
    status = 422 if preview is not None and not preview.is_good else 200
    return render(request, "assessments/paste.html", context, status=status)


def _choices(request: OrgRequest) -> services.PasteChoices:
    """Read what is left out; the buttons beside what is wrong choose it, too."""
    step = request.POST.get("step")
    return services.PasteChoices(
        without_roles=step == "leave_out" or "without_roles" in request.POST,
        skip_existing=step == "skip" or "skip_existing" in request.POST,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def catalogue(request: OrgRequest) -> HttpResponse:
    """Pick common kinds of legal work with their typical answers."""
    assessment = the_assessment()
    if closed := closed_page(request, assessment):
        return closed
    fault = ""
    ticked = request.POST.getlist("codes")
    if request.method == "POST":
        try:
            made = services.add_from_catalogue(actor=request.user, assessment=assessment, codes=ticked)
        except ValidationError as refused:
            fault = " ".join(refused.messages)
        else:
            messages.success(request, _added(made))
            return redirect("assessments:tasks", organisation=request.organisation.slug)
    text = request.GET.get("q", "")[:80]
    found = typical.entries(catalogue_tasks(), assessment=assessment, text=text)
    areas = [
        (area, list(group)) for area, group in groupby(found, key=lambda entry: entry.task.practice_area)
    ]
    context = {"areas": areas, "count": len(found), "q": text, "fault": fault, "ticked": ticked}
    return render(request, "assessments/catalogue.html", context, status=422 if fault else 200)


def _added(made: list[TaskAssessment]) -> str:
    noun = "task" if len(made) == 1 else "tasks"
    return f"Added {len(made)} legal {noun} with typical answers. Confirm or change them for your company."


@require_safe
@member_view(can="see")
def rates(request: OrgRequest) -> HttpResponse:
    """Show what an hour of each role costs."""
    assessment = the_assessment()
    existing = list(RoleRate.objects.filter(assessment=assessment))
    formset = RateFormSet(initial=[_initial(rate) for rate in existing])
    if not existing:
        formset.extra = FIRST_ROLES
    return _rates_page(request, assessment, formset, existing)


@require_POST
@member_view(can="edit_tasks")
def save_rates(request: OrgRequest) -> HttpResponse:
    """Save the roles and work every baseline out again."""
    assessment = the_assessment()
    formset = RateFormSet(request.POST)
    existing = list(RoleRate.objects.filter(assessment=assessment))
    if not formset.is_valid():
        return _rates_page(request, assessment, formset, existing, status=422)
    entries = [_entry(form) for form in formset if not form.is_blank and form not in formset.deleted_forms]
    try:
        count = services.set_role_rates(actor=request.user, assessment=assessment, rates=entries)
    except ValidationError as fault:
        return _rates_page(request, assessment, formset, existing, status=422, faults=fault.messages)
    messages.success(request, f"Saved. The in-house cost of {count} legal tasks was worked out again.")
    return redirect("assessments:rates", organisation=request.organisation.slug)


def _entry(form: RateForm) -> services.RateEntry:
    data = form.cleaned_data
    return services.RateEntry(data["name"], data["hourly_amount"], data["kind"], data["code"], data["basis"])


def _initial(rate: RoleRate) -> dict[str, Any]:
    return {
        "code": rate.code,
        "name": rate.name,
        "hourly_amount": f"{rate.hourly_amount.normalize():f}",
        "kind": rate.kind,
        "basis": rate.basis,
    }


def _rates_page(
    request: OrgRequest,
    assessment: Assessment,
    formset: BaseFormSet[RateForm],
    existing: list[RoleRate],
    *,
    status: int = 200,
    faults: list[str] | None = None,
) -> HttpResponse:
    context = {
        "formset": formset,
        "assessment": assessment,
        "existing": existing,
        "carried": [rate for rate in existing if rate.carried_from],
        "faults": faults or [],
        "may_edit": may_edit(request, assessment),
        "closed": "" if assessment.is_draft else why_closed(assessment),
    }
    return render(request, "assessments/rates.html", context, status=status)
