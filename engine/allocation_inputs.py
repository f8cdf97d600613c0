"""Bundles, what providers ask for them and the limits of an award: checked, sorted, turned into arrays."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import (
    Array,
    is_one_of,
    require_count,
    require_list,
    require_mapping,
    require_number,
    require_text,
)
from engine.errors import at, quoted, refuse

COST, QUALITY = "cost", "quality"
_MOST, _BEST = 1e15, 100
_MOST_BUNDLES, _MOST_BIDDERS = 30, 15
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Tasks that are awarded together.

    `in_house_cost`: what it costs to keep them, None if they cannot stay in-house. `value`: its weight in
    shares and in the quality of an award; the in-house cost where none is given. `minimum_quality`: the least
    quality of an offer that may win it; the own department is not held to it.
    """

    code: str
    tasks: Sequence[str] = ()
    in_house_cost: float | None = None
    in_house_quality: float | None = None
    minimum_quality: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class BundleOffer:
    """What a provider asks for a bundle, the hours it takes of its capacity, and its quality (0–100)."""

    cost: float
    hours: float = 0.0
    quality: float | None = None


@dataclass(frozen=True, slots=True)
class Bidder:
    """A provider: offers by bundle code, hours it can do, a cost paid once if it wins anything.

    `excluded_tasks`: it may not take a bundle with one of them (knock-outs and gates). Costs are those of
    one and the same period, as a rule the term; the transition cost is paid once in it.
    """

    code: str
    offers: Mapping[str, BundleOffer]
    capacity: float | None = None
    transition_cost: float = 0.0
    excluded_tasks: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """What an award as a whole must keep to; None is no limit.

    `max_providers`: how many may win. `concentration`: the largest share of the value of all bundles, those
    kept in-house too, that one provider may win (0–1). `budget`: the largest total cost.
    """

    max_providers: int | None = None
    concentration: float | None = None
    budget: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Award:
    """The checked problem: bundles in rows, bidders in columns and in-house as the last column, by code.

    `offered`: may be chosen at all; `excluded`, `poor`: forbidden by an excluded task, by minimum quality.
    Cost and hours are 0 where nothing is offered; quality is NaN where it is not known.
    """

    bundles: tuple[Bundle, ...]
    bidders: tuple[Bidder, ...]
    cost: Array
    hours: Array
    quality: Array
    offered: Mask
    excluded: Mask
    poor: Mask
    value: Array
    transition: Array
    limits: Limits
    objective: str


def read_award(bundles: Sequence[Bundle], bidders: Sequence[Bidder], limits: Limits, objective: str) -> Award:
    """Check everything and sort it by code. Raises `InvalidInput`."""
    if not is_one_of(objective, (COST, QUALITY)):
        raise refuse("objective", f"must be {COST} or {QUALITY}, not {quoted(objective)}")
    rows = _in_order(bundles, "bundles", _check_bundle, _MOST_BUNDLES)
    if not rows:
        raise refuse("bundles", "at least one bundle is needed")
    columns = _in_order(bidders, "bidders", _check_bidder, _MOST_BIDDERS)
    _check_limits(limits)
    _check_offers(rows, columns, objective)
    is_valued = limits.concentration is not None or objective == QUALITY
    options = [[*(bid.offers.get(row.code) for _, bid in columns), _in_house(row)] for _, row in rows]
    offered = [[option or BundleOffer(0.0) for option in line] for line in options]
    quality = np.array([[_known(option.quality) for option in line] for line in offered])
    value = np.array([_value(row, path, is_valued) for path, row in rows])
    if objective == QUALITY and not value.any():
        raise refuse("bundles", "at least one bundle needs a value above 0")
    return Award(
        bundles=tuple(row for _, row in rows),
        bidders=tuple(bid for _, bid in columns),
        cost=np.array([[option.cost for option in line] for line in offered], dtype=np.float64),
        hours=np.array([[option.hours for option in line] for line in offered], dtype=np.float64),
        quality=quality,
        offered=np.array([[option is not None for option in line] for line in options]),
        excluded=np.array([[*(_excludes(bid, row) for _, bid in columns), False] for _, row in rows]),
        poor=np.array([_is_poor(row, line) for (_, row), line in zip(rows, quality, strict=True)]),
        value=value,
        transition=np.array([bid.transition_cost for _, bid in columns], dtype=np.float64),
        limits=limits,
        objective=objective,
    )


