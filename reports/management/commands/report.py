"""`manage.py report --organisation SLUG [--record N] [--paper letter|a4] --out FILE`: one board report."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation, User
from accounts.roles import Role
from accounts.tenancy import opened
from reports import services
from reports.models import Report
from selections.models import RankingRecord


class Command(BaseCommand):
    """Makes the report at once, without the queue, and keeps it with the others."""

    help = "Make the board report of a kept ranking and write the PDF to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisation, which record, which paper, where to."""
        parser.add_argument("--organisation", required=True, metavar="SLUG", help="short name in addresses")
        parser.add_argument(
            "--record", type=int, metavar="N", help="number of the record (default: the latest)"
        )
        parser.add_argument("--paper", choices=Report.Paper.values, default=Report.Paper.LETTER)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the PDF to write")

    def handle(self, *, organisation: str, record: int | None, paper: str, out: Path, **options: Any) -> None:
        """Find, make, write, say."""
        found = Organisation.objects.filter(slug=organisation).first()
        if found is None:
            raise CommandError(f"There is no organisation {organisation!r}.")
        with opened(found):
            report = self._made(found, record, paper)
            try:
                with report.file.open("rb") as file:
                    out.write_bytes(file.read())
            except OSError as fault:
                raise CommandError(f"{out}: {fault.strerror or 'cannot be written'}") from fault
            number = report.kept.number
        self.stdout.write(f"{out}: {report.page_count} pages, record {number}")
        for note in report.notes:
            self.stdout.write(f"Note: {note}")

    def _made(self, organisation: Organisation, number: int | None, paper: str) -> Report:
        records = RankingRecord.objects.select_related("selection").order_by("-selection", "-number")
        record = (records if number is None else records.filter(number=number)).first()
        if record is None:
            what = "no kept ranking" if number is None else f"no record {number}"
            raise CommandError(f"{organisation.name} has {what}.")
        actor = self._actor(organisation)
        report = services.request_report(record=record, paper=paper, actor=actor, is_limited=False)
        report = services.make_report(report_id=report.pk)
        if report.status == Report.Status.RUNNING:
            raise CommandError("A worker is making this report just now. Try again in a few seconds.")
        if report.status != Report.Status.DONE:
            raise CommandError(report.error or "The report could not be made.")
        return report

    def _actor(self, organisation: Organisation) -> User:
        """The audit trail names a person: whoever runs commands acts for the first owner."""
        owner = User.objects.filter(
            memberships__organisation=organisation, memberships__role=Role.OWNER, is_active=True
        ).order_by("pk")
        person = owner.first()
        if person is None:
            raise CommandError(f"{organisation.name} has no owner to act for.")
        return person
