"""`manage.py verify RECORD [--hash SHA256]`: calculate a record again and say whether anything changed."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from engine import InvalidInput
from lpo.management.commands.decide import UNREADABLE, read_bounded
from records import RECORD_LIMIT, Verification, verify_record

DIFFERENT = 1


class Command(BaseCommand):
    """Three separate answers: bytes, figures, versions. Exit code 0 same, 1 different, 2 unreadable."""

    help = "Calculate a record (lpo.record/1) again and say whether a change is detected, and where."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """RECORD and --hash."""
        parser.add_argument("record", metavar="RECORD", help="the record, a JSON file")
        parser.add_argument("--hash", metavar="SHA256", help="the hash printed in the report")

    def handle(self, *, record: str, hash: str | None = None, **options: Any) -> None:  # noqa: A002
        """Read, verify, print the three answers."""
        try:
            found = verify_record(read_bounded(Path(record), RECORD_LIMIT), hash)
        except InvalidInput as error:
            self._stop(str(error))
        except OSError as error:
            self._stop(f"{error.filename or record}: {error.strerror or 'cannot be read'}")
        else:
            self.stdout.write("\n".join(answers(found)))
            if not found.is_same:
                sys.exit(DIFFERENT)

    def _stop(self, lines: str) -> None:
        self.stderr.write(lines)
        sys.exit(UNREADABLE)


def answers(found: Verification) -> list[str]:
    """The verdict and the three answers, one a line."""
    matches = {None: f"no hash given; theirs is {found.sha256}", True: "match the printed hash"}
    bytes_answer = matches.get(found.bytes_match, f"DIFFER from the printed hash; theirs is {found.sha256}")
    figures = "same within 1e-9" if found.figures_match else f"DIFFERENT at {found.first_difference}"
    versions = "same" if found.versions_match else f"differ: {'; '.join(found.version_differences)}"
    return [
        "same: no change detected" if found.is_same else "different: a change was detected",
        f"bytes: {bytes_answer}",
        f"figures: {figures}",
        f"versions: {versions}",
    ]
