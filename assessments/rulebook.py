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
        sources = sources_by_code(self.content)
        return {
            row["code"]: _gate(row, sources, checked_on(row, self.content)) for row in self.content["gates"]
        }

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """All bands, lowest first."""
        bands = [Band(row["code"], row["min"], row.get("label", "")) for row in self.content["bands"]]
        return tuple(sorted(bands, key=lambda band: band.start))

    @cached_property
    def largest_step(self) -> float:
        """How many points of the score one level of the heaviest factor is worth."""
        total = sum(factor.weight for factor in self.factors)
        return 25 * max(factor.weight for factor in self.factors) / total if total else 0.0

    def band_of(self, score: float) -> Band:
        """Give the band a score lies in."""
        return next(band for band in reversed(self.bands) if score >= band.start)

    def may_be_waived(self, gate: str) -> bool:
        """Whether a gate of this code exists and may be waived."""
        return gate in self.gates and self.gates[gate].may_be_waived

    def asks(self, gate: str, condition: str) -> Asks:
        """Say what closing a condition takes beyond evidence."""
        return asks(kind=self.gates[gate].kind, gate=gate, condition=condition)

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


def _gate(row: Mapping[str, Any], sources: Mapping[str, Source], checked: date | None) -> Gate:
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
        checked_on=checked,
        kind=gate_kind(row),
        trigger=row.get("trigger", {}),
    )


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
