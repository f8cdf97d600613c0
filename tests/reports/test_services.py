"""A report is made once, by one worker, or fails in words; lost ones come back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

import records
from accounts.models import AuditEvent
from reports import jobs, services
from reports.models import Report
from reports.pdf import TypesettingError
from reports.queries import changes_since
from reports.services import asking, leases, making
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


def running(report: Report, *, attempts: int = 1, lease: timedelta | None = services.LEASE) -> None:
    until = None if lease is None else timezone.now() + lease
    Report.objects.filter(pk=report.pk).update(status="running", attempts=attempts, lease_until_at=until)


def test_a_running_report_is_left_alone_until_its_lease_ends(report: Report) -> None:
    running(report)
    assert services.make_report(report_id=report.pk).status == "running"
    assert not services.is_due(report_id=report.pk)
    assert not services.take_turn(report_id=report.pk)
    running(report, lease=timedelta(seconds=-1))
    assert services.is_due(report_id=report.pk)
    made = services.make_report(report_id=report.pk)
    assert (made.status, made.attempts) == ("done", 2)


@pytest.mark.parametrize("lease", [timedelta(hours=2), timedelta(hours=-2), None])
def test_a_lease_that_no_worker_can_have_taken_holds_nobody_up(
    report: Report, lease: timedelta | None
) -> None:
    running(report, lease=lease)
    assert services.make_report(report_id=report.pk).status == "done"


def test_a_lost_report_says_so_and_waits_for_another_worker(report: Report) -> None:
    running(report, lease=timedelta(seconds=-1))
    assert services.take_turn(report_id=report.pk)
    report.refresh_from_db()
    assert (report.status, report.stage, report.progress) == ("queued", services.LOST, 0)


def test_the_lease_is_renewed_by_a_worker_that_still_works(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread has a connection of its own, which cannot see this test's transaction: it is run here."""
    claim = leases.claim(report.pk)
    assert claim == 1
    Report.objects.filter(pk=report.pk).update(lease_until_at=timezone.now() - timedelta(seconds=1))
    answers = iter([False, True])

    class Stop:
        def wait(self, seconds: float) -> bool:
            assert seconds < services.LEASE.total_seconds() / 2
            return next(answers)

    monkeypatch.setattr(leases.connection, "close", lambda: None)
    leases._renew(report.organisation, report, claim, Stop())
    assert not services.is_due(report_id=report.pk)


