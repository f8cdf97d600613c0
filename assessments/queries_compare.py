"""Two assessments side by side: what was changed by somebody, and apart from it what follows from that.

One changed cell, answer or condition is one difference. Score, outcome and cost follow from those and are
shown beside them, but never counted. Tasks are read in batches, so the memory does not grow with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import figures
from assessments import words
from assessments.cells import COLUMNS, Roles, cell_text
from assessments.models import (
    Assessment,
    FactorAnswer,
    GateClosure,
    LegalTask,
    Outcome,
    RoleRate,
    TaskAssessment,
    Waiver,
)
from assessments.queries_totals import Group, Totals, totals
from assessments.rulebook import Rulebook

BATCH = 500
# More tasks than anybody reads on a page; the file has all of them.
MOST = 2_000
SHOWN = 200
_CELLS = {column.key: column.title for column in COLUMNS if column.key not in {"code", "practice_area"}}
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """One thing that differs, as texts; empty is nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class TaskChange:
    """A task that differs. ``kind``: added, removed or changed; ``results``: what follows from it."""

    code: str
    name: str
    kind: str
    differences: tuple[Difference, ...]
    results: tuple[Difference, ...]


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


@dataclass(frozen=True)
class _Seen:
    """One task on one side: what somebody said, and what follows."""

    code: str
    name: str
    said: Mapping[str, str]
    results: Mapping[str, str]


def compare(older: Assessment, newer: Assessment) -> Comparison:
    """Compare two assessments; the number of queries grows with batches of tasks alone."""
    sides = [totals(assessment=one, rulebook=_book(one)) for one in (older, newer)]
    is_too_long = max(side.total for side in sides) > MOST
    found = [] if is_too_long else [change for batch in batches(older, newer) for change in batch]
    kinds = {kind: sum(change.kind == kind for change in found) for kind in (ADDED, REMOVED, CHANGED)}
    rates, rules = rate_differences(older, newer), _rules(older, newer)
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


def batches(older: Assessment, newer: Assessment) -> Iterator[list[TaskChange]]:
    """Give the tasks that differ, in the order of their codes."""
    tasks = LegalTask.objects.filter(assessments__assessment__in=(older, newer))
    keys = list(tasks.order_by("code").distinct().values_list("pk", flat=True))
    sides = _Side(older), _Side(newer)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        before, after = (side.read(batch) for side in sides)
        pairs = ((before.get(key), after.get(key)) for key in batch)
        yield [change for old, new in pairs if (change := _change(old, new)) is not None]


def _change(old: _Seen | None, new: _Seen | None) -> TaskChange | None:
    if old is None or new is None:
        one = new or old
        if one is None:
            return None
        results = tuple(
            Difference(what, text if old else "", text if new else "")
            for what, text in one.results.items()
            if text
        )
        return TaskChange(one.code, one.name, ADDED if new else REMOVED, (), results)
    said = _differences(old.said, new.said)
    results = _differences(old.results, new.results)
    return TaskChange(new.code, new.name, CHANGED, said, results) if said or results else None


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    return tuple(
        Difference(what, before.get(what, ""), after.get(what, ""))
        for what in {**before, **after}
        if before.get(what, "") != after.get(what, "")
    )


class _Side:
    """One of the two assessments, read a batch at a time."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self._roles = Roles.of(assessment.pk)
        self._names = {factor.code: factor.name for factor in _book(assessment).factors}

    def read(self, legal_tasks: Sequence[int]) -> dict[int, _Seen]:
        """Read those of some legal tasks that are in the assessment, by the key of the legal task."""
        rows = TaskAssessment.objects.with_task().defer("counsel_note", "search_text", "result")
        tasks = list(rows.filter(assessment=self._assessment, legal_task__in=legal_tasks))
        keys = [task.pk for task in tasks]
        answers, gates = self._answers(keys), self._gates(keys)
        return {
            task.legal_task_id: _Seen(
                task.legal_task.code,
                _name(task),
                {**self._cells(task), **answers[task.pk], **gates[task.pk]},
                _results(task),
            )
            for task in tasks
        }

    def _cells(self, task: TaskAssessment) -> dict[str, str]:
        cells = {
            title: _name(task) if key == "name" else cell_text(key, getattr(task, key), self._roles)
            for key, title in _CELLS.items()
        }
        return {**cells, "Flags": ", ".join(words.flag_name(flag) for flag in task.flags)}

    def _answers(self, keys: Sequence[int]) -> Mapping[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = defaultdict(dict)
        rows = FactorAnswer.objects.filter(task__in=keys).order_by("factor")
        for key, factor, level, reason in rows.values_list("task_id", "factor", "level", "reason"):
            text = "don’t know" if level is None else str(level)
            named = f"{self._names.get(factor, factor)} ({factor})"
            found[key][named] = f"{text}: {reason}" if reason else text
        return found

    def _gates(self, keys: Sequence[int]) -> Mapping[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = defaultdict(dict)
        closures = GateClosure.objects.filter(task__in=keys).select_related("lawyer")
        for closure in closures.order_by("gate", "condition"):
            lawyer = f"; lawyer {closure.lawyer}" if closure.lawyer else ""
            found[closure.task_id][f"{closure.gate}: {closure.condition}"] = (
                f"closed ({closure.evidence}{lawyer})"
            )
        waivers = Waiver.objects.filter(task__in=keys, state=Waiver.State.GRANTED)
        for waiver in waivers.order_by("gate"):
            found[waiver.task_id][f"{waiver.gate}: waiver"] = f"in force ({waiver.reason})"
        return found


def _name(task: TaskAssessment) -> str:
    return task.approved_name or task.legal_task.name


def _results(task: TaskAssessment) -> dict[str, str]:
    outcome = words.verdict(outcome=task.outcome, restriction=task.restriction)
    return {
        "Outcome": outcome.text,
        "Score": figures.score(task.score, none=""),
        "Gates": " ".join(task.gates),
        "Open conditions": figures.count(task.open_conditions) if task.open_conditions else "",
        "Hours a year": figures.hours(task.annual_hours, none=""),
        "In-house cost a year": figures.money(task.baseline_amount, none=""),
    }


def _book(assessment: Assessment) -> Rulebook:
    return Rulebook(assessment.factor_set.content)


def rate_differences(older: Assessment, newer: Assessment) -> tuple[Difference, ...]:
    """Compare what an hour of each role costs."""
    sides: list[dict[str, str]] = [{}, {}]
    rows: Any = RoleRate.objects.filter(assessment__in=(older, newer)).order_by("pk")
    for rate in rows:
        side = sides[rate.assessment_id == newer.pk]
        basis = f"; {rate.basis}" if rate.basis else ""
        said = f"{figures.price(rate.hourly_amount)} an hour ({rate.get_kind_display().lower()}){basis}"
        side[rate.name] = said
    return _differences(*sides)


def _rules(older: Assessment, newer: Assessment) -> tuple[Difference, ...]:
    return _differences(
        {"Factors and gates": str(older.factor_set)}, {"Factors and gates": str(newer.factor_set)}
    )


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
