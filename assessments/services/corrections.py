"""A wrong flag, class or answer is corrected with a reason: no gate goes away without somebody saying why.

Taking a flag away that fires any gate needs a reason. So does a change of who may do the work, or of an
answer, after which a gate that rests on law or supervision no longer fires. Adding needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from accounts import audit
from accounts.models import User
from assessments.models import PracticeClass, TaskAssessment
from assessments.rulebook import Rulebook
from assessments.services import checking
from assessments.words_gates import CORRECTED
from engine import SuitabilityRules, suitability


@dataclass(frozen=True)
class Correction:
    """One thing that no longer holds: ``kind`` is "flag", "class" or "answer"."""

    kind: str
    was: str
    now: str
    reason: str
    gates: tuple[str, ...]


@dataclass(frozen=True)
class _Change:
    """A task before and after, as far as gates look at it."""

    row: TaskAssessment
    book: Rulebook
    flags: list[str]
    practice: str
    before: Mapping[str, int | None]
    after: Mapping[str, int | None]

    def lost(self) -> tuple[str, ...]:
        """The gates of law and supervision that fire now and would not any more."""
        given = {
            "answers": self.book.known_answers(self.after),
            "flags": self.flags,
            "practice_of_law": self.practice,
        }
        found = suitability(given, SuitabilityRules.from_dict(self.book.content))
        fired = {gate.code for gate in found.gates}
        return tuple(
            code
            for code in self.row.gates
            if code not in fired and code in self.book.gates and not self.book.gates[code].may_be_waived
        )

    def falls_out(self, gate: str, factor: str) -> bool:
        """Whether the answer of a factor fired a gate and no longer does."""
        trigger = self.book.gates[gate].trigger
        return _triggers(trigger, factor, self.before) and not _triggers(trigger, factor, self.after)


def _triggers(trigger: Mapping[str, Any], factor: str, levels: Mapping[str, int | None]) -> bool:
    level = levels.get(factor)
    if level is None:
        return False
    least, most = trigger.get("factor_min", {}).get(factor), trigger.get("factor_max", {}).get(factor)
    return (least is not None and level >= least) or (most is not None and level <= most)


def wanted(
    row: TaskAssessment,
    facts: Mapping[str, Any],
    answers: Mapping[str, Mapping[str, Any]],
    why: Mapping[str, str],
) -> list[Correction]:
    """Give what a checked change corrects, each with its reason; nothing is written.

    ``row``: as it is stored. Raises ``ValidationError`` at flags_reason, practice_reason or level-STD where a
    reason is missing.
    """
    removed = [flag for flag in row.flags if flag not in facts.get("flags", row.flags)]
    levels = {factor: given["level"] for factor, given in answers.items() if "level" in given}
    is_other_class = facts.get("practice_of_law", row.practice_of_law) != row.practice_of_law
    if not removed and not levels and not is_other_class:
        return []
    before = dict(row.answers.values_list("factor", "level"))
    change = _Change(
        row,
        Rulebook(row.assessment.factor_set.content),
        facts.get("flags", row.flags),
        facts.get("practice_of_law", row.practice_of_law),
        before,
        {**before, **levels},
    )
    lost = change.lost()
    found = _Found()
    _flags(change, removed, why.get("flags", ""), found)
    if is_other_class:
        _class(change, lost, why.get("practice_of_law", ""), found)
    _answers(change, lost, answers, levels, found)
    if found.faults:
        raise ValidationError(found.faults)
    return found.corrections


class _Found:
    """Corrections so far, and what is missing."""

    def __init__(self) -> None:
        self.corrections: list[Correction] = []
        self.faults: dict[str, list[str]] = {}

    def take(self, field: str, correction: Correction, sentence: str) -> None:
        """Keep a correction, or say which reason is missing."""
        try:
            reason = checking.long_text(correction.reason)
        except ValidationError as fault:
            self.faults[field] = fault.messages
            return
        if reason:
            self.corrections.append(correction)
        else:
            self.faults.setdefault(field, []).append(sentence)


def _flags(change: _Change, removed: Iterable[str], reason: str, found: _Found) -> None:
    meanings = {flag.code: flag.meaning or flag.code for flag in change.book.flags}
    for flag in removed:
        guards = tuple(
            gate.code for gate in change.book.gates.values() if flag in gate.trigger.get("flags_any", ())
        )
        if guards:
            was = meanings.get(flag, flag)
            sentence = f"“{was}” fires {' and '.join(guards)}: say why it is wrong before it is taken away."
            found.take("flags_reason", Correction("flag", was, "", reason, guards), sentence)


def _class(change: _Change, lost: Iterable[str], reason: str, found: _Found) -> None:
    old = change.row.practice_of_law
    gates = tuple(
        code for code in lost if old in change.book.gates[code].trigger.get("practice_of_law_any", ())
    )
    if gates:
        was, now = (str(PracticeClass(value).label) for value in (old, change.practice))
        sentence = f"“{was}” fires {' and '.join(gates)}: say why it is wrong before it is changed."
        found.take("practice_reason", Correction("class", was, now, reason, gates), sentence)


def _answers(
    change: _Change,
    lost: Iterable[str],
    answers: Mapping[str, Mapping[str, Any]],
    levels: Mapping[str, int | None],
    found: _Found,
) -> None:
    names = {factor.code: factor.name for factor in change.book.factors}
    kept = dict(change.row.answers.values_list("factor", "reason")) if levels else {}
    for factor in levels:
        gates = tuple(code for code in lost if change.falls_out(code, factor))
        if not gates:
            continue
        given = str(answers[factor].get("reason", "")).strip()
        reason = "" if given == kept.get(factor, "") else given  # the reason of the old answer is none
        was, now = (f"{names[factor]}: {_level(levels_of, factor)}" for levels_of in (change.before, levels))
        sentence = (
            f"The answer so far fires {' and '.join(gates)}: open the levels and give the reason for the new "
            "answer first."
        )
        found.take(f"level-{factor}", Correction("answer", was, now, reason, gates), sentence)


def _level(levels: Mapping[str, int | None], factor: str) -> str:
    level = levels.get(factor)
    return "don’t know" if level is None else str(level)


def keep(actor: User, row: TaskAssessment, corrections: Iterable[Correction]) -> None:
    """Write each correction on the trail, beside the change itself."""
    for one in corrections:
        audit.record(
            actor=actor,
            verb=CORRECTED,
            obj=row,
            before={one.kind: one.was, "gates": list(one.gates)},
            after={one.kind: one.now, "because": one.reason},
        )
