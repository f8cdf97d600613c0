"""`manage.py create_organisation NAME --owner EMAIL`: start an organisation, print the link for its owner."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import services
from accounts.models import Organisation
from accounts.roles import Role
from accounts.services.invitations import NewInvitation
from accounts.services.organisation import LIMIT as NAME_LIMIT
from accounts.services.organisation import known_zone
from accounts.tenancy import opened
from lpo.invitation_link import add_base_url, base_url, plain_words, printed
from lpo.setup import start_organisation

SLUG_LIMIT = 60
PERIOD_LIMIT = 40


class Command(BaseCommand):
    """All or nothing; exit code 1 with a sentence when it cannot be done."""

    help = "Start an organisation and print an invitation link for its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, --owner, --period, --slug, --time-zone, --base-url."""
        parser.add_argument("name", metavar="NAME", help="the name of the legal department or company")
        parser.add_argument("--owner", metavar="EMAIL", required=True, help="who is invited as its owner")
        parser.add_argument(
            "--period", help="what the first assessment is called (default: FY and the current year)"
        )
        parser.add_argument(
            "--slug", help="its part of the address, a-z, 0-9 and hyphens (default: made from the name)"
        )
        parser.add_argument(
            "--time-zone", default="America/New_York", help="IANA name (default: America/New_York)"
        )
        add_base_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, create, print the link."""
        name = _name(options["name"])
        slug = _slug(options["slug"], name)
        period = (options["period"] or f"FY {_this_year()}").strip()
        if not 0 < len(period) <= PERIOD_LIMIT:
            raise CommandError(f"--period takes 1 to {PERIOD_LIMIT} characters.")
        base = base_url(options["base_url"])
        try:
            made = _create(
                name=name, slug=slug, period=period, zone=options["time_zone"], owner=options["owner"]
            )
        except ValidationError as refused:
            raise CommandError(plain_words(refused)) from refused
        self.stdout.write(f"{name} is ready at {base}/o/{slug}/\n\n{printed(made, base)}")


@transaction.atomic
def _create(*, name: str, slug: str, period: str, zone: str, owner: str) -> NewInvitation:
    if Organisation.objects.filter(slug=slug).exists():
        raise ValidationError(_taken(slug))
    try:
        with transaction.atomic():
            organisation = start_organisation(name=name, slug=slug, period=period, owner=None)
    except IntegrityError as taken:  # by somebody else in this very moment
        raise ValidationError(_taken(slug)) from taken
    organisation.time_zone = known_zone(zone)
    organisation.save(update_fields=["time_zone"])
    with opened(organisation):
        return services.invite(actor=None, email=owner, role=Role.OWNER)


def _taken(slug: str) -> str:
    return f"There is an organisation at /o/{slug}/ already. Choose another address with --slug."


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise CommandError(f"NAME takes 1 to {NAME_LIMIT} characters.")
    return name


def _slug(given: str | None, name: str) -> str:
    slug = (given if given is not None else slugify(name)[:SLUG_LIMIT].strip("-")).strip().lower()
    if not slug:
        raise CommandError(
            f"No address can be made from “{name}”. Choose one with --slug, for example --slug legal."
        )
    try:
        validate_slug(slug)
    except ValidationError as refused:
        raise CommandError(f"--slug {slug} may hold letters a-z, digits and hyphens only.") from refused
    if len(slug) > SLUG_LIMIT:
        raise CommandError(f"--slug takes {SLUG_LIMIT} characters at most.")
    return slug


def _this_year() -> int:
    today: date = timezone.localdate()
    return today.year
