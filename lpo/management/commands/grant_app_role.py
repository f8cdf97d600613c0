"""`manage.py grant_app_role ROLE`: what the application's role may do on PostgreSQL."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from lpo.database_roles import APPEND, READ, RoleError, grant_app_role


class Command(BaseCommand):
    """Idempotent; run by the owner of the tables after each migrate (`manage.py release` does both)."""

    help = "Give the application's PostgreSQL role what it needs and nothing else. Run it as the owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """ROLE."""
        parser.add_argument("role", metavar="ROLE", help="the role of DATABASE_URL")

    def handle(self, *, role: str, **options: Any) -> None:
        """Grant and say what was granted."""
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; this installation runs on SQLite.")
        try:
            rights = grant_app_role(role)
        except RoleError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The rights could not be given; are you the owner? {error}") from error
        kept = sorted(table for table, granted in rights.items() if granted == APPEND)
        read = sorted(table for table, granted in rights.items() if granted == READ)
        self.stdout.write(f"{role} may read and change {len(rights) - len(kept) - len(read)} tables,")
        self.stdout.write(f"only add to {', '.join(kept)}, only read {', '.join(read)}.")
