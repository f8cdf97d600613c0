"""Who would be first under other price rules, and what the weights say that quality is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import PricedBid, price_audit
from records.canonical import as_data
from records.case import COST_INDEX


def audit_prices(
    case: Mapping[str, Any], decision: Mapping[str, Any], result: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The audit of price rules for the ranked bids, as plain data, unrounded.

    `case`: results of `compute_case`; `decision`, `result`: what followed from it. The price of a bid is what
    the whole basket costs with it in a year, tasks that it does not take at today's cost; quality is the
    total of all criteria but that of the cost index, 0 to 100; the weight of price is that criterion's share.

    Gives "rules" and "findings" (see `engine.PriceAudit`), "prices" and "quality" by bid, "band" (the prices
    that the published scale of the index values with 1 and with 0), "money_per_point" (what a point of
    quality is worth in a year when the weights and that scale are taken at their word) and "left_out" (ranked
    bids whose cost cannot be computed). None where fewer than two bids have a price, or price has no weight,
    or all of it.
    """
    cost = next((node for node in decision["criteria"] if _index(node)), None)
    share = 0.0 if cost is None else result["weights"]["local"][cost["code"]]
    if cost is None or not 0 < share < 1:
        return None
    baskets = {row["code"]: case["business_cases"][row["code"]]["whole_basket"] for row in result["ranking"]}
    prices = {code: basket["run_cost"] for code, basket in baskets.items() if basket["run_cost"] is not None}
    baseline = next((baskets[code]["baseline"] for code in prices), None)
    if len(prices) < 2 or not baseline:
        return None
    totals = {row["code"]: row for row in result["ranking"]}
    quality = {code: _quality(totals[code], cost["code"], share) for code in prices}
    names = {one["code"]: one["name"] for one in decision["alternatives"]}
    low, high = _band(_index(cost), baseline)
    money_per_point = (1 - share) / share * (high - low) / 100
    audit = price_audit(
        [PricedBid(code, max(0.0, prices[code]), quality[code], names[code]) for code in prices],
        price_weight=share,
        band=(low, high),
        money_per_point=money_per_point,
    )
    return {
        **as_data(audit),
        "prices": prices,
        "quality": quality,
        "band": [low, high],
        "money_per_point": money_per_point,
        "left_out": [code for code in baskets if code not in prices],
    }


def _index(criterion: Mapping[str, Any]) -> list[list[float]]:
    """The points of the cost index below a criterion; empty where it is not there."""
    return next((leaf["points"] for leaf in criterion.get("criteria", ()) if leaf["code"] == COST_INDEX), [])


def _quality(row: Mapping[str, Any], cost: str, share: float) -> float:
    """The total without cost, from 0 to 100."""
    rest = row["score"] - share * row["by_criterion"][cost]
    return float(min(100.0, max(0.0, rest / (1 - share))))


def _band(points: list[list[float]], baseline: float) -> tuple[float, float]:
    """What the published scale of the index values with 1 and with 0, as money."""
    low, high = sorted(metric * baseline / 100 for metric in (points[0][0], points[-1][0]))
    return low, high
