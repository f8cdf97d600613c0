"""Clocks that are set, and clocks that differ: a report is neither made twice nor stuck."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.faults.catching import caught_in_the_middle, is_taken
from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, ask, made_once, status, wait_for
from tests.services import MissingBinaryError

WITHIN = 30
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def _words(offset: timedelta) -> str:
    return "two hours forward" if offset > timedelta() else "two hours back"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What gives a process another clock."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise MissingBinaryError("No C compiler on the PATH (Debian and Ubuntu: apt-get install gcc).")
    made = tmp_path_factory.mktemp("clock") / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", made, source, "-ldl"], check=True)
    return str(made)


class Clock:
    """A clock that can be set while programs run."""

    def __init__(self, library: str, file: Path, offset: timedelta = timedelta()) -> None:
        self.env = {"LD_PRELOAD": library, "LPO_CLOCK": str(file)}
        self.file = file
        self.file.touch()
        self.set(offset)

    def set(self, offset: timedelta) -> None:
        """Set it to the real time and so much; in place, for programs look at this very file."""
        with self.file.open("r+b") as file:
            file.write(struct.pack("q", int(offset.total_seconds())))


@pytest.mark.parametrize("offset", [2 * HOUR, -2 * HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_under_one_process(
    on_sqlite: House, figure: Figure, library: str, offset: timedelta
) -> None:
    """The clock jumps in the middle of a report; then the process is killed in the middle of another one."""
    house, clock = on_sqlite, Clock(library, on_sqlite.folder / "clock")
    web = house.web(**clock.env)
    person = house.person()
    report, _, _ = ask(person, house)
    wait_for(partial(is_taken, house, report), 20, "the report is taken", every=0.001)
    clock.set(offset)
    wait_for(lambda: status(house, report) == "done", WITHIN, "a report is made over a jump of the clock")
    made_once(house, report)
    for path in ("", "tasks/", f"reports/{report}/"):
        assert person.get(f"/o/{SLUG}/{path}").status_code == 200
    house.person("counsel")
    clock.set(timedelta())
    other, _, _ = ask(person, house, "letter")
    wait_for(partial(is_taken, house, other), 20, "the report is taken", every=0.001)
    os.kill(web.children()[0], signal.SIGKILL)
    clock.set(offset)
    took = wait_for(house.answers, 30, "the server is up again by itself")
    took += wait_for(lambda: status(house, other) == "done", WITHIN, "it is made, nobody looking")
    time.sleep(1)
    made_once(house, other)
    assert person.get(f"/o/{SLUG}/").status_code == 200
    figure(f"Clock set {_words(offset)} and process killed in the middle: report made", f"{took:.1f} s")


@pytest.mark.parametrize("offset", [2 * HOUR, -2 * HOUR], ids=["forward", "back"])
def test_a_clock_that_is_set_under_worker_and_beat(
    on_services: House, figure: Figure, library: str, offset: timedelta
) -> None:
    """Every program but the database jumps: what a killed worker left is found all the same."""
    house, clock = on_services, Clock(library, on_services.folder / "clock")
    house.web(**clock.env)
    house.beat(**clock.env)
    workers = {name: house.worker(name, **clock.env) for name in ("worker-a", "worker-b")}
    report, owner = caught_in_the_middle(house, workers)
    owner.kill()
    clock.set(offset)
    took = wait_for(lambda: status(house, report) == "done", WITHIN, "the other worker finishes it")
    made_once(house, report)
    figure(
        f"Clock of web, beat and workers set {_words(offset)}, worker killed: report made", f"{took:.1f} s"
    )


def test_workers_whose_clocks_differ(on_services: House, figure: Figure, library: str) -> None:
    """One worker is five minutes ahead, one five minutes behind; the one that is behind is killed or not."""
    house = on_services
    ahead = Clock(library, house.folder / "ahead", 5 * MINUTE)
    behind = Clock(library, house.folder / "behind", -5 * MINUTE)
    house.web()
    house.beat()
    workers = {
        "worker-a": house.worker("worker-a", **ahead.env),
        "worker-b": house.worker("worker-b", **behind.env),
    }
    person = house.person()
    for _ in range(4):
        both = [ask(person, house, paper)[0] for paper in ("a4", "letter")]
        for report in both:
            wait_for(lambda pk=report: status(house, pk) == "done", WITHIN, "each report is made")
            made_once(house, report)
    assert house.value("select max(attempts) from reports_report") == 1
    report, owner = caught_in_the_middle(house, workers)
    owner.kill()
    took = wait_for(lambda: status(house, report) == "done", WITHIN, "the other worker finishes it")
    made_once(house, report)
    figure("Workers five minutes ahead and behind, one killed: report made", f"{took:.1f} s")
