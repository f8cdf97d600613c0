"""Pasted text comes out as the cells and the row numbers that the person sees, or as one plain sentence."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabular import MAX_CHARACTERS, MAX_ROWS, TableFault, as_block, as_text, plain_text, read_block


def cells(text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in read_block(text).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\r\nc\td\r\n", [(1, ("a", "b")), (2, ("c", "d"))]),
        ("a\rb", [(1, ("a",)), (2, ("b",))]),
        ("\ufeffa,b\nc,d", [(1, ("a", "b")), (2, ("c", "d"))]),
        ("a;b,c;1,5\nd;e;2", [(1, ("a", "b,c", "1,5")), (2, ("d", "e", "2"))]),
        ("a | b\nc | d", [(1, ("a", "b")), (2, ("c", "d"))]),
        ('"a, or b",1\nc,2', [(1, ("a, or b", "1")), (2, ("c", "2"))]),
        ('a\t"two\nlines"\nc\td', [(1, ("a", "two\nlines")), (2, ("c", "d"))]),
        ('a\t"say ""yes"""\nc\td', [(1, ("a", 'say "yes"')), (2, ("c", "d"))]),
        ('a\t"never ends\nc\td', [(1, ("a", '"never ends')), (2, ("c", "d"))]),
        ("a\t1\n\n\t\nb\t2", [(1, ("a", "1")), (4, ("b", "2"))]),
        (
            "NDA review   1,900  0.8\nLeases  120   2.5",
            [(1, ("NDA review", "1,900", "0.8")), (2, ("Leases", "120", "2.5"))],
        ),
        (
            "Leases, licences\nNDA\nHolds\nSubpoenas\nMinutes",
            [
                (1, ("Leases, licences",)),
                (2, ("NDA",)),
                (3, ("Holds",)),
                (4, ("Subpoenas",)),
                (5, ("Minutes",)),
            ],
        ),
        ("NDA review and turnaround\n  Leases", [(1, ("NDA review and turnaround",)), (2, ("Leases",))]),
        ("nul\x00 and bell\x07\tb", [(1, ("nul  and bell", "b"))]),
        ("NA\tnull\tNaN\t1e5", [(1, ("NA", "null", "NaN", "1e5"))]),
    ],
)
def test_what_is_read(text: str, expected: list[tuple[int, tuple[str, ...]]]) -> None:
    assert cells(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing to read"),
        (" \n\t\n", "nothing to read"),
        ("\t\t\n\t", "nothing to read"),
        ("x\n" * (MAX_ROWS * 2), "10,000 rows; at most 5,000"),
        ("x" * (MAX_CHARACTERS + 1), "1,000,001 characters"),
        ("a" + "\tb" * 60, "more than 50 cells"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(TableFault, match=words):
        read_block(text)


def test_the_largest_block_is_read() -> None:
    assert len(read_block("task\t1\n" * MAX_ROWS).rows) == MAX_ROWS


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_text_gives_rows_or_a_sentence(text: str) -> None:
    try:
        block = read_block(text)
    except TableFault as fault:
        assert str(fault).endswith(".")
        return
    numbers = [row.number for row in block.rows]
    assert numbers == sorted(set(numbers))
    assert all(
        row.cells and row.cells[-1] and row.cells == tuple(map(str.strip, row.cells)) for row in block.rows
    )


CELL = st.text(alphabet='ab1,; |"\t\n.-', max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=8))
def test_a_spreadsheet_copy_comes_back_with_its_row_numbers(table: list[list[str]]) -> None:
    """Written as a spreadsheet writes to the clipboard, quoting only what needs it."""
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(table)
    expected = []
    for number, row in enumerate(table, start=1):
        stripped = [cell.strip() for cell in row]
        while stripped and not stripped[-1]:
            stripped.pop()
        if stripped:
            expected.append((number, tuple(stripped)))
    if not expected:
        with pytest.raises(TableFault):
            read_block(out.getvalue())
    else:
        assert cells(out.getvalue()) == expected


# A mark of byte order in front of a text is not part of it, and no file is read with one.
ANY_CELL = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\ufeff"), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.one_of(CELL, ANY_CELL), max_size=4), min_size=1, max_size=8))
def test_rows_of_a_file_written_as_text_read_back_with_their_numbers(table: list[list[str]]) -> None:
    if not any(plain_text(cell) for row in table for cell in row):
        return
    block = as_block(table)
    assert read_block(as_text(block)).rows == block.rows


def test_a_sheet_of_one_column_is_not_cut_at_its_commas() -> None:
    block = as_block([["Leases, all"], [], ["Holds, all"]])
    assert cells(as_text(block)) == [(1, ("Leases, all",)), (3, ("Holds, all",))]
