"""What the account pages show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from accounts.models import Membership, User
from accounts.signin.oidc_provider import is_set_up, name_if_set_up
from accounts.signin.sessions import open_sessions


@dataclass(frozen=True)
class FactorPage:
    """The second factor of one person; the codes themselves are on a page that asks again who it is."""

    is_on: bool
    since: dt.datetime | None
    last_used_at: dt.datetime | None
    codes_left: int
    is_required: bool


@dataclass(frozen=True)
class AccountPage:
    """How somebody signs in, and where they are a member."""

    email: str
    memberships: tuple[tuple[str, str, str], ...]  # organisation, its address part, role in words
    factor: FactorPage
    has_password: bool
    oidc_name: str  # empty where the installation has none
    oidc_since: dt.datetime | None
    session_count: int


def factor_page(user: User) -> FactorPage:
    """Read the second factor of a person."""
    kinds = {row.type: row for row in Authenticator.objects.filter(user=user)}
    app, codes = kinds.get(Authenticator.Type.TOTP), kinds.get(Authenticator.Type.RECOVERY_CODES)
    return FactorPage(
        is_on=app is not None,
        since=app.created_at if app else None,
        last_used_at=app.last_used_at if app else None,
        codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
        is_required=settings.REQUIRE_MFA,
    )


def own_zone(*, user: User) -> str:
    """Give the time zone of the first of their organisations by name; UTC for somebody without one."""
    zones = Membership.objects.filter(user=user).order_by("organisation__name")
    return zones.values_list("organisation__time_zone", flat=True).first() or "UTC"


def account_page(*, user: User, this_key: str | None) -> AccountPage:
    """Read everything the page of an account shows."""
    connected = None
    if is_set_up():
        connected = SocialAccount.objects.filter(user=user, provider=settings.OIDC_ISSUER).first()
    members = (
        Membership.objects.filter(user=user).select_related("organisation").order_by("organisation__name")
    )
    return AccountPage(
        email=user.email,
        memberships=tuple((m.organisation.name, m.organisation.slug, m.get_role_display()) for m in members),
        factor=factor_page(user),
        has_password=user.has_usable_password(),
        oidc_name=name_if_set_up(),
        oidc_since=connected.date_joined if connected else None,
        session_count=len(open_sessions(user=user, this_key=this_key)),
    )
