"""What cannot change the first place, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.model import Model
from engine.problem import Problem, require_problem
from engine.score_flips import reach
from engine.standing import LEVEL, Standing
from engine.transfers import leaf_transfers, weight_transfers
from engine.tree import Tree
from engine.weight_flips import weight_flips

LEFT_OUT = "it is left out of the decision"
NO_SIBLING = "no other criterion beside it has a weight"
NOBODY_TAKES_OVER = "the first stays first whatever its weight"


@dataclass(frozen=True, slots=True)
class FixedWeight:
    """A node whose weight cannot change the first place, and the reason as a plain clause."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """Statements about the first place that hold without exception, the strongest first.

    `first`: who counts as first; None when nobody is ranked. Every statement is False then, and while first
    place is tied (`tied`), for somebody else is level already.
    `dominates`: on every criterion that takes part the first is sure to be nowhere behind anybody, wherever
    unknown and uncertain scores lie in their ranges, so neither weights nor they can change the place.
    `any_weights`: the same for the scores as they count now, so no weights at all can change the place.
    `no_single_score`: no one score, set anywhere on its scale, brings anybody level (unknown ones included).
    `no_leaf_transfer`, `no_transfer`, `no_single_weight`: no weight moved between two leaves, between two
    siblings, or given to one node by all its siblings, puts anybody else first.
    `fixed_weights`: the nodes of which that last is true, in file order.
    """

    first: str | None
    tied: bool
    dominates: bool
    any_weights: bool
    no_single_score: bool
    no_leaf_transfer: bool
    no_transfer: bool
    no_single_weight: bool
    fixed_weights: tuple[FixedWeight, ...]


def proofs(problem: Problem) -> Proofs:
    """What can be proven about the first place: solved on the model, no sampling.

    With one alternative left every statement is true. Raises `InvalidInput` for anything but a `Problem`.
    Source: the total is linear in the weights, so what holds at every corner, all weight on one leaf, holds
    for all weights.
    """
    model = require_problem(problem).model
    scored = problem.scored
    standing = Standing.of(model, scored)
    if standing is None or standing.is_tied:
        first = None if standing is None else standing.codes[standing.first]
        return Proofs(first, standing is not None, False, False, False, False, False, False, ())
    weights = weight_flips(model, scored, standing)
    fixed = tuple(
        FixedWeight(row.code, _reason(model.tree, node))
        for node, row in enumerate(weights)
        if row.low_winner is None and row.high_winner is None
    )
    return Proofs(
        first=standing.codes[standing.first],
        tied=False,
        dominates=_is_nowhere_behind(model, standing, certain=True),
        any_weights=_is_nowhere_behind(model, standing, certain=False),
        no_single_score=not reach(model, standing)[1].any(),
        no_leaf_transfer=leaf_transfers(problem).nearest is None,
        no_transfer=weight_transfers(problem).nearest is None,
        no_single_weight=len(fixed) == len(weights),
        fixed_weights=fixed,
    )


def _is_nowhere_behind(model: Model, standing: Standing, *, certain: bool) -> bool:
    low, high = (model.low, model.high) if certain else (model.values, model.values)
    tree = model.tree
    takes_part = tree.takes_part[tree.leaves]
    first, others = standing.rows[standing.first], np.delete(standing.rows, standing.first)
    # By less than a tie is level: with all weight on one leaf that is what the ranking would say.
    behind = high[others] - low[first] > LEVEL
    return not behind[:, takes_part].any()


def _reason(tree: Tree, node: int) -> str:
    if not tree.takes_part[node]:
        return LEFT_OUT
    return NOBODY_TAKES_OVER if tree.is_free[node] else NO_SIBLING
