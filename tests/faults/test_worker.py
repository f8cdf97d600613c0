"""A worker that is killed in the middle of a report: another one finishes it, once."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.catching import caught_in_the_middle
from tests.faults.conftest import Figure
from tests.faults.house import House, made_once, status, wait_for

WITHIN = 30


@pytest.mark.parametrize("victim", ["worker", "child"])
def test_another_worker_finishes_the_report_of_a_killed_one(
    on_services: House, figure: Figure, victim: str
) -> None:
    house = on_services
    house.web()
    house.beat()
    workers = {name: house.worker(name) for name in ("worker-a", "worker-b")}
    report, owner = caught_in_the_middle(house, workers)
    if victim == "worker":
        owner.kill()
    else:
        os.kill(owner.children()[0], signal.SIGKILL)
        owner.signal_all(signal.SIGCONT)
    assert status(house, report) == "running"
    took = wait_for(lambda: status(house, report) == "done", WITHIN, "another worker finishes it")
    time.sleep(1)
    made_once(house, report)
    assert house.value("select attempts from reports_report where id = ?", report) == 2
    figure(f"Report finished after SIGKILL of the {victim}", f"{took:.1f} s")


def test_a_worker_that_comes_back_late_changes_nothing(on_services: House, figure: Figure) -> None:
    """Frozen in the middle, as on a paused machine: another one makes the report, then it goes on."""
    house = on_services
    house.web()
    house.beat()
    workers = {name: house.worker(name) for name in ("worker-a", "worker-b")}
    report, owner = caught_in_the_middle(house, workers)
    owner.signal_all(signal.SIGSTOP)
    assert status(house, report) == "running"
    took = wait_for(lambda: status(house, report) == "done", WITHIN, "another worker finishes it")
    owner.signal_all(signal.SIGCONT)
    wait_for(lambda: "came too late" in owner.text(), WITHIN, "the late one notices")
    made_once(house, report)
    assert owner.is_alive()
    figure("Report finished while its worker was frozen; the late one changes nothing", f"{took:.1f} s")
