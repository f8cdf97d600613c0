"""Who is at work on a report: a claim with a lease that is renewed for as long as the work goes on.

All times are the database's: workers whose clocks differ agree all the same. Why these lengths:
docs/adr/0010-how-a-report-survives.md.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from django.db.models.functions import Now

from accounts import audit
from accounts.models import Organisation
from accounts.tenancy import opened
from reports.models import Report
from reports.services import files

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=12)
RENEW_EVERY = timedelta(seconds=3)
# A worker that hangs stops renewing after this time; Celery ends its process a little later (settings).
LONGEST = timedelta(minutes=5)
MAX_ATTEMPTS = 3
WAITING = "Waiting for a worker"
LOST = "Its worker was lost. Waiting for another one"
GAVE_UP = (
    f"The report could not be made in {MAX_ATTEMPTS} attempts. Ask for it again; if that fails too, tell "
    "whoever runs this installation: the log says more."
)


class ClaimLostError(RuntimeError):
    """The lease ran out and the report is no longer this worker's."""


def ahead(wait: timedelta) -> ExpressionWrapper[Any]:
    """The database's time plus ``wait``."""
    return ExpressionWrapper(Now() + wait, output_field=DateTimeField())


def is_over(field: str, longest: timedelta) -> Q:
    """The time in ``field`` has passed, or lies so far ahead that the clock must have been set back."""
    return Q(**{f"{field}__lt": Now()}) | Q(**{f"{field}__gt": ahead(2 * longest)})


def is_abandoned() -> Q:
    """Reports that are being made by nobody any more."""
    is_free = Q(lease_until_at=None) | is_over("lease_until_at", LEASE)
    return Q(status=Report.Status.RUNNING) & is_free


def claim(report_id: int) -> int | None:
    """Take a waiting report; None when there is nothing to take.

    A compare-and-set: of several workers one gets it. The number given back is the attempt, which is the
    token of the claim: whoever lost it can no longer write.
    """
    release(report_id)
    taken = Report.objects.filter(pk=report_id, status=Report.Status.QUEUED).update(
        status=Report.Status.RUNNING,
        attempts=F("attempts") + 1,
        lease_until_at=ahead(LEASE),
        progress=5,
        stage="Reading the record",
        send_count=0,
        send_again_at=None,
    )
    return Report.objects.values_list("attempts", flat=True).get(pk=report_id) if taken else None


@transaction.atomic
def release(report_id: int) -> None:
    """Let a report whose worker was lost wait for another one; after some attempts it fails."""
    lost = Report.objects.filter(is_abandoned(), pk=report_id)
    if lost.filter(attempts__gte=MAX_ATTEMPTS).update(**closed(Report.Status.FAILED, error=GAVE_UP)):
        report = Report.objects.select_related("record__selection", "suitability__assessment").get(
            pk=report_id
        )
        files.discard(report, MAX_ATTEMPTS)
        record_failure(report)
        return
    lost.update(
        status=Report.Status.QUEUED,
        stage=LOST,
        progress=0,
        lease_until_at=None,
        send_count=0,
        send_again_at=None,
    )


def closed(status: str, **more: object) -> dict[str, object]:
    """The fields of a report that nobody works on any more."""
    return {
        "status": status,
        "stage": "",
        "lease_until_at": None,
        "send_again_at": None,
        "finished_at": Now(),
        **more,
    }


def mine(report: Report, claim: int) -> Q:
    """The row, as long as it is still this worker's."""
    return Q(pk=report.pk, status=Report.Status.RUNNING, attempts=claim)


def advance(report: Report, claim: int, progress: int, stage: str) -> None:
    """Say how far the work is, and renew the lease; raises ``ClaimLostError``."""
    renewed = Report.objects.filter(mine(report, claim)).update(
        progress=progress, stage=stage, lease_until_at=ahead(LEASE)
    )
    if not renewed:
        raise ClaimLostError


@contextmanager
def kept(report: Report, claim: int) -> Iterator[None]:
    """Renew the lease from a second thread until the block ends; the typesetter lets other threads run."""
    is_done = threading.Event()
    thread = threading.Thread(
        target=_renew, args=(report.organisation, report, claim, is_done), name="lease", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join(timeout=LEASE.total_seconds())


def _renew(organisation: Organisation, report: Report, claim: int, is_done: threading.Event) -> None:
    """A thread has a database connection of its own: it is given back after every use."""
    last = time.monotonic() + LONGEST.total_seconds()
    with opened(organisation):
        while not is_done.wait(RENEW_EVERY.total_seconds()) and time.monotonic() < last:
            try:
                if not Report.objects.filter(mine(report, claim)).update(lease_until_at=ahead(LEASE)):
                    return
            except Error:
                logger.warning("the lease of report %s could not be renewed; trying again", report.pk)
            finally:
                connection.close()


def record_failure(report: Report) -> None:
    """Write that a report failed; call it in the transaction that says so in the row."""
    audit.record(
        actor=None,
        verb=f"failed {report.get_kind_display().lower()}",
        obj=report,
        label=label(report),
        after={"error": report.error},
    )


def label(report: Report) -> str:
    """How the audit trail names a report."""
    return f"{report.subject}, record {report.kept.number}, {report.get_paper_display()}"
