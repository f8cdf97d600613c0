"""Workbooks with live formulas: cells are text, numbers or formulas, and only ours are formulas.

A formula carries the value it had when it was written, so that a file shows figures before any program has
calculated it, and a reader that does not calculate reads them too.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from tabular.workbooks import storable_text

WIDEST_ON_A_PAGE = 200  # characters: what is wider would be too small to read on one page of paper
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)><f>(.*?)</f><v ?(?:/>|></v>)</c>', re.DOTALL)


@dataclass(frozen=True)
class Look:
    """How a cell looks: number format, weight, whether it is an input (tinted, not locked), and so on."""

    format: str = "General"
    is_bold: bool = False
    is_input: bool = False
    is_head: bool = False
    is_quiet: bool = False
    is_wrapped: bool = False
    size: int = 10


@dataclass(frozen=True)
class Formula:
    """A formula, with "=", and the value it had when it was written (None: an empty text)."""

    text: str
    value: float | str | None = None


Value = str | float | int | Formula | None


@dataclass(frozen=True)
class Item:
    """One cell."""

    value: Value
    look: Look = Look()


@dataclass(frozen=True)
class Choice:
    """What may be typed into some cells: one of a few words, or a number between two."""

    cells: str
    words: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    is_whole: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet; ``freeze``: the first cell that scrolls; ``heads``: rows repeated on every printed page."""

    title: str
    rows: Iterable[Iterable[Item]]
    widths: tuple[float, ...]
    freeze: str = "A2"
    heads: int = 1
    is_locked: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Workbook:
    """Sheets in order, names for ranges (name → "Sheet!$A$1:$A$9"), and a line on every printed page."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    print_head: str = ""


def reference(title: str, cells: str) -> str:
    """Cells of a sheet as a formula names them."""
    return f"'{title}'!{cells}" if " " in title else f"{title}!{cells}"


def letters(column: int) -> str:
    """The name of a column by its number from 1."""
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def formula_workbook(wanted: Workbook) -> bytes:
    """Write the file; every formula is calculated anew when a program opens it."""
    import openpyxl
    from openpyxl.workbook.defined_name import DefinedName

    book = openpyxl.Workbook(write_only=True)
    values = [_write_sheet(book, sheet, wanted.print_head) for sheet in wanted.sheets]
    for name, cells in wanted.names.items():
        book.defined_names[name] = DefinedName(name, attr_text=cells)
    book.calculation.fullCalcOnLoad = True
    out = io.BytesIO()
    book.save(out)
    return _with_values(out.getvalue(), values)


def _write_sheet(book: Any, sheet: Sheet, print_head: str) -> dict[str, float | str | None]:
    """Write one sheet; gives the values of its formulas by cell."""
    made = book.create_sheet(sheet.title)
    _arrange(made, sheet, print_head)
    styles: dict[tuple[Look, bool], Any] = {}
    values: dict[str, float | str | None] = {}
    for row, given in enumerate(sheet.rows, start=1):
        cells, items = [], list(given)
        made.row_dimensions[row].height = _height(items, sheet.widths)
        for column, item in enumerate(items, start=1):
            cells.append(_cell(made, item, styles))
            if isinstance(item.value, Formula):
                values[f"{letters(column)}{row}"] = item.value.value
        made.append(cells)
    return values


def _arrange(made: Any, sheet: Sheet, print_head: str) -> None:
    """Widths, frozen heads, printing, what may be typed, and the lock (without a password)."""
    made.freeze_panes = sheet.freeze
    for column, width in enumerate(sheet.widths, start=1):
        made.column_dimensions[letters(column)].width = width
    made.page_setup.orientation = "landscape"
    if sum(sheet.widths) <= WIDEST_ON_A_PAGE:
        made.page_setup.fitToWidth, made.page_setup.fitToHeight = 1, 0
        made.sheet_properties.pageSetUpPr.fitToPage = True
    else:
        made.page_setup.scale, made.print_title_cols = 60, "A:B"
    if sheet.heads:
        made.print_title_rows = f"1:{sheet.heads}"
    made.oddHeader.center.text = storable_text(print_head).replace("&", "&&")
    made.oddFooter.left.text, made.oddFooter.right.text = "&A", "&P / &N"
    if sheet.is_locked:
        made.protection.sheet = True
        made.protection.formatColumns = False
        made.protection.formatRows = False
    for choice in sheet.choices:
        made.data_validations.append(_validation(choice))


def _validation(choice: Choice) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    if choice.words:
        rule = DataValidation(type="list", formula1=f'"{",".join(choice.words)}"', allow_blank=True)
    else:
        low, high = choice.between or (0, 1)
        kind = "whole" if choice.is_whole else "decimal"
        rule = DataValidation(type=kind, operator="between", formula1=f"{low:g}", formula2=f"{high:g}")
        rule.allow_blank = True
    rule.add(choice.cells)
    return rule


def _height(items: Iterable[Item], widths: tuple[float, ...]) -> float:
    """Room for the most lines that a text needs: not every program fits rows to wrapped text by itself."""
    lines = size = 1
    for item, width in zip(items, (*widths, *[100.0] * 3), strict=False):
        size = max(size, item.look.size)
        if item.look.is_wrapped or item.look.is_head:
            lines = max(lines, _lines(item.value, width))
    return min(409.0, lines * size * 1.32 + 2)


def _lines(value: Value, width: float) -> int:
    text = value.value if isinstance(value, Formula) else value
    room = max(4.0, width - 2)
    words = str(text or "").split("\n")
    return sum(max(1, math.ceil(len(line) * 1.05 / room)) for line in words)


def _is_text(value: Value) -> bool:
    known = value.value if isinstance(value, Formula) else value
    return known is None or isinstance(known, str)


def _cell(sheet: Any, item: Item, styles: dict[tuple[Look, bool], Any]) -> Any:
    from openpyxl.cell import WriteOnlyCell

    value = item.value
    if isinstance(value, Formula):
        made = WriteOnlyCell(sheet, value.text)
        made.data_type = "f"
    elif isinstance(value, str):
        made = WriteOnlyCell(sheet, storable_text(value))
        made.data_type = "s"  # whatever it begins with, it is no formula
    else:
        made = WriteOnlyCell(sheet, value)
    key = item.look, _is_text(value)
    if key not in styles:
        styles[key] = _style(sheet, *key)
    made._style = styles[key]
    return made


def _style(sheet: Any, look: Look, is_text: bool) -> Any:
    """One style for each look: setting fonts cell by cell would take most of the time of a large file."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    cell = WriteOnlyCell(sheet, None)
    colour = "5F5B54" if look.is_quiet else "1C1B19"
    cell.font = Font(name="Calibri", size=look.size, bold=look.is_bold or look.is_head, color=colour)
    wrap = look.is_wrapped or look.is_head
    cell.alignment = Alignment(
        horizontal="left" if is_text else "right",
        indent=1 if is_text and not look.size > 10 else 0,
        vertical="bottom" if look.is_head else "top",
        wrap_text=wrap,
    )
    cell.number_format = look.format
    if look.is_head:
        cell.fill = PatternFill("solid", fgColor="F1EFEA")
        cell.border = Border(bottom=Side(style="medium", color="8C877C"))
    if look.is_input:
        cell.fill = PatternFill("solid", fgColor="FBF3DD")
        cell.border = Border(bottom=Side(style="hair", color="8C877C"))
        cell.protection = Protection(locked=False)
    return cell._style


def _with_values(data: bytes, values: list[dict[str, float | str | None]]) -> bytes:
    """Put the known value beside every formula: openpyxl writes formulas without one."""
    parts = {f"xl/worksheets/sheet{place}.xml": found for place, found in enumerate(values, start=1)}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename in parts:
                content = _CELL.sub(_Filler(parts[part.filename]), content)
            new.writestr(part, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@dataclass(frozen=True)
class _Filler:
    """Rewrites the cell of one formula, with its value."""

    values: Mapping[str, float | str | None]

    def __call__(self, found: re.Match[bytes]) -> bytes:
        cell, style, text = found.groups()
        value = self.values[cell.decode()]
        if isinstance(value, str) or value is None:
            kind, written = b' t="str"', escape(storable_text(value or "")).encode()
        else:
            kind, written = b"", repr(value).encode()
        return b'<c r="%b"%b%b><f>%b</f><v>%b</v></c>' % (cell, style, kind, text, written)
