"""Why another method puts the same alternative first, or another one: plain sentences from the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.places import TIE
from engine.problem import Criterion, Problem
from engine.wording import labels, listed, told_apart


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The ranked alternatives on bare arrays: rows in file order, columns the leaves that carry weight.

    `names`, `criteria`: what sentences call them; `first`: rows in first place in the weighted sum.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    criteria: tuple[str, ...]
    values: Array
    weights: Array
    first: tuple[int, ...]

    @classmethod
    def of(cls, problem: Problem) -> Field | None:
        """None when nobody is ranked."""
        model = problem.model
        kept = [row for row, excluded in enumerate(model.is_excluded) if not excluded]
        if not kept:
            return None
        weights = model.tree.overall[model.tree.leaves]
        names = labels((one.code, one.name) for one in problem.alternatives)
        criteria = labels((one.code, one.name) for one in _leaves(problem.criteria))
        scores = np.array([problem.scored.scores[row] for row in kept])
        return cls(
            codes=tuple(model.codes[row] for row in kept),
            names=tuple(names[row] for row in kept),
            criteria=tuple(criteria[column] for column in np.flatnonzero(weights)),
            values=model.values[kept][:, weights > 0],
            weights=weights[weights > 0],
            first=tuple(np.flatnonzero(scores >= scores.max() - TIE).tolist()),
        )

    def called(self, rows: Sequence[int]) -> str:
        """The names of some rows as a list."""
        return listed([self.names[row] for row in rows])


def _leaves(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if criterion.criteria:
            yield from _leaves(criterion.criteria)
        else:
            yield criterion


def agreement(field: Field, measure: str, scores: Array, groups: list[list[int]]) -> str:
    """Why the two agree. `groups`: rows by place, best first; `measure`: what the scores are called."""
    here = groups[0]
    both = [row for row in here if row in field.first]
    if len(field.codes) == 1:
        return f"{field.names[0]} is the only one that is ranked."
    text = f"{field.called(both)} {'comes' if len(both) == 1 else 'come'} first here too"
    if beside := [row for row in here if row not in both]:
        text += f", level with {field.called(beside)}"
    if level := [row for row in field.first if row not in both]:
        text += f", which the weighted sum has level with {field.called(level)}"
    if len(groups) > 1:
        following = groups[1][0]
        ours, theirs = told_apart(scores[both[0]], scores[following])
        text += f": {measure} {ours} against {theirs} for {field.names[following]}"
    return f"{text}."


def difference(
    field: Field, pair: tuple[int, int], *, measure: str, scores: Array, mechanism: str, gaps: Array
) -> str:
    """Why the two differ. `pair`: the first of the weighted sum and the first here; `mechanism`: a sentence.

    `gaps`: for each criterion how far the former would be ahead of the latter with the same value there.
    """
    ours, theirs = pair
    better, worse = told_apart(scores[theirs], scores[ours])
    place = f"{field.names[theirs]} comes first here and not {field.names[ours]}"
    return f"{place}: {measure} {better} against {worse}. {mechanism} {_decisive(field, pair, gaps)}"


def _decisive(field: Field, pair: tuple[int, int], gaps: Array) -> str:
    """Name the criterion whose difference explains most."""
    ours, theirs = field.values[pair[0]], field.values[pair[1]]
    column = int(np.where(theirs > ours, gaps, -np.inf).argmax())
    name, other = field.names[pair[0]], field.names[pair[1]]
    mine, yours = told_apart(100 * ours[column], 100 * theirs[column], 0)
    place = f"{field.criteria[column]}, where {name} has {mine} of 100 and {other} {yours}"
    if gaps[column] > TIE:
        return f"What decides is {place}: with the same value there, {name} would be ahead."
    if gaps[column] >= -TIE:
        return f"What decides is {place}: with the same value there, they would be level."
    return f"No single criterion decides it; most of it is {place}."


def topsis_mechanism(near: Array, pair: tuple[int, int]) -> str:
    """`near`: distances to the ideal. Who is ahead is nearer to the ideal or farther from the worst."""
    if near[pair[1]] < near[pair[0]]:
        return "TOPSIS squares distances, so that one weak spot costs more than several small ones."
    return "TOPSIS squares distances, so that one strong point earns more than several middling ones."


def vikor_mechanism(field: Field, regrets: Array, pair: tuple[int, int], *, proposes_both: bool) -> str:
    """`regrets`: weighted regrets (alternatives × criteria), shares of the total weight."""
    ours, theirs = regrets[pair[0]], regrets[pair[1]]
    if theirs.max() < ours.max() - TIE:
        large, small = told_apart(100 * ours.max(), 100 * theirs.max(), 1)
        text = (
            "VIKOR counts the largest single shortfall besides the sum of all: "
            f"for {field.names[pair[0]]} it is {large} of 100 points of weight, on "
            f"{field.criteria[int(ours.argmax())]}, for {field.names[pair[1]]} {small}."
        )
    else:
        text = (
            "VIKOR measures each criterion from the worst to the best of those that are ranked, "
            "which stretches small differences."
        )
    return f"{text} It proposes both as a compromise." if proposes_both else text


def promethee_mechanism(indifference: float, full: float) -> str:
    """The thresholds of the linear preference function, in [0, 1]."""
    return (
        f"PROMETHEE II compares pairs: a difference of up to {100 * indifference:g} points of 100 counts "
        f"nothing and one of {100 * full:g} or more in full, so that large leads are cut off."
    )
