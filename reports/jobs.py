"""The queue's side of reports: open the organisation, call one service."""

from __future__ import annotations

import logging
from functools import partial

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.models import Organisation
from accounts.tenancy import opened
from reports import services
from reports.models import Report

logger = logging.getLogger(__name__)


@shared_task(name="reports.make_report", ignore_result=True)
def make_report(organisation_id: int, report_id: int) -> None:
    """Make one report."""
    with opened(Organisation.objects.get(pk=organisation_id)):
        services.make_report(report_id=report_id)


@shared_task(name="reports.sweep", ignore_result=True)
def sweep() -> None:
    """Send what was never sent, what the queue may have lost and what a lost worker left.

    Of every organisation, by one query when there is nothing to do, which is nearly always.
    """
    due = services.due_everywhere()
    organisations = Organisation.objects.in_bulk({organisation_id for organisation_id, _ in due})
    for organisation_id, report_id in due:
        if not publish(organisations[organisation_id], report_id):
            break  # the queue is away: the others wait for the next sweep


def send(report: Report) -> None:
    """Queue a report once its row is committed."""
    transaction.on_commit(partial(publish, report.organisation, report.pk))


def publish(organisation: Organisation, report_id: int) -> bool:
    """Hand a report to the queue if it is time to; False when the queue cannot be reached.

    The row says so then, and a sweep tries again.
    """
    with opened(organisation):
        if not services.take_turn(report_id=report_id):
            return True
        try:
            make_report.delay(organisation.pk, report_id)
        except (OperationalError, OSError):
            logger.warning("the queue cannot be reached; report %s waits", report_id)
            services.note_unsent(report_id=report_id)
            return False
        services.note_sent(report_id=report_id)
    return True
