"""A checked decision compiled to arrays: the tree flattened, scores turned into values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array
from engine.gate import Gate
from engine.tree import Tree, compile_tree
from engine.values import PiecewiseLinear


@dataclass(frozen=True)
class Model:
    """Everything that ranking needs, as arrays with alternatives in rows and leaves in columns.

    `raw`: the exact score, or NaN where it is unknown or uncertain. `values`: the base values in [0, 1].
    `low`, `high`: the range in which the value lies. `unknown`: nothing is known; the base value is then
    `unknown_value`. `confidence`: 1 where none is given or nothing is known.
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
    unknown: NDArray[np.bool_]
    unknown_value: float
    missing: tuple[tuple[str, ...], ...]
    clipped: tuple[tuple[str, ...], ...]
    confidence: Array | None
    tie_margin: float
    tie_break: int | None
    notes: tuple[str, ...]

    @property
    def kept(self) -> list[int]:
        """The rows that are ranked: those that failed no gate."""
        return [row for row, is_out in enumerate(self.is_excluded) if not is_out]


def compile_model(document: Mapping[str, Any]) -> Model:
    """Compile a checked decision document."""
    tree = compile_tree(document)
    entries = document["alternatives"]
    unknown_value = 0.5 if document.get("missing") == "midpoint" else 0.0
    cells = _Cells(tree, len(entries), unknown_value)
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
        unknown=unknown,
        unknown_value=unknown_value,
        missing=named(tree, unknown & (tree.overall[tree.leaves] > 0)),
        clipped=named(tree, cells.clipped),
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


def named(tree: Tree, marks: NDArray[np.bool_]) -> tuple[tuple[str, ...], ...]:
    """For each alternative the codes of the leaves that are marked (alternatives × leaves)."""
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
            if score["sd"] == 0:
                self.ends[:, row, column] = score["mean"]
        else:
            low, high = float(score["low"]), float(score["high"])
            self.base[place] = score["mode"] if "mode" in score else low / 2 + high / 2
            self.ends[:, row, column] = low, high

    def value(self, functions: tuple[PiecewiseLinear, ...]) -> None:
        """Apply the value functions. Unknown cells keep the value of the policy and the full range."""
        for column, function in enumerate(functions):
            known = ~np.isnan(self.base[:, column])
            metrics = self.base[known, column]
            self.values[known, column] = function.of_numbers(metrics)
            self.clipped[known, column] = function.beyond(metrics)
            bounded = ~np.isnan(self.ends[0, :, column])
            ends = function.of_numbers(self.ends[:, bounded, column])
            self.low[bounded, column], self.high[bounded, column] = ends.min(axis=0), ends.max(axis=0)


def _confidence(entries: Any, tree: Tree, unknown: NDArray[np.bool_]) -> Array | None:
    if not any("confidence" in entry for entry in entries):
        return None
    table = [[entry.get("confidence", {}).get(code, 1.0) for code in tree.leaf_codes] for entry in entries]
    known = np.array(table, dtype=np.float64)
    known[unknown] = 1.0
    return known
