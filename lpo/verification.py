"""Is everything that was kept still what it was? Asked after an import and after a restore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import records
from accounts.models import Organisation
from accounts.tenancy import opened
from assessments.content import content_sha256
from assessments.models import State, StateChange
from engine import InvalidInput
from reports.models import Report, SuitabilityRecord
from selections.models import RankingRecord


@dataclass(frozen=True)
class Checked:
    """How much was looked at (kept rankings, stored assessments, files), and a sentence for each fault."""

    records: int
    assessments: int
    files: int
    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what was looked at."""
        noun = "stored assessment" if self.assessments == 1 else "stored assessments"
        stored = f", {self.assessments} {noun}" if self.assessments else ""
        return f"{self.records} kept rankings{stored} and {self.files} report files checked."


def check_everything() -> Checked:
    """Check every organisation of this installation."""
    found = [check_organisation(organisation) for organisation in Organisation.objects.order_by("pk")]
    faults = tuple(fault for one in found for fault in one.faults)
    return Checked(
        records=sum(one.records for one in found),
        assessments=sum(one.assessments for one in found),
        files=sum(one.files for one in found),
        faults=faults,
    )


def check_organisation(organisation: Organisation) -> Checked:
    """Calculate every kept ranking and stored assessment again; hash every report file and every approval."""
    with opened(organisation):
        kept = RankingRecord.objects.select_related("selection").order_by("pk")
        stored = SuitabilityRecord.objects.select_related("assessment").order_by("pk")
        reports = Report.objects.exclude(file="").order_by("pk")
        faults = [
            *_record_faults(kept),
            *_record_faults(stored),
            *_file_faults(reports),
            *_approval_faults(),
        ]
        counts = kept.count(), stored.count(), reports.count()
    return Checked(*counts, tuple(f"{organisation.slug}: {fault}" for fault in faults))


def _record_faults(kept: Any) -> Iterator[str]:
    for record in kept.iterator(chunk_size=20):
        name = _name(record)
        try:
            found = records.verify_record(bytes(record.content), record.sha256)
        except InvalidInput as fault:
            yield f"{name} cannot be read: {fault}"
            continue
        if not found.bytes_match:
            yield f"{name} has another hash than its row says"
        elif not found.figures_match:
            yield f"{name} gives other figures when it is calculated again, at {found.first_difference}"


def _name(record: RankingRecord | SuitabilityRecord) -> str:
    if isinstance(record, SuitabilityRecord):
        return f"Suitability of {record.assessment.period}, record {record.number}"
    return f"{record.selection.name}, record {record.number}"


def _file_faults(reports: Any) -> Iterator[str]:
    for report in reports.iterator(chunk_size=200):
        name = f"the file of {report.get_kind_display().lower()} {report.pk}"
        try:
            with report.file.open("rb") as file:
                digest = records.sha256(file.read())
        except OSError:
            yield f"{name} is missing: {report.file.name}"
            continue
        if report.file_sha256 and digest != report.file_sha256:
            yield f"{name} has another hash than its row says"


def _approval_faults() -> Iterator[str]:
    """Say which assessments no longer are what was approved; one whose content was deleted has none."""
    approvals = StateChange.objects.filter(after=State.APPROVED).exclude(assessment__status=State.DELETED)
    for change in approvals.select_related("assessment__factor_set"):
        row = change.assessment
        if row.status in {State.APPROVED, State.SUPERSEDED} and content_sha256(row) != change.sha256:
            yield f"the assessment {row} is not what was approved: its content has changed"
