"""Legal tasks from pasted rows: shown as understood first, saved all or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.tenancy import hold_names
from assessments.cells import Roles
from assessments.models import Assessment
from assessments.services import adding, checking
from assessments.services.drafting import ClosedAssessmentError, hold_draft
from assessments.services.typed import read_cell
from tabular import Column, MappedRow, TableFault, map_columns, read_block

PASTE_COLUMNS = (
    Column(
        "name",
        "task",
        ("legal task", "task name", "name", "work", "activity", "type of work", "description"),
        is_required=True,
    ),
    Column(
        "annual_volume",
        "volume a year",
        (
            "volume",
            "annual volume",
            "volume year",
            "volume per year",
            "yearly volume",
            "units a year",
            "count",
        ),
        is_number=True,
    ),
    Column(
        "hours_per_unit",
        "hours each",
        ("hours", "hours per unit", "hours unit", "h unit", "hours per item", "effort", "effort hours"),
        is_number=True,
    ),
    Column(
        "staffing_mix",
        "who does it",
        ("who", "role", "roles", "staff", "staffing", "staffing mix", "done by"),
    ),
    Column("unit", "unit", ("units", "unit of work", "per")),
    Column("practice_area", "practice area", ("area", "department", "group", "team")),
    Column("note", "note", ("notes", "comment", "comments", "remark", "remarks")),
)


class PasteRefusedError(ValueError):
    """Some row of the paste is wrong; nothing was saved. ``preview`` says which."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__(preview.fault or f"{preview.wrong} rows cannot be read.")


@dataclass(frozen=True)
class PreviewCell:
    """One cell as typed, with what is wrong about it."""

    key: str
    text: str
    fault: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """One row with its number in the paste; ``facts`` is what would be saved."""

    number: int
    cells: tuple[PreviewCell, ...]
    faults: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the row can be saved."""
        return not self.faults and not any(cell.fault for cell in self.cells)


@dataclass(frozen=True)
class Preview:
    """What was understood. ``fault`` is set when the text as a whole cannot be read."""

    rows: tuple[PreviewRow, ...] = ()
    columns: tuple[Column, ...] = ()
    has_heading: bool = False
    ignored: tuple[str, ...] = ()
    fault: str = ""

    @property
    def good(self) -> int:
        """Rows that can be saved."""
        return sum(1 for row in self.rows if row.is_good)

    @property
    def wrong(self) -> int:
        """Rows that cannot."""
        return len(self.rows) - self.good

    @property
    def is_good(self) -> bool:
        """Whether everything can be saved."""
        return not self.fault and bool(self.rows) and not self.wrong


def paste_preview(*, text: str, assessment: Assessment) -> Preview:
    """Read pasted rows and say row by row what would be saved; writes nothing and never raises."""
    try:
        table = map_columns(read_block(text), PASTE_COLUMNS)
    except TableFault as fault:
        return Preview(fault=str(fault))
    reader = _Reader.of(assessment)
    rows = tuple(reader.read(row, table.columns) for row in table.rows)
    return Preview(rows, table.columns, table.has_heading, table.ignored)


@transaction.atomic
def paste_confirm(*, actor: User, assessment: Assessment, text: str) -> int:
    """Read the rows again and save them all; gives their number. Raises ``PasteRefusedError``."""
    hold_names()
    try:
        hold_draft(assessment.pk)
    except ClosedAssessmentError as closed:
        raise PasteRefusedError(Preview(fault=closed.messages[0])) from closed
    preview = paste_preview(text=text, assessment=assessment)
    if not preview.is_good:
        raise PasteRefusedError(preview)
    facts = [dict(row.facts) for row in preview.rows]
    return len(
        adding.add_many(actor=actor, assessment=assessment, facts=facts, verb="added legal task by pasting")
    )


@dataclass
class _Reader:
    """Reads row after row and remembers the names that came before."""

    roles: Roles
    existing: Mapping[str, str]
    seen: dict[str, int]

    @classmethod
    def of(cls, assessment: Assessment) -> _Reader:
        return cls(Roles.of(assessment.pk), adding.names_in(assessment), {})

    def read(self, row: MappedRow, columns: tuple[Column, ...]) -> PreviewRow:
        cells: list[PreviewCell] = []
        facts: dict[str, Any] = {}
        for column in columns:
            text = row.cells.get(column.key, "")
            try:
                value = self._value(column.key, text, row.number)
            except ValidationError as fault:
                cells.append(PreviewCell(column.key, text, fault.messages[0]))
                continue
            cells.append(PreviewCell(column.key, text))
            if value is not None:
                facts[column.key] = value
        return PreviewRow(row.number, tuple(cells), _extra_fault(row), facts)

    def _value(self, key: str, text: str, number: int) -> Any:
        if key == "name":
            return self._name(text, number)
        if key == "staffing_mix" and not text:
            return None
        return read_cell(key, text, self.roles)

    def _name(self, text: str, number: int) -> str:
        name = checking.name(text)
        key = name.casefold()
        if key in self.seen:
            raise ValidationError(f"The same name stands in row {self.seen[key]}.")
        self.seen[key] = number
        if key in self.existing:
            raise ValidationError(f"{self.existing[key]} already has this name.")
        return name


def _extra_fault(row: MappedRow) -> tuple[str, ...]:
    if not row.extra:
        return ()
    more = ", ".join(f"“{cell[:40]}”" for cell in row.extra[:3])
    return (f"The row has more cells than there are columns: {more}. Quote numbers that contain commas.",)
