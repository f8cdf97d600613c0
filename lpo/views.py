"""Pages that belong to no single app: home, the case, search, and what an error looks like."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.models import Organisation, User
from lpo import queries


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
    page = queries.case_page(slug=request.organisation.slug, role=request.membership.role)
    return render(request, "case.html", {"case": page})


@require_safe
@member_view(can="see")
def search(request: OrgRequest) -> HttpResponse:
    """Find legal tasks, providers and reports by a few letters."""
    query = request.GET.get("q", "").strip()[:80]
    return render(request, "search.html", {"query": query, "found": queries.search(query)})


def _error(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if not hasattr(request, "user"):  # an error before the session was read
        request.user = AnonymousUser()
    return render(request, "error.html", {"title": title, "text": text}, status=status)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: too much at once, or text that cannot be stored."""
    return _error(
        request,
        400,
        "This could not be read",
        "Nothing was changed. It was too long, or it held a character that cannot be stored. "
        "Go back, shorten or retype it, and send it again.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role may not do this."""
    return _error(
        request,
        403,
        "Your role may not do this",
        "Nothing was changed. Ask an owner of the organisation if you should be able to.",
    )


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not yours (the two look the same on purpose)."""
    return _error(
        request,
        404,
        "There is no such page",
        "It may have been removed, or it belongs to another organisation.",
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault, told without details."""
    return _error(
        request,
        500,
        "Something went wrong on our side",
        "What you last saved is safe. Try again; if it happens again, tell the people who run this server.",
    )
