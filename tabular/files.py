"""Files that people bring, CSV of any kind and workbooks: what they hold counts, not what they are called."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

import figures
from tabular.reading import MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, Block, Row, TableFault, plain_text
from tabular.workbooks import read_workbook
from tabular.writing import unescaped

MAX_FILE_BYTES = 4 * 1024 * 1024  # what is read of it also travels from step to step in a form of the page
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t|"
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]*")  # what ``plain_text`` leaves nothing of


def read_file(data: bytes) -> Block:
    """Read a CSV file or the first sheet of an .xlsx workbook, every cell as text.

    Formulas are read as the values that were last calculated. The escaping of ``csv_bytes`` is taken off.
    Raises ``TableFault`` with a sentence when the file is no table, or too large.
    """
    if len(data) > MAX_FILE_BYTES:
        raise TableFault(
            f"The file has {figures.count(len(data) // 1024)} kB; at most "
            f"{figures.count(MAX_FILE_BYTES // 1024)} kB can be read. Split it, or leave out other sheets."
        )
    if data.startswith(_OLD_OFFICE):
        raise TableFault("This is a workbook of the old kind (.xls). Save it as .xlsx or CSV and try again.")
    if data.startswith(_ZIP):
        return as_block(read_workbook(data))
    return _read_csv(_decoded(data))


def as_block(rows: Iterable[Sequence[str]]) -> Block:
    """Keep to the limits, and number the rows that hold anything from 1, blank ones counted."""
    return _block(rows, plain_text)


def _block(rows: Iterable[Sequence[str]], clean: Callable[[str], str]) -> Block:
    """Count a row before any of its cells is cleaned: cleaning takes longer than reading."""
    found: list[Row] = []
    raw = characters = 0
    for number, cells in enumerate(rows, start=1):
        raw += sum(map(len, cells))
        if len(cells) > MAX_COLUMNS or raw > MAX_FILE_BYTES:
            _refuse_large(len(found), _columns(cells), 0 if raw <= MAX_FILE_BYTES else raw)
        if not any(map(str.strip, cells)):
            continue
        cleaned = [clean(cell) for cell in cells[:MAX_COLUMNS]]
        while cleaned and not cleaned[-1]:
            cleaned.pop()
        if not cleaned:
            continue
        found.append(Row(number, tuple(cleaned)))
        characters += sum(map(len, cleaned))
        _refuse_large(len(found), len(cleaned), characters)
    if not found:
        raise TableFault("There is nothing to read: the file holds no row.")
    return Block(tuple(found), ",")


def _columns(cells: Sequence[str]) -> int:
    """Count the cells, without the blank ones that may follow those that can be read."""
    return MAX_COLUMNS if _BLANK.fullmatch("".join(cells[MAX_COLUMNS:])) else len(cells)


def _refuse_large(rows: int, columns: int, characters: int) -> None:
    if rows > MAX_ROWS + 1:
        raise TableFault(f"More than {figures.count(MAX_ROWS)} rows cannot be read at once. Split the file.")
    if columns > MAX_COLUMNS:
        raise TableFault(f"A row has more than {MAX_COLUMNS} cells, the most that can be read.")
    if characters > MAX_CHARACTERS:
        raise TableFault(
            f"The cells hold more than {figures.count(MAX_CHARACTERS)} characters. Split the file."
        )


def _decoded(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or what older spreadsheets on Windows write."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\x00" in text or "\ufffd" in text:
        raise TableFault("This is neither a CSV file nor an .xlsx workbook. Save the sheet as one of these.")
    return text


def _read_csv(text: str) -> Block:
    # csv reads line ends inside quotes only with newline="", and splits rows at \n, \r and \r\n alone.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return _block(reader, _cell_of_csv)
    except csv.Error as fault:
        raise TableFault(f"Line {reader.line_num} cannot be read as CSV: a cell is too long.") from fault


def _cell_of_csv(text: str) -> str:
    return plain_text(unescaped(text)) if text else ""


def _delimiter(text: str) -> str:
    """The sign that separates most cells of the first line that holds anything, outside quotes."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)
