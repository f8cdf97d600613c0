"""Legal tasks from pasted rows: shown as understood first, saved all or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import Assessment, LegalTask, RoleRate, TaskAssessment
from assessments.services import adding, checking
from figures import UnreadableNumber, parse_number
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
_SHARE = re.compile(r"(?P<role>.+?)[\s:=]+(?P<share>[0-9.,]+)\s*(?P<percent>%?)")
_MIX_SIGNS = re.compile(r"[;,+/]| and ")


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
    preview = paste_preview(text=text, assessment=assessment)
    if not preview.is_good:
        raise PasteRefusedError(preview)
    facts = [dict(row.facts) for row in preview.rows]
    legal_tasks = _legal_tasks(facts)
    scorer = scoring.Scorer.of(assessment)
    tasks = []
    for row in facts:
        legal_task = legal_tasks[row.pop("name").casefold()]
        row.pop("practice_area", None)
        task = TaskAssessment(assessment=assessment, legal_task=legal_task, **row)
        scorer.fill(task, answers={}, closed=set())
        tasks.append(task)
    for task in TaskAssessment.objects.bulk_create(tasks):
        audit.record(actor=actor, verb="added legal task by pasting", obj=task)
    return len(tasks)


def _legal_tasks(facts: list[dict[str, Any]]) -> dict[str, LegalTask]:
    """The kinds of work by name: known ones from other years, and new ones."""
    known = {task.name.casefold(): task for task in LegalTask.objects.all()}
    codes = adding.free_codes()
    new = [
        LegalTask(code=next(codes), name=row["name"], practice_area=row.get("practice_area", ""))
        for row in facts
        if row["name"].casefold() not in known
    ]
    return known | {task.name.casefold(): task for task in LegalTask.objects.bulk_create(new)}


@dataclass
class _Reader:
    """Reads row after row and remembers the names that came before."""

    roles: Mapping[str, str]
    existing: Mapping[str, str]
    seen: dict[str, int]

    @classmethod
    def of(cls, assessment: Assessment) -> _Reader:
        roles: dict[str, str] = {}
        for code, name in RoleRate.objects.filter(assessment=assessment).values_list("code", "name"):
            roles |= {code.casefold(): code, code.replace("_", " ").casefold(): code, name.casefold(): code}
        return cls(roles, adding.names_in(assessment), {})

    def read(self, row: MappedRow, columns: tuple[Column, ...]) -> PreviewRow:
        cells: list[PreviewCell] = []
        facts: dict[str, Any] = {}
        for column in columns:
            text = row.cells.get(column.key, "")
            try:
                value = self._value(column.key, text, row.number)
            except (ValidationError, UnreadableNumber) as fault:
                words = fault.messages[0] if isinstance(fault, ValidationError) else str(fault)
                cells.append(PreviewCell(column.key, text, words))
                continue
            cells.append(PreviewCell(column.key, text))
            if value is not None:
                facts[column.key] = value
        return PreviewRow(row.number, tuple(cells), _extra_fault(row), facts)

    def _value(self, key: str, text: str, number: int) -> Any:
        readers: dict[str, Callable[[str], Any]] = {
            "annual_volume": lambda cell: checking.volume(parse_number(cell)) if cell else None,
            "hours_per_unit": lambda cell: checking.hours(parse_number(cell)) if cell else None,
            "staffing_mix": lambda cell: self._mix(cell) if cell else None,
            "unit": lambda cell: checking.short(cell, 40),
            "practice_area": lambda cell: checking.short(cell, 80),
            "note": checking.long_text,
            "name": lambda cell: self._name(cell, number),
        }
        return readers[key](text)

    def _name(self, text: str, number: int) -> str:
        name = checking.name(text)
        key = name.casefold()
        if key in self.seen:
            raise ValidationError(f"The same name stands in row {self.seen[key]}.")
        self.seen[key] = number
        if key in self.existing:
            raise ValidationError(f"{self.existing[key]} already has this name.")
        return name

    def _mix(self, text: str) -> dict[str, float]:
        if not self.roles:
            raise ValidationError("No roles are known yet: enter them under Role rates, or leave this out.")
        parts = [part.strip() for part in _MIX_SIGNS.split(text) if part.strip()]
        shares: dict[str, float] = {}
        for part in parts:
            match = _SHARE.fullmatch(part)
            if match is None and len(parts) > 1:
                raise ValidationError(f"Give each role its share, as in “{parts[0]} 60%, …”.")
            role = self._role(match["role"] if match else part)
            if role in shares:
                raise ValidationError(f"“{part}” names a role twice.")
            shares[role] = _share(match["share"], bool(match["percent"])) if match else 1.0
        return checking.mix(shares, set(self.roles.values()))

    def _role(self, text: str) -> str:
        code = self.roles.get(checking.one_line(text).casefold())
        if code is None:
            known = ", ".join(dict.fromkeys(self.roles.values())).replace("_", " ")
            raise ValidationError(f"“{text[:40]}” is not one of your roles: {known}.")
        return code


def _share(text: str, is_percent: bool) -> float:
    number = float(parse_number(text))
    return number / 100 if is_percent or number > 1 else number


def _extra_fault(row: MappedRow) -> tuple[str, ...]:
    if not row.extra:
        return ()
    more = ", ".join(f"“{cell[:40]}”" for cell in row.extra[:3])
    return (f"The row has more cells than there are columns: {more}. Quote numbers that contain commas.",)
