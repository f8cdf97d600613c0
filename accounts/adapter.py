"""How allauth behaves here."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.ratelimit import RateLimitUsage, clear, consume, get_ip
from django.http import HttpRequest

from accounts.models import User
from accounts.signin.log import note, pk_of

# allauth would mail about these; here they go to the log (mails: ACCOUNT_EMAIL_NOTIFICATIONS).
NOTED = {
    "account/email/password_changed": "password changed",
    "account/email/password_reset": "password set by link",
    "account/email/password_set": "password set",
    "mfa/email/totp_activated": "second factor added",
    "mfa/email/totp_deactivated": "second factor removed",
    "mfa/email/recovery_codes_generated": "recovery codes made anew",
    "socialaccount/email/account_connected": "company sign-in connected",
    "socialaccount/email/account_disconnected": "company sign-in disconnected",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """People are invited; nobody signs up. Guessing is slowed without locking owners out."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": "Too many failed attempts. Wait five minutes, then try again.",
        "email_password_mismatch": "The e-mail and password are not correct.",
        "incorrect_password": "This password is not correct.",
        "enter_current_password": "This is not your current password.",
    }
    _of_account: RateLimitUsage | None = None

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Sign-up stays closed."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no name to sign in with other than their e-mail."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and write it down."""
        super().login(request, user)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        note("signed in", request=request, user_pk=user.pk, detail=f"by={'+'.join(methods)}")

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and write it down."""
        note("signed out", request=request, user_pk=pk_of(request.user))
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down whose account was tried; what was typed may hold a password, so it is not written."""
        email = str(credentials.get("email", "")).lower()
        pk = User.objects.filter(email=email).values_list("pk", flat=True).first()
        note("sign-in failed", request=request, user_pk=pk, is_failure=True)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write down what allauth would mail about."""
        if event := NOTED.get(template_prefix):
            note(event, request=self.request, user_pk=user.pk)
        super().send_notification_mail(template_prefix, user, context=context, email=email)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again who it is, unless they signed in moments ago in this very session."""
        return bool(super().is_reauthentication_required(app=app, **kwargs)) and not self._came_in_just_now()

    def _came_in_just_now(self) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        newest = max((float(record["at"]) for record in records), default=0.0)
        return time.time() - newest < int(app_settings.REAUTHENTICATION_TIMEOUT)

    # Wrong passwords: few for one account from one address; many more for one account from everywhere, so
    # that a stranger at a single address cannot keep the owner out.

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Not allauth's own key: it holds the host as it was sent, and each other port would count anew.
        return f"{str(credentials.get('email', '')).lower()}|{get_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt before the password is looked at; raises ``ValidationError`` over the limit."""
        super().pre_authenticate(request, **credentials)
        self._of_account = consume(
            request,
            app="allauth.account",
            action="login_failed_account",
            key=str(credentials.get("email", "")).lower(),
        )
        if not self._of_account:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._of_account:
            self._of_account.rollback()

    def forget_failures(self, request: HttpRequest, email: str) -> None:
        """Let somebody who just set a new password sign in with it at once."""
        key = self._get_login_attempts_cache_key(request, email=email)
        clear(request, app="allauth.account", action="login_failed", key=key)
        clear(request, app="allauth.account", action="login_failed_account", key=email.lower())
