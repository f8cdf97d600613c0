"""Small files that unpack to much are refused in one sentence, and little of them is read on the way."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest

from tabular import MAX_FILE_BYTES, MAX_ROWS, TableFault, as_block, read_block, read_file, workbook_bytes
from tabular.formulas import Formula, Item, Sheet, Workbook, formula_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SECONDS = 5  # of the processor; what is refused here takes a tenth of it, what was accepted took up to forty
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


INLINE = '<row><c t="inlineStr"><is><t>%s</t></is></c></row>'


def with_parts(**parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """A workbook with some parts exchanged."""
    names = {"sheet": SHEET, "strings": STRINGS, "styles": STYLES, "book": "xl/workbook.xml"}
    wanted = {names[key]: part for key, part in parts.items()}
    book, out, old = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["Task", "Volume"])
    book.active.append(["Leases", 3])
    book.save(old)
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            part = wanted.get(info.filename, source.read(info))
            target.writestr(info.filename, part(source.read(info)) if callable(part) else part)
        for name in set(wanted) - set(source.namelist()):
            part = wanted[name]
            target.writestr(name, part(b"") if callable(part) else part)
    return out.getvalue()


def sheet(rows: str, *, head: str = "") -> bytes:
    return f'{head}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def strings(texts: str) -> bytes:
    return f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()


def styles(looks: int) -> bytes:
    return f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * looks}</cellXfs></styleSheet>'.encode()


def pointing(cells: int, rows: int = 1) -> bytes:
    """Rows of cells that all point to the first shared text."""
    return sheet(("<row>" + '<c t="s"><v>0</v></c>' * cells + "</row>") * rows)


@pytest.fixture
def bytes_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much was unpacked, read by read."""
    sizes: list[int] = []
    whole = zipfile.ZipExtFile.read

    def counted(self: Any, n: int | None = -1) -> bytes:
        data = whole(self, n)
        sizes.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    return sizes


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    read_block("warm\tup")  # pandas is imported when it is first needed
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def test_more_styles_than_anybody_has_are_refused_unread(bytes_read: list[int]) -> None:
    data = with_parts(styles=styles(2_000_000))
    assert len(data) < 40_000
    bytes_read.clear()
    with pytest.raises(TableFault, match="more cell formats, sheets or names than can be read"):
        read_file(data)
    assert sum(bytes_read) < 20_000


def test_a_text_longer_than_any_cell_is_not_read_to_its_end(bytes_read: list[int]) -> None:
    data = with_parts(strings=strings(f"<si><t>\u2028{'x' * 9_000_000}</t></si>"), sheet=pointing(50))
    bytes_read.clear()
    with pytest.raises(TableFault, match="more than 32,767 characters, the most that a workbook holds"):
        read_file(data)
    assert sum(bytes_read) < 500_000


def test_a_text_larger_than_all_that_is_read_is_not_begun(bytes_read: list[int]) -> None:
    data = with_parts(strings=strings(f"<si><t>\u2028{'x' * 19_000_000}</t></si>"), sheet=pointing(50))
    bytes_read.clear()
    with pytest.raises(TableFault, match="too large when unpacked: at most 10 MB"):
        read_file(data)
    assert sum(bytes_read) < 20_000


@pytest.mark.parametrize("text", ["x" * 32_000, "\u2028" * 32_000], ids=["letters", "blanks"])
def test_one_text_in_very_many_cells_is_counted_before_it_is_cleaned(
    bytes_read: list[int], text: str
) -> None:
    data = with_parts(strings=strings(f"<si><t>{text}</t></si>"), sheet=pointing(50, 5_000))
    bytes_read.clear()
    with pytest.raises(TableFault, match="more than 1,000,000 characters"):
        read_file(data)
    assert sum(bytes_read) < 500_000  # of 6 MB: rows are read as they are taken


def test_rows_are_read_as_far_as_they_are_taken(bytes_read: list[int]) -> None:
    data = with_parts(sheet=sheet("<row><c><v>1</v></c></row>" * 300_000))
    bytes_read.clear()
    with pytest.raises(TableFault, match="More than 5,000 rows"):
        read_file(data)
    assert sum(bytes_read) < 500_000


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"sheet": sheet(f"<row>{'<c/>' * 1_600_000}</row>")}, "too large when unpacked"),
        ({"sheet": sheet("<x/>" * 1_600_000)}, "too large when unpacked"),
        ({"sheet": sheet("<row/>" * 1_600_000)}, "holds no row"),
        ({"sheet": sheet("<row>" + '<c t="str"><v>1</v></c>' * 60 + "</row>")}, "more than 50 cells"),
        ({"strings": strings("<si/>" * 1_600_000)}, "too large when unpacked"),
        ({"sheet": sheet("<a>" * 100_000)}, "damaged"),
        ({"sheet": sheet(INLINE % ("x" * 40_000))}, "32,767"),
        ({"sheet": sheet(f"<row><c><v>{'9' * 40_000}</v></c></row>")}, "32,767"),
        ({"sheet": sheet(f"<row><c><v>{'9' * 30_000}</v></c></row>")}, "damaged"),
        ({"sheet": sheet("<row><c><v>1e999</v></c></row>")}, "damaged"),
        ({"sheet": sheet('<row><c t="s"><v>-1</v></c></row>'), "strings": strings("<si/>")}, "damaged"),
        ({"book": lambda book: book.replace(b"<sheets>", b"<sheets>" + b"<sheet/>" * 200_000)}, "names"),
    ],
    ids=["cells", "anything", "rows", "width", "texts", "depth", "inline", "digits", "long number", "huge",
         "a text before the first", "sheets"],
)  # fmt: skip
def test_other_parts_that_burst_are_refused(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TableFault, match=sentence):
        read_file(with_parts(**parts))


