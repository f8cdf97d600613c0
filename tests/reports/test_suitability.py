"""A suitability report: stored as the assessment is, printed from those bytes, checked by calculation."""

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import records
from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import services as task_services
from assessments.models import TaskAssessment
from lpo.verification import check_organisation
from reports import services
from reports.models import Report, SuitabilityRecord
from reports.pdf import render
from reports.queries import report_page
from reports.services import asking
from reports.suitability.build import build_suitability
from reports.suitability.inputs import read_assessment
from tests.conftest import Case
from tests.gates import closing
from tests.reports.assessments_of_sample import OPTIONS, WAIVER, awkward, inputs, record_of
from tests.reports.libreoffice import SOFFICE, calculated

ClientFor = Callable[[User], Client]


def ask(case: Case, paper: str = "a4") -> Report:
    return services.request_suitability_report(assessment=case.assessment, paper=paper, actor=case.manager)


def url(name: str, case: Case, **more: object) -> str:
    return reverse(f"reports:{name}", kwargs={"organisation": case.slug, **more})


def test_asking_stores_the_assessment_as_it_is(sample: Case) -> None:
    report = ask(sample)
    stored = report.kept
    assert isinstance(stored, SuitabilityRecord)
    assert (report.kind, report.record, stored.number, report.status) == ("suitability", None, 1, "queued")
    found = records.verify_record(bytes(stored.content), stored.sha256)
    assert found.is_same
    assert found.versions_match
    event = AuditEvent.objects.get(object_type="reports.report", object_id=str(report.pk))
    assert (event.verb, event.after["record"]) == ("asked for suitability report", 1)


def test_stored_figures_are_those_of_the_pages(sample: Case) -> None:
    results = json.loads(bytes(ask(sample).kept.content))["results"]
    for task in TaskAssessment.objects.select_related("legal_task"):
        found = results[task.legal_task.code]
        suited, cost = found["suitability"], found["in_house"]
        assert (suited["score"], suited["outcome"] or "") == (task.score, task.outcome)
        assert (suited["score_range"] or [None, None]) == [task.score_low, task.score_high]
        assert [gate["code"] for gate in suited["gates"]] == task.gates
        assert cost["cost"] == task.baseline_amount
        assert cost["cash_part"] == task.cash_amount


def test_the_same_assessment_is_stored_once_and_a_changed_one_anew(sample: Case) -> None:
    first = ask(sample)
    assert ask(sample) == first
    assert ask(sample, "letter").suitability == first.suitability
    task = TaskAssessment.objects.get(legal_task__code="D01")
    task_services.change_task(actor=sample.counsel, task=task, facts={"annual_volume": Decimal(7)}, levels={})
    assert ask(sample).kept.number == 2


def test_a_stored_assessment_can_be_neither_changed_nor_removed(sample: Case) -> None:
    stored = ask(sample).kept
    for attempt in (lambda: SuitabilityRecord.objects.update(number=9), stored.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_notes_for_counsel_are_in_none_of_the_files(sample: Case) -> None:
    task = TaskAssessment.objects.get(legal_task__code="D01")
    task_services.change_task(
        actor=sample.counsel, task=task, facts={"counsel_note": "SECRET-A"}, levels={"STD": 4}
    )
    gate = task.gates[0]
    rules = {rule["code"]: rule for rule in sample.assessment.factor_set.content["gates"]}
    task_services.close_condition(
        actor=sample.counsel,
        task=task,
        gate=gate,
        condition=rules[gate]["conditions"][0],
        closing=closing("Engagement letter of 3 March", counsel_note="SECRET-B"),
    )
    made = services.make_report(report_id=ask(sample).pk)
    content = bytes(made.kept.content)
    assert b"Engagement letter of 3 March" in content
    assert b"SECRET" not in content
    with made.file.open("rb") as file:
        text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert "Engagement letter" in text
    assert "SECRET" not in text


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found["results"]["D01"]["suitability"].update(score=99),
        lambda found: found["results"]["D01"]["in_house"].update(cash_part=1),
        lambda found: found["inputs"]["tasks"][0]["answers"].update(STD=1),
        lambda found: found["inputs"]["tasks"][0].update(name="Another name"),
    ],
)
def test_a_changed_record_is_found_out(change: Callable[[dict[str, Any]], None]) -> None:
    found = record_of(inputs())
    assert records.verify_record(records.canonical(found)).is_same
    change(found)
    checked = records.verify_record(records.canonical(found))
    assert not checked.figures_match
    assert checked.first_difference is not None


