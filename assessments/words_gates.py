"""The words for gates: what they stand on, what fires them, what may be done about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assessments.asks import Asks
from assessments.models import PracticeClass
from assessments.rulebook import Gate, Rulebook

# Kind of a gate: its name on pages, and how it reads after "this gate".
KINDS: Mapping[str, tuple[str, str]] = {
    "law": ("Law", "rests on law"),
    "supervision": ("Supervision", "is a duty of supervision"),
    "readiness": ("Readiness", "is about being prepared"),
    "policy": ("Policy", "is the organisation’s own policy"),
}
CORRECTED = "corrected"  # the verb of an event about a flag, class or answer that fired a gate and was wrong
NOBODY_ELSE = (
    "A waiver takes two people, and nobody else here may grant it. Invite a second owner or counsel, or "
    "close the conditions of the gate."
)

_UNSEEN = "not checked against the source"
_CONFIRM = "confirm before you rely on it"
# "unverified (from memory)", "unverified" alone or "from memory", with what it is about if that is said.
_FROM_MEMORY = re.compile(r"(?:unverified(?: \(from memory\))?|from memory)( for [^;]+)?")


def basis_words(basis: str) -> str:
    """Say in words for a reader how far a rule, duty or source was checked; "" for nothing.

    The stored text was written by whoever prepared the reference data, about themselves: its "our" is the
    publisher's, and what they wrote from memory is something that the reader has to confirm.
    """
    said = _FROM_MEMORY.sub(rf"{_UNSEEN}\1; {_CONFIRM}", basis)
    return said.replace("our judgement", "the publisher's judgement")


def kind_name(gate: Gate) -> str:
    """Name what a gate stands on."""
    return KINDS[gate.kind][0]


def why_not_waived(gate: Gate) -> str:
    """Say why a gate cannot be waived and what to do instead."""
    return f"{gate.code} {KINDS[gate.kind][1]} and cannot be waived. {what_instead(gate)}"


def what_instead(gate: Gate) -> str:
    """Say what may be done about a gate that cannot be waived."""
    correct = "If a flag or an answer that fires it is wrong, correct that and say why."
    if not gate.conditions:
        return correct
    if gate.effect == "RETAIN":
        return f"It keeps the task whatever is closed; split the task instead. {correct}"
    return f"Close its conditions with evidence and a named lawyer. {correct}"


def what_may_be_done(gate: Gate) -> str:
    """Say what may be done about any gate."""
    if not gate.may_be_waived:
        return f"Cannot be waived. {what_instead(gate)}"
    return (
        "Close its conditions with evidence; or one person asks for a waiver and another one grants it, each "
        "with a reason. A waiver is printed on page 1 of every board report."
    )


def trigger_words(gate: Gate, rulebook: Rulebook) -> tuple[str, ...]:
    """Say what fires a gate, one line each; any one of them is enough."""
    meanings = {flag.code: flag.meaning for flag in rulebook.flags}
    names = {factor.code: factor.name for factor in rulebook.factors}
    classes = dict(PracticeClass.choices)
    trigger = gate.trigger
    return (
        *(f"Flag “{meanings.get(code, code)}”" for code in trigger.get("flags_any", ())),
        *(
            f"Who may do the work: {classes.get(code, code)}"
            for code in trigger.get("practice_of_law_any", ())
        ),
        *(
            f"“{names.get(code, code)}” answered {limit} or more"
            for code, limit in trigger.get("factor_min", {}).items()
        ),
        *(
            f"“{names.get(code, code)}” answered {limit} or less"
            for code, limit in trigger.get("factor_max", {}).items()
        ),
    )


def asks_words(asked: Asks) -> str:
    """Say what closing a condition takes."""
    parts = ["evidence"]
    if asked.lawyer:
        parts.append("a named lawyer")
    if asked.hours:
        parts.append("hours a week")
    if asked.consent:
        parts.append(f"the consent of {asked.consent}")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def correction_sentence(who: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Say in a sentence what was corrected, from the event that ``services.corrections`` writes."""
    because = after.get("because", "")
    if "flag" in before:
        return f"Flag “{before['flag']}” taken away by {who} because: {because}"
    if "class" in before:
        return f"“{before['class']}” changed to “{after.get('class', '')}” by {who} because: {because}"
    if "answer" in before:
        return f"“{before['answer']}” changed to “{after.get('answer', '')}” by {who} because: {because}"
    return ""
