"""Start-up checks of the company's own sign-in."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from accounts.signin.oidc_provider import is_private_line

ISSUER_LIMIT = 200  # characters, as the column has under which connected accounts are kept


@register()
def company_signin_is_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Either no OIDC variable is set, or all that are needed, with an issuer that cannot be listened to."""
    given = (settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    if not any(given):
        return []
    faults: list[CheckMessage] = []
    if not all(given):
        faults.append(
            Error("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together.", id="accounts.E010")
        )
    if settings.OIDC_ISSUER and not is_private_line(settings.OIDC_ISSUER):
        faults.append(Error("OIDC_ISSUER must be an https address.", id="accounts.E011"))
    if len(settings.OIDC_ISSUER) > ISSUER_LIMIT:
        faults.append(Error(f"OIDC_ISSUER has more than {ISSUER_LIMIT} characters.", id="accounts.E012"))
    return faults
