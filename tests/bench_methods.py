"""Times of the methods on bare tables beside two other programs, which calculate in the same run.

Each is called through its fastest door: pymcdm without its checks, scikit-criteria by bare functions that
also rank. Ours checks its input. ``python -m tests.bench_methods`` prints the table.
"""

from __future__ import annotations

import gc
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import topsis, weighted_sum

ALTERNATIVES, CRITERIA = 100_000, 16


@dataclass(frozen=True)
class Beside:
    """Our median and a peer's in milliseconds, taken in turns; ``ratio`` is ours / theirs, with its aim."""

    what: str
    ours: float
    peer: float
    aim: float

    @property
    def ratio(self) -> float:
        """How much of the peer's time we take."""
        return self.ours / self.peer


def beside(what: str, ours: Callable[[], object], peer: Callable[[], object], runs: int = 15) -> Beside:
    """Time both in turns after one run that does not count, so that other load meets both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for run in range(runs + 1):
        for taken, work in zip(times, (ours, peer), strict=True):
            start = time.perf_counter()
            work()
            if run > 0:
                taken.append((time.perf_counter() - start) * 1000)
    return Beside(what, statistics.median(times[0]), statistics.median(times[1]), 1)


def rows(alternatives: int = ALTERNATIVES, criteria: int = CRITERIA, runs: int = 15) -> list[Beside]:
    """TOPSIS and the weighted sum on one random table of values in [0, 1]."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _rows(alternatives, criteria, runs)


def _rows(alternatives: int, criteria: int, runs: int) -> list[Beside]:
    from pymcdm import methods, normalizations
    from skcriteria.agg.simple import wsm
    from skcriteria.agg.topsis import topsis as bare_topsis
    from skcriteria.preprocessing.scalers import scale_by_vector

    random = np.random.default_rng(7)
    values, weights = random.random((alternatives, criteria)), random.dirichlet(np.ones(criteria))
    upward = np.ones(criteria)

    def pymcdm(method: Any) -> Callable[[], object]:
        return lambda: method(values, weights, upward, validation=False)

    def ours(normalisation: str) -> Callable[[], object]:
        return lambda: topsis(values, weights, normalisation=normalisation)

    size = f"{alternatives:,} × {criteria}"
    by_vector = methods.TOPSIS(normalizations.vector_normalization)
    pairs: list[tuple[str, Callable[[], object], Callable[[], object]]] = [
        ("TOPSIS, vector, {}: pymcdm", ours("vector"), pymcdm(by_vector)),
        (
            "TOPSIS, vector, {}: scikit-criteria",
            ours("vector"),
            lambda: bare_topsis(scale_by_vector(values, axis=0), upward, weights),
        ),
        ("TOPSIS, min–max, {}: pymcdm", ours("minmax"), pymcdm(methods.TOPSIS())),
        (
            "TOPSIS, fixed, {}: scikit-criteria, no scaling",
            ours("fixed"),
            lambda: bare_topsis(values, upward, weights),
        ),
        ("weighted sum, {}: pymcdm", lambda: weighted_sum(values, weights), pymcdm(methods.WSM())),
        (
            "weighted sum, {}: scikit-criteria",
            lambda: weighted_sum(values, weights),
            lambda: wsm(values, weights),
        ),
    ]
    return [beside(what.format(size), mine, theirs, runs) for what, mine, theirs in pairs]


def table(found: list[Beside]) -> str:
    """Write the figures as Markdown."""
    lines = [
        "| What: beside whom | our median ms | its median ms | ratio | aim |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.what} | {one.ours:.2f} | {one.peer:.2f} | {one.ratio:.2f} | < {one.aim:g} |" for one in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(rows()))
