"""The second factor: how its secrets are kept, and who must have one."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

# Reachable by a signed-in person who still has to set up a second factor. All else is closed.
BEFORE_SECOND_FACTOR = frozenset(
    {"mfa_activate_totp", "account_reauthenticate", "account_logout", "account_inactive"}
)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's second factor with its secrets encrypted at rest."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong or was used already. Wait for the next one and type that.",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database with a key derived from SECRET_KEY."""
        return _box(_secrets()).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Give the secret back; raises ``cryptography.fernet.InvalidToken`` when no known key opens it."""
        return _box(_secrets()).decrypt(encrypted_text.encode()).decode()


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@cache
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    """The first secret encrypts; each of them may decrypt."""
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"lpo second factor")
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))


def has_second_factor(user_pk: int) -> bool:
    """Say whether codes of an authenticator app are set up (recovery codes alone are not a factor)."""
    return bool(Authenticator.objects.filter(user_id=user_pk, type=Authenticator.Type.TOTP).exists())


class RequireSecondFactor:
    """Middleware: with REQUIRE_MFA, people without a second factor reach setting one up and no other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand on; the name of the address is known only in ``process_view``."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Send them to the set-up page, whatever they asked for and however."""
        if not settings.REQUIRE_MFA or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in BEFORE_SECOND_FACTOR or has_second_factor(request.user.pk):
            return None
        set_up = reverse("mfa_activate_totp")
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(set_up)
        return redirect(set_up)
