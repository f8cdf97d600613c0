"""Everything between a clone and a running sample: database, sample organisations, assets."""

from __future__ import annotations

import os
import socket
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Organisation
from lpo.assets import collect_if_changed


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
        collect_if_changed(forget_old=True)

    def _port_is_free(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as taken:
                raise CommandError(
                    f"Port {port} cannot be used ({taken.strerror}). Choose another: make run PORT={port + 1}"
                ) from taken
