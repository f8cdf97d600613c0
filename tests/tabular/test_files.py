"""Files are read as the tables they hold, whatever they are called, or refused in one sentence."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH

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


# Workbooks of other programs --------------------------------------------------------------------------------

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _book(sheet: str, *, styles: str = "", strings: str = "", book: str = "", prefix: str = "") -> bytes:
    """A workbook as other programs write it: parts under their usual names, in their usual words."""
    relations = "".join(
        f'<Relationship Id="rId{place}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "/xl/styles.xml"),
             ("sharedStrings", "sharedStrings.xml"), ("theme", "theme/theme1.xml")], start=1
        )
    )  # fmt: skip
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{book}'
        '<sheets><sheet name="Tasks" sheetId="7" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{relations}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<{prefix}worksheet xmlns{":x" if prefix else ""}="{MAIN}">{sheet}'
        f"</{prefix}worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, XML + content)
    return out.getvalue()


EXCEL_STYLES = """<numFmts count="2"><numFmt numFmtId="164" formatCode="[$-409]d\\-mmm\\-yy;@"/>
<numFmt numFmtId="165" formatCode="[h]:mm:ss"/></numFmts>
<cellStyleXfs count="1"><xf numFmtId="14" fontId="0"/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="164" xfId="0"><alignment horizontal="left"/></xf><xf numFmtId="165" xfId="0"/>
<xf numFmtId="9" xfId="0"/></cellXfs>
<dxfs count="1"><dxf><numFmt numFmtId="165" formatCode="General"/></dxf></dxfs>"""
EXCEL_STRINGS = """<si><t>Task</t></si><si><r><rPr><b/></rPr><t>Lease</t></r><r>
<t xml:space="preserve"> work</t></r>
<rPh sb="0" eb="1"><t>sound</t></rPh><phoneticPr fontId="1"/></si><si><t/></si>"""
EXCEL_SHEET = """<dimension ref="A1:XFD1048576"/><sheetViews><sheetView workbookViewId="0"/></sheetViews>
<cols><col min="1" max="16384" width="9"/></cols>
<sheetData><row r="1" spans="1:9" x14ac:dyDescent="0.25" xmlns:x14ac="urn:x">
<c r="A1" s="4" t="s"><v>0</v></c>
<c r="C1" t="inlineStr"><is><r><t>In </t></r><r><t>line</t></r><rPh><t>sound</t></rPh></is></c></row>
<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>46082</v></c><c r="C3" s="2"><v>46082.5</v></c>
<c r="D3" s="3"><v>1.25</v></c><c r="E3" s="4"><v>0.25</v></c><c r="F3" t="b"><v>1</v></c>
<c r="G3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="H3" t="str"><f>A3&amp;"!"</f><v>Lease work!</v></c>
<c r="I3"><f>1+1</f><v>2</v></c><c r="J3" t="s"><v>2</v></c><c r="K3" t="d"><v>2026-03-01T00:00:00</v></c>
<c r="XFD3" s="1"/></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>
<extLst><ext uri="{x}"><x14:row xmlns:x14="urn:x"><x14:c><x14:v>9</x14:v></x14:c></x14:row></ext></extLst>"""


def test_a_workbook_of_excel_is_read_as_it_shows() -> None:
    data = _book(EXCEL_SHEET, styles=EXCEL_STYLES, strings=EXCEL_STRINGS)
    assert cells(data) == [
        (1, ("Task", "", "In line")),
        (3, ("Lease work", "2026-03-01", "2026-03-01 12:00:00", "1 day, 6:00:00", "0.25", "yes", "#DIV/0!",
             "Lease work!", "2", "", "2026-03-01")),
    ]  # fmt: skip


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    sheet = '<sheetData><row><c s="1"><v>44620</v></c></row></sheetData>'
    data = _book(sheet, styles=EXCEL_STYLES, book='<workbookPr date1904="1"/>')
    assert cells(data) == [(1, ("2026-03-01",))]


def test_names_may_have_a_prefix_and_cells_no_place() -> None:
    sheet = "<x:sheetData><x:row><x:c><x:v>5</x:v></x:c><x:c><x:v>6.50</x:v></x:c></x:row></x:sheetData>"
    assert cells(_book(sheet, prefix="x:")) == [(1, ("5", "6.5"))]


def test_many_styles_as_libreoffice_writes_them_are_read() -> None:
    """1,000 looks of 350 bytes, and blank cells in every column of every row."""
    look = (
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyFont="true" applyBorder="true" '
        'applyAlignment="true" applyProtection="true"><alignment horizontal="general" vertical="bottom" '
        'textRotation="0" wrapText="false" indent="0" shrinkToFit="false"/>'
        '<protection locked="true" hidden="false"/></xf>'
    )
    blank = "".join(f'<c s="{place}"/>' for place in range(3, 90))
    rows = "".join(
        f'<row r="{number}" customFormat="false" ht="12.8" hidden="false"><c r="A{number}" s="2" t="s">'
        f'<v>{number - 1}</v></c><c r="B{number}" s="1" t="n"><v>{number}.5</v></c>{blank}</row>'
        for number in range(1, 2_001)
    )
    strings = "".join(f'<si><t xml:space="preserve">Task {n}</t></si>' for n in range(2_000))
    found = cells(
        _book(f"<sheetData>{rows}</sheetData>", styles=f"<cellXfs>{look * 1_000}</cellXfs>", strings=strings)
    )
    assert len(found) == 2_000
    assert found[-1] == (2_000, ("Task 1999", "2000.5"))


@pytest.mark.parametrize("seed", range(4))
def test_what_openpyxl_writes_is_read_as_openpyxl_reads_it(seed: int) -> None:
    random = Random(seed)
    book = openpyxl.Workbook()
    if seed % 2:
        book.epoch = MAC_EPOCH
    values = [1, 2.5, -3, 1e20, 1e-7, True, "text", "a\nb", "ü😀", *HOSTILE, date(2026, 3, 1),
              datetime.fromisoformat("2026-03-01 12:30:05"), time(5, 6, 7), timedelta(hours=30)]  # fmt: skip
    formats = ["General", "0.00", "yyyy-mm-dd", "[h]:mm:ss", "0%", "[Red]0", '"day" 0', "mm:ss.0"]
    for _ in range(200):
        cell = book.active.cell(random.randint(1, 40), random.randint(1, 50), random.choice(values))
        cell.number_format = random.choice([cell.number_format, *formats])
        if cell.data_type == "f":
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers that are no days
        sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()), data_only=True).active
    shown = [[_shown(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert read_file(out.getvalue()) == as_block(shown)


def _shown(value: object) -> str:
    """A value as somebody would type it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{Decimal(repr(value)).normalize():f}"
        case datetime():
            return str(value.date()) if value.time() == time() else value.isoformat(" ", "seconds")
    return str(value)
