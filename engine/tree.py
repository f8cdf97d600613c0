"""A checked criteria tree, flattened: shares, leaves and their scales as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.decision_tree import group_weights
from engine.errors import refuse
from engine.values import PiecewiseLinear

IndexArray = NDArray[np.intp]


@dataclass(frozen=True)
class Tree:
    """The criteria in file order (parents before children). The last row of any array over nodes is the root.

    `parent`: index of each node's parent (the root's number for the top level). `weight`: relative weight,
    0 for what was dropped. `local`: share among the siblings; `overall`: share of the total.
    `leaves`, `leaf_codes`, `functions`: node number, code and value function of each leaf, in the order of
    the columns of every alternatives × leaves array. `has_value`, `scored_codes`: the nodes that count.
    `scales`: metrics and values of the points, worst to best, one row per leaf, the last point repeated.
    `rest`: share that the siblings of each node have together. `groups`: the nodes that have siblings, one
    table (groups × siblings) for each number of siblings.
    `takes_part`: neither the node nor a group above it was dropped, so that a weight on it would count.
    """

    codes: tuple[str, ...]
    parent: IndexArray
    children: tuple[tuple[int, ...], ...]
    weight: tuple[float, ...]
    local: Array
    overall: Array
    rest: Array
    groups: tuple[IndexArray, ...]
    leaves: IndexArray
    leaf_codes: tuple[str, ...]
    functions: tuple[PiecewiseLinear, ...]
    has_value: NDArray[np.bool_]
    takes_part: NDArray[np.bool_]
    scored_codes: tuple[str, ...]
    scales: tuple[Array, Array]
    notes: tuple[str, ...]

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """By node: its share can become another; not so an only child, a share of 1, and what was dropped."""
        marks: NDArray[np.bool_] = self.takes_part & (self.local[:-1] < 1) & (self.rest > 0)
        return marks


class _Flat:
    """The tree in preorder while it is being read."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self.parent: list[int] = []
        self.children: dict[int, list[int]] = {}
        self.weight: list[float] = []
        self.functions: dict[int, PiecewiseLinear] = {}
        self.dropped: set[int] = set()

    def add(self, owner: Mapping[str, Any], parent: int) -> bool:
        """Read the children of `owner`; False when no weight below it is above 0."""
        siblings = self.children.setdefault(parent, [])
        for node, weight in zip(owner["criteria"], group_weights(owner), strict=True):
            number = len(self.codes)
            siblings.append(number)
            self.codes.append(node["code"])
            self.parent.append(parent)
            self.weight.append(weight)
            if "points" in node:
                self.functions[number] = PiecewiseLinear.of(node["points"])
            elif not self.add(node, number):
                self.weight[number] = 0.0
                self.dropped.add(number)
        # Only now, or a large weight that is dropped would make the others vanish beside it.
        for number, weight in zip(siblings, _rescaled([self.weight[k] for k in siblings]), strict=True):
            self.weight[number] = weight
        return any(self.weight[number] > 0 for number in siblings)


def _rescaled(weights: list[float]) -> list[float]:
    """The weights times a power of two: the same shares to the last bit, safe from over- and underflow."""
    exponent = math.frexp(max(weights))[1]
    return [math.ldexp(weight, -exponent) for weight in weights]


def compile_tree(document: Mapping[str, Any]) -> Tree:
    """Flatten a checked tree; refused when no criterion has a weight above 0."""
    flat = _Flat()
    if not flat.add(document, -1):
        raise refuse("$.criteria", "at least one weight must be above 0")
    count = len(flat.codes)
    parent = np.array([count if p < 0 else p for p in flat.parent], dtype=np.intp)
    children = tuple(tuple(flat.children.get(k, ())) for k in [*range(count), -1])
    local, overall = _shares(children, flat.weight)
    takes_part = np.append(np.zeros(count, dtype=bool), True)
    for node in range(count):
        takes_part[node] = node not in flat.dropped and takes_part[parent[node]]
    leaves = [node for node in range(count) if node in flat.functions]
    sizes = sorted({len(group) for group in children} - {0, 1})
    groups = tuple(np.array([group for group in children if len(group) == size]) for size in sizes)
    return Tree(
        codes=tuple(flat.codes),
        parent=parent,
        children=children,
        weight=(*flat.weight, 1.0),
        local=local,
        overall=overall,
        rest=sums_of_others(groups, local[:-1, None])[:, 0],
        groups=groups,
        leaves=np.array(leaves, dtype=np.intp),
        leaf_codes=tuple(flat.codes[node] for node in leaves),
        functions=tuple(flat.functions[node] for node in leaves),
        scales=_scales([flat.functions[node] for node in leaves]),
        has_value=np.array([node not in flat.dropped for node in range(count)] + [False]),
        takes_part=takes_part[:-1],
        scored_codes=tuple(code for node, code in enumerate(flat.codes) if node not in flat.dropped),
        notes=tuple(
            f"{flat.codes[k]}: every weight below it is 0, so it is left out" for k in sorted(flat.dropped)
        ),
    )


def _shares(children: tuple[tuple[int, ...], ...], weight: list[float]) -> tuple[Array, Array]:
    """By node, the root last: share among its siblings and share of the total."""
    count = len(weight)
    local, overall = np.zeros(count + 1), np.zeros(count + 1)
    local[count] = overall[count] = 1.0
    for node in [count, *range(count)]:
        total = sum(weight[child] for child in children[node])
        for child in children[node]:
            local[child] = weight[child] / total if total > 0 else 0.0
            overall[child] = overall[node] * local[child]
    return local, overall


def sums_of_others(groups: tuple[IndexArray, ...], parts: Array) -> Array:
    """Nodes × columns: for each node the sum of the parts of its siblings, its own left out.

    Added up from both sides: the sum of all less its own would lose what little the others have. Not a matrix
    product, which starts threads that get into each other's way on a busy machine.
    """
    sums = np.zeros_like(parts)
    for group in groups:
        own, others = parts[group], np.zeros((*group.shape, parts.shape[1]))
        np.add.accumulate(own[:, :-1], axis=1, out=others[:, 1:])
        others[:, :-1] += np.add.accumulate(own[:, :0:-1], axis=1)[:, ::-1]
        sums[group] = others
    return sums


def _scales(functions: list[PiecewiseLinear]) -> tuple[Array, Array]:
    longest = max(len(function.points) for function in functions)
    padded = [
        [*function.points, *[function.points[-1]] * (longest - len(function.points))]
        for function in functions
    ]
    table = np.array(padded, dtype=np.float64)
    return table[:, :, 0], table[:, :, 1]
