"""Rules that turn a price into points, or quality into money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.checks import Array

RuleCode = Literal[
    "absolute_band", "lowest_over_price", "linear_min_max", "relative_to_mean", "quality_in_money"
]


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`totals(prices, quality)`: points from 0 to 100, or money if `better` is "lower".

    `sizes(prices, quality)`: how large the parts of each total are, which bounds its rounding.
    """

    code: RuleCode
    name: str
    formula: str
    totals: Callable[[Array, Array], Array]
    sizes: Callable[[Array, Array], Array]
    better: Literal["higher", "lower"]


def absolute_band(price_weight: float, low: float, high: float) -> PriceRule:
    """A scale that is declared beforehand; no bid moves another.

    Source: Bergman and Lundberg, Journal of Purchasing and Supply Management 19 (2013) 73–83.
    """
    return _points_rule(
        "absolute_band",
        "absolute band",
        f"1 at or below {low:,.15g}, 0 at or above {high:,.15g}, a straight line between",
        price_weight,
        lambda prices: np.clip((high - prices) / (high - low), 0.0, 1.0),
    )


def lowest_over_price(price_weight: float) -> PriceRule:
    """Source: Dini, Pacini and Valletti, "Scoring rules", in: Handbook of Procurement (2006), chapter 12."""
    return _points_rule(
        "lowest_over_price",
        "lowest over price",
        "lowest price / price; with a lowest price of 0, 1 for that price and 0 for the others",
        price_weight,
        lambda prices: np.divide(prices.min(), prices, out=np.ones_like(prices), where=prices > 0),
    )


def linear_min_max(price_weight: float) -> PriceRule:
    """Source: the same chapter, there "highest bid – lowest bid scoring"."""
    return _points_rule(
        "linear_min_max",
        "linear min–max",
        "(highest price − price) / (highest − lowest price); 1 for all where all prices are equal",
        price_weight,
        _linear_min_max,
    )


def _linear_min_max(prices: Array) -> Array:
    spread = prices.max() - prices.min()
    values: Array = (prices.max() - prices) / spread if spread > 0 else np.ones_like(prices)
    return values


def relative_to_mean(price_weight: float) -> PriceRule:
    """Half the points at the mean, one point of 100 for each percent below or above it.

    Source: the "mean method" of British public buyers; one of the rules that count from the average bid in
    Stilger, Siderius and van Raaij, Journal of Public Procurement 17 (2017) 88–124.
    """
    return _points_rule(
        "relative_to_mean",
        "relative to mean",
        "0.5 + (mean − price) / mean, between 0 and 1; 0.5 for all where all prices are 0",
        price_weight,
        _relative_to_mean,
    )


def _relative_to_mean(prices: Array) -> Array:
    mean = prices.mean()
    values: Array = np.clip(1.5 - prices / mean, 0.0, 1.0) if mean > 0 else np.full_like(prices, 0.5)
    return values


def quality_in_money(money_per_point: float) -> PriceRule:
    """Quality is bought at a declared price; no bid moves another.

    Source: "quality-to-price scoring" in Bergman and Lundberg (2013).
    """
    return PriceRule(
        "quality_in_money",
        "quality in money",
        f"price − {money_per_point:,.15g} × points of quality; the lowest wins",
        lambda prices, quality: prices - money_per_point * quality,
        lambda prices, quality: prices + money_per_point * quality,
        "lower",
    )


def _points_rule(
    code: RuleCode, name: str, formula: str, price_weight: float, value: Callable[[Array], Array]
) -> PriceRule:
    """100 × weight of price × value of the price + (1 − weight of price) × quality."""

    def totals(prices: Array, quality: Array) -> Array:
        return 100 * price_weight * value(prices) + (1 - price_weight) * quality

    return PriceRule(code, name, formula, totals, lambda prices, _: np.full_like(prices, 100), "higher")
