"""Bare tables to try methods on: strategies, and what every method refuses in the same words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

UNIT = st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def tables(draw: st.DrawFn, numbers: st.SearchStrategy[float] = UNIT, least: int = 1) -> tuple[Any, Any]:
    """An m × n table and n weights with at least one above 0."""
    criteria = draw(st.integers(1, 5))
    rows = draw(st.lists(st.tuples(*[numbers] * criteria), min_size=least, max_size=7))
    weights = draw(st.lists(st.integers(0, 9), min_size=criteria, max_size=criteria).filter(any))
    return np.array(rows), np.array(weights, dtype=np.float64)


def bad_tables(name: str) -> list[tuple[Any, Any, str]]:
    """(table, weights, how the refusal starts) of tables that no method can work with."""
    fine = [[0.5, 1], [1, 0.5]]
    return [
        ([], [], f"{name}: 2 dimension(s) are needed, not 1"),
        (np.zeros((0, 2)), [1, 1], f"{name}: nothing in it"),
        (np.zeros((2, 0)), [], f"{name}: nothing in it"),
        (0.5, [1], f"{name}: 2 dimension(s) are needed, not 0"),
        (np.zeros((2, 2, 2)), [1, 1], f"{name}: 2 dimension(s) are needed, not 3"),
        ([[0.5, 1], [1]], [1, 1], f"{name}: rows of different length"),
        ([[0.5, math.nan], [1, 1]], [1, 1], f"{name}[0][1]: NaN"),
        (np.array([[0.5, 1], [math.nan, 1]]), [1, 1], f"{name}[1][0]: NaN"),
        ([[0.5, 1], [-math.inf, 1]], [1, 1], f"{name}[1][0]: an infinite"),
        ([[0.5, True], [1, 1]], [1, 1], f"{name}[0][1]: a true/false"),
        ([["0.5", 1], [1, 1]], [1, 1], f'{name}[0][0]: a number is needed, not "0.5"'),
        ([[0.5, None], [1, 1]], [1, 1], f"{name}[0][1]: a number is needed, not null"),
        (fine, [1], "weights: 1 weights for 2 criteria"),
        (fine, [1, 1, 1], "weights: 3 weights for 2 criteria"),
        (fine, [[1, 1]], "weights: 1 dimension(s) are needed, not 2"),
        (fine, [1, -1], "weights[1]: a weight cannot be negative"),
        (fine, [0, 0], "weights: at least one weight must be above 0"),
        (fine, [1, math.nan], "weights[1]: NaN"),
        (fine, [math.inf, 1], "weights[0]: an infinite"),
    ]


BAD_DIRECTIONS: list[tuple[Any, str]] = [
    ([True], "benefit: 1 directions for 2 criteria"),
    ([True, 1], "benefit[1]: true or false is needed, not 1"),
    ([-1, 1], "benefit[0]: true or false is needed, not -1"),
    ([True, None], "benefit[1]: true or false is needed, not null"),
    (np.array([1.0, 0.0]), "benefit[0]: true or false is needed, not 1.0"),
    (np.array(True), "benefit: a list of true and false is needed"),
    (True, "benefit: a list of true and false is needed"),
    ("ab", "benefit: a list of true and false is needed"),
    ([[True, False]], "benefit[0]: true or false is needed, not list"),
]