def test_a_worker_without_lease_cannot_overwrite(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = making._finish

    def overtaken(row: Report, claim: int, pdf: making.Pdf) -> None:
        Report.objects.filter(pk=row.pk).update(attempts=claim + 1)
        finish(row, claim, pdf)

    monkeypatch.setattr(making, "_finish", overtaken)
    assert services.make_report(report_id=report.pk).status == "running"
    assert not report.file.storage.exists(f"reports/board-report-{report.pk}-1.pdf")
    assert not AuditEvent.objects.filter(verb="made board report", object_id=str(report.pk)).exists()


def test_a_worker_that_lost_its_claim_stops_early(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*args: object, **options: object) -> None:
        Report.objects.filter(pk=report.pk).update(attempts=2, stage="Arranging the pages")
        return build(*args, **options)

    build = making.build
    monkeypatch.setattr(making, "build", slow)
    monkeypatch.setattr(making, "render", lambda *args, **options: pytest.fail("it went on"))
    made = services.make_report(report_id=report.pk)
    assert (made.status, made.attempts, made.stage) == ("running", 2, "Arranging the pages")


def test_three_lost_workers_end_in_a_plain_sentence_an_event_and_no_file(report: Report) -> None:
    report.file.storage.save(f"reports/board-report-{report.pk}-3.pdf", ContentFile(b"half a fi"))
    running(report, attempts=services.MAX_ATTEMPTS, lease=timedelta(seconds=-1))
    failed = services.make_report(report_id=report.pk)
    assert failed.status == "failed"
    assert "3 attempts" in failed.error
    assert AuditEvent.objects.filter(verb="failed board report", object_id=str(report.pk)).count() == 1
    assert not report.file.storage.exists(f"reports/board-report-{report.pk}-3.pdf")


def test_the_next_attempt_removes_what_a_killed_worker_left(report: Report) -> None:
    left = report.file.storage.save(f"reports/board-report-{report.pk}-1.pdf", ContentFile(b"half a fi"))
    running(report, attempts=1, lease=timedelta(seconds=-1))
    made = services.make_report(report_id=report.pk)
    assert made.file.name == f"reports/board-report-{report.pk}-2.pdf"
    assert not report.file.storage.exists(left)


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

    monkeypatch.setattr(making, "render", broken)
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
    assert not services.is_due(report_id=report.pk)
    Report.objects.filter(pk=report.pk).update(send_again_at=timezone.now() - timedelta(seconds=1))
    assert (report.organisation_id, report.pk) in services.due_everywhere()
    monkeypatch.undo()
    assert jobs.publish(report.organisation, report.pk) is True
    report.refresh_from_db()
    assert report.status == "done"


def test_a_report_that_waits_long_is_sent_ever_more_seldom(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.make_report, "delay", lambda *args: sent.append(args))
    sent: list[object] = []
    waits = []
    for _ in range(8):
        jobs.sweep()
        jobs.sweep()
        report.refresh_from_db()
        waits.append(round((report.send_again_at - timezone.now()).total_seconds()))
        Report.objects.filter(pk=report.pk).update(send_again_at=timezone.now() - timedelta(seconds=1))
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    assert len(sent) == 8


def test_a_sweep_stops_at_once_when_the_queue_is_away(
    sample: Case, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object) -> None:
        tried.append(args)
        raise OperationalError("timed out")

    tried: list[object] = []
    other = services.request_report(record=report.record, paper="letter", actor=sample.manager)
    monkeypatch.setattr(jobs.make_report, "delay", unreachable)
    jobs.sweep()
    assert len(tried) == 1
    assert services.is_due(report_id=other.pk)


def test_a_sweep_with_nothing_to_do_is_one_short_query(
    sample_closed: Case, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with django_assert_num_queries(1):
        jobs.sweep()


def test_asking_twice_gives_the_same_report_until_it_is_made(
    sample: Case, report: Report, record: RankingRecord
) -> None:
    again = services.request_report(record=record, paper="a4", actor=sample.owner)
    assert again.pk == report.pk
    assert AuditEvent.objects.filter(verb="asked for board report", object_id=str(report.pk)).count() == 1
    assert services.request_report(record=record, paper="letter", actor=sample.manager).pk != report.pk
    services.make_report(report_id=report.pk)
    assert services.request_report(record=record, paper="a4", actor=sample.manager).pk != report.pk


def test_the_database_itself_refuses_the_same_report_twice(report: Report, record: RankingRecord) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(record=record, paper="a4", has_privilege_line=report.has_privilege_line)


def test_a_person_may_ask_for_so_many_an_hour(sample: Case, record: RankingRecord) -> None:
    def ask(**more: object) -> Report:
        return services.request_report(record=record, paper="a4", actor=sample.manager, **more)

    Report.objects.all().update(requested_by=sample.owner)
    for status in ("failed", *(["done"] * asking.MOST_PER_HOUR)):
        Report.objects.filter(pk=ask().pk).update(status=status)
    with pytest.raises(services.TooManyReportsError, match="20 reports within an hour"):
        ask()
    assert ask(is_limited=False).pk
    Report.objects.all().update(status="done", requested_at=timezone.now() - timedelta(minutes=61))
    assert ask().pk


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
    selection_services.keep_ranking(selection=sample.selection, reason="Cost", actor=sample.procurement)
    assert "Record 2 is the latest" in changes_since(record)
