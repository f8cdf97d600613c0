"""The comparison as a file: the rows and columns that show, with plain numbers."""

from __future__ import annotations

from selections.queries.comparison_shapes import Comparison
from tabular import csv_bytes

HEADERS = ("Group", "Row", "Unit")


def csv_file(table: Comparison) -> bytes:
    """Write the table as CSV; formulas are defused by the writer."""
    return csv_bytes(header(table), rows(table))


def header(table: Comparison) -> list[str]:
    """Name the columns: each provider has its value and, beside it, the evidence of that value."""
    names = [
        name for column in table.columns for name in (column.facts.name, f"{column.facts.name}: evidence")
    ]
    return [*HEADERS, *names]


def rows(table: Comparison) -> list[list[str]]:
    """Give rank, status and every open row, in the order of the page."""
    made = [
        ["", "Rank", "", *_spread([column.rank or "Not ranked" for column in table.columns])],
        ["", "Knock-outs", "", *_spread([column.standing.words for column in table.columns])],
    ]
    for group in table.groups:
        for row in group.rows:
            cells = [text for cell in row.cells for text in (cell.plain, cell.evidence)]
            made.append([group.name, row.name, row.unit, *cells])
    return made


def _spread(texts: list[str]) -> list[str]:
    """Leave the evidence column beside each text empty."""
    return [part for text in texts for part in (text, "")]
