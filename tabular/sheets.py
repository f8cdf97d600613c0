"""The rows of one sheet of a workbook, each cell as a person would type it; formulas as their last values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

import figures
from tabular.parts import DAMAGED, LONGEST_TEXT, MAX_SMALL_BYTES, Elements, Parts, part_of
from tabular.reading import MAX_COLUMNS, TableFault

READ_ME = "Read me"
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_LONGEST_FORMAT = 255  # characters; a spreadsheet takes no longer one
_WIDEST = MAX_COLUMNS + 1  # one more than can be read shows that there are more
_DAY, _SPAN = "day", "span"


def rows_of_first_table(parts: Parts) -> Iterator[list[str]]:
    """Give the rows of the first sheet, blank ones too, reading no further than somebody asks.

    A sheet called ``READ_ME`` in front is for people: the table is the one after it.
    """
    contents, relations = _Contents(), _Relations()
    parts.read_all(_WORKBOOK, contents, most=MAX_SMALL_BYTES)
    if _RELATIONS in parts:
        parts.read_all(_RELATIONS, relations, most=MAX_SMALL_BYTES)
    sheet = _first_table([
        (title, part) for title, key in contents.sheets if (part := relations.sheets.get(key, "")) in parts
    ])  # fmt: skip
    formats, texts = _Formats(), _SharedTexts()
    # Some programs leave these two relations out, and every one uses these names.
    styles = relations.others.get("styles", "xl/styles.xml")
    if styles in parts:
        parts.read_all(styles, formats, most=MAX_SMALL_BYTES)
    strings = relations.others.get("sharedStrings", "xl/sharedStrings.xml")
    if strings in parts:
        parts.read_all(strings, texts)
    cells = _Cells(_Values(texts.found, formats.kinds(), contents.counts_from_1904))
    return _with_blank_rows(_as_they_come(parts, sheet, cells))


def _first_table(sheets: Sequence[tuple[str, str]]) -> str:
    if not sheets:
        raise TableFault(DAMAGED)
    place = 1 if len(sheets) > 1 and sheets[0][0] == READ_ME else 0
    return sheets[place][1]


def _as_they_come(parts: Parts, sheet: str, cells: _Cells) -> Iterator[tuple[int, list[str]]]:
    for _ in parts.read(sheet, cells):
        ready, cells.ready = cells.ready, []
        yield from ready


def _with_blank_rows(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[str]]:
    """Put the rows back that a sheet leaves out because they are blank."""
    before = 0
    for number, cells in rows:
        if number <= before:
            continue  # rows rise; one that does not cannot be shown anywhere
        for _ in range(number - before - 1):
            yield []
        yield cells
        before = number


@dataclass
class _Contents(Elements):
    """Sheets by title, with the key of their relation, and the day from which days are counted."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    counts_from_1904: bool = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            key = next((value for named, value in given.items() if named.endswith(" id")), "")
            self.sheets.append((given.get("name", ""), key))
        elif name == "workbookPr":
            self.counts_from_1904 = given.get("date1904", "") in {"1", "true"}


@dataclass
class _Relations(Elements):
    """The parts of the workbook: sheets with cells by the key of their relation, others by what they are."""

    sheets: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, given: dict[str, str]) -> None:
        if name != "Relationship" or given.get("TargetMode") == "External":
            return
        kind, part = given.get("Type", "").rpartition("/")[2], part_of(given.get("Target", ""))
        if kind == "worksheet":
            self.sheets[given.get("Id", "")] = part
        else:
            self.others[kind] = part


@dataclass
class _Formats(Elements):
    """The number format of each look of a cell: only that tells a day from a number."""

    codes: dict[str, str] = field(default_factory=dict)
    looks: list[str] = field(default_factory=list)
    within: str = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        if name in {"numFmts", "cellXfs"}:
            self.within = name
        elif name == "xf" and self.within == "cellXfs":
            self.looks.append(given.get("numFmtId", "0"))
        elif name == "numFmt" and self.within == "numFmts":
            self.codes[given.get("numFmtId", "")] = given.get("formatCode", "")[: _LONGEST_FORMAT + 1]

    def end(self, name: str) -> None:
        if name == self.within:
            self.within = ""

    def kinds(self) -> dict[str, str]:
        """Give the looks that mean a day, a time or a span of time, by their place in the list."""
        kinds = {key: _kind_of_format(self._code(key)) for key in set(self.looks)}
        return {str(place): kinds[key] for place, key in enumerate(self.looks) if kinds[key]}

    def _code(self, key: str) -> str:
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        built_in: dict[int, str] = BUILTIN_FORMATS
        return self.codes.get(key) or (built_in.get(int(key), "") if key.isdecimal() else "")


@lru_cache(maxsize=500)
def _kind_of_format(code: str) -> str:
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format

    if not code or len(code) > _LONGEST_FORMAT or not is_date_format(code):
        return ""
    return _SPAN if is_timedelta_format(code) else _DAY


