"""What is worth finding out: the uncertain scores that could change the first place.

With all else at its base value, the total of an alternative moves with one of its values in a straight line,
and the other totals stay. So the first place changes at one point, which is a division, or not at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.distributions import expected_excess
from engine.model import Model
from engine.places import TIE
from engine.problem import Problem, require_problem
from engine.uncertain import Cell, centre
from engine.uncertain_scores import uncertain_scores, weighted_leaves

_ANY_VALUE = ([(0.0, 0.0), (1.0, 1.0)], ("uniform", 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Unknown:
    """One unknown or uncertain score of an alternative that is ranked, with all else at its base value.

    `could_change`: whether somewhere in its range another alternative comes first than in the base ranking.
    `at`: the raw score at which the two come level; `winner`: who is first beyond it; both None without a
    change. `low`, `high`: the total of the alternative, 0–100, at the ends of the range. `worth`: the points
    of the total that are gained on average by knowing the score before choosing, instead of taking the first
    of the base ranking (the expected value of perfect information for a choice by that ranking).
    """

    alternative: str
    criterion: str
    could_change: bool
    at: float | None
    winner: str | None
    low: float
    high: float
    worth: float


def unknowns(problem: Problem) -> tuple[Unknown, ...]:
    """Every unknown or uncertain score that counts: what is most worth finding out first, then by code.

    An unknown score has any value from 0 to 1, and the base value of the policy; an uncertain one has its
    range on the scale of the leaf (a normal one all of the scale), and its middle, mode or mean. A change is
    a lead of more than 1e-9 points. Of tied alternatives the first in file order counts as the first.

    Source: Howard, IEEE Transactions on Systems Science and Cybernetics 2 (1966) 22–26.
    """
    model = require_problem(problem).model
    rows, leaves = model.kept, weighted_leaves(model)
    contest = _Contest(model, {row: problem.scored.scores[row] for row in rows})
    found = [
        contest.unknown(rows[row], int(leaves[column]), cell)
        for row, column, cell in uncertain_scores(problem, rows, leaves)
    ]
    return tuple(sorted(found, key=lambda one: (-one.worth, one.alternative, one.criterion)))


class _Contest:
    """Who is first, and what each alternative has to compare with: the best of the others."""

    def __init__(self, model: Model, scores: Mapping[int, float]) -> None:
        self._model, self._scores = model, scores
        best = sorted(scores, key=lambda row: -scores[row])[:2]
        self._bars = {
            row: max((scores[one] for one in best if one != row), default=-math.inf) for row in scores
        }
        self._first = _leader(scores)
        self._second = _leader({row: score for row, score in scores.items() if row != self._first})

    def unknown(self, row: int, leaf: int, cell: Cell) -> Unknown:
        """What one uncertain score may do; a cell of None has any value."""
        model = self._model
        points_of_leaf = 100 * float(model.tree.overall[model.tree.leaves[leaf]])
        now = float(model.values[row, leaf])
        ends = float(model.low[row, leaf]), float(model.high[row, leaf])
        low, high = (self._scores[row] + points_of_leaf * (end - now) for end in ends)
        bar, is_first = float(self._bars[row]), row == self._first
        could_change = low < bar - TIE if is_first else high > bar + TIE
        winner = self._second if is_first else row
        level = now + (bar - self._scores[row]) / points_of_leaf
        return Unknown(
            alternative=model.codes[row],
            criterion=model.tree.leaf_codes[leaf],
            could_change=could_change,
            at=self._metric(leaf, cell, level, ends, falling=is_first) if could_change else None,
            winner=model.codes[winner] if could_change and winner is not None else None,
            low=max(0.0, low),
            high=min(100.0, high),
            worth=points_of_leaf * self._gain(leaf, cell, level, falling=is_first) if could_change else 0.0,
        )

    def _metric(
        self, leaf: int, cell: Cell, level: float, ends: tuple[float, float], *, falling: bool
    ) -> float:
        """The raw score, between the base score and the end of the range, at which `level` is reached."""
        function = self._model.tree.functions[leaf]
        metric = function.metric_at(min(max(level, ends[0]), ends[1]), falling=falling)
        if cell is None:
            return metric
        worst, best = function.points[0][0], function.points[-1][0]
        way = [centre(cell), worst if falling else best]
        if cell[0] != "normal":
            way[1] = float(cell[1] if (worst < best) == falling else cell[-1])
        return min(max(metric, min(way)), max(way))

    def _gain(self, leaf: int, cell: Cell, level: float, *, falling: bool) -> float:
        """The expected value beyond `level`, below it if `falling`."""
        value = min(max(level, 0.0), 1.0)
        points, drawn = _ANY_VALUE if cell is None else (self._model.tree.functions[leaf].points, cell)
        if not falling:
            return expected_excess(points, value, drawn)
        return expected_excess([(x, 1 - v) for x, v in reversed(points)], 1 - value, drawn)


def _leader(scores: Mapping[int, float]) -> int | None:
    """The row with the highest score, of tied ones the first in file order; None if there is nobody."""
    best = max(scores.values(), default=0.0)
    return next((row for row, score in scores.items() if score >= best - TIE), None)
