"""`manage.py load_synthetic --tasks N --providers N`: a large invented organisation to measure with."""

from __future__ import annotations

import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from lpo.synthetic import DEFAULT_SLUG, ForeignOrganisationError, load_synthetic

MOST_TASKS, MOST_PROVIDERS = 999_999, 99_999


def _up_to(most: int) -> Any:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) > most:
            raise ArgumentTypeError(f"a whole number from 0 to {most:,} is needed, not {text!r}")
        return int(text)

    return read


class Command(BaseCommand):
    """Adds only to an organisation that this command made; run again with larger numbers it tops up."""

    help = "Fill an invented organisation up to N legal tasks and N providers; the same seed, the same rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Numbers, organisation and seed."""
        parser.add_argument("--tasks", type=_up_to(MOST_TASKS), required=True, metavar="N")
        parser.add_argument("--providers", type=_up_to(MOST_PROVIDERS), required=True, metavar="N")
        parser.add_argument("--organisation", default=DEFAULT_SLUG, metavar="SLUG")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(
        self, *, tasks: int, providers: int, organisation: str, seed: int, verbosity: int, **options: Any
    ) -> None:
        """Fill, say how far it is, and where to look."""
        validate_slug(organisation)
        start = time.monotonic()

        def progress(what: str, done: int, total: int) -> None:
            if verbosity and (done == total or done % 10_000 == 0):
                self.stdout.write(f"{done:,} of {total:,} {what}, {time.monotonic() - start:.0f} s")

        try:
            made = load_synthetic(
                tasks=tasks, providers=providers, slug=organisation, seed=seed, progress=progress
            )
        except ForeignOrganisationError as foreign:
            raise CommandError(str(foreign)) from foreign
        if verbosity:
            self.stdout.write(
                f"Added {made.tasks:,} legal tasks, {made.providers:,} providers and {made.bids} bids to "
                f"/o/{organisation}/ in {time.monotonic() - start:.0f} s."
            )
