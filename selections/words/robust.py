"""What random weights, uncertain scores and other methods say about the first place, in plain sentences.

All of it is read from a result (``lpo.result/1``). A record of an earlier engine does not have these parts;
then there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import figures
from records import COST_INDEX
from selections.words.measures import apart, trimmed, with_unit
from selections.words.names import listed, without_mark
from selections.words.reading import Reading

_METHODS = {"topsis": "TOPSIS", "vikor": "VIKOR", "promethee2": "PROMETHEE II"}


def nothing_to_test(reading: Reading) -> str:
    """Say why there is no order whose hold could be tested; "" where there is one."""
    if len(reading.ranking) > 1:
        return ""
    if not reading.ranking:
        return "Not computed: nobody is left to rank."
    name = reading.short[reading.ranking[0]["code"]]
    return f"Not computed: only {name} is left to rank, so no other provider could come first."


def nothing_to_flip(reading: Reading) -> str:
    """Say why no weight has an interval in which the first place holds; "" where there is one."""
    if len(reading.firsts) < 2:
        return nothing_to_test(reading)
    names = listed([reading.short[code] for code in reading.firsts])
    return f"Not computed: {names} share the first place, so no weight is needed to change it."


def share_words(reading: Reading) -> str:
    """Say how often the first of the ranking is first whatever the criteria weigh."""
    first = reading.ranking[0]["code"]
    shares = {code: ranks[0] for code, ranks in reading.robustness["acceptability"].items()}
    samples = figures.count(reading.robustness["samples"])
    best = max(shares, key=lambda code: shares[code])
    said = (
        f"With {samples} random sets of weights {reading.short[first]} comes first in "
        f"{figures.share(shares[first])} of them, give or take {margin(reading)}."
    )
    if shares[first] >= shares[best] - 2 * reading.robustness["half_width"]:
        return said
    return f"{said} {reading.short[best]} does in {figures.share(shares[best])}."


def margin(reading: Reading) -> str:
    """Write half the width of the interval around each share, in percentage points."""
    points = reading.robustness["half_width"] * 100
    text = trimmed(points, 1) if points >= 0.1 else "less than 0.1"
    return f"{text} point{'' if text == '1' else 's'}"


def never_first(reading: Reading) -> str:
    """Name who cannot be first with any weights at all, by the margins that were solved; "" for nobody."""
    margins = reading.result["potentially_optimal"]
    never = [reading.short[code] for code in margins if margins[code] is not None and margins[code] < 0]
    if not never:
        return ""
    verb = "comes" if len(never) == 1 else "come"
    return f"{listed(never)} {verb} first with no weights at all: that is solved, not sampled."


def unknown_sentence(reading: Reading, unknown: Mapping[str, Any]) -> str:
    """Say at which value of one missing or uncertain score somebody else would be first."""
    node, who = reading.nodes[unknown["criterion"]], reading.short[unknown["alternative"]]
    rises = node.points[0][0] < node.points[-1][0]
    falls_behind = unknown["alternative"] == reading.ranking[0]["code"]
    side = "less than" if rises == falls_behind else "more than"
    at = with_unit(f"{side} {apart(unknown['at'], ())}", node.unit)
    return f"{node.name} of {who}: at {at} {reading.short[unknown['winner']]} would be first."


def unknowns_words(reading: Reading) -> str:
    """Say whether finding something out could change the first place."""
    number = len(reading.result["unknowns"])
    if not number:
        return "No value that is missing or given as a range could, by itself, put another provider first."
    values = "one value" if number == 1 else f"{figures.count(number)} values"
    return f"Finding out {values} could put another provider first. Ask for the top one first."


def method_name(check: Mapping[str, Any]) -> str:
    """Name the method as the field does."""
    return _METHODS[check["method"]]


def variant(check: Mapping[str, Any]) -> str:
    """Name the variant without the name of the method again."""
    text: str = check["name"].removeprefix(method_name(check)).lstrip(", ")
    return text


def in_short_names(reading: Reading, text: str) -> str:
    """Give a sentence of the engine in the short names of the page."""
    for code, name in reading.names.items():
        text = text.replace(name, reading.short[code])
    return text


def checks_words(reading: Reading) -> str:
    """Say whether other methods see another provider first. They are looks, not votes."""
    checks = reading.result["cross_checks"]
    differs = [method_name(check) for check in checks if not check["agrees"]]
    if not differs:
        return "Three other methods put the same provider first."
    verb = "puts" if len(differs) == 1 else "put"
    return f"{listed(differs)} {verb} another provider first. The reason is given; it is no vote."


def rule_formula(rule: Mapping[str, Any], audit: Mapping[str, Any]) -> str:
    """Say how a rule works, with its amounts as pages write money."""
    if rule["rule"] == "absolute_band":
        low, high = (figures.money(end) for end in audit["band"])
        return f"full value at {low} or less, none at {high} or more, a straight line between"
    if rule["rule"] == "quality_in_money":
        return f"price − {figures.money(audit['money_per_point'])} × points of quality; the lowest wins"
    text: str = rule["formula"]
    return text


def price_warning(reading: Reading, rules: Sequence[Mapping[str, Any]]) -> str:
    """Say what the first place hangs on: a losing bid, the price rule, or what else counts as cost."""
    if any(rule["moved_by"] for rule in rules):
        return "Under one rule or more the winner depends on a bid that loses anyway."
    if len({tuple(rule["award"]) for rule in rules}) > 1:
        return "The winner depends on how prices become points. Settle the rule before the award."
    award = rules[0]["award"]
    if set(award) & set(reading.firsts):
        return ""
    cost = reading.nodes[reading.nodes[COST_INDEX].parent]
    return (
        f"With the all-in price alone in place of the {len(cost.children)} sub-criteria of {cost.name}, "
        f"{listed([reading.short[code] for code in award])} would be first under every rule."
    )


def plain_name(reading: Reading, code: str) -> str:
    """Give the full name without the mark of invented data."""
    return without_mark(reading.names[code])
