"""What is done about the gates of a task: closing conditions, consents, waivers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from accounts.http import OrgRequest, member_view
from assessments import services
from assessments.forms_gates import BLANK, ClosingForm, ConsentForm, Refused, WaiverForm
from assessments.models import TaskAssessment, Waiver
from assessments.views import the_task
from assessments.views_edit import answer, tried


@require_POST
@member_view(can="edit_tasks")
def close(request: OrgRequest, pk: int) -> HttpResponse:
    """Close a condition with evidence and whatever else it asks for."""
    row, form = the_task(pk), ClosingForm(request.POST)
    return _answered(
        request,
        row,
        form,
        lambda: services.close_condition(
            actor=request.user,
            task=row,
            gate=request.POST.get("gate", ""),
            condition=request.POST.get("condition", ""),
            closing=form.closing(may_note=request.may("counsel_notes")),
        ),
    )


@require_POST
@member_view(can="edit_tasks")
def reopen(request: OrgRequest, pk: int) -> HttpResponse:
    """Open a closed condition again, with a reason."""
    row, form = the_task(pk), WaiverForm(request.POST)
    return _answered(
        request,
        row,
        form,
        lambda: services.reopen_condition(
            actor=request.user,
            task=row,
            gate=request.POST.get("gate", ""),
            condition=request.POST.get("condition", ""),
            reason=form.cleaned_data["reason"],
        ),
    )


@require_POST
@member_view(can="edit_tasks")
def consent(request: OrgRequest, pk: int) -> HttpResponse:
    """Record one more consent for a condition."""
    row, form = the_task(pk), ConsentForm(request.POST)
    return _answered(
        request,
        row,
        form,
        lambda: services.add_consent(
            actor=request.user,
            task=row,
            gate=request.POST.get("gate", ""),
            condition=request.POST.get("condition", ""),
            given=form.consent(),
        ),
    )


@require_POST
@member_view(can="waive_gates")
def waive(request: OrgRequest, pk: int) -> HttpResponse:
    """Ask that a gate be waived."""
    row, form = the_task(pk), WaiverForm(request.POST)
    return _answered(
        request,
        row,
        form,
        lambda: services.ask_waiver(
            actor=request.user,
            task=row,
            gate=request.POST.get("gate", ""),
            reason=form.cleaned_data["reason"],
        ),
    )


@require_POST
@member_view(can="waive_gates")
def decide(request: OrgRequest, pk: int, waiver_pk: int) -> HttpResponse:
    """Grant or refuse what another person asked for."""
    row, form = the_task(pk), WaiverForm(request.POST)
    form.fields["answer"].required = True
    form.fields["answer"].error_messages["required"] = "Grant the waiver or refuse it."
    waiver = _the_waiver(row, waiver_pk)
    return _answered(
        request,
        row,
        form,
        lambda: services.decide_waiver(
            actor=request.user,
            waiver=waiver,
            is_granted=form.cleaned_data["answer"] == "grant",
            reason=form.cleaned_data["reason"],
        ),
    )


@require_POST
@member_view(can="waive_gates")
def withdraw(request: OrgRequest, pk: int, waiver_pk: int) -> HttpResponse:
    """Take back a request, or end a waiver that is in force."""
    row, form = the_task(pk), WaiverForm(request.POST)
    waiver = _the_waiver(row, waiver_pk)
    return _answered(
        request,
        row,
        form,
        lambda: services.withdraw_waiver(
            actor=request.user, waiver=waiver, reason=form.cleaned_data["reason"]
        ),
    )


def _the_waiver(row: TaskAssessment, pk: int) -> Waiver:
    waiver = row.waivers.filter(pk=pk).first()
    if waiver is None:
        raise Http404
    return waiver


def _answered(
    request: OrgRequest, row: TaskAssessment, form: forms.Form, work: Callable[[], Any]
) -> HttpResponse:
    """Do the work of a good form; what is wrong comes back beside its fields, with what was typed."""
    if form.is_valid():
        faults = tried(work)
    else:
        faults = {name: [str(one) for one in found] for name, found in form.errors.items()}
    if "lawyer" in faults and "lawyer" not in request.POST:  # there is nobody to choose yet, only to name
        faults["lawyer_name"] = [*faults.pop("lawyer"), *faults.get("lawyer_name", ())]
    came = Refused(request.POST.get("form", ""), request.POST.dict(), faults) if faults else BLANK
    return answer(request, row.pk, faults=faults, before=row, about_gates=came)
