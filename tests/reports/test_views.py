"""Ask, watch, download: with and without scripts, and behind the wall."""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import records
from accounts.models import User
from accounts.tenancy import opened
from reports import services
from reports.models import Report
from reports.services import asking
from selections import services as selection_services
from selections.models import RankingRecord
from tests.conftest import Case

ClientFor = Callable[[User], Client]


@pytest.fixture
def record(sample_closed: Case) -> RankingRecord:
    with opened(sample_closed.organisation):
        return RankingRecord.objects.select_related("selection").get(selection=sample_closed.selection)


@pytest.fixture
def manager(sample_closed: Case, client_for: ClientFor) -> Client:
    return client_for(sample_closed.manager)


def url(name: str, case: Case, **more: object) -> str:
    return reverse(f"reports:{name}", kwargs={"organisation": case.slug, **more})


def test_the_list_offers_the_kept_ranking(sample_closed: Case, manager: Client) -> None:
    page = manager.get(url("list", sample_closed)).content.decode()
    assert "Ranking record 1, kept" in page
    assert "US Letter" in page
    assert ">Ready<" in page or "Ready</span>" in page


def test_asking_makes_the_report_and_leads_to_its_page(
    sample_closed: Case,
    manager: Client,
    record: RankingRecord,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    started = time.process_time()
    with django_capture_on_commit_callbacks(execute=True):
        answer = manager.post(url("list", sample_closed), {"record": record.pk, "paper": "a4"})
    assert answer.status_code == 302
    page = manager.get(answer.url).content.decode()
    assert "Download PDF" in page
    assert record.sha256 in page
    with opened(sample_closed.organisation):
        report = Report.objects.latest("pk")
        pdf = manager.get(url("download", sample_closed, pk=report.pk))
    content = pdf.content
    assert time.process_time() - started < 5
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == 'attachment; filename="board-report-record-1-a4.pdf"'
    assert records.sha256(content) == report.file_sha256


def test_the_record_beside_it_is_the_hashed_bytes(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        report = Report.objects.filter(record=record).latest("pk")
    answer = manager.get(url("record", sample_closed, pk=report.pk))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="record-1.json"'
    assert records.sha256(answer.content) == record.sha256
    assert records.verify_record(answer.content, record.sha256).is_same


def test_a_waiting_report_shows_progress_polls_and_offers_a_link(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        report = services.request_report(record=record, paper="letter", actor=sample_closed.manager)
        Report.objects.filter(pk=report.pk).update(
            status="running",
            progress=45,
            stage="Typesetting",
            lease_until_at=timezone.now() + services.LEASE,
        )
    address = url("report", sample_closed, pk=report.pk)
    page = manager.get(address).content.decode()
    assert re.search(r'<progress value="45" max="100"', page)
    assert "Typesetting" in page
    assert f'href="{address}">Look again</a>' in page
    assert f'hx-get="{address}"' in page
    piece = manager.get(address, headers={"HX-Request": "true"}).content.decode()
    assert piece.lstrip().startswith('<section id="report-status"')
    assert "<html" not in piece
    assert manager.get(url("download", sample_closed, pk=report.pk)).status_code == 404


def test_the_page_tells_the_truth_about_waiting(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        report = services.request_report(record=record, paper="letter", actor=sample_closed.manager)
    address = url("report", sample_closed, pk=report.pk)

    def page(**fields: object) -> str:
        with opened(sample_closed.organisation):
            later = timezone.now() + timedelta(seconds=10)
            Report.objects.filter(pk=report.pk).update(send_again_at=later, **fields)
        return manager.get(address).content.decode()

    first = page(stage="Waiting for a worker")
    assert '<h2 id="state">Waiting</h2>' in first
    assert "Waiting for a worker" in first
    assert 'hx-trigger="load delay:250ms"' in first
    assert "It waits longer than usual" not in first
    assert services.NOT_SENT in page(stage=services.NOT_SENT)
    old = page(requested_at=timezone.now() - timedelta(seconds=61), stage=services.LOST)
    assert "Its worker was lost. Waiting for another one" in old
    assert "It waits longer than usual" in old
    assert 'hx-trigger="load delay:2s"' in old
    made = page(status="running", lease_until_at=timezone.now() + services.LEASE, stage="Typesetting")
    assert '<h2 id="state">Being made</h2>' in made
    assert "It waits longer" not in made


def test_too_many_reports_are_refused_in_words(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        for _ in range(asking.MOST_PER_HOUR):
            Report.objects.create(record=record, status="done", requested_by=sample_closed.manager)
        before = Report.objects.count()
    answer = manager.post(url("list", sample_closed), {"record": record.pk, "paper": "a4"})
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "You asked for 20 reports within an hour." in page
    assert '<option value="a4" selected>' in page
    with opened(sample_closed.organisation):
        assert Report.objects.count() == before


def test_a_double_click_makes_one_report(sample_closed: Case, manager: Client, record: RankingRecord) -> None:
    first, second = (
        manager.post(url("list", sample_closed), {"record": record.pk, "paper": "a4"}) for _ in range(2)
    )
    assert first.status_code == second.status_code == 302
    assert first.url == second.url


def test_looking_at_a_lost_report_sends_it_again(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        report = services.request_report(record=record, paper="letter", actor=sample_closed.manager)
    page = manager.get(url("report", sample_closed, pk=report.pk)).content.decode()
    assert "Download PDF" in page


def test_a_failed_report_says_why(sample_closed: Case, manager: Client, record: RankingRecord) -> None:
    with opened(sample_closed.organisation):
        report = services.request_report(record=record, paper="letter", actor=sample_closed.manager)
        Report.objects.filter(pk=report.pk).update(status="failed", error="The disk <is> full.")
    page = manager.get(url("report", sample_closed, pk=report.pk)).content.decode()
    assert "The disk &lt;is&gt; full." in page
    assert "Ask again" in page


def test_the_form_refuses_what_is_not_ours(sample_closed: Case, twin: Case, manager: Client) -> None:
    with opened(twin.organisation):
        foreign = RankingRecord.objects.get().pk
        before = Report.objects.count()
    answer = manager.post(url("list", sample_closed), {"record": foreign, "paper": "letter"})
    assert answer.status_code == 422
    assert b"Select a valid choice" in answer.content
    assert manager.post(url("list", sample_closed), {"record": "x", "paper": "legal"}).status_code == 422
    with opened(twin.organisation):
        assert Report.objects.count() == before


@pytest.mark.parametrize("name", ["report", "download", "record"])
def test_the_wall(name: str, sample_closed: Case, twin: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        report = Report.objects.latest("pk")
    address = url(name, sample_closed, pk=report.pk)
    assert client_for(twin.owner).get(address).status_code == 404
    assert client_for(twin.owner).get(url(name, twin, pk=report.pk)).status_code == 404
    assert Client().get(address).status_code == 302
    for person in (
        sample_closed.owner,
        sample_closed.counsel,
        sample_closed.procurement,
        sample_closed.manager,
    ):
        assert client_for(person).get(address).status_code == 200


def test_the_list_costs_the_same_for_one_report_and_for_thirty(
    sample_closed: Case,
    manager: Client,
    record: RankingRecord,
    django_assert_num_queries: Callable[..., object],
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = url("list", sample_closed)
    with CaptureQueriesContext(connection) as few:
        manager.get(address)
    with opened(sample_closed.organisation):
        for _ in range(30):
            Report.objects.create(record=record, status="failed", requested_by=sample_closed.manager)
    with django_assert_num_queries(len(few)):
        manager.get(address)


def test_a_file_that_is_gone_is_missing_and_not_an_error(sample_closed: Case, manager: Client) -> None:
    with opened(sample_closed.organisation):
        report = Report.objects.latest("pk")
        Report.objects.filter(pk=report.pk).update(file="reports/gone.pdf")
    assert manager.get(url("download", sample_closed, pk=report.pk)).status_code == 404


def test_a_link_from_the_ranking_chooses_its_record(
    sample_closed: Case, manager: Client, record: RankingRecord
) -> None:
    with opened(sample_closed.organisation):
        selection_services.keep_ranking(selection=sample_closed.selection, actor=sample_closed.procurement)
    page = manager.get(f"{url('list', sample_closed)}?record={record.pk}").content.decode()
    assert f'<option value="{record.pk}" selected>Ranking record 1' in page
    assert manager.get(f"{url('list', sample_closed)}?record=nonsense").status_code == 200
