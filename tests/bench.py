"""The figures of docs/benchmarks.md: ``make bench`` measures, prints the table and writes the file.

Pages are asked for through Django's test client on SQLite in a folder of its own, so a figure is server
time: middleware, queries, arithmetic, template. The floor of the pages is the smallest page that passes the
same door (an empty search).
"""

from __future__ import annotations

import gc
import itertools
import json
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["LPO_VAR"] = tempfile.mkdtemp(prefix="lpo-bench-")

import django

django.setup()

import numpy as np
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

import figures as written
from accounts.models import Organisation, User
from accounts.tenancy import opened
from assessments.models import Assessment, TaskAssessment
from engine import Problem, flips, rank
from lpo.sample import CALDER, load_sample
from lpo.synthetic import profiles, work
from providers.services import recount
from reports import services as reports
from selections.models import RankingRecord, Selection
from selections.services import preview_ranking
from tests.bench_file import machine, write_section


@dataclass(frozen=True)
class Figure:
    """Median and worst of some runs, in milliseconds, with the aim."""

    what: str
    median: float
    worst: float
    runs: int
    aim: float


def measure(what: str, aim: float, work: Callable[[], object], runs: int = 25) -> Figure:
    """Time ``work`` after two runs that do not count; garbage collection stays out of it."""
    for _ in range(2):
        work()
    times = []
    gc.collect()
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return Figure(what, statistics.median(times), max(times), runs, aim)


def _problem(alternatives: int, leaves: int) -> Problem:
    """A random decision of four criteria; the seed makes it the same each time."""
    random = np.random.default_rng(7)
    codes = [f"L{number}" for number in range(leaves)]
    step = leaves // 4
    criteria = [
        {
            "code": f"C{group}",
            "weight": 25,
            "criteria": [
                {
                    "code": code,
                    "weight": float(random.integers(1, 9)),
                    "points": [[0, 0], [60, 0.7], [100, 1]],
                }
                for code in codes[group * step : (group + 1) * step]
            ],
        }
        for group in range(4)
    ]
    rows = [
        {"code": f"A{number}", "scores": {code: float(random.uniform(0, 100)) for code in codes}}
        for number in range(alternatives)
    ]
    return Problem.from_decision(
        {"schema": "lpo.decision/1", "title": "bench", "criteria": criteria, "alternatives": rows}
    )


def _many(organisation: Organisation, tasks: int) -> None:
    """Fill up to so many tasks and 1,000 providers with what `load_synthetic` makes."""
    actor = User.objects.get(email="counsel@calderridge.example")
    with opened(organisation):
        assessment = Assessment.objects.select_related("factor_set").get()
        work.fill(assessment=assessment, upto=tasks, seed=1, actor=actor, progress=lambda *_: None)
        profiles.fill(upto=1_000, seed=1, actor=actor, progress=lambda *_: None)
        recount()


def _report(record: RankingRecord, user: User) -> None:
    report = reports.request_report(record=record, paper="letter", actor=user)
    reports.make_report(report_id=report.pk)


def _typing(client: Client, organisation: Organisation) -> Callable[[], object]:
    """A cell of the grid that is given another value each time, as its script sends it."""
    with opened(organisation):
        task = TaskAssessment.objects.order_by("pk").first()
    assert task is not None
    seen = written.exact(task.annual_volume, none="")
    values = itertools.cycle(["1,200", "1,300"])

    def save() -> None:
        nonlocal seen
        value = next(values)
        row = {"ref": "a", "id": task.pk, "cells": {"annual_volume": [value, seen]}}
        answer = client.post(
            reverse("assessments:grid_save", args=[CALDER]), {"changes": json.dumps([row])}
        ).json()
        assert answer["rows"][0]["cells"]["annual_volume"]["state"] == "saved", answer
        seen = value

    return save


def figures() -> list[Figure]:
    """Measure everything."""
    small, large = _problem(8, 24), _problem(50, 24)
    found = [
        measure("engine: rank + flips, 8 × 24", 1, lambda: (rank(small), flips(small)), 200),
        measure("engine: rank + flips, 50 × 24", 1, lambda: (rank(large), flips(large)), 200),
    ]
    organisation = Organisation.objects.get(slug=CALDER)
    buyer = User.objects.get(email="procurement@calderridge.example")
    client = Client(SERVER_NAME="localhost")
    client.force_login(buyer)
    with opened(organisation):
        selection = Selection.objects.get()
        record = RankingRecord.objects.get()
        found.append(
            measure(
                "ranking preview, 8 bids × 24 sub-criteria",
                50,
                lambda: preview_ranking(selection=selection).result,
            )
        )
        found.append(measure("board report, asked for to file", 1500, lambda: _report(record, buyer), 7))

    def page(name: str, query: str = "", *more: object) -> Callable[[], object]:
        url = reverse(name, args=[CALDER, *more]) + query

        def get() -> object:
            answer = client.get(url)
            assert answer.status_code == 200
            return answer

        return get

    found.append(measure("floor: an empty search page", 100, page("search")))
    found.append(measure("case", 100, page("case")))
    found.append(measure("ranking page", 100, page("selections:ranking", "", selection.pk)))
    found.append(measure("comparison", 100, page("selections:comparison", "", selection.pk)))
    _many(organisation, 500)
    found.append(measure("legal tasks, 500", 100, page("assessments:tasks")))
    found.append(measure("providers, 1,000", 100, page("providers:list")))
    _many(organisation, 2_000)
    client.force_login(User.objects.get(email="counsel@calderridge.example"))
    found.append(measure("grid, 2,000 tasks", 300, page("assessments:grid")))
    found.append(measure("saving a cell of it", 50, _typing(client, organisation)))
    found.append(measure("portfolio, 2,000 tasks", 300, page("assessments:portfolio")))
    return found


def table(found: list[Figure]) -> str:
    """Write the figures as Markdown."""
    floor = next(figure for figure in found if figure.what.startswith("floor"))
    lines = [
        "| What | median ms | worst ms | runs | × floor | aim ms |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.what} | {one.median:.2f} | {one.worst:.2f} | {one.runs} | {one.median / floor.median:.1f} | "
        f"≤ {one.aim:g} |"
        for one in found
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write."""
    settings.SAMPLE_SIGNINS = True
    logging.disable(logging.INFO)  # one line a request is not what is measured here
    os.environ["LPO_LISTENS_ON"] = "127.0.0.1"
    call_command("migrate", verbosity=0)
    load_sample()
    text = table(figures())
    print(text)
    write_section(
        "Sample size",
        "Made by `make bench`. Times depend on the machine: compare the column “× floor” (the smallest page\n"
        "that passes the same door, in the same run), not the milliseconds.\n\n"
        f"{machine()}, NumPy {np.__version__}, SQLite.\n\n{text}",
    )


if __name__ == "__main__":
    main()
