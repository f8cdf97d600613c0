"""Seeded samples of weights: what is not known about the importance of the criteria, as many weight vectors.

Independent uniform numbers that are normalised crowd the middle of the simplex; exponential ones are uniform
on it. Source: Tervonen and Lahdelma, European Journal of Operational Research 178 (2007) 500–513.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array, number_array, require_list, require_number
from engine.errors import at, quoted, refuse
from engine.matrix import matching_weights
from engine.sample_cache import DRAWN, stream

Weights = str | Sequence[Any] | NDArray[Any]

_STREAM = 0
# A Dirichlet parameter this small leaves a weight of 0 in floating point, and NaN on the way to it.
_NO_WEIGHT = 1e-100


def weight_sample(weights: Weights, n: int, samples: int, seed: int) -> Array:
    """n × samples: in each column n weights that sum to 1. It may be read-only.

    `weights` as in `rank_acceptability`; the rows of an array are checked, normalised, and the samples.
    """
    if isinstance(weights, str):
        if weights != "uniform":
            raise refuse("weights", f'"uniform" is the only name, not {quoted(weights)}')
        return DRAWN.get(("uniform", n, samples, seed), lambda: _uniform(n, samples, seed))
    if isinstance(weights, list | tuple) and weights and isinstance(weights[0], str):
        return _named(weights, n, samples, seed)
    return _given(weights, n)


def _named(weights: Sequence[Any], n: int, samples: int, seed: int) -> Array:
    name, *rest = weights
    if name == "ordered" and len(rest) == 1:
        order = _order(rest[0], n)
        return DRAWN.get(("ordered", order, samples, seed), lambda: _ordered(order, samples, seed))
    if name == "dirichlet" and len(rest) == 2:
        concentration = require_number(rest[1], "weights[2]", at_least=1e-6, at_most=1e12)
        alpha = tuple((matching_weights(rest[0], n, "weights[1]") * concentration).tolist())
        return DRAWN.get(("dirichlet", alpha, samples, seed), lambda: _dirichlet(alpha, samples, seed))
    forms = '"uniform", ("ordered", order), ("dirichlet", weights, concentration) or an array'
    raise refuse("weights", f"{forms} is needed")


def _order(order: Any, n: int) -> tuple[int, ...]:
    """Criterion indices from the most to the least important."""
    listed = require_list(order.tolist() if isinstance(order, np.ndarray) else order, "weights[1]")
    whole = all(isinstance(k, int | np.integer) and not isinstance(k, bool) for k in listed)
    if not whole or sorted(listed) != list(range(n)):
        raise refuse("weights[1]", f"each index from 0 to {n - 1} is needed once, the most important first")
    return tuple(int(k) for k in listed)


def _uniform(n: int, samples: int, seed: int) -> Array:
    if n == 1:
        return np.ones((1, samples))
    drawn = stream(seed, _STREAM).standard_exponential((samples, n))
    weights: Array = np.divide(drawn.T, drawn.sum(axis=1), out=np.empty((n, samples)))
    return weights


def _ordered(order: tuple[int, ...], samples: int, seed: int) -> Array:
    """Uniform on the weights with that order: the uniform sample, each vector put in order."""
    falling = np.sort(_uniform(len(order), samples, seed), axis=0)[::-1]
    weights = np.empty((len(order), samples))
    weights[list(order)] = falling
    return weights


def _dirichlet(alpha: tuple[float, ...], samples: int, seed: int) -> Array:
    has_weight = np.array(alpha) > _NO_WEIGHT
    weights = np.zeros((len(alpha), samples))
    weights[has_weight] = stream(seed, _STREAM).dirichlet(np.array(alpha)[has_weight], samples).T
    return weights


def _given(weights: Any, n: int) -> Array:
    array = number_array(weights, "weights", 2)
    if array.shape[1] != n:
        raise refuse("weights", f"{array.shape[1]} weights in a row for {n} criteria")
    if (array < 0).any():
        row, column = np.argwhere(array < 0)[0].tolist()
        place = at(at("weights", row), column)
        raise refuse(place, f"a weight cannot be negative ({array[row, column]:g})")
    largest = array.max(axis=1)
    if not largest.all():
        raise refuse(at("weights", int(np.argmin(largest))), "at least one weight must be above 0")
    # Dividing by the largest first keeps the sum of huge weights finite.
    normalised: Array = np.divide(array.T, largest, out=np.empty((n, len(array))))
    normalised /= normalised.sum(axis=0)
    return normalised
