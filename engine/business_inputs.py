"""What a business case is calculated from, checked; a figure that is not known is NaN until it is shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.checks import (
    is_level,
    is_one_of,
    require_count,
    require_list,
    require_mapping,
    require_number,
    require_text,
)
from engine.errors import at, quoted, refuse

UNKNOWN = math.nan
WITH_HOURS, WITH_VOLUME, COMMITTED = "hours", "volume", "nothing"
FOLLOWS = {
    "hourly": WITH_HOURS,
    "blended": WITH_HOURS,
    "per_unit": WITH_VOLUME,
    "fixed_fee": COMMITTED,
    "fte": COMMITTED,
}
MODELS = tuple(FOLLOWS)
ROLE_KINDS = ("internal", "external_cash")
ERROR_RATE, TRANSITION_CHARGE, MINIMUM_COMMITMENT = "QUAL-01", "COST-04", "COST-06"
_AMOUNTS = (
    "oversight_rate",
    "rework_rate",
    "rework_hours_share",
    "governance_hours_per_year",
    "governance_rate",
    "tooling_per_year",
    "transition_internal_hours",
    "transition_internal_rate",
    "parallel_run_weeks",
    "parallel_run_share",
    "year1_ramp",
    "fte_hours_per_year",
    "internal_redeployment_share",
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role that does the work today: loaded rate in USD per hour, and whether it is outside cash."""

    rate: float
    is_cash: bool


@dataclass(frozen=True)
class Assumptions:
    """Amounts in USD, hours and shares a year; `oversight_ratio` by practice-of-law level (UPL 1–5)."""

    amounts: Mapping[str, float]
    oversight_ratio: Mapping[int, float]
    discount_rate: float
    term_years: int
    transition_other: float
    roles: Mapping[str, Role]

    def __getitem__(self, name: str) -> float:
        return self.amounts[name]


