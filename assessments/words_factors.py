"""What is said of factor sets: how two of them differ, and how a gate stands to the shipped one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import figures
from assessments import words
from assessments.models import FactorSet
from assessments.rulebook import Factor, Gate, Rulebook
from assessments.words_gates import asks_words, trigger_words

# Member of an adopted set: version, who proposed and adopted it, when and why. The shipped set has none.
ADOPTION = "adoption"
NOBODY_ELSE_TURNS_OFF = (
    "Turning a shipped gate off takes two people, and nobody else here may adopt it. Invite a second owner "
    "or counsel first."
)
NOBODY_ELSE_ADOPTS_OFF = (
    "A shipped gate is turned off in this draft. That takes two people, and nobody else here may adopt it: "
    "invite a second owner or counsel, or turn the gate on again."
)
SHIPPED, TIGHTENED, OWN, OFF_WORD = "", "tightened", "own", "off"


@dataclass(frozen=True)
class Difference:
    """One thing that differs: of what, and what it is before and after; empty where there is nothing."""

    part: str
    code: str
    name: str
    what: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """Name it in the trail."""
        return f"{self.code}: {self.what}" if self.what else self.code


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Say everything in which two factor sets differ, factors first."""
    old, new = Rulebook(before), Rulebook(after)
    return (*_factors(old, new), *_bands(old, new), *_gates(old, new))


def as_facts(found: Iterable[Difference]) -> tuple[dict[str, str], dict[str, str]]:
    """Give differences as the pair of facts that the trail takes, before and after."""
    lines = tuple(found)
    return {line.key: line.before for line in lines}, {line.key: line.after for line in lines}


def _factors(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    was, now = ({factor.code: factor for factor in book.factors} for book in (old, new))
    for code in dict.fromkeys((*was, *now)):
        one, other = was.get(code), now.get(code)
        sides = (_factor_facts(one), _factor_facts(other))
        yield from _differing("Factor", code, (was | now)[code].name, *sides)


def _factor_facts(factor: Factor | None) -> dict[str, str]:
    if factor is None:
        return {}
    facts = {
        "name": factor.name,
        "weight": f"{figures.exact(factor.weight)} points",
        "question": factor.question,
        "direction": factor.direction,
    }
    return facts | {f"level {level}": text for level, text in factor.anchors.items()}


def _bands(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    was, now = ({band.code: band for band in book.bands} for book in (old, new))
    for code in dict.fromkeys((*reversed(was), *reversed(now))):
        one, other = was.get(code), now.get(code)
        sides = ({"starts at": figures.exact(band.start)} if band else {} for band in (one, other))
        yield from _differing("Band", words.OUTCOMES.get(code, code), "", *sides)


def _gates(old: Rulebook, new: Rulebook) -> Iterator[Difference]:
    was, now = (dict(book.gates) | {one.gate.code: one.gate for one in book.off} for book in (old, new))
    for code in sorted({*was, *now}):
        one, other = was.get(code), now.get(code)
        sides = (_gate_facts(one, old), _gate_facts(other, new))
        yield from _differing("Gate", code, (was | now)[code].name, *sides)


def _gate_facts(gate: Gate | None, book: Rulebook) -> dict[str, str]:
    if gate is None:
        return {}
    reason = next((one.reason for one in book.off if one.gate.code == gate.code), None)
    facts = {
        "name": gate.name,
        "rule": gate.rule,
        "in force": "yes" if reason is None else f"turned off: {reason}",
        "effect": words.EFFECTS.get(gate.effect, gate.effect),
        "fires on": "; ".join(trigger_words(gate, book)),
    }
    for condition in gate.conditions:
        facts[f"condition “{condition}”"] = f"takes {asks_words(book.asks_of(gate, condition))}"
    return facts


def _differing(
    part: str, code: str, name: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Difference]:
    if not before or not after:
        first = after or before
        said = "; ".join(_in_full(what, text) for what, text in first.items() if what not in _NOT_SAID)
        sides = ("", f"new: {said}") if after else (said, "removed")
        yield Difference(part, code, name, "", *sides)
        return
    for what in dict.fromkeys((*before, *after)):
        if before.get(what, "") != after.get(what, ""):
            yield Difference(part, code, name, what, before.get(what, ""), after.get(what, ""))


# Of what is new or gone the name stands beside it, and that it is in force goes without saying.
_NOT_SAID = ("name", "in force")
_SPEAKS_FOR_ITSELF = ("rule", "effect", "question", "direction")


def _in_full(what: str, text: str) -> str:
    said = text.rstrip(".")
    return said if what in _SPEAKS_FOR_ITSELF else f"{what} {said}"


def standing(code: str, shipped: Rulebook, book: Rulebook) -> str:
    """Say how a gate stands to the shipped one: off, own, tightened, or nothing when it is the same."""
    if any(one.gate.code == code for one in book.off):
        return OFF_WORD
    if code not in shipped.gates:
        return OWN
    gate, origin = book.gates[code], shipped.gates[code]
    same = (gate.effect, gate.trigger, gate.conditions, gate.asks)
    is_same = same == (origin.effect, origin.trigger, origin.conditions, origin.asks)
    return SHIPPED if is_same else TIGHTENED


def adopted_words(factor_set: FactorSet) -> str:
    """Say of a version who proposed and who adopted it."""
    if factor_set.adopted_by is None:
        return "The shipped set, as it came with the application. Nobody has adopted another one since."
    if factor_set.adopted_by_id == factor_set.proposed_by_id:
        return f"Proposed and adopted by {factor_set.adopted_by}, who was the only owner or counsel"
    return f"Proposed by {factor_set.proposed_by}, adopted by {factor_set.adopted_by}"
