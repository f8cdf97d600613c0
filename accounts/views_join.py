"""Joining by an invitation link.

Opening the link uses nothing up: it puts the key of the invitation into the session and goes on to an address
without the token. So the token stands on no page, in no Referer, in no form, and in no address that is logged
as a fault. (That first answer also forbids a Referer. The page itself may not, or browsers would hide the
origin of its form.) Whoever signs in on the way, by password or through the company, comes back to that page.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms_people import JoinForm
from accounts.models import Invitation, Membership, User
from accounts.roles import ROLE_DUTIES, Role
from accounts.services.invitations import InvitationGoneError, find, live

JOINING = "joining_invitation"  # session key; the sign-in through the company reads it too
RETRY_SECONDS = 60


@require_safe
@login_not_required
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Look the token up, remember its invitation, go on; the same answer whatever came of it."""
    where = reverse("join")
    request.session.pop(JOINING, None)
    # Django would log the address of a refusal, so the page without the token says it.
    if ratelimit.consume_or_429(request, action="join", limit_get=True) is not None:
        where = f"{where}?wait=1"
    elif (invitation := find(token)) is not None:
        request.session[JOINING] = invitation.pk
    answer = redirect(where)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def join(request: HttpRequest) -> HttpResponse:
    """Say who asks whom in as what, and let them: by a new account, or by the one they are signed in with."""
    if "wait" in request.GET:
        answer = render(request, "people/wait.html", status=429)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    invitation = live(request.session.get(JOINING))
    if invitation is None:
        return _gone(request)
    try:
        if request.user.is_authenticated:
            return _with_account(request, invitation, request.user)
        if User.objects.filter(email=invitation.email).exists():
            return _page(request, "sign_in", invitation)
        return _as_newcomer(request, invitation)
    except InvitationGoneError:
        return _gone(request)


@require_POST
@login_not_required
def other_account(request: HttpRequest) -> HttpResponse:
    """Sign out of the account that the invitation is not for, and come back."""
    invitation = live(request.session.get(JOINING))
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    if invitation is not None:
        request.session[JOINING] = invitation.pk
    return redirect("join")


def _with_account(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    if user.email != invitation.email:
        return _page(request, "other_account", invitation)
    error = ""
    if request.method == "POST":
        try:
            member = services.accept(invitation=invitation, user=user)
        except ValidationError as refused:
            error = refused.messages[0]
        else:
            return redirect(_welcome(request, member))
    return _page(request, "accept", invitation, error=error)


def _as_newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and ratelimit.consume_or_429(request, action="join_post") is not None:
        return redirect(f"{reverse('join')}?wait=1")
    member = form.save_by(
        lambda data: services.join(invitation=invitation, name=data["name"], password=data["password"])
    )
    if not isinstance(member, Membership):
        return _page(request, "newcomer", invitation, form=form)
    # allauth's own way in: limits, a second factor where one is asked for, a fresh session.
    login = Login(user=member.user, redirect_url=_welcome(request, member))
    answer: HttpResponse = perform_password_login(request, {"email": member.user.email}, login)
    return answer


def _page(
    request: HttpRequest, name: str, invitation: Invitation, *, error: str = "", form: JoinForm | None = None
) -> HttpResponse:
    page: dict[str, Any] = {
        "invitation": invitation,
        "duty": ROLE_DUTIES[Role(invitation.role)],
        "form": form,
        "error": error,
    }
    is_refused = bool(error or (form and form.errors))
    return render(request, f"people/join_{name}.html", page, status=422 if is_refused else 200)


def _welcome(request: HttpRequest, member: Membership) -> str:
    """Leave a word for the next page, and give its address."""
    request.session.pop(JOINING, None)
    messages.success(request, f"Welcome. You are {member.get_role_display()} of {member.organisation.name}.")
    return reverse("case", args=[member.organisation.slug])


def _gone(request: HttpRequest) -> HttpResponse:
    """The one page for a link that never was, was used, replaced or revoked, or has expired."""
    request.session.pop(JOINING, None)
    return render(request, "people/join_gone.html", status=404)
