"""Who changed which assumption, in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import AuditEvent
from selections.assumptions import ASSUMPTIONS, RATIOS
from selections.models import Selection
from selections.words.assumptions import as_percent, assumption_text, is_figure

HISTORY_LENGTH = 50
NONE = "–"
LABELS = {one.name: one.label for one in ASSUMPTIONS}


@dataclass(frozen=True)
class AssumptionChange:
    """One saving of assumptions: ``lines`` are (what, before, after)."""

    at: datetime
    who: str
    lines: tuple[tuple[str, str, str], ...]


def assumption_changes(selection: Selection) -> tuple[AssumptionChange, ...]:
    """Read the newest changes, newest first."""
    events = AuditEvent.objects.filter(
        object_type=Selection._meta.label_lower,
        object_id=str(selection.pk),
        verb="changed assumptions",
        is_counsel_only=False,
    ).select_related("actor")
    return tuple(
        AssumptionChange(
            at=event.at,
            who=str(event.actor) if event.actor else "The application",
            lines=tuple(_lines(event.before or {}, event.after or {})),
        )
        for event in events[:HISTORY_LENGTH]
    )


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    lines = []
    for name, value in after.items():
        old = before.get(name)
        if name == RATIOS:
            lines += _ratio_lines(old or {}, value or {})
        else:
            lines.append((LABELS.get(name, name), _shown(name, old), _shown(name, value)))
    return lines


def _ratio_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"Supervision, level {level}", _percent(before.get(level)), _percent(share))
        for level, share in after.items()
        if before.get(level) != share
    ]


def _shown(name: str, value: Any) -> str:
    return assumption_text(name, value) if is_figure(value) else NONE


def _percent(value: Any) -> str:
    return as_percent(value) if is_figure(value) else NONE
