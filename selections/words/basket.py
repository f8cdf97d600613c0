"""Legal tasks of the basket in words: which joined or left it, which nobody prices, what they keep open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import figures
from records import COST_INDEX
from selections.words.names import listed
from selections.words.reading import Reading

MOST_NAMED = 6
Rows = Sequence[Mapping[str, Any]]


def basket_of(results: Mapping[str, Any]) -> set[str]:
    """Give the codes of the tasks that are put out to bid; ``results``: those of ``records.compute_case``."""
    return {code for code, found in results["suitability"].items() if found["in_basket"]}


def unpriced(results: Mapping[str, Any], bids: Rows) -> set[str]:
    """Give the basket tasks that no bid prices; none while there is no bid at all."""
    priced = {offer["task"] for bid in bids for offer in bid["offers"]}
    return basket_of(results) - priced if bids else set()


def named(codes: Iterable[str], tasks: Rows) -> str:
    """Name tasks with their codes, in the order of the codes: "D07 NDA review and D09 Lease abstraction"."""
    names = {task["code"]: f"{task['code']} {task['name']}" for task in tasks}
    found = [names.get(code, code) for code in sorted(codes)]
    if len(found) > MOST_NAMED:
        rest = len(found) - MOST_NAMED + 1
        found = [*found[: MOST_NAMED - 1], f"{figures.count(rest)} more"]
    return listed(found)


def joined_words(joined: Iterable[str], left: Iterable[str], then: Rows, now: Rows) -> str:
    """Say which tasks joined and left the basket; ``then`` and ``now`` are the tasks with their names."""
    came, went = named(joined, now), named(left, [*then, *now])
    parts = [f"{came} joined the basket"] if came else []
    return "; ".join([*parts, f"{went} left it" if came else f"{went} left the basket"] if went else parts)


def unpriced_words(codes: Iterable[str], tasks: Rows) -> str:
    """Say which basket tasks no bid prices, and what that means; "" when every one has a price."""
    names = named(codes, tasks)
    return f"No bid prices {names}: the work stays in-house in every bid." if names else ""


def no_prices_words(reading: Reading, results: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Say in a sentence why price rules cannot be tried. Follows the conditions of ``records.audit_prices``.

    ``given``: the inputs of the case with its ``tasks`` and ``bids``.
    """
    leaf = reading.nodes.get(COST_INDEX)
    if leaf is None or not leaf.parent:
        return (
            "Not computed: these criteria hold no all-in cost index, so there is no price to apply a rule to."
        )
    cost, share = reading.nodes[leaf.parent].name, reading.local[leaf.parent]
    if share <= 0:
        return f"Not computed: {cost} has no weight, so no price rule can decide."
    if share >= 1:
        return (
            f"Not computed: {cost} carries all the weight, so there is no quality to weigh a price against."
        )
    return f"Not computed: {_open_costs(reading, results, given)}."


def _open_costs(reading: Reading, results: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """Name what keeps the cost of the whole basket open: tasks first, since they do it for every bid."""
    tasks, bids = given["tasks"], given["bids"]
    unknown = {task["code"] for task in tasks if _has_no_cost(task)} & basket_of(results)
    without = unpriced(results, bids) & unknown
    kinds = (
        (without, "no price in any bid and no known cost in-house"),
        (unknown - without, "no known cost in-house"),
    )
    parts = [
        f"{named(codes, tasks)} {'has' if len(codes) == 1 else 'have'} {lack}"
        for codes, lack in kinds
        if codes
    ]
    if parts:
        return f"{'; '.join(parts)} (volume, hours per unit or staffing is missing)"
    lines = [
        f"the business case of {reading.short[row['code']]} lacks {listed(missing)}"
        for row in reading.ranking
        if (missing := results["business_cases"][row["code"]]["missing"])
    ]
    return (
        "; ".join(lines) or "the work of the basket costs nothing in-house, so there is no scale for a price"
    )


def _has_no_cost(task: Mapping[str, Any]) -> bool:
    needed = (task["annual_volume"], task["hours_per_unit"], task["staffing_mix"] or None)
    return any(part is None for part in needed)
