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
from reports.models import Report
from selections.models import RankingRecord


@dataclass(frozen=True)
class Checked:
    """How many records and report files were looked at, and a sentence for each that differs."""

    records: int
    files: int
    faults: tuple[str, ...]


def check_everything() -> Checked:
    """Check every organisation of this installation."""
    found = [check_organisation(organisation) for organisation in Organisation.objects.order_by("pk")]
    faults = tuple(fault for one in found for fault in one.faults)
    return Checked(sum(one.records for one in found), sum(one.files for one in found), faults)


def check_organisation(organisation: Organisation) -> Checked:
    """Calculate every kept ranking again; hash every report file and what every approval was about."""
    with opened(organisation):
        kept = RankingRecord.objects.order_by("pk")
        reports = Report.objects.exclude(file="").order_by("pk")
        faults = [*_record_faults(kept), *_file_faults(reports), *_approval_faults()]
        counts = kept.count(), reports.count()
    return Checked(*counts, tuple(f"{organisation.slug}: {fault}" for fault in faults))


def _record_faults(kept: Any) -> Iterator[str]:
    for record in kept.select_related("selection").iterator(chunk_size=20):
        name = f"{record.selection.name}, record {record.number}"
        try:
            found = records.verify_record(bytes(record.content), record.sha256)
        except InvalidInput as fault:
            yield f"{name} cannot be read: {fault}"
            continue
        if not found.bytes_match:
            yield f"{name} has another hash than its row says"
        elif not found.figures_match:
            yield f"{name} gives other figures when it is calculated again, at {found.first_difference}"


def _file_faults(reports: Any) -> Iterator[str]:
    for report in reports.iterator(chunk_size=200):
        try:
            with report.file.open("rb") as file:
                digest = records.sha256(file.read())
        except OSError:
            yield f"the file of board report {report.pk} is missing: {report.file.name}"
            continue
        if report.file_sha256 and digest != report.file_sha256:
            yield f"the file of board report {report.pk} has another hash than its row says"


def _approval_faults() -> Iterator[str]:
    """Say which assessments no longer are what was approved; one whose content was deleted has none."""
    approvals = StateChange.objects.filter(after=State.APPROVED).exclude(assessment__status=State.DELETED)
    for change in approvals.select_related("assessment__factor_set"):
        row = change.assessment
        if row.status in {State.APPROVED, State.SUPERSEDED} and content_sha256(row) != change.sha256:
            yield f"the assessment {row} is not what was approved: its content has changed"
