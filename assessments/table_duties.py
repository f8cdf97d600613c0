"""The checklist of ethics duties as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone

from assessments.queries_duties import DutyLine, ItemLine
from assessments.words_gates import basis_words
from tabular import csv_pieces

HEADERS = (
    "Duty",
    "Name",
    "Model rules",
    "Item",
    "Status",
    "Overdue",
    "Owner",
    "Due",
    "Evidence",
    "Why it does not apply",
    "Marked by",
    "Marked on",
    "Main source",
    "Status of the source",
    "Last checked",
    "Authorities that apply",
)


def duties_csv(lines: Iterable[DutyLine]) -> Iterator[bytes]:
    """Write the file, a piece for each duty."""
    return csv_pieces(HEADERS, ([_cells(line, item) for item in line.items] for line in lines))


def _cells(line: DutyLine, item: ItemLine) -> tuple[str, ...]:
    duty, mark = line.duty, item.mark
    return (
        duty.code,
        duty.name,
        duty.model_rules,
        item.text,
        item.status_name,
        "yes" if item.is_overdue else "",
        mark.owner if mark else "",
        mark.due_on.isoformat() if mark and mark.due_on else "",
        mark.evidence if mark else "",
        mark.reason if mark else "",
        str(mark.marked_by) if mark else "",
        f"{timezone.localtime(mark.marked_at):%Y-%m-%d}" if mark else "",
        duty.source.title,
        _basis(duty.status, is_verified=duty.is_verified),
        duty.checked_on.isoformat() if duty.checked_on else "",
        " ".join(authority.code for authority in line.here),
    )


def _basis(status: str, *, is_verified: bool) -> str:
    """Say how far the duty was checked; what was not seen asks to be confirmed, once."""
    said = basis_words(status)
    return said if is_verified or "confirm" in said else f"{said}: confirm before reliance"
