"""Remove the second factor of somebody who lost both phone and recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.signin.log import note
from accounts.signin.sessions import end_sessions


class Command(BaseCommand):
    """``manage.py remove_second_factor EMAIL``: their sessions end; with REQUIRE_MFA they need a new one."""

    help = (
        "Remove the second factor of one person and end their sessions. Make sure that it is them who asks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the e-mail address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove it."""
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account for {options['email']}.")
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if not removed:
            raise CommandError(f"{user.email} has no second factor.")
        end_sessions(user=user)
        note("second factor removed", request=None, user_pk=user.pk)
        self.stdout.write(f"{user.email} has no second factor any more. All their sessions are ended.")
