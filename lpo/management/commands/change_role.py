"""`manage.py change_role EMAIL --organisation SLUG --role ROLE`: when nobody is left to do it on the page."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Membership, Organisation
from accounts.roles import Role
from accounts.tenancy import opened
from lpo.invitation_link import find_organisation, plain_words


class Command(BaseCommand):
    """The audit trail says that it was done on the command line."""

    help = "Give a member another role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """EMAIL, --organisation, --role."""
        parser.add_argument("email", metavar="EMAIL", help="the member")
        parser.add_argument(
            "--organisation", metavar="SLUG", required=True, help="its part of the address: /o/SLUG/"
        )
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        """Change the role, or say why not."""
        organisation, email = find_organisation(options["organisation"]), options["email"].strip().lower()
        member = _member(organisation, email)
        try:
            with opened(organisation):
                services.change_role(actor=None, membership=member, role=options["role"])
        except ValidationError as refused:
            raise CommandError(plain_words(refused)) from refused
        member.refresh_from_db()
        self.stdout.write(f"{email} is {member.get_role_display()} of {organisation.name} now.")


def _member(organisation: Organisation, email: str) -> Membership:
    member = Membership.objects.filter(organisation=organisation, user__email=email).first()
    if member is None:
        raise CommandError(f"{email} is no member of {organisation.name}. Invite them: manage.py invite")
    return member
