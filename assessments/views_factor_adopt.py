"""What a draft would change, and the way from there: propose it, send it back, adopt it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import OrgRequest, member_view
from assessments import queries, queries_factor_sets, queries_factors, services, trying
from assessments.forms_factors import CommentForm, ReasonForm
from assessments.models import FactorDraft, FactorSet
from assessments.views_factor_draft import has_second, the_draft, to_page


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
        return to_page(request, "draft_effect")
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


def _effect_page(
    request: OrgRequest, row: FactorDraft, reason: ReasonForm, comment: CommentForm
) -> HttpResponse:
    assessment = queries.current_assessment()
    follows = assessment is not None and queries_factor_sets.follows(assessment)
    key = f"{row.pk}:{row.updated_at.isoformat()}"
    context = {
        "page": queries_factors.draft_page(row, may_turn_off=has_second(request)),
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
        return to_page(request, page)
    return _effect_page(request, row, ReasonForm(draft=row), form)
