"""The arithmetic of the additive model over a compiled tree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.model import Model


@dataclass(frozen=True)
class Scored:
    """All alternatives scored: `nodes` × alternatives values in [0, 1], the rest by alternative on 0–100."""

    nodes: Array
    contributions: list[list[float]]
    scores: list[float]

    def by_criterion(self, model: Model) -> list[list[float]]:
        """For each alternative the 0–100 score of every node that counts (what was dropped has none)."""
        table: list[list[float]] = (100 * self.nodes[model.tree.has_value].T).tolist()
        return table


def score_all(model: Model, values: Array) -> Scored:
    """Score every alternative, excluded ones too; each row on its own, so none can move another."""
    tree = model.tree
    count = len(tree.codes)
    nodes = np.zeros((count + 1, len(model.codes)))
    nodes[tree.leaves] = values.T
    for node in [*range(count - 1, -1, -1), count]:
        total = 0.0
        for child in tree.children[node]:
            if tree.weight[child] > 0:
                nodes[node] += tree.weight[child] * nodes[child]
                total += tree.weight[child]
        if total > 0:
            nodes[node] /= total
    contributions = (values * (100 * tree.overall[tree.leaves])).tolist()
    return Scored(nodes, contributions, [sum(row) for row in contributions])
