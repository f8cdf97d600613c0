"""Factor sets to read: the one in force, earlier versions, how two of them differ."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from assessments import queries, queries_factor_sets, queries_factors
from assessments.forms_factors import CompareForm
from assessments.models import FactorSet


@require_safe
@member_view(can="see_factors")
def factors(request: OrgRequest) -> HttpResponse:
    """Show the set in force."""
    return _page(request, queries_factor_sets.in_force())


@require_safe
@member_view(can="see_factors")
def version(request: OrgRequest, number: int) -> HttpResponse:
    """Show an earlier version as it was."""
    return _page(request, queries_factor_sets.version(number))


@require_safe
@member_view(can="see_factors")
def differences(request: OrgRequest) -> HttpResponse:
    """Show how two versions differ; without a choice the newest from the one before it."""
    found = queries_factors.comparison(*CompareForm(request.GET).chosen())
    if found is None:
        raise Http404
    return render(request, "assessments/factors/differences.html", {"found": found})


def _page(request: OrgRequest, factor_set: FactorSet | None) -> HttpResponse:
    if factor_set is None:
        raise Http404
    context = {
        "page": queries_factors.page(factor_set, queries.current_assessment()),
        "may_edit": request.may("edit_factors"),
    }
    return render(request, "assessments/factors/factors.html", context)
