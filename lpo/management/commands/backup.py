"""`manage.py backup --to DIR`: database and report files of one moment, while everybody goes on working."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpo.backup import BackupFault, make_backup

INCOMPLETE = 1


class Command(BaseCommand):
    """Exit code 1 when the backup stands but report files were missing on the disk. See docs/backup.md."""

    help = "Write a backup of this installation into a new folder below DIR."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--to."""
        parser.add_argument("--to", metavar="DIR", required=True, type=Path, help="where backups are kept")

    def handle(self, *, to: Path, **options: Any) -> None:
        """Make it and say where it is."""
        try:
            made = make_backup(to)
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Backup with {made.files} report files: {made.folder}")
        self.stdout.write("SECRET_KEY and the environment are not in it: keep them apart (docs/backup.md).")
        for name in made.missing:
            self.stderr.write(f"Missing on the disk, though a row names it: {name}")
        if made.missing:
            sys.exit(INCOMPLETE)
