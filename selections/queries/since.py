"""What changed in the inputs of a case since a record was kept, and which tasks joined or left the basket."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import records
from engine import InvalidInput
from selections.queries.inputs import CaseInputs
from selections.words.basket import basket_of, joined_words
from selections.words.names import listed

# Larger records are not opened for a list: reading one takes longer than the rest of the page.
LARGEST = 4_000_000
_START = '{"case":{"inputs":'
_NEXT = ',"results":'
_DECODER = json.JSONDecoder()

# What pages call the parts of a bid and of a case, in the order in which they are named.
_OF_BIDS = (
    ("prices", ("offers", "productivity_factor")),
    ("scores", ("metrics", "evidence")),
    ("knock-out answers", ("answers", "acceptances")),
    ("names of providers", ("name",)),
)
_OF_CASE = (
    ("role rates", ("role_rates",)),
    ("assumptions", ("assumptions",)),
    ("factors and gates", ("factor_rules",)),
    ("criteria and knock-outs", ("criteria_rules", "knock_out_rules", "missing", "tie_margin")),
)
_RULES = ("tasks", "factor_rules")


@dataclass(frozen=True)
class Since:
    """What is other than in a record, in words; ``basket``: which tasks joined and left it, or ""."""

    changed: str
    basket: str


UNREAD = Since("", "")


def results_today(inputs: CaseInputs) -> dict[str, Any] | None:
    """Calculate the case of today; None when it cannot be."""
    try:
        return records.compute_case(inputs.case)
    except InvalidInput:
        return None


def since(content: bytes, inputs: CaseInputs, results: Mapping[str, Any] | None) -> Since:
    """Compare the inputs that a record holds with those of today.

    ``results``: those of the case of today; while it cannot be computed (None) the basket is not compared.
    Only the inputs are parsed, and the stored results where the basket may have changed.
    """
    if len(content) > LARGEST:
        return UNREAD
    text = content.decode()
    if not text.startswith(_START):
        return UNREAD
    then, end = _DECODER.raw_decode(text, len(_START))
    now = inputs.case
    joined: set[str] = set()
    left: set[str] = set()
    if results is not None and any(then.get(member) != now[member] for member in _RULES):
        stored, _ = _DECODER.raw_decode(text, end + len(_NEXT))
        before, after = basket_of(stored), basket_of(results)
        joined, left = after - before, before - after
    moved = joined | left
    differs = _differing(then, now)
    tasks, bids = _by_code(then["tasks"], now["tasks"]), _by_code(then["bids"], now["bids"])
    both = [pair for pair in bids.values() if None not in pair]
    found = [
        ("basket", bool(moved)),
        ("legal tasks", any(one != other for code, (one, other) in tasks.items() if code not in moved)),
        ("bids", any(None in pair for pair in bids.values())),
        *((name, any(_differing(*pair)(members) for pair in both)) for name, members in _OF_BIDS),
        *((name, differs(members)) for name, members in _OF_CASE),
        ("weights", then.get("weights", inputs.adopted) != inputs.adopted),
    ]
    return Since(
        changed=listed([name for name, is_changed in found if is_changed]),
        basket=joined_words(joined, left, then["tasks"], now["tasks"]),
    )


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> Callable[[Sequence[str]], bool]:
    """Ask whether any of some members differs; one that an earlier record does not have is not compared."""
    return lambda members: any(name in then and then[name] != now.get(name) for name in members)


def _by_code(
    then: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[Any, Any]]:
    """Pair what was and what is under each code; None where there is none."""
    old, new = ({one["code"]: one for one in rows} for rows in (then, now))
    return {code: (old.get(code), new.get(code)) for code in {**old, **new}}
