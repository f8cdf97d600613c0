"""The rules of a suitability assessment, checked once: factors, bands and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.checks import is_one_of, require_list, require_mapping, require_number, require_text
from engine.errors import at, quoted, refuse

PRACTICE_OF_LAW = ("administrative", "supervised", "licensed")
# The two effects that decide the outcome by themselves; every other effect restricts and does not decide.
DECIDING_EFFECTS = ("RETAIN", "PREPARE_FIRST")
# What a gate stands on. Only gates of the last two may be waived; a kind that is not stated counts as law.
GATE_KINDS = ("law", "supervision", "readiness", "policy")
WAIVABLE_KINDS = ("readiness", "policy")
_DIRECTIONS = ("higher_favours_outsourcing", "higher_favours_retaining")
_TRIGGER_KEYS = ("flags_any", "practice_of_law_any", "factor_min", "factor_max")


@dataclass(frozen=True, slots=True)
class Factor:
    """A question answered 1–5. `favours_outsourcing`: whether a high level speaks for outsourcing."""

    code: str
    weight: float
    favours_outsourcing: bool

    def norm(self, level: int) -> float:
        """(s − 1)/4 or (5 − s)/4: 1 speaks most for outsourcing."""
        return (level - 1) / 4 if self.favours_outsourcing else (5 - level) / 4


@dataclass(frozen=True, slots=True)
class Band:
    """Outcome of a score of at least `start`."""

    code: str
    start: float


@dataclass(frozen=True, slots=True)
class GateRule:
    """A rule that no score offsets. The four triggers are joined by OR; `kind` is one of `GATE_KINDS`."""

    code: str
    name: str
    effect: str
    flags: tuple[str, ...]
    practice_of_law: tuple[str, ...]
    factor_min: tuple[tuple[str, float], ...]
    factor_max: tuple[tuple[str, float], ...]
    kind: str = GATE_KINDS[0]


@dataclass(frozen=True)
class SuitabilityRules:
    """Factors, bands (highest first), gates by code, effects from strictest to mildest, known flags."""

    factors: tuple[Factor, ...]
    bands: tuple[Band, ...]
    gates: tuple[GateRule, ...]
    precedence: tuple[str, ...]
    flags: frozenset[str]

    @classmethod
    def from_dict(cls, rules: Mapping[str, Any]) -> SuitabilityRules:
        """Read the shape of `suitability_factors.json`; descriptive members are ignored.

        Raises `InvalidInput`, above all for anything that would keep a gate from ever firing.
        """
        require_mapping(rules, "rules")
        factors = tuple(_factor(*entry) for entry in _entries(rules, "factors"))
        flags = frozenset(
            require_text(flag.get("code"), at(place, "code")) for flag, place in _entries(rules, "flags")
        )
        path = "rules.gate_precedence"
        effects = require_list(rules.get("gate_precedence"), path)
        precedence = tuple(require_text(effect, at(path, place)) for place, effect in enumerate(effects))
        known = _Known(frozenset(factor.code for factor in factors), flags, precedence)
        gates = tuple(_gate(gate, place, known) for gate, place in _entries(rules, "gates"))
        _unique([factor.code for factor in factors], "rules.factors")
        _unique([gate.code for gate in gates], "rules.gates")
        in_order = tuple(sorted(gates, key=lambda gate: gate.code))
        return cls(factors, _bands(rules), in_order, precedence, flags)


@dataclass(frozen=True, slots=True)
class _Known:
    factors: frozenset[str]
    flags: frozenset[str]
    effects: tuple[str, ...]


def _entries(rules: Mapping[str, Any], name: str) -> list[tuple[Mapping[str, Any], str]]:
    path = at("rules", name)
    entries = require_list(rules.get(name), path)
    return [(require_mapping(entry, at(path, k)), at(path, k)) for k, entry in enumerate(entries)]


def _unique(codes: list[str], path: str) -> None:
    for code in codes:
        if codes.count(code) > 1:
            raise refuse(path, f"the code {quoted(code)} is used twice")


def _factor(entry: Mapping[str, Any], path: str) -> Factor:
    code = require_text(entry.get("code"), at(path, "code"))
    direction = entry.get("direction")
    if not is_one_of(direction, _DIRECTIONS):
        raise refuse(at(path, "direction"), f"{code}: must be one of {', '.join(_DIRECTIONS)}")
    weight = require_number(entry.get("default_weight"), at(path, "default_weight"), at_least=0, at_most=1e9)
    return Factor(code, weight, direction == _DIRECTIONS[0])


def _bands(rules: Mapping[str, Any]) -> tuple[Band, ...]:
    bands = [
        Band(
            require_text(band.get("code"), at(place, "code")),
            require_number(band.get("min"), at(place, "min"), at_least=0, at_most=100),
        )
        for band, place in _entries(rules, "bands")
    ]
    starts = [band.start for band in bands]
    if not bands or len(set(starts)) < len(starts) or min(starts) != 0:
        raise refuse("rules.bands", "bands need different lower ends, one of them 0")
    return tuple(sorted(bands, key=lambda band: -band.start))


def _gate(gate: Mapping[str, Any], path: str, known: _Known) -> GateRule:
    effect = gate.get("effect")
    if not is_one_of(effect, known.effects):
        raise refuse(at(path, "effect"), f"{quoted(effect)} is not in the precedence of effects")
    place = at(path, "trigger")
    trigger = require_mapping(gate.get("trigger"), place)
    for key in trigger:
        if key not in _TRIGGER_KEYS:
            raise refuse(at(place, key), "unknown trigger, so the gate could never fire")
    return GateRule(
        code=require_text(gate.get("code"), at(path, "code")),
        name=str(gate.get("name", "")),
        effect=effect,
        flags=_names(trigger, "flags_any", place, known.flags),
        practice_of_law=_names(trigger, "practice_of_law_any", place, frozenset(PRACTICE_OF_LAW)),
        factor_min=_limits(trigger, "factor_min", place, known.factors),
        factor_max=_limits(trigger, "factor_max", place, known.factors),
        kind=gate_kind(gate),
    )


def gate_kind(gate: Mapping[str, Any]) -> str:
    """What a gate (the shape of `suitability_factors.json`) stands on: one of `GATE_KINDS`.

    Anything else, or nothing, counts as law, the strictest.
    """
    kind = require_mapping(gate, "gate").get("kind")
    return str(kind) if is_one_of(kind, GATE_KINDS) else GATE_KINDS[0]


def _names(trigger: Mapping[str, Any], key: str, path: str, known: frozenset[str]) -> tuple[str, ...]:
    names = require_list(trigger.get(key, ()), at(path, key))
    for place, name in enumerate(names):
        if not isinstance(name, str) or name not in known:
            raise refuse(at(at(path, key), place), f"{quoted(name)} is not known")
    return tuple(names)


def _limits(
    trigger: Mapping[str, Any], key: str, path: str, known: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    place = at(path, key)
    limits = require_mapping(trigger.get(key, {}), place)
    for code in limits:
        if code not in known:
            raise refuse(at(place, code), "is not a factor")
    return tuple((code, require_number(limit, at(place, code))) for code, limit in limits.items())
