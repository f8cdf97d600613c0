"""A checked decision compiled to arrays: the tree flattened, scores turned into values."""

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
from engine.gate import Gate
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
    """

    codes: tuple[str, ...]
    parent: IndexArray
    children: tuple[tuple[int, ...], ...]
    weight: tuple[float, ...]
    local: Array
    overall: Array
    leaves: IndexArray
    leaf_codes: tuple[str, ...]
    functions: tuple[PiecewiseLinear, ...]
    has_value: NDArray[np.bool_]
    scored_codes: tuple[str, ...]
    scales: tuple[Array, Array]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """Everything that ranking needs, as arrays with alternatives in rows and leaves in columns.

    `raw`: the exact score, or NaN where it is unknown or uncertain. `values`: the base values in [0, 1].
    `low`, `high`: the range in which the value lies. `confidence`: 1 where none is given or nothing is known.
    By alternative: `open_gates` (those not passed), `missing` (leaves with a weight and no score), `clipped`.
    """

    tree: Tree
    codes: tuple[str, ...]
    open_gates: tuple[tuple[Gate, ...], ...]
    is_excluded: tuple[bool, ...]
    raw: Array
    values: Array
    low: Array
    high: Array
    missing: tuple[tuple[str, ...], ...]
    clipped: tuple[tuple[str, ...], ...]
    confidence: Array | None
    tie_margin: float
    tie_break: int | None
    notes: tuple[str, ...]


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
        weights = _rescaled(group_weights(owner))
        for node, weight in zip(owner["criteria"], weights, strict=True):
            number = len(self.codes)
            siblings.append(number)
            self.codes.append(node["code"])
            self.parent.append(parent)
            self.weight.append(weight)
            if "points" in node:
                self.functions[number] = PiecewiseLinear(node["points"])
            elif not self.add(node, number):
                self.weight[number] = 0.0
                self.dropped.add(number)
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
    local, overall = np.zeros(count + 1), np.zeros(count + 1)
    local[count] = overall[count] = 1.0
    for node in [count, *range(count)]:
        total = sum(flat.weight[child] for child in children[node])
        for child in children[node]:
            local[child] = flat.weight[child] / total if total > 0 else 0.0
            overall[child] = overall[node] * local[child]
    leaves = [node for node in range(count) if node in flat.functions]
    return Tree(
        codes=tuple(flat.codes),
        parent=parent,
        children=children,
        weight=(*flat.weight, 1.0),
        local=local,
        overall=overall,
        leaves=np.array(leaves, dtype=np.intp),
        leaf_codes=tuple(flat.codes[node] for node in leaves),
        functions=tuple(flat.functions[node] for node in leaves),
        scales=_scales([flat.functions[node] for node in leaves]),
        has_value=np.array([node not in flat.dropped for node in range(count)] + [False]),
        scored_codes=tuple(code for node, code in enumerate(flat.codes) if node not in flat.dropped),
        notes=tuple(
            f"{flat.codes[k]}: every weight below it is 0, so it is left out" for k in sorted(flat.dropped)
        ),
    )


def _scales(functions: list[PiecewiseLinear]) -> tuple[Array, Array]:
    longest = max(len(function.points) for function in functions)
    padded = [
        [*function.points, *[function.points[-1]] * (longest - len(function.points))]
        for function in functions
    ]
    table = np.array(padded, dtype=np.float64)
    return table[:, :, 0], table[:, :, 1]


def compile_model(document: Mapping[str, Any]) -> Model:
    """Compile a checked decision document."""
    tree = compile_tree(document)
    entries = document["alternatives"]
    cells = _Cells(tree, len(entries), 0.5 if document.get("missing") == "midpoint" else 0.0)
    for row, entry in enumerate(entries):
        for column, code in enumerate(tree.leaf_codes):
            cells.put(row, column, entry["scores"].get(code))
    cells.value(tree.functions)
    unknown = np.isnan(cells.base)
    tie_break = document.get("tie_break")
    gates = tuple(
        tuple(Gate(**gate) for gate in entry["gates"] if gate["outcome"] != "passed") for entry in entries
    )
    return Model(
        tree=tree,
        codes=tuple(entry["code"] for entry in entries),
        open_gates=gates,
        is_excluded=tuple(any(gate.outcome == "failed" for gate in row) for row in gates),
        raw=cells.raw,
        values=cells.values,
        low=cells.low,
        high=cells.high,
        missing=_named(tree, unknown & (tree.overall[tree.leaves] > 0)),
        clipped=_named(tree, cells.clipped),
        confidence=_confidence(entries, tree, unknown),
        tie_margin=float(document["tie_margin"]),
        tie_break=None if tie_break is None else tree.leaf_codes.index(tie_break),
        notes=(*tree.notes, *_clip_notes(document, tree, cells.clipped)),
    )


def _clip_notes(document: Mapping[str, Any], tree: Tree, clipped: NDArray[np.bool_]) -> list[str]:
    notes = []
    for row, column in np.argwhere(clipped).tolist():
        code = document["alternatives"][row]["code"]
        points = tree.functions[column].points
        ends = f"{points[0][0]:g} to {points[-1][0]:g}"
        notes.append(
            f"{code}, {tree.leaf_codes[column]}: the score lies outside the scale {ends}; its end counts"
        )
    return notes


def _named(tree: Tree, marks: NDArray[np.bool_]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(tree.leaf_codes[column] for column in np.flatnonzero(row)) for row in marks)


class _Cells:
    """The score table: filled cell by cell, then valued column by column."""

    def __init__(self, tree: Tree, rows: int, unknown_value: float) -> None:
        shape = (rows, len(tree.leaves))
        self.raw, self.base = np.full(shape, np.nan), np.full(shape, np.nan)
        self.ends = np.full((2, *shape), np.nan)
        self.values = np.full(shape, unknown_value)
        self.low, self.high = np.zeros(shape), np.ones(shape)
        self.clipped = np.zeros(shape, dtype=bool)

    def put(self, row: int, column: int, score: float | Mapping[str, float] | None) -> None:
        """Enter one score. An uncertain one counts with its middle, mode or mean."""
        if score is None:
            return
        place = (row, column)
        if not isinstance(score, Mapping):
            self.raw[place] = self.base[place] = score
            self.ends[:, row, column] = score
        elif "mean" in score:
            self.base[place] = score["mean"]
        else:
            low, high = float(score["low"]), float(score["high"])
            self.base[place] = score["mode"] if "mode" in score else low / 2 + high / 2
            self.ends[:, row, column] = low, high

    def value(self, functions: tuple[PiecewiseLinear, ...]) -> None:
        """Apply the value functions. Unknown cells keep the value of the policy and the full range."""
        for column, function in enumerate(functions):
            known = ~np.isnan(self.base[:, column])
            self.values[known, column] = function(self.base[known, column])
            self.clipped[known, column] = function.clipped(self.base[known, column])
            bounded = ~np.isnan(self.ends[0, :, column])
            ends = function(self.ends[:, bounded, column])
            self.low[bounded, column], self.high[bounded, column] = ends.min(axis=0), ends.max(axis=0)


def _confidence(entries: Any, tree: Tree, unknown: NDArray[np.bool_]) -> Array | None:
    if not any("confidence" in entry for entry in entries):
        return None
    table = [[entry.get("confidence", {}).get(code, 1.0) for code in tree.leaf_codes] for entry in entries]
    known = np.array(table, dtype=np.float64)
    known[unknown] = 1.0
    return known
