"""A stored suitability record opened for printing: looked up by code, with nothing decided again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from assessments.rulebook import Gate, Rulebook
from assessments.words import Verdict, reason_words, verdict
from reports.source import GateOff, Options, WaivedGate, gates_off

Json = Mapping[str, Any]
BASKET = ("OUTSOURCE", "PILOT")


@dataclass(frozen=True)
class ConditionFacts:
    """A condition of a gate on one task; ``evidence`` and the rest are empty while it is open."""

    text: str
    is_closed: bool
    evidence: str
    by: str


@dataclass(frozen=True)
class GateFacts:
    """A gate that fires on one task, with why and its conditions."""

    gate: Gate
    reason: str
    waiver: WaivedGate | None
    conditions: tuple[ConditionFacts, ...]

    @property
    def still_open(self) -> int:
        """Conditions that are not closed; none of a waived gate."""
        return 0 if self.waiver else sum(not condition.is_closed for condition in self.conditions)


@dataclass(frozen=True)
class TaskFacts:
    """One legal task as stored; hours and money are of a year, None where not computable."""

    code: str
    name: str
    data: Json
    score: float | None
    low: float | None
    high: float | None
    outcome: str
    verdict: Verdict
    gates: tuple[GateFacts, ...]
    unknown: tuple[str, ...]
    hours: float | None
    cost: float | None
    cash: float | None

    @property
    def is_in_basket(self) -> bool:
        """Whether it goes out to bid."""
        return self.outcome in BASKET

    @property
    def still_open(self) -> int:
        """Open conditions of its gates."""
        return sum(gate.still_open for gate in self.gates)

    @property
    def has_stop(self) -> bool:
        """Whether a gate decides the outcome by itself."""
        return any(one.gate.is_stop and not one.waiver for one in self.gates)


@dataclass(frozen=True)
class SuitabilitySource:
    """The record (``lpo.suitability/1``) and the options."""

    record: Json
    options: Options

    @property
    def inputs(self) -> Json:
        """What went in."""
        found: Json = self.record["inputs"]
        return found

    @property
    def unit(self) -> str:
        """The currency when the record was made."""
        return str(self.inputs["currency"])

    @cached_property
    def rulebook(self) -> Rulebook:
        """The factors, bands and gates in force then."""
        return Rulebook(self.inputs["factor_rules"])

    @cached_property
    def rates(self) -> tuple[tuple[str, Json], ...]:
        """The rates by code of the role, in the order of the organisation."""
        return tuple(sorted(self.inputs["role_rates"].items(), key=lambda pair: pair[1]["place"]))

    @cached_property
    def tasks(self) -> tuple[TaskFacts, ...]:
        """Every task, in code order."""
        return tuple(self._task(task) for task in self.inputs["tasks"])

    @cached_property
    def basket(self) -> tuple[TaskFacts, ...]:
        """The tasks that go out to bid."""
        return tuple(task for task in self.tasks if task.is_in_basket)

    def of(self, outcome: str) -> tuple[TaskFacts, ...]:
        """The tasks of one outcome; "" for those without."""
        return tuple(task for task in self.tasks if task.outcome == outcome)

    @cached_property
    def gates(self) -> Mapping[str, Json]:
        """The rules of the gates by code."""
        return {row["code"]: row for row in self.inputs["factor_rules"]["gates"]}

    def articles(self, gate: Gate) -> tuple[str, ...]:
        """The articles of the model rules behind a gate, as in "MR 5.1, 5.3 (supervision)"."""
        duties = (self.inputs["duties"].get(code) for code in self.gates[gate.code].get("ethics_duties", ()))
        return tuple(
            f"{duty['model_rules'].replace('MR', 'Model Rule', 1)} ({duty['name'].lower()})"
            for duty in duties
            if duty
        )

    @cached_property
    def fired(self) -> dict[str, int]:
        """On how many tasks each gate fires."""
        count: dict[str, int] = {}
        for task in self.tasks:
            for one in task.gates:
                count[one.gate.code] = count.get(one.gate.code, 0) + 1
        return count

    @property
    def waivers(self) -> Iterable[WaivedGate]:
        """Every waiver in force."""
        return (one.waiver for task in self.tasks for one in task.gates if one.waiver)

    @property
    def gates_off(self) -> list[GateOff]:
        """Every shipped gate that is turned off, with the reason."""
        return gates_off(self.inputs["factor_rules"], self.day)

    def _task(self, task: Json) -> TaskFacts:
        result = self.record["results"][task["code"]]
        found, in_house = result["suitability"], result["in_house"]
        gates = tuple(self._gate(task, fired) for fired in found["gates"])
        low, high = found["score_range"] or (None, None)
        return TaskFacts(
            code=task["code"],
            name=task["name"],
            data=task,
            score=found["score"],
            low=low,
            high=high,
            outcome=found["outcome"] or "",
            verdict=verdict(
                outcome=found["outcome"],
                restriction=found["restriction"],
                gates=found["gates"],
                conditions=sum(len(one.conditions) for one in gates if not one.waiver),
                open_conditions=sum(one.still_open for one in gates),
            ),
            gates=gates,
            unknown=tuple(found["unknown"]),
            hours=in_house["hours"],
            cost=in_house["cost"],
            cash=in_house["cash_part"],
        )

    def _gate(self, task: Json, fired: Json) -> GateFacts:
        gate = self.rulebook.gates[fired["code"]]
        closed = {one["condition"]: one for one in task["closures"] if one["gate"] == gate.code}
        return GateFacts(
            gate=gate,
            reason=reason_words(fired["reason"]),
            waiver=self._waiver(task, gate.code) if fired["waived"] else None,
            conditions=tuple(self._condition(text, closed.get(text)) for text in gate.conditions),
        )

    def _condition(self, text: str, closure: Json | None) -> ConditionFacts:
        if closure is None or not closure["counts"]:
            return ConditionFacts(text, is_closed=False, evidence="", by="")
        more = [
            closure["lawyer"],
            f"{closure['hours_a_week']:g} hours a week" if closure["hours_a_week"] is not None else "",
            f"consent of {closure['consent']}" if closure["consent"] else "",
            f"closed by {closure['closed_by']}, {self.day(closure['closed_at'])}",
        ]
        return ConditionFacts(text, True, closure["evidence"], " · ".join(filter(None, more)))

    def _waiver(self, task: Json, gate: str) -> WaivedGate:
        found = next(one for one in task["waivers"] if one["gate"] == gate)
        return WaivedGate(
            task=task["code"],
            gate=gate,
            asked_by=found["asked_by"],
            asked_on=self.day(found["asked_at"]),
            reason=found["reason"],
            granted_by=found["granted_by"],
            granted_on=self.day(found["granted_at"]),
            granted_because=found["granted_because"],
        )

    def day(self, moment: str) -> str:
        """A moment of the record as a day of the organisation."""
        return f"{datetime.fromisoformat(moment).astimezone(self.options.kept_at.tzinfo):%-d %B %Y}"


def added(amounts: Iterable[float | None]) -> float | None:
    """The sum of what is known; None when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None
