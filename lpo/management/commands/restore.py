"""`manage.py restore FROM [--replace]`: put a backup in place, then verify everything that was kept."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpo.backup import BackupFault, restore_backup
from lpo.verification import check_everything

DIFFERENT = 1


class Command(BaseCommand):
    """Exit code 1 when the backup stands but something that was kept is not what it was."""

    help = "Restore a backup into this installation, which must be empty unless --replace is said."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FROM and --replace."""
        parser.add_argument("folder", metavar="FROM", type=Path, help="a folder that `backup` made")
        parser.add_argument("--replace", action="store_true", help="put it in the place of existing data")

    def handle(self, *, folder: Path, replace: bool, **options: Any) -> None:
        """Restore, say what to do next, verify."""
        try:
            done = restore_backup(folder, replace=replace)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Restored the backup of {done.made_at} with {done.files} report files.")
        self.stdout.write(
            "Everybody signs in again. Members, roles and invitations are as they were then: look through "
            "the People page of each organisation for what was changed or revoked since."
        )
        for path in done.aside:
            self.stdout.write(f"The former data are in {path}; remove them when you are sure.")
        if done.is_behind:
            self.stdout.write(
                "The backup is of an older version: run `manage.py migrate`, then `verify_all`."
            )
            return
        found = check_everything()
        self.stdout.write(found.sentence)
        for fault_found in found.faults:
            self.stderr.write(fault_found)
        if found.faults:
            sys.exit(DIFFERENT)
        self.stdout.write("Everything is as it was kept.")
