"""The additive ranking over the criteria tree: gates first, contributions that add up, ties marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.additive import interval_dominance
from engine.gate import Gate
from engine.model import Model
from engine.problem import Problem
from engine.scoring import Scored, score_all

TIE = 1e-9


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


@dataclass(frozen=True, slots=True)
class Lead:
    """Points between the first two rows; `tie` when below the caller's margin (then decide by pilot)."""

    points: float
    tie: bool


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


def tie_groups(order: list[int], scores: list[float]) -> list[list[int]]:
    """Split alternatives, best first, into groups whose scores are equal to their best within 1e-9."""
    groups: list[list[int]] = []
    for row in order:
        if groups and scores[groups[-1][0]] - scores[row] <= TIE:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def rank(problem: Problem) -> Ranking:
    """Rank the alternatives of a problem by the additive model.

    Failed alternatives are listed in `excluded` and are never ranked; conditional ones are ranked and marked.
    Competition ranks (1, 1, 3); equal means within 1e-9 of 100 points.
    """
    model = problem.model
    scored = problem.scored
    kept = [row for row in range(len(model.codes)) if not model.is_excluded[row]]
    ranking = _rows(model, scored, kept)
    cautious = None if model.confidence is None else score_all(model, model.values * model.confidence)
    return Ranking(
        weights=_weights(model),
        ranking=ranking,
        excluded=_excluded(model, scored, cautious),
        lead=_lead(ranking, model.tie_margin),
        dominated=_dominated(model, kept),
        cautious=None if cautious is None else _rows(model, cautious, kept),
        notes=_notes(model, kept),
    )


def _rows(model: Model, scored: Scored, kept: list[int]) -> tuple[RankedAlternative, ...]:
    order = sorted(kept, key=lambda row: -scored.scores[row])
    codes, by_criterion = model.tree.scored_codes, scored.by_criterion(model)
    rows: list[RankedAlternative] = []
    for group in tie_groups(order, scored.scores):
        place = len(rows) + 1
        tied = len(group) > 1
        for row in sorted(group, key=lambda row: _tie_key(model, row)) if tied else group:
            gates = model.open_gates[row]
            rows.append(
                RankedAlternative(
                    code=model.codes[row],
                    rank=place,
                    score=scored.scores[row],
                    by_criterion=dict(zip(codes, by_criterion[row], strict=True)),
                    contributions=dict(zip(model.tree.leaf_codes, scored.contributions[row], strict=True)),
                    status="conditional" if gates else "eligible",
                    tied=tied,
                    missing=model.missing[row],
                    clipped=model.clipped[row],
                    gates=gates,
                )
            )
    return tuple(rows)


def _tie_key(model: Model, row: int) -> tuple[bool, float, str]:
    """Within a tie: the better raw score on the tie-break criterion, an unknown one last, then the code."""
    if model.tie_break is None or np.isnan(raw := model.raw[row, model.tie_break]):
        return (True, 0.0, model.codes[row])
    points = model.tree.functions[model.tie_break].points
    rising = points[0][0] < points[-1][0]
    return (False, -float(raw) if rising else float(raw), model.codes[row])


def _excluded(model: Model, scored: Scored, cautious: Scored | None) -> tuple[ExcludedAlternative, ...]:
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


def _lead(ranking: tuple[RankedAlternative, ...], margin: float) -> Lead | None:
    if len(ranking) < 2:
        return None
    # Rows of a tie are not in order of their scores, which may differ by less than the tolerance.
    points = max(0.0, ranking[0].score - ranking[1].score)
    return Lead(points=points, tie=points < margin or ranking[0].tied)


def _dominated(model: Model, kept: list[int]) -> tuple[tuple[str, str], ...]:
    weighted = model.tree.overall[model.tree.leaves] > 0
    low, high = model.low[kept][:, weighted], model.high[kept][:, weighted]
    return tuple((model.codes[kept[a]], model.codes[kept[b]]) for a, b in interval_dominance(low, high))


def _notes(model: Model, kept: list[int]) -> tuple[str, ...]:
    if kept:
        return model.notes
    return (*model.notes, "nobody left to rank: every alternative failed a gate")
