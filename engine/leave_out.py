"""The ranking without each criterion, and without each alternative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.model import Model
from engine.places import Lead, first_of, lead_of, places
from engine.problem import Problem, require_problem
from engine.scoring import Scored, advantages, score_all
from engine.tree import Tree


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a ranking in short; `score` on 0–100."""

    code: str
    rank: int
    score: float
    tied: bool


@dataclass(frozen=True, slots=True)
class WithoutCriterion:
    """The ranking without one node; its weight goes to its siblings in proportion.

    `also`: groups that go with it, because nothing with a weight is left below them, innermost first.
    `first`: who then has rank 1. `ranking` is empty when no criterion is left, and when nobody is ranked;
    nothing changes then. `changes_first`: rank 1 is with others than now; `changes_order`: some rank is.
    """

    code: str
    also: tuple[str, ...]
    ranking: tuple[Place, ...]
    first: tuple[str, ...]
    lead: Lead | None
    changes_first: bool
    changes_order: bool


@dataclass(frozen=True, slots=True)
class WithoutAlternative:
    """Who comes first without one alternative.

    `order_kept`: each of the others has the same score, to the last bit, even when it is scored all alone, so
    that nobody's absence can move them. With fixed scales that is so; here it is checked.
    `changes_first`: rank 1 is with others than now, as it must be when the only first is the one left out.
    """

    code: str
    first: tuple[str, ...]
    lead: Lead | None
    changes_first: bool
    order_kept: bool


def leave_out_criteria(problem: Problem) -> tuple[WithoutCriterion, ...]:
    """The ranking without each leaf and without each group, in file order, one at a time.

    Total without = total − G · s · (V − Q): what is left when the share s of the node goes to 0 (see
    `engine.weight_flips`). Raises `InvalidInput` for anything but a `Problem`.
    Source: the additive model; each answer is that of `rank` on the smaller decision.
    """
    model = require_problem(problem).model
    totals = _totals_without(model, problem.scored)
    now = _ranking(model, model.kept, problem.scored.scores)
    return tuple(
        _without_criterion(model, node, _ranking(model, model.kept, totals[node].tolist()), now)
        for node in range(len(model.tree.codes))
    )


def leave_out_alternatives(problem: Problem) -> tuple[WithoutAlternative, ...]:
    """Who would come first without each alternative, in file order, failed ones included.

    Raises `InvalidInput` for anything but a `Problem`. Source: the additive model on fixed scales.
    """
    model = require_problem(problem).model
    scores = problem.scored.scores
    now = _ranking(model, model.kept, scores)
    moved = [
        code
        for row, code in enumerate(model.codes)
        if score_all(model, model.values[[row]]).scores != [scores[row]]
    ]
    return tuple(
        WithoutAlternative(
            code=code,
            first=first_of(rest),
            lead=lead_of(rest, model.tie_margin),
            changes_first=set(first_of(rest)) != set(first_of(now)),
            order_kept=not set(moved) - {code},
        )
        for code, rest in zip(model.codes, _rests(model, scores, now), strict=True)
    )


def _ranking(model: Model, rows: list[int], scores: list[float]) -> tuple[Place, ...]:
    return tuple(
        Place(model.codes[row], rank, scores[row], tied) for row, rank, tied in places(model, rows, scores)
    )


def _totals_without(model: Model, scored: Scored) -> Array:
    """Nodes × alternatives: the scores without each node."""
    tree = model.tree
    gone = [_gone(tree, node)[-1] for node in range(len(tree.codes))]
    part = np.zeros_like(scored.nodes)
    part[:-1] = (tree.overall[tree.parent] * tree.local[:-1])[:, None] * advantages(tree, scored.nodes)
    totals: Array = np.clip(np.array(scored.scores) - 100 * part[gone], 0, 100)
    return totals


def _gone(tree: Tree, node: int) -> list[int]:
    """The node and the groups that go with it; ends with the root's number when nothing would be left."""
    found = [node]
    while found[-1] < len(tree.codes) and tree.local[found[-1]] > 0 and tree.rest[found[-1]] == 0:
        found.append(int(tree.parent[found[-1]]))
    return found


def _without_criterion(
    model: Model, node: int, ranking: tuple[Place, ...], now: tuple[Place, ...]
) -> WithoutCriterion:
    tree = model.tree
    gone = _gone(tree, node)
    if gone[-1] == len(tree.codes):
        ranking = ()
        gone.pop()
    first = first_of(ranking)
    return WithoutCriterion(
        code=tree.codes[node],
        also=tuple(tree.codes[group] for group in gone[1:]),
        ranking=ranking,
        first=first,
        lead=lead_of(ranking, model.tie_margin),
        changes_first=bool(ranking) and set(first) != set(first_of(now)),
        changes_order=bool(ranking) and _ranks(ranking) != _ranks(now),
    )


def _ranks(ranking: tuple[Place, ...]) -> dict[str, int]:
    return {place.code: place.rank for place in ranking}


def _rests(model: Model, scores: list[float], now: tuple[Place, ...]) -> Iterator[tuple[Place, ...]]:
    """For each alternative a ranking without it, as far as the first two places go."""
    second = next((place.rank for place in now if place.rank > 1), 1)
    leading = {place.code for place in now if place.rank <= second}
    for row, code in enumerate(model.codes):
        # Who is behind the first two places moves neither of them.
        yield _ranking(model, [k for k in model.kept if k != row], scores) if code in leading else now
