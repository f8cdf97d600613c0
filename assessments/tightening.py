"""Shipped gates may be tightened, never loosened: what that means, as one pure function.

A gate of the organisation's set is at least as strict as the shipped one when it fires wherever the shipped
one fires, its effect is the same or a stricter one, it asks for every shipped condition in the shipped words,
and it stands on the same kind of rule (only readiness and policy may be waived). What fires a gate is joined
by OR, so more flags, more classes, more factors and nearer thresholds only make it fire more often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import gate_kind

Json = Mapping[str, Any]
FOREVER = frozenset({"code", "kind", "name", "rule", "sources", "status", "ethics_duties"})

# Effect -> those that take nothing away from it. A restriction to places is never exchanged for "prepare
# first": once prepared, the task would go out without it. Nor is a list of excluded countries exchanged for
# "onshore or with clearance", because a clearance may lead to one of them.
STRICTER: Mapping[str, tuple[str, ...]] = {
    "CONDITION": (
        *("LOCATION_LIMIT", "ONSHORE_OR_CLEARANCE", "ONSHORE_US_PERSONS"),
        *("PREPARE_FIRST", "RETAIN"),
    ),
    "LOCATION_LIMIT": ("ONSHORE_US_PERSONS", "RETAIN"),
    "ONSHORE_OR_CLEARANCE": ("ONSHORE_US_PERSONS", "RETAIN"),
    "ONSHORE_US_PERSONS": ("RETAIN",),
    "PREPARE_FIRST": ("RETAIN",),
    "RETAIN": (),
}


def effects_at_least(effect: str) -> tuple[str, ...]:
    """Give the effect itself and every one that may replace it on a shipped gate."""
    return (effect, *STRICTER.get(effect, ()))


def loosened(shipped: Json, gate: Json) -> tuple[str, ...]:
    """Say in sentences where a gate is less strict than the shipped one; nothing when it is nowhere."""
    code = shipped["code"]
    faults = [f"{code} has another {part} than the shipped gate." for part in _changed(shipped, gate)]
    if gate_kind(shipped) != gate_kind(gate):
        faults.append(f"{code} stands on another kind of rule than the shipped gate.")
    if gate.get("effect") not in effects_at_least(shipped["effect"]):
        faults.append(f"{code} has an effect that is less strict than the shipped one, or cannot replace it.")
    given = list(gate.get("conditions", ()))
    faults += [
        f"{code} no longer asks for its shipped condition “{condition}”."
        for condition in shipped.get("conditions", ())
        if condition not in given
    ]
    return (*faults, *_fires_less(code, shipped.get("trigger", {}), gate.get("trigger", {})))


def _changed(shipped: Json, gate: Json) -> list[str]:
    return [part for part in sorted(FOREVER - {"kind"}) if shipped.get(part) != gate.get(part)]


def _fires_less(code: str, shipped: Json, given: Json) -> list[str]:
    faults = []
    for key, words in (("flags_any", "flag"), ("practice_of_law_any", "class of work")):
        lost = set(shipped.get(key, ())) - set(given.get(key, ()))
        faults += [f"{code} no longer fires on the {words} “{name}”." for name in sorted(lost)]
    for factor, limit in shipped.get("factor_min", {}).items():
        now = given.get("factor_min", {}).get(factor)
        if now is None or now > limit:
            faults.append(f"{code} no longer fires where {factor} is answered {limit} or more.")
    for factor, limit in shipped.get("factor_max", {}).items():
        now = given.get("factor_max", {}).get(factor)
        if now is None or now < limit:
            faults.append(f"{code} no longer fires where {factor} is answered {limit} or less.")
    return faults


def gates_loosened(shipped: Sequence[Json], gates: Sequence[Json], off: Sequence[Json]) -> tuple[str, ...]:
    """Say where a whole set is less strict. A gate that is turned off is there, unchanged, with a reason."""
    here = {gate["code"]: gate for gate in gates}
    away = {gate["code"]: gate for gate in off}
    faults: list[str] = []
    for gate in shipped:
        code = gate["code"]
        if code in here and code in away:
            faults.append(f"{code} is both in force and turned off.")
        elif code in here:
            faults += loosened(gate, here[code])
        elif code not in away:
            faults.append(f"{code} is missing. A shipped gate is never deleted.")
        else:
            faults += loosened(gate, away[code])
            if not str(away[code].get("off", {}).get("reason", "")).strip():
                faults.append(f"{code} is turned off without a reason.")
    known = {gate["code"] for gate in shipped}
    faults += [f"{code} is no shipped gate: remove it instead." for code in away if code not in known]
    return tuple(faults)
