"""`manage.py decide FILE [--out FILE]`: calculate a decision file. Needs no database."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from engine import InvalidInput
from records import DECISION_LIMIT, decide_document, decode_decision, make_record

UNREADABLE = 2


class Command(BaseCommand):
    """Prints the result as JSON; faults go to the error output, one a line, with exit code 2."""

    help = "Calculate a decision file (lpo.decision/1) and print its result (lpo.result/1) as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE and --out."""
        parser.add_argument("file", metavar="FILE", help="the decision, a JSON file")
        parser.add_argument("--out", metavar="FILE", help="write the record of the decision to this file too")

    def handle(self, *, file: str, out: str | None = None, **options: Any) -> None:
        """Read, calculate, write the record if asked for, print."""
        try:
            decision = decode_decision(read_bounded(Path(file), DECISION_LIMIT))
            result = decide_document(decision)
            if out is not None:
                Path(out).write_bytes(make_record(decision))
        except InvalidInput as error:
            self._stop(str(error))
        except OSError as error:
            self._stop(f"{error.filename or out or file}: {error.strerror or 'cannot be read or written'}")
        else:
            self._print(json.dumps(result, indent=2))

    def _print(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError as error:
            # What is left in the buffer would fail again, with a traceback, when the program ends.
            if sys.stdout is sys.__stdout__:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            self._stop(f"the result cannot be written: {error.strerror}")

    def _stop(self, lines: str) -> None:
        self.stderr.write(lines)
        sys.exit(UNREADABLE)


def read_bounded(path: Path, limit: int) -> bytes:
    """The bytes of a file, at most one more than `limit`, so that no file can fill the memory."""
    with path.open("rb") as stream:
        return stream.read(limit + 1)
