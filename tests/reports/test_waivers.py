"""Waivers in a board report: every one on page 1, and the record behind them verifies."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest

import records
from assessments import services
from engine import InvalidInput
from reports.build import build
from reports.content import Section, Table
from reports.pdf import render
from selections.models import RankingRecord
from selections.services import keep_ranking, preview_ranking
from tests.conftest import Case
from tests.gates import asked
from tests.reports.records_of_sample import record_of, sample_inputs
from tests.reports.test_pdf import MADE, OPTIONS, words

WAIVER = {
    "gate": "G11",
    "asked_by": "Carmen Counsel",
    "asked_at": "2026-11-20T02:00:00+00:00",
    "reason": "A pilot writes the playbook",
    "granted_by": "Orla Owner",
    "granted_at": "2026-11-21T10:00:00+00:00",
    "granted_because": "Watched week by week.",
}


def waived_inputs(codes: tuple[str, ...], **waivers: dict[str, str]) -> dict[str, Any]:
    inputs = sample_inputs()
    for task in inputs["tasks"]:
        if task["code"] in codes:
            task["answers"]["RDY"] = 1
            task |= {"waived": ["G11"], "waivers": [waivers.get(task["code"], WAIVER)]}
    return inputs


def first_page_text(record: dict[str, Any]) -> str:
    pdf = render(build(record, OPTIONS), "letter", made_at=MADE)
    return words(pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text())


def test_who_when_and_why_stand_on_page_1() -> None:
    text = first_page_text(record_of(waived_inputs(("D01", "D07"))))
    assert (
        "G11 No documented process on D01 and D07. Asked for by Carmen Counsel, 20 November 2026: A pilot "
        "writes the playbook. Granted by Orla Owner, 21 November 2026: Watched week by week."
    ) in text
    assert "Gates waived 2" in text
    assert "twelve-task basket" in text  # the tasks are in the basket, and the report says why


def test_days_are_those_of_the_organisation() -> None:
    zone = dt.timezone(dt.timedelta(hours=-6))
    options = replace(OPTIONS, kept_at=MADE.astimezone(zone))
    lines = build(record_of(waived_inputs(("D01",))), options).first_page.waivers
    assert "Carmen Counsel, 19 November 2026" in lines[0]


def test_many_waivers_are_all_on_page_1_and_the_risks_make_room() -> None:
    codes = tuple(f"D{number:02d}" for number in range(1, 13))
    each = {code: {**WAIVER, "granted_because": f"Reason of {code}"} for code in codes}
    record = record_of(waived_inputs(codes, **each))
    text = first_page_text(record)
    assert all(f"Reason of {code}." in text for code in codes)
    assert build(record, OPTIONS).first_page.risks == ()


def test_a_report_without_waivers_says_none() -> None:
    page = build(record_of(sample_inputs()), OPTIONS).first_page
    assert page.waivers == ()
    assert [fact.answer for fact in page.compliance if fact.text == "Gates waived"] == ["None"]
    assert len(page.risks) == 3


def test_a_record_that_does_not_say_who_says_so() -> None:
    inputs = waived_inputs(("D01",))
    inputs["tasks"][0].pop("waivers")
    lines = build(record_of(inputs), OPTIONS).first_page.waivers
    assert lines == ("G11 No documented process on D01: the record does not say who waived it.",)


def cells(section: Section) -> list[list[str]]:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def test_tasks_and_conditions_say_waived() -> None:
    sections = build(record_of(waived_inputs(("D07",))), OPTIONS).sections
    task = next(row for row in cells(sections[0]) if row[0] == "D07")
    assert task[5:] == ["Outsource · G11 waived · 3 conditions open", "G08, G11 (waived)"]
    risks = next(section for section in sections if section.title == "Risks and conditions")
    row = next(row for row in cells(risks) if row[1] == "G11 No documented process")
    assert row[2:] == ["Waived: who, when and why stands on page 1", "waived"]


def test_an_unwaived_copy_of_the_record_does_not_verify() -> None:
    """Taking the waiver out of the record, or forging one, is a change that verify finds."""
    record = record_of(waived_inputs(("D01",)))
    whole = records.canonical(record)
    assert records.verify_record(whole).is_same
    task = record["case"]["inputs"]["tasks"][0]
    del task["waived"]
    assert not records.verify_record(records.canonical(record)).figures_match


@pytest.mark.parametrize("gate", ["G03", "G08"])
def test_a_record_cannot_claim_a_waiver_of_law(gate: str) -> None:
    record = record_of(sample_inputs())
    record["case"]["inputs"]["tasks"][0]["waived"] = [gate]
    with pytest.raises(InvalidInput, match="cannot be waived"):
        records.verify_record(records.canonical(record))


def test_a_kept_ranking_carries_the_waiver_and_verifies(sample: Case) -> None:
    before = preview_ranking(selection=sample.selection, weights=None).inputs.fingerprint
    services.decide_waiver(actor=sample.owner, waiver=asked(sample), is_granted=True, reason="Watched")
    assert preview_ranking(selection=sample.selection, weights=None).inputs.fingerprint != before
    kept = keep_ranking(
        selection=sample.selection, weights=None, reason="With the waiver", actor=sample.procurement
    )
    stored = RankingRecord.objects.get(pk=kept.record.pk)
    assert records.verify_record(bytes(stored.content), stored.sha256).is_same
    lines = build(records.read_json(bytes(stored.content)), OPTIONS).first_page.waivers
    assert len(lines) == 1
    assert "D08. Asked for by Carmen Counsel" in lines[0]
    assert "Granted by Orla Owner" in lines[0]
