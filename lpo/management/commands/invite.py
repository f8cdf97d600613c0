"""`manage.py invite EMAIL --organisation SLUG --role owner`: a way back in when no owner is left."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.roles import Role
from accounts.tenancy import opened
from lpo.invitation_link import add_base_url, base_url, find_organisation, plain_words, printed


class Command(BaseCommand):
    """An open invitation for the same address is replaced, so that there is always a link to print."""

    help = "Invite somebody into an organisation and print the link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL, --organisation, --role, --base-url."""
        parser.add_argument("email", metavar="EMAIL", help="whom to invite")
        parser.add_argument(
            "--organisation", metavar="SLUG", required=True, help="its part of the address: /o/SLUG/"
        )
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        add_base_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite, print the link."""
        base = base_url(options["base_url"])
        try:
            with opened(find_organisation(options["organisation"])):
                made = services.invite(
                    actor=None, email=options["email"], role=options["role"], is_replacing=True
                )
        except ValidationError as refused:
            raise CommandError(plain_words(refused)) from refused
        self.stdout.write(printed(made, base))
