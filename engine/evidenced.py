"""The ranking that counts only what is evidenced well enough."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.checks import require_number
from engine.model import Model, named
from engine.places import Lead, first_of, lead_of
from engine.problem import Problem, require_problem
from engine.ranking import RankedAlternative, ranked_rows
from engine.scoring import score_all


@dataclass(frozen=True, slots=True)
class EvidencedRanking:
    """The result of `evidenced_only`.

    `ranking`: as in `Ranking`; a score that does not count is among `missing`. `first`, `first_now`: who has
    rank 1 here and in the base ranking; `changes_first`: they are not the same. By alternative (ranked ones):
    `left_out` (weighted leaves whose score does not count for want of evidence) and `counted` (share of the
    total that rests on scores that count, 0–1).
    """

    at_least: float
    ranking: tuple[RankedAlternative, ...]
    lead: Lead | None
    first: tuple[str, ...]
    first_now: tuple[str, ...]
    changes_first: bool
    left_out: Mapping[str, tuple[str, ...]]
    counted: Mapping[str, float]


def evidenced_only(problem: Problem, *, at_least: float) -> EvidencedRanking:
    """Rank with only the scores whose confidence is `at_least` (0–1); all others count as missing.

    What is missing has the value of the problem's policy. A score without a confidence counts fully. Raises
    `InvalidInput`. Source: our own variant of the base ranking, which asks how far it rests on bare claims.
    """
    model = require_problem(problem).model
    limit = require_number(at_least, "at_least", at_least=0, at_most=1)
    counts = np.ones_like(model.unknown) if model.confidence is None else model.confidence >= limit
    strict = _counting_only(model, counts)
    ranking = ranked_rows(strict, score_all(strict, strict.values), model.kept)
    first, first_now = first_of(ranking), first_of(ranked_rows(model, problem.scored, model.kept))
    weights = model.tree.overall[model.tree.leaves]
    left_out = named(model.tree, ~counts & (weights > 0))
    counted = ((counts & ~model.unknown) * weights).sum(axis=1).tolist()
    return EvidencedRanking(
        at_least=limit,
        ranking=ranking,
        lead=lead_of(ranking, model.tie_margin),
        first=first,
        first_now=first_now,
        changes_first=set(first) != set(first_now),
        left_out={model.codes[row]: left_out[row] for row in model.kept},
        counted={model.codes[row]: min(counted[row], 1.0) for row in model.kept},
    )


def _counting_only(model: Model, counts: NDArray[np.bool_]) -> Model:
    """The model with everything else unknown."""
    tree = model.tree
    unknown = model.unknown | ~counts
    clipped = tuple(
        tuple(code for code in codes if counts[row, tree.leaf_codes.index(code)])
        for row, codes in enumerate(model.clipped)
    )
    return dataclasses.replace(
        model,
        values=np.where(counts, model.values, model.unknown_value),
        unknown=unknown,
        missing=named(tree, unknown & (tree.overall[tree.leaves] > 0)),
        clipped=clipped,
    )
