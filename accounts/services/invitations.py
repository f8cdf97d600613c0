"""Inviting people by a link that works once: made, replaced, revoked, accepted.

The link carries a random token of 256 bits. We keep its SHA-256 alone, so whoever reads the database or the
audit trail cannot join; nobody, we included, can show the link a second time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Invitation, Membership, User
from accounts.services.people import hold, known_role, withdraw
from accounts.tenancy import current, hold_names, opened

VALID_FOR = dt.timedelta(days=7)
TOKEN_BYTES = 32
NAME_LIMIT = 120  # characters, as the column has


class InvitationGoneError(Exception):
    """The invitation was accepted, revoked or replaced, or its time is over."""


@dataclass(frozen=True)
class NewInvitation:
    """An invitation with its token, which exists here and in the link and nowhere else."""

    invitation: Invitation
    token: str = field(repr=False)


def find(token: str) -> Invitation | None:
    """Give the invitation that a link belongs to, if it can still be accepted."""
    return Invitation.objects.live().select_related("organisation").filter(token_hash=_hash(token)).first()


def live(pk: object) -> Invitation | None:
    """Give an invitation by its key, if it can still be accepted; anything but a key gives None."""
    if not isinstance(pk, int):
        return None
    return Invitation.objects.live().select_related("organisation").filter(pk=pk).first()


@transaction.atomic
def invite(*, actor: User | None, email: str, role: str, is_replacing: bool = False) -> NewInvitation:
    """Ask somebody into the open organisation.

    Raises ``ValidationError`` by field for an address that is none or belongs to a member, for an unknown
    role, and for somebody who holds a live invitation, unless ``is_replacing`` (then that one is revoked).
    """
    hold(actor)
    email, role = _address(email), known_role(role)
    member = Membership.objects.filter(organisation=current(), user__email=email).first()
    if member is not None:
        raise ValidationError({"email": f"{email} is a member already: {member.get_role_display()}."})
    waiting = Invitation.objects.open().filter(organisation=current(), email=email).first()
    if waiting is not None and waiting.expires_at > timezone.now() and not is_replacing:
        raise ValidationError(
            {"email": f"{email} is invited already. Make a new link in the list, or revoke that one first."}
        )
    if waiting is not None:
        _close(waiting)
        withdraw(actor=actor, invitation=waiting, reason="replaced by a new invitation")
    return _create(actor=actor, email=email, role=role, verb="invited")


@transaction.atomic
def renew(*, actor: User | None, invitation: Invitation) -> NewInvitation:
    """Make a fresh link for the same person and role; the old one stops working.

    Raises ``ValidationError`` when the invitation was accepted or revoked meanwhile.
    """
    hold(actor)
    _close(invitation)
    return _create(actor=actor, email=invitation.email, role=invitation.role, verb="made new invitation link")


@transaction.atomic
def revoke(*, actor: User | None, invitation: Invitation) -> None:
    """Stop a link from working; ``ValidationError`` when it no longer did."""
    hold(actor)
    _close(invitation)
    withdraw(actor=actor, invitation=invitation)


def accept(*, invitation: Invitation, user: User) -> Membership:
    """Make a user the member that the invitation names.

    Raises ``InvitationGoneError`` when it cannot be accepted any more, ``ValidationError`` when it is for
    another address or the user is a member already. Nobody needs to have an organisation open.
    """
    with opened(invitation.organisation), transaction.atomic():
        hold_names()
        return _take(invitation.pk, user)


def join(*, invitation: Invitation, name: str, password: str) -> Membership:
    """Create the account that the invitation names and make it a member.

    Raises ``ValidationError`` by field for a missing name or a password that the rules refuse, and without
    field when the address has an account by now; ``InvitationGoneError`` like ``accept``.
    """
    user = User(email=invitation.email, name=" ".join(name.split()))
    if not user.name or len(user.name) > NAME_LIMIT:
        raise ValidationError({"name": f"Enter your name, at most {NAME_LIMIT} characters."})
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise ValidationError({"password": refused.messages}) from refused
    user.set_password(password)  # slow on purpose, so it is done before others have to wait
    with opened(invitation.organisation), transaction.atomic():
        hold_names()
        if live(invitation.pk) is None:
            raise InvitationGoneError
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as taken:
            raise ValidationError(f"{user.email} has an account by now. Sign in with it to join.") from taken
        return _take(invitation.pk, user)


def _take(pk: int, user: User) -> Membership:
    """Use the invitation up, at most once: read again, and the update counts only while it is live."""
    now, here = timezone.now(), current()
    rows = Invitation.objects.live().filter(pk=pk, organisation=here)
    invitation = rows.first()
    if invitation is None:
        raise InvitationGoneError
    if user.email != invitation.email:
        raise ValidationError(f"This invitation is for {invitation.email}.")
    if Membership.objects.filter(user=user, organisation=here).exists():
        raise ValidationError("You are a member already.")
    if not rows.update(accepted_at=now, accepted_by=user):
        raise InvitationGoneError
    member = Membership.objects.create(user=user, organisation=here, role=invitation.role, joined_at=now)
    after = {"role": member.role, "invitation": pk}
    audit.record(actor=user, verb="accepted invitation", obj=member, label=user.email, after=after)
    return member


def _create(*, actor: User | None, email: str, role: str, verb: str) -> NewInvitation:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        organisation=current(),
        email=email,
        role=role,
        token_hash=_hash(token),
        invited_by=actor,
        expires_at=timezone.now() + VALID_FOR,
    )
    after = {"role": role, "expires_at": invitation.expires_at}
    audit.record(actor=actor, verb=verb, obj=invitation, label=email, after=after)
    return NewInvitation(invitation, token)


def _close(invitation: Invitation) -> None:
    row = Invitation.objects.open().filter(pk=invitation.pk, organisation=current())
    if not row.update(revoked_at=timezone.now()):
        raise ValidationError(f"The invitation of {invitation.email} was accepted or revoked meanwhile.")


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as refused:
        raise ValidationError(
            {"email": "Enter an e-mail address, for example name@firm.example."}
        ) from refused
    return email


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
