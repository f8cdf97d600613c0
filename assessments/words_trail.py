"""What happened to a legal task, in words: the names of its fields and their values, as pages write them.

The audit trail names the same fields by ``TASK_FIELDS``, so that one field has one name everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import dateformat

import figures
from assessments import words
from assessments.models import Outcome, PracticeClass

TASK_FIELDS: Mapping[str, str] = {
    "annual_volume": "Volume a year",
    "hours_per_unit": "Hours per unit",
    "annual_hours": "Hours a year",
    "turnaround_days": "Turnaround, working days",
    "practice_of_law": "Who may do the work",
    "class": "Who may do the work",
    "staffing_mix": "Who does it",
    "goes_out": "The part that goes out",
    "stays": "The part that stays",
    "conditions_open_again": "Conditions that are open again",
    "consent_of": "Consent of",
    "because": "Reason",
}
# Decimals are stored as text, so that no digit is lost; these fields hold them.
DECIMALS = frozenset({"annual_volume", "hours_per_unit", "turnaround_days", "hours_a_week"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "practice_of_law": dict(PracticeClass.choices),
    "outcome": dict(Outcome.choices),
}


def field_words(key: str, factors: Mapping[str, str]) -> str:
    """Name a field of an event; ``factors``: the names of the factors by code, which may be keys too."""
    if key in factors:
        return f"{factors[key]} ({key})"
    if key in TASK_FIELDS:
        return TASK_FIELDS[key]
    said = key.removesuffix("_on").replace("_", " ")
    return said if key.isupper() else said[:1].upper() + said[1:]


def value_words(key: str, value: Any, factors: Mapping[str, str]) -> str:
    """Write one value of an event."""
    if value is None or value == "":
        return figures.DASH
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_member(str(part), factors) for part in value) or "none"
    if isinstance(value, dict):
        parts = ((_role(name), part) for name, part in value.items())
        return ", ".join(f"{name} {_part(key, part, factors)}" for name, part in parts) or "none"
    if isinstance(value, int | float):
        return figures.exact(value)
    return _text(key, str(value))


def _text(key: str, text: str) -> str:
    if key in _CHOICES:
        return _CHOICES[key].get(text, text)
    if key.endswith("_on") and _DAY.fullmatch(text):
        return dateformat.format(date.fromisoformat(text), "j M Y")
    if key not in DECIMALS:
        return text
    try:
        return figures.exact(Decimal(text))
    except (InvalidOperation, ValueError):
        return text


def _member(text: str, factors: Mapping[str, str]) -> str:
    """One of a list: a factor or a flag by its name; a code of a gate and what is a sentence already stay."""
    if text in factors:
        return factors[text]
    return words.flag_name(text) if text.islower() else text


def _part(key: str, part: Any, factors: Mapping[str, str]) -> str:
    if key == "staffing_mix" and isinstance(part, int | float):
        return figures.share(part)
    return value_words("", part, factors)


def _role(code: str) -> str:
    return code if code.isupper() else code.replace("_", " ")
