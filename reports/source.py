"""A stored ranking record opened for printing: looked up by code, with nothing decided again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import figures
from assessments.words import Verdict, verdict
from assessments.words_duties import UNADOPTED, RuleSetWords
from engine import in_house_cost
from selections.queries.records import BASIS
from selections.queries.robust import Robust, robust_section
from selections.words.names import listed
from selections.words.reading import Reading
from selections.words.standing import Standing, standing

Json = Mapping[str, Any]
NAMED_TASKS = 4
_SAMPLE_MARK = " (sample)"
_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True)
class Earlier:
    """The ranking that was kept before this one: its number and its parsed record."""

    number: int
    record: Json


@dataclass(frozen=True)
class Options:
    """What a report says beyond its record: names, dates and marks.

    Dates are in the organisation's time zone. ``earlier``: the ranking kept before, None for the first one.
    """

    organisation: str
    currency: str
    is_sample: bool
    has_privilege_line: bool
    selection: str
    period: str
    record_number: int
    sha256: str
    kept_by: str
    kept_at: datetime
    reason: str
    made_at: datetime
    rule_set: RuleSetWords = UNADOPTED
    earlier: Earlier | None = None


@dataclass(frozen=True)
class TaskFacts:
    """One legal task as assessed; money and hours a year, None where not computable."""

    code: str
    name: str
    score: float | None
    verdict: Verdict
    gates: tuple[str, ...]
    waived: tuple[str, ...]
    has_stop: bool
    hours: float | None
    baseline: float | None
    is_in_basket: bool
    open_conditions: int


@dataclass(frozen=True)
class Condition:
    """Something to close before a task of the basket is awarded."""

    task: str
    gate: str
    text: str
    is_closed: bool


@dataclass(frozen=True)
class WaivedGate:
    """A waiver in force: who asked and who granted it, when and why; empty where the record does not say."""

    task: str
    gate: str
    asked_by: str = ""
    asked_on: str = ""
    reason: str = ""
    granted_by: str = ""
    granted_on: str = ""
    granted_because: str = ""


@dataclass(frozen=True)
class Adoption:
    """Who proposed and who adopted the factor set of the record, and when; empty for the shipped set."""

    version: str
    proposed_by: str = ""
    reason: str = ""
    adopted_by: str = ""
    adopted_on: str = ""
    comment: str = ""


@dataclass(frozen=True)
class GateOff:
    """A shipped gate that is turned off in the factor set of the record."""

    gate: str
    name: str
    reason: str
    proposed_by: str
    adopted_by: str
    adopted_on: str


def gates_off(factor_rules: Json, day: Callable[[str], str]) -> list[GateOff]:
    """Every shipped gate that a stored factor set turns off, with the reason; ``day`` writes a moment."""
    return [
        GateOff(
            gate=gate["code"],
            name=gate.get("name", ""),
            reason=gate["off"]["reason"],
            proposed_by=gate["off"]["proposed_by"],
            adopted_by=gate["off"]["adopted_by"],
            adopted_on=day(gate["off"]["adopted_at"]),
        )
        for gate in factor_rules.get("gates_off", ())
    ]


@dataclass(frozen=True)
class Source:
    """The record (``lpo.record/1`` with its case) and the options."""

    record: Json
    options: Options

    @cached_property
    def reading(self) -> Reading:
        """The decision and its result."""
        return Reading(self.record["decision"], self.record["result"])

    @cached_property
    def robust(self) -> Robust | None:
        """How sure the first place is, as the ranking page says it.

        None where there is no order to test, or the record is of an earlier engine.
        """
        return robust_section(self.reading, self.results)

    @property
    def inputs(self) -> Json:
        """What went in."""
        found: Json = self.record["case"]["inputs"]
        return found

    @property
    def results(self) -> Json:
        """Suitability, knock-outs and business cases."""
        found: Json = self.record["case"]["results"]
        return found

    @property
    def basis(self) -> Json | None:
        """The assessment that the ranking rested on and its state then; None where the record is older."""
        found: Json | None = self.inputs.get(BASIS)
        return found

    @property
    def unit(self) -> str:
        """Currency code."""
        return self.options.currency

    @cached_property
    def providers(self) -> list[str]:
        """Codes: ranked, best first, then excluded."""
        return [row["code"] for row in (*self.reading.ranking, *self.reading.excluded)]

    def case(self, code: str) -> Json:
        """The business case of one bid."""
        found: Json = self.results["business_cases"][code]
        return found

    def standing(self, code: str) -> Standing:
        """What the knock-outs say about one bid."""
        return standing(self.results, code)

    def tests(self, code: str) -> list[Json]:
        """The knock-out tests of one bid, each with code, outcome and reason."""
        found: list[Json] = self.results["knock_outs"][code]["tests"]
        return found

    @cached_property
    def gates(self) -> dict[str, Json]:
        """Gate rules of the factor set by code."""
        return {gate["code"]: gate for gate in self.inputs["factor_rules"]["gates"]}

    @property
    def adoption(self) -> Adoption:
        """The version of the factor set, as its own copy in the record says."""
        rules = self.inputs["factor_rules"]
        said = rules.get("adoption")
        if not said:
            meta = rules.get("meta", {})
            return Adoption(" of ".join(filter(None, (meta.get("version", ""), meta.get("date", "")))))
        return Adoption(
            version=str(said["version"]),
            proposed_by=said["proposed_by"],
            reason=said["reason"],
            adopted_by=said["adopted_by"],
            adopted_on=self.day(said["adopted_at"]),
            comment=said["comment"],
        )

    @property
    def gates_off(self) -> list[GateOff]:
        """Every shipped gate that is turned off, with the reason."""
        return gates_off(self.inputs["factor_rules"], self.day)

    @cached_property
    def tasks(self) -> list[TaskFacts]:
        """Every task of the case in code order."""
        return [self._task(task) for task in self.inputs["tasks"]]

    def _task(self, task: Json) -> TaskFacts:
        found = self.results["suitability"][task["code"]]
        conditions = self._conditions(task["code"])
        still = sum(not condition.is_closed for condition in conditions)
        cost = in_house_cost(task, self.inputs["role_rates"])
        return TaskFacts(
            code=task["code"],
            name=task["name"],
            score=found["score"],
            verdict=verdict(
                outcome=found["outcome"],
                restriction=found["restriction"],
                gates=found["gates"],
                conditions=len(conditions),
                open_conditions=still,
            ),
            gates=tuple(gate["code"] for gate in found["gates"]),
            waived=tuple(gate["code"] for gate in found["gates"] if gate.get("waived")),
            has_stop=any(
                gate["effect"] in {"RETAIN", "PREPARE_FIRST"} and not gate.get("waived")
                for gate in found["gates"]
            ),
            hours=cost.hours,
            baseline=cost.cost,
            is_in_basket=found["in_basket"],
            open_conditions=still,
        )

    @cached_property
    def _closed(self) -> dict[str, list[list[str]]]:
        """[gate, condition] of what was closed when the ranking was kept, by task code."""
        return {task["code"]: task.get("closed", []) for task in self.inputs["tasks"]}

    def _conditions(self, task: str) -> list[Condition]:
        return [
            Condition(task, gate["code"], text, [gate["code"], text] in self._closed[task])
            for gate in self.results["suitability"][task]["gates"]
            if not gate.get("waived")
            for text in self.gates[gate["code"]]["conditions"]
        ]

    @cached_property
    def waivers(self) -> list[WaivedGate]:
        """Every waiver in force, in code order of the tasks."""
        given = {task["code"]: task.get("waivers", []) for task in self.inputs["tasks"]}
        return [
            self._waiver(task.code, gate, given[task.code]) for task in self.tasks for gate in task.waived
        ]

    def _waiver(self, task: str, gate: str, given: list[Json]) -> WaivedGate:
        found = next((waiver for waiver in given if waiver["gate"] == gate), None)
        if found is None:
            return WaivedGate(task, gate)
        return WaivedGate(
            task=task,
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

    @cached_property
    def basket(self) -> list[TaskFacts]:
        """The tasks that go out to bid."""
        return [task for task in self.tasks if task.is_in_basket]

    @property
    def uncosted(self) -> list[str]:
        """Codes of the tasks of the basket whose cost of today cannot be computed."""
        return [task.code for task in self.basket if task.baseline is None]

    @property
    def baseline_words(self) -> str:
        """What the basket costs today: "2,735,237 USD a year without D19"; "" where nothing is known."""
        known = [task.baseline for task in self.basket if task.baseline is not None]
        if not known:
            return ""
        left_out = f" without {codes_or_count(self.uncosted)}" if self.uncosted else ""
        return f"{figures.money(sum(known))} {self.unit} a year{left_out}"

    @cached_property
    def conditions(self) -> list[Condition]:
        """Every condition of every gate that fires on a task of the basket."""
        return [condition for task in self.basket for condition in self._conditions(task.code)]

    def full_name(self, code: str) -> str:
        """The provider's name; "Sample data" stands on every page, so the name need not repeat it."""
        name = self.reading.names[code]
        return name.removesuffix(_SAMPLE_MARK) if self.options.is_sample else name

    @cached_property
    def front(self) -> list[str]:
        """Codes at the front: the first, or up to three that a tie does not tell apart."""
        ranking = self.reading.ranking
        if not ranking or not self.is_tie:
            return [row["code"] for row in ranking[:1]]
        best = ranking[0]["score"]
        near = [row["code"] for row in ranking if best - row["score"] < self.reading.tie_margin]
        return near[:3] if len(near) > 1 else [row["code"] for row in ranking[:2]]

    @property
    def is_tie(self) -> bool:
        """Whether the lead is too small to be a difference."""
        lead = self.reading.result["lead"]
        return bool(lead and lead["tie"]) or len(self.reading.firsts) > 1

    @property
    def front_names(self) -> str:
        """Short names at the front as words."""
        return listed([self.reading.short[code] for code in self.front])


def number_word(number: int) -> str:
    """Small numbers as words: 12 → "twelve", 13 → "13"."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else str(number)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "one task", "twelve tasks"."""
    return f"{number_word(number)} {one if number == 1 else many or f'{one}s'}"


def codes_or_count(codes: Sequence[str]) -> str:
    """Name a few tasks by their codes, count many: "D07 and D19", "nine tasks"."""
    return listed(codes) if len(codes) <= NAMED_TASKS else counted(len(codes), "task")


def sentence(text: str) -> str:
    """The same with a capital first letter."""
    return text[:1].upper() + text[1:]
