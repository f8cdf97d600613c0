"""What the report pages print, and whether a report is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

import records
from assessments.models import Assessment
from assessments.queries import current_assessment
from assessments.queries_life import basis_of_record
from reports.models import Report, SuitabilityRecord
from reports.suitability.inputs import read_assessment
from selections.models import RankingRecord, Selection
from selections.queries.inputs import read_inputs
from selections.queries.records import BASIS

NEWEST = 100
QUICK = timedelta(seconds=10)
LONG_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class ReportPage:
    """One report with what has changed since its record was kept (finished words, empty when nothing)."""

    report: Report
    out_of_date: str

    @property
    def is_open(self) -> bool:
        """Whether it is still being made."""
        return self.report.status in Report.OPEN

    @property
    def waits_long(self) -> bool:
        """Whether nobody began with it for so long that something may be wrong."""
        return self.report.status == Report.Status.QUEUED and self._age > LONG_WAIT

    @property
    def look_again_after(self) -> str:
        """When the page asks again: at once while it is about to be ready, seldom when it takes long."""
        return "250ms" if self._age < QUICK else "2s"

    @property
    def _age(self) -> timedelta:
        return timezone.now() - self.report.requested_at


@dataclass(frozen=True)
class ReportList:
    """Reports of the organisation, newest first, and what one can ask for: kept rankings, the assessment."""

    reports: tuple[Report, ...]
    records: tuple[RankingRecord, ...]
    selection: Selection | None
    assessment: Assessment | None


def report_list() -> ReportList:
    """The list page: four queries, however many reports there are."""
    selection = Selection.objects.select_related("assessment").order_by("-pk").first()
    reports = with_records().select_related("requested_by")[:NEWEST]
    kept = RankingRecord.objects.filter(selection=selection).select_related("kept_by").defer("content")
    return ReportList(
        reports=tuple(reports), records=tuple(kept), selection=selection, assessment=current_assessment()
    )


def report_page(report: Report) -> ReportPage:
    """One report; once it is made, whether inputs and weights are still those of its record."""
    is_done = report.status == Report.Status.DONE
    return ReportPage(report=report, out_of_date=_changes(report) if is_done else "")


def with_records() -> QuerySet[Report]:
    """Give reports with what they print, without its bytes."""
    found = Report.objects.select_related("record__selection", "suitability__assessment")
    return found.defer("record__content", "suitability__content")


def _changes(report: Report) -> str:
    if report.suitability is not None:
        return suitability_changes_since(report.suitability)
    return changes_since(report.board_record)


def suitability_changes_since(record: SuitabilityRecord) -> str:
    """Say that the assessment has changed since it was stored, or nothing."""
    assessment = Assessment.objects.select_related("factor_set", "organisation").get(pk=record.assessment_id)
    stored = records.read_json(bytes(record.content), limit=records.RECORD_LIMIT)["inputs"]
    if records.canonical(read_assessment(assessment)) == records.canonical(stored):
        return ""
    return f"Out of date: the assessment changed after record {record.number} was stored."


def changes_since(record: RankingRecord) -> str:
    """Say that something the ranking reads has changed since it was kept, or nothing.

    Values are compared, not dates: an input that was changed and changed back is no change.
    """
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get(
        pk=record.selection_id
    )
    content = records.read_json(bytes(record.content), limit=records.RECORD_LIMIT)
    then = dict(content["case"]["inputs"])
    weights, basis = then.pop("weights", None), then.pop(BASIS, None)
    now = read_inputs(selection)
    changed = []
    if records.canonical(then) != now.canonical_case:
        changed.append("values the ranking reads")
    if weights is not None and weights != now.adopted:
        changed.append("adopted weights")
    if basis is not None and basis != basis_of_record(selection.assessment):
        changed.append("the assessment or its state")
    newer = RankingRecord.objects.filter(selection=selection, number__gt=record.number)
    latest = newer.order_by("-number").values_list("number", flat=True).first()
    sentence = ""
    if changed:
        sentence = f"Out of date: {' and '.join(changed)} changed after record {record.number} was kept."
    if latest is not None:
        sentence = f"{sentence} Record {latest} is the latest kept ranking.".strip()
    return sentence
