"""The tables of the portfolio page with their words (room: words)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import figures
from assessments import words
from assessments.models import RoleRate
from assessments.queries_portfolio import Capacity, Part, Quadrant

# (suited, dear) -> name and what it is for.
QUADRANTS = {
    (True, True): ("Suited, much at stake", "look here first: gates and conditions decide what can go"),
    (True, False): ("Suited, less at stake", "easy to add to a bundle, saves little alone"),
    (False, True): ("Less suited, much at stake", "split it, or prepare it, before sending any of it"),
    (False, False): ("Less suited, less at stake", "leave it where it is"),
}


@dataclass(frozen=True)
class QuadrantRow:
    """One line of the table beside the drawing."""

    name: str
    meaning: str
    count: int
    going: int
    cost: float


@dataclass(frozen=True)
class QuadrantTable:
    """All four, their sum, and how many tasks have no place for want of a score or a cost."""

    rows: tuple[QuadrantRow, ...]
    total: QuadrantRow
    without_place: int


@dataclass(frozen=True)
class CostRow:
    """One outcome: ``cost`` is None where no cost is known, ``percent`` its share of what is known."""

    verdict: words.Verdict
    count: int
    cost: float | None
    percent: float | None
    without_cost: int


@dataclass(frozen=True)
class CostTable:
    """The outcomes that occur, and all of them together."""

    rows: tuple[CostRow, ...]
    count: int
    cost: float | None
    without_cost: int


@dataclass(frozen=True)
class PersonRow:
    """Hours of one role, or of several; ``fte`` is people with the productive hours that the page names."""

    name: str
    kind: str
    hours: float
    fte: float
    cost: float | None


@dataclass(frozen=True)
class People:
    """Capacity that the outgoing work takes today; ``fte`` texts are people with one decimal."""

    sentence: str
    rows: tuple[PersonRow, ...]
    sums: tuple[PersonRow, ...]
    notes: tuple[str, ...]


def quadrant_rows(parts: Sequence[Quadrant], costs: Mapping[str, Part]) -> QuadrantTable:
    """Name the quadrants and add them up."""
    rows = tuple(
        QuadrantRow(*QUADRANTS[part.is_suited, part.is_dear], part.count, part.going, part.cost)
        for part in parts
    )
    total = QuadrantRow(
        "All with a place",
        "",
        sum(row.count for row in rows),
        sum(row.going for row in rows),
        sum(row.cost for row in rows),
    )
    return QuadrantTable(rows, total, sum(part.count for part in costs.values()) - total.count)


def cost_rows(costs: Mapping[str, Part]) -> CostTable:
    """Give the outcomes that occur with their cost; what is not known is counted, never taken as 0."""
    known = [part.cost for part in costs.values() if part.cost is not None]
    total = float(sum(known)) if known else None
    rows = tuple(
        CostRow(
            verdict=words.verdict(outcome=key, restriction=None),
            count=part.count,
            cost=None if part.cost is None else float(part.cost),
            percent=100 * float(part.cost) / total if part.cost is not None and total else None,
            without_cost=part.without_cost,
        )
        for key, part in costs.items()
        if part.count
    )
    return CostTable(rows, sum(row.count for row in rows), total, sum(row.without_cost for row in rows))


def people(found: Capacity, productive: float) -> People:
    """Turn hours by role into people, salaried and outside spend apart."""
    kinds = {False: str(RoleRate.Kind.INTERNAL.label), True: str(RoleRate.Kind.EXTERNAL_CASH.label)}
    rows = [
        PersonRow(role.name, kinds[role.is_cash], role.hours, role.hours / productive, role.cost)
        for role in found.roles
    ]
    if found.unplaced:
        rows.append(
            PersonRow("Not told by role", "not known", found.unplaced, found.unplaced / productive, None)
        )
    sums = tuple(
        PersonRow(
            f"All {'outside' if is_cash else 'salaried'} roles",
            kinds[is_cash],
            found.hours_of(is_cash=is_cash),
            found.hours_of(is_cash=is_cash) / productive,
            found.cost_of(is_cash=is_cash),
        )
        for is_cash in (False, True)
    )
    return People(
        _people_sentence(found, productive), tuple(rows), sums if found.roles else (), _notes(found)
    )


def _people_sentence(found: Capacity, productive: float) -> str:
    if not found.tasks:
        return "No task here goes out, so no hours become free."
    noun = "task goes" if found.tasks == 1 else "tasks go"
    if not found.hours:
        return f"{figures.count(found.tasks)} {noun} out, but their hours a year are not known."
    free = found.hours_of(is_cash=False)
    return (
        f"{figures.count(found.tasks)} {noun} out and take {figures.hours(found.hours)} hours a year today. "
        f"{figures.hours(free)} of them are salaried: {figures.index(free / productive)} people of "
        f"{figures.exact(productive)} productive hours, before supervision."
    )


def _notes(found: Capacity) -> tuple[str, ...]:
    if not found.without_hours:
        return ()
    verb = "task that goes out has" if found.without_hours == 1 else "tasks that go out have"
    missing = "no volume a year or hours per unit, so these hours are not in it."
    return (f"{figures.count(found.without_hours)} {verb} {missing}",)
