"""To the company's own sign-in and back. Where none is set up, there is no such page."""

from __future__ import annotations

from allauth.core import ratelimit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from accounts.signin.oidc_door import refused
from accounts.signin.oidc_provider import Callback, OidcAdapter, OidcProvider, configured_app, is_set_up

AWAY = "It does not answer. Wait a moment and try again, or sign in with your password."


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Send to the provider, by a page of ours.

    Our policy lets forms lead to this site alone, and browsers hold a redirect that follows a form to it.
    """
    if not is_set_up():
        raise Http404
    if request.method != "POST":
        return redirect("account_login")
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited is not None:
        return limited
    app = configured_app()
    try:
        answer = OidcProvider(request, app=app).redirect_from_request(request)
    except (OAuth2Error, RequestException) as fault:
        return refused(request, AWAY, event=f"provider away ({type(fault).__name__})")
    return render(request, "socialaccount/leaving.html", {"address": answer["Location"], "name": app.name})


@login_not_required
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer."""
    if not is_set_up():
        raise Http404
    adapter = OidcAdapter(request, configured_app().provider_id)
    try:
        answer: HttpResponse = Callback.adapter_view(adapter)(request)
    except (OAuth2Error, RequestException) as fault:  # allauth asks for the description outside its own net
        return refused(request, AWAY, event=f"provider away ({type(fault).__name__})")
    return answer
