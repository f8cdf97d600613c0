"""Facts about a legal task as the text of one cell: in the grid, in files, and for telling what somebody saw.

A text that is read back (``services.typed``) gives the same fact, so two facts are the same when their texts
are. Numbers keep all their digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import figures
from assessments.models import LegalTask, PracticeClass, RoleRate, TaskAssessment
from tabular import Column, plain_text

# What is written into files and read from them, in this order. The first tells which task a row is.
COLUMNS = (
    Column("code", "Code", ("id", "number", "no", "task code")),
    Column(
        "name",
        "Task",
        ("legal task", "task name", "name", "work", "activity", "type of work", "description"),
        is_required=True,
    ),
    Column("practice_area", "Practice area", ("area", "department", "group", "team")),
    Column(
        "annual_volume",
        "Volume a year",
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
    Column("unit", "Unit", ("units", "unit of work", "per")),
    Column(
        "hours_per_unit",
        "Hours per unit",
        ("hours", "hours each", "hours unit", "h unit", "hours per item", "effort", "effort hours"),
        is_number=True,
    ),
    Column(
        "turnaround_days",
        "Turnaround, working days",
        ("turnaround", "turnaround days", "working days", "days", "turnaround in working days"),
        is_number=True,
    ),
    Column(
        "practice_of_law",
        "Who may do the work",
        ("practice of law", "practice of law class", "class", "licence"),
    ),
    Column(
        "staffing_mix",
        "Who does it",
        ("who", "role", "roles", "staff", "staffing", "staffing mix", "done by", "mix"),
    ),
    Column("note", "Note", ("notes", "comment", "comments", "remark", "remarks")),
)
EDITED = tuple(column.key for column in COLUMNS if column.key != "code")
OF_THE_LEGAL_TASK = ("name", "practice_area")
# Where a query for ``TaskAssessment`` finds the fact of each column.
PLACES = {
    column.key: f"legal_task__{column.key}" if column.key in {"code", *OF_THE_LEGAL_TASK} else column.key
    for column in COLUMNS
}
_MIX_SIGNS = (";", ",", "+", "/", " and ")
_PERCENT = Decimal("0.00000001")


@dataclass(frozen=True)
class Roles:
    """The roles of one assessment by every way to write them, and how each is written in a mix."""

    codes: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, assessment_id: int) -> Roles:
        """Read the roles of an assessment."""
        rates = RoleRate.objects.filter(assessment=assessment_id).values_list("code", "name")
        return cls.from_pairs(rates)

    @classmethod
    def from_pairs(cls, rates: Iterable[tuple[str, str]]) -> Roles:
        """Make them from pairs of code and name."""
        codes: dict[str, str] = {}
        pairs = list(rates)
        for code, name in pairs:
            codes |= {code.casefold(): code, code.replace("_", " ").casefold(): code, name.casefold(): code}
        written = {code: name if _can_stand(name, code, codes) else code for code, name in pairs}
        return cls(codes, written)

    def mix_text(self, shares: Mapping[str, float]) -> str:
        """Write a staffing mix, in the order of the rates: "Counsel 60%, Paralegal 40%".

        The order in which a mix comes from a database says nothing: PostgreSQL sorts it.
        """
        known = [code for code in self.names if code in shares]
        ordered = [*known, *(code for code in shares if code not in self.names)]
        return ", ".join(f"{self.names.get(code, code)} {_percent(shares[code])}%" for code in ordered)


def _can_stand(name: str, code: str, codes: Mapping[str, str]) -> bool:
    """Whether a name, written in a mix, is read as this role."""
    return codes.get(name.casefold()) == code and not any(sign in name.casefold() for sign in _MIX_SIGNS)


@lru_cache(maxsize=1_000)
def _percent(share: float) -> str:
    return figures.plain((Decimal(repr(share)) * 100).quantize(_PERCENT).normalize())


def cell_text(key: str, value: Any, roles: Roles) -> str:
    """Write one fact."""
    if value is None:
        return ""
    if key in {"annual_volume", "hours_per_unit", "turnaround_days"}:
        return figures.exact(value)
    if key == "staffing_mix":
        return roles.mix_text(value)
    if key == "practice_of_law":
        return str(PracticeClass(value).label)
    return plain_text(str(value))


def texts(facts: Mapping[str, Any], roles: Roles) -> dict[str, str]:
    """Write every column; ``facts`` by the names of ``PLACES``."""
    return {key: cell_text(key, facts[place], roles) for key, place in PLACES.items()}


def task_texts(task: TaskAssessment, roles: Roles) -> dict[str, str]:
    """Write every column of a task."""
    return texts({place: fact(task, key) for key, place in PLACES.items()}, roles)


def fact(task: TaskAssessment, key: str) -> Any:
    """Give one fact from where it is kept."""
    home: TaskAssessment | LegalTask = task.legal_task if PLACES[key] != key else task
    return getattr(home, key)
