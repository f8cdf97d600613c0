"""Suitability reports in a file of one organisation, and reports of files from before there were any."""

from __future__ import annotations

import json
from pathlib import Path

from accounts.tenancy import opened
from lpo.portability import export_organisation, import_organisation
from reports import services
from reports.models import Report, SuitabilityRecord
from tests.conftest import Case
from tests.lpo.test_portability import _changed

REPORTS, RECORDS = "rows/reports.report.jsonl", "rows/reports.suitabilityrecord.jsonl"


def test_a_suitability_report_moves_with_its_record_and_its_file(sample: Case, tmp_path: Path) -> None:
    asked = services.request_suitability_report(
        assessment=sample.assessment, paper="a4", actor=sample.manager
    )
    made = services.make_report(report_id=asked.pk)
    content = bytes(made.kept.content)
    export_organisation(sample.organisation, tmp_path / "one.zip")
    done = import_organisation(tmp_path / "one.zip", slug="moved")
    assert (done.checked.faults, done.checked.assessments) == ((), 1)
    with opened(done.organisation):
        there = Report.objects.get(kind="suitability")
        assert bytes(there.kept.content) == content
        assert there.kept_assessment.organisation == done.organisation
        assert there.file_sha256 == made.file_sha256
        # Asked for again, nothing has changed but the people's keys: the same bytes, the same record.
        again = services.request_suitability_report(
            assessment=there.kept_assessment, paper="letter", actor=sample.owner
        )
        assert again.suitability == there.suitability


def _as_before(text: bytes) -> bytes:
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        del row["kind"], row["suitability"]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def _without_the_kind(text: bytes) -> bytes:
    manifest = json.loads(text)
    del manifest["counts"]["reports.suitabilityrecord"]
    return json.dumps(manifest).encode()


def test_reports_of_an_earlier_version_are_board_reports(sample: Case, tmp_path: Path) -> None:
    export_organisation(sample.organisation, tmp_path / "now.zip")
    edits = {REPORTS: _as_before, RECORDS: lambda text: b"", "manifest.json": _without_the_kind}
    path = _changed(tmp_path / "now.zip", tmp_path, edits)
    with opened(import_organisation(path, slug="older").organisation):
        assert {report.kind for report in Report.objects.all()} == {"board"}
        assert not SuitabilityRecord.objects.exists()
        assert Report.objects.all()[0].kept.number == 1
