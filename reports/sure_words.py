"""What page 1 says about how sure the first place is, in the words of the ranking page."""

from __future__ import annotations

from collections.abc import Sequence

from reports.content import Fact
from reports.source import Source
from selections.queries.robust import PriceRow, Prices, Robust
from selections.words.names import listed


def price_rule(source: Source) -> str:
    """Say with names what the first place hangs on besides the scores: the price rule, or a bid that loses.

    "" where it hangs on neither, or nothing of it is known.
    """
    prices = source.robust.prices if source.robust else None
    if prices is None or not prices.warning:
        return ""
    if depends_on_rule(prices):
        return f"The winner depends on the price rule: {_by_award(prices.rows)}. Settle it before the award."
    moved = [row for row in prices.rows if row.moved_by]
    if moved:
        return f"{prices.warning} {_losing_bids(moved)}"
    return f"The winner depends on how the price counts. {prices.warning}"


def depends_on_rule(prices: Prices) -> bool:
    """Whether the rules do not all put the same provider first."""
    return len({row.award for row in prices.rows}) > 1


def _by_award(rows: Sequence[PriceRow]) -> str:
    """Each first with its rules: "Ashgrove is first under absolute band; Banyan Quay under …"."""
    by_award: dict[str, list[str]] = {}
    for row in rows:
        by_award.setdefault(row.award, []).append(row.name[:1].lower() + row.name[1:])
    said = [f"{award} under {listed(rules)}" for award, rules in by_award.items()]
    return "; ".join([said[0].replace(" under ", " is first under ", 1), *said[1:]])


def _losing_bids(moved: Sequence[PriceRow]) -> str:
    return " ".join(f"{row.name}: {row.moved_by}." for row in moved)


def facts(source: Source) -> list[Fact]:
    """How often the first two come first whatever the criteria weigh, and what other methods say."""
    found = source.robust
    if found is None:
        return []
    first_two = found.rows[:2]
    names = listed([source.reading.short[row.code] for row in first_two])
    shares = ", ".join(row.first for row in first_two)
    return [
        Fact(f"First with random weights, {names}", shares),
        Fact("Other methods with the same first place", agreeing(found)),
    ]


def agreeing(found: Robust) -> str:
    """How many of the other methods agree: "2 of 3"."""
    return f"{sum(row.agrees for row in found.check_rows)} of {len(found.check_rows)}"
