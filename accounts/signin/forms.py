"""The forms of signing in that differ from allauth's, and one's own name."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.core.internal.ratelimit import consume
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts.signin.log import note


class _StricterCode:
    """What is added to allauth's check of a code."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Check a code: few wrong ones a day, each code of the app once for as long as it could be valid."""
        attempt = consume(
            context.request, app="allauth.account", action="second_factor_failed", key=str(self.user.pk)
        )
        if not attempt:
            raise ValidationError("Too many wrong codes today. Try again tomorrow.")
        try:
            code = str(super().clean_code())  # type: ignore[misc]  # mixed into allauth's forms below
        except InvalidToken as unreadable:
            raise ValidationError(
                "Your second factor can no longer be read. Ask the people who run this server to remove it."
            ) from unreadable
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_first_use(code):
            raise get_adapter().validation_error("incorrect_code")
        attempt.rollback()
        return code

    def _is_first_use(self, code: str) -> bool:
        """allauth remembers a used code for one period, but accepts it in the periods around it too."""
        digits = "".join(character for character in code if character.isdigit())
        seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        return bool(cache.add(f"second-factor-used:{self.user.pk}:{digits}", "y", timeout=seconds))

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]  # see clean_code
        note("second factor failed", request=context.request, user_pk=self.user.pk, is_failure=True)


class SignInCodeForm(_StricterCode, AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code at sign-in."""


class ProveCodeForm(_StricterCode, ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that proves once more who is asking."""


class NameForm(forms.Form):
    """One's own name."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Write the name that your colleagues know."},
    )
