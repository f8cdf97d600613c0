"""What stands above the task table: how many tasks have which outcome, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assessments import words
from assessments.models import BASKET_OUTCOMES, Outcome
from assessments.queries import Line
from assessments.rulebook import Rulebook


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


def summary(*, found: Sequence[Line], rulebook: Rulebook) -> Summary:
    """Summarise all tasks of an assessment."""
    scored = [line for line in found if line.outcome]
    basket = [line for line in scored if line.outcome in BASKET_OUTCOMES]
    cost = _cost(scored)
    counts = Counter(line.outcome for line in found)
    keys = [key for key in Outcome.values if key != Outcome.PREPARE_FIRST or counts[key]]
    return Summary(
        total=len(found),
        mix=tuple(_mix_row(key, found, cost) for key in [*keys, ""]),
        scored_cost=cost,
        basket_cost=_cost(basket),
        without_cost=sum(1 for line in found if line.cost is None),
        stops=_stops(found, rulebook),
        open_conditions=sum(line.open_conditions for line in basket),
        assumed=sum(1 for line in found if line.is_assumed),
        status=_status(counts, len(found)),
    )


def _cost(lines: Sequence[Line]) -> float | None:
    """Sum what is known; None when nothing is, which is not 0."""
    known = [line.cost for line in lines if line.cost is not None]
    return sum(known) if known else None


def _mix_row(key: str, found: Sequence[Line], cost: float | None) -> MixRow:
    own = [line for line in found if line.outcome == key]
    percent = 100 * (_cost(own) or 0.0) / cost if key and cost else None
    return MixRow(key, words.verdict(outcome=key, restriction=None), len(own), percent)


def _stops(found: Sequence[Line], rulebook: Rulebook) -> str:
    """Which tasks are stopped by a gate, whatever their score: "2, on D06"."""
    stopped = {line.code: sum(rulebook.gates[code].is_stop for code in line.gates) for line in found}
    codes = [code for code, number in stopped.items() if number]
    if not codes:
        return "none"
    named = ", ".join(codes[:3]) + (f" and {len(codes) - 3} more" if len(codes) > 3 else "")
    return f"{sum(stopped.values())}, on {named}"


def _status(counts: Counter[str], total: int) -> str:
    """One sentence: how far the scoring is and where the tasks go."""
    waiting = counts[""]
    goes = sum(counts[outcome] for outcome in BASKET_OUTCOMES)
    parts = [
        (goes, "goes to the basket", "go to the basket"),
        (counts[Outcome.COSOURCE], "is split", "are split"),
        (counts[Outcome.PREPARE_FIRST], "needs preparing", "need preparing"),
        (counts[Outcome.RETAIN], "stays", "stay"),
        (waiting, "waits for answers", "wait for answers"),
    ]
    said = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    noun = "task" if total == 1 else "tasks"
    return f"{total - waiting} of {total} {noun} scored: {', '.join(said)}."
