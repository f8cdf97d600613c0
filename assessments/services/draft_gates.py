"""Gates of the draft: a shipped one is tightened or turned off with a reason, an own one is policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current
from assessments import queries_factor_sets, words_factors
from assessments.models import FactorDraft, PracticeClass
from assessments.rulebook import OFF
from assessments.services import checking, set_checks
from assessments.services.factor_drafting import Content, codes_ever, edited, find, next_code, refuse_shipped
from assessments.tightening import effects_at_least

MOST_OWN_GATES = 20
MOST_CONDITIONS = 8
OWN_GATE = "P"  # and a number, for policy
MAY_ADOPT = "adopt_factors"


@dataclass(frozen=True)
class OwnCondition:
    """A condition that the organisation adds, and what closing it takes beyond evidence."""

    text: str
    lawyer: bool = False
    hours: bool = False
    consent: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody typed anything."""
        return not (self.text.strip() or self.consent.strip() or self.lawyer or self.hours)


@dataclass(frozen=True)
class GateGiven:
    """What a person says of a gate. A shipped one keeps its name, its rule and all that it has by itself."""

    effect: str
    flags: Sequence[str] = ()
    practices: Sequence[str] = ()
    factor_min: Mapping[str, int | None] | None = None
    factor_max: Mapping[str, int | None] | None = None
    conditions: Sequence[OwnCondition] = ()
    name: str = ""
    rule: str = ""


@transaction.atomic
def set_gate(
    *, actor: User, draft: FactorDraft, seen: datetime | None, given: GateGiven, code: str = ""
) -> FactorDraft:
    """Add an own gate, change one, or tighten a shipped one. Raises ``ValidationError`` by field."""

    def change(content: Content) -> None:
        shipped = _shipped_gate(code)
        if shipped is not None:
            _take(find(content["gates"], code, "gate in force"), _rule(content, given, shipped))
            return
        texts = _own_texts(given)
        if code:
            _take(find(content["gates"], code, "gate in force"), texts | _rule(content, given, {}))
            return
        if sum(gate.get("kind") == "policy" for gate in content["gates"]) >= MOST_OWN_GATES:
            raise ValidationError(f"There are {MOST_OWN_GATES} own gates already; remove one first.")
        new = next_code(OWN_GATE, codes_ever("gates", content["gates"]))
        own = {"kind": "policy", "sources": [], "status": "policy of the organisation"}
        gate: Content = {"code": new, **texts, **own}
        _take(gate, _rule(content, given, {}))
        content["gates"].append(gate)

    return edited(actor, draft, seen, change)


@transaction.atomic
def remove_gate(*, actor: User, draft: FactorDraft, seen: datetime | None, code: str) -> FactorDraft:
    """Take an own gate out."""

    def change(content: Content) -> None:
        refuse_shipped(code, "gates", f"{code} is a shipped gate: turn it off, with a reason, instead.")
        content["gates"].remove(find(content["gates"], code, "gate in force"))

    return edited(actor, draft, seen, change)


@transaction.atomic
def turn_off_gate(
    *, actor: User, draft: FactorDraft, seen: datetime | None, code: str, reason: str
) -> FactorDraft:
    """Turn a shipped gate off in the draft. Every report will print the reason on page 1.

    Refused where nobody else could adopt it: that takes two people.
    """

    def change(content: Content) -> None:
        if _shipped_gate(code) is None:
            raise ValidationError(f"“{code[:8]}” is no shipped gate.")
        gate = find(content["gates"], code, "gate in force")
        if not has_second_person(organisation=current(), me=actor, action=MAY_ADOPT):
            raise ValidationError(words_factors.NOBODY_ELSE_TURNS_OFF)
        why = set_checks.reason(reason, "Say why this gate is turned off; every report prints it on page 1.")
        content["gates"].remove(gate)
        content.setdefault(OFF, []).append({**gate, "off": {"reason": why}})
        content[OFF].sort(key=lambda row: row["code"])

    return edited(actor, draft, seen, change)


@transaction.atomic
def turn_on_gate(*, actor: User, draft: FactorDraft, seen: datetime | None, code: str) -> FactorDraft:
    """Put a gate that is turned off in force again, as it was."""

    def change(content: Content) -> None:
        gate = find(content.get(OFF, []), code, "gate that is turned off")
        content[OFF].remove(gate)
        if not content[OFF]:
            del content[OFF]
        content["gates"].append({key: value for key, value in gate.items() if key != "off"})
        content["gates"].sort(key=lambda row: row["code"])

    return edited(actor, draft, seen, change)


def _shipped_gate(code: str) -> Mapping[str, Any] | None:
    gates = queries_factor_sets.shipped()["gates"]
    return next((gate for gate in gates if gate["code"] == code), None)


