"""Who gets which bundle of work: the award that is provably best, and what each of its limits costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.allocation_inputs import COST, QUALITY, Award, Bidder, Bundle, Limits, read_award
from engine.allocation_program import best, first_of_equals, program
from engine.allocation_rules import (
    NO_OFFER,
    Choice,
    Constraint,
    Key,
    constraint,
    constraint_keys,
    cost_of,
    objectives,
)
from engine.checks import Array


@dataclass(frozen=True, slots=True)
class ConstraintPrice:
    """What one constraint costs: the objective with it and without it differ by `price`, 0 if it is not felt.

    In money, or in points of quality where that is the objective; `without`: the best objective without it.
    """

    constraint: Constraint
    without: float
    price: float


@dataclass(frozen=True, slots=True)
class NextBest:
    """The best of all other awards. `behind`: how much worse its objective is, 0 for an equal one."""

    assignment: Mapping[str, str | None]
    cost: float
    quality: float | None
    behind: float


@dataclass(frozen=True, slots=True)
class Allocation:
    """The best award. Money and hours as given, quality 0–100.

    `assignment`: the winner of each bundle in the order given, None for in-house. `cost`: all bundles, those
    kept in-house too, and the transitions (`transition_cost` of it). `quality`: mean quality weighted by
    value, None where a quality or all value is not known. `hours`, `shares`: hours and share of the value of
    each provider that is used. `prices`: by constraint, the dearest first.
    """

    objective: str
    assignment: Mapping[str, str | None]
    cost: float
    transition_cost: float
    quality: float | None
    used: tuple[str, ...]
    hours: Mapping[str, float]
    shares: Mapping[str, float]
    prices: tuple[ConstraintPrice, ...]
    next_best: NextBest | None


@dataclass(frozen=True, slots=True)
class WayOut:
    """A constraint without which an award is possible, and the objective that is then reached."""

    constraint: Constraint
    objective: float


@dataclass(frozen=True, slots=True)
class AllocationConflict:
    """No award keeps to every constraint.

    `together`: constraints that cannot all be met, though any one fewer of them could. `ways_out`: the
    constraints that need only be dropped alone, the best objective first; none where one is not enough.
    """

    together: tuple[Constraint, ...]
    ways_out: tuple[WayOut, ...]
    words: str


def allocate(
    bundles: Sequence[Bundle],
    bidders: Sequence[Bidder],
    *,
    max_providers: int | None = None,
    concentration: float | None = None,
    budget: float | None = None,
    objective: str = COST,
) -> Allocation | AllocationConflict:
    """Award each bundle to one provider or keep it in-house, exactly and at the best objective.

    `objective`: "cost", the lowest total cost, or "quality", the highest mean quality weighted by the value
    of the bundles. Awards equal in it (within 1e-9 of the largest amount) are settled by the other one, then
    bundle by bundle in the order of codes by the lowest code of a provider, in-house last. `max_providers`:
    how many may win; `concentration`: largest share (0–1) of the value of all bundles for one provider;
    `budget`: largest total cost. Each constraint is priced by solving again without it. At most 30 bundles
    and 15 bidders. Raises `InvalidInput`, and `ArithmeticError` where no answer is proven in ten seconds.
    Source: docs/method.md, Award by bundle.
    """
    award = read_award(bundles, bidders, Limits(max_providers, concentration, budget), objective)
    found = first_of_equals(program(award), *objectives(award))
    if found is None:
        return _conflict(award)
    chosen, following = found
    return Allocation(
        objective=objective,
        assignment=_assignment(bundles, award, chosen),
        cost=cost_of(award).of(chosen),
        transition_cost=float(sum(award.transition[column] for column in _used(award, chosen))),
        quality=_quality(award, chosen),
        used=tuple(award.bidders[column].code for column in _used(award, chosen)),
        hours=_by_bidder(award, chosen, award.hours),
        shares=_shares(award, chosen),
        prices=_prices(award, chosen),
        next_best=None if following is None else _next_best(bundles, award, chosen, following),
    )


def _assignment(bundles: Sequence[Bundle], award: Award, chosen: Choice) -> dict[str, str | None]:
    winners = [*(bid.code for bid in award.bidders), None]
    found = {bundle.code: winners[column] for bundle, column in zip(award.bundles, chosen, strict=True)}
    return {bundle.code: found[bundle.code] for bundle in bundles}


def _used(award: Award, chosen: Choice) -> list[int]:
    return sorted({column for column in chosen if column < len(award.bidders)})


def _quality(award: Award, chosen: Choice) -> float | None:
    total = math.fsum(award.value)
    if total == 0:
        return None
    quality = math.fsum(award.value * award.quality[range(len(chosen)), chosen]) / total
    return None if math.isnan(quality) else quality


def _by_bidder(award: Award, chosen: Choice, amounts: Array) -> dict[str, float]:
    """What of an amount by bundle and column each winner gets."""
    return {
        award.bidders[column].code: math.fsum(
            amounts[row, column] for row, winner in enumerate(chosen) if winner == column
        )
        for column in _used(award, chosen)
    }


def _shares(award: Award, chosen: Choice) -> dict[str, float]:
    total = math.fsum(award.value)
    values = np.repeat(award.value[:, None], len(award.bidders) + 1, axis=1)
    won = _by_bidder(award, chosen, values)
    return {code: value / total for code, value in won.items()} if total > 0 else {}


def _objective(award: Award, chosen: Choice) -> float:
    """The cost, or the quality, of an award."""
    quality = _quality(award, chosen) if award.objective == QUALITY else None
    return cost_of(award).of(chosen) if quality is None else quality


def _loss(award: Award, worse: Choice, better: Choice) -> float:
    sign = -1.0 if award.objective == QUALITY else 1.0
    return max(0.0, sign * (_objective(award, worse) - _objective(award, better)))


def _prices(award: Award, chosen: Choice) -> tuple[ConstraintPrice, ...]:
    prices = []
    for key in constraint_keys(award):
        free = best(program(award, {key}), objectives(award)[0]) or chosen
        loss = _loss(award, chosen, free)
        prices.append(ConstraintPrice(constraint(award, key), _objective(award, free), loss))
    return tuple(sorted(prices, key=lambda row: -row.price))


def _next_best(bundles: Sequence[Bundle], award: Award, chosen: Choice, other: Choice) -> NextBest:
    return NextBest(
        assignment=_assignment(bundles, award, other),
        cost=cost_of(award).of(other),
        quality=_quality(award, other),
        behind=_loss(award, other, chosen),
    )


def _conflict(award: Award) -> AllocationConflict:
    orphans = [
        row.code for row, offered in zip(award.bundles, award.offered, strict=True) if not offered.any()
    ]
    if orphans:
        together = tuple(constraint(award, (NO_OFFER, code)) for code in orphans)
        return AllocationConflict(together, (), _sentence(together, ()))
    keys = constraint_keys(award)
    spared: set[Key] = set()
    for key in keys:
        if _without(award, {*spared, key}) is None:
            spared.add(key)
    binding = [key for key in keys if key not in spared]
    together = tuple(constraint(award, key) for key in binding)
    ways = [(key, _without(award, {key})) for key in binding]
    ways_out = [
        WayOut(constraint(award, key), _objective(award, way)) for key, way in ways if way is not None
    ]
    sign = -1.0 if award.objective == QUALITY else 1.0
    ordered = tuple(sorted(ways_out, key=lambda way: sign * way.objective))
    return AllocationConflict(together, ordered, _sentence(together, ordered))


def _without(award: Award, dropped: set[Key]) -> Choice | None:
    return best(program(award, dropped), objectives(award)[0])


def _sentence(together: tuple[Constraint, ...], ways_out: tuple[WayOut, ...]) -> str:
    reasons = "; ".join(row.words for row in together)
    if not ways_out:
        return f"No award is possible: {reasons}."
    remedies = "; or: ".join(way.constraint.words for way in ways_out)
    return f"No award is possible: {reasons}. It is enough to drop one of these: {remedies}."
