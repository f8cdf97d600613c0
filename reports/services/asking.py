"""Asking for a report: once per record, paper and privilege line, and not without end."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

import figures
import records
from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments.models import Assessment, TaskAssessment
from engine import ENGINE_VERSION
from reports.models import Report, SuitabilityRecord
from reports.services.leases import WAITING, label
from reports.suitability.inputs import read_assessment
from selections.models import RankingRecord, Selection

# A report takes about a second: this is far more than a person needs and far less than fills a queue.
MOST_PER_HOUR = 20
HOUR = timedelta(hours=1)
# Three or four tasks a page, and the workbook takes a second for every 200: beyond this nobody reads it.
MOST_TASKS = 500


class TooManyReportsError(ValueError):
    """This person asked for so many reports that they have to wait; the message says so."""


class NoSuitabilityReportError(ValueError):
    """There is nothing to report on, or too much; the message says so."""


@transaction.atomic
def request_report(*, record: RankingRecord, paper: str, actor: User, is_limited: bool = True) -> Report:
    """Ask for the report of a kept ranking; the privilege line is what counsel chose for the selection.

    While the same report waits or is being made, asking again gives that one: a double click makes one
    report. Raises ``TooManyReportsError`` when the person has asked for ``MOST_PER_HOUR`` within an hour
    (failed ones do not count); ``is_limited`` is False for commands on the machine itself.
    """
    hold_names()  # requests of one organisation come one after the other: counts and the look-up hold
    wanted = Report(record=record, paper=paper, has_privilege_line=record.selection.has_privilege_line)
    return _asked(wanted, actor, is_limited=is_limited)


@transaction.atomic
def request_suitability_report(*, assessment: Assessment, paper: str, actor: User) -> Report:
    """Ask for the report of an assessment as it is now; what it prints is stored here and now.

    It carries the privilege line when counsel chose it for a case of this assessment. Raises
    ``TooManyReportsError`` like ``request_report``, and ``NoSuitabilityReportError``.
    """
    hold_names()
    _refuse_unprintable(assessment)
    has_line = Selection.objects.filter(assessment=assessment, has_privilege_line=True).exists()
    wanted = Report(kind=Report.Kind.SUITABILITY, paper=paper, has_privilege_line=has_line)
    wanted.suitability = _kept(assessment, actor)
    return _asked(wanted, actor, is_limited=True)


def _refuse_unprintable(assessment: Assessment) -> None:
    count = TaskAssessment.objects.filter(assessment=assessment).count()
    if not count:
        raise NoSuitabilityReportError("There is no legal task yet. Add tasks first, then ask again.")
    if count > MOST_TASKS:
        raise NoSuitabilityReportError(
            f"The assessment has {figures.count(count)} legal tasks; a report prints at most "
            f"{figures.count(MOST_TASKS)}. Take the table of tasks as a CSV file instead."
        )


def _kept(assessment: Assessment, actor: User) -> SuitabilityRecord:
    """The stored record of the assessment as it is: the last one, or a new one when anything changed."""
    content = records.make_suitability_record(read_assessment(assessment))
    digest = records.sha256(content)
    before = SuitabilityRecord.objects.filter(assessment=assessment)
    last = before.select_related("assessment").defer("content").first()
    if last is not None and last.sha256 == digest:
        return last
    return SuitabilityRecord.objects.create(
        assessment=assessment,
        number=(before.aggregate(last=Max("number"))["last"] or 0) + 1,
        content=content,
        sha256=digest,
        engine_version=ENGINE_VERSION,
        kept_by=actor,
    )


def _asked(wanted: Report, actor: User, *, is_limited: bool) -> Report:
    """The same report that waits or is being made, or this one, saved."""
    same = Report.objects.filter(
        record=wanted.record,
        suitability=wanted.suitability,
        paper=wanted.paper,
        has_privilege_line=wanted.has_privilege_line,
        status__in=Report.OPEN,
    ).first()
    if same is not None:
        return same
    if is_limited:
        _refuse_too_many(actor)
    wanted.stage, wanted.requested_by = WAITING, actor
    wanted.save()
    audit.record(
        actor=actor,
        verb=f"asked for {wanted.get_kind_display().lower()}",
        obj=wanted,
        label=label(wanted),
        after={
            "record": wanted.kept.number,
            "paper": wanted.paper,
            "has_privilege_line": wanted.has_privilege_line,
        },
    )
    return wanted


def _refuse_too_many(actor: User) -> None:
    now = timezone.now()  # what lies ahead of it was written before the clock was set back: not counted
    recent = Report.objects.filter(requested_by=actor, requested_at__range=(now - HOUR, now))
    if recent.exclude(status=Report.Status.FAILED).count() >= MOST_PER_HOUR:
        raise TooManyReportsError(
            f"You asked for {MOST_PER_HOUR} reports within an hour. Nothing is lost: use the ones in the "
            "list, or ask again later."
        )
