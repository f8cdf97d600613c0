"""What a factor set may say: shipped gates no looser, own gates policy only, and the engine can read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from assessments.rulebook import OFF
from assessments.services import checking
from assessments.tightening import gates_loosened
from engine import InvalidInput, SuitabilityRules

MAX_POINTS = Decimal(1_000)
MAX_REASON = 300
_TOP = Decimal(100)


def whole_set(content: Mapping[str, Any], shipped: Mapping[str, Any]) -> None:
    """Refuse a set that no assessment may use; the last door, after the checks of each field."""
    faults = list(gates_loosened(shipped["gates"], content["gates"], content.get(OFF, ())))
    known = {gate["code"] for gate in shipped["gates"]}
    faults += [
        f"{gate['code']} is an own gate, and those are policy."
        for gate in content["gates"]
        if gate["code"] not in known and gate.get("kind") != "policy"
    ]
    faults += _factors(content["factors"], shipped["factors"])
    for member in ("flags", "gate_precedence"):
        if content[member] != shipped[member]:
            faults.append(f"The member {member} is not the shipped one.")
    if faults:
        raise ValidationError(faults)
    try:
        SuitabilityRules.from_dict(content)
    except InvalidInput as fault:
        raise ValidationError(str(fault)) from fault


def _factors(factors: Sequence[Mapping[str, Any]], shipped: Sequence[Mapping[str, Any]]) -> list[str]:
    here = {factor["code"]: factor for factor in factors}
    faults = []
    for factor in shipped:
        found = here.get(factor["code"])
        if found is None:
            faults.append(f"{factor['code']} is missing. A shipped factor is never deleted: weight it 0.")
        elif found["direction"] != factor["direction"]:
            faults.append(f"{factor['code']} points the other way than the shipped factor.")
    return faults


def points(weights: Mapping[str, Decimal | None]) -> dict[str, int | float]:
    """Check the weights of all factors; faults are keyed by ``weight-CODE``."""
    faults: dict[str, str] = {}
    found: dict[str, int | float] = {}
    for code, value in weights.items():
        if value is None or not value.is_finite() or not 0 <= value <= MAX_POINTS:
            faults[f"weight-{code}"] = "Enter points from 0 to 1,000."
        else:
            found[code] = as_number(value)
    if faults:
        raise ValidationError(faults)
    if not any(found.values()):
        first = f"weight-{next(iter(weights))}"
        raise ValidationError({first: "At least one factor needs a weight above 0."})
    return found


def band_starts(starts: Mapping[str, Decimal | None]) -> dict[str, int | float]:
    """Check the starts of the bands, lowest first; the first is always 0. Faults are keyed ``band-CODE``."""
    faults: dict[str, str] = {}
    before = Decimal(0)
    for place, (code, value) in enumerate(starts.items()):
        if value is None or not value.is_finite() or not 0 <= value <= _TOP:
            faults[f"band-{code}"] = "Enter a score from 0 to 100."
            continue
        if place == 0 and value != 0:
            faults[f"band-{code}"] = "The lowest band starts at 0, so that every score has a band."
        elif place and value <= before:
            faults[f"band-{code}"] = f"Enter more than {before.normalize():f}, where the band below starts."
        before = value
    if faults:
        raise ValidationError(faults)
    return {code: as_number(value) for code, value in starts.items() if value is not None}


def as_number(value: Decimal) -> int | float:
    """Give a number as the set stores it: 12 and not 12.0; two decimals are kept."""
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def sentence(text: str, limit: int, missing: str) -> str:
    """Check a text of one line that must not be empty."""
    cleaned = checking.short(text, limit)
    if not cleaned:
        raise ValidationError(missing)
    return cleaned


def reason(text: str, missing: str, *, field: str = "reason") -> str:
    """Check a reason that reports print on page 1."""
    try:
        return sentence(text, MAX_REASON, missing)
    except ValidationError as fault:
        raise ValidationError({field: fault.messages}) from fault
