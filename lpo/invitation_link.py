"""What commands about people have in common: the organisation, the address of a link, how it is printed."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.services.invitations import NewInvitation

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def add_base_url(parser: ArgumentParser) -> None:
    """Take --base-url."""
    parser.add_argument(
        "--base-url",
        metavar="URL",
        help="where people reach this installation, for example https://lpo.firm.example "
        "(default: the first of ALLOWED_HOSTS)",
    )


def base_url(given: str | None) -> str:
    """Give the start of every address, without a slash at the end; CommandError when it is no address."""
    if not given:
        return _own_address()
    parts = urlsplit(given.strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise CommandError(f"--base-url {given} is no address. Write it like https://lpo.firm.example")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _own_address() -> str:
    hosts = [host for host in settings.ALLOWED_HOSTS if host != "*" and not host.startswith(".")]
    host = hosts[0] if hosts else "127.0.0.1"
    if host in LOOPBACK:
        return f"http://{host}:{os.environ.get('PORT', '8000')}"
    return f"{'https' if settings.HTTPS else 'http'}://{host}"


def printed(made: NewInvitation, base: str) -> str:
    """Say who may do what with the link; it cannot be shown a second time."""
    invitation = made.invitation
    until = f"{timezone.localtime(invitation.expires_at):%Y-%m-%d %H:%M %Z}"
    return "\n".join(
        [
            f"Invitation for {invitation.email} as {invitation.get_role_display()}:",
            "",
            f"  {base}{reverse('join_link', args=[made.token])}",
            "",
            f"It works once, until {until}, for this address alone. Send it to nobody else.",
            "It is not shown again; a new invitation replaces it.",
        ]
    )


def plain_words(refused: ValidationError) -> str:
    """Give the sentences of a refusal, one a line."""
    return "\n".join(refused.messages)


def find_organisation(slug: str) -> Organisation:
    """Give the organisation of an address; CommandError, with those that exist, when there is none."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)[:10])
        raise CommandError(f"There is no organisation {slug}. There is: {known or 'none yet'}.")
    return organisation
