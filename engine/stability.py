"""How far the first place stands: solved from the linear equations of the model, not searched."""

from __future__ import annotations

from dataclasses import dataclass

from engine.problem import Problem, require_problem
from engine.score_flips import NearestScoreFlip, ScoreFlips, nearest_score_flip, no_score_flips, score_flips
from engine.standing import Standing
from engine.weight_flips import NearestFlip, WeightFlip, nearest_weight_flip, no_weight_flips, weight_flips


@dataclass(frozen=True)
class Flips:
    """The result of `flips`. `weights`: one row for every node of the tree, in file order.

    `nearest`: the smallest change of one share; `nearest_score`: the smallest of one score for its scale.
    """

    weights: tuple[WeightFlip, ...]
    nearest: NearestFlip | None
    scores: ScoreFlips
    nearest_score: NearestScoreFlip | None


def flips(problem: Problem) -> Flips:
    """What would have to change for another alternative to come first, one weight or one score at a time.

    With the first place tied, an only child, or a share of 1, a weight row is [0, 1] without winners; of
    tied alternatives the first in file order counts as the first. Raises `InvalidInput` for anything but a
    `Problem`. Source: one-way sensitivity of the additive model, solved.
    """
    model = require_problem(problem).model
    scored = problem.scored
    standing = Standing.of(model, scored)
    if standing is None:
        weights, scores = no_weight_flips(model), no_score_flips(model)
    else:
        tied = standing.is_tied
        weights = no_weight_flips(model) if tied else weight_flips(model, scored, standing)
        scores = score_flips(model, standing)
    return Flips(weights, nearest_weight_flip(weights), scores, nearest_score_flip(model, scores))
