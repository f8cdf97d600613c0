"""What another factor set would make of the tasks: scored, compared, not saved (room: services)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from assessments import scoring
from assessments.kept import kept
from assessments.models import BASKET_OUTCOMES, Assessment, TaskAssessment
from assessments.words import Verdict, task_verdict

# Scoring goes through every answer of every task; a page does not wait for more than these.
MOST = 20_000
SHOWN = 50
_BATCH = 2_000
_SAME = 1e-9


@dataclass(frozen=True)
class Before:
    """What is stored of a task."""

    score: float | None
    band: str
    outcome: str
    restriction: str
    gates: tuple[str, ...]
    open_conditions: int
    verdict: Verdict

    @classmethod
    def of(cls, task: TaskAssessment) -> Before:
        """Read it off the row."""
        parts = (task.score, task.band, task.outcome, task.restriction)
        return cls(*parts, tuple(task.gates), task.open_conditions, task_verdict(task))


@dataclass(frozen=True)
class Moved:
    """A task of which more than the score would change; ``gained`` and ``lost`` are codes of gates."""

    pk: int
    code: str
    name: str
    before: Before
    after: Before
    cost: Decimal | None

    @property
    def gained(self) -> tuple[str, ...]:
        """Gates that would fire and do not now."""
        return tuple(code for code in self.after.gates if code not in self.before.gates)

    @property
    def lost(self) -> tuple[str, ...]:
        """Gates that fire now and would not."""
        return tuple(code for code in self.before.gates if code not in self.after.gates)

    @property
    def changes_outcome(self) -> bool:
        """Whether the outcome would be another one."""
        return self.before.outcome != self.after.outcome

    @property
    def weight(self) -> tuple[bool, Decimal, str]:
        """Its place in the list: other outcomes first, then the dearest."""
        return (not self.changes_outcome, -(self.cost or Decimal(0)), self.code)


@dataclass(frozen=True)
class Effect:
    """Counts over all tasks; ``total`` above ``MOST`` means that nothing was tried.

    Money is in-house cost a year: of the tasks that would go out and do not now, and the other way round;
    ``uncosted`` of these tasks have none.
    """

    total: int
    is_tried: bool = True
    scores: int = 0
    bands: int = 0
    outcomes: int = 0
    gates: int = 0
    conditions: int = 0
    unscored: int = 0
    largest: float = 0.0
    would_go: int = 0
    would_go_cost: Decimal = Decimal(0)
    would_stay: int = 0
    would_stay_cost: Decimal = Decimal(0)
    uncosted: int = 0
    moved: tuple[Moved, ...] = ()
    not_listed: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether every task would stay exactly as it is."""
        return not (self.scores or self.bands or self.outcomes or self.gates or self.conditions)


def effect(*, assessment: Assessment, content: Mapping[str, Any], key: str) -> Effect:
    """Try a factor set on every task; kept until a task changes. ``key`` names the content."""
    return kept(assessment.pk, f"effect:{key}", lambda: _tried(assessment, content))


def _tried(assessment: Assessment, content: Mapping[str, Any]) -> Effect:
    total = TaskAssessment.objects.filter(assessment=assessment).count()
    if total > MOST:
        return Effect(total, is_tried=False)
    found, moved = Effect(total), []
    for task, before in _scored(assessment, content):
        one = Moved(
            task.pk, task.list_code, task.legal_task.name, before, Before.of(task), task.baseline_amount
        )
        found = _counted(found, one)
        if _is_more_than_a_score(one):
            moved.append(one)
    moved.sort(key=lambda one: one.weight)
    return replace(found, moved=tuple(moved[:SHOWN]), not_listed=max(0, len(moved) - SHOWN))


def _scored(assessment: Assessment, content: Mapping[str, Any]) -> Iterator[tuple[TaskAssessment, Before]]:
    """Give each task as it would be scored, with what is stored of it; the very code that would save it."""
    scorer = scoring.Scorer.under(content, assessment)
    rows = TaskAssessment.objects.filter(assessment=assessment).select_related("legal_task").order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        before = [Before.of(task) for task in batch]
        scoring.fill_all(batch, scorer, among=_among(batch, assessment))
        yield from zip(batch, before, strict=True)
        last = batch[-1].pk


def _among(batch: Sequence[TaskAssessment], assessment: Assessment) -> dict[str, Any]:
    return {
        "task__assessment": assessment,
        "task_id__gte": batch[0].pk,
        "task_id__lte": batch[-1].pk,
    }


def _is_more_than_a_score(one: Moved) -> bool:
    before, after = one.before, one.after
    return replace(before, score=None) != replace(after, score=None)


def _counted(found: Effect, one: Moved) -> Effect:
    before, after = one.before, one.after
    moved_by = _distance(before.score, after.score)
    goes, went = (side.outcome in BASKET_OUTCOMES for side in (after, before))
    cost = one.cost or Decimal(0)
    return replace(
        found,
        scores=found.scores + (moved_by is None or moved_by > _SAME),
        largest=max(found.largest, moved_by or 0.0),
        bands=found.bands + (before.band != after.band),
        outcomes=found.outcomes + one.changes_outcome,
        gates=found.gates + (before.gates != after.gates),
        conditions=found.conditions + (before.open_conditions != after.open_conditions),
        unscored=found.unscored + (before.score is not None and after.score is None),
        would_go=found.would_go + (goes and not went),
        would_go_cost=found.would_go_cost + (cost if goes and not went else 0),
        would_stay=found.would_stay + (went and not goes),
        would_stay_cost=found.would_stay_cost + (cost if went and not goes else 0),
        uncosted=found.uncosted + (goes != went and one.cost is None),
    )


def _distance(before: float | None, after: float | None) -> float | None:
    """How far the score moves; None where it comes or goes."""
    if before is None and after is None:
        return 0.0
    return None if before is None or after is None else abs(after - before)
