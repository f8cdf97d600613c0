"""What somebody typed into a cell, pasted or imported, read as a fact; every refusal is a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from assessments.cells import Roles
from assessments.models import PracticeClass
from assessments.services import checking
from figures import UnreadableNumber, parse_number

_SHARE = re.compile(r"(?P<role>.+?)[\s:=]+(?P<share>[0-9.,]+)\s*(?P<percent>%?)")
# Longer than any role with its share: looking for the share takes a time that grows with the square of it.
_LONGEST_PART = 200
_MIX_SIGNS = re.compile(r"[;,+/]| and ")


def read_cell(key: str, text: str, roles: Roles) -> Any:
    """Read the text of one column; an empty number is None. Raises ``ValidationError`` with one sentence."""
    readers: dict[str, Callable[[str], Any]] = {
        "name": checking.name,
        "practice_area": lambda cell: checking.short(cell, 80),
        "annual_volume": lambda cell: checking.volume(parse_number(cell)) if cell.strip() else None,
        "unit": lambda cell: checking.short(cell, 40),
        "hours_per_unit": lambda cell: checking.hours(parse_number(cell)) if cell.strip() else None,
        "turnaround_days": lambda cell: checking.turnaround(parse_number(cell)) if cell.strip() else None,
        "practice_of_law": practice,
        "staffing_mix": lambda cell: mix(cell, roles) if cell.strip() else {},
        "note": checking.long_text,
    }
    try:
        return readers[key](text)
    except UnreadableNumber as fault:
        raise ValidationError(str(fault)) from fault


def practice(text: str) -> str:
    """Read who may do the work, from its name or the beginning of it."""
    typed = checking.one_line(text).casefold()
    found = [
        str(choice.value)
        for choice in PracticeClass
        if typed and (str(choice.label).casefold().startswith(typed) or typed == choice.value)
    ]
    if len(found) == 1:
        return found[0]
    known = "; ".join(str(label) for label in PracticeClass.labels)
    raise ValidationError(f"“{text[:40]}” is not one of: {known}.")


def mix(text: str, roles: Roles) -> dict[str, float]:
    """Read a staffing mix such as "counsel 60%, paralegal 40%"; one role alone does all of it."""
    if not roles.codes:
        raise ValidationError("No roles are known yet: enter them under Role rates, or leave this out.")
    parts = [part.strip() for part in _MIX_SIGNS.split(text) if part.strip()]
    shares: dict[str, float] = {}
    for part in parts:
        if len(part) > _LONGEST_PART:
            raise ValidationError(f"“{part[:40]}…” is too long for a role and its share.")
        match = _SHARE.fullmatch(part)
        if match is None and len(parts) > 1:
            raise ValidationError(f"Give each role its share, as in “{parts[0][:40]} 60%, …”.")
        role = _role(match["role"] if match else part, roles)
        if role in shares:
            raise ValidationError(f"“{part}” names a role twice.")
        shares[role] = _share(match["share"], bool(match["percent"])) if match else 1.0
    return checking.mix(shares, set(roles.codes.values()))


def _role(text: str, roles: Roles) -> str:
    code = roles.codes.get(checking.one_line(text).casefold())
    if code is None:
        known = ", ".join(dict.fromkeys(roles.codes.values())).replace("_", " ")
        raise ValidationError(f"“{text[:40]}” is not one of your roles: {known}.")
    return code


def _share(text: str, is_percent: bool) -> float:
    number = float(parse_number(text))
    return number / 100 if is_percent or number > 1 else number
