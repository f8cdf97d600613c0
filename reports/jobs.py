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
    """Send again what was never sent or whose worker was lost, in every organisation."""
    for organisation in Organisation.objects.order_by("pk"):
        with opened(organisation):
            lost = services.lost_reports()
        for report_id in lost:
            publish(organisation, report_id)


def send(report: Report) -> None:
    """Queue a report once its row is committed."""
    transaction.on_commit(partial(publish, report.organisation, report.pk))


def publish(organisation: Organisation, report_id: int) -> bool:
    """Hand a report to the queue; when it cannot be reached the row says so and a sweep tries again."""
    with opened(organisation):
        services.mark_sent(report_id=report_id)
        try:
            make_report.delay(organisation.pk, report_id)
        except OperationalError:
            logger.warning("the queue cannot be reached; report %s waits", report_id)
            services.mark_unsent(report_id=report_id)
            return False
    return True
