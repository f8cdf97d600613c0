"""Workbooks (.xlsx) read, and tables written as such without formulas (``tabular.formulas`` has those)."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

import figures
from tabular.reading import MAX_COLUMNS, MAX_ROWS, TableFault

MAX_UNPACKED_BYTES = 40 * 1024 * 1024
MAX_PARTS = 500
READ_ME = "Read me"
_FAR_DOWN = 4 * MAX_ROWS  # blank rows count on the way there
_NO_WORKBOOK = "This is not an .xlsx workbook. Save the sheet as .xlsx or CSV and try again."
_DAMAGED = "The workbook cannot be read; it may be damaged or locked. Save it again as .xlsx, or as CSV."


def read_workbook(data: bytes) -> Iterator[list[str]]:
    """Give the rows of the first sheet, each cell as text; formulas as their last values.

    A sheet called ``READ_ME`` in front is for people: the table is the one after it.

    Raises ``TableFault`` for what is no workbook, is damaged, or unpacks to more than can be held.
    """
    _refuse_bomb(data)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which nobody reads here
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheet = _first_table(book.worksheets)
            sheet.reset_dimensions()  # what the file says about its size is not believed
            found = [
                [_text(value) for value in row]
                for row in islice(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), _FAR_DOWN)
            ]
            book.close()
        except Exception as fault:  # whatever a crafted file makes of the parser is one sentence
            raise TableFault(_DAMAGED) from fault
    return iter(found)


def _first_table(sheets: Sequence[Any]) -> Any:
    return sheets[1] if len(sheets) > 1 and sheets[0].title == READ_ME else sheets[0]


def _refuse_bomb(data: bytes) -> None:
    """A small file must not unpack to a huge one, nor carry entities that grow."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise TableFault(
                    "The workbook is too large when unpacked: at most "
                    f"{figures.count(MAX_UNPACKED_BYTES // 1024 // 1024)} MB. Save the one sheet as CSV."
                )
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise TableFault(_NO_WORKBOOK)
            for part in parts:
                with archive.open(part) as content:
                    if b"<!DOCTYPE" in content.read(2048):
                        raise TableFault(_NO_WORKBOOK)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        raise TableFault(_DAMAGED) from fault


def _text(value: object) -> str:
    """Write a value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return figures.plain(Decimal(repr(value)).normalize()) if value == value else ""  # noqa: PLR0124
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def workbook_bytes(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str | Decimal | None]]
) -> bytes:
    """Give a table as a workbook of one sheet: text is never a formula, numbers are numbers."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell(value: str | Decimal | None) -> object:
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"
        return made

    sheet.append([cell(header) for header in headers])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
