"""Asking for a report: once per record, paper and privilege line, and not without end."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from reports.models import Report
from reports.services.leases import WAITING, label
from selections.models import RankingRecord

# A report takes about a second: this is far more than a person needs and far less than fills a queue.
MOST_PER_HOUR = 20
HOUR = timedelta(hours=1)


class TooManyReportsError(ValueError):
    """This person asked for so many reports that they have to wait; the message says so."""


@transaction.atomic
def request_report(*, record: RankingRecord, paper: str, actor: User, is_limited: bool = True) -> Report:
    """Ask for the report of a kept ranking; the privilege line is what counsel chose for the selection.

    While the same report waits or is being made, asking again gives that one: a double click makes one
    report. Raises ``TooManyReportsError`` when the person has asked for ``MOST_PER_HOUR`` within an hour
    (failed ones do not count); ``is_limited`` is False for commands on the machine itself.
    """
    hold_names()  # requests of one organisation come one after the other: counts and the look-up hold
    has_line = record.selection.has_privilege_line
    same = Report.objects.filter(
        record=record, paper=paper, has_privilege_line=has_line, status__in=Report.OPEN
    ).first()
    if same is not None:
        return same
    if is_limited:
        _refuse_too_many(actor)
    report = Report.objects.create(
        record=record, paper=paper, has_privilege_line=has_line, stage=WAITING, requested_by=actor
    )
    audit.record(
        actor=actor,
        verb="asked for board report",
        obj=report,
        label=label(report),
        after={"record": record.number, "paper": paper, "has_privilege_line": has_line},
    )
    return report


def _refuse_too_many(actor: User) -> None:
    now = timezone.now()  # what lies ahead of it was written before the clock was set back: not counted
    recent = Report.objects.filter(requested_by=actor, requested_at__range=(now - HOUR, now))
    if recent.exclude(status=Report.Status.FAILED).count() >= MOST_PER_HOUR:
        raise TooManyReportsError(
            f"You asked for {MOST_PER_HOUR} reports within an hour. Nothing is lost: use the ones in the "
            "list, or ask again later."
        )
