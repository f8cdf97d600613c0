"""`manage.py import_organisation FILE.zip [--slug NEW]`: bring an exported organisation in."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lpo.portability import PortabilityFault, import_organisation

DIFFERENT = 1


class Command(BaseCommand):
    """All or nothing. Exit code 1 when it stands but a record gives other figures when calculated again."""

    help = "Read an exported organisation into this installation, beside whatever is here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE and --slug."""
        parser.add_argument("file", metavar="FILE", type=Path, help="what export_organisation wrote")
        parser.add_argument("--slug", default="", help="another address than the exported one")

    def handle(self, *, file: Path, slug: str, **options: Any) -> None:
        """Import, then say who can sign in and whether every kept ranking is what it was."""
        try:
            done = import_organisation(file, slug=slug)
        except PortabilityFault as fault:
            raise CommandError(str(fault)) from fault
        rows = sum(done.counts.values())
        self.stdout.write(
            f"{done.organisation.name}: {rows:,} rows imported at /o/{done.organisation.slug}/."
        )
        if done.linked:
            self.stdout.write(f"Already had an account here, and keep it: {', '.join(done.linked)}.")
        if done.created:
            self.stdout.write(f"New, without a password: {', '.join(done.created)}.")
            self.stdout.write("They cannot sign in before they get a password or use the company's sign-in.")
        checked = done.checked
        self.stdout.write(checked.sentence)
        for fault_found in checked.faults:
            self.stderr.write(fault_found)
        if checked.faults:
            sys.exit(DIFFERENT)
