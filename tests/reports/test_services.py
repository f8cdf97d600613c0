"""A report is made once, by one worker, or fails in words; lost ones come back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

import records
from accounts.models import AuditEvent
from reports import jobs, services
from reports.models import Report
from reports.pdf import TypesettingError
from reports.queries import changes_since
from selections import services as selection_services
from selections.models import RankingRecord
from tests.conftest import Case


@pytest.fixture
def record(sample: Case) -> RankingRecord:
    return RankingRecord.objects.select_related("selection").get(selection=sample.selection)


@pytest.fixture
def report(sample: Case, record: RankingRecord) -> Report:
    return services.request_report(record=record, paper="a4", actor=sample.manager)


def test_asking_writes_the_row_and_the_trail(sample: Case, report: Report) -> None:
    assert (report.status, report.progress, report.requested_by) == ("queued", 0, sample.manager)
    event = AuditEvent.objects.filter(object_type="reports.report", object_id=str(report.pk)).get()
    assert (event.actor, event.verb) == (sample.manager, "asked for board report")
    assert event.after["paper"] == "a4"


def test_the_privilege_line_is_what_counsel_chose(sample: Case, record: RankingRecord) -> None:
    record.selection.has_privilege_line = True
    assert services.request_report(record=record, paper="letter", actor=sample.manager).has_privilege_line


def test_making_writes_the_file_its_hash_and_the_trail(report: Report) -> None:
    made = services.make_report(report_id=report.pk)
    assert (made.status, made.progress, made.error, made.attempts) == ("done", 100, "", 1)
    with made.file.open("rb") as file:
        content = file.read()
    assert content.startswith(b"%PDF-1.7")
    assert records.sha256(content) == made.file_sha256
    assert made.page_count and made.page_count > 5
    assert AuditEvent.objects.filter(verb="made board report", object_id=str(report.pk)).count() == 1


def test_making_twice_makes_once(report: Report) -> None:
    first = services.make_report(report_id=report.pk)
    again = services.make_report(report_id=report.pk)
    assert (again.attempts, again.file.name, again.finished_at) == (1, first.file.name, first.finished_at)


def test_a_running_report_is_left_alone_until_its_lease_ends(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(
        status="running", attempts=1, lease_until_at=timezone.now() + timedelta(seconds=30)
    )
    assert services.make_report(report_id=report.pk).status == "running"
    assert services.lost_reports() == []
    Report.objects.filter(pk=report.pk).update(lease_until_at=timezone.now() - timedelta(seconds=1))
    assert services.lost_reports() == [report.pk]
    made = services.make_report(report_id=report.pk)
    assert (made.status, made.attempts) == ("done", 2)


def test_a_worker_without_lease_cannot_overwrite(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = services._finish

    def overtaken(row: Report, claim: int, pdf: services.Pdf) -> None:
        Report.objects.filter(pk=row.pk).update(attempts=claim + 1)
        finish(row, claim, pdf)
        assert not row.file

    monkeypatch.setattr(services, "_finish", overtaken)
    assert services.make_report(report_id=report.pk).status == "running"
    assert not AuditEvent.objects.filter(verb="made board report", object_id=str(report.pk)).exists()


def test_three_lost_workers_end_in_a_plain_sentence(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(attempts=services.MAX_ATTEMPTS)
    failed = services.make_report(report_id=report.pk)
    assert failed.status == "failed"
    assert "3 attempts" in failed.error


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            OSError(28, "No space left on device"),
            "written to the disk (No space left on device)",
        ),
        (TypesettingError("Typst: page is too small"), "could not be made: Typst: page is too small"),
    ],
)
def test_faults_become_sentences(
    report: Report, monkeypatch: pytest.MonkeyPatch, fault: Exception, words: str
) -> None:
    def broken(*args: object, **options: object) -> None:
        raise fault

    monkeypatch.setattr(services, "render", broken)
    failed = services.make_report(report_id=report.pk)
    assert failed.status == "failed"
    assert words in failed.error
    assert failed.finished_at
    assert AuditEvent.objects.filter(verb="failed board report", object_id=str(report.pk)).count() == 1


def test_a_queue_that_cannot_be_reached_leaves_a_waiting_row(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(jobs.make_report, "delay", unreachable)
    assert jobs.publish(report.organisation, report.pk) is False
    report.refresh_from_db()
    assert (report.status, report.stage) == ("queued", services.NOT_SENT)
    Report.objects.filter(pk=report.pk).update(lease_until_at=timezone.now() - timedelta(seconds=1))
    assert services.lost_reports() == [report.pk]


def test_the_sweep_sends_what_was_never_sent_in_every_organisation(sample_closed: Case, twin: Case) -> None:
    from accounts.tenancy import opened

    waiting = []
    for case in (sample_closed, twin):
        with opened(case.organisation):
            record = RankingRecord.objects.select_related("selection").get()
            waiting.append(services.request_report(record=record, paper="letter", actor=case.manager))
    jobs.sweep()
    for case, report in zip((sample_closed, twin), waiting, strict=True):
        with opened(case.organisation):
            assert Report.objects.get(pk=report.pk).status == "done"


def test_a_report_says_when_the_inputs_or_weights_changed(sample: Case, record: RankingRecord) -> None:
    assert changes_since(record) == ""
    weights = {"COST": 55.0}
    selection_services.adopt_weights(selection=sample.selection, weights=weights, actor=sample.procurement)
    assert "adopted weights changed after record 1 was kept" in changes_since(record)
    selection_services.keep_ranking(selection=sample.selection, actor=sample.procurement)
    assert "Record 2 is the latest" in changes_since(record)