def test_the_command_verifies_it_and_the_whole_check_reads_it(
    sample: Case, tmp_path: Any, capsys: Any
) -> None:
    made = services.make_report(report_id=ask(sample).pk)
    path = tmp_path / "suitability-record-1.json"
    path.write_bytes(bytes(made.kept.content))
    call_command("verify", str(path), hash=made.kept.sha256)
    assert "same: no change detected" in capsys.readouterr().out
    found = check_organisation(sample.organisation)
    assert (found.assessments, found.faults) == (1, ())
    assert "1 stored assessment and" in found.sentence


def test_the_pdf_says_what_goes_out_the_articles_and_that_it_is_no_advice(sample: Case) -> None:
    made = services.make_report(report_id=ask(sample).pk)
    assert (made.status, made.error, made.notes) == ("done", "", [])
    with made.file.open("rb") as file:
        content = file.read()
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert records.sha256(content) == made.file_sha256
    assert b"pdfuaid:part" in content
    first = " ".join(pages[0].split())
    assert "Of 18 legal tasks, nine can go out, three go out on a pilot first" in first
    assert "This is no legal advice." in first
    text = " ".join(" ".join(pages).split())
    assert "Model Rule 5.5 (no unauthorised practice)" in text
    assert made.kept.sha256 in text
    assert AuditEvent.objects.filter(verb="made suitability report", object_id=str(made.pk)).count() == 1


def test_the_disclaimer_stands_once_and_no_page_is_nearly_blank() -> None:
    pdf = render(build_suitability(record_of(inputs()), OPTIONS), "letter", made_at=OPTIONS.made_at)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages]
    text = " ".join(" ".join(pages).split())
    assert text.count("This is no legal advice.") == 1
    assert all(len(page.splitlines()) > 12 for page in pages)


def test_a_draft_and_rules_that_nobody_adopted_are_marks_beside_what_it_says() -> None:
    page = build_suitability(record_of(inputs()), OPTIONS).first_page
    assert [(mark.text, mark.mark) for mark in page.marks] == [
        ("Suitability assessment FY 2026: draft, not approved", "conditional"),
        ("Rule set not adopted: confirm first", "conditional"),
    ]
    assert page.assessment == ""


def test_what_was_not_checked_says_so_and_sources_have_names() -> None:
    given = inputs()
    given["factor_rules"]["gates"][0]["sources"] = ["SEED", "NOT-LISTED"]
    pdf = render(build_suitability(record_of(given), OPTIONS), "a4", made_at=OPTIONS.made_at)
    text = _text(pdf.content)
    assert (
        "Not checked against the source for the securities-law detail; confirm before you rely on it" in text
    )
    assert "wording and operational conditions are the publisher's judgement" in text
    assert "How US Clients Benefit from Legal Process Outsourcing" in text
    for unwanted in ("from memory", "our judgement", "SEED", "NOT-LISTED", "FRE-502"):
        assert unwanted not in text


def test_a_waiver_stands_on_page_one_with_both_people() -> None:
    given = inputs()
    stopped = next(
        task for task in given["tasks"] if task["answers"]["RDY"] == 1 and "G11" not in task["flags"]
    )
    stopped.update(waived=["G11"], waivers=[WAIVER])
    page = build_suitability(record_of(given), OPTIONS).first_page
    assert page.waivers == (
        f"G11 No documented process on {stopped['code']}. Asked for by Cora Counsel, 20 November 2026: The "
        "playbook is being written. Granted by Orla Owner, 21 November 2026: Due in a week.",
    )


def test_rates_of_another_period_are_counted_on_page_one_and_named_beside_the_rate() -> None:
    given = inputs()
    carried = list(given["role_rates"].values())[:2]
    for rate in carried:
        rate["carried_from"] = "FY 2025"
    report = build_suitability(record_of(given), OPTIONS)
    said = {fact.text: fact.answer for fact in report.first_page.sure}
    counted = f"2 of {len(given['role_rates'])}"
    assert said["Role rates of another period that nobody has confirmed"] == counted
    text = _text(render(report, "a4", made_at=OPTIONS.made_at).content)
    assert text.count("rate of FY 2025, not confirmed for this period") == 2


def _text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_two_hundred_awkward_tasks_fit_the_pages() -> None:
    pdf = render(build_suitability(record_of(awkward(200)), OPTIONS), "letter", made_at=OPTIONS.made_at)
    assert pdf.is_ua
    assert pdf.pages < 130


