"""Files are read as the tables they hold, whatever they are called, or refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabular import (
    MAX_FILE_BYTES,
    Column,
    TableFault,
    as_block,
    csv_bytes,
    guess_columns,
    map_as,
    plain_text,
    read_file,
    safe_cell,
    unescaped,
    workbook_bytes,
)
from tabular import workbooks as workbooks_module

HOSTILE = [
    "=1+1",
    "'=1+1",
    "''@x",
    "+1 555 0100",
    "-",
    "-5",
    "'-5",
    "a;=b",
    "a;'=b",
    "a|'+b",
    "two\nlines",
    "two\n=lines",
    "two\n'-lines",
    'say "yes", or\tno',
    "007",
    "1,900",
    "1e5",
    "TRUE",
    '=HYPERLINK("http://x","y")',
    "＝1",
    "ünïcode 😀",
    "_x0041_",
]


def cells(data: bytes) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in read_file(data).rows]


@given(st.text(max_size=30))
def test_taking_the_escape_off_gives_the_text_back(text: str) -> None:
    assert unescaped(safe_cell(text)) == text


@given(st.text(alphabet="'=+-@;|\t\r\n\N{FULLWIDTH EQUALS SIGN}a5.", max_size=12))
def test_taking_the_escape_off_gives_signs_back(text: str) -> None:
    assert unescaped(safe_cell(text)) == text


@given(
    st.lists(st.lists(st.text(max_size=8).map(plain_text), min_size=2, max_size=4), min_size=1, max_size=5)
)
def test_a_csv_file_of_ours_reads_back(rows: list[list[str]]) -> None:
    wanted = [["Task", "Note"], *rows]
    found = dict(cells(csv_bytes(wanted[0], rows)))
    for number, row in enumerate(wanted, start=1):
        while row and not row[-1]:
            row = row[:-1]  # noqa: PLW2901
        assert found.get(number, ()) == tuple(row)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_workbook_of_ours_reads_back(text: str) -> None:
    data = workbook_bytes("Sheet", ["Task", "Volume"], [[text, Decimal("1900.50")], [None, Decimal(3)]])
    assert cells(data) == [(1, ("Task", "Volume")), (2, (text, "1900.5")), (3, ("", "3"))]
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet["A2"].data_type == "s"  # text, never a formula
    assert sheet["B2"].data_type == "n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Task;Volume\r\nLeases;1,5\r\n", [(1, ("Task", "Volume")), (2, ("Leases", "1,5"))]),
        (b"Task\tVolume\nLeases, all\t3", [(1, ("Task", "Volume")), (2, ("Leases, all", "3"))]),
        (b'"Task, or so",Volume\n\n"a\nb",2\n', [(1, ("Task, or so", "Volume")), (3, ("a\nb", "2"))]),
        ("Task\nPachtverträge".encode("cp1252"), [(1, ("Task",)), (2, ("Pachtverträge",))]),
        ("Task,N\nä,1".encode("utf-16"), [(1, ("Task", "N")), (2, ("ä", "1"))]),
    ],
)
def test_csv_of_other_programs(data: bytes, expected: list[tuple[int, tuple[str, ...]]]) -> None:
    assert cells(data) == expected


def test_formulas_are_read_as_their_values_and_blank_rows_count() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Task", "Volume"])
    sheet["A3"], sheet["B3"] = "Leases", "=1+1"
    out = io.BytesIO()
    book.save(out)
    # Nobody calculated this workbook yet, so its formula has no value.
    assert cells(out.getvalue()) == [(1, ("Task", "Volume")), (3, ("Leases",))]
    with_value = _changed(out.getvalue(), "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>2</v>")
    with_value = _changed(with_value, "xl/worksheets/sheet1.xml", b"<v />", b"<v>2</v>")
    assert cells(with_value)[1] == (3, ("Leases", "2"))


def _changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            target.writestr(info.filename, content.replace(old, new) if info.filename == part else content)
    return out.getvalue()


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


GOOD = workbook_bytes("Sheet", ["Task"], [["Leases"]])
ENTITIES = _changed(GOOD, "xl/workbook.xml", b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook')


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "holds no row"),
        (b" \r\n,,\r\n", "holds no row"),
        (b"x" * (MAX_FILE_BYTES + 1), "at most 4,096 kB"),
        (b"\xd0\xcf\x11\xe0 an old workbook", r"old kind \(\.xls\)"),
        (b"PK\x03\x04 but nothing more", "damaged"),
        (GOOD[:-40], "damaged"),
        (_zip(notes=b"hello"), r"not an \.xlsx"),
        (_zip(xl__workbook_xml=b"not xml"), "damaged"),
        (_zip(xl__workbook_xml=b"x", xl__big_xml=b"0" * (41 * 1024 * 1024)), "too large when unpacked"),
        (_zip(**{f"part{n}": b"" for n in range(501)}), "too large when unpacked"),
        (ENTITIES, r"not an \.xlsx"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither a CSV file nor"),
        (b"Task\n" + b"x\n" * 5_002, "More than 5,000 rows"),
        (b"a," * 60 + b"\n", "holds no row|more than 50 cells"),
        (b"Task\n" + b"y" * 200_000, "cannot be read as CSV"),
        (b"Task\n" + (b"y" * 90_000 + b"\n") * 12, "more than 1,000,000 characters"),
    ],
)
def test_what_is_no_table_is_told_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(TableFault, match=sentence):
        read_file(data)


def test_a_sheet_that_lies_about_its_size_is_read_as_far_as_rows_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks_module, "_FAR_DOWN", 50)
    far = _changed(GOOD, "xl/worksheets/sheet1.xml", b'r="2"', b'r="900000"')
    assert cells(far) == [(1, ("Task",))]


COLUMNS = (Column("name", "Task", is_required=True), Column("volume", "Volume", ("count",), is_number=True))


def test_columns_are_guessed_by_their_headings_once() -> None:
    assert guess_columns(as_block([["Count", "task", "Volume", "Else"]]), COLUMNS) == (
        "volume",
        "name",
        "",
        "",
    )


def test_columns_are_read_as_somebody_said() -> None:
    block = as_block([["5", "Leases"], ["7", "NDAs", "more"]])
    table = map_as(block, COLUMNS, ["volume", "name"], has_heading=False)
    assert [row.cells for row in table.rows] == [
        {"volume": "5", "name": "Leases"},
        {"volume": "7", "name": "NDAs"},
    ]
    assert len(map_as(block, COLUMNS, ["", "name"], has_heading=True).rows) == 1


@pytest.mark.parametrize(
    ("keys", "has_heading", "sentence"),
    [
        (["volume"], True, "Choose which column holds “Task”"),
        (["name", "name"], True, "chosen for two columns"),
        (["name", "flags"], True, "not known here"),
        (["name"], True, "no row follows"),
    ],
)
def test_a_choice_that_cannot_be_read_is_told(keys: list[str], has_heading: bool, sentence: str) -> None:
    with pytest.raises(TableFault, match=sentence):
        map_as(as_block([["a", "b"]]), COLUMNS, keys, has_heading=has_heading)
