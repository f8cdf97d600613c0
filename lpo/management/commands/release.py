"""`manage.py release`: what happens once per version, before its processes start."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from lpo.assets import collect_if_changed
from lpo.database_roles import connected_with

RELEASE_LOCK = 5_207_311  # any number that nobody else in this database locks


@contextmanager
def _alone() -> Iterator[None]:
    """Let a second release on another machine wait until this one is through."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [RELEASE_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [RELEASE_LOCK])


class Command(BaseCommand):
    """Migrate as the owner, give the application's role its rights, collect assets. Safe to run again."""

    help = (
        "Migrate (as the owner when OWNER_DATABASE_URL is set), grant the role of DATABASE_URL its rights, "
        "collect assets."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only the assets, for building an image."""
        parser.add_argument("--assets-only", action="store_true", help="needs no database")

    def handle(self, *, assets_only: bool, **options: Any) -> None:
        """Do the steps and say each."""
        if not assets_only:
            self._migrate()
        done = collect_if_changed(forget_old=False)
        self.stdout.write("Assets collected." if done else "Assets are as they should be.")

    def _migrate(self) -> None:
        app_role = str(connection.settings_dict["USER"])
        if not settings.OWNER_DATABASE_URL:
            call_command("migrate", verbosity=1, interactive=False, stdout=self.stdout)
            if connection.vendor == "postgresql":
                self.stdout.write("OWNER_DATABASE_URL is not set: one role owns and serves (docs/deploy.md).")
            return
        with connected_with(settings.OWNER_DATABASE_URL), _alone():
            call_command("migrate", verbosity=1, interactive=False, stdout=self.stdout)
            call_command("grant_app_role", app_role, stdout=self.stdout)