def test_an_empty_assessment_says_so_and_stores_nothing(
    sample: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_TASKS", 3)
    with pytest.raises(services.NoSuitabilityReportError, match="prints at most 3"):
        ask(sample)
    assert not SuitabilityRecord.objects.exists()


def test_reading_takes_the_same_queries_for_one_task_and_for_all(
    sample: Case,
) -> None:
    read_assessment(sample.assessment)  # reads the organisation and the factors once
    with CaptureQueriesContext(connection) as many:
        assert len(read_assessment(sample.assessment)["tasks"]) == 18
    other = TaskAssessment.objects.exclude(legal_task__code="D12")
    other.delete()
    with CaptureQueriesContext(connection) as one:
        assert len(read_assessment(sample.assessment)["tasks"]) == 1
    assert len(many) == len(one) < 10


# Pages -----------------------------------------------------------------------------------------------------


def test_from_the_button_to_the_files(
    sample_closed: Case, client_for: ClientFor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    manager = client_for(sample_closed.manager)
    tasks = manager.get(reverse("assessments:tasks", args=[sample_closed.slug])).content.decode()
    assert f'href="{url("list", sample_closed)}#suitability">Suitability report</a>' in tasks
    with django_capture_on_commit_callbacks(execute=True):
        answer = manager.post(url("ask_suitability", sample_closed), {"paper": "letter"})
    page = manager.get(answer.url).content.decode()
    assert "Download PDF" in page
    assert "Download workbook (XLSX)" in page
    with opened(sample_closed.organisation):
        report = Report.objects.get(kind="suitability")
    pk = report.pk
    pdf = manager.get(url("download", sample_closed, pk=pk))
    book = manager.get(url("workbook", sample_closed, pk=pk))
    record = manager.get(url("record", sample_closed, pk=pk))
    assert 'filename="suitability-report-record-1-letter.pdf"' in pdf["Content-Disposition"]
    assert 'filename="suitability-report-record-1.xlsx"' in book["Content-Disposition"]
    assert 'filename="suitability-record-1.json"' in record["Content-Disposition"]
    assert records.verify_record(record.content).is_same
    assert openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames[0] == "Read me"
    assert "Suitability record 1, US Letter" in manager.get(url("list", sample_closed)).content.decode()


def test_a_board_report_has_no_workbook(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        board = Report.objects.filter(kind="board").latest("pk")
    assert (
        client_for(sample_closed.manager).get(url("workbook", sample_closed, pk=board.pk)).status_code == 404
    )


def test_a_wrong_paper_is_said_beside_the_field(sample_closed: Case, client_for: ClientFor) -> None:
    answer = client_for(sample_closed.manager).post(url("ask_suitability", sample_closed), {"paper": "a9"})
    assert answer.status_code == 422
    assert "a9 is not one of the available choices" in answer.content.decode()


def test_too_many_reports_are_refused_in_words_and_store_nothing(
    sample_closed: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PER_HOUR", 0)
    answer = client_for(sample_closed.manager).post(url("ask_suitability", sample_closed), {"paper": "a4"})
    assert answer.status_code == 429
    assert "Nothing is lost" in answer.content.decode()
    with opened(sample_closed.organisation):
        assert not SuitabilityRecord.objects.exists()


def test_the_page_says_when_the_assessment_changed(sample: Case) -> None:
    made = services.make_report(report_id=ask(sample).pk)
    assert report_page(made).out_of_date == ""
    task = TaskAssessment.objects.get(legal_task__code="D01")
    task_services.change_task(actor=sample.counsel, task=task, facts={}, levels={"STD": 2})
    assert report_page(made).out_of_date.startswith("Out of date: the assessment changed after record 1")


# The way back ----------------------------------------------------------------------------------------------


def _preview(client: Client, case: Case, data: bytes) -> str:
    answer = client.post(
        reverse("assessments:import", args=[case.slug]), {"file": SimpleUploadedFile("book.xlsx", data)}
    )
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_workbook_imports_back_unchanged_and_one_changed_cell_is_one_difference(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        report = ask(sample_closed)
    counsel = client_for(sample_closed.counsel)
    data = counsel.get(url("workbook", sample_closed, pk=report.pk)).content
    said = _preview(counsel, sample_closed, data)
    assert "18 no change" in said
    shown = openpyxl.load_workbook(io.BytesIO(data), data_only=True)  # as a program saves it: with values
    shown["Tasks"]["D3"] = 1234
    changed = io.BytesIO()
    shown.save(changed)
    said = _preview(counsel, sample_closed, changed.getvalue())
    assert "1,234" in said or "1234" in said
    assert "17 no change" in said


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed here")
def test_what_libreoffice_calculated_and_saved_imports_back_unchanged(
    sample_closed: Case, client_for: ClientFor, tmp_path: Path
) -> None:
    """Who does it is a formula there: its text must be the one that the application writes."""
    with opened(sample_closed.organisation):
        report = ask(sample_closed)
    counsel = client_for(sample_closed.counsel)
    data = counsel.get(url("workbook", sample_closed, pk=report.pk)).content
    assert "18 no change" in _preview(counsel, sample_closed, calculated(data, tmp_path).read_bytes())
