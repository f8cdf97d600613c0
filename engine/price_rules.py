"""An audit of price rules: who wins under each, and whether that hangs on a bid that loses anyway.

A rule that measures a price against the other prices can hand the first place from one bid to another when a
third, losing bid comes or goes. The audit tries the usual rules on the same bids and withdraws each loser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import price_formulas as formulas
from engine.checks import Array, require_number, require_text
from engine.decision_check import MAX_ALTERNATIVES
from engine.errors import at, quoted, refuse
from engine.price_formulas import PriceRule, RuleCode
from engine.wording import labels, listed

_MOST_MONEY = 1e15
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class PricedBid:
    """`price`: money, 0 or more; `quality`: points from 0 to 100; `name`: for sentences, else the code."""

    code: str
    price: float
    quality: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What one rule gives.

    `name`, `formula`: in words, with the parameters; `totals`: by code, points from 0 to 100 of which more is
    better, or money if `better` is "lower"; `award`: the codes in first place, more than one when level;
    `without`: for each losing bid, the award once it is withdrawn; `moved_by`: the losing bids whose
    withdrawal changes the award.
    """

    rule: RuleCode
    name: str
    formula: str
    totals: Mapping[str, float]
    better: Literal["higher", "lower"]
    award: tuple[str, ...]
    without: Mapping[str, tuple[str, ...]]
    moved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceAudit:
    """The rules that were tried and, in plain sentences, what the first place depends on."""

    rules: tuple[RuleOutcome, ...]
    findings: tuple[str, ...]


def price_audit(
    bids: Sequence[PricedBid],
    *,
    price_weight: float,
    band: tuple[float, float] | None = None,
    money_per_point: float | None = None,
) -> PriceAudit:
    """Who comes first under each price rule, with all bids and with each losing bid withdrawn.

    `price_weight`: share of price in the total, 0 to 1. Rules with points give 100 × price_weight × value of
    the price + (1 − price_weight) × quality; see `engine/price_formulas.py` for the values and their sources.
    Tried always: lowest over price, linear min–max, relative to mean. With `band` (low, high), the prices
    that are worth 1 and 0: absolute band. With `money_per_point`, what a point of quality is worth: quality
    in money, where price_weight plays no part. A price may be 0. Totals within 1e-9 of 100 points, or of the
    amounts they are made of, are level. At most 2,000 bids. Raises `InvalidInput`.
    """
    codes, prices, quality = _read(bids)
    weight = require_number(price_weight, "price_weight", at_least=0, at_most=1)
    rules = [
        *([] if band is None else [formulas.absolute_band(weight, *_read_band(band))]),
        formulas.lowest_over_price(weight),
        formulas.linear_min_max(weight),
        formulas.relative_to_mean(weight),
    ]
    if money_per_point is not None:
        money = require_number(money_per_point, "money_per_point", at_least=0, at_most=_MOST_MONEY)
        rules.append(formulas.quality_in_money(money))
    outcomes = tuple(_outcome(rule, codes, prices, quality) for rule in rules)
    names = labels((bid.code, bid.name) for bid in bids)
    return PriceAudit(outcomes, _findings(outcomes, dict(zip(codes, names, strict=True))))


def _read(bids: Sequence[PricedBid]) -> tuple[tuple[str, ...], Array, Array]:
    if not isinstance(bids, list | tuple) or not bids:
        raise refuse("bids", "a list with at least one bid is needed")
    if len(bids) > MAX_ALTERNATIVES:
        raise refuse("bids", f"there are more than {MAX_ALTERNATIVES} bids")
    prices, quality = np.empty(len(bids)), np.empty(len(bids))
    seen: set[str] = set()
    for place, bid in enumerate(bids):
        path = at("bids", place)
        if not isinstance(bid, PricedBid):
            raise refuse(path, f"a PricedBid is needed, not {quoted(bid)}")
        if require_text(bid.code, at(path, "code")) in seen:
            raise refuse(at(path, "code"), f"the code {quoted(bid.code)} is used twice")
        if not isinstance(bid.name, str):
            raise refuse(at(path, "name"), "must be text")
        seen.add(bid.code)
        prices[place] = require_number(bid.price, at(path, "price"), at_least=0, at_most=_MOST_MONEY)
        quality[place] = require_number(bid.quality, at(path, "quality"), at_least=0, at_most=100)
    return tuple(bid.code for bid in bids), prices, quality


