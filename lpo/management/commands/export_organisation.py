"""`manage.py export_organisation SLUG --to FILE.zip`: one organisation as a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from lpo.portability import NOT_EXPORTED, PortabilityFault, export_organisation


class Command(BaseCommand):
    """The file holds everything, counsel notes included: keep it like the database itself."""

    help = "Write one organisation, with its audit trail and report files, to a zip file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """SLUG, --to and what to do about missing files."""
        parser.add_argument("slug", metavar="SLUG", help="address of the organisation: /o/SLUG/")
        parser.add_argument("--to", metavar="FILE", required=True, type=Path, help="the zip file to write")
        parser.add_argument("--replace", action="store_true", help="write over an existing file")
        parser.add_argument("--allow-missing-files", action="store_true", help="leave out lost report files")

    def handle(self, *, slug: str, to: Path, **options: Any) -> None:
        """Write the file and say what is in it."""
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            raise CommandError(f"There is no organisation at the address “{slug}”.")
        if to.exists() and not options["replace"]:
            raise CommandError(f"{to} exists already; choose another name or say --replace.")
        try:
            done = export_organisation(organisation, to, may_miss_files=options["allow_missing_files"])
        except PortabilityFault as fault:
            raise CommandError(str(fault)) from fault
        rows = sum(done.counts.values())
        self.stdout.write(f"{organisation.name}: {rows:,} rows and {done.files:,} files written to {to}.")
        for left_out in NOT_EXPORTED.values():
            self.stdout.write(f"Not included are {left_out}.")
        self.stdout.write("The file holds counsel notes: keep it where only owner and counsel can read it.")
        for name in done.missing:
            self.stderr.write(f"Missing on the disk and left out: {name}")
