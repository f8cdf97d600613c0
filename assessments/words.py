"""The words for outcomes, restrictions and stages: one place for pages, files and reports.

An outcome is never printed without its restriction; ``verdict`` gives both together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from assessments.models import BASKET_OUTCOMES, Outcome, PracticeClass, TaskAssessment
from assessments.reference import factor_rules

NOT_SCORED = "Not scored"

OUTCOMES: dict[str, str] = {choice.value: str(choice.label) for choice in Outcome}
LOOKS: dict[str, tuple[str, str]] = {  # outcome -> (icon, css class)
    Outcome.OUTSOURCE: ("out", "outsource"),
    Outcome.PILOT: ("pilot", "pilot"),
    Outcome.COSOURCE: ("split", "cosource"),
    Outcome.RETAIN: ("keep", "retain"),
    Outcome.PREPARE_FIRST: ("warn", "retain"),
}
RESTRICTIONS: dict[str, str] = {
    "ONSHORE_US_PERSONS": "US persons only",
    "ONSHORE_OR_CLEARANCE": "onshore or with clearance",
    "LOCATION_LIMIT": "some countries excluded",
    "CONDITION": "with conditions",
}
EFFECTS: dict[str, str] = {
    "RETAIN": "stops the task: retain",
    "PREPARE_FIRST": "stops the task: prepare first",
    "ONSHORE_US_PERSONS": "limits the task to US persons in the US",
    "ONSHORE_OR_CLEARANCE": "limits the task to onshore teams, or asks for clearance",
    "LOCATION_LIMIT": "excludes some countries",
    "CONDITION": "asks for conditions",
}
FLAGS: dict[str, str] = {
    "court_appearance": "Court appearance",
    "legal_advice_final": "Final legal advice",
    "settlement_authority": "Settlement authority",
    "export_controlled": "Export-controlled",
    "classified": "Classified",
    "privileged": "Privileged",
    "phi": "Health information",
    "eu_uk_personal_data": "EU or UK personal data",
    "bulk_us_sensitive_data": "Bulk US sensitive data",
    "third_party_confidentiality": "Third-party confidential",
    "patent_technical_data": "Invention data",
    "independence_sensitive": "Independence-sensitive",
    "mnpi": "Inside information",
}


class Stage(StrEnum):
    """How far a task is on its way into an award."""

    OUT = "out"
    BIDDABLE = "biddable"
    AWARDABLE = "awardable"


STAGES: dict[Stage, str] = {
    Stage.OUT: "Not in the basket",
    Stage.BIDDABLE: "Candidate, may be put out to bid; open conditions block the award",
    Stage.AWARDABLE: "Candidate, may be put out to bid and awarded: no condition is open",
}


@dataclass(frozen=True)
class Verdict:
    """An outcome with its limits. ``text`` is the whole in one line, for reports and files."""

    outcome: str
    name: str
    icon: str
    css: str
    limits: tuple[str, ...]

    @property
    def text(self) -> str:
        """Print outcome and restriction together."""
        return " · ".join((self.name, *self.limits))

    @property
    def limits_text(self) -> str:
        """Print only the restriction."""
        return ", ".join(self.limits)


def verdict(
    *,
    outcome: str | None,
    restriction: str | None,
    gates: Sequence[Mapping[str, Any]] = (),
    conditions: int | None = None,
    open_conditions: int = 0,
) -> Verdict:
    """Word an outcome with its restriction.

    ``gates``: the fired gates with ``code``, ``effect`` and ``waived`` (the engine's shape). ``conditions``:
    how many conditions those carry that are not waived; None when only the restriction is known.
    """
    name = OUTCOMES.get(outcome or "", NOT_SCORED)
    icon, css = LOOKS.get(outcome or "", ("open", "open"))
    stop = _stop(outcome, gates)
    limits = [stop] if stop else []
    if restriction and restriction != "CONDITION":
        limits.append(RESTRICTIONS[restriction])
    if stop and outcome == Outcome.RETAIN:
        return Verdict(outcome, name, icon, css, tuple(limits))  # a stop makes its conditions moot
    waived = [gate["code"] for gate in gates if gate.get("waived")]
    if waived:
        limits.append(f"{' and '.join(waived)} waived")
    if conditions:
        limits.append(conditions_words(conditions, open_conditions))
    elif conditions is None and restriction == "CONDITION":
        limits.append(RESTRICTIONS["CONDITION"])
    return Verdict(outcome or "", name, icon, css, tuple(limits))


def _stop(outcome: str | None, gates: Sequence[Mapping[str, Any]]) -> str:
    codes = [gate["code"] for gate in gates if gate["effect"] == outcome and not gate.get("waived")]
    if not codes:
        return ""
    return f"{'stopped by' if outcome == Outcome.RETAIN else 'needs'} {' and '.join(codes)}"


def conditions_words(conditions: int, still_open: int) -> str:
    """Say how many conditions there are and how many are open."""
    noun = "condition" if conditions == 1 else "conditions"
    if not still_open:
        return f"{conditions} {noun} closed"
    if still_open == conditions:
        return f"{conditions} {noun} open"
    return f"{still_open} of {conditions} {noun} open"


class Judged(Protocol):
    """What is read of a legal task to word its stored result."""

    @property
    def outcome(self) -> str | None: ...
    @property
    def restriction(self) -> str | None: ...
    @property
    def open_conditions(self) -> int: ...
    @property
    def result(self) -> Mapping[str, Any]: ...


def task_verdict(task: TaskAssessment | Judged) -> Verdict:
    """Word the stored result of a legal task."""
    return verdict(
        outcome=task.outcome,
        restriction=task.restriction,
        gates=task.result.get("gates", ()),
        conditions=task.result.get("conditions", 0),
        open_conditions=task.open_conditions,
    )


def origin(task: TaskAssessment) -> str:
    """Say where facts and answers that nobody has confirmed come from; empty where all are confirmed."""
    if not task.is_profile_assumed:
        return ""
    return f"from {task.carried_from}, to confirm" if task.carried_from else "typical answers, not confirmed"


def stage(outcome: str, open_conditions: int) -> Stage:
    """Say how far a task is: an open condition blocks the award, not the bid."""
    if outcome not in BASKET_OUTCOMES:
        return Stage.OUT
    return Stage.BIDDABLE if open_conditions else Stage.AWARDABLE


def flag_name(code: str) -> str:
    """Give the short name of a flag; an own flag of the organisation shows its code in words."""
    return FLAGS.get(code, code.replace("_", " ").capitalize())


@cache
def shipped_factors() -> Mapping[str, str]:
    """Name the shipped factors by code, for what is worded without the factor set at hand."""
    return {factor["code"]: str(factor["name"]) for factor in factor_rules()["factors"]}


# How the engine says why a gate fires. Stored results and records hold these sentences, so they are read here
# rather than changed there.
_SEPARATOR = "; "
_FLAG = re.compile(r"the flag (?P<flag>\S+) is set")
_CLASS = re.compile(r"practice of law is (?P<practice>\S+)")
_LEVEL = re.compile(r"(?P<factor>\S+) is (?P<level>\d+) \((?P<limit>[\d.]+ or (?:more|less))\)")


def reason_words(reason: str, names: Mapping[str, str] | None = None) -> str:
    """Say why a gate fires with the names that pages use: "the flag “Health information” is set".

    ``names``: those of the factors by code; without them, the shipped ones.
    """
    known = shipped_factors() if names is None else names
    return ", and ".join(_one_reason(part, known) for part in reason.split(_SEPARATOR))


def _one_reason(reason: str, names: Mapping[str, str]) -> str:
    if flag := _FLAG.fullmatch(reason):
        return f"the flag “{flag_name(flag['flag'])}” is set"
    if practice := _CLASS.fullmatch(reason):
        classes = dict(PracticeClass.choices)
        return f"the work is “{classes.get(practice['practice'], practice['practice'])}”"
    if level := _LEVEL.fullmatch(reason):
        code = level["factor"]
        return f"{names.get(code, code)} is {level['level']}; {level['limit']}"
    return reason.replace("_", " ")


def units(unit: str, volume: object = None) -> str:
    """Give a unit as it reads after a number: "220 record sets", "1 matter"."""
    if not unit:
        return "units"
    if volume == 1 or unit.endswith("s"):
        return unit
    if unit.endswith("y") and unit[-2:-1] not in set("aeiou"):
        return f"{unit[:-1]}ies"
    return f"{unit}es" if unit.endswith(("x", "ch", "sh", "z")) else f"{unit}s"
