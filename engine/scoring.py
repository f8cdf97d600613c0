"""The arithmetic of the additive model over a compiled tree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.model import Model
from engine.tree import Tree, sums_of_others


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


def advantages(tree: Tree, nodes: Array) -> Array:
    """Nodes × alternatives: value of each node less that of its siblings together (0 if they have no weight).

    `nodes`: values as in `Scored`, any columns of it. What a total gains per share given to the node.
    """
    values = nodes[:-1]
    rest = np.where(tree.rest > 0, tree.rest, 1.0)[:, None]
    gains: Array = values - sums_of_others(tree.groups, tree.local[:-1, None] * values) / rest
    return gains


def score_all(model: Model, values: Array) -> Scored:
    """Score every alternative, excluded ones too; each row on its own, so none can move another."""
    tree = model.tree
    count = len(tree.codes)
    nodes = np.zeros((count + 1, len(values)))
    nodes[tree.leaves] = values.T
    for node in [*range(count - 1, -1, -1), count]:
        total = 0.0
        for child in tree.children[node]:
            if tree.weight[child] > 0:
                nodes[node] += tree.weight[child] * nodes[child]
                total += tree.weight[child]
        if total > 0:
            nodes[node] /= total
    np.minimum(nodes, 1.0, out=nodes)
    contributions = (values * (100 * tree.overall[tree.leaves])).tolist()
    return Scored(nodes, contributions, [_total(row) for row in contributions])


def _total(contributions: list[float]) -> float:
    """Their sum. Where rounding lifts it above 100, the largest part gives way, so that both stay true."""
    while (total := sum(contributions)) > 100:
        largest = contributions.index(max(contributions))
        contributions[largest] = math.nextafter(contributions[largest] - (total - 100), 0.0)
    return total
