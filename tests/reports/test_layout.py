"""Where pages break: a table starts with three rows or on the next page; page 1 stays one page."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest

from reports.build import build
from reports.content import Cell, Column, Paragraph, ReportContent, Row, Section, Table
from reports.pdf import PaperName, render
from reports.source import Earlier
from tests.reports.records_of_sample import record_of, sample_record
from tests.reports.test_ask import with_task
from tests.reports.test_pdf import OPTIONS, words
from tests.reports.test_waivers import WAIVER, waived_inputs

LONG = Table(
    "The long table",
    (Column("Code"), Column("Text", share=1)),
    tuple(Row((Cell(f"row-{place:02}"), Cell("Some words. " * 8))) for place in range(20)),
)


def pages_of(content: ReportContent, paper: PaperName = "letter") -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(render(content, paper).content))
    return [words(page.extract_text()) for page in reader.pages]


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return build(sample_record(), OPTIONS)


@pytest.mark.parametrize("lines", range(24, 44, 2))
def test_a_long_table_shows_three_rows_under_its_heading_or_starts_on_the_next_page(
    content: ReportContent, lines: int
) -> None:
    filler = Section("Before", tuple(Paragraph("A line.") for _ in range(lines)))
    last = Section("What follows", (Paragraph("What leads up to it."), LONG))
    pages = pages_of(replace(content, sections=(filler, last)))
    start = next(page for page in pages if "The long table" in page)
    assert "2. What follows" in start
    assert "What leads up to it." in start
    assert all(f"row-{place:02}" in start for place in range(3))
    assert all(any(f"row-{place:02}" in page for page in pages) for place in range(20))


def test_the_tables_of_the_sample_start_with_three_rows(content: ReportContent) -> None:
    pages = pages_of(content)
    knock_outs = next(page for page in pages if "Knock-outs by provider" in page)
    assert all(f"K{number:02}" in knock_outs.split("Knock-outs by provider")[1] for number in (1, 2, 3))
    method = next(page for page in pages[2:] if "How the figures are made" in page)
    assert all(name in method for name in ("Suitability", "Value of an answer", "Run cost"))


def test_page_1_is_one_page_with_all_that_may_stand_on_it() -> None:
    """A partial ask, marks, price rule, changed weights and waivers at once: the risks make room."""
    each = {code: {**WAIVER, "reason": f"A pilot writes the playbook for {code}"} for code in ("D01", "D07")}
    inputs = waived_inputs(("D01", "D07"), **each)
    inputs["tasks"].append(with_task()["tasks"][-1])
    inputs["weights"] |= {"COST": 32.0, "QUAL": 28.0}
    options = replace(OPTIONS, earlier=Earlier(2, sample_record()))
    first = pages_of(build(record_of(inputs), options))[0]
    for needed in ("D19 has no price", "Weights changed since record 2", "for D07", "For the board"):
        assert needed in first


def test_one_waiver_leaves_room_for_one_risk() -> None:
    assert len(build(record_of(waived_inputs(("D01",))), OPTIONS).first_page.risks) == 1
