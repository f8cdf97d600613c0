"""Which column means what: by its heading, or by its place when there are no headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from figures import is_number
from tabular.reading import Block, Row, TableFault

_NOISE = re.compile(r"[^a-z0-9]+")
_SHOWN = 6


@dataclass(frozen=True)
class Column:
    """A column that is understood. ``synonyms`` are further headings; case and punctuation do not matter."""

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    is_number: bool = False

    @property
    def headings(self) -> frozenset[str]:
        """Every heading that means this column, in the form ``plain_heading`` gives."""
        return frozenset(plain_heading(text) for text in (self.key, self.title, *self.synonyms))


@dataclass(frozen=True)
class MappedRow:
    """One row by column key; ``extra`` are cells beyond the last column."""

    number: int
    cells: dict[str, str]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappedTable:
    """The rows without the heading; ``ignored`` are headings that mean nothing here."""

    rows: tuple[MappedRow, ...]
    columns: tuple[Column, ...]
    has_heading: bool
    ignored: tuple[str, ...] = field(default=())


def plain_heading(text: str) -> str:
    """Reduce a heading to lower-case words: "Volume / year" and "volume year" are the same."""
    return _NOISE.sub(" ", text.casefold()).strip()


def map_columns(block: Block, columns: Sequence[Column]) -> MappedTable:
    """Find out which column is which. Raises ``TableFault`` with a sentence when that is not possible."""
    first = block.rows[0]
    meanings = [_meaning(cell, columns) for cell in first.cells]
    if any(meanings):
        return _by_heading(block, columns, meanings)
    _refuse_unknown_headings(block, columns)
    return _by_place(block, columns)


def guess_columns(block: Block, columns: Sequence[Column]) -> tuple[str, ...]:
    """Say for each place of the first row which column its heading means; "" where none is known."""
    keys: list[str] = []
    for cell in block.rows[0].cells:
        meaning = _meaning(cell, columns)
        keys.append(meaning.key if meaning and meaning.key not in keys else "")
    return tuple(keys)


def map_as(block: Block, columns: Sequence[Column], keys: Sequence[str], *, has_heading: bool) -> MappedTable:
    """Read the columns as somebody said. Raises ``TableFault`` when that leaves nothing to read."""
    known = {column.key: column for column in columns}
    used = [key for key in keys if key]
    for column in columns:
        if used.count(column.key) > 1:
            raise TableFault(f"“{column.title}” is chosen for two columns; choose it for one.")
        if column.is_required and column.key not in used:
            raise TableFault(f"Choose which column holds “{column.title}”.")
    if set(used) - set(known):
        raise TableFault("One of the chosen columns is not known here.")
    rows = block.rows[1:] if has_heading else block.rows
    if not rows:
        raise TableFault("The file holds headings and no row follows them.")
    places: list[str | None] = [key or None for key in keys]
    width = max(len(row.cells) for row in block.rows)
    places += [None] * (width - len(places))
    return MappedTable(
        tuple(_mapped(row, places) for row in rows),
        tuple(column for column in columns if column.key in used),
        has_heading,
    )


def _meaning(cell: str, columns: Sequence[Column]) -> Column | None:
    heading = plain_heading(cell)
    return next((column for column in columns if heading and heading in column.headings), None)


def _by_heading(block: Block, columns: Sequence[Column], meanings: list[Column | None]) -> MappedTable:
    first = block.rows[0]
    for column in columns:
        named = [cell for cell, meaning in zip(first.cells, meanings, strict=True) if meaning is column]
        if len(named) > 1:
            raise TableFault(
                f"Two columns are both read as “{column.title}”: {_quoted(named)}. Remove or rename one."
            )
        if column.is_required and not named:
            raise TableFault(
                f"Row {first.number} has headings, but none for “{column.title}”. Name that column "
                f"“{column.title}”."
            )
    keys = [meaning.key if meaning else None for meaning in meanings]
    ignored = tuple(cell for cell, key in zip(first.cells, keys, strict=True) if key is None and cell)
    rows = tuple(_mapped(row, keys) for row in block.rows[1:])
    if not rows:
        raise TableFault(f"Row {first.number} holds headings and no row follows it.")
    return MappedTable(rows, tuple(column for column in columns if column.key in keys), True, ignored)


def _by_place(block: Block, columns: Sequence[Column]) -> MappedTable:
    width = max(len(row.cells) for row in block.rows)
    keys: list[str | None] = [column.key for column in columns[:width]]
    rows = tuple(_mapped(row, keys) for row in block.rows)
    return MappedTable(rows, tuple(columns[:width]), False)


def _mapped(row: Row, keys: Sequence[str | None]) -> MappedRow:
    cells = {key: cell for key, cell in zip(keys, row.cells, strict=False) if key is not None}
    extra = tuple(cell for cell in row.cells[len(keys) :] if cell)
    return MappedRow(row.number, cells, extra)


def _refuse_unknown_headings(block: Block, columns: Sequence[Column]) -> None:
    """Words where numbers follow are headings in another language than ours; say which ones we know."""
    if len(block.rows) < 2:
        return
    first, second = block.rows[0], block.rows[1]
    for place, column in enumerate(columns):
        if not column.is_number or place >= min(len(first.cells), len(second.cells)):
            continue
        if not is_number(first.cells[place]) and first.cells[place] and is_number(second.cells[place]):
            raise TableFault(
                f"Row {first.number} looks like headings, but none of them is known: "
                f"{_quoted(first.cells)}. Known headings are {_quoted([c.title for c in columns])}."
            )


def _quoted(texts: Sequence[str]) -> str:
    shown = [f"“{text[:40]}”" for text in texts if text]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more
