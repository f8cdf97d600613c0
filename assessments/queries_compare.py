"""Two assessments side by side: totals by outcome, and the tasks that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import figures
from assessments import words
from assessments.models import Assessment, Outcome
from assessments.queries_differences import (
    ADDED,
    CHANGED,
    REMOVED,
    Difference,
    TaskChange,
    batches,
    rate_differences,
    rule_differences,
)
from assessments.queries_totals import Group, Totals, totals
from assessments.rulebook import Rulebook

# More tasks than anybody reads on a page; the file has all of them.
MOST = 2_000
SHOWN = 200


@dataclass(frozen=True)
class OutcomeLine:
    """An outcome on both sides; costs are a year, None where none is known."""

    name: str
    before: int
    after: int
    count_change: str
    cost_before: float | None
    cost_after: float | None
    cost_change: str
    is_sum: bool = False


@dataclass(frozen=True)
class Comparison:
    """What the page shows. ``differences`` counts cells, answers, conditions, waivers and role rates."""

    older: Assessment
    newer: Assessment
    outcomes: tuple[OutcomeLine, ...]
    rates: tuple[Difference, ...]
    rules: tuple[Difference, ...]
    changes: tuple[TaskChange, ...]
    changed: int
    added: int
    removed: int
    same: int
    differences: int
    is_too_long: bool

    @property
    def is_same(self) -> bool:
        """Whether nothing at all differs."""
        return not (
            self.changed or self.added or self.removed or self.rates or self.rules or self.is_too_long
        )

    @property
    def more(self) -> int:
        """How many tasks that differ are not shown."""
        return self.changed + self.added + self.removed - len(self.changes)


def compare(older: Assessment, newer: Assessment) -> Comparison:
    """Compare two assessments; the number of queries grows with batches of tasks alone."""
    sides = [totals(assessment=one, rulebook=Rulebook(one.factor_set.content)) for one in (older, newer)]
    is_too_long = max(side.total for side in sides) > MOST
    found = [] if is_too_long else [change for batch in batches(older, newer) for change in batch]
    kinds = {kind: sum(change.kind == kind for change in found) for kind in (ADDED, REMOVED, CHANGED)}
    rates, rules = rate_differences(older, newer), rule_differences(older, newer)
    return Comparison(
        older=older,
        newer=newer,
        outcomes=_outcomes(*sides),
        rates=rates,
        rules=rules,
        changes=tuple(found[:SHOWN]),
        changed=kinds[CHANGED],
        added=kinds[ADDED],
        removed=kinds[REMOVED],
        same=sides[1].total - kinds[CHANGED] - kinds[ADDED],
        differences=sum(map(_weight, found)) + len(rates) + len(rules),
        is_too_long=is_too_long,
    )


def _weight(change: TaskChange) -> int:
    """A whole task that came or went is one difference."""
    return len(change.differences) if change.kind == CHANGED else 1


def _outcomes(before: Totals, after: Totals) -> tuple[OutcomeLine, ...]:
    named = [(key, words.OUTCOMES[key]) for key in Outcome.values] + [("", words.NOT_SCORED)]
    lines = [_outcome(name, before.of(key), after.of(key)) for key, name in named]
    every = [key for key, _ in named]
    both = [_joined(side, every) for side in (before, after)]
    return (
        *(line for line in lines if line.before or line.after),
        _outcome("All legal tasks", *both, is_sum=True),
    )


def _joined(side: Totals, keys: Sequence[str]) -> Group:
    whole = Group()
    for key in keys:
        whole = whole.joined(side.of(key))
    return whole


def _outcome(name: str, before: Group, after: Group, *, is_sum: bool = False) -> OutcomeLine:
    costs = [None if side.cost is None else float(side.cost) for side in (before, after)]
    known = [cost or 0.0 for cost in costs]
    has_cost = any(cost is not None for cost in costs)
    return OutcomeLine(
        name=name,
        before=before.count,
        after=after.count,
        count_change=figures.signed(after.count - before.count, figures.count),
        cost_before=costs[0],
        cost_after=costs[1],
        cost_change=figures.signed(known[1] - known[0], figures.money) if has_cost else figures.DASH,
        is_sum=is_sum,
    )