def _own_texts(given: GateGiven) -> Content:
    faults: dict[str, list[str]] = {}
    texts: Content = {}
    checks: dict[str, Callable[[], str]] = {
        "name": lambda: set_checks.sentence(given.name, 80, "Give the gate a name."),
        "rule": lambda: set_checks.sentence(given.rule, 300, "Say in a sentence what the rule is."),
    }
    for name, check in checks.items():
        try:
            texts[name] = check()
        except ValidationError as fault:
            faults[name] = list(fault.messages)
    if faults:
        raise ValidationError(faults)
    return texts


def _rule(content: Content, given: GateGiven, shipped: Mapping[str, Any]) -> Content:
    """Effect, trigger and conditions; ``shipped`` is empty for an own gate."""
    faults: dict[str, Any] = {}
    allowed = effects_at_least(shipped["effect"]) if shipped else tuple(content["gate_precedence"])
    if given.effect not in allowed:
        faults["effect"] = "Choose one of the effects listed here."
    trigger = _trigger(content, given, shipped.get("trigger", {}), faults)
    if not trigger and not faults:
        faults["flags"] = "Choose at least one flag, class of work or level that fires the gate."
    own = _conditions(given.conditions, shipped.get("conditions", ()), faults)
    if faults:
        raise ValidationError(faults)
    asked = {one.text: _asks(one) for one in own if _asks(one)}
    return {
        "effect": given.effect,
        "trigger": trigger,
        "conditions": [*shipped.get("conditions", ()), *(one.text for one in own)],
        "asks": asked,
    }


def _take(gate: Content, rule: Content) -> None:
    """Write the rule into the gate; a shipped gate to which nothing was added stays as it was."""
    gate.update(rule)
    if not gate["asks"]:
        del gate["asks"]


def _trigger(
    content: Content, given: GateGiven, shipped: Mapping[str, Any], faults: dict[str, Any]
) -> Content:
    """Join what the gate has by itself with what is added; nearer thresholds replace shipped ones."""
    flags = [row["code"] for row in content["flags"]]
    factors = [row["code"] for row in content["factors"]]
    trigger: Content = {}
    for key, chosen, known, field in (
        ("flags_any", given.flags, flags, "flags"),
        ("practice_of_law_any", given.practices, list(PracticeClass.values), "practices"),
    ):
        if any(name not in known for name in chosen):
            faults[field] = "Choose from the list."
        wanted = {*shipped.get(key, ()), *chosen}
        trigger[key] = [name for name in known if name in wanted]
    for key, levels, words in (
        ("factor_min", given.factor_min or {}, "or more"),
        ("factor_max", given.factor_max or {}, "or less"),
    ):
        trigger[key] = _limits(key, levels, factors, shipped.get(key, {}), words, faults)
    return {key: value for key, value in trigger.items() if value}


def _limits(  # noqa: PLR0917  (one caller)
    key: str,
    levels: Mapping[str, int | None],
    factors: Sequence[str],
    shipped: Mapping[str, int],
    words: str,
    faults: dict[str, Any],
) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in factors:
        level = levels.get(code)
        level = shipped.get(code) if level is None else level
        if level is None:
            continue
        limit = shipped.get(code)
        is_looser = limit is not None and (level > limit if key == "factor_min" else level < limit)
        if not 1 <= level <= 5 or is_looser:
            faults[f"{key}-{code}"] = (
                f"The shipped gate fires at {limit} {words}; only a stricter level may be chosen."
                if is_looser
                else "Choose a level from 1 to 5."
            )
        found[code] = level
    return found


def _conditions(
    given: Sequence[OwnCondition], shipped: Sequence[str], faults: dict[str, Any]
) -> list[OwnCondition]:
    found: list[OwnCondition] = []
    for place, one in enumerate(given, start=1):
        if one.is_blank:
            continue
        try:
            text = set_checks.sentence(one.text, 300, "Write the condition, or leave the whole row empty.")
            consent = checking.short(one.consent, 120)
        except ValidationError as fault:
            faults[f"condition-{place}"] = list(fault.messages)
            continue
        if text in shipped or any(text == other.text for other in found):
            faults[f"condition-{place}"] = "The gate has this condition already."
        found.append(OwnCondition(text, one.lawyer, one.hours, consent))
    if len(found) > MOST_CONDITIONS:
        faults["conditions"] = f"At most {MOST_CONDITIONS} conditions can be added to one gate."
    return found


def _asks(one: OwnCondition) -> Content:
    asked: Content = {"lawyer": one.lawyer, "hours": one.hours, "consent": one.consent}
    return {key: value for key, value in asked.items() if value}
