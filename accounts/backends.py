"""Signing in by e-mail, and the limit on accounts whose password is published."""

from __future__ import annotations

import ipaddress
import os
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from accounts.models import User

LISTENS_ON = "LPO_LISTENS_ON"  # set by lpo/gunicorn_conf.py from the sockets that are really bound


def sample_signins_allowed() -> bool:
    """Say whether accounts with the published password may be used on this server."""
    return bool(settings.SAMPLE_SIGNINS) and _is_loopback(os.environ.get(LISTENS_ON, ""))


def _is_loopback(addresses: str) -> bool:
    hosts = [part.strip() for part in addresses.split(",") if part.strip()]
    return bool(hosts) and all(_loopback(host) for host in hosts)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's e-mail sign-in, closed to sample accounts unless this server may have them."""

    def _check_password(self, user: Any, password: str) -> Any:
        """Refuse sample users where they are not allowed as if the password were wrong.

        allauth remembers users that merely "cannot authenticate" and signs them in to say why; these must not
        get that far. Gives the user or None.
        """
        checked = super()._check_password(user, password)
        if user is not None and user.is_sample and not sample_signins_allowed():
            self.unstash_authenticated_user()
            return None
        return checked

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse inactive users, and sample users where they are not allowed."""
        if user is not None and user.is_sample and not sample_signins_allowed():
            return False
        return bool(super().user_can_authenticate(user))

    def get_user(self, user_id: int) -> User | None:
        """Look the user up at each request, so that a session ends when the right to sign in does."""
        user = User.objects.filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
