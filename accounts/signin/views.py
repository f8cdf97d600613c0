"""The account pages: allauth's views with our look, our refusals and what allauth has no page for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa_views
from allauth.mfa.totp import views as totp_views
from allauth.socialaccount.internal.flows.connect import disconnect, validate_disconnect
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.signin import sessions
from accounts.signin.forms import NameForm
from accounts.signin.log import note
from accounts.signin.pages import account_page, factor_page, own_zone

REFUSED = 422
View = Callable[..., HttpResponse]


def in_own_zone(view: View) -> View:
    """Write times in the zone of the person's organisation (the first by name): account pages have none."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with timezone.override(own_zone(user=_user(request))):
            return view(request, *args, **kwargs)

    return shown


class _Refusing:
    """Answer a form with errors as 422, like every other page."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # mixed into form views below
        response.status_code = REFUSED
        return response


class Code(_Refusing, mfa_views.AuthenticateView):  # type: ignore[misc]  # allauth ships no types
    """Ask for the second factor between password and session."""

    def _build_forms(self) -> Any:
        """allauth takes a POST without a code for one of a security key, which are off here."""
        if self.request.method == "POST" and "code" not in self.request.POST:
            self.request.POST = self.request.POST.copy()
            self.request.POST["code"] = ""
        return super()._build_forms()


class ProveByCode(_Refusing, mfa_views.ReauthenticateView):  # type: ignore[misc]  # allauth ships no types
    """Prove by a code who is asking."""


class ProveByPassword(_Refusing, account_views.ReauthenticateView):  # type: ignore[misc]  # allauth ships no types
    """Prove by the password who is asking."""


class SetUpCodes(_Refusing, totp_views.ActivateTOTPView):  # type: ignore[misc]  # allauth ships no types
    """Set up the codes of an authenticator app."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether everybody must have one."""
        return {**super().get_context_data(**kwargs), "is_required_here": settings.REQUIRE_MFA}


class ChangePassword(_Refusing, account_views.PasswordChangeView):  # type: ignore[misc]  # allauth ships no types
    """Change one's password; every other session ends at once."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """People who come in by the company's own sign-in have no password here, and get none."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return render(request, "account/password_none.html", {"oidc_name": settings.OIDC_NAME})
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it and end the other sessions."""
        response: HttpResponse = super().form_valid(form)
        sessions.end_sessions(user=form.user, but=self.request.session.session_key)
        return response


class PasswordByLink(_Refusing, account_views.PasswordResetFromKeyView):  # type: ignore[misc]  # allauth ships no types
    """Set a password by the link that ``manage.py reset_password`` printed."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it, end all sessions of the account, and forget failed attempts."""
        response: HttpResponse = super().form_valid(form)
        sessions.end_sessions(user=self.reset_user)
        get_adapter().forget_failures(self.request, self.reset_user.email)
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@in_own_zone
def overview(request: HttpRequest) -> HttpResponse:
    """Your account: name, e-mail, memberships, and how you sign in."""
    user = _user(request)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=user.pk).update(name=form.cleaned_data["name"])
        note("name changed", request=request, user_pk=user.pk)
        messages.success(request, "Name saved.")
        return redirect("account_overview")
    page = account_page(user=user, this_key=request.session.session_key)
    status = REFUSED if form.errors else 200
    return render(request, "account/overview.html", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@in_own_zone
def session_list(request: HttpRequest) -> HttpResponse:
    """List one's sessions; POST ends all others."""
    user, this_key = _user(request), request.session.session_key
    if request.method == "POST":
        count = sessions.end_sessions(user=user, but=this_key)
        note("other sessions ended", request=request, user_pk=user.pk, detail=f"count={count}")
        messages.success(request, "All other sessions are ended.")
        return redirect("usersessions_list")
    found = sessions.open_sessions(user=user, this_key=this_key)
    return render(request, "usersessions/list.html", {"sessions": found})


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    user = _user(request)
    if not sessions.end_session(user=user, pk=pk):
        raise Http404
    note("session ended", request=request, user_pk=user.pk)
    messages.success(request, "The session is ended.")
    return redirect("usersessions_list")


@require_safe
@login_required
@in_own_zone
def second_factor(request: HttpRequest) -> HttpResponse:
    """The state of one's second factor, and what can be done about it."""
    return render(request, "mfa/index.html", {"page": factor_page(_user(request))})


@require_POST
@login_required
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]  # allauth: no types
def disconnect_oidc(request: HttpRequest) -> HttpResponse:
    """Disconnect the company's own sign-in; its next use connects again by verified e-mail."""
    account = get_object_or_404(SocialAccount, user=request.user, provider=settings.OIDC_ISSUER)
    try:
        validate_disconnect(request, account)
    except ValidationError:
        messages.error(request, "Without it you could not sign in: your account has no password.")
        return redirect("account_overview")
    disconnect(request, account)
    return redirect("account_overview")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (login_required narrows the type)
    return request.user