def _in_order(
    given: object, path: str, check: Callable[[Any, str], None], most: int
) -> list[tuple[str, Any]]:
    entries = require_list(given, path)
    if len(entries) > most:
        raise refuse(path, f"must not be more than {most}")
    found: dict[str, tuple[str, Any]] = {}
    for place, entry in enumerate(entries):
        check(entry, at(path, place))
        if entry.code in found:
            raise refuse(at(path, place), f"the code {quoted(entry.code)} is used twice")
        found[entry.code] = (at(path, place), entry)
    return [found[code] for code in sorted(found)]


def _check_bundle(bundle: Bundle, path: str) -> None:
    if not isinstance(bundle, Bundle):
        raise refuse(path, "a Bundle is needed")
    require_text(bundle.code, at(path, "code"))
    _check_codes(bundle.tasks, at(path, "tasks"))
    _check_amounts(bundle, path, {"in_house_cost": _MOST, "value": _MOST})
    _check_amounts(bundle, path, {"in_house_quality": _BEST, "minimum_quality": _BEST})


def _check_bidder(bidder: Bidder, path: str) -> None:
    if not isinstance(bidder, Bidder):
        raise refuse(path, "a Bidder is needed")
    require_text(bidder.code, at(path, "code"))
    _check_codes(bidder.excluded_tasks, at(path, "excluded_tasks"))
    _check_amounts(bidder, path, {"capacity": _MOST})
    require_number(bidder.transition_cost, at(path, "transition_cost"), at_least=0, at_most=_MOST)
    for code, offer in require_mapping(bidder.offers, at(path, "offers")).items():
        place = at(at(path, "offers"), code)
        if not isinstance(offer, BundleOffer):
            raise refuse(place, "a BundleOffer is needed")
        require_number(offer.cost, at(place, "cost"), at_least=0, at_most=_MOST)
        require_number(offer.hours, at(place, "hours"), at_least=0, at_most=_MOST)
        _check_amounts(offer, place, {"quality": _BEST})


def _check_amounts(entry: object, path: str, most: Mapping[str, float]) -> None:
    """Amounts that may be left open."""
    for name, largest in most.items():
        value = getattr(entry, name)
        if value is not None:
            require_number(value, at(path, name), at_least=0, at_most=largest)


def _check_codes(given: object, path: str) -> None:
    if not isinstance(given, Set | list | tuple):
        raise refuse(path, "a list of codes is needed")
    for code in given:
        require_text(code, path)


def _check_limits(limits: Limits) -> None:
    if limits.max_providers is not None:
        require_count(limits.max_providers, "max_providers")
    if limits.concentration is not None:
        require_number(limits.concentration, "concentration", at_least=0, at_most=1)
    if limits.budget is not None:
        require_number(limits.budget, "budget", at_least=0, at_most=_MOST)


def _check_offers(rows: list[tuple[str, Any]], columns: list[tuple[str, Any]], objective: str) -> None:
    """Offers are for bundles that exist, and have a quality where one is asked for."""
    bundles = {row.code: row for _, row in rows}
    for path, bid in columns:
        for code, offer in bid.offers.items():
            place = at(at(path, "offers"), code)
            if code not in bundles:
                raise refuse(place, "there is no such bundle")
            is_needed = objective == QUALITY or bundles[code].minimum_quality is not None
            if is_needed and offer.quality is None:
                raise refuse(at(place, "quality"), "a quality is needed where it decides who may win")
    for path, row in rows:
        if objective == QUALITY and row.in_house_cost is not None and row.in_house_quality is None:
            raise refuse(at(path, "in_house_quality"), "a quality is needed where it decides who may win")


def _in_house(bundle: Bundle) -> BundleOffer | None:
    cost = bundle.in_house_cost
    return None if cost is None else BundleOffer(cost, 0.0, bundle.in_house_quality)


def _known(quality: float | None) -> float:
    return math.nan if quality is None else float(quality)


def _excludes(bidder: Bidder, bundle: Bundle) -> bool:
    return not set(bidder.excluded_tasks).isdisjoint(bundle.tasks)


def _is_poor(bundle: Bundle, quality: Array) -> Mask:
    limit = bundle.minimum_quality
    poor = np.zeros(quality.size, dtype=bool) if limit is None else quality < limit
    poor[-1] = False
    return poor


def _value(bundle: Bundle, path: str, is_needed: bool) -> float:
    value = bundle.in_house_cost if bundle.value is None else bundle.value
    if value is None and is_needed:
        raise refuse(at(path, "value"), "a value or an in-house cost is needed for shares and quality")
    return 0.0 if value is None else float(value)
