"""The figures of the engine: ``make bench`` prints them and writes them to docs/benchmarks.md.

Floors and peers are timed in turns with ours in the same run, so that the ratios hold on any machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from engine import flips, rank
from tests import bench_acceptability as shares
from tests import bench_methods as methods
from tests.bench_file import machine, write_section

HEAD = ["| What | ours | floor or peer | ratio | aim |", "|---|---:|---:|---:|---|"]


def ranking_row(alternatives: int, leaves: int, aim: str) -> shares.Row:
    """Rank and flips of a problem that is built already."""
    problem = shares.decision_of(alternatives, leaves)

    def work() -> None:
        problem.__dict__.pop("scored", None)
        rank(problem)
        flips(problem)

    (ours,) = shares.in_turns([work], 101)
    return shares.Row(f"rank + flips, {alternatives:,} × {leaves}", ours, None, None, aim)


def import_row(runs: int = 15) -> shares.Row:
    """A new Python that imports the engine beside one that imports NumPy."""
    taken: dict[str, list[float]] = {"engine": [], "numpy": []}
    # Compiled modules are kept, as on any machine that does not forbid it.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        for name, times in taken.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {name}"], check=True, env=env)
            times.append((time.perf_counter() - start) * 1000)
    ours, floor = (statistics.median(times) for times in taken.values())
    return shares.Row(
        "a new process that imports the engine; floor: one that imports NumPy", ours, floor, ours / floor,
        "≤ 200 ms",
    )  # fmt: skip


def rows() -> list[shares.Row]:
    """Everything, in the order of the table."""
    return [
        ranking_row(50, 24, "≤ 1 ms"),
        *shares.acceptability_rows(),
        *(
            shares.Row(row.what, row.ours, row.peer, row.ratio, f"< {row.aim:g} × peer")
            for row in methods.rows()
        ),
        import_row(),
    ]


def table(found: list[shares.Row]) -> str:
    """Write the figures as Markdown."""
    lines = [*HEAD]
    for row in found:
        floor = "" if row.floor is None else f"{row.floor:.2f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.ours:.2f} | {floor} | {ratio} | {row.aim} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    text = table(rows())
    print(text)
    write_section(
        "The engine",
        "Made by `make bench`: medians in milliseconds unless a row says MiB. Floor of rank acceptability:\n"
        "the matrix product and a sort of the same scores, some samples at a time. Peers: pymcdm and\n"
        f"scikit-criteria through their fastest doors. {machine()}.\n\n{text}",
    )


if __name__ == "__main__":
    main()