@dataclass
class _SharedTexts(Elements):
    """The texts that cells point to: plain, or in pieces that look different. How they sound is left out."""

    found: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    takes: bool = False
    is_sound: bool = False

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "si":
            self.pieces, self.length = [], 0
        elif name == "rPh":
            self.is_sound = True
        elif name == "t":
            self.takes = not self.is_sound

    def end(self, name: str) -> None:
        if name == "si":
            # An underscore that would begin an escape is written as one.
            self.found.append("".join(self.pieces).replace("x005F_", ""))
        elif name == "rPh":
            self.is_sound = False
        elif name == "t":
            self.takes = False

    def text(self, data: str) -> None:
        if self.takes:
            self.length += len(data)
            refuse_long(self.length)
            self.pieces.append(data)


def refuse_long(length: int) -> None:
    """Raise ``TableFault`` where a cell is longer than a workbook can hold."""
    if length > LONGEST_TEXT:
        raise TableFault(
            f"A cell has more than {figures.count(LONGEST_TEXT)} characters, the most that a workbook holds. "
            "Shorten it, or save the sheet as CSV."
        )


@dataclass
class _Values:
    """From what a cell holds to what a person would type."""

    texts: Sequence[str]
    kinds: dict[str, str]
    counts_from_1904: bool

    def read(self, kind: str, look: str, held: str) -> str:
        if not held or kind in {"str", "inlineStr", "e"}:
            return held
        if kind == "s":
            place = int(held)
            if place < 0:
                raise TableFault(DAMAGED)
            return self.texts[place]
        if kind == "b":
            return "yes" if int(held) else "no"
        if kind == "d":
            return _of_iso(held)
        return self._number(self.kinds.get(look, ""), held)

    def _number(self, kind: str, held: str) -> str:
        number = float(held) if any(sign in held for sign in ".eE") else int(held)
        if kind:
            return self._moment(number, is_span=kind == _SPAN)
        if isinstance(number, int):
            return str(number)
        return figures.plain(Decimal(repr(number)).normalize()) if number == number else ""  # noqa: PLR0124

    def _moment(self, number: float, *, is_span: bool) -> str:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self.counts_from_1904 else WINDOWS_EPOCH
        try:
            return _written_moment(from_excel(number, epoch, timedelta=is_span))
        except (OverflowError, ValueError):
            return "#VALUE!"


def _of_iso(held: str) -> str:
    from openpyxl.utils.datetime import from_ISO8601

    return _written_moment(from_ISO8601(held))


def _written_moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


@dataclass
class _Cells(Elements):
    """The cells of a sheet, row by row; ``ready`` are the rows that are whole, with their numbers."""

    values: _Values
    ready: list[tuple[int, list[str]]] = field(default_factory=list)
    number: int = 0
    cells: list[str] | None = None  # of the row that is being read
    column: int = 0
    kind: str = ""
    look: str = ""
    is_cell: bool = False
    is_table: bool = False
    is_sound: bool = False
    takes: bool = False
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "c" and self.cells is not None:
            self._start_cell(given)
        elif name in {"v", "t"} and self.is_cell:
            self.takes = (name == "t") == (self.kind == "inlineStr") and not self.is_sound
        elif name == "row" and self.is_table:
            self.number = int(float(given["r"])) if "r" in given else self.number + 1
            self.cells, self.column = [], 0
        elif name == "rPh":
            self.is_sound = True
        elif name == "sheetData":
            self.is_table = True

    def _start_cell(self, given: dict[str, str]) -> None:
        self.is_cell = True
        self.column = _column(given["r"][:12].rstrip("0123456789")) if "r" in given else self.column + 1
        self.kind, self.look = given.get("t", "n"), given.get("s", "0")
        self.pieces, self.length = [], 0

    def end(self, name: str) -> None:
        if name == "c" and self.is_cell:
            self._end_cell()
        elif name in {"v", "t"}:
            self.takes = False
        elif name == "row" and self.cells is not None:
            self.ready.append((self.number, self.cells))
            self.cells = None
        elif name == "rPh":
            self.is_sound = False
        elif name == "sheetData":
            self.is_table = False

    def _end_cell(self) -> None:
        self.is_cell = self.is_sound = False
        if self.cells is None or not self.pieces or not 0 < self.column <= _WIDEST:
            return
        value = self.values.read(self.kind, self.look, "".join(self.pieces))
        self.cells.extend([""] * (self.column - len(self.cells)))
        self.cells[self.column - 1] = value

    def text(self, data: str) -> None:
        if self.takes:
            self.length += len(data)
            refuse_long(self.length)
            self.pieces.append(data)


@lru_cache(maxsize=500)
def _column(letters: str) -> int:
    """The number of a column by its name, from 1; 0 for what is none."""
    number = 0
    for letter in letters[:4]:
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - 64
    return number
