"""Distributions of uncertain scores: uniform, triangular, normal."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.checks import Array
from engine.uncertain import Distribution

# Beyond so many standard deviations nothing is left in floating point.
_FARTHEST = 40.0
_NARROW = 1e-3
_ROOT_2, _ROOT_2_PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)


def share_below(low: ArrayLike, x: ArrayLike, high: ArrayLike) -> Array:
    """Where x lies between low (0) and high (1), for ends as far apart as floating point allows."""
    start, end = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    with np.errstate(over="ignore"):
        unit = np.where(np.isfinite(end - start), 1.0, 0.5)
    share: Array = (np.asarray(x, dtype=np.float64) * unit - start * unit) / (end * unit - start * unit)
    return share


def expected_excess(points: Sequence[tuple[float, float]], level: float, cell: Distribution) -> float:
    """E[max(0, f(X) − level)] for X of a distribution and f through `points`, level beyond its ends.

    `points`: (metric, value) from worst to best, as in `PiecewiseLinear`; `level` from 0 to 1. Exact: it is
    the integral of f′(x) · P(X > x) over the x with f(x) > level, and P(X > x) is integrated in closed form
    on each piece.
    """
    if points[0][0] > points[-1][0]:
        points, cell = [(-x, v) for x, v in points], _mirrored(cell)
    excess = 0.0
    for (x0, v0), (x1, v1) in itertools.pairwise(points):
        if v1 > max(v0, level):
            start = x0 if v0 >= level else x0 + (level - v0) / (v1 - v0) * (x1 - x0)
            excess += (v1 - max(v0, level)) * _mean_chance_above(start, x1, cell)
    return excess


def _mirrored(cell: Distribution) -> Distribution:
    if cell[0] == "normal":
        return ("normal", -cell[1], cell[2])
    return (cell[0], *(-number for number in reversed(cell[1:])))


def _mean_chance_above(low: float, high: float, cell: Distribution) -> float:
    """The mean of P(X > x) over the x from low to high."""
    if low == high:
        return _chance_above(low, cell)
    bends = (
        [cell[1] - _FARTHEST * cell[2], cell[1] + _FARTHEST * cell[2]] if cell[0] == "normal" else cell[1:]
    )
    cuts = [low, *sorted(bend for bend in bends if low < bend < high), high]
    mean = _mean_chance_of_normal if cell[0] == "normal" else _simpson
    parts = ((b - a) / (high - low) * mean(a, b, cell) for a, b in itertools.pairwise(cuts))
    return math.fsum(parts)


def _simpson(low: float, high: float, cell: Distribution) -> float:
    """Simpson's rule, exact between the bends of a uniform or triangular distribution."""
    middle = low / 2 + high / 2
    ends = _chance_above(low, cell) + _chance_above(high, cell)
    return (ends + 4 * _chance_above(middle, cell)) / 6


def _mean_chance_of_normal(low: float, high: float, cell: Distribution) -> float:
    a, b = _deviations(low, cell), _deviations(high, cell)
    if b - a < _NARROW:
        return _simpson(low, high, cell)
    return (_loss(a) - _loss(b)) / (b - a)


def _loss(z: float) -> float:
    """The integral of the chance above from z on: the unit normal loss function."""
    return math.exp(-z * z / 2) / _ROOT_2_PI - z * math.erfc(z / _ROOT_2) / 2


def _deviations(x: float, cell: Distribution) -> float:
    mean, sd = float(cell[1]), float(cell[2])
    return min(max((x - mean) / sd, -_FARTHEST), _FARTHEST)


def _chance_above(x: float, cell: Distribution) -> float:
    if cell[0] == "normal":
        return math.erfc(_deviations(x, cell) / _ROOT_2) / 2
    low, high = float(cell[1]), float(cell[-1])
    if x <= low or x >= high:
        return 1.0 if x <= low else 0.0
    mode = float(cell[2])
    if cell[0] == "triangular" and x < mode:
        part = float(share_below(low, x, high))
        return 1 - part * (part / float(share_below(low, mode, high)))
    # Seen from the high end: 1 − the share below would be 0 for what is far nearer to the low one.
    rest = float(share_below(high, x, low))
    return rest if cell[0] == "uniform" else rest * (rest / float(share_below(high, mode, low)))
