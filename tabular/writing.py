"""CSV that a spreadsheet opens as data: numbers stay numbers, text never becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from figures import plain

Cell = str | int | float | Decimal | bool | None

# The wide forms count where Japanese or Chinese is typed.
_SIGNS = "=+@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH COMMERCIAL AT}-"
# Where commas are decimal signs, spreadsheets cut a CSV file at semicolons, and at line ends inside quotes.
# What then stands between the cut and a sign may go: quotation marks always, blanks with some programs.
# An apostrophe that somebody typed before such a sign gets one more: taking one off gives the text back.
_CUT = r";|\t\r\n"
_BESIDE = r"\"'\s\x00-\x1f"
_FIRST = re.compile(rf"[{_BESIDE}]*+[{_SIGNS}]|'*[\t\r\n]")
_ESCAPED_FIRST = re.compile(rf"'(?:{_FIRST.pattern})")
# From its first such character up to the sign, so that a long one is gone through once.
_BEFORE_A_SIGN = re.compile(rf"(?<![{_CUT}{_BESIDE}])[{_CUT}{_BESIDE}]++(?=[{_SIGNS}])")
_AFTER_A_CUT = re.compile(rf"([{_CUT}])")
_ESCAPED_AFTER_A_CUT = re.compile(rf"([{_CUT}])'")
_UNSIGNED = r"([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?"
_NUMBER, _SIGNED = re.compile(rf"[+-]?{_UNSIGNED}"), re.compile(rf"[+-]{_UNSIGNED}")


def safe_cell(cell: Cell) -> str:
    """Write one cell; text that a spreadsheet would execute gets a leading apostrophe.

    A spreadsheet reads a cell that starts with = + - @ tab or a line end as a formula, quotation marks and
    blanks before it or not; the same signs after a place where it may cut the cell get one too. Numbers, also
    those that are already text, are left alone. None is written as nothing.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float | Decimal):
        return plain(cell)
    if _NUMBER.fullmatch(cell):
        return cell
    inside = _BEFORE_A_SIGN.sub(lambda found: _AFTER_A_CUT.sub(r"\1'", found[0]), cell)
    return f"'{inside}" if _FIRST.match(cell) else inside


def unescaped(text: str) -> str:
    """Take off what ``safe_cell`` added to a text, and nothing else."""
    first = _ESCAPED_FIRST.match(text)
    inside = text[1:] if first else text
    return _BEFORE_A_SIGN.sub(lambda found: _ESCAPED_AFTER_A_CUT.sub(r"\1", found[0]), inside)


def write_rows(rows: Iterable[Sequence[Cell]]) -> str:
    """Give rows as CSV text: commas, CRLF line ends, quotes where they are needed."""
    out = io.StringIO()
    csv.writer(out).writerows(_safe_row(row) for row in rows)
    return out.getvalue()


def _safe_row(row: Sequence[Cell]) -> list[str]:
    """Write the cells; cut at semicolons, a row that begins with a typed "-5" may be a formula as a whole."""
    cells = [safe_cell(cell) for cell in row]
    is_typed = len(cells) > 1 and isinstance(row[0], str)
    return [f"'{cells[0]}", *cells[1:]] if is_typed and _SIGNED.fullmatch(cells[0]) else cells


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Give a table with its headings as CSV text."""
    return write_rows([headers]) + write_rows(rows)


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Give a table as a CSV file: UTF-8 with the mark that makes spreadsheets read it as such."""
    return write_csv(headers, rows).encode("utf-8-sig")


def csv_pieces(headers: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[bytes]:
    """Give the same file piece by piece: the headings first, then one piece for each batch of rows."""
    yield csv_bytes(headers, ())
    for batch in batches:
        yield write_rows(batch).encode()
