"""Legal tasks from pasted rows: shown as understood first, saved all or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.tenancy import hold_names
from assessments.cells import COLUMNS, Roles
from assessments.models import Assessment
from assessments.services import adding, checking
from assessments.services.drafting import ClosedAssessmentError, hold_draft
from assessments.services.typed import read_cell
from tabular import Column, MappedRow, TableFault, map_columns, read_block

_BY_KEY = {column.key: column for column in COLUMNS}
# In this order where the paste has no headings. The names are those of the grid and of files.
PASTE_COLUMNS = tuple(
    _BY_KEY[key]
    for key in (
        *("name", "annual_volume", "hours_per_unit", "staffing_mix"),
        *("unit", "practice_area", "note"),
    )
)
ROLES = "staffing_mix"  # the one column that needs something entered elsewhere first


@dataclass(frozen=True)
class PasteChoices:
    """What somebody chose to leave out of a paste, without touching the text.

    ``without_roles``: the column of roles. ``skip_existing``: rows of tasks that are there already.
    """

    without_roles: bool = False
    skip_existing: bool = False


NO_CHOICES = PasteChoices()


class PasteRefusedError(ValueError):
    """Some row of the paste is wrong; nothing was saved. ``preview`` says which."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        super().__init__(preview.fault or f"{preview.wrong} rows cannot be read.")


@dataclass(frozen=True)
class PreviewCell:
    """One cell as typed, with what is wrong about it. ``is_known``: its task is in the assessment already."""

    key: str
    text: str
    fault: str = ""
    is_known: bool = False


@dataclass(frozen=True)
class PreviewRow:
    """One row with its number in the paste; ``facts`` is what would be saved.

    ``skipped``: why the row is left out, as was chosen; then nothing of it has to be right.
    """

    number: int
    cells: tuple[PreviewCell, ...]
    faults: tuple[str, ...]
    facts: Mapping[str, Any]
    skipped: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the row can be saved."""
        return not self.skipped and not self.is_wrong

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be corrected first."""
        return not self.skipped and bool(self.faults or any(cell.fault for cell in self.cells))

    @property
    def is_known(self) -> bool:
        """Whether the task is in the assessment already."""
        return any(cell.is_known for cell in self.cells)


@dataclass(frozen=True)
class Preview:
    """What was understood. ``fault`` is set when the text as a whole cannot be read.

    ``needs_roles``: a column names roles, and the assessment has none yet.
    """

    rows: tuple[PreviewRow, ...] = ()
    columns: tuple[Column, ...] = ()
    has_heading: bool = False
    ignored: tuple[str, ...] = ()
    fault: str = ""
    needs_roles: bool = False
    choices: PasteChoices = NO_CHOICES

    @property
    def good(self) -> int:
        """Rows that can be saved."""
        return sum(1 for row in self.rows if row.is_good)

    @property
    def wrong(self) -> int:
        """Rows that have to be corrected, or left out, first."""
        return sum(1 for row in self.rows if row.is_wrong)

    @property
    def skipped(self) -> int:
        """Rows that are left out, as was chosen."""
        return sum(1 for row in self.rows if row.skipped)

    @property
    def known(self) -> int:
        """Rows that are wrong because their task is in the assessment already."""
        return sum(1 for row in self.rows if row.is_wrong and row.is_known)

    @property
    def is_good(self) -> bool:
        """Whether everything can be saved, and there is something to save."""
        return not self.fault and not self.needs_roles and bool(self.good) and not self.wrong


def paste_preview(*, text: str, assessment: Assessment, choices: PasteChoices = NO_CHOICES) -> Preview:
    """Read pasted rows and say row by row what would be saved; writes nothing and never raises."""
    try:
        table = map_columns(read_block(text), PASTE_COLUMNS)
    except TableFault as fault:
        return Preview(fault=str(fault), choices=choices)
    reader = _Reader.of(assessment, choices)
    rows = tuple(reader.read(row, table.columns) for row in table.rows)
    columns = tuple(column for column in table.columns if reader.reads(column.key))
    return Preview(
        rows, columns, table.has_heading, table.ignored, needs_roles=reader.lacks_roles, choices=choices
    )


@transaction.atomic
def paste_confirm(
    *, actor: User, assessment: Assessment, text: str, choices: PasteChoices = NO_CHOICES
) -> int:
    """Read the rows again and save all that are not left out; gives their number.

    Raises ``PasteRefusedError``.
    """
    hold_names()
    try:
        hold_draft(assessment.pk)
    except ClosedAssessmentError as closed:
        raise PasteRefusedError(Preview(fault=closed.messages[0], choices=choices)) from closed
    preview = paste_preview(text=text, assessment=assessment, choices=choices)
    if not preview.is_good:
        raise PasteRefusedError(preview)
    facts = [dict(row.facts) for row in preview.rows if row.is_good]
    return len(
        adding.add_many(actor=actor, assessment=assessment, facts=facts, verb="added legal task by pasting")
    )


class _KnownTask(ValidationError):  # noqa: N818 - one kind of fault of a name, not an error of ours
    """The task is in the assessment already."""


@dataclass
class _Reader:
    """Reads row after row and remembers the names that came before."""

    roles: Roles
    existing: Mapping[str, str]
    choices: PasteChoices
    seen: dict[str, int]
    lacks_roles: bool = False  # whether a role was named, and there are none

    @classmethod
    def of(cls, assessment: Assessment, choices: PasteChoices) -> _Reader:
        return cls(Roles.of(assessment.pk), adding.names_in(assessment), choices, {})

    def reads(self, key: str) -> bool:
        """Whether a column is read at all."""
        return not (key == ROLES and self.choices.without_roles)

    def read(self, row: MappedRow, columns: tuple[Column, ...]) -> PreviewRow:
        cells: list[PreviewCell] = []
        facts: dict[str, Any] = {}
        for column in filter(lambda column: self.reads(column.key), columns):
            text = row.cells.get(column.key, "")
            try:
                value = self._value(column.key, text, row.number)
            except ValidationError as fault:
                is_known = isinstance(fault, _KnownTask)
                cells.append(PreviewCell(column.key, text, fault.messages[0], is_known))
                continue
            cells.append(PreviewCell(column.key, text))
            if value is not None:
                facts[column.key] = value
        planned = PreviewRow(row.number, tuple(cells), _extra_fault(row), facts)
        if planned.is_known and self.choices.skip_existing:
            return PreviewRow(row.number, _without_faults(cells), (), {}, skipped="in the assessment already")
        return planned

    def _value(self, key: str, text: str, number: int) -> Any:
        if key == "name":
            return self._name(text, number)
        if key == ROLES and not text:
            return None
        if key == ROLES and not self.roles.codes:
            self.lacks_roles = True  # said once for the whole column, not in every row
            return None
        return read_cell(key, text, self.roles)

    def _name(self, text: str, number: int) -> str:
        name = checking.name(text)
        key = name.casefold()
        if key in self.existing:
            raise _KnownTask(f"{self.existing[key]} already has this name.")
        if key in self.seen:
            raise ValidationError(f"The same name stands in row {self.seen[key]}.")
        self.seen[key] = number
        return name


def _without_faults(cells: Sequence[PreviewCell]) -> tuple[PreviewCell, ...]:
    return tuple(PreviewCell(cell.key, cell.text) for cell in cells)


def _extra_fault(row: MappedRow) -> tuple[str, ...]:
    if not row.extra:
        return ()
    more = ", ".join(f"“{cell[:40]}”" for cell in row.extra[:3])
    return (f"The row has more cells than there are columns: {more}. Quote numbers that contain commas.",)
