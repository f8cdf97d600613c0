"""Columns are found by heading in any order, or by place; anything else is one sentence."""

from __future__ import annotations

import pytest

from tabular import Column, MappedTable, TableFault, map_columns, read_block

COLUMNS = (
    Column("name", "task", ("legal task",), is_required=True),
    Column("volume", "volume a year", ("volume", "volume / year"), is_number=True),
    Column("hours", "hours each", ("hours",), is_number=True),
)


def mapped(text: str) -> MappedTable:
    return map_columns(read_block(text), COLUMNS)


def test_headings_in_any_order_and_spelling() -> None:
    table = mapped("HOURS\tRegion\tLegal  Task\tVolume/Year\n0.8\tUS\tNDA\t1,900")
    assert table.has_heading
    assert table.ignored == ("Region",)
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, {"hours": "0.8", "name": "NDA", "volume": "1,900"})
    ]


def test_without_headings_the_place_counts() -> None:
    table = mapped("NDA\t1,900\t0.8\nLeases\t120")
    assert not table.has_heading
    assert [row.cells for row in table.rows] == [
        {"name": "NDA", "volume": "1,900", "hours": "0.8"},
        {"name": "Leases", "volume": "120"},
    ]


def test_cells_beyond_the_columns_are_kept_apart() -> None:
    assert mapped("NDA\t1\t2\tx\t\ty").rows[0].extra == ("x", "y")
    assert mapped("Task\tVolume\nNDA\t1\t900").rows[0].extra == ("900",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Volume\tHours\n1\t2", "none for “task”"),
        ("Task\tVolume\tVolume a year\nNDA\t1\t2", "Two columns are both read as “volume a year”"),
        ("Aufgabe\tMenge\tStunden\nNDA\t1900\t0.8", "looks like headings, but none of them is known"),
        ("Task\tVolume", "no row follows"),
    ],
)
def test_what_cannot_be_mapped(text: str, words: str) -> None:
    with pytest.raises(TableFault, match=words):
        mapped(text)
