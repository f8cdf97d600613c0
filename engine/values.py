"""Value functions: from a metric in its own unit to a value between 0 (worst) and 1 (best)."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.checks import Array, number_array, number_problem, require_number
from engine.errors import Fault, InvalidInput, at

# Between these two every slope of a value function stays finite.
_LARGEST_X = 1e300
_SMALLEST_STEP = 1e-290
_MOST_POINTS = 100


def points_faults(points: object, path: str = "points") -> list[Fault]:
    """What is wrong with the points of a value function; empty if nothing is."""
    if isinstance(points, PiecewiseLinear):
        return []  # it was checked when it was made
    points = _plain(points)
    if not isinstance(points, list | tuple) or len(points) < 2:
        return [Fault(path, "two or more points [metric, value] are needed, from worst to best")]
    if len(points) > _MOST_POINTS:
        return [Fault(path, f"there are more than {_MOST_POINTS} points")]
    faults: list[Fault] = []
    for place, point in enumerate(points):
        faults.extend(_point_faults(point, path, place))
    if faults:
        return faults
    return _order_faults([float(x) for x, _ in points], [float(v) for _, v in points], path)


def _plain(points: Any) -> Any:
    """Arrays among the points as lists."""
    if isinstance(points, np.ndarray):
        return points.tolist()
    if isinstance(points, list | tuple):
        return [point.tolist() if isinstance(point, np.ndarray) else point for point in points]
    return points


def _point_faults(point: object, path: str, place: int) -> list[Fault]:
    if not isinstance(point, list | tuple) or len(point) != 2:
        return [Fault(at(path, place), "a point is a pair [metric, value]")]
    problems = (
        number_problem(point[0], at_least=-_LARGEST_X, at_most=_LARGEST_X),
        number_problem(point[1], at_least=0, at_most=1),
    )
    found = ((i, problem) for i, problem in enumerate(problems) if problem is not None)
    return [Fault(at(at(path, place), i), problem) for i, problem in found]


def _order_faults(xs: list[float], vs: list[float], path: str) -> list[Fault]:
    rising = xs[1] > xs[0]
    for place in range(1, len(xs)):
        step = xs[place] - xs[place - 1]
        if step == 0 or (step > 0) != rising:
            return [Fault(at(path, place), "metrics must strictly rise or strictly fall from worst to best")]
        if vs[place] < vs[place - 1]:
            return [Fault(at(path, place), "values must not fall from worst to best")]
        if abs(step) < _SMALLEST_STEP:
            return [Fault(at(path, place), "two metrics are too close to each other")]
    if vs[0] != 0:
        return [Fault(at(path, 0), "the worst point must have the value 0")]
    if vs[-1] != 1:
        return [Fault(at(path, len(vs) - 1), "the best point must have the value 1")]
    return []


@dataclass(frozen=True)
class PiecewiseLinear:
    """A value function: straight lines between `points`, the end value outside them.

    `points` are pairs (metric, value) from worst to best: metrics strictly rising (more is better) or
    strictly falling (less is better), values from 0 up to 1 and never falling; an n × 2 array will do.
    Call it with a number or an array of metrics (unit of the criterion); the answer is in [0, 1]. Raises
    `InvalidInput`.
    """

    points: Sequence[tuple[float, float]]
    _xs: Array = field(init=False, repr=False, compare=False)
    _vs: Array = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = points_faults(self.points)
        if faults:
            raise InvalidInput(*faults)
        points = tuple((float(x), float(v) + 0.0) for x, v in _plain(self.points))
        ascending = points if points[0][0] < points[-1][0] else points[::-1]
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "_xs", np.array([x for x, _ in ascending]))
        object.__setattr__(self, "_vs", np.array([v for _, v in ascending]))

    @classmethod
    def of(cls, points: PiecewiseLinear | Sequence[tuple[float, float]]) -> PiecewiseLinear:
        """The value function through `points`, or the one that is given already."""
        return points if isinstance(points, PiecewiseLinear) else cls(points)

    @overload
    def __call__(self, x: float) -> float: ...
    @overload
    def __call__(self, x: Sequence[Any] | NDArray[Any]) -> Array: ...
    def __call__(self, x: ArrayLike) -> float | Array:
        """The value of a metric, or of each metric of an array."""
        metric = number_array(x, "x")
        values = self.of_numbers(metric)
        return float(values) if metric.ndim == 0 else values

    def of_numbers(self, metrics: Array) -> Array:
        """The values of metrics that are known to be finite numbers."""
        values: Array = np.clip(np.interp(metrics, self._xs, self._vs), 0.0, 1.0)
        return values

    def metric_at(self, value: float, *, falling: bool) -> float:
        """The metric at which a value from 0 to 1 is reached, from better ones if `falling`, else from worse
        ones: on a level stretch, the end that is reached first."""
        require_number(value, "value", at_least=0, at_most=1)
        passes = operator.le if falling else operator.ge
        pieces = itertools.pairwise(self.points[::-1] if falling else self.points)
        (x0, v0), (x1, v1) = next(piece for piece in pieces if passes(piece[1][1], value))
        return x0 if v0 == v1 else x0 + (value - v0) / (v1 - v0) * (x1 - x0)

    @overload
    def clipped(self, x: float) -> bool: ...
    @overload
    def clipped(self, x: Sequence[Any] | NDArray[Any]) -> NDArray[np.bool_]: ...
    def clipped(self, x: ArrayLike) -> bool | NDArray[np.bool_]:
        """True where a metric lies outside the points, so that an end value was used."""
        metric = number_array(x, "x")
        outside = self.beyond(metric)
        return bool(outside) if metric.ndim == 0 else outside

    def beyond(self, metrics: Array) -> NDArray[np.bool_]:
        """As `clipped`, of metrics that are known to be finite numbers."""
        outside: NDArray[np.bool_] = (metrics < self._xs[0]) | (metrics > self._xs[-1])
        return outside
