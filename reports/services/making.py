"""Making one report: from the stored record to the file, by one worker at a time."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

import records
from accounts import audit
from assessments.queries_adoption import words_of_report
from assessments.words_duties import UNADOPTED, RuleSetWords
from engine import InvalidInput
from reports.build import Options, build
from reports.fonts import FontError
from reports.models import Report
from reports.pdf import PaperName, Pdf, TypesettingError, render
from reports.services import files, leases
from reports.source import Earlier
from reports.suitability.build import build_suitability
from selections.models import RankingRecord
from selections.queries.records import period_of

logger = logging.getLogger(__name__)


def make_report(*, report_id: int) -> Report:
    """Make one report unless somebody else is at it. Doing it twice does no harm."""
    claim = leases.claim(report_id)
    report = Report.objects.select_related(
        "record__selection__assessment",
        "record__kept_by",
        "suitability__assessment",
        "suitability__kept_by",
        "organisation",
    ).get(pk=report_id)
    if claim is None:
        return report
    try:
        with leases.kept(report, claim):
            files.discard(report, claim - 1)
            _finish(report, claim, _made(report, claim))
    except leases.ClaimLostError:
        logger.warning("report %s: attempt %s came too late, another worker has it", report_id, claim)
    except (InvalidInput, TypesettingError, FontError) as fault:
        logger.exception("report %s", report_id)
        _fail(report, claim, f"The report could not be made: {fault}")
    except OSError as fault:
        logger.exception("report %s", report_id)
        reason = fault.strerror or "unknown reason"
        _fail(report, claim, f"The report could not be written to the disk ({reason}). Ask for it again.")
    report.refresh_from_db()
    return report


def _made(report: Report, claim: int) -> Pdf:
    leases.advance(report, claim, 20, "Arranging the pages")
    content = records.read_json(bytes(report.kept.content), limit=records.RECORD_LIMIT)
    options = options_of(report, content)
    arrange = build_suitability if report.is_suitability else build
    page_content = arrange(content, options)
    leases.advance(report, claim, 45, "Typesetting")
    pdf = render(page_content, cast("PaperName", report.paper), made_at=options.made_at)
    leases.advance(report, claim, 90, "Saving the file")
    return pdf


def options_of(report: Report, content: Mapping[str, Any]) -> Options:
    """Everything that the report says beyond its record; dates in the organisation's time zone."""
    record, organisation = report.kept, report.organisation
    zone = ZoneInfo(organisation.time_zone)
    return Options(
        organisation=organisation.name,
        currency=organisation.currency,
        is_sample=organisation.is_sample,
        has_privilege_line=report.has_privilege_line,
        selection=report.subject,
        period=period_of(report.record, content) if report.record else str(report.kept_assessment),
        record_number=record.number,
        sha256=record.sha256,
        kept_by=str(record.kept_by or ""),
        kept_at=record.kept_at.astimezone(zone),
        reason=getattr(record, "reason", ""),
        made_at=timezone.now().astimezone(zone),
        rule_set=_rule_set(content),
        earlier=_earlier(report.record),
    )


def _earlier(record: RankingRecord | None) -> Earlier | None:
    """The ranking kept before this one, to say which weights are new."""
    if record is None:
        return None
    kept = RankingRecord.objects.filter(selection=record.selection_id, number__lt=record.number)
    before = kept.order_by("-number").first()
    if before is None:
        return None
    return Earlier(before.number, records.read_json(bytes(before.content), limit=records.RECORD_LIMIT))


def _rule_set(content: Mapping[str, Any]) -> RuleSetWords:
    """Whether the rules of the record are adopted; what it holds is hashed, so this stands beside it."""
    inputs = content.get("inputs") or content.get("case", {}).get("inputs", {})
    rules = inputs.get("factor_rules")
    return words_of_report(rules) if rules else UNADOPTED


def _finish(report: Report, claim: int, pdf: Pdf) -> None:
    """Write the file, then the row.

    A database that goes away in between leaves the file: the row may have been written all the same, and
    when it was not, the next attempt discards the file.
    """
    stored = files.store(report, claim, pdf.content)
    digest = records.sha256(pdf.content)
    done = leases.closed(
        Report.Status.DONE,
        progress=100,
        error="",
        notes=list(pdf.notes),
        file=stored,
        file_sha256=digest,
        page_count=pdf.pages,
    )
    with transaction.atomic():
        is_ours = Report.objects.filter(leases.mine(report, claim)).update(**done)
        if is_ours:
            audit.record(
                actor=None,
                verb=f"made {report.get_kind_display().lower()}",
                obj=report,
                label=leases.label(report),
                after={"pages": pdf.pages, "sha256": digest},
            )
    if not is_ours:
        files.remove(report, stored)
        raise leases.ClaimLostError


def _fail(report: Report, claim: int, sentence: str) -> None:
    with transaction.atomic():
        row = Report.objects.filter(leases.mine(report, claim))
        if row.update(**leases.closed(Report.Status.FAILED, error=sentence)):
            report.error = sentence
            leases.record_failure(report)
