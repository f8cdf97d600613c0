"""Writing the next factor set, one draft per organisation: its weights, bands and factors."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import queries_factor_sets, words_factors
from assessments.models import FactorDraft, FactorSet
from assessments.rulebook import LEVELS, OFF
from assessments.services import set_checks

MOST_OWN_FACTORS = 10
OWN_FACTOR = "X"  # and a number; shipped factors have three letters
Content = dict[str, Any]


class StaleDraftError(ValidationError):
    """Somebody else changed the draft after the form was opened; nothing was saved."""


@dataclass(frozen=True)
class FactorGiven:
    """What a person says of a factor. Direction and weight count for a new one only."""

    name: str
    question: str
    anchors: Mapping[str, str]
    favours_outsourcing: bool = True
    weight: Decimal | None = None


@transaction.atomic
def start_draft(*, actor: User) -> FactorDraft:
    """Copy the set in force to a draft. Raises ``ValidationError`` where there is one already."""
    hold_names()
    open_one = queries_factor_sets.open_draft()
    if open_one is not None:
        raise ValidationError(f"{open_one.started_by} has started a draft already; there is one at a time.")
    base = queries_factor_sets.in_force()
    if base is None:
        raise ValidationError("There is no factor set to start from.")
    content = {key: value for key, value in base.content.items() if key != words_factors.ADOPTION}
    draft = FactorDraft.objects.create(
        version=base.version + 1, base=base, content=copy.deepcopy(content), started_by=actor
    )
    audit.record(actor=actor, verb="started draft", obj=draft, after={"from_version": base.version})
    return draft


@transaction.atomic
def discard_draft(*, actor: User, draft: FactorDraft, seen: datetime | None) -> None:
    """Throw the draft away; the trail keeps what it would have changed."""
    row = held(draft, seen)
    stays, lost = words_factors.as_facts(words_factors.differences(row.base.content, row.content))
    audit.record(actor=actor, verb="discarded draft", obj=row, before=lost, after=stays)
    row.delete()


@transaction.atomic
def set_points(
    *,
    actor: User,
    draft: FactorDraft,
    seen: datetime | None,
    weights: Mapping[str, Decimal | None],
    bands: Mapping[str, Decimal | None],
) -> FactorDraft:
    """Give every factor its points and every band its start. Raises ``ValidationError`` by field."""

    def change(content: Content) -> None:
        codes = [factor["code"] for factor in content["factors"]]
        faults: dict[str, Any] = {}
        points = _tried(faults, lambda: set_checks.points({code: weights.get(code) for code in codes}))
        lowest_first = sorted(content["bands"], key=lambda band: float(band["min"]))
        starts = _tried(
            faults,
            lambda: set_checks.band_starts({band["code"]: bands.get(band["code"]) for band in lowest_first}),
        )
        if faults:
            raise ValidationError(faults)
        for factor in content["factors"]:
            factor["default_weight"] = points[factor["code"]]
        for band in content["bands"]:
            band["min"] = starts[band["code"]]

    return edited(actor, draft, seen, change)


def _tried(faults: dict[str, Any], check: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return check()
    except ValidationError as fault:
        faults |= fault.message_dict
        return {}


@transaction.atomic
def set_factor(
    *, actor: User, draft: FactorDraft, seen: datetime | None, given: FactorGiven, code: str = ""
) -> FactorDraft:
    """Add an own factor, or change what ``code`` is called and what its levels mean.

    Its code never comes again, so that stored answers keep their meaning. Raises ``ValidationError``.
    """

    def change(content: Content) -> None:
        texts = _factor_texts(given)
        if code:
            find(content["factors"], code, "factor").update(texts)
            return
        own = _own_codes(content["factors"])
        if len(own) >= MOST_OWN_FACTORS:
            raise ValidationError(f"There are {MOST_OWN_FACTORS} own factors already; remove one first.")
        new = next_code(OWN_FACTOR, codes_ever("factors", content["factors"]))
        try:
            points = set_checks.points({new: given.weight})[new] if given.weight else 0
        except ValidationError as fault:
            raise ValidationError({"weight": "Enter points from 0 to 1,000."}) from fault
        content["factors"].append(
            {
                "code": new,
                **texts,
                "direction": f"higher_favours_{'outsourcing' if given.favours_outsourcing else 'retaining'}",
                "default_weight": points,
                "weight_reason": "",
                "sources": [],
            }
        )

    return edited(actor, draft, seen, change)


@transaction.atomic
def remove_factor(*, actor: User, draft: FactorDraft, seen: datetime | None, code: str) -> FactorDraft:
    """Take an own factor out; stored answers to it stay and count for nothing."""

    def change(content: Content) -> None:
        refuse_shipped(code, "factors", f"{code} is a shipped factor. Give it weight 0 instead.")
        for gate in (*content["gates"], *content.get(OFF, ())):
            trigger = gate.get("trigger", {})
            if code in trigger.get("factor_min", {}) or code in trigger.get("factor_max", {}):
                raise ValidationError(f"{gate['code']} fires on this factor; change the gate first.")
        content["factors"].remove(find(content["factors"], code, "factor"))

    return edited(actor, draft, seen, change)


def edited(
    actor: User, draft: FactorDraft, seen: datetime | None, change: Callable[[Content], None]
) -> FactorDraft:
    """Change the content of a draft, check the whole set and write the trail, if anything is new."""
    row = held(draft, seen)
    if row.is_proposed:
        raise ValidationError("The draft is proposed: it stands still until it is adopted or sent back.")
    content = copy.deepcopy(row.content)
    change(content)
    before, after = words_factors.as_facts(words_factors.differences(row.content, content))
    if content == row.content:
        return row
    set_checks.whole_set(content, queries_factor_sets.shipped())
    row.content = content
    row.save(update_fields=["content", "updated_at"])
    audit.record(actor=actor, verb="changed draft", obj=row, before=before, after=after)
    return row


def held(draft: FactorDraft, seen: datetime | None) -> FactorDraft:
    """Keep others off the draft and read it again; refuse what was said of an older one."""
    hold_names()
    row = FactorDraft.objects.select_related("base", "proposed_by").filter(pk=draft.pk).first()
    if row is None:
        raise StaleDraftError("The draft is gone: somebody discarded or adopted it. Nothing was saved.")
    if seen is not None and row.updated_at != seen:
        raise StaleDraftError(
            "Somebody changed the draft after you opened this page. Nothing was saved: open it again to see "
            "what it says now."
        )
    return row


def find(rows: Iterable[Content], code: str, what: str) -> Content:
    """Give the entry of a code."""
    found = next((row for row in rows if row["code"] == code), None)
    if found is None:
        raise ValidationError(f"“{code[:8]}” is no {what} of this draft.")
    return found


def next_code(letter: str, taken: Iterable[str]) -> str:
    """Give the next number after the highest that ever stood after this letter."""
    numbers = [int(code[1:]) for code in taken if code[:1] == letter and code[1:].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1:02d}"


def codes_ever(member: str, now: Iterable[Mapping[str, Any]]) -> set[str]:
    """Every code of factors or gates that any version of the organisation, or this draft, has used."""
    contents = FactorSet.objects.values_list("content", flat=True)
    used = {row["code"] for content in contents for row in content.get(member, ())}
    return used | {row["code"] for row in now}


def _own_codes(factors: Iterable[Mapping[str, Any]]) -> list[str]:
    known = {row["code"] for row in queries_factor_sets.shipped()["factors"]}
    return [row["code"] for row in factors if row["code"] not in known]


def refuse_shipped(code: str, member: str, sentence: str) -> None:
    """Say why something that every organisation has cannot be taken out."""
    if any(row["code"] == code for row in queries_factor_sets.shipped()[member]):
        raise ValidationError(sentence)


def _factor_texts(given: FactorGiven) -> Content:
    faults: dict[str, list[str]] = {}
    texts: Content = {"anchors": {}}
    asked = {
        "name": (given.name, 80, "Give the factor a name."),
        "question": (given.question, 240, "Write the question that is answered."),
        **{
            f"anchor-{level}": (given.anchors.get(level, ""), 160, f"Say what level {level} means.")
            for level in LEVELS
        },
    }
    for name, (text, limit, missing) in asked.items():
        home, key = (texts["anchors"], name[-1]) if name.startswith("anchor-") else (texts, name)
        try:
            home[key] = set_checks.sentence(text, limit, missing)
        except ValidationError as fault:
            faults[name] = list(fault.messages)
    if faults:
        raise ValidationError(faults)
    return texts
