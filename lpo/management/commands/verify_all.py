"""`manage.py verify_all`: calculate every kept ranking again and hash every report file."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from lpo.verification import check_everything

DIFFERENT = 1


class Command(BaseCommand):
    """Exit code 0: everything is as it was kept; 1: something differs, and which."""

    help = "Verify every ranking record and report file of this installation."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and print."""
        found = check_everything()
        self.stdout.write(found.sentence)
        for fault in found.faults:
            self.stderr.write(fault)
        if found.faults:
            sys.exit(DIFFERENT)
        self.stdout.write("Everything is as it was kept.")
