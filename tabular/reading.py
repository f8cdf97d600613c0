"""From pasted text to rows of cells, with the row numbers that the person sees."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import figures

if TYPE_CHECKING:
    from pandas import DataFrame

MAX_ROWS = 5_000
MAX_CHARACTERS = 1_000_000
MAX_COLUMNS = 50
_MAX_LINES = 4 * MAX_ROWS  # blank rows count among them

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_WIDE_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_FEWEST_LINES_WITH_DELIMITER = 0.8


class TableFault(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """The text as a whole cannot be read as a table. The message is fit for a page."""


@dataclass(frozen=True)
class Row:
    """The cells of one row, without surrounding blanks; ``number`` counts the rows of the text from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """The rows of a text that hold anything. ``delimiter`` is "" when every line is one cell."""

    rows: tuple[Row, ...]
    delimiter: str


def plain_text(text: str) -> str:
    """Give a cell as it is read: one kind of line end, no control characters, no blanks around it."""
    return _CONTROL.sub(" ", _LINE_END.sub("\n", text)).strip()


def read_block(text: str) -> Block:
    """Read a block copied from a spreadsheet, CSV, or one thing a line.

    Cells are separated by tabs, semicolons, commas, vertical bars or wide gaps, and may be quoted. Blank rows
    count but are left out. Raises ``TableFault`` for text that is empty or too large.
    """
    if len(text) > MAX_CHARACTERS:
        raise TableFault(
            f"The text has {figures.count(len(text))} characters; at most {figures.count(MAX_CHARACTERS)} "
            "can be read at once. Paste it in parts."
        )
    cleaned = _CONTROL.sub(" ", _LINE_END.sub("\n", text.removeprefix("\ufeff")))
    lines = [line for line in cleaned.split("\n") if line.strip()]
    if not lines:
        raise TableFault("There is nothing to read: paste at least one row.")
    delimiter = _delimiter(lines)
    if delimiter == "gap":
        cleaned, delimiter = _WIDE_GAP.sub("\t", cleaned), "\t"
    cleaned = cleaned.rstrip("\n")
    rows = _rows(cleaned, delimiter)
    if len(rows) > MAX_ROWS:
        raise _too_long(len(rows))
    return Block(rows, delimiter)


def as_text(block: Block) -> str:
    """Write rows as a text that ``read_block`` reads as the same rows, with the same numbers.

    So what a file holds can be shown in the field that one pastes into, and corrected there.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    place = 1
    for row in block.rows:
        out.write("\n" * (row.number - place))
        # One tab at least: a sheet of a single column must not be cut at the commas in its cells.
        writer.writerow([*row.cells, ""] if len(row.cells) == 1 else row.cells)
        place = row.number + 1
    return out.getvalue()


def _delimiter(lines: list[str]) -> str:
    """Tabs win; another sign separates cells only when nearly every line has it."""
    if any("\t" in line for line in lines):
        return "\t"
    has = Counter(sign for line in lines for sign in ";|," if sign in line)
    wide = sum(1 for line in lines if _WIDE_GAP.search(line.strip()))
    enough = max(1, _FEWEST_LINES_WITH_DELIMITER * len(lines))
    for sign in ";|":
        if has[sign] >= enough:
            return sign
    if wide >= enough:
        return "gap"
    return "," if has[","] >= enough else ""


def _rows(text: str, delimiter: str) -> tuple[Row, ...]:
    if not delimiter:
        cells = enumerate(text.split("\n"), start=1)
        return tuple(Row(number, (cell.strip(),)) for number, cell in cells if cell.strip())
    found = []
    for number, cells in enumerate(_frame(text, delimiter).itertuples(index=False, name=None), start=1):
        stripped = [str(cell).strip() for cell in cells]
        while stripped and not stripped[-1]:
            stripped.pop()
        if stripped:
            found.append(Row(number, tuple(stripped)))
    if not found:
        raise TableFault("There is nothing to read: every cell is empty.")
    if any(len(row.cells) > MAX_COLUMNS for row in found):
        raise _too_wide()
    return tuple(found)


def _too_long(rows: int) -> TableFault:
    return TableFault(
        f"The text has {figures.count(rows)} rows; at most {figures.count(MAX_ROWS)} can be pasted "
        "at once. Paste it in parts."
    )


def _too_wide() -> TableFault:
    return TableFault(
        f"A row has more than {MAX_COLUMNS} cells, the most that can be read. "
        "Copy only the columns that are needed."
    )


def _frame(text: str, delimiter: str) -> DataFrame:
    """Every cell as text; a quotation mark that never ends is taken as it stands.

    Cells are counted first: pandas would build a column for each before it says that they are too many.
    """
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # it would mean that cells were dropped
        try:
            _refuse_large_quoted(text, delimiter)
            return _parsed(text, delimiter, csv.QUOTE_MINIMAL)
        except pd.errors.ParserWarning as dropped:
            raise _too_wide() from dropped
        except pd.errors.ParserError:
            pass
        try:
            _refuse_large_lines(text, delimiter)
            return _parsed(text, delimiter, csv.QUOTE_NONE)
        except (pd.errors.ParserWarning, pd.errors.ParserError) as dropped:
            raise _too_wide() from dropped


def _refuse_large_quoted(text: str, delimiter: str) -> None:
    """Go from cell to cell, up to the first that is too many or to a quotation mark that never ends."""
    sign = re.escape(delimiter)
    cell = re.compile(rf'(?:"[^"]*+(?:""[^"]*+)*+"[^{sign}\n]*+|(?!")[^{sign}\n]*+)({sign}|\n|\Z)')
    place = cells = rows = 0
    while place < len(text) and (found := cell.match(text, place)):
        place = found.end()
        if found[1] == delimiter:
            cells += 1
        else:
            cells, rows = 0, rows + 1
        if cells > MAX_COLUMNS:
            raise _too_wide()
    if rows > _MAX_LINES:
        raise _too_long(rows)


def _refuse_large_lines(text: str, delimiter: str) -> None:
    lines = text.split("\n")
    if any(line.count(delimiter) > MAX_COLUMNS for line in lines):
        raise _too_wide()
    if len(lines) > _MAX_LINES:
        raise _too_long(len(lines))


def _parsed(text: str, delimiter: str, quoting: int) -> DataFrame:
    """Nothing is guessed: no numbers, no missing values, no header, no skipped rows.

    Quoted cells may hold line ends, so the width of a row is not known before: one column more than is
    allowed shows whether a row is too wide.
    """
    import pandas as pd

    return pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        header=None,
        names=range(min(text.count(delimiter), MAX_COLUMNS) + 1),
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        quoting=quoting,
        lineterminator="\n",
    )
