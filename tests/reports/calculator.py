"""A small calculator of workbooks for machines without a spreadsheet program.

Written from what the functions mean. It knows those that the workbook uses and no others, and reads nothing
but the cells of the file: what the application computed is not at hand here.
"""

from __future__ import annotations

import io
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|"(?P<text>(?:[^"]|"")*)"
    |(?P<range>(?:'[^']+'!|\w+!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)
    |(?P<name>[A-Za-z]+)|(?P<sign><=|>=|<>|[-+*/&=<>(),%]))""",
    re.VERBOSE,
)
ERROR = object()  # #VALUE!, #DIV/0! and the like
LEVELS = [("=", "<", ">", "<=", ">=", "<>"), ("&",), ("+", "-"), ("*", "/")]


class Table(list[list[Any]]):
    """The values of a range, row by row."""

    @property
    def flat(self) -> list[Any]:
        return [value for row in self for value in row]


class Calculator:
    """Every cell of a workbook, calculated when it is asked for."""

    def __init__(self, data: bytes) -> None:
        book = openpyxl.load_workbook(io.BytesIO(data))
        self.cells = {
            (sheet.title, cell.row, cell.column): cell
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        self.names = {name: defined.attr_text for name, defined in book.defined_names.items()}
        self.known: dict[tuple[str, int, int], Any] = {}
        self.functions: set[str] = set()

    def formulas(self) -> list[tuple[str, int, int]]:
        return [place for place, cell in self.cells.items() if cell.data_type == "f"]

    def value(self, place: tuple[str, int, int]) -> Any:
        if place not in self.known:
            cell = self.cells.get(place)
            is_formula = cell is not None and cell.data_type == "f"
            self.known[place] = (
                _Reader(self, place[0], cell.value[1:]).result() if is_formula else cell and cell.value
            )
        return self.known[place]

    def range(self, text: str, here: str) -> Any:
        sheet, _, cells = text.rpartition("!")
        left, top, right, bottom = range_boundaries(cells.replace("$", ""))
        title = sheet.strip("'") or here
        found = Table(
            [self.value((title, row, column)) for column in range(left, right + 1)]
            for row in range(top, bottom + 1)
        )
        return found if ":" in cells else found[0][0]


class _Reader:
    """One formula, read from left to right."""

    def __init__(self, book: Calculator, here: str, text: str) -> None:
        self.book, self.here, self.at = book, here, 0
        self.tokens: list[tuple[str, str]] = []
        end = 0
        while end < len(text):
            found = TOKEN.match(text, end)
            assert found, text[end:]
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            end = found.end()

    def result(self) -> Any:
        found = self.level(0)
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found

    def next_is(self, *signs: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] in {("sign", sign) for sign in signs}

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def level(self, depth: int) -> Any:
        if depth == len(LEVELS):
            return self.atom()
        left = self.level(depth + 1)
        while self.next_is(*LEVELS[depth]):
            sign = self.take()[1]
            left = _each(sign, left, self.level(depth + 1))
        return left

    def atom(self) -> Any:
        kind, text = self.take()
        if kind == "number":
            return float(text)
        if kind == "text":
            return text.replace('""', '"')
        if kind == "range":
            return self.book.range(text, self.here)
        if kind == "name":
            return self.call(text) if self.next_is("(") else self.name(text)
        assert text == "(", text
        found = self.level(0)
        self.take()
        return found

    def name(self, text: str) -> Any:
        return text == "TRUE" if text in {"TRUE", "FALSE"} else self.book.range(self.book.names[text], "")

    def call(self, name: str) -> Any:
        self.book.functions.add(name)
        self.take()
        given = []
        while not self.next_is(")"):
            given.append(self.level(0))
            if self.next_is(","):
                self.take()
        self.take()
        try:
            return FUNCTIONS[name](*given)
        except (TypeError, ValueError, IndexError):
            return ERROR


def _each(sign: str, left: Any, right: Any) -> Any:
    """An operator on two values, or cell by cell where one of them is a range."""
    if not isinstance(left, Table) and not isinstance(right, Table):
        return _one(sign, left, right)
    shape = left if isinstance(left, Table) else right
    first, second = (
        one if isinstance(one, Table) else Table([one] * len(row) for row in shape) for one in (left, right)
    )
    return Table(
        [_one(sign, *pair) for pair in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)
    )


def _one(sign: str, left: Any, right: Any) -> Any:
    if ERROR in (left, right):
        return ERROR
    if sign == "&":
        return _text(left) + _text(right)
    if sign in LEVELS[0]:
        return _compared(sign, _plain(left, right), _plain(right, left))
    return ERROR if isinstance(left, str) or isinstance(right, str) else _sum(sign, left or 0, right or 0)


def _compared(sign: str, left: Any, right: Any) -> bool:
    low, high = _rank(left), _rank(right)
    answers = {"=": low == high, "<>": low != high, "<": low < high, ">": low > high}
    return {**answers, "<=": low <= high, ">=": low >= high}[sign]


def _sum(sign: str, left: float, right: float) -> Any:
    if sign == "/":
        return left / right if right else ERROR
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


def _plain(value: Any, other: Any) -> Any:
    """An empty cell is nothing beside a number and an empty text beside a text; case does not matter."""
    if value is None:
        return "" if isinstance(other, str) else 0
    return value.casefold() if isinstance(value, str) else value


def _rank(value: Any) -> tuple[int, Any]:
    """A text is greater than every number."""
    return (1, value) if isinstance(value, str) else (0, float(value))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.15g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _index(table: Table, place: float) -> Any:
    return table.flat[int(place) - 1]


def _match(wanted: Any, table: Table, kind: float) -> int:
    values = table.flat
    if kind == 0:
        return values.index(wanted) + 1
    return max(place for place, value in enumerate(values, start=1) if value <= wanted)


def _sum_of_products(*tables: Any) -> Any:
    if any(ERROR in (table.flat if isinstance(table, Table) else [table]) for table in tables):
        return ERROR
    columns = [table.flat if isinstance(table, Table) else [table] for table in tables]
    # Alone, as in SUMPRODUCT((a="x")*b), truth is a number by then; texts and truth beside others count 0.
    rows = zip(*columns, strict=True)
    return math.fsum(math.prod(cell if _is_number(cell) else 0.0 for cell in row) for row in rows)


def _sum_ifs(amounts: Table, *criteria: Any) -> float:
    tables, wanted = criteria[::2], criteria[1::2]
    rows = zip(amounts.flat, *(table.flat for table in tables), strict=True)
    return sum(amount for amount, *found in rows if list(wanted) == found and _is_number(amount))


FUNCTIONS = {
    "ABS": abs,
    "AND": lambda *given: all(given),
    "COUNTIF": lambda table, wanted: table.flat.count(wanted),
    "FIND": lambda part, text: text.index(part) + 1,
    "IF": lambda test, yes, no: yes if test else no,
    "INDEX": _index,
    "ISNUMBER": _is_number,
    "MATCH": _match,
    "MID": lambda text, start, count: text[int(start) - 1 : int(start) - 1 + int(count)],
    "MOD": lambda value, by: value % by,
    "N": lambda value: value if _is_number(value) else 0,
    "OR": lambda *given: any(given),
    "ROUND": lambda value, digits: float(
        Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)
    ),
    "SUM": lambda table: math.fsum(cell for cell in table.flat if _is_number(cell)),
    "SUMIFS": _sum_ifs,
    "SUMPRODUCT": _sum_of_products,
}
