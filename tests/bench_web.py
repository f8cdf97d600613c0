"""`make bench-web`: how long the pages of large organisations take, on SQLite and on PostgreSQL.

Each database gets a process and servers of its own. The organisation is `load_synthetic`'s, and pages are
asked for through Django's test client: a figure is server time with middleware, queries, arithmetic and
template. `BENCH_TASKS=500,10000` measures fewer sizes and writes no file.
"""

from __future__ import annotations

import gc
import json
import logging
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench_file import machine, write_section
from tests.services import private_postgres

SIZES = ((500, 1_000), (10_000, 10_000), (100_000, 10_000))
RUNS = 20
AIM = 150
FLOOR = "floor: an empty search page"
PAGES = {
    FLOOR: "search/",
    "case": "",
    "tasks": "tasks/",
    "tasks, page in the middle": "tasks/?page={middle}",
    "tasks by name, in the middle": "tasks/?sort=name&page={middle}",
    "tasks by cost, dearest first": "tasks/?sort=cost&down=1",
    "tasks with one outcome, by score": "tasks/?show=RETAIN&sort=score",
    "tasks with a gate near an edge": "tasks/?gate=G08&show=edge",
    "tasks that contain “abstraction”": "tasks/?q=abstraction",
    "tasks that contain nothing such": "tasks/?q=no+such+work",
    "one task": "tasks/{task}/",
    "providers": "providers/",
    "providers, last page": "providers/?page=99999",
    "providers by values, claims only": "providers/?sort=values&evidence=claims",
    "providers in a place": "providers/?q=pune",
    "providers by certificate and expiry": "providers/?certificate=ISO+9001&expiry=soon",
    "search for part of a word": "search/?q=harbor",
    "ranking": "selection/{selection}/ranking/",
}
ANSWER = "saving one answer in the list"
CSV = "all tasks as a file"


@dataclass(frozen=True)
class Figure:
    """Times in milliseconds; ``queries`` and ``size`` (bytes) are those of the last run."""

    what: str
    median: float
    p95: float
    queries: int
    size: int


def _measure(what: str, ask: Any, runs: int = RUNS) -> Figure:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(2):
        ask()
    times = []
    gc.collect()
    for _ in range(runs):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    with CaptureQueriesContext(connection) as seen:
        answer = ask()
    times.sort()
    p95 = times[math.ceil(0.95 * len(times)) - 1]
    return Figure(what, statistics.median(times), p95, len(seen), len(answer.getvalue()))


def _figures(tasks: int) -> list[Figure]:
    """Measure every page of the organisation as it is now."""
    from django.test import Client

    from accounts.models import Organisation, User
    from accounts.tenancy import opened
    from assessments.models import TaskAssessment
    from selections.models import Selection

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="counsel@synthetic.example"))
    with opened(Organisation.objects.get(slug="synthetic")):
        middle = TaskAssessment.objects.order_by("list_code")[tasks // 2]
        names = {"task": middle.pk, "selection": Selection.objects.get().pk, "middle": max(1, tasks // 100)}

    def get(path: str) -> Any:
        answer = client.get(f"/o/synthetic/{path.format(**names)}")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer

    levels = iter(range(10_000))

    def save() -> Any:
        form = {"level-STD": str(1 + next(levels) % 5)}
        address = f"/o/synthetic/tasks/{middle.pk}/save/?place=table"
        answer = client.post(address, form, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.status_code
        return answer

    found = [_measure(what, lambda path=path: get(path)) for what, path in PAGES.items()]
    found.append(_measure(ANSWER, save))
    found.append(_measure(CSV, lambda: get("tasks/tasks.csv"), runs=1))
    return found


def child() -> None:
    """Measure on the database of the environment; figures go to standard output as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from lpo.synthetic import load_synthetic

    settings.SAMPLE_SIGNINS = True
    logging.disable(logging.INFO)  # one line a request is not what is measured here
    call_command("migrate", verbosity=0)
    sizes = os.environ.get("BENCH_TASKS", "").split(",")
    wanted = [size for size in SIZES if str(size[0]) in sizes] if sizes != [""] else list(SIZES)
    for tasks, providers in wanted:
        start = time.monotonic()
        load_synthetic(tasks=tasks, providers=providers)
        print(f"loaded {tasks:,} in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        figures = [asdict(figure) for figure in _figures(tasks)]
        print(json.dumps({"tasks": tasks, "providers": providers, "figures": figures}), flush=True)


@contextmanager
def databases() -> Iterator[dict[str, dict[str, str]]]:
    """Give the environment of each database."""
    with tempfile.TemporaryDirectory(prefix="lpo-bench-") as folder, private_postgres() as postgres:
        common = {**os.environ, "LPO_LISTENS_ON": "127.0.0.1", "LOG_LEVEL": "ERROR"}
        common.pop("DATABASE_URL", None)
        yield {
            "SQLite": {**common, "LPO_VAR": folder},
            "PostgreSQL": {**common, "LPO_VAR": folder, "DATABASE_URL": postgres.create_database("bench")},
        }


def _run(name: str, env: dict[str, str]) -> list[dict[str, Any]]:
    print(f"{name} …", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench_web", "child"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def table(runs: list[dict[str, Any]]) -> str:
    """Write the figures of one database as Markdown: a row a page, three columns a size."""
    heads = [f"{run['tasks']:,} × {run['providers']:,}" for run in runs]
    lines = [
        "| Page | "
        + " | ".join(f"{head}: ms median / p95 | × floor | queries" for head in heads)
        + " | bytes |",
        "|---|" + "---:|" * (3 * len(runs) + 1),
    ]
    floors = [run["figures"][0]["median"] for run in runs]
    for place, figure in enumerate(runs[0]["figures"]):
        cells = []
        for run, floor in zip(runs, floors, strict=True):
            one = run["figures"][place]
            mark = " **>**" if one["p95"] > AIM and one["what"] not in (CSV, "ranking") else ""
            cells += [
                f"{one['median']:.0f} / {one['p95']:.0f}{mark}",
                f"{one['median'] / floor:.1f}",
                f"{one['queries']}",
            ]
        lines.append(f"| {figure['what']} | {' | '.join(cells)} | {runs[-1]['figures'][place]['size']:,} |")
    return "\n".join(lines)


def main() -> None:
    """Measure both databases, print and write."""
    parts = []
    with databases() as found:
        for name, env in found.items():
            parts.append(f"### {name}\n\n{table(_run(name, env))}")
    text = (
        f"Made by `make bench-web`: legal tasks × providers of `manage.py load_synthetic`; {machine()}.\n"
        f"Each page {RUNS} times after two that do not count. Aim: p95 ≤ {AIM} ms for lists, filters and\n"
        "search (a **>** marks what is above it), and as many queries at 100,000 as at 500. The ranking of\n"
        "a very large assessment takes in the priced tasks only; the file of all tasks is made piece by\n"
        "piece while it is sent (one run, two queries for every 500 rows).\n\n" + "\n\n".join(parts)
    )
    print(text)
    if "BENCH_TASKS" not in os.environ:
        write_section("Large organisations", text)


if __name__ == "__main__":
    child() if sys.argv[1:] == ["child"] else main()
