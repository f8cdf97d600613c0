"""The inputs of the business case: shown, and changed all at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import OrgRequest, member_view
from selections import services
from selections.forms.assumptions import AssumptionsForm, stored_assumptions
from selections.models import Selection
from selections.queries.assumptions import assumption_changes
from selections.services import Refused
from selections.views.loading import load_selection


@require_safe
@member_view(can="see")
def assumptions(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the inputs of the business case: meaning, unit, value, and who changed what."""
    selection = load_selection(pk)
    return _assumptions_page(request, selection, _form(selection))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def edit_assumptions(request: OrgRequest, pk: int) -> HttpResponse:
    """Change the inputs of the business case, all at once."""
    selection = load_selection(pk)
    form = _form(selection, request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            services.set_assumptions(selection=selection, assumptions=form.assumptions(), actor=request.user)
        except Refused as refused:
            form.refuse(refused.errors)
        else:
            messages.success(request, "Assumptions saved. Every business case of this case follows them.")
            return redirect("selections:assumptions", organisation=request.organisation.slug, pk=pk)
    return _assumptions_page(request, selection, form, is_editing=True)


def _form(selection: Selection, data: Any = None) -> AssumptionsForm:
    return AssumptionsForm(data, initial=stored_assumptions(selection.assumptions))


def _assumptions_page(
    request: OrgRequest, selection: Selection, form: AssumptionsForm, *, is_editing: bool = False
) -> HttpResponse:
    context = {
        "selection": selection,
        "form": form,
        "parts": form.parts(),
        "is_editing": is_editing,
        "may_edit": request.may("edit_providers"),
        "changes": assumption_changes(selection),
    }
    status = 422 if form.errors else 200
    return render(request, "selections/bids/assumptions.html", context, status=status)
