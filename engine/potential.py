"""Who could be first at all: for each alternative the best that any weights can do for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array
from engine.errors import refuse
from engine.games import game_values
from engine.matrix import number_table
from engine.problem import Problem, require_problem

# Margins that are smaller, as a share of the largest difference, are rounding: level is 0.
_LEVEL = 1e-11
_LARGEST = 1e307


def potentially_optimal(values: ArrayLike) -> Array:
    """m margins: the largest t with w · (v_i − v_k) ≥ t for every other k, over all weights w.

    `values`: m × n on one scale, more is better. Weights: none negative, sum 1. A margin of 0 or more: first,
    or level with the first, under some weights; below 0: under none. The unit is that of the values.
    Identical alternatives have 0 or less, a single one +inf. Raises `InvalidInput`.
    Source: Hazen, Operations Research 34 (1986) 296–310; solved as games, see `engine/games.py`.
    """
    table = number_table(values, "values")
    return _margins(table, table)


def potential_margins(problem: Problem) -> dict[str, float]:
    """Code → margin in [−1, 1] for the alternatives that are ranked, in file order; +inf for a single one.

    Weights are free over the leaves that carry weight. An uncertain or unknown score counts with the best
    value of its range for the alternative itself and with the worst for its opponents. So below 0 means that
    no weights and no values within the ranges put it first, just as `dominated` holds for all of them.
    """
    model = require_problem(problem).model
    kept = [row for row, excluded in enumerate(model.is_excluded) if not excluded]
    if not kept:
        return {}
    weighted = model.tree.overall[model.tree.leaves] > 0
    margins = _margins(model.high[kept][:, weighted], model.low[kept][:, weighted])
    return dict(zip((model.codes[row] for row in kept), margins.tolist(), strict=True))


def _margins(own: Array, others: Array) -> Array:
    """Margins of `own` against `others` (m × n each); their differences are brought to at most 1 first."""
    if len(own) == 1:
        return np.array([np.inf])
    peak = max(float(np.abs(own).max()), float(np.abs(others).max()))
    if peak > _LARGEST:
        raise refuse("values", f"{peak:g} is too large to take differences of")
    middle = others[0]
    mine, theirs = own - middle, others - middle
    spread = max(_reach(mine, theirs), _reach(theirs, mine))
    if spread == 0:
        return np.zeros(len(own))
    margins = game_values(mine / spread, theirs / spread)
    return np.where(np.abs(margins) > _LEVEL, margins * spread, 0.0)


def _reach(one: Array, other: Array) -> float:
    """The largest difference in a column by which a row of `one` is above a row of `other`."""
    return float((one.max(axis=0) - other.min(axis=0)).max())
