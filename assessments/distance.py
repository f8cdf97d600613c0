"""How far a score is from the edges of its band, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import figures
from assessments import words
from assessments.models import TaskAssessment
from assessments.rulebook import Band, Rulebook

_NAMED_AT_MOST = 3
_ROUNDING = 1e-9


def distance_words(task: TaskAssessment, rulebook: Rulebook) -> str:
    """Say how near the next outcomes are and which single answers would reach them."""
    sentences = [_gate_sentence(task)]
    if task.score is None:
        sentences.append(_range_sentence(task, rulebook))
    else:
        sentences += _band_sentences(task.score, task.result.get("factors", ()), rulebook)
    return " ".join(sentence for sentence in sentences if sentence)


def _gate_sentence(task: TaskAssessment) -> str:
    fired = task.result.get("gates", ())
    codes = [gate["code"] for gate in fired if gate["effect"] == task.outcome and not gate.get("waived")]
    if not codes:
        return ""
    verb = "decides" if len(codes) == 1 else "decide"
    outcome = words.OUTCOMES[task.outcome]
    return f"{' and '.join(codes)} {verb}: {outcome}, whatever the score."


def _range_sentence(task: TaskAssessment, rulebook: Rulebook) -> str:
    missing = len(task.result.get("unknown", ()))
    if task.score_low is None or task.score_high is None:
        return "All weights are 0, so there is no score."
    if missing == len(rulebook.factors):
        return "No factor is answered yet, so there is no score."
    low, high = (words.OUTCOMES[rulebook.band_of(end).code] for end in (task.score_low, task.score_high))
    bands = low if low == high else f"{low} to {high}"
    noun = "answer" if missing == 1 else "answers"
    span = f"{figures.score(task.score_low)} and {figures.score(task.score_high)}"
    return f"With {missing} {noun} missing the score lies between {span}: {bands}."


def _band_sentences(score: float, lines: Sequence[Mapping[str, Any]], rulebook: Rulebook) -> list[str]:
    bands = rulebook.bands
    place = bands.index(rulebook.band_of(score))
    here, below = bands[place], bands[place - 1] if place else None
    above = bands[place + 1] if place + 1 < len(bands) else None
    can_fall = [line for line in lines if line["points"]]
    can_rise = [line for line in lines if line["points"] is not None and line["points"] < line["maximum"]]
    fall = [line for line in can_fall if below and score - _step(line) < here.start - _ROUNDING]
    rise = [line for line in can_rise if above and score + _step(line) >= above.start - _ROUNDING]
    parts = [f"{figures.score(score - here.start)} points above {_name(below)}"] if below else []
    if above:
        parts.append(f"{figures.score(above.start - score)} {'' if parts else 'points '}below {_name(above)}")
    said = [f"{', '.join(parts)}."] if parts else []
    if fall and below:
        which = _which(fall, len(can_fall), rulebook)
        said.append(f"One level the wrong way on {which} makes it {_name(below)}.")
    if rise and above:
        said.append(f"One level better on {_which(rise, len(can_rise), rulebook)} makes it {_name(above)}.")
    if not fall and not rise:
        said.append("No single step on one factor changes the band.")
    return said


def _step(line: Mapping[str, Any]) -> float:
    """What one level of a factor is worth in points."""
    return float(line["maximum"]) / 4


def _which(lines: Sequence[Mapping[str, Any]], possible: int, rulebook: Rulebook) -> str:
    if len(lines) == possible:
        return "any factor"
    names = {factor.code: factor.name for factor in rulebook.factors}
    if len(lines) <= _NAMED_AT_MOST:
        return " or ".join(f"“{names[line['code']]}”" for line in lines)
    return f"any of {len(lines)} factors"


def _name(band: Band) -> str:
    return words.OUTCOMES.get(band.code, band.label)
