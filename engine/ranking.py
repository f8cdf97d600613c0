"""The additive ranking over the criteria tree: gates first, contributions that add up, ties marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.additive import interval_dominance
from engine.gate import Gate
from engine.model import Model
from engine.places import Lead, lead_of, places
from engine.problem import Problem, require_problem
from engine.scoring import Scored, score_all


@dataclass(frozen=True, slots=True)
class RankedAlternative:
    """One row of the ranking. `score`, `by_criterion` (every node) and `contributions` (leaves) are on 0–100.

    `contributions` add up to `score` exactly, in their order. `missing`: leaves with a weight and no score;
    `clipped`: leaves whose score lies outside the scale; `gates`: those that are not passed.
    """

    code: str
    rank: int
    score: float
    by_criterion: Mapping[str, float]
    contributions: Mapping[str, float]
    status: Literal["eligible", "conditional"]
    tied: bool
    missing: tuple[str, ...]
    clipped: tuple[str, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class ExcludedAlternative:
    """An alternative that failed a gate: why, and the score it would have had."""

    code: str
    gates: tuple[Gate, ...]
    score: float
    by_criterion: Mapping[str, float]
    contributions: Mapping[str, float]
    missing: tuple[str, ...]
    clipped: tuple[str, ...]
    cautious_score: float | None


@dataclass(frozen=True)
class Ranking:
    """The result of `rank`. `weights`: {"local": share among siblings, "global": share of the total} by code.

    `cautious` (None without confidences): the same ranking with every known value × its confidence.
    `dominated`: pairs (dominated, by) of codes, certain within the ranges of the scores.
    """

    weights: Mapping[str, Mapping[str, float]]
    ranking: tuple[RankedAlternative, ...]
    excluded: tuple[ExcludedAlternative, ...]
    lead: Lead | None
    dominated: tuple[tuple[str, str], ...]
    cautious: tuple[RankedAlternative, ...] | None
    notes: tuple[str, ...]


def rank(problem: Problem) -> Ranking:
    """Rank the alternatives of a problem by the additive model.

    Failed alternatives are listed in `excluded` and are never ranked; conditional ones are ranked and marked.
    Competition ranks (1, 1, 3); equal means within 1e-9 of 100 points. Raises `InvalidInput` for anything but
    a `Problem`.
    """
    model = require_problem(problem).model
    scored = problem.scored
    kept = model.kept
    ranking = ranked_rows(model, scored, kept)
    cautious = None if model.confidence is None else score_all(model, model.values * model.confidence)
    return Ranking(
        weights=_weights(model),
        ranking=ranking,
        excluded=_excluded(model, scored, cautious),
        lead=lead_of(ranking, model.tie_margin),
        dominated=_dominated(model, kept),
        cautious=None if cautious is None else ranked_rows(model, cautious, kept),
        notes=_notes(model, kept),
    )


def ranked_rows(model: Model, scored: Scored, kept: list[int]) -> tuple[RankedAlternative, ...]:
    """The rows of a ranking of the `kept` rows of a model, best first."""
    codes, leaf_codes = model.tree.scored_codes, model.tree.leaf_codes
    by_criterion = scored.by_criterion(model)
    return tuple(
        RankedAlternative(
            code=model.codes[row],
            rank=rank,
            score=scored.scores[row],
            by_criterion=dict(zip(codes, by_criterion[row], strict=True)),
            contributions=dict(zip(leaf_codes, scored.contributions[row], strict=True)),
            status="conditional" if model.open_gates[row] else "eligible",
            tied=tied,
            missing=model.missing[row],
            clipped=model.clipped[row],
            gates=model.open_gates[row],
        )
        for row, rank, tied in places(model, kept, scored.scores)
    )


def _excluded(model: Model, scored: Scored, cautious: Scored | None) -> tuple[ExcludedAlternative, ...]:
    if not any(model.is_excluded):
        return ()
    codes, by_criterion = model.tree.scored_codes, scored.by_criterion(model)
    return tuple(
        ExcludedAlternative(
            code=model.codes[row],
            gates=model.open_gates[row],
            score=scored.scores[row],
            by_criterion=dict(zip(codes, by_criterion[row], strict=True)),
            contributions=dict(zip(model.tree.leaf_codes, scored.contributions[row], strict=True)),
            missing=model.missing[row],
            clipped=model.clipped[row],
            cautious_score=None if cautious is None else cautious.scores[row],
        )
        for row in range(len(model.codes))
        if model.is_excluded[row]
    )


def _weights(model: Model) -> dict[str, dict[str, float]]:
    codes = model.tree.codes
    return {
        "local": dict(zip(codes, model.tree.local.tolist(), strict=False)),
        "global": dict(zip(codes, model.tree.overall.tolist(), strict=False)),
    }


def _dominated(model: Model, kept: list[int]) -> tuple[tuple[str, str], ...]:
    weighted = model.tree.overall[model.tree.leaves] > 0
    low, high = model.low[kept][:, weighted], model.high[kept][:, weighted]
    return tuple((model.codes[kept[a]], model.codes[kept[b]]) for a, b in interval_dominance(low, high))


def _notes(model: Model, kept: list[int]) -> tuple[str, ...]:
    if kept:
        return model.notes
    return (*model.notes, "nobody left to rank: every alternative failed a gate")
