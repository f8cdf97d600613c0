"""A file that a spreadsheet opens holds data, never formulas, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular import csv_bytes, safe_cell, write_csv


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
