"""The workbook: its formulas, calculated by others, give what was stored; its texts are never formulas."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assessments.words import OUTCOMES, RESTRICTIONS
from reports.workbook.book import suitability_workbook
from reports.workbook.plan import COSTED, SCORED
from tabular import READ_ME, read_file
from tests.reports.assessments_of_sample import OPTIONS, awkward_assessment, sample_assessment
from tests.reports.calculator import Calculator
from tests.reports.libreoffice import SOFFICE, calculated, without_values

pytestmark = pytest.mark.apart
RECORDS = pytest.mark.parametrize("record", [sample_assessment, awkward_assessment])


Cells = Callable[[str, int, int], Any]


def compare(record: dict[str, Any], cell: Cells) -> None:
    """Every score, range, outcome and cost of the record against the cells of a calculated workbook."""
    for place, task in enumerate(record["inputs"]["tasks"]):
        found = record["results"][task["code"]]
        suited, cost = found["suitability"], found["in_house"]
        low, high = suited["score_range"] or (None, None)
        assert cell("Scores", SCORED + place, 1) == task["code"]
        for column, stored in enumerate((suited["score"], low, high), start=3):
            _same(cell("Scores", SCORED + place, column), stored)
        outcome = OUTCOMES[suited["outcome"]] if suited["outcome"] else "Not scored"
        assert cell("Scores", SCORED + place, 7) == outcome, task["code"]
        assert (cell("Scores", SCORED + place, 8) or "") == RESTRICTIONS.get(suited["restriction"] or "", "")
        assert cell("Scores", SCORED + place, 9) == len(suited["unknown"])
        for line, factor in enumerate(suited["factors"]):
            points = cell("Scores", SCORED + place, 11 + len(suited["factors"]) + line)
            if factor["points"] is None:
                assert points == "don't know"
            else:
                _same(points, factor["points"])
        gates = {gate["code"]: "waived" if gate["waived"] else "fires" for gate in suited["gates"]}
        for column, gate in enumerate(sorted(g["code"] for g in record["inputs"]["factor_rules"]["gates"])):
            assert (cell("Gates by task", SCORED + place, 4 + column) or None) == gates.get(gate)
        amounts = (cost["hours"], cost["cost"], cost["cash_part"], cost["salaried_hours"])
        for column, stored in zip((5, 8, 9, 10), amounts, strict=True):
            _same(cell("Costs", COSTED + place, column), stored)


def _same(calculated: Any, stored: float | None) -> None:
    if stored is None:
        assert calculated in {None, ""}
    else:
        assert calculated == pytest.approx(stored, abs=1e-9, rel=0)


@RECORDS
def test_a_second_calculator_gives_every_score_and_cost(record: Callable[[], dict[str, Any]]) -> None:
    book = Calculator(without_values(suitability_workbook(record(), OPTIONS)))
    compare(record(), lambda sheet, row, column: book.value((sheet, row, column)))


@RECORDS
def test_what_stands_beside_each_formula_is_what_it_gives(record: Callable[[], dict[str, Any]]) -> None:
    data = suitability_workbook(record(), OPTIONS)
    shown, book = openpyxl.load_workbook(io.BytesIO(data), data_only=True), Calculator(data)
    assert len(book.formulas()) > 70 * len(record()["inputs"]["tasks"])
    for place in book.formulas():
        sheet, row, column = place
        stored, calculated = shown[sheet].cell(row, column).value, book.value(place)
        if isinstance(stored, int | float):
            assert calculated == pytest.approx(stored, abs=1e-9, rel=1e-13), place
        else:
            assert (calculated or "") == (stored or ""), place


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed here")
@RECORDS
def test_libreoffice_gives_every_score_and_cost(record: Callable[[], dict[str, Any]], tmp_path: Path) -> None:
    data = suitability_workbook(record(), OPTIONS)
    book = openpyxl.load_workbook(calculated(data, tmp_path), data_only=True)
    compare(record(), lambda sheet, row, column: book[sheet].cell(row, column).value)


def test_a_changed_input_moves_what_hangs_on_it() -> None:
    """The formulas are live: another level, another share, another flag."""
    book = Calculator(suitability_workbook(sample_assessment(), OPTIONS))
    first = sample_assessment()["results"]["D01"]["suitability"]
    factor = first["factors"][0]
    book.cells["Answers", 2, 3].value = 1
    book.cells["Answers", 2, 3].data_type = "n"
    assert book.value(("Scores", SCORED, 3)) == pytest.approx(first["score"] - factor["points"], abs=1e-9)
    again = Calculator(suitability_workbook(sample_assessment(), OPTIONS))
    flag = next(
        column
        for column in range(1, 60)
        if getattr(again.cells.get(("Answers", 1, column)), "value", "") == "Flag: Court appearance"
    )
    sheet = again.cells["Answers", 2, 1].parent
    again.cells["Answers", 2, flag] = sheet.cell(2, flag, "yes")
    assert again.value(("Scores", SCORED, 7)) == "Retain"


def _cells(data: bytes) -> Iterator[Any]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            yield from row


def test_no_text_of_the_record_is_a_formula_or_part_of_one() -> None:
    data = suitability_workbook(awkward_assessment(), OPTIONS)
    written = [cell for cell in _cells(data) if isinstance(cell.value, str)]
    assert any(cell.value.startswith("=HYPERLINK") and cell.data_type == "s" for cell in written)
    formulas = " ".join(cell.value for cell in written if cell.data_type == "f")
    for text in ("HYPERLINK", "@SUM", "1+1", "=unit", "Leases"):
        assert text not in formulas
    assert Calculator(data).value(("Tasks", 2, 2)) == awkward_assessment()["inputs"]["tasks"][0]["name"]


def test_only_functions_that_every_spreadsheet_has() -> None:
    book = Calculator(suitability_workbook(awkward_assessment(), OPTIONS))
    for place in book.formulas():
        book.value(place)
    assert book.functions <= {
        *("ABS", "AND", "COUNTIF", "FIND", "IF", "INDEX", "ISNUMBER", "MATCH", "MID", "MOD", "N", "OR"),
        *("ROUND", "SUM", "SUMIFS", "SUMPRODUCT"),
    }


def test_it_opens_with_what_it_is_and_the_table_behind_that_is_read() -> None:
    data = suitability_workbook(sample_assessment(), OPTIONS)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:2] == [READ_ME, "Tasks"]
    words = " ".join(str(cell.value) for row in book[READ_ME].iter_rows() for cell in row)
    assert "This is no legal advice." in words
    assert book["Scores"].freeze_panes == "C3"
    assert book["Scores"].protection.sheet
    assert not book["Factors"]["C2"].protection.locked
    assert set(book.defined_names) == {"Weights", "BandStarts", "BandNames", "HourlyRates"}
    block = read_file(data)
    assert block.rows[0].cells[:2] == ("Code", "Task")
    assert len(block.rows) == 1 + len(sample_assessment()["inputs"]["tasks"])


def test_the_privilege_line_stands_where_counsel_chose_it() -> None:
    data = suitability_workbook(sample_assessment(), replace(OPTIONS, has_privilege_line=True))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book[READ_ME]["A2"].value.startswith("Privileged & confidential")
    assert "Privileged" in book["Scores"].oddHeader.center.text


@RECORDS
def test_a_score_on_a_half_is_shown_whole_and_not_rounded_otherwise_than_on_pages(
    record: Callable[[], dict[str, Any]],
) -> None:
    """Spreadsheets round 76.25 up to 76.3 where pages write 76.2: it has to be seen as it is."""
    book = openpyxl.load_workbook(io.BytesIO(suitability_workbook(record(), OPTIONS)))
    tasks = record()["inputs"]["tasks"]
    for row in range(SCORED, SCORED + len(tasks)):
        formats = {book["Scores"].cell(row, column).number_format for column in (3, 4, 5)}
        assert formats == {"0.00"}
    for row in range(COSTED, COSTED + len(tasks)):
        assert book["Costs"].cell(row, 5).number_format == "#,##0.00"
        assert book["Costs"].cell(row, 10).number_format == "#,##0.00"
    assert book["Portfolio"]["C2"].number_format == "#,##0.00"
    legend = [cell.value for row in book[READ_ME].iter_rows() for cell in row if cell.value]
    assert any("76.25 is 76.25 here and 76.2 on pages" in str(text) for text in legend)


def test_the_sheet_of_gates_says_what_was_not_checked() -> None:
    book = openpyxl.load_workbook(io.BytesIO(suitability_workbook(sample_assessment(), OPTIONS)))
    said = " ".join(str(cell.value) for row in book["Gates"].iter_rows() for cell in row)
    assert "not checked against the source; confirm before you rely on it" in said
    assert "from memory" not in said
    assert "our judgement" not in said
