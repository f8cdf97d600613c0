"""Whether a legal task suits outsourcing: gates first, then a weighted score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.checks import is_level, is_one_of, require_list, require_mapping
from engine.errors import at, quoted, refuse
from engine.suitability_rules import (
    DECIDING_EFFECTS,
    PRACTICE_OF_LAW,
    WAIVABLE_KINDS,
    Factor,
    GateRule,
    SuitabilityRules,
)

Answers = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class FiredGate:
    """A gate that applies to the task, with the facts that made it fire.

    `waived`: the gate still applies, but its effect is not taken into account.
    """

    code: str
    name: str
    effect: str
    reason: str
    waived: bool = False


@dataclass(frozen=True, slots=True)
class FactorLine:
    """The arithmetic of one factor. `norm` is in [0, 1]; `points` and `maximum` are of the 0–100 score.

    `level`, `norm` and `points` are None when the answer is unknown.
    """

    code: str
    weight: float
    level: int | None
    norm: float | None
    points: float | None
    maximum: float


@dataclass(frozen=True)
class Suitability:
    """The result of `suitability`.

    `score` (0–100) is None when a weighted factor has no answer or all weights are 0; `score_range` then
    gives the lowest and highest score that answers could give (None only when all weights are 0), and `band`
    is set only if both ends lie in the same band. `band_certain`: whether there is one band.
    `outcome`: RETAIN or PREPARE_FIRST if such a gate fires and is not waived, else the band. `restriction`:
    the strictest of the other effects, waived gates left out. `contributions`: points of the score by factor
    (None: unknown); `factors`: in full.
    """

    gates: tuple[FiredGate, ...]
    score: float | None
    score_range: tuple[float, float] | None
    band: str | None
    band_range: tuple[str, str] | None
    outcome: str | None
    restriction: str | None
    contributions: Mapping[str, float | None]
    factors: tuple[FactorLine, ...]
    unknown: tuple[str, ...]

    @property
    def band_certain(self) -> bool:
        """True when the band is the same whatever the unknown answers are."""
        return self.band is not None


def suitability(task: Mapping[str, Any], rules: Mapping[str, Any] | SuitabilityRules) -> Suitability:
    """Assess one task.

    `task`: {"answers": {factor: 1–5 or None}, "flags": [...], "practice_of_law": class or None, "waived":
    [code of gate, ...]}; other members are ignored, an absent answer is unknown. A waived gate is listed when
    it fires and has no effect; one of a kind that cannot be waived is refused. `rules`: the shape of
    `suitability_factors.json`, or the same already read. Score = 100 × Σ(weight × norm) / Σ weight. Raises
    `InvalidInput`.
    """
    checked = rules if isinstance(rules, SuitabilityRules) else SuitabilityRules.from_dict(rules)
    require_mapping(task, "task")
    answers = _answers(task, checked)
    fired = _fired(checked, answers, _flags(task, checked), _practice(task))
    waived = _waived(task, checked)
    gates = tuple(replace(gate, waived=True) if gate.code in waived else gate for gate in fired)
    lines = _lines(checked, answers)
    unknown = tuple(line.code for line in lines if line.weight > 0 and line.level is None)
    span = _score_range(checked, answers)
    band_range = None if span is None else (_band(checked, span[0]), _band(checked, span[1]))
    band = band_range[0] if band_range is not None and band_range[0] == band_range[1] else None
    effects = {gate.effect for gate in gates if not gate.waived}
    decided = next((effect for effect in DECIDING_EFFECTS if effect in effects), None)
    return Suitability(
        gates=gates,
        score=span[0] if span is not None and not unknown else None,
        score_range=span,
        band=band,
        band_range=band_range,
        outcome=decided or band,
        restriction=_restriction(checked, effects),
        contributions={line.code: line.points for line in lines},
        factors=lines,
        unknown=unknown,
    )


def _answers(task: Mapping[str, Any], rules: SuitabilityRules) -> dict[str, int | None]:
    given = require_mapping(task.get("answers", {}), "task.answers")
    known = {factor.code for factor in rules.factors}
    for code, level in given.items():
        path = at("task.answers", code)
        if code not in known:
            raise refuse(path, "is not a factor")
        if level is None:
            continue
        if not is_level(level):
            raise refuse(path, f"a whole number from 1 to 5 is needed, not {quoted(level)}")
    levels = {factor.code: given.get(factor.code) for factor in rules.factors}
    return {code: None if level is None else int(level) for code, level in levels.items()}


def _flags(task: Mapping[str, Any], rules: SuitabilityRules) -> frozenset[str]:
    flags = require_list(task.get("flags", ()), "task.flags")
    for place, flag in enumerate(flags):
        if not isinstance(flag, str) or flag not in rules.flags:
            raise refuse(at("task.flags", place), f"{quoted(flag)} is not a known flag")
    return frozenset(flags)


def _practice(task: Mapping[str, Any]) -> str | None:
    practice = task.get("practice_of_law")
    if practice is not None and not is_one_of(practice, PRACTICE_OF_LAW):
        raise refuse("task.practice_of_law", f"{quoted(practice)} is not one of {', '.join(PRACTICE_OF_LAW)}")
    return None if practice is None else str(practice)


def _waived(task: Mapping[str, Any], rules: SuitabilityRules) -> frozenset[str]:
    kinds = {gate.code: gate.kind for gate in rules.gates}
    waived = require_list(task.get("waived", ()), "task.waived")
    for place, code in enumerate(waived):
        path = at("task.waived", place)
        if not isinstance(code, str) or code not in kinds:
            raise refuse(path, f"{quoted(code)} is not a gate")
        if kinds[code] not in WAIVABLE_KINDS:
            raise refuse(path, f"{code} is a gate of the kind {kinds[code]}, which cannot be waived")
    return frozenset(waived)


def _fired(
    rules: SuitabilityRules, answers: Answers, flags: frozenset[str], practice: str | None
) -> tuple[FiredGate, ...]:
    fired = []
    for gate in rules.gates:
        reasons = _reasons(gate, answers, flags, practice)
        if reasons:
            fired.append(FiredGate(gate.code, gate.name, gate.effect, "; ".join(reasons)))
    return tuple(fired)


def _reasons(gate: GateRule, answers: Answers, flags: frozenset[str], practice: str | None) -> list[str]:
    """Every fact that triggers the gate. An unknown answer triggers nothing."""
    reasons = [f"the flag {flag} is set" for flag in gate.flags if flag in flags]
    if practice in gate.practice_of_law:
        reasons.append(f"practice of law is {practice}")
    for code, limit in gate.factor_min:
        level = answers[code]
        if level is not None and level >= limit:
            reasons.append(f"{code} is {level} ({limit:g} or more)")
    for code, limit in gate.factor_max:
        level = answers[code]
        if level is not None and level <= limit:
            reasons.append(f"{code} is {level} ({limit:g} or less)")
    return reasons


def _lines(rules: SuitabilityRules, answers: Answers) -> tuple[FactorLine, ...]:
    total = sum(factor.weight for factor in rules.factors)
    return tuple(_line(factor, answers[factor.code], total) for factor in rules.factors)


def _line(factor: Factor, level: int | None, total: float) -> FactorLine:
    maximum = 100 * factor.weight / total if factor.weight > 0 else 0.0
    if level is None:
        return FactorLine(factor.code, factor.weight, None, None, None if factor.weight > 0 else 0.0, maximum)
    norm = factor.norm(level)
    points = 100 * (factor.weight * norm) / total if factor.weight > 0 else 0.0
    return FactorLine(factor.code, factor.weight, level, norm, points, maximum)


def _score_range(rules: SuitabilityRules, answers: Answers) -> tuple[float, float] | None:
    """Lowest and highest score, an unknown answer taken over its full range; equal when all are known."""
    total = sum(factor.weight for factor in rules.factors)
    if total == 0:
        return None
    low = high = 0.0
    for factor in rules.factors:
        level = answers[factor.code]
        norms = (0.0, 1.0) if level is None else (factor.norm(level), factor.norm(level))
        low += factor.weight * norms[0]
        high += factor.weight * norms[1]
    return (100 * low / total, 100 * high / total)


def _band(rules: SuitabilityRules, score: float) -> str:
    return next(band.code for band in rules.bands if score >= band.start)


def _restriction(rules: SuitabilityRules, effects: set[str]) -> str | None:
    limits = (effect for effect in rules.precedence if effect not in DECIDING_EFFECTS)
    return next((effect for effect in limits if effect in effects), None)
