"""Answers that nobody has confirmed yet: read together, and taken over task by task or several at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import OrgRequest, member_view
from assessments import queries_confirm, services
from assessments.forms import read_ticked
from assessments.rulebook import Rulebook
from assessments.views import closed_page, the_assessment
from assessments.views_edit import tried


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def to_confirm(request: OrgRequest) -> HttpResponse:
    """List the tasks with everything that confirming takes over, and confirm those that are ticked."""
    assessment = the_assessment()
    if closed := closed_page(request, assessment):
        return closed
    ticked = read_ticked(request.POST)
    faults = {}
    if request.method == "POST":
        faults = tried(
            lambda: services.confirm_profiles(actor=request.user, assessment=assessment, seen=ticked)
        )
        if not faults:
            noun = "task" if len(ticked) == 1 else "tasks"
            messages.success(request, f"Confirmed {len(ticked)} legal {noun}.")
            return redirect("assessments:to_confirm", organisation=request.organisation.slug)
    context = {
        "found": queries_confirm.confirm_page(
            assessment=assessment,
            rulebook=Rulebook(assessment.factor_set.content),
            number=request.GET.get("page", 1),
        ),
        "assessment": assessment,
        "base": reverse("assessments:tasks", args=[request.organisation.slug]),
        "ticked": ticked,
        "fault": " ".join(said for found in faults.values() for said in found),
    }
    return render(request, "assessments/to_confirm.html", context, status=422 if faults else 200)
