"""Print a link by which one person sets a new password."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.models import User
from accounts.signin.log import note
from lpo.invitation_link import add_base_url, base_url


class Command(BaseCommand):
    """``manage.py reset_password EMAIL``: for whoever runs the server; owners of organisations cannot."""

    help = "Print a link that sets the password of one person. It works once and for a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the e-mail address, and where the server is reached."""
        parser.add_argument("email")
        add_base_url(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link and print it."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        if not user.is_active:
            raise CommandError(f"The account of {user.email} is closed.")
        base = base_url(options["base_url"])
        link = reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
        )
        note("password link printed", request=None, user_pk=user.pk)
        self.stdout.write(base + link)
        self.stderr.write("It works once and for a day. Hand it over on a way that only this person reads.")
