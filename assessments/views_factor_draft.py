"""The draft of the next factor set: its page and its small forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from accounts.queries_people import has_second_person
from assessments import queries_factor_sets, queries_factors, services
from assessments.forms_factors import DraftForm, FactorForm, GateForm, PointsForm, ReasonForm
from assessments.models import FactorDraft
from assessments.rulebook import OFF
from assessments.words_factors import NOBODY_ELSE_TURNS_OFF

SHOWN_CONDITIONS = 3  # the others are folded away
READ_AND_WRITE = require_http_methods(["GET", "HEAD", "POST"])


@require_POST
@member_view(can="edit_factors")
def start(request: OrgRequest) -> HttpResponse:
    """Start a draft from the set in force, or go to the one there is."""
    try:
        services.start_draft(actor=request.user)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    return to_page(request, "draft")


@require_safe
@member_view(can="see_factors")
def draft(request: OrgRequest) -> HttpResponse:
    """Show the draft; the owner changes weights and bands here."""
    row = the_draft()
    return _draft_page(request, row, PointsForm(draft=row))


@require_POST
@member_view(can="edit_factors")
def points(request: OrgRequest) -> HttpResponse:
    """Save the weights of all factors and the starts of all bands."""
    row = the_draft()
    form = PointsForm(request.POST, draft=row)
    saved = form.save_by(
        lambda data: services.set_points(actor=request.user, draft=row, seen=data["seen"], **form.given())
    )
    if saved:
        messages.success(request, "Weights and bands are saved in the draft.")
        return to_page(request, "draft", "#weights")
    return _draft_page(request, row, form)


def _draft_page(request: OrgRequest, row: FactorDraft, form: PointsForm) -> HttpResponse:
    page = queries_factors.draft_page(row, may_turn_off=has_second(request))
    context = {
        "page": page,
        "weight_rows": [(one, form[f"weight-{one.factor.code}"]) for one in page.view.factors],
        "band_rows": [(one, form[f"band-{one.code}"]) for one in page.view.bands],
        "form": form,
        "seen": row.updated_at.isoformat(),
        "may_edit": request.may("edit_factors") and not row.is_proposed,
    }
    return render(request, "assessments/factors/draft.html", context, status=422 if form.errors else 200)


@READ_AND_WRITE
@member_view(can="edit_factors")
def factor(request: OrgRequest, code: str = "") -> HttpResponse:
    """Add an own factor, or change what one is called and what its levels mean."""
    row = the_draft()
    view = queries_factors.draft_page(row, may_turn_off=False).view
    found = next((one for one in view.factors if one.factor.code == code), None)
    if code and found is None:
        raise Http404
    form = FactorForm(request.POST or None, draft=row, code=code)
    saved = form.save_by(
        lambda data: services.set_factor(
            actor=request.user, draft=row, seen=data["seen"], given=form.given(), code=code
        )
    )
    if saved:
        messages.success(request, "The factor is saved in the draft.")
        return to_page(request, "draft", "#weights")
    context = {"form": form, "row": found, "seen": row.updated_at.isoformat()}
    return render(request, "assessments/factors/factor.html", context, status=422 if form.errors else 200)


@READ_AND_WRITE
@member_view(can="edit_factors")
def gate(request: OrgRequest, code: str = "") -> HttpResponse:
    """Add an own gate, change one, or make a shipped one stricter."""
    row = the_draft()
    view = queries_factors.draft_page(row, may_turn_off=False).view
    found = next((one for one in view.gates if one.gate.code == code and not one.off), None)
    if code and found is None:
        raise Http404
    shipped = queries_factors.shipped_gate(code)
    form = GateForm(request.POST or None, draft=row, shipped=shipped.content if shipped else None, code=code)
    saved = form.save_by(
        lambda data: services.set_gate(
            actor=request.user, draft=row, seen=data["seen"], given=form.given(), code=code
        )
    )
    if saved:
        messages.success(request, "The gate is saved in the draft.")
        return to_page(request, "draft", "#gates")
    conditions = list(form.condition_rows())
    context = {
        "form": form,
        "row": found,
        "shipped": shipped,
        "thresholds": form.thresholds(),
        "condition_rows": conditions[:SHOWN_CONDITIONS],
        "more_rows": conditions[SHOWN_CONDITIONS:],
        "more_are_used": any(one.text.value() for one in conditions[SHOWN_CONDITIONS:]),
        "seen": row.updated_at.isoformat(),
    }
    return render(request, "assessments/factors/gate.html", context, status=422 if form.errors else 200)


@READ_AND_WRITE
@member_view(can="edit_factors")
def turn_off(request: OrgRequest, code: str) -> HttpResponse:
    """Ask for the reason why a shipped gate is turned off, and turn it off in the draft."""
    row = the_draft()
    view = queries_factors.draft_page(row, may_turn_off=False).view
    found = next((one for one in view.gates if one.gate.code == code and one.standing != "own"), None)
    if found is None or found.off:
        raise Http404
    form = ReasonForm(request.POST or None, draft=row)
    saved = form.save_by(
        lambda data: services.turn_off_gate(
            actor=request.user, draft=row, seen=data["seen"], code=code, reason=data["reason"]
        )
    )
    if saved:
        messages.success(request, f"{code} is turned off in the draft.")
        return to_page(request, "draft", "#gates")
    context = {
        "form": form,
        "row": found,
        "nobody_else": "" if has_second(request) else NOBODY_ELSE_TURNS_OFF,
    }
    return render(request, "assessments/factors/turn_off.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(can="edit_factors")
def turn_on(request: OrgRequest, code: str) -> HttpResponse:
    """Put a gate that is turned off in force again."""
    _must_be_in(("gates", OFF), code)
    done = f"{code} is in force again in the draft."
    return _done(request, done, "#gates", lambda **given: services.turn_on_gate(code=code, **given))


@require_POST
@member_view(can="edit_factors")
def remove_gate(request: OrgRequest, code: str) -> HttpResponse:
    """Take an own gate out of the draft."""
    _must_be_in(("gates", OFF), code)
    done = f"{code} is removed from the draft."
    return _done(request, done, "#gates", lambda **given: services.remove_gate(code=code, **given))


@require_POST
@member_view(can="edit_factors")
def remove_factor(request: OrgRequest, code: str) -> HttpResponse:
    """Take an own factor out of the draft."""
    _must_be_in(("factors",), code)
    done = f"{code} is removed from the draft."
    return _done(request, done, "#weights", lambda **given: services.remove_factor(code=code, **given))


@require_POST
@member_view(can="edit_factors")
def discard(request: OrgRequest) -> HttpResponse:
    """Throw the draft away."""
    row = the_draft()
    form = DraftForm(request.POST, draft=row)
    form.is_valid()
    try:
        services.discard_draft(actor=request.user, draft=row, seen=form.cleaned_data.get("seen"))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
        return to_page(request, "draft")
    messages.success(request, "The draft is discarded.")
    return to_page(request, "factors")


def the_draft() -> FactorDraft:
    """Give the draft of the open organisation, or 404."""
    row = queries_factor_sets.open_draft()
    if row is None:
        raise Http404("There is no draft.")
    return row


def _must_be_in(members: Iterable[str], code: str) -> None:
    """Answer 404 where the draft has no such factor or gate."""
    content = the_draft().content
    if all(row["code"] != code for member in members for row in content.get(member, ())):
        raise Http404


def _done(request: OrgRequest, done: str, anchor: str, work: Callable[..., Any]) -> HttpResponse:
    """Do what a button asks for; a refusal is said above the draft."""
    row = the_draft()
    form: forms.Form = DraftForm(request.POST, draft=row)
    form.is_valid()
    try:
        work(actor=request.user, draft=row, seen=form.cleaned_data.get("seen"))
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        messages.success(request, done)
    return to_page(request, "draft", anchor)


def has_second(request: OrgRequest) -> bool:
    """Whether somebody else could adopt what this person proposes."""
    return has_second_person(organisation=request.organisation, me=request.user, action="adopt_factors")


def to_page(request: OrgRequest, name: str, anchor: str = "") -> HttpResponse:
    """Redirect to a page of this app."""
    url = reverse(f"assessments:{name}", args=[request.organisation.slug])
    return redirect(f"{url}{anchor}")
