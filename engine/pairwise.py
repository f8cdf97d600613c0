"""Weights from comparisons in pairs: the principal eigenvector of the analytic hierarchy process (AHP)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, is_one_of, number_array, number_problem
from engine.errors import at, quoted, refuse

MAX_COMPARED = 10
LEAST_JUDGEMENT, LARGEST_JUDGEMENT = 1e-300, 1e300
_LARGEST_LOG = math.log(LARGEST_JUDGEMENT)
_CONSISTENT = 1e-9
# Two rounded decimals such as 3 and 0.333 still count as reciprocal.
_RECIPROCAL = 2e-3
_DOUBLINGS = 40

# Mean consistency index of random matrices of 3 to 10 criteria.
RANDOM_INDEX = {
    "saaty": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
    "alonso_lamata": (0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854),
}


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseWeights:
    """n weights that sum to 1, and how well the judgements fit together.

    `lambda_max`: principal eigenvalue, n when consistent and above it otherwise. `consistency_ratio`:
    (λ − n) / (n − 1) / random index, None for n ≤ 2, by the table that `random_index` names.
    `worst_judgement`: (i, j, suggested value) of the judgement that fits the weights least, None if all fit.
    """

    weights: Array
    lambda_max: float
    consistency_ratio: float | None
    worst_judgement: tuple[int, int, float] | None
    random_index: str


def pairwise_weights(upper: ArrayLike, *, random_index: str = "saaty") -> PairwiseWeights:
    """AHP weights of n ≤ 10 criteria from n(n − 1)/2 judgements.

    `upper`: flat upper triangle, row by row; a_ij is how many times criterion i is as important as j
    (1e-300 to 1e300; below 1 when less important). An empty list is a single criterion. `random_index`:
    "saaty" or "alonso_lamata". The worst judgement has the largest |ln(a_ij · w_j / w_i)|, the first of
    equals (with three criteria all deviate alike); the suggested value w_i / w_j is kept within 1e±300.
    Raises `InvalidInput` for anything else, naming the judgement.
    Source: Saaty, The Analytic Hierarchy Process (1980); Alonso and Lamata, International Journal of
    Uncertainty, Fuzziness and Knowledge-Based Systems 14 (2006) 445–459 for the second table.
    """
    return solve_pairwise(log_judgements(upper, "upper"), random_index)


def judgement_problem(value: Any) -> str | None:
    """What is wrong with a judgement, or None."""
    problem = number_problem(value)
    if problem is not None:
        return problem
    if value <= 0:
        return f"a judgement must be above 0 ({value:g}): 1 is equal, below 1 is less important"
    return number_problem(value, at_least=LEAST_JUDGEMENT, at_most=LARGEST_JUDGEMENT)


def log_judgements(upper: ArrayLike, path: str) -> Array:
    """The n × n logarithms of all judgements: those given, their opposites, and 0 on the diagonal."""
    given = number_array(upper, path)
    if given.ndim != 1:
        raise refuse(path, "a flat list, the upper triangle row by row, is needed")
    size = (1 + math.isqrt(1 + 8 * len(given))) // 2
    if size * (size - 1) // 2 != len(given):
        raise refuse(path, f"{len(given)} judgements fit no number of criteria: n × (n − 1) / 2 are needed")
    if size > MAX_COMPARED:
        raise refuse(path, f"{size} criteria are more than the {MAX_COMPARED} that can be compared in pairs")
    _require_judgements(given, path)
    logs = np.zeros((size, size))
    logs[np.triu_indices(size, 1)] = np.log(given)
    full: Array = logs - logs.T
    return full


def _require_judgements(judgements: Array, path: str) -> None:
    outside = (judgements < LEAST_JUDGEMENT) | (judgements > LARGEST_JUDGEMENT)
    for place in np.argwhere(outside)[:1].tolist():
        value = judgements[tuple(place)]
        for index in place:
            path = at(path, index)
        raise refuse(path, str(judgement_problem(value)))


def upper_triangle(matrix: ArrayLike) -> Array:
    """The flat upper triangle of a full n × n matrix of judgements, row by row, for `pairwise_weights`.

    Refused with the cell: a diagonal other than 1, or a_ji that is not 1 / a_ij (within 0.2 %, so that
    printed decimals pass). The upper triangle is what counts.
    """
    full = number_array(matrix, "matrix", 2)
    if full.shape[0] != full.shape[1]:
        raise refuse("matrix", f"{full.shape[0]} rows and {full.shape[1]} columns: it must be square")
    _require_judgements(full, "matrix")
    logs = np.log(full)
    apart = np.abs(logs + logs.T) > _RECIPROCAL
    for i, j in np.argwhere(np.triu(apart)).tolist():
        if i == j:
            raise refuse(at(at("matrix", i), i), f"a criterion against itself is 1, not {full[i, i]:g}")
        message = f"{full[j, i]:g} is not 1 / {full[i, j]:g}, the judgement at [{i}][{j}]"
        raise refuse(at(at("matrix", j), i), message)
    flat: Array = full[np.triu_indices(len(full), 1)]
    return flat


def solve_pairwise(logs: Array, random_index: str) -> PairwiseWeights:
    """The weights of checked judgements, from the output of `log_judgements`."""
    if not is_one_of(random_index, RANDOM_INDEX):
        known = " or ".join(quoted(name) for name in RANDOM_INDEX)
        raise refuse("random_index", f"must be {known}, not {quoted(random_index)}")
    size = len(logs)
    log_weights = _log_eigenvector(logs)
    shares = np.exp(log_weights - log_weights.max())
    worst = _worst_judgement(logs, log_weights)
    lambda_max = float(size) if worst is None else _eigenvalue(logs, log_weights)
    return PairwiseWeights(
        weights=shares / shares.sum(),
        lambda_max=lambda_max,
        consistency_ratio=_consistency_ratio(lambda_max, size, random_index),
        worst_judgement=worst,
        random_index=random_index,
    )


def _log_product(left: Array, right: Array) -> Array:
    """Matrix product of two matrices that are given, and returned, as logarithms."""
    terms = left[:, :, None] + right[None, :, :]
    largest = terms.max(axis=1)
    product: Array = largest + np.log(np.exp(terms - largest[:, None, :]).sum(axis=1))
    return product


def _log_eigenvector(logs: Array) -> Array:
    """Logarithm of the principal eigenvector, by repeated squaring.

    In logarithms because judgements of 1e±300 multiply beyond the range of floats. Squaring, because it
    settles even where contradictory judgements leave two eigenvalues almost equally large.
    """
    power = _with_steady_diagonal(logs)
    for _ in range(_DOUBLINGS):
        # The error is squared with each step: once it is small, one more step brings it to rounding.
        settled = bool(np.ptp(power - power[:, :1], axis=0).max() < 1e-8)
        power = _log_product(power, power)
        power -= power.max()
        if settled:
            break
    vector: Array = power[:, 0]
    return vector


def _with_steady_diagonal(logs: Array) -> Array:
    """The matrix plus about its eigenvalue on the diagonal: same vector, but powers that do not alternate."""
    power, longest = logs, 0.0
    for length in range(2, len(logs) + 1):
        power = _log_product(power, logs)
        longest = max(longest, float(power.diagonal().max()) / length)
    steady = logs.copy()
    np.fill_diagonal(steady, np.logaddexp(0.0, longest))
    return steady


def _eigenvalue(logs: Array, log_weights: Array) -> float:
    image = _log_product(logs, log_weights[:, None])[:, 0]
    return max(float(len(logs)), math.exp(float(np.mean(image - log_weights))))


def _worst_judgement(logs: Array, log_weights: Array) -> tuple[int, int, float] | None:
    suggested = log_weights[:, None] - log_weights[None, :]
    deviation = np.triu(np.abs(logs - suggested))
    largest = float(deviation.max())
    if largest <= _CONSISTENT:
        return None
    i, j = np.argwhere(deviation >= largest - _CONSISTENT)[0].tolist()
    return i, j, math.exp(min(max(float(suggested[i, j]), -_LARGEST_LOG), _LARGEST_LOG))


def _consistency_ratio(lambda_max: float, size: int, random_index: str) -> float | None:
    if size <= 2:
        return None
    return max(0.0, lambda_max - size) / (size - 1) / RANDOM_INDEX[random_index][size - 3]