ENTITY = '<!DOCTYPE worksheet [<!ENTITY a "EXPANDED"><!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "part",
    [
        sheet("<row><c><v>&a;</v></c></row>", head=f"<!--{'x' * 3_000}-->{ENTITY}"),
        sheet("<row><c><v>&a;</v></c></row>", head=f'<?xml version="1.0" encoding="UTF-16"?>{ENTITY}')
        .decode()
        .encode("utf-16"),
    ],
    ids=["far down", "in another encoding"],
)
def test_no_document_type_hides_anywhere(part: bytes) -> None:
    with pytest.raises(TableFault, match=r"not an \.xlsx"):
        read_file(with_parts(sheet=part))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_bursts_in_one_step_is_refused(packing: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as target:
        target.writestr("xl/workbook.xml", b" " * 1_000_000)
    with pytest.raises(TableFault, match="damaged"):
        read_file(out.getvalue())


# CSV and what is pasted ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (";" * 950_000, "more than 50 cells"),
        ('"' + ";" * 949_999, "more than 50 cells"),
        ("a;b\n" + ";" * 900_000, "more than 50 cells"),
        ('"a;' + '"";' * 300_000, "more than 50 cells"),
        ('a;"\n";' + '"\n";' * 190_000, "more than 50 cells"),
        ("x" + "\t" * 50 + "\n" * 900_000 + "y", "900,001 rows; at most 5,000"),
        ("\ty\n" * 300_000, "300,000 rows; at most 5,000"),
        ('\ty\n"' + "\ty\n" * 200_000, "rows; at most 5,000"),
    ],
    ids=["signs", "an open quotation", "the second row", "quotations", "rows in quotations", "blank rows",
         "rows", "rows after an open quotation"],
)  # fmt: skip
def test_pasted_cells_are_counted_before_a_table_is_built(text: str, sentence: str) -> None:
    with pytest.raises(TableFault, match=sentence):
        read_block(text)


def test_an_open_quotation_before_many_rows_is_taken_as_it_stands() -> None:
    rows = "\n".join(f"Pipe contracts {number}\t{number}\tA note of some length" for number in range(4_000))
    found = read_block(f'"open\t1\n{rows}').rows
    assert (len(found), found[0].cells) == (4_001, ('"open', "1"))


def test_line_ends_below_the_rows_do_not_count() -> None:
    assert len(read_block("a\t1\n" + "\n" * 100_000).rows) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"," * MAX_FILE_BYTES, "holds no row"),
        (b" ,\n" * (MAX_FILE_BYTES // 3), "holds no row"),
        (b"x;" * (MAX_FILE_BYTES // 2), "more than 50 cells"),
        (b"a\n" * (MAX_FILE_BYTES // 2), "More than 5,000 rows"),
        ((b'"' + b"\t" * 100_000 + b'"\n') * 40, "holds no row"),
    ],
    ids=["commas", "blank rows", "cells", "rows", "blanks"],
)
def test_a_csv_file_is_counted_before_it_is_cleaned(data: bytes, sentence: str) -> None:
    with pytest.raises(TableFault, match=sentence):
        read_file(data)


def test_cells_that_hold_nothing_do_not_make_a_row_too_wide() -> None:
    assert as_block([["a", *[" \x01"] * 80]]).rows[0].cells == ("a",)


# What no workbook can hold ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Zed \uffff end", "a\ufffeb", "\x01", "\ud800", "x" * 40_000])
def test_a_character_that_no_workbook_holds_becomes_a_blank(text: str) -> None:
    data = workbook_bytes(f"Tasks {text[0]}", ["Task", text], [[text, None]])
    found = openpyxl.load_workbook(io.BytesIO(data)).active
    assert all(sign not in found["A2"].value for sign in "\uffff\ufffe\x01\ud800")
    assert len(found["A2"].value) <= 32_767
    assert read_file(data).rows[0].cells[0] == "Task"


def test_nor_does_one_with_formulas() -> None:
    rows = [[Item("a\uffffb"), Item(Formula("=1", "c\ufffed"))]]
    data = formula_workbook(Workbook((Sheet("One", rows, (10, 10)),), print_head="Org \uffff & Co"))
    assert openpyxl.load_workbook(io.BytesIO(data)).active["A1"].value == "a b"


def test_the_largest_table_is_read() -> None:
    rows = [[f"Task {row} {column}" for column in range(12)] for row in range(MAX_ROWS)]
    data = workbook_bytes("Tasks", ["Task"] * 12, rows)
    assert len(read_file(data).rows) == MAX_ROWS + 1
