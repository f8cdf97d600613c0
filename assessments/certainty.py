"""What is not known about a score: its range, whether the outcome is certain, what to find out first.

A range, never a zero: an unknown answer counts as anything from level 1 to level 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import figures
from assessments import words
from assessments.models import TaskAssessment
from assessments.rulebook import DECIDING_EFFECTS, Rulebook

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Unknown:
    """One factor that nobody knows: by how many points its answer narrows the range.

    ``settles``: whether every answer to it alone would make the band certain.
    """

    code: str
    name: str
    shrinks: str
    settles: bool


@dataclass(frozen=True)
class Certainty:
    """``unknown``: in the order of finding out, the one that narrows the range most first."""

    is_certain: bool
    says: str
    unknown: tuple[Unknown, ...]


def certainty(task: TaskAssessment, rulebook: Rulebook) -> Certainty | None:
    """Say how sure the band is; None where every factor that counts is answered, or none is."""
    low, high = task.score_low, task.score_high
    lines = [line for line in task.result.get("factors", ()) if line["weight"]]
    missing = [line for line in lines if line["level"] is None]
    if low is None or high is None or not missing or len(missing) == len(lines):
        return None
    names = {factor.code: factor.name for factor in rulebook.factors}
    found = sorted(missing, key=lambda line: (-line["maximum"], line["code"]))
    unknown = tuple(
        Unknown(
            line["code"],
            names.get(line["code"], line["code"]),
            figures.score(line["maximum"]),
            _settles(line, low, high, rulebook),
        )
        for line in found
    )
    gates = task.result.get("gates", ())
    codes = [gate["code"] for gate in gates if gate["effect"] in DECIDING_EFFECTS and not gate.get("waived")]
    bands = [words.OUTCOMES.get(rulebook.band_of(end).code, "") for end in (low, high)]
    is_certain = bands[0] == bands[1]
    if codes:
        verb = "decides" if len(codes) == 1 else "decide"
        return Certainty(True, f"The outcome is certain: {' and '.join(codes)} {verb} it.", unknown)
    if is_certain:
        return Certainty(True, f"The band is certain: {bands[0]}, whatever the answers are.", unknown)
    return Certainty(False, f"The band is not certain: from {bands[0]} to {bands[1]}.", unknown)


def _settles(line: Mapping[str, Any], low: float, high: float, rulebook: Rulebook) -> bool:
    """Try each level: the others stay unknown, so the range keeps their width."""
    if rulebook.band_of(low) == rulebook.band_of(high):
        return False
    most = float(line["maximum"])
    for step in range(5):
        bottom = low + most * step / 4
        top = high - most + most * step / 4
        if rulebook.band_of(bottom + _ROUNDING) != rulebook.band_of(top + _ROUNDING):
            return False
    return True
