"""The one door to SciPy: linear and mixed-integer programs, imported when one is solved.

Both are solved by HiGHS and are exact up to its tolerances: 1e-9 for a linear program; for one with whole
numbers 1e-6, which SciPy cannot set, so whoever calls it scales rows and cost, and checks the point found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Solution:
    """The best point of a program and its objective. `x` is None when no point fits the constraints."""

    x: Array | None
    objective: float


def linear_program(
    cost: ArrayLike,
    *,
    upper: tuple[ArrayLike, ArrayLike] | None = None,
    equal: tuple[ArrayLike, ArrayLike] | None = None,
    bounds: list[tuple[float | None, float | None]],
) -> Solution:
    """Minimise cost · x under A x ≤ b (`upper`), A x = b (`equal`) and the bounds of each x.

    Infeasible: `x` None and an infinite objective. Raises `ArithmeticError` when HiGHS finds no answer.
    """
    from scipy.optimize import linprog

    found = linprog(
        cost,
        A_ub=None if upper is None else upper[0],
        b_ub=None if upper is None else upper[1],
        A_eq=None if equal is None else equal[0],
        b_eq=None if equal is None else equal[1],
        bounds=bounds,
        method="highs",
        options={"primal_feasibility_tolerance": _TOLERANCE, "dual_feasibility_tolerance": _TOLERANCE},
    )
    return _solution(found.status, found.x, found.fun)


def integer_program(
    cost: ArrayLike,
    *,
    constraints: list[tuple[ArrayLike, ArrayLike, ArrayLike]],
    low: ArrayLike,
    high: ArrayLike,
    whole: ArrayLike,
    seconds: float = 10.0,
) -> Solution:
    """Minimise cost · x under lower ≤ A x ≤ upper (`constraints`: A, lower, upper) and low ≤ x ≤ high.

    `whole`: 1 where x must be a whole number. Proven optimal within 1e-6 of the cost, not of its size; else
    `ArithmeticError` after `seconds`. Infeasible: `x` None and an infinite objective.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    found = milp(
        np.asarray(cost, dtype=np.float64),
        constraints=[LinearConstraint(*one) for one in constraints],
        bounds=Bounds(low, high),
        integrality=np.asarray(whole),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    return _solution(found.status, found.x, found.fun)


def _solution(status: int, x: Array | None, objective: float | None) -> Solution:
    if status == 2:
        return Solution(None, float("inf"))
    if status != 0 or x is None or objective is None:
        raise ArithmeticError(f"the solver found no proven answer (status {status})")
    return Solution(np.asarray(x, dtype=np.float64), float(objective))