def _read_band(band: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(band, list | tuple) or len(band) != 2:
        raise refuse("band", "a low and a high price are needed")
    low, high = (
        require_number(price, at("band", place), at_least=0, at_most=_MOST_MONEY)
        for place, price in enumerate(band)
    )
    if high <= low:
        raise refuse("band", f"the high price must be above the low one ({high:g} is not above {low:g})")
    return low, high


def _outcome(rule: PriceRule, codes: tuple[str, ...], prices: Array, quality: Array) -> RuleOutcome:
    everyone = np.arange(len(codes))
    first = _first(rule, prices, quality)
    award = tuple(codes[row] for row in first)
    without: dict[str, tuple[str, ...]] = {}
    for loser in np.delete(everyone, first).tolist():
        rest = np.delete(everyone, loser)
        then = _first(rule, prices[rest], quality[rest])
        without[codes[loser]] = tuple(codes[rest[row]] for row in then)
    return RuleOutcome(
        rule=rule.code,
        name=rule.name,
        formula=rule.formula,
        totals=dict(zip(codes, rule.totals(prices, quality).tolist(), strict=True)),
        better=rule.better,
        award=award,
        without=without,
        moved_by=tuple(code for code, then in without.items() if then != award),
    )


def _first(rule: PriceRule, prices: Array, quality: Array) -> list[int]:
    """Rows in first place."""
    totals, sizes = rule.totals(prices, quality), rule.sizes(prices, quality)
    best = int(totals.argmax() if rule.better == "higher" else totals.argmin())
    level = np.abs(totals - totals[best]) <= _SAME * np.maximum(sizes, sizes[best])
    rows: list[int] = np.flatnonzero(level).tolist()
    return rows


def _findings(rules: tuple[RuleOutcome, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence if the award hangs on the rule, one for each shift by a losing bid, or one if on neither."""
    by_award: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        by_award.setdefault(rule.award, []).append(f"‘{rule.name}’")
    sentences = [sentence for rule in rules for sentence in _shifts(rule, names)]
    if len(by_award) > 1:
        awards = [f"{_together(award, names)} under {listed(under)}" for award, under in by_award.items()]
        sentences.insert(0, f"The first place depends on the rule: {'; '.join(awards)}.")
    if sentences:
        return tuple(sentences)
    if len(names) == 1:
        return (f"{_together(rules[0].award, names)} is the only bid.",)
    return (
        f"The first place goes to {_together(rules[0].award, names)} under each of the {len(rules)} rules, "
        "whichever one losing bid is withdrawn.",
    )


def _shifts(rule: RuleOutcome, names: Mapping[str, str]) -> list[str]:
    """What the withdrawal of a losing bid does under one rule, by the award that it leads to."""
    causes: dict[tuple[str, ...], list[str]] = {}
    for loser in rule.moved_by:
        causes.setdefault(rule.without[loser], []).append(names[loser])
    return [
        f"Under ‘{rule.name}’ the first place goes from {_together(rule.award, names)} "
        f"to {_together(then, names)} when {_withdrawn(losers)} withdrawn."
        for then, losers in causes.items()
    ]


def _withdrawn(losers: list[str]) -> str:
    return (
        f"the losing bid {losers[0]} is"
        if len(losers) == 1
        else f"one of the losing bids {listed(losers)} is"
    )


def _together(award: tuple[str, ...], names: Mapping[str, str]) -> str:
    words = listed([names[code] for code in award])
    return words if len(award) == 1 else f"{words} together"
