"""How sure the ranking of a decision is, when the weights and the uncertain scores are drawn at random."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.acceptability import Acceptability, accept
from engine.checks import Array, require_samples, require_seed
from engine.model import Model
from engine.problem import Problem, require_problem
from engine.uncertain import Cell, IndexArray, ValueTable, uncertain_table
from engine.uncertain_scores import uncertain_scores, weighted_leaves


@dataclass(frozen=True, eq=False)
class Robustness:
    """The result of `robustness`, by the code of each alternative that is ranked, in file order.

    `acceptability`: the share of samples in which it takes rank 1, rank 2, …, tied ranks split evenly.
    `central_weights`: by leaf, the mean of the weights for which it is first; None if it never is.
    `confidence`: the share of draws of the uncertain scores in which it is first, alone or tied, at those
    weights; None if it never is. `half_width`: half the width of a 95 % interval around a share, or less.
    `samples`, `seed`: as used.
    """

    acceptability: Mapping[str, tuple[float, ...]]
    central_weights: Mapping[str, Mapping[str, float] | None]
    confidence: Mapping[str, float | None]
    samples: int
    seed: int
    half_width: float
    _found: Acceptability | None = field(repr=False)

    @cached_property
    def pairwise(self) -> Mapping[str, Mapping[str, float]]:
        """The share of samples in which the first code is ahead of the second, ties half; 0.5 with itself."""
        codes = tuple(self.acceptability)
        if self._found is None:
            return {}
        rows = self._found.pairwise.tolist()
        return {code: dict(zip(codes, row, strict=True)) for code, row in zip(codes, rows, strict=True)}


def robustness(problem: Problem, *, samples: int = 10_000, seed: int = 0) -> Robustness:
    """Rank acceptability of the alternatives that no gate excludes (see `rank_acceptability`).

    Weights are drawn uniformly over the leaves that count: every split of the total is as likely, whatever
    the tree says, but a leaf without weight keeps none. Uncertain scores are drawn on the scale of their
    leaf, {low, high} uniform, {low, mode, high} triangular, {mean, sd} normal, and then valued; an unknown
    one has any value from 0 to 1. With nobody left to rank, mappings are empty. Raises `InvalidInput`.

    Source: SMAA-2, Lahdelma and Salminen, Operations Research 49 (2001) 444–454.
    """
    samples, seed = require_samples(samples), require_seed(seed)
    model = require_problem(problem).model
    kept = model.kept
    if not kept:
        return Robustness({}, {}, {}, samples, seed, 0.98 / math.sqrt(samples), None)
    leaves = weighted_leaves(model)
    found = accept(_table(problem, kept, leaves), "uniform", samples, seed)
    codes = [model.codes[row] for row in kept]
    confidence = [None if math.isnan(share) else share for share in found.confidence.tolist()]
    return Robustness(
        acceptability=dict(zip(codes, map(tuple, found.acceptability.tolist()), strict=True)),
        central_weights=dict(zip(codes, _by_leaf(model, found.central_weights, leaves), strict=True)),
        confidence=dict(zip(codes, confidence, strict=True)),
        samples=samples,
        seed=seed,
        half_width=found.half_width,
        _found=found,
    )


def _table(problem: Problem, kept: list[int], leaves: IndexArray) -> ValueTable:
    """The values of those who are ranked, by the leaves that count; cells are on the scales of the leaves."""
    tree = problem.model.tree
    base = problem.model.values[kept][:, leaves]
    uncertain: list[tuple[int, int, Cell]] = []
    for row, column, cell in uncertain_scores(problem, kept, leaves):
        uncertain.append((row, column, cell))
        base[row, column] = 0.0
    return uncertain_table(base, uncertain, {k: tree.functions[leaf] for k, leaf in enumerate(leaves)})


def _by_leaf(model: Model, centres: Array, leaves: IndexArray) -> list[dict[str, float] | None]:
    """The central weights of each alternative by the code of every leaf, 0 for those that do not count."""
    wide = np.zeros((len(centres), len(model.tree.leaf_codes)))
    wide[:, leaves] = centres
    codes = model.tree.leaf_codes
    return [
        None if math.isnan(centre[0]) else dict(zip(codes, row.tolist(), strict=True))
        for centre, row in zip(centres, wide, strict=True)
    ]
