"""The draft of the next factor set: its pages, its small forms, and the way to adopt it."""

from __future__ import annotations

from collections.abc import Callable
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
from assessments import queries, queries_factor_sets, queries_factors, services, trying
from assessments.forms_factors import CommentForm, DraftForm, FactorForm, GateForm, PointsForm, ReasonForm
from assessments.models import FactorDraft, FactorSet
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
    return _to(request, "draft")


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
        return _to(request, "draft", "#weights")
    return _draft_page(request, row, form)


def _draft_page(request: OrgRequest, row: FactorDraft, form: PointsForm) -> HttpResponse:
    page = queries_factors.draft_page(row, may_turn_off=_has_second(request))
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
        return _to(request, "draft", "#weights")
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
        return _to(request, "draft", "#gates")
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
        return _to(request, "draft", "#gates")
    context = {
        "form": form,
        "row": found,
        "nobody_else": "" if _has_second(request) else NOBODY_ELSE_TURNS_OFF,
    }
    return render(request, "assessments/factors/turn_off.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(can="edit_factors")
def turn_on(request: OrgRequest, code: str) -> HttpResponse:
    """Put a gate that is turned off in force again."""
    done = f"{code} is in force again in the draft."
    return _done(request, done, "#gates", lambda **given: services.turn_on_gate(code=code, **given))


@require_POST
@member_view(can="edit_factors")
def remove_gate(request: OrgRequest, code: str) -> HttpResponse:
    """Take an own gate out of the draft."""
    done = f"{code} is removed from the draft."
    return _done(request, done, "#gates", lambda **given: services.remove_gate(code=code, **given))


@require_POST
@member_view(can="edit_factors")
def remove_factor(request: OrgRequest, code: str) -> HttpResponse:
    """Take an own factor out of the draft."""
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
        return _to(request, "draft")
    messages.success(request, "The draft is discarded.")
    return _to(request, "factors")


@require_safe
@member_view(can="see_factors")
def effect(request: OrgRequest) -> HttpResponse:
    """Show what the draft would change, and what may be done with it."""
    row = the_draft()
    return _effect_page(request, row, ReasonForm(draft=row), CommentForm(draft=row))


@require_POST
@member_view(can="edit_factors")
def propose(request: OrgRequest) -> HttpResponse:
    """Ask that the draft be adopted."""
    row = the_draft()
    form = ReasonForm(request.POST, draft=row)
    saved = form.save_by(
        lambda data: services.propose_draft(
            actor=request.user, draft=row, seen=data["seen"], reason=data["reason"]
        )
    )
    if saved:
        messages.success(request, "The draft is proposed. It stands still until it is adopted or sent back.")
        return _to(request, "draft_effect")
    return _effect_page(request, row, form, CommentForm(draft=row))


@require_POST
@member_view(can="adopt_factors")
def send_back(request: OrgRequest) -> HttpResponse:
    """Open a proposed draft for changes again."""
    return _decided(request, services.send_back_draft, "The draft is open for changes again.", "draft")


@require_POST
@member_view(can="adopt_factors")
def adopt(request: OrgRequest) -> HttpResponse:
    """Put the proposed draft in force."""
    return _decided(request, services.adopt_draft, "The new version is in force.", "factors")


def the_draft() -> FactorDraft:
    """Give the draft of the open organisation, or 404."""
    row = queries_factor_sets.open_draft()
    if row is None:
        raise Http404("There is no draft.")
    return row


def _effect_page(
    request: OrgRequest, row: FactorDraft, reason: ReasonForm, comment: CommentForm
) -> HttpResponse:
    assessment = queries.current_assessment()
    follows = assessment is not None and queries_factor_sets.follows(assessment)
    key = f"{row.pk}:{row.updated_at.isoformat()}"
    context = {
        "page": queries_factors.draft_page(row, may_turn_off=_has_second(request)),
        "assessment": assessment,
        "follows": follows,
        "found": trying.effect(assessment=assessment, content=row.content, key=key) if assessment else None,
        "most": trying.MOST,
        "reason_form": reason,
        "comment_form": comment,
        "may_propose": request.may("edit_factors") and not row.is_proposed,
        "may_adopt": request.may("adopt_factors") and row.is_proposed,
        "cannot_adopt": services.may_not_adopt(row, request.user),
        "is_mine": row.proposed_by_id == request.user.pk,
    }
    is_refused = bool(reason.errors or comment.errors)
    return render(request, "assessments/factors/effect.html", context, status=422 if is_refused else 200)


def _decided(
    request: OrgRequest, decide: Callable[..., FactorDraft | FactorSet], done: str, page: str
) -> HttpResponse:
    row = the_draft()
    form = CommentForm(request.POST, draft=row)
    saved = form.save_by(
        lambda data: decide(actor=request.user, draft=row, seen=data["seen"], comment=data["comment"])
    )
    if saved:
        messages.success(request, done)
        return _to(request, page)
    return _effect_page(request, row, ReasonForm(draft=row), form)


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
    return _to(request, "draft", anchor)


def _has_second(request: OrgRequest) -> bool:
    return has_second_person(organisation=request.organisation, me=request.user, action="adopt_factors")


def _to(request: OrgRequest, name: str, anchor: str = "") -> HttpResponse:
    url = reverse(f"assessments:{name}", args=[request.organisation.slug])
    return redirect(f"{url}{anchor}")
