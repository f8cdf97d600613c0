"""The uncertain scores of a decision that count: of those who are ranked, on leaves with a weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from engine.model import Model
from engine.problem import Problem
from engine.uncertain import Cell, IndexArray, distribution, has_spread


def weighted_leaves(model: Model) -> IndexArray:
    """The leaves that carry weight."""
    return np.flatnonzero(model.tree.overall[model.tree.leaves] > 0)


def uncertain_scores(
    problem: Problem, rows: Sequence[int], leaves: IndexArray
) -> Iterator[tuple[int, int, Cell]]:
    """(place in `rows`, place in `leaves`, distribution or None if unknown) of each uncertain score.

    What has no spread is known.
    """
    codes = [problem.model.tree.leaf_codes[leaf] for leaf in leaves]
    for place, row in enumerate(rows):
        scores = problem.alternatives[row].scores
        for column, code in enumerate(codes):
            score = scores.get(code)
            if score is None:
                yield place, column, None
            elif isinstance(score, Mapping) and has_spread(cell := distribution(score)):
                yield place, column, cell
