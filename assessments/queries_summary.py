"""What stands above the task table: how many tasks have which outcome, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

import figures
from assessments import words
from assessments.models import BASKET_OUTCOMES, Outcome
from assessments.queries_totals import Group, Totals


@dataclass(frozen=True)
class MixRow:
    """One outcome: ``percent`` is its share of the in-house cost that is scored; None if unknown."""

    key: str
    verdict: words.Verdict
    count: int
    percent: float | None


@dataclass(frozen=True)
class Summary:
    """Counts and unrounded amounts of one assessment. Amounts are a year."""

    total: int
    mix: tuple[MixRow, ...]
    scored_cost: float | None
    basket_cost: float | None
    without_cost: int
    stops: str
    open_conditions: int
    assumed: int
    status: str


def summary(found: Totals) -> Summary:
    """Summarise all tasks of an assessment."""
    cost = found.cost(found.scored)
    keys = [key for key in Outcome.values if key != Outcome.PREPARE_FIRST or found.of(key).count]
    return Summary(
        total=found.total,
        mix=tuple(_mix_row(key, found.of(key), cost) for key in [*keys, ""]),
        scored_cost=cost,
        basket_cost=found.cost(BASKET_OUTCOMES),
        without_cost=found.total - found.sum("costed"),
        stops=_stops(found),
        open_conditions=found.sum("conditions", BASKET_OUTCOMES),
        assumed=found.sum("assumed"),
        status=_status(found),
    )


def _mix_row(key: str, group: Group, cost: float | None) -> MixRow:
    percent = 100 * float(group.cost or 0) / cost if key and cost else None
    return MixRow(key, words.verdict(outcome=key, restriction=None), group.count, percent)


def _stops(found: Totals) -> str:
    """Which tasks are stopped by a gate, whatever their score: "2, on D06"."""
    if not found.stopped:
        return "none"
    more = found.stopped - len(found.stopped_codes)
    named = ", ".join(found.stopped_codes) + (f" and {figures.count(more)} more" if more else "")
    return f"{figures.count(found.stops)}, on {named}"


def _status(found: Totals) -> str:
    """One sentence: how far the scoring is and where the tasks go."""
    waiting, total = found.of("").count, found.total
    goes = found.sum("count", BASKET_OUTCOMES)
    parts = [
        (goes, "goes to the basket", "go to the basket"),
        (found.of(Outcome.COSOURCE).count, "is split", "are split"),
        (found.of(Outcome.PREPARE_FIRST).count, "needs preparing", "need preparing"),
        (found.of(Outcome.RETAIN).count, "stays", "stay"),
        (waiting, "waits for answers", "wait for answers"),
    ]
    said = [
        f"{figures.count(number)} {one if number == 1 else many}" for number, one, many in parts if number
    ]
    noun = "task" if total == 1 else "tasks"
    return f"{figures.count(total - waiting)} of {figures.count(total)} {noun} scored: {', '.join(said)}."
