"""A file that a spreadsheet opens holds data, never formulas, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabular import csv_bytes, safe_cell, unescaped, write_csv, write_rows


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\n=1", "'\n'=1"),
        ("\N{FULLWIDTH EQUALS SIGN}1+1", "'\N{FULLWIDTH EQUALS SIGN}1+1"),
        ("a;=1+1", "a;'=1+1"),
        ("a\n@SUM(A1)", "a\n'@SUM(A1)"),
        ("5-7; 3+4", "5-7; 3+4"),
        ("-5", "-5"),
        ("+1.5e3", "+1.5e3"),
        (-5.25, "-5.25"),
        (Decimal("-0.0300"), "-0.0300"),
        (None, ""),
        (True, "yes"),
        ("plain", "plain"),
    ],
)
def test_one_cell(cell: object, written: str) -> None:
    assert safe_cell(cell) == written


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=5))
def test_no_text_is_a_formula_and_nothing_is_lost(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(write_csv(["h"], rows), newline="")))
    for row, back in zip(rows, read[1:], strict=True):
        for cell, seen in zip(row, back, strict=True):
            assert seen.replace("'", "") == cell.replace("'", "")
            for piece in [seen, *re.split(r"[;|\t\r\n]", seen)]:
                assert not piece.startswith(("=", "@", "\t", "\r")), f"{seen!r} would be executed"


def test_the_file_says_that_it_is_utf8() -> None:
    assert csv_bytes(["Ünit"], [["ü"]]).decode("utf-8") == "\ufeffÜnit\r\nü\r\n"


DELIMITERS = ",;\t|"
SIGN = re.compile(r"[\"\s\x00-\x1f]*[=+@\-\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}]")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
HOSTILE_TEXT = st.text(alphabet="=+-@;|\t\r\n\"' ,\x0b\x85\u3000\N{FULLWIDTH EQUALS SIGN}a1.", max_size=14)


def executed(text: str, delimiter: str) -> list[str]:
    """The cells that a spreadsheet which cuts at this sign would take for formulas."""
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells = [cell for row in found for cell in row]
    return [cell for cell in cells if SIGN.match(cell) and not NUMBER.fullmatch(cell)]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    "cell",
    [
        'x;"=1+1;y',
        '\t"=1+1',
        '|"=1+1',
        "q;\"=cmd|' /C calc'!A0;y",
        'a;""=1',
        "a;' \"@x",
        "a; =1",
        '"=1',
        " =1",
    ],
)
def test_a_quotation_mark_after_a_cut_hides_no_formula(cell: str, delimiter: str) -> None:
    assert executed(write_csv(["Code", "Task"], [["D01", cell], [cell, "D02"]]), delimiter) == []
    assert unescaped(safe_cell(cell)) == cell


@settings(max_examples=500, deadline=None)
@given(st.lists(st.lists(HOSTILE_TEXT, min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_cell_is_a_formula_wherever_a_spreadsheet_cuts(rows: list[list[str]]) -> None:
    text = write_rows(rows)
    for delimiter in DELIMITERS:
        assert executed(text, delimiter) == []
    for cell in (cell for row in rows for cell in row):
        assert unescaped(safe_cell(cell)) == cell


def test_a_row_that_begins_with_a_number_of_somebody_is_no_formula_as_a_whole() -> None:
    """Where commas are decimal signs the first cell would be -5,2+cmd|…"""
    row = ["-5", "2+cmd|' /C calc'!A0"]
    assert executed(write_rows([row]), ";") == []
    assert write_rows([[Decimal(-5), "x"]]) == "-5,x\r\n"  # what is a number stays one
    assert write_rows([["-5"]]) == "-5\r\n"


@pytest.mark.parametrize("text", ["\t" * 200_000, ";'\"" * 70_000, "'" * 200_000, "; =" * 70_000])
def test_a_long_text_is_gone_through_once(text: str) -> None:
    """A pattern that started again at each sign would take minutes."""
    assert unescaped(safe_cell(text)) == text
