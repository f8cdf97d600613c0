"""The sensitivity of outcomes as tables and as a file (a room beside charts and table)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import figures
from assessments import words
from assessments.rulebook import Rulebook
from assessments.shifting import Sensitivity, Subject
from engine import Shift, SuitabilityShifts
from tabular import csv_pieces

# Tasks named for each change: all that a small assessment has, a few of a large one; the file has all.
NAMED, FEW = 8, 2
LISTED = 50
BATCH = 500
UP_AND_DOWN = {1: "up", -1: "down"}
HEADERS = (
    *("Code", "Task", "Kind of move", "Factor", "Factor name", "Move"),
    *("Band now", "Band then", "Outcome now", "Outcome then", "Outcome changes"),
)


@dataclass(frozen=True)
class Change:
    """Tasks that one move takes the same way: ``text`` is "Pilot first → Co-source"; ``more`` not named."""

    text: str
    is_band_only: bool
    tasks: tuple[Subject, ...]
    more: int


@dataclass(frozen=True)
class Cell:
    """What one move of one factor changes."""

    changes: tuple[Change, ...]


@dataclass(frozen=True)
class FactorRow:
    """A factor with its weight of 100 now, and what its four moves change."""

    code: str
    name: str
    weight: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class TaskRow:
    """A task with the number of moves that change its outcome, and which those are, by what it becomes."""

    task: Subject
    verdict: words.Verdict
    answers: int
    answer_moves: int
    weights: int
    becomes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tables:
    """Everything the section prints; ``rows`` are the most easily changed tasks first."""

    sentence: str
    notes: tuple[str, ...]
    factors: tuple[FactorRow, ...]
    rows: tuple[TaskRow, ...]
    not_listed: int


def tables(found: Sensitivity, shifts: SuitabilityShifts, rulebook: Rulebook, *, points: int) -> Tables:
    """Arrange what the engine found."""
    rows = _task_rows(found, shifts, {factor.code: factor.name for factor in rulebook.factors})
    return Tables(
        sentence=_sentence(found, shifts, points),
        notes=tuple(_notes(shifts)),
        factors=_factor_rows(found, shifts, rulebook, points),
        rows=tuple(rows[:LISTED]),
        not_listed=max(0, len(rows) - LISTED),
    )


def shift_csv(found: Sensitivity, shifts: SuitabilityShifts, rulebook: Rulebook) -> Iterator[bytes]:
    """Write one line for each move that changes something, those of weights first."""
    names = {factor.code: factor.name for factor in rulebook.factors}
    lines = [
        *(_line(found, shift, names, is_weight=True) for shift in shifts.by_weight),
        *(_line(found, shift, names, is_weight=False) for shift in shifts.by_answer),
    ]
    batches = (lines[start : start + BATCH] for start in range(0, len(lines), BATCH))
    return csv_pieces(HEADERS, batches)


def _line(found: Sensitivity, shift: Shift, names: dict[str, str], *, is_weight: bool) -> tuple[str, ...]:
    task, unit = found.subjects[shift.task], "points of 100" if is_weight else "level"
    return (
        task.code,
        task.name,
        "weight" if is_weight else "answer",
        shift.factor,
        names[shift.factor],
        f"{'up' if shift.move > 0 else 'down'} {abs(shift.move):g} {unit}",
        _named(shift.band_before),
        _named(shift.band_after),
        _named(shift.outcome_before),
        _named(shift.outcome_after),
        "yes" if shift.changes_outcome else "no",
    )


def _named(outcome: str) -> str:
    return words.OUTCOMES.get(outcome, outcome)


def _factor_rows(
    found: Sensitivity, shifts: SuitabilityShifts, rulebook: Rulebook, points: int
) -> tuple[FactorRow, ...]:
    weights, answers = _by_move(shifts.by_weight), _by_move(shifts.by_answer)
    total = sum(factor.weight for factor in rulebook.factors)
    return tuple(
        FactorRow(
            code=factor.code,
            name=factor.name,
            weight=100 * factor.weight / total if total else 0.0,
            cells=(
                *(_cell(found, weights[factor.code, move]) for move in (points, -points)),
                *(_cell(found, answers[factor.code, move]) for move in UP_AND_DOWN),
            ),
        )
        for factor in rulebook.factors
    )


def _by_move(shifts: Iterable[Shift]) -> dict[tuple[str, float], list[Shift]]:
    found: dict[tuple[str, float], list[Shift]] = defaultdict(list)
    for shift in shifts:
        found[shift.factor, shift.move].append(shift)
    return found


def _cell(found: Sensitivity, shifts: Sequence[Shift]) -> Cell:
    """Group the tasks by what becomes of them; changes of the outcome come first."""
    groups: dict[tuple[bool, str], list[Subject]] = defaultdict(list)
    for shift in shifts:
        pair = (
            (shift.outcome_before, shift.outcome_after)
            if shift.changes_outcome
            else (shift.band_before, shift.band_after)
        )
        text = " → ".join(map(_named, pair))
        groups[not shift.changes_outcome, text].append(found.subjects[shift.task])
    named = NAMED if found.total <= LISTED else FEW
    return Cell(
        tuple(
            Change(text, is_band_only, tuple(tasks[:named]), max(0, len(tasks) - named))
            for (is_band_only, text), tasks in sorted(groups.items(), key=lambda group: group[0])
        )
    )


def _task_rows(found: Sensitivity, shifts: SuitabilityShifts, names: Mapping[str, str]) -> list[TaskRow]:
    """Tasks that some single move sends elsewhere: those with the most such answers first."""
    answers, weights = _by_task(shifts.by_answer), _by_task(shifts.by_weight)
    rows = []
    for place, moves in zip(shifts.scored, shifts.answer_moves, strict=True):
        if not answers[place] and not weights[place]:
            continue
        task = found.subjects[place]
        rows.append(
            TaskRow(
                task=task,
                verdict=words.verdict(outcome=task.outcome, restriction=task.restriction),
                answers=len(answers[place]),
                answer_moves=moves,
                weights=len(weights[place]),
                becomes=_becomes(answers[place], names),
            )
        )
    return sorted(rows, key=lambda row: (-row.answers, -row.weights, row.task.code))


def _by_task(shifts: Iterable[Shift]) -> dict[int, list[Shift]]:
    found: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        if shift.changes_outcome:
            found[shift.task].append(shift)
    return found


def _becomes(shifts: Sequence[Shift], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Pair each outcome a task could get with the answers that would do it: "down: Volume, Cost gap"."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for shift in shifts:
        found[_named(shift.outcome_after)][UP_AND_DOWN[int(shift.move)]].append(names[shift.factor])
    return tuple(
        (outcome, "; ".join(f"{move}: {', '.join(factors)}" for move, factors in moves.items()))
        for outcome, moves in found.items()
    )


def _sentence(found: Sensitivity, shifts: SuitabilityShifts, points: int) -> str:
    number = len(shifts.scored)
    if not number:
        return "No task here has a score, so nothing can change yet."
    by_weight, by_answer = set(_by_task(shifts.by_weight)), set(_by_task(shifts.by_answer))
    firm = number - len(by_weight | by_answer)
    noun = "task" if number == 1 else "tasks"
    one, two = len(by_weight), len(by_answer)
    return (
        f"Of {figures.count(number)} scored {noun}, {figures.count(one)} would get another outcome if one "
        f"weight moved by {points} points of 100, and {figures.count(two)} if one answer moved by one level. "
        f"{figures.count(firm)} {'keeps' if firm == 1 else 'keep'} the outcome whatever single move is made."
    )


def _notes(shifts: SuitabilityShifts) -> Iterator[str]:
    left = len(shifts.left_out)
    if left:
        verb = "task without a score is" if left == 1 else "tasks without a score are"
        yield f"{figures.count(left)} {verb} left out: with an answer missing there is nothing to move from."
    if shifts.unknown_moves:
        number = shifts.unknown_moves
        what = "result is" if number == 1 else "results are"
        yield (
            f"{figures.count(number)} {what} not known: a factor without a weight would count, and its "
            "question is not answered."
        )
