"""What every change of people has in common: who goes first, who may, and what is checked."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError

from accounts import audit
from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import CAN, ROLE_NAMES, Role
from accounts.tenancy import current, hold_names


def hold(actor: User | None) -> Organisation:
    """Let changes of people happen one after the other, and give the open organisation.

    Call it first in the transaction. An actor who lost the right to manage while waiting is refused with
    ``PermissionDenied``; None is the command line.
    """
    hold_names()
    here = current()
    managers = Membership.objects.filter(organisation=here, role__in=CAN["manage"])
    if actor is not None and not managers.filter(user=actor).exists():
        raise PermissionDenied
    return here


def known_role(role: str) -> Role:
    """Let only the roles of the table through."""
    if role not in set(Role):
        raise ValidationError({"role": f"Choose one of these roles: {', '.join(ROLE_NAMES.values())}."})
    return Role(role)


def withdraw(*, actor: User | None, invitation: Invitation, reason: str = "") -> None:
    """Write down that an open invitation was revoked."""
    after = {"role": invitation.role} | ({"reason": reason} if reason else {})
    audit.record(actor=actor, verb="revoked invitation", obj=invitation, label=invitation.email, after=after)
