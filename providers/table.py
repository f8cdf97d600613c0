"""The provider list as a table of plain values, for the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from providers.queries import ProviderRow
from tabular import csv_pieces

HEADERS = (
    "Code",
    "Provider",
    "Sites",
    "Certificates",
    "Delivery staff",
    "Values known",
    "Values that are claims only",
    "Knock-out questions answered",
    "Changed on",
)


def csv_file(batches: Iterable[Sequence[ProviderRow]]) -> Iterator[bytes]:
    """Give the rows of the list as CSV, piece by piece; the writer defuses formulas."""
    return csv_pieces(HEADERS, ([_cells(row) for row in rows] for rows in batches))


def _cells(row: ProviderRow) -> tuple[str | int | None, ...]:
    return (
        row.code,
        row.name,
        "; ".join(row.places),
        "; ".join(f"{cell.name} ({cell.expiry.words})" for cell in row.certificates),
        row.delivery_headcount,
        row.values_known,
        row.claims,
        row.answers_given,
        row.updated_at.date().isoformat(),
    )
