"""Board reports: asked for, made, failed, sent again. The row is the truth; the queue only wakes a worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

import records
from accounts import audit
from accounts.models import User
from engine import InvalidInput
from reports.build import Options, build
from reports.fonts import FontError
from reports.models import Report
from reports.pdf import PaperName, Pdf, TypesettingError, render
from selections.models import RankingRecord

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=20)
MAX_ATTEMPTS = 3
WAITING = "Waiting for a worker"
NOT_SENT = "Waiting: the queue cannot be reached just now. The report is sent again by itself."
GAVE_UP = (
    f"The report could not be made in {MAX_ATTEMPTS} attempts. Ask for it again; if that fails too, tell "
    "whoever runs this installation: the log says more."
)


@transaction.atomic
def request_report(*, record: RankingRecord, paper: str, actor: User) -> Report:
    """Ask for the report of a kept ranking; the privilege line is what counsel chose for the selection."""
    report = Report.objects.create(
        record=record,
        paper=paper,
        has_privilege_line=record.selection.has_privilege_line,
        stage=WAITING,
        requested_by=actor,
    )
    audit.record(
        actor=actor,
        verb="asked for board report",
        obj=report,
        label=_label(report),
        after={"record": record.number, "paper": paper, "has_privilege_line": report.has_privilege_line},
    )
    return report


def make_report(*, report_id: int) -> Report:
    """Make one report unless somebody else is at it. Doing it twice does no harm.

    The claim is a compare-and-set with a lease; ``attempts`` is its token, so that a worker whose lease ran
    out cannot overwrite the work of the next one.
    """
    claim = _claim(report_id)
    report = Report.objects.select_related(
        "record__selection__assessment", "record__kept_by", "organisation"
    ).get(pk=report_id)
    if claim is None:
        return report
    try:
        pdf = _made(report, claim)
        _finish(report, claim, pdf)
    except (InvalidInput, TypesettingError, FontError) as fault:
        logger.exception("report %s", report_id)
        _fail(report, claim, f"The report could not be made: {fault}")
    except OSError as fault:
        logger.exception("report %s", report_id)
        reason = fault.strerror or "unknown reason"
        _fail(report, claim, f"The report could not be written to the disk ({reason}). Ask for it again.")
    report.refresh_from_db()
    return report


def _claim(report_id: int) -> int | None:
    """Take a waiting report, or one whose worker was lost; None when there is nothing to take."""
    now = timezone.now()
    free = Q(status=Report.Status.QUEUED) | Q(status=Report.Status.RUNNING, lease_until_at__lt=now)
    waiting = Report.objects.filter(free, pk=report_id)
    tired = waiting.filter(attempts__gte=MAX_ATTEMPTS)
    if tired.update(status=Report.Status.FAILED, error=GAVE_UP, finished_at=now):
        return None
    taken = waiting.update(
        status=Report.Status.RUNNING,
        attempts=F("attempts") + 1,
        lease_until_at=now + LEASE,
        progress=5,
        stage="Reading the record",
    )
    return Report.objects.values_list("attempts", flat=True).get(pk=report_id) if taken else None


def _made(report: Report, claim: int) -> Pdf:
    record = report.record
    content = bytes(record.content)
    options = _options(report)
    _advance(report, claim, 20, "Arranging the pages")
    page_content = build(records.read_json(content, limit=records.RECORD_LIMIT), options)
    _advance(report, claim, 45, "Typesetting")
    pdf = render(page_content, cast("PaperName", report.paper), made_at=options.made_at)
    _advance(report, claim, 90, "Saving the file")
    return pdf


def _options(report: Report) -> Options:
    """Everything that the report says beyond its record; dates in the organisation's time zone."""
    record, organisation = report.record, report.organisation
    zone = ZoneInfo(organisation.time_zone)
    return Options(
        organisation=organisation.name,
        currency=organisation.currency,
        is_sample=organisation.is_sample,
        has_privilege_line=report.has_privilege_line,
        selection=record.selection.name,
        period=record.selection.assessment.period,
        record_number=record.number,
        sha256=record.sha256,
        kept_by=str(record.kept_by or ""),
        kept_at=record.kept_at.astimezone(zone),
        reason=record.reason,
        made_at=timezone.now().astimezone(zone),
    )


def _mine(report: Report, claim: int) -> Q:
    return Q(pk=report.pk, status=Report.Status.RUNNING, attempts=claim)


def _advance(report: Report, claim: int, progress: int, stage: str) -> None:
    lease = timezone.now() + LEASE
    Report.objects.filter(_mine(report, claim)).update(progress=progress, stage=stage, lease_until_at=lease)


def _finish(report: Report, claim: int, pdf: Pdf) -> None:
    """Write the file, then the row; a worker that lost its claim leaves no file behind."""
    name = f"board-report-{report.organisation.slug}-record-{report.record.number}-{report.pk}.pdf"
    report.file.save(name, ContentFile(pdf.content), save=False)
    with transaction.atomic():
        done = Report.objects.filter(_mine(report, claim)).update(
            status=Report.Status.DONE,
            progress=100,
            stage="",
            error="",
            notes=list(pdf.notes),
            file=report.file.name,
            file_sha256=records.sha256(pdf.content),
            page_count=pdf.pages,
            lease_until_at=None,
            finished_at=timezone.now(),
        )
        if done:
            audit.record(
                actor=None,
                verb="made board report",
                obj=report,
                label=_label(report),
                after={"pages": pdf.pages, "sha256": records.sha256(pdf.content)},
            )
    if not done:
        report.file.delete(save=False)


def _fail(report: Report, claim: int, sentence: str) -> None:
    with transaction.atomic():
        failed = Report.objects.filter(_mine(report, claim)).update(
            status=Report.Status.FAILED,
            stage="",
            error=sentence,
            lease_until_at=None,
            finished_at=timezone.now(),
        )
        if failed:
            audit.record(
                actor=None,
                verb="failed board report",
                obj=report,
                label=_label(report),
                after={"error": sentence},
            )


def mark_sent(*, report_id: int) -> None:
    """Note that the queue has the report, so that it is not sent again at once."""
    Report.objects.filter(pk=report_id, status=Report.Status.QUEUED).update(
        stage=WAITING, lease_until_at=timezone.now() + RESEND_AFTER
    )


def mark_unsent(*, report_id: int) -> None:
    """Note that the queue could not be reached; the next sweep or look at the page tries again."""
    Report.objects.filter(pk=report_id, status=Report.Status.QUEUED).update(
        stage=NOT_SENT, lease_until_at=timezone.now() + timedelta(seconds=3)
    )


def lost_reports() -> list[int]:
    """Reports of the open organisation that wait without being queued, or whose worker went away."""
    now = timezone.now()
    waiting = Q(status=Report.Status.QUEUED) & (Q(lease_until_at__lt=now) | Q(lease_until_at=None))
    stuck = Q(status=Report.Status.RUNNING, lease_until_at__lt=now)
    return list(Report.objects.filter(waiting | stuck).order_by("pk").values_list("pk", flat=True))


def _label(report: Report) -> str:
    return f"{report.record.selection.name}, record {report.record.number}, {report.get_paper_display()}"
