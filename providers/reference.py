"""What may be asked of and recorded about a provider: sub-criteria and knock-out questions."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import figures

FOLDER = Path(__file__).parent / "reference"
MAX_VALUE = 1_000_000_000

KeptWith = Literal["provider", "bid", "computed"]


@dataclass(frozen=True)
class SubCriterion:
    """One thing a provider is measured on; ``low`` and ``high`` bound what may be entered (None: open)."""

    code: str
    name: str
    criterion: str
    criterion_name: str
    unit: str
    is_ordinal: bool
    is_lower_better: bool
    metric: str
    evidence: str
    scale: tuple[tuple[int, str], ...]
    low: float | None
    high: float | None
    is_whole: bool
    hint: str
    kept_with: KeptWith

    @property
    def colour(self) -> str:
        """Name of the colour of its criterion in the style sheets."""
        return self.criterion.lower()

    @property
    def better(self) -> str:
        """Say which direction is good."""
        return "lower is better" if self.is_lower_better else "higher is better"


@dataclass(frozen=True)
class CriterionGroup:
    """A criterion with its sub-criteria, in the published order."""

    code: str
    name: str
    sub_criteria: tuple[SubCriterion, ...]

    @property
    def colour(self) -> str:
        """Name of its colour in the style sheets."""
        return self.code.lower()


@dataclass(frozen=True)
class Question:
    """A yes/partly/no question of the questionnaire that a knock-out reads."""

    code: str
    section: str
    text: str
    evidence_requested: str
    knock_out: str


def _read(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


@cache
def questionnaire() -> dict[str, Any]:
    """Give the shipped questionnaire (70 questions in 10 sections)."""
    return _read("questionnaire.json")


@cache
def demo_providers() -> dict[str, Any]:
    """Give the eight invented providers of the sample organisation."""
    return _read("demo_providers.json")


@cache
def knock_out_questions() -> dict[str, Question]:
    """Give the twelve questions that knock-outs read, by code, in the order of the questionnaire.

    K01 and K07 read a sub-criterion instead, so SE-01 and CT-04 are not among them.
    """
    sections = {section["code"]: section["name"] for section in questionnaire()["sections"]}
    return {
        entry["code"]: Question(
            code=entry["code"],
            section=sections[entry["section"]],
            text=entry["text"],
            evidence_requested=entry["evidence_requested"],
            knock_out=entry["knock_out"],
        )
        for entry in questionnaire()["questions"]
        if entry["knock_out"] and entry["answer_type"] == "yes_no_partly"
    }


@cache
def criterion_groups() -> tuple[CriterionGroup, ...]:
    """Give the four criteria with their 24 sub-criteria."""
    return tuple(
        CriterionGroup(
            code=group["code"],
            name=group["name"],
            sub_criteria=tuple(_sub_criterion(group, entry) for entry in group["sub_criteria"]),
        )
        for group in _read("sub_criteria.json")["criteria"]
    )


def _sub_criterion(group: dict[str, Any], entry: dict[str, Any]) -> SubCriterion:
    scale = entry["scale"] or {}
    return SubCriterion(
        code=entry["code"],
        name=entry["name"],
        criterion=group["code"],
        criterion_name=group["name"],
        unit=entry["unit"],
        is_ordinal=entry["type"] == "ordinal",
        is_lower_better=entry["direction"] == "lower",
        metric=entry["metric"],
        evidence=entry["evidence"],
        scale=tuple((int(level), text) for level, text in sorted(scale.items())),
        low=entry["low"],
        high=entry["high"],
        is_whole=entry["whole"],
        hint=entry["hint"],
        kept_with=entry["kept_with"],
    )


@cache
def sub_criteria() -> dict[str, SubCriterion]:
    """Give all 24 sub-criteria by code."""
    return {sub.code: sub for group in criterion_groups() for sub in group.sub_criteria}


@cache
def provider_codes() -> tuple[str, ...]:
    """Codes of the sub-criteria whose value is stored with the profile (the others belong to the bid)."""
    return tuple(code for code, sub in sub_criteria().items() if sub.kept_with == "provider")


@cache
def bid_codes() -> tuple[str, ...]:
    """Codes of the sub-criteria whose value is given with each bid."""
    return tuple(code for code, sub in sub_criteria().items() if sub.kept_with == "bid")


def value_fault(sub: SubCriterion, value: float) -> str:
    """Say in a sentence why ``value`` cannot stand for ``sub``; empty when it can."""
    if not math.isfinite(value):
        return f"{sub.code} needs a number; leave the field empty if the value is unknown."
    if sub.is_ordinal and value not in {1, 2, 3, 4, 5}:
        return f"{sub.code} is judged on a scale: enter 1, 2, 3, 4 or 5."
    if sub.low is not None and value < sub.low:
        return f"{sub.code} cannot be below {sub.low:g} ({sub.unit})."
    if sub.high is not None and value > sub.high:
        return f"{sub.code} cannot be above {sub.high:g} ({sub.unit})."
    if abs(value) > MAX_VALUE:
        return f"{sub.code} is larger than any real value; check the unit ({sub.unit})."
    is_broken_count = sub.is_whole and value != int(value)
    return f"{sub.code} is a count: enter a whole number." if is_broken_count else ""


def shown_value(value: float | None) -> str:
    """Write a value as it was entered, at most four decimals: 0.95, 57.8, 7; empty when unknown."""
    text = figures.plain(value, 4)
    return text.rstrip("0").rstrip(".") if "." in text else text
