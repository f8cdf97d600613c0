"""Keeping a ranking: what would be stored and adopted, and why."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import OrgRequest, member_view
from assessments.models import Assessment
from selections import services
from selections.forms.weights import PREFIX, KeepForm, WeightsForm
from selections.queries.keeping import Keeping, last_record
from selections.services import Preview
from selections.views.loading import load_selection
from selections.views.what_if import VERSION, asked_preview, weights_form, what_if_query
from selections.words import statement
from selections.words.measures import exact


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="keep_ranking")
def keep(request: OrgRequest, pk: int) -> HttpResponse:
    """Say what would be kept, adopted and changed, ask why, and keep it."""
    selection = load_selection(pk)
    weights = weights_form(request, selection)
    preview = asked_preview(selection, weights)
    change = services.keeping_of(preview, last_record(selection))
    is_sent = request.method == "POST"
    form = KeepForm(request.POST if is_sent else None, ask=change.ask if change else "")
    if is_sent and weights.is_valid() and form.is_valid():
        try:
            kept = services.keep_ranking(
                selection=selection,
                weights=weights.weights(),
                reason=form.cleaned_data["reason"],
                actor=request.user,
                expected=request.POST.get(VERSION, ""),
            )
        except services.Refused as refused:
            form.add_error("reason" if "reason" in refused.errors else None, str(refused))
        else:
            messages.success(request, _kept_words(kept))
            return redirect(
                "selections:record",
                organisation=request.organisation.slug,
                pk=pk,
                number=kept.record.number,
            )
    context = _keep_context(preview, weights, form, change)
    return render(request, "selections/ranking/keep.html", context, status=422 if is_sent else 200)


@require_POST
@member_view(can="keep_ranking")
def rest_on(request: OrgRequest, pk: int) -> HttpResponse:
    """Let bids and rankings read the assessment in force from now on."""
    selection = load_selection(pk)
    asked = request.POST.get("assessment", "")
    key = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
    assessment = get_object_or_404(Assessment.objects.all(), pk=key)
    try:
        services.rest_on(selection=selection, assessment=assessment, actor=request.user)
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, f"Bids and ranking rest on {assessment} now. Kept records stay as they are."
        )
    return redirect("case", organisation=request.organisation.slug)


def _keep_context(
    preview: Preview, weights: WeightsForm, form: KeepForm, change: Keeping | None
) -> dict[str, Any]:
    inputs = preview.inputs
    return {
        "selection": preview.selection,
        "preview": preview,
        "statement": statement(preview.reading) if preview.reading else None,
        "form": form,
        "faults": weights.faults(),
        "change": change,
        "fields": [(PREFIX + code, exact(weight)) for code, weight in inputs.weights.items()],
        "what_if": what_if_query(inputs),
    }


def _kept_words(kept: services.Kept) -> str:
    text = f"Kept as record {kept.record.number}."
    if kept.equal_to is not None:
        text += f" It is equal to record {kept.equal_to}, byte for byte."
    return text
