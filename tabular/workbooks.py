"""Workbooks (.xlsx) read, and tables written as such without formulas (``tabular.formulas`` has those)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from tabular.parts import DAMAGED, LONGEST_TEXT, Parts, opened_parts
from tabular.reading import MAX_ROWS, TableFault
from tabular.sheets import READ_ME, rows_of_first_table

__all__ = ["READ_ME", "read_workbook", "storable_text", "workbook_bytes"]

_FAR_DOWN = 4 * MAX_ROWS  # blank rows count on the way there
# What XML cannot hold; a workbook with it could not be opened.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read_workbook(data: bytes) -> Iterator[list[str]]:
    """Give the rows of the first sheet, each cell as text; formulas as their last values.

    A sheet called ``READ_ME`` in front is for people: the table is the one after it. Rows are read as they
    are taken. Raises ``TableFault`` for what is no workbook, is damaged, or unpacks to more than can be held.
    """
    return _rows(opened_parts(data))


def _rows(parts: Parts) -> Iterator[list[str]]:
    try:
        yield from islice(rows_of_first_table(parts), _FAR_DOWN)
    except TableFault:
        raise
    except Exception as fault:  # whatever a crafted file makes of the parser is one sentence
        raise TableFault(DAMAGED) from fault


def storable_text(text: str) -> str:
    """Give a text as a cell of a workbook can hold it: a blank for what XML cannot, and no longer."""
    return _FORBIDDEN.sub(" ", text)[:LONGEST_TEXT]


def workbook_bytes(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str | Decimal | None]]
) -> bytes:
    """Give a table as a workbook of one sheet: text is never a formula, numbers are numbers."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(storable_text(title))
    sheet.freeze_panes = "A2"

    def cell(value: str | Decimal | None) -> object:
        if not isinstance(value, str):
            return WriteOnlyCell(sheet, value)
        made = WriteOnlyCell(sheet, storable_text(value))
        made.data_type = "s"
        return made

    sheet.append([cell(header) for header in headers])
    for row in rows:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
