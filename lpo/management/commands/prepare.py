"""Everything between a clone and a running sample: database, sample organisations, assets."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Organisation


def _is_behind() -> bool:
    """Say whether migrations wait; asking is much quicker than a migrate that finds nothing to do."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class Command(BaseCommand):
    """Used by ``make run``; safe to run again, and quick when nothing changed."""

    requires_system_checks = ()  # the server that starts next runs them

    help = "Migrate, load the sample organisations if they are missing, collect assets if they changed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the three steps, each only as far as needed."""
        self._port_is_free(int(os.environ.get("PORT", "8000")))
        if _is_behind():
            call_command("migrate", verbosity=0, interactive=False)
        if not Organisation.objects.filter(is_sample=True).exists():
            # Imported here because it brings the whole application: a second start should take seconds.
            from lpo.sample import load_sample

            load_sample()
            self.stdout.write("Loaded the sample organisations.")
        self._collect()

    def _port_is_free(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as taken:
                raise CommandError(
                    f"Port {port} cannot be used ({taken.strerror}). Choose another: make run PORT={port + 1}"
                ) from taken

    def _collect(self) -> None:
        if not settings.HASHED_ASSETS:
            return
        stamp, wanted = Path(settings.STATIC_ROOT) / ".stamp", self._fingerprint()
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(wanted, encoding="ascii")

    def _fingerprint(self) -> str:
        """Hash our own assets and the pinned packages that bring the others."""
        digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
        for path in sorted((settings.BASE_DIR / "static").rglob("*")):
            if path.is_file():
                digest.update(str(path).encode() + path.read_bytes())
        return digest.hexdigest()
