"""Tables of values of which some are not known exactly: what they hold, and the checks of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array, number_problem
from engine.errors import at, quoted, refuse
from engine.matrix import unit_table
from engine.values import PiecewiseLinear

IndexArray = NDArray[np.intp]
Distribution = tuple[Any, ...]
Cell = Distribution | None

_SHAPES = {"uniform": ("low", "high"), "triangular": ("low", "mode", "high"), "normal": ("mean", "sd")}


@dataclass(frozen=True, eq=False)
class ValueTable:
    """m × n values in [0, 1], some of them uncertain.

    `base`: the exact ones, 0 where a value is uncertain. `rows`, `columns`, `cells`: the uncertain ones, in
    order of row and column; a cell is ("uniform", low, high), ("triangular", low, mode, high),
    ("normal", mean, sd), or None for any value from 0 to 1. `functions`: value functions by column, for
    distributions on the scale of a criterion; without one they are of values, and clipped to [0, 1].
    """

    base: Array
    rows: IndexArray
    columns: IndexArray
    cells: tuple[Cell, ...]
    functions: Mapping[int, PiecewiseLinear] = field(default_factory=dict)


def read_values(values: Any) -> ValueTable:
    """Check `values` of `rank_acceptability`: m × n numbers, or cells. Raises `InvalidInput`."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return uncertain_table(unit_table(values, "values") + 0.0, ())
    rows = [_row(row, at("values", index)) for index, row in enumerate(_rows(values))]
    if any(len(row) != len(rows[0]) for row in rows):
        raise refuse("values", "rows of different length")
    base = np.zeros((len(rows), len(rows[0])))
    uncertain: list[tuple[int, int, Cell]] = []
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            problem = _cell_problem(cell)
            if problem is not None:
                raise refuse(at(at("values", i), j), problem)
            known = _known(cell)
            if known is None:
                uncertain.append((i, j, _plain(cell)))
            else:
                base[i, j] = known
    return uncertain_table(unit_table(base, "values") + 0.0, uncertain)


def uncertain_table(
    base: Array,
    uncertain: Sequence[tuple[int, int, Cell]],
    functions: Mapping[int, PiecewiseLinear] | None = None,
) -> ValueTable:
    """A table of checked parts; `uncertain`: (row, column, cell) in order of row and column."""
    places = np.array([(i, j) for i, j, _ in uncertain], dtype=np.intp).reshape(-1, 2)
    return ValueTable(
        base=base,
        rows=places[:, 0],
        columns=places[:, 1],
        cells=tuple(cell for _, _, cell in uncertain),
        functions=functions or {},
    )


def _listed(values: Any) -> Sequence[Any]:
    """The entries of a list, tuple or array; empty if it is none of these."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    return values if isinstance(values, list | tuple) else ()


def _rows(values: Any) -> Sequence[Any]:
    rows = _listed(values)
    if not rows:
        raise refuse("values", "a table with at least one row is needed")
    return rows


def _row(row: Any, path: str) -> Sequence[Any]:
    cells = _listed(row)
    if not cells or isinstance(cells[0], str):
        raise refuse(path, "a row of values is needed")
    return cells


def _cell_problem(cell: Any) -> str | None:
    if cell is None or (isinstance(cell, float) and math.isfinite(cell)):
        return None
    if not isinstance(cell, list | tuple):
        return number_problem(cell)
    shape = _SHAPES.get(cell[0]) if cell and isinstance(cell[0], str) else None
    if shape is None or len(cell) != len(shape) + 1:
        return (
            'an uncertain value is ("uniform", low, high), ("triangular", low, mode, high), '
            f'("normal", mean, sd) or None, not {quoted(str(cell))}'
        )
    is_normal = cell[0] == "normal"
    for name, number in zip(shape, cell[1:], strict=True):
        low, high = (None, None) if name == "mean" else (0.0, None if is_normal else 1.0)
        problem = number_problem(number, at_least=low, at_most=high)
        if problem is not None:
            return f"{name}: {problem}"
    numbers = [float(number) for number in cell[1:]]
    return None if is_normal or numbers == sorted(numbers) else f"{' ≤ '.join(shape)} does not hold"


def _known(cell: Any) -> float | None:
    """The number in a checked cell; None if it is uncertain. A distribution without spread is a number."""
    if cell is None:
        return None
    if not isinstance(cell, list | tuple):
        return float(cell)
    return None if has_spread(tuple(cell)) else min(max(float(cell[1]), 0.0), 1.0)


def distribution(score: Mapping[str, float]) -> Distribution:
    """The distribution of an uncertain score of a decision: {low, high}, {low, mode, high} or {mean, sd}."""
    name = next(name for name, shape in _SHAPES.items() if set(shape) == set(score))
    return (name, *(float(score[key]) for key in _SHAPES[name]))


def has_spread(cell: Distribution) -> bool:
    """Whether a checked distribution is of more than one number."""
    return bool(cell[-1] > 0 if cell[0] == "normal" else cell[1] < cell[-1])


def centre(cell: Distribution) -> float:
    """What a distribution counts with in the base ranking: its middle, mode or mean."""
    middle: float = cell[1] / 2 + cell[-1] / 2 if cell[0] == "uniform" else cell[len(cell) - 2]
    return middle


def _plain(cell: Sequence[Any] | None) -> Cell:
    return None if cell is None else (cell[0], *(float(number) for number in cell[1:]))
