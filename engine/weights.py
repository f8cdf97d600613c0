"""From what people say about importance to weights that sum to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array, require_count, weight_vector


def equal_weights(n: int) -> Array:
    """n equal weights."""
    count = require_count(n, "n")
    return np.full(count, 1.0 / count)


def direct_weights(points: ArrayLike) -> Array:
    """Points given directly, scaled to sum 1. None negative, at least one positive."""
    return weight_vector(points, "points")


def swing_weights(points: ArrayLike) -> Array:
    """Swing weighting: points for the step from worst to best of each criterion, scaled to sum 1.

    Source: von Winterfeldt and Edwards, Decision Analysis and Behavioral Research (1986).
    """
    return weight_vector(points, "points")


def rank_order_centroid(n: int) -> Array:
    """Weights for n criteria of which only the order is known, the most important first.

    w_k = (1/n) × Σ_{i=k..n} 1/i: the centre of all weights with that order.
    Source: Barron and Barrett, Management Science 42 (1996) 1515–1523.
    """
    count = require_count(n, "n")
    tail = np.cumsum(1.0 / np.arange(count, 0, -1))[::-1]
    weights: Array = tail / count
    return weights
