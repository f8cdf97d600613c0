"""What differs between two assessments, task by task: what somebody changed, and apart from it what follows.

One changed cell, answer or condition is one difference. Score, outcome and cost follow from those and are
shown beside them, but never counted. Tasks are read in batches, so the memory does not grow with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

import figures
from assessments import words
from assessments.cells import COLUMNS, Roles, cell_text
from assessments.models import (
    Assessment,
    FactorAnswer,
    GateClosure,
    LegalTask,
    RoleRate,
    TaskAssessment,
    Waiver,
)
from assessments.models_split import TaskSplit
from assessments.rulebook import Rulebook

BATCH = 500
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
class _Seen:
    """One task on one side: what somebody said, and what follows."""

    code: str
    name: str
    said: Mapping[str, str]
    results: Mapping[str, str]


def batches(older: Assessment, newer: Assessment) -> Iterator[list[TaskChange]]:
    """Give the tasks that differ, in the order of their codes."""
    tasks = LegalTask.objects.filter(assessments__assessment__in=(older, newer))
    keys = list(tasks.order_by("code").distinct().values_list("pk", flat=True))
    sides = _Side(older), _Side(newer)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        before, after = (side.read(batch) for side in sides)
        _say_splits(batch, before, after)
        pairs = ((before.get(key), after.get(key)) for key in batch)
        yield [change for old, new in pairs if (change := _change(old, new)) is not None]


def _say_splits(keys: Sequence[int], before: dict[int, _Seen], after: dict[int, _Seen]) -> None:
    """Beside a task that came or went: of which one it is a part, into which ones it was split."""
    rows = TaskSplit.objects.select_related("whole", "out", "stays")
    found = rows.filter(Q(whole__in=keys) | Q(out__in=keys) | Q(stays__in=keys))
    for split in found:
        parts = f"{split.out.code} and {split.stays.code}"
        for side, other in ((before, after), (after, before)):
            _say(side, other, split.whole_id, {"Split into": parts})
            for key in (split.out_id, split.stays_id):
                _say(side, other, key, {"Part of": str(split.whole)})


def _say(side: dict[int, _Seen], other: Mapping[int, _Seen], key: int, more: Mapping[str, str]) -> None:
    if key in side and key not in other:
        side[key] = replace(side[key], results={**more, **side[key].results})


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
        self._names = {factor.code: factor.name for factor in Rulebook(assessment.factor_set.content).factors}

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


def rule_differences(older: Assessment, newer: Assessment) -> tuple[Difference, ...]:
    """Say whether they were scored by different rules."""
    return _differences(
        {"Factors and gates": str(older.factor_set)}, {"Factors and gates": str(newer.factor_set)}
    )
