"""Pages that belong to no single app: home, the case, search."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.models import Organisation, User
from lpo import queries, rail
from lpo.search import search as find


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the only organisation of the user, or let them choose."""
    assert isinstance(request.user, User)  # noqa: S101  (login_required narrows the type)
    organisations = list(Organisation.objects.filter(memberships__user=request.user).order_by("name"))
    if len(organisations) == 1:
        return redirect("case", organisation=organisations[0].slug)
    return render(request, "home.html", {"organisations": organisations})


@require_safe
@member_view(can="see")
def case(request: OrgRequest) -> HttpResponse:
    """Show where the case stands, what to do next and the money of the last kept ranking."""
    case, counts = rail.standing(request)
    page = queries.case_page(
        slug=request.organisation.slug,
        role=request.membership.role,
        viewer=request.user,
        case=case,
        counts=counts,
    )
    return render(request, "case.html", {"case": page, "may_rest": request.may("keep_ranking")})


@require_safe
@member_view(can="see")
def search(request: OrgRequest) -> HttpResponse:
    """Find legal tasks, providers, reports and rules by a few letters."""
    query = request.GET.get("q", "").strip()[:80]
    case, counts = rail.standing(request)
    found = find(query, may=request.may, case=case, counts=counts)
    context = {"query": query, "found": found, "may_see_factors": request.may("see_factors")}
    return render(request, "search.html", context)
