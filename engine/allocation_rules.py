"""What an award is judged by: amounts to keep small, and the constraints, each with a key and words."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.allocation_inputs import QUALITY, Award
from engine.checks import Array

EXCLUDED, POOR, CAPACITY = "excluded_tasks", "minimum_quality", "capacity"
MAX_PROVIDERS, CONCENTRATION, BUDGET, NO_OFFER = "max_providers", "concentration", "budget", "no_offer"
EQUAL = 1e-9  # of the largest amount meant: amounts that are nearer count as the same
Choice = tuple[int, ...]  # for each bundle the column of its winner
Key = tuple[str, str]  # kind and subject of a constraint


@dataclass(frozen=True, slots=True, eq=False)
class Amount:
    """A sum over an award: an amount for each bundle and winner, one for each bidder that wins anything."""

    options: Array
    bidders: Array

    def of(self, chosen: Choice) -> float:
        """The sum for one award."""
        used = {column for column in chosen if column < self.bidders.size}
        parts = [self.options[row, column] for row, column in enumerate(chosen)]
        return math.fsum([*parts, *(self.bidders[column] for column in used)])

    @property
    def size(self) -> float:
        """The largest amount in it."""
        return float(max(np.abs(self.options).max(), np.abs(self.bidders).max(initial=0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A sum that must not be above `most`; the constraint `key` may be made of several."""

    key: Key
    amount: Amount
    most: float

    @property
    def slack(self) -> float:
        """By how much a sum may be above it and count as equal."""
        return EQUAL * max(self.amount.size, abs(self.most))

    def holds(self, chosen: Choice) -> bool:
        """Whether an award keeps to it, the rounding of a sum apart."""
        return self.amount.of(chosen) <= self.most + 2 * self.slack


@dataclass(frozen=True, slots=True)
class Constraint:
    """A limit of the award as a sentence, with its kind and whom it binds (a code, None for nobody alone).

    Kinds: "excluded_tasks", "minimum_quality", "capacity", "max_providers", "concentration", "budget", and
    "no_offer" for a bundle that nobody can take.
    """

    kind: str
    subject: str | None
    words: str


def constraint(award: Award, key: Key) -> Constraint:
    """The constraint of a key."""
    return Constraint(key[0], key[1] or None, _words(award, key))


def cost_of(award: Award) -> Amount:
    """Cost of the bundles and of the transitions."""
    return Amount(np.where(award.offered, award.cost, 0.0), award.transition)


def worth_of(award: Award) -> Amount:
    """Quality × value, negative because more is better."""
    worth = np.where(award.offered, award.quality, 0.0) * award.value[:, None]
    return Amount(-worth, np.zeros(len(award.bidders)))


def objectives(award: Award) -> tuple[Amount, Amount]:
    """What is to be least, and what decides among awards that are equal in it.

    Quality does not decide among equal costs where some of it is not known.
    """
    cost, worth = cost_of(award), worth_of(award)
    if np.isnan(award.quality[award.offered]).any():
        worth = Amount(np.zeros_like(worth.options), worth.bidders)
    return (worth, cost) if award.objective == QUALITY else (cost, worth)


def limits_of(award: Award) -> list[Limit]:
    """The constraints that are sums."""
    columns = len(award.bidders)
    free, each = np.zeros(award.cost.shape), np.zeros(columns)
    found = [
        Limit((CAPACITY, bid.code), Amount(_only(award.hours, column), each), bid.capacity)
        for column, bid in enumerate(award.bidders)
        if bid.capacity is not None
    ]
    limits = award.limits
    if limits.max_providers is not None:
        found.append(Limit((MAX_PROVIDERS, ""), Amount(free, each + 1), limits.max_providers))
    if limits.concentration is not None:
        shares = np.repeat(award.value[:, None], columns + 1, axis=1)
        most = limits.concentration * float(award.value.sum())
        found += [Limit((CONCENTRATION, ""), Amount(_only(shares, k), each), most) for k in range(columns)]
    if limits.budget is not None:
        found.append(Limit((BUDGET, ""), cost_of(award), limits.budget))
    return found


def _only(amounts: Array, column: int) -> Array:
    found = np.zeros_like(amounts)
    found[:, column] = amounts[:, column]
    return found


def constraint_keys(award: Award) -> list[Key]:
    """Every constraint, those that forbid single offers first."""
    excluded, poor = award.offered & award.excluded, award.offered & award.poor
    keys = [(EXCLUDED, bid.code) for column, bid in enumerate(award.bidders) if excluded[:, column].any()]
    keys += [(POOR, bundle.code) for row, bundle in enumerate(award.bundles) if poor[row].any()]
    return list(dict.fromkeys([*keys, *(limit.key for limit in limits_of(award))]))


def _words(award: Award, key: Key) -> str:
    """A constraint as a sentence."""
    kind, subject = key
    limits = award.limits
    if kind == CAPACITY:
        capacity = next(bid.capacity for bid in award.bidders if bid.code == subject)
        return f"{subject} can do no more than {capacity:,.10g} hours"
    if kind == POOR:
        least = next(bundle.minimum_quality for bundle in award.bundles if bundle.code == subject)
        return f"an offer for {subject} needs a quality of at least {least:,.10g}"
    return {
        EXCLUDED: f"{subject} may not take a bundle with a task that it is excluded from",
        MAX_PROVIDERS: f"no more than {limits.max_providers} provider(s) may win",
        CONCENTRATION: f"no provider may win more than {100 * (limits.concentration or 0):g} % of the value",
        BUDGET: f"the total cost may not be above {limits.budget or 0:,.10g}",
        NO_OFFER: f"nobody offers {subject}, and it cannot stay in-house",
    }[kind]
