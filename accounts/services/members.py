"""Changing the role of a member, and members who go. The next request of that member already feels it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Invitation, Membership, Organisation, User
from accounts.roles import Role
from accounts.services.people import hold, known_role, withdraw
from accounts.tenancy import current, hold_names


@transaction.atomic
def change_role(*, actor: User | None, membership: Membership, role: str) -> int:
    """Give a member another role; gives the number of invitations that were revoked with it.

    Raises ``ValidationError`` for an unknown role, for the last owner, and when the member is gone.
    An owner who stops being one takes along the invitations they made: no way back stays open.
    """
    here = hold(actor)
    role = known_role(role)
    member = _fresh(membership, here)
    if member.role == role:
        return 0
    before = member.role
    if before == Role.OWNER:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    audit.record(
        actor=actor,
        verb="changed role",
        obj=member,
        label=member.user.email,
        before={"role": before},
        after={"role": role},
    )
    return _revoke_invitations_of(member.user, actor) if before == Role.OWNER else 0


@transaction.atomic
def remove_member(*, actor: User | None, membership: Membership) -> int:
    """End a membership; gives the number of invitations that were revoked with it.

    What the member wrote stays. Raises ``ValidationError`` for the last owner and when the member is gone.
    """
    here = hold(actor)
    return _end(_fresh(membership, here), actor=actor, verb="removed member")


@transaction.atomic
def leave(*, actor: User) -> int:
    """End the actor's own membership of the open organisation, like ``remove_member``."""
    hold_names()
    mine = Membership.objects.select_related("user").filter(user=actor, organisation=current()).first()
    if mine is None:
        raise ValidationError("You are not a member any more.")
    return _end(mine, actor=actor, verb="left organisation")


def _end(member: Membership, *, actor: User | None, verb: str) -> int:
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    before = {"role": member.role, "joined_at": member.joined_at}
    audit.record(actor=actor, verb=verb, obj=member, label=member.user.email, before=before)
    member.delete()
    return _revoke_invitations_of(member.user, actor)


def _fresh(membership: Membership, here: Organisation) -> Membership:
    """Read the member again, now that nobody else changes people."""
    member = Membership.objects.select_related("user").filter(pk=membership.pk, organisation=here).first()
    if member is None:
        raise ValidationError(f"{membership.user} is not a member any more.")
    return member


def _keep_an_owner(leaving: Membership) -> None:
    owners = Membership.objects.filter(
        organisation=leaving.organisation_id, role=Role.OWNER, user__is_active=True
    )
    if not owners.exclude(pk=leaving.pk).exists():
        raise ValidationError(f"{leaving.user} is the only owner. Make somebody else an owner first.")


def _revoke_invitations_of(user: User, actor: User | None) -> int:
    """Revoke what a former owner made, so that nobody invites themselves back."""
    made = list(Invitation.objects.open().filter(organisation=current(), invited_by=user))
    for invitation in made:
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
        withdraw(actor=actor, invitation=invitation, reason=f"{user.email} is no longer an owner")
    return len(made)
