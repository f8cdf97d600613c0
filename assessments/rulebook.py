"""The factors, flags, gates and bands of one factor set, as pages print them.

What the rules decide is the engine's business; this is only their wording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from assessments.asks import Asks, asks
from engine import WAIVABLE_KINDS, gate_kind

DECIDING_EFFECTS = ("RETAIN", "PREPARE_FIRST")
LEVELS = ("1", "2", "3", "4", "5")
# Columns of a closure that say whether it counts; see ``Rulebook.closed``.
CLOSURE = ("gate", "condition", "lawyer_id", "weekly_hours", "consent_id")
OFF = "gates_off"  # member of a factor set: shipped gates that are turned off, with the reason in "off"
WAIVED = "~"  # before the code of a waived gate in ``TaskAssessment.gate_codes``


@dataclass(frozen=True)
class Factor:
    """A question answered 1–5; ``anchors`` say what each level means."""

    code: str
    name: str
    question: str
    anchors: Mapping[str, str]
    weight: float
    favours_outsourcing: bool
    weight_reason: str

    @property
    def direction(self) -> str:
        """Say which way a high level points."""
        return "higher favours outsourcing" if self.favours_outsourcing else "higher favours keeping"


@dataclass(frozen=True)
class Flag:
    """A fact about the material or the work that fires gates."""

    code: str
    meaning: str


@dataclass(frozen=True)
class Source:
    """What a rule rests on. Unless ``is_verified`` it must be confirmed before anybody relies on it."""

    code: str
    title: str
    status: str
    checked_on: date | None = None

    @property
    def is_verified(self) -> bool:
        """Whether the source was seen."""
        return self.status == "verified"


@dataclass(frozen=True)
class Gate:
    """A rule that no score offsets, with the conditions to close."""

    code: str
    name: str
    effect: str
    rule: str
    conditions: tuple[str, ...]
    sources: tuple[Source, ...]
    status: str
    checked_on: date | None
    kind: str
    trigger: Mapping[str, Any]
    asks: Mapping[str, Mapping[str, Any]]

    @property
    def may_be_waived(self) -> bool:
        """Whether a second person may waive it; what rests on law or supervision never."""
        return self.kind in WAIVABLE_KINDS

    @property
    def is_stop(self) -> bool:
        """Whether the gate decides the outcome by itself."""
        return self.effect in DECIDING_EFFECTS

    @property
    def is_limit(self) -> bool:
        """Whether the gate limits where or by whom the work may be done."""
        return not self.is_stop and self.effect != "CONDITION"

    @property
    def is_verified(self) -> bool:
        """Whether the basis of the rule was seen in the named sources."""
        return not self.status.startswith("unverified")


@dataclass(frozen=True)
class OffGate:
    """A shipped gate that is turned off, why and by whom; a draft does not know by whom yet."""

    gate: Gate
    reason: str
    version: int | None
    proposed_by: str
    adopted_by: str
    adopted_at: str


@dataclass(frozen=True)
class Band:
    """Scores of at least ``start`` up to the next band."""

    code: str
    start: float
    label: str


@dataclass(frozen=True)
class Rulebook:
    """One factor set."""

    content: Mapping[str, Any]

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """All factors in the published order."""
        return tuple(_factor(row) for row in self.content["factors"])

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """All flags."""
        return tuple(Flag(row["code"], row.get("meaning", "")) for row in self.content["flags"])

    @cached_property
    def gates(self) -> Mapping[str, Gate]:
        """All gates by code."""
        return {row["code"]: _gate(row, self._sources, self.content) for row in self.content["gates"]}

    @cached_property
    def off(self) -> tuple[OffGate, ...]:
        """Shipped gates that are turned off: they fire on nothing."""
        return tuple(_off(row, self._sources, self.content) for row in self.content.get(OFF, ()))

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        return sources_by_code(self.content)

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """All bands, lowest first."""
        bands = [Band(row["code"], row["min"], row.get("label", "")) for row in self.content["bands"]]
        return tuple(sorted(bands, key=lambda band: band.start))

    @cached_property
    def largest_step(self) -> float:
        """How many points of the score one level of the heaviest factor is worth."""
        total = self.total_weight
        return 25 * max(factor.weight for factor in self.factors) / total if total else 0.0

    @property
    def total_weight(self) -> float:
        """The points of all factors together."""
        return sum(factor.weight for factor in self.factors)

    def band_of(self, score: float) -> Band:
        """Give the band a score lies in."""
        return next(band for band in reversed(self.bands) if score >= band.start)

    def may_be_waived(self, gate: str) -> bool:
        """Whether a gate of this code exists and may be waived."""
        return gate in self.gates and self.gates[gate].may_be_waived

    def asks(self, gate: str, condition: str) -> Asks:
        """Say what closing a condition takes beyond evidence."""
        return self.asks_of(self.gates[gate], condition)

    @staticmethod
    def asks_of(gate: Gate, condition: str) -> Asks:
        """Say the same of a gate that may be turned off."""
        shipped = asks(kind=gate.kind, gate=gate.code, condition=condition)
        return shipped.and_also(gate.asks.get(condition, {}))

    def known_answers(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out answers to factors that this set no longer asks; their rows stay where they are."""
        known = {factor.code for factor in self.factors}
        return {code: level for code, level in answers.items() if code in known}

    def closed(self, closures: Iterable[tuple[Any, ...]]) -> set[tuple[str, str]]:
        """Give the (gate, condition) of the closures that count; each in the columns of ``CLOSURE``."""
        return {
            (gate, condition)
            for gate, condition, lawyer, hours, consent in closures
            if gate in self.gates
            and self.asks(gate, condition).are_met(lawyer=lawyer, hours=hours, consent=consent)
        }

    def conditions_of(self, gates: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Give every (gate, condition) of some gates."""
        return tuple((code, text) for code in gates for text in self.gates[code].conditions)


def waived_gates(gate_codes: str) -> list[str]:
    """Give the gates that fire and are waived, from the column ``gate_codes``."""
    return [code.removeprefix(WAIVED) for code in gate_codes.split() if code.startswith(WAIVED)]


def gates_in_force(gate_codes: str) -> tuple[str, ...]:
    """Give the gates that fire and are not waived, from the column ``gate_codes``."""
    codes, waived = gate_codes.split(), waived_gates(gate_codes)
    return tuple(code for code in codes if not code.startswith(WAIVED) and code not in waived)


def _factor(row: Mapping[str, Any]) -> Factor:
    return Factor(
        code=row["code"],
        name=row.get("name", row["code"]),
        question=row.get("question", ""),
        anchors=row.get("anchors", {}),
        weight=row["default_weight"],
        favours_outsourcing=row["direction"] == "higher_favours_outsourcing",
        weight_reason=row.get("weight_reason", ""),
    )


def _gate(row: Mapping[str, Any], sources: Mapping[str, Source], content: Mapping[str, Any]) -> Gate:
    return Gate(
        code=row["code"],
        name=row.get("name", row["code"]),
        effect=row["effect"],
        rule=row.get("rule", ""),
        conditions=tuple(row.get("conditions", ())),
        sources=tuple(
            sources.get(code) or Source(code, code, "unverified") for code in row.get("sources", ())
        ),
        status=row.get("status", ""),
        checked_on=checked_on(row, content),
        kind=gate_kind(row),
        trigger=row.get("trigger", {}),
        asks=row.get("asks", {}),
    )


def _off(row: Mapping[str, Any], sources: Mapping[str, Source], content: Mapping[str, Any]) -> OffGate:
    said = row.get("off", {})
    people = (str(said.get(key, "")) for key in ("proposed_by", "adopted_by", "adopted_at"))
    return OffGate(_gate(row, sources, content), str(said.get("reason", "")), said.get("version"), *people)


def sources_by_code(content: Mapping[str, Any]) -> Mapping[str, Source]:
    """Give the sources that a set of rules names, by code."""
    return {
        row["id"]: Source(
            row["id"],
            row.get("title", row["id"]),
            row.get("status", "unverified"),
            checked_on(row, content),
        )
        for row in content.get("sources", ())
    }


def checked_on(row: Mapping[str, Any], content: Mapping[str, Any]) -> date | None:
    """Say when a rule or source was last checked: its own day, else that of the whole set."""
    text = row.get("checked_on") or content.get("meta", {}).get("date", "")
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
