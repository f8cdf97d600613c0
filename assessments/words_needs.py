"""What is said of the needs of an assessment: what is missing, what a target asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import figures
from assessments.models_needs import Limit, MustStay, Objective


def objective_missing(row: Objective) -> list[str]:
    """Name what an objective still lacks to be measurable."""
    lacks = {
        "measure": not row.measure,
        "unit": not row.unit,
        "value today": row.today_value is None,
        "day of that value": row.today_value is not None and row.today_on is None,
        "source of that value": row.today_value is not None and not row.today_source,
        "target": row.target_value is None,
        "date": row.target_on is None,
    }
    return [name for name, is_missing in lacks.items() if is_missing]


def limit_missing(row: Limit) -> list[str]:
    """Name what a limit still lacks; one without an end may last for ever."""
    return [] if row.kind else ["kind"]


def stay_missing(row: MustStay) -> list[str]:
    """Name what is still to be said of something that must stay."""
    return [name for name, text in {"reason": row.why, "who said so": row.said_by}.items() if not text]


def amount(value: Decimal | None, unit: str) -> str:
    """Write a value with its unit: "9 days", "25%"; nothing for what is not known."""
    if value is None:
        return ""
    return f"{figures.exact(value)}{'' if unit.startswith('%') else ' '}{unit}".strip()


def progress(row: Objective, today: date) -> str:
    """Say what the target asks for; no figure that follows from nothing."""
    if row.target_value is None:
        return "No target yet"
    asked = _asked(row.today_value, row.target_value)
    if row.target_on is not None and row.target_on < today:
        return f"{asked}; the date has passed"
    return asked


def _asked(now: Decimal | None, target: Decimal) -> str:
    if now is None:
        return "How far it is cannot be said: the value today is unknown"
    if now == target:
        return "The value today is the target"
    word = "lower" if target < now else "higher"
    return f"{figures.exact(abs(target - now))} {word} than today"


def listed(names: Sequence[str]) -> str:
    """Write names as a sentence does: "a, b and c"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
