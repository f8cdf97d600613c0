"""Who belongs to an organisation, and who is asked to: what the people page prints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import CAN, Role


@dataclass(frozen=True)
class MemberLine:
    """One member; ``joined_at`` is None where nobody wrote it down."""

    pk: int
    name: str
    email: str
    role: str
    joined_at: dt.datetime | None
    has_second_factor: bool
    is_me: bool
    is_closed: bool


@dataclass(frozen=True)
class InvitationLine:
    """One invitation that is open; an expired one stays in the list until it is renewed or revoked."""

    pk: int
    email: str
    role: str
    invited_by: str
    expires_at: dt.datetime
    is_expired: bool


@dataclass(frozen=True)
class People:
    """Everything that the people page prints."""

    members: tuple[MemberLine, ...]
    invitations: tuple[InvitationLine, ...]
    owners: int

    @property
    def without_second_factor(self) -> int:
        """Count the members who sign in with a password alone."""
        return sum(not member.has_second_factor for member in self.members)


def people(*, organisation: Organisation, me: User) -> People:
    """Read members and open invitations in two queries."""
    rows = (
        Membership.objects.filter(organisation=organisation)
        .select_related("user")
        .annotate(has_second_factor=_has_second_factor())
        .order_by("user__name", "user__email")
    )
    members = tuple(
        MemberLine(
            pk=row.pk,
            name=row.user.name or row.user.email,
            email=row.user.email,
            role=row.get_role_display(),
            joined_at=row.joined_at,
            has_second_factor=row.has_second_factor,
            is_me=row.user_id == me.pk,
            is_closed=not row.user.is_active,
        )
        for row in rows
    )
    return People(
        members=members,
        invitations=_invitations(organisation),
        owners=sum(row.role == Role.OWNER and row.user.is_active for row in rows),
    )


def _has_second_factor() -> Exists:
    """Recovery codes alone are none: they only stand in for one."""
    is_recovery = Q(type=Authenticator.Type.RECOVERY_CODES)
    return Exists(Authenticator.objects.filter(~is_recovery, user=OuterRef("user")))


def _invitations(organisation: Organisation) -> tuple[InvitationLine, ...]:
    now = timezone.now()
    rows = Invitation.objects.open().filter(organisation=organisation).select_related("invited_by")
    return tuple(
        InvitationLine(
            pk=row.pk,
            email=row.email,
            role=row.get_role_display(),
            invited_by=str(row.invited_by) if row.invited_by else "the command line",
            expires_at=row.expires_at,
            is_expired=row.expires_at <= now,
        )
        for row in rows.order_by("expires_at", "pk")
    )


def has_second_person(*, organisation: Organisation, me: User, action: str) -> bool:
    """Whether somebody besides ``me`` belongs to the organisation, can sign in and may do an action."""
    others = Membership.objects.filter(organisation=organisation, user__is_active=True).exclude(user=me)
    return others.filter(role__in=CAN[action]).exists()
