"""Which reports the queue must hear of (again), and how often at most."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q, QuerySet

from reports.models import Report
from reports.services.leases import WAITING, ahead, is_abandoned, is_over, release

# A report that waits is sent again after 10 s, 20 s, 40 s … at most every five minutes: soon enough when the
# queue lost it, and seldom enough when the queue is merely long. A second copy in the queue does no harm.
SEND_AGAIN_AFTER = timedelta(seconds=10)
SEND_AGAIN_AT_MOST = timedelta(minutes=5)
TRY_AGAIN_AFTER = timedelta(seconds=3)
MOST_IN_ONE_SWEEP = 200
NOT_SENT = "Waiting: the queue cannot be reached just now. The report is sent again by itself."


def _needs_sending() -> Q:
    is_time = Q(send_again_at=None) | is_over("send_again_at", SEND_AGAIN_AT_MOST)
    return Q(status=Report.Status.QUEUED) & is_time


def due_everywhere() -> list[tuple[int, int]]:
    """Reports to send, as pairs (organisation, report), the longest waiting first.

    The one read around the wall: two numbers a row, of all organisations in one query. Nothing of theirs is
    read or written before their organisation is opened.
    """
    everywhere: QuerySet[Report] = QuerySet(model=Report).filter(_needs_sending() | is_abandoned())
    return list(everywhere.order_by("pk").values_list("organisation_id", "pk")[:MOST_IN_ONE_SWEEP])


def is_due(*, report_id: int) -> bool:
    """Whether a report of the open organisation must be sent (again)."""
    return Report.objects.filter(_needs_sending() | is_abandoned(), pk=report_id).exists()


def take_turn(*, report_id: int) -> bool:
    """Note that a report is being sent; False when it need not be, or somebody else sends it.

    A compare-and-set: of several sweeps and pages one sends it.
    """
    release(report_id)
    count = Report.objects.filter(pk=report_id).values_list("send_count", flat=True).first()
    if count is None:
        return False
    wait = min(SEND_AGAIN_AFTER * 2 ** min(count, 10), SEND_AGAIN_AT_MOST)
    mine = Report.objects.filter(_needs_sending(), pk=report_id, send_count=count)
    return bool(mine.update(send_count=F("send_count") + 1, send_again_at=ahead(wait)))


def note_sent(*, report_id: int) -> None:
    """Take back that the queue could not be reached, now that it took the report."""
    Report.objects.filter(pk=report_id, status=Report.Status.QUEUED, stage=NOT_SENT).update(stage=WAITING)


def note_unsent(*, report_id: int) -> None:
    """Note that the queue could not be reached; the next sweep or look at the page tries again."""
    Report.objects.filter(pk=report_id, status=Report.Status.QUEUED).update(
        stage=NOT_SENT, send_count=0, send_again_at=ahead(TRY_AGAIN_AFTER)
    )