@dataclass(frozen=True, slots=True)
class CaseTask:
    """A basket task: volume a year, in-house hours per unit, shares by role, practice-of-law level."""

    code: str
    name: str
    volume: float
    hours_per_unit: float
    mix: Mapping[str, float]
    practice_level: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The price of one task under one of the five models; None or NaN is what the bid leaves open."""

    task: str
    model: str
    price: float
    expected_hours: float | None
    included_volume: float | None
    overage_price: float
    team: float | None


@dataclass(frozen=True)
class CaseBid:
    """A bid: offers by task, provider hours per in-house hour, and the three metrics that the case needs."""

    offers: Mapping[str, Offer]
    productivity: float
    error_rate: float
    transition_percent: float
    minimum_commitment: float
    task_exclusions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Basket:
    """Tasks and assumptions, read once for all the bids that are calculated with them."""

    tasks: tuple[CaseTask, ...]
    given: Assumptions


def known(value: Any, path: str) -> float:
    """A number of 0 or more, or NaN for what is not known yet."""
    return UNKNOWN if value is None else require_number(value, path, at_least=0, at_most=1e15)


def read_assumptions(given: Mapping[str, Any]) -> Assumptions:
    """Read the assumptions with `role_rates` among them, or a document that has both as members."""
    require_mapping(given, "assumptions")
    if "assumptions" in given:
        inner = require_mapping(given["assumptions"], "assumptions")
        given = {"role_rates": given.get("role_rates"), **inner}
    term = require_count(given.get("term_years"), "assumptions.term_years")
    if term > 100:
        raise refuse("assumptions.term_years", "must not exceed 100")
    return Assumptions(
        amounts={name: known(given.get(name), at("assumptions", name)) for name in _AMOUNTS},
        oversight_ratio=_oversight_ratios(given.get("oversight_ratio_by_UPL")),
        discount_rate=require_number(given.get("discount_rate"), "assumptions.discount_rate"),
        term_years=term,
        transition_other=known(given.get("transition_other", 0), "assumptions.transition_other"),
        roles=read_roles(given.get("role_rates")),
    )


def read_basket(tasks: Sequence[Mapping[str, Any]], assumptions: Mapping[str, Any]) -> Basket:
    """Check what `business_case` takes besides the bid. Raises `InvalidInput`."""
    given = read_assumptions(assumptions)
    return Basket(tuple(read_tasks(tasks, given.roles)), given)


def _oversight_ratios(given: object) -> dict[int, float]:
    path = "assumptions.oversight_ratio_by_UPL"
    ratios = require_mapping(given, path)
    if set(ratios) != {"1", "2", "3", "4", "5"}:
        raise refuse(path, "a ratio for each level 1 to 5 is needed")
    return {int(level): require_number(ratio, at(path, level), at_least=0) for level, ratio in ratios.items()}


def read_roles(given: object) -> dict[str, Role]:
    """Read rates in the shape {role: {"usd_per_hour", "kind"}}."""
    path = "assumptions.role_rates"
    roles = {}
    for code, entry in require_mapping(given, path).items():
        place = at(path, code)
        role = require_mapping(entry, place)
        if not is_one_of(role.get("kind"), ROLE_KINDS):
            raise refuse(
                at(place, "kind"), f"must be internal or external_cash, not {quoted(role.get('kind'))}"
            )
        rate = require_number(role.get("usd_per_hour"), at(place, "usd_per_hour"), at_least=0, at_most=1e9)
        roles[code] = Role(rate, role["kind"] == "external_cash")
    return roles


def read_tasks(given: Sequence[Mapping[str, Any]], roles: Mapping[str, Role]) -> list[CaseTask]:
    """Read tasks in the shape of `demo_company.json`; the level UPL comes from `answers` or `profile`."""
    tasks = [
        _task(require_mapping(entry, at("tasks", place)), at("tasks", place), roles)
        for place, entry in enumerate(require_list(given, "tasks"))
    ]
    codes = [task.code for task in tasks]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise refuse(at("tasks", place), f"the code {quoted(code)} is used twice")
    return tasks


def _task(entry: Mapping[str, Any], path: str, roles: Mapping[str, Role]) -> CaseTask:
    answers = require_mapping(entry.get("answers", entry.get("profile", {})), at(path, "answers"))
    level = answers.get("UPL")
    if level is not None and not is_level(level):
        raise refuse(
            at(at(path, "answers"), "UPL"), f"a whole number from 1 to 5 is needed, not {quoted(level)}"
        )
    return CaseTask(
        code=require_text(entry.get("code"), at(path, "code")),
        name=str(entry.get("name", "")),
        volume=known(entry.get("annual_volume"), at(path, "annual_volume")),
        hours_per_unit=known(entry.get("hours_per_unit"), at(path, "hours_per_unit")),
        mix=_mix(entry.get("staffing_mix"), at(path, "staffing_mix"), roles),
        practice_level=level,
    )


def _mix(given: object, path: str, roles: Mapping[str, Role]) -> dict[str, float]:
    """Shares that sum to 1; empty when who does the work is not known."""
    mix: dict[str, float] = {}
    for role, share in () if given is None else require_mapping(given, path).items():
        if role not in roles:
            raise refuse(at(path, role), "there is no rate for this role")
        mix[role] = require_number(share, at(path, role), at_least=0, at_most=1)
    if mix and abs(sum(mix.values()) - 1) > 1e-6:
        raise refuse(path, f"the shares sum to {sum(mix.values()):g}, not 1")
    return mix


def read_bid(given: Mapping[str, Any]) -> CaseBid:
    """Read a bid in the shape of `demo_providers.json`, with `task_exclusions` if there are any."""
    require_mapping(given, "bid")
    metrics = require_mapping(given.get("metrics", {}), "bid.metrics")
    offers: dict[str, Offer] = {}
    for place, entry in enumerate(require_list(given.get("offers", ()), "bid.offers")):
        path = at("bid.offers", place)
        offer = _offer(require_mapping(entry, path), path)
        if offer.task in offers:
            raise refuse(path, f"the task {quoted(offer.task)} is offered twice")
        offers[offer.task] = offer
    return CaseBid(
        offers=offers,
        productivity=known(given.get("productivity_factor"), "bid.productivity_factor"),
        error_rate=known(metrics.get(ERROR_RATE), at("bid.metrics", ERROR_RATE)),
        transition_percent=known(metrics.get(TRANSITION_CHARGE), at("bid.metrics", TRANSITION_CHARGE)),
        minimum_commitment=known(metrics.get(MINIMUM_COMMITMENT), at("bid.metrics", MINIMUM_COMMITMENT)),
        task_exclusions=_excluded(given.get("task_exclusions", ()), "bid.task_exclusions"),
    )


def _excluded(given: object, path: str) -> frozenset[str]:
    """Codes of tasks, or the rows of `demo_providers.json`: a knock-out and the tasks that it excludes."""
    excluded: set[str] = set()
    for place, entry in enumerate(require_list(given, path)):
        where = at(path, place)
        if isinstance(entry, Mapping) and set(entry) == {"knock_out", "excluded_tasks"}:
            excluded |= _codes(entry["excluded_tasks"], at(where, "excluded_tasks"))
        else:
            excluded.add(require_text(entry, where))
    return frozenset(excluded)


def _codes(given: object, path: str) -> frozenset[str]:
    codes = require_list(given, path)
    return frozenset(require_text(code, at(path, place)) for place, code in enumerate(codes))


def _offer(entry: Mapping[str, Any], path: str) -> Offer:
    if not is_one_of(entry.get("model"), MODELS):
        raise refuse(
            at(path, "model"), f"must be one of {', '.join(MODELS)}, not {quoted(entry.get('model'))}"
        )

    def optional(name: str) -> float | None:
        return None if entry.get(name) is None else known(entry[name], at(path, name))

    return Offer(
        task=require_text(entry.get("task"), at(path, "task")),
        model=entry["model"],
        price=known(entry.get("price"), at(path, "price")),
        expected_hours=optional("expected_hours"),
        included_volume=optional("included_volume"),
        overage_price=known(entry.get("overage_price"), at(path, "overage_price")),
        team=optional("fte"),
    )
