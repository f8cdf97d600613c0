"""How long rank acceptability takes beside its floor: the matrix product and a sort of the same scores.

Each pair is measured in turns in one run, so that what else the machine does meets both. The weights, and the
draws of uncertain values, are kept from the first call on, so they do not count.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Problem, flips, rank, rank_acceptability, robustness

_CHUNK = 2_000


@dataclass(frozen=True)
class Row:
    """Medians in milliseconds (or MiB), ours and the floor's, their ratio, and what is aimed at."""

    what: str
    ours: float
    floor: float | None
    ratio: float | None
    aim: str


def in_turns(works: list[Callable[[], object]], runs: int) -> list[float]:
    """The median time of each work in milliseconds, after two rounds that do not count."""
    times: list[list[float]] = [[] for _ in works]
    gc.collect()
    for turn in range(runs + 2):
        for place, work in enumerate(works):
            start = time.perf_counter()
            work()
            if turn > 1:
                times[place].append((time.perf_counter() - start) * 1000)
    return [statistics.median(each) for each in times]


def _values(alternatives: int, criteria: int) -> np.ndarray:
    return np.random.default_rng(7).random((alternatives, criteria))


def floor_of(values: np.ndarray, samples: int) -> Callable[[], None]:
    """The matrix product and a sort of the scores, some samples at a time."""
    drawn = np.random.default_rng(7).standard_exponential((samples, values.shape[1]))
    weights = drawn / drawn.sum(axis=1, keepdims=True)

    def work() -> None:
        for start in range(0, samples, _CHUNK):
            np.sort(weights[start : start + _CHUNK] @ values.T, axis=1)

    return work


def exact_row(alternatives: int, samples: int, runs: int, aim: str) -> Row:
    """Exact values, 16 criteria, with `pairwise`."""
    values = _values(alternatives, 16)
    works = [lambda: rank_acceptability(values, samples=samples).pairwise, floor_of(values, samples)]
    ours, floor = in_turns(works, runs)
    what = f"rank acceptability, {alternatives} × 16, {samples:,} samples, with pairwise"
    return Row(what, ours, floor, ours / floor, aim)


def uncertain_row(runs: int = 15) -> Row:
    """All 20 × 16 values uncertain: a quarter each unknown, uniform, triangular, normal."""
    values = np.empty((20, 16), dtype=object)
    for place, value in np.ndenumerate(_values(20, 16) / 2):
        kinds: tuple[Any, ...] = (
            None,
            ("uniform", value, value + 0.3),
            ("triangular", value, value + 0.1, value + 0.5),
            ("normal", value, 0.1),
        )
        values[place] = kinds[sum(place) % 4]
    (ours,) = in_turns([lambda: rank_acceptability(values).pairwise], runs)
    return Row("the same, 20 × 16 uncertain values, 10,000 samples", ours, None, None, "≤ 15 ms")


def decision_of(alternatives: int, leaves: int) -> Problem:
    """A random flat decision."""
    codes = [f"L{place}" for place in range(leaves)]
    rows = _values(alternatives, leaves) * 100
    return Problem.from_decision(
        {
            "schema": "lpo.decision/1",
            "criteria": [
                {"code": code, "weight": 1 + k % 5, "points": [[0, 0], [60, 0.7], [100, 1]]}
                for k, code in enumerate(codes)
            ],
            "alternatives": [
                {"code": f"A{place}", "scores": dict(zip(codes, row, strict=True))}
                for place, row in enumerate(rows.tolist())
            ],
        }
    )


def large_row(runs: int = 5) -> Row:
    """1,000 alternatives × 24 leaves: everything that is asked of a decision but for the pairs."""
    problem = decision_of(1_000, 24)

    def work() -> None:
        problem.__dict__.pop("scored", None)
        rank(problem)
        flips(problem)
        robustness(problem, samples=10_000)

    (ours,) = in_turns([work], runs)
    return Row("rank + flips + robustness, 1,000 × 24, 10,000 samples", ours, None, None, "≤ 1,000 ms")


def memory_row(samples: int = 100_000) -> Row:
    """The most that is taken at a time beyond the weights, 20 × 16."""
    values = _values(20, 16)
    rank_acceptability(values, samples=samples)
    gc.collect()
    tracemalloc.start()
    try:
        found = rank_acceptability(values, samples=samples).pairwise
        peak = tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
    assert found.shape == (20, 20)
    return Row(f"memory beyond the weights, 20 × 16, {samples:,} samples (MiB)", peak, None, None, "≤ 8 MiB")


def acceptability_rows() -> list[Row]:
    """Everything, in the order of the table."""
    return [
        exact_row(20, 10_000, 101, "≤ 2 ms, ≤ 2.2 × floor"),
        exact_row(20, 100_000, 15, "≤ 20 ms, ≤ 2.2 × floor"),
        exact_row(50, 10_000, 41, "≤ 3 × floor"),
        uncertain_row(),
        large_row(),
        memory_row(),
    ]


if __name__ == "__main__":
    for row in acceptability_rows():
        floor = "" if row.floor is None else f" floor {row.floor:.2f} ratio {row.ratio:.2f}"
        print(f"{row.what}: {row.ours:.2f}{floor} (aim {row.aim})")
