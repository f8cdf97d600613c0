"""A worker that is killed in the middle of a report: another one finishes it, once."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import pytest

from tests.faults.conftest import Figure
from tests.faults.house import House, Program, ask, made_once, status, wait_for

WITHIN = 30


def _owner(house: House) -> str:
    """The worker that has the report: the last one that asked for its row."""
    found = house.rows(
        "select application_name from pg_stat_activity where datname = current_database() "
        "and query like '%\"reports_report\"%' and application_name like 'worker-%' "
        "order by query_start desc limit 1"
    )
    return str(found[0][0]) if found else ""


def _is_taken(house: House, report: int) -> bool:
    return status(house, report) != "queued"


def _in_the_middle(house: House, workers: dict[str, Program]) -> tuple[int, Program]:
    """Ask for reports until one is caught while it is being made; its worker is frozen there."""
    person = house.person()
    for _ in range(15):
        report, _, _ = ask(person, house)
        wait_for(partial(_is_taken, house, report), 20, "somebody takes the report", every=0.001)
        for worker in workers.values():
            worker.signal_all(signal.SIGSTOP)
        owner = workers.pop(_owner(house)) if status(house, report) == "running" else None
        for worker in workers.values():
            worker.signal_all(signal.SIGCONT)
        if owner is not None:
            return report, owner
        made_once(house, report)
    raise AssertionError("No report could be caught in the middle.")


@pytest.mark.parametrize("victim", ["worker", "child"])
def test_another_worker_finishes_the_report_of_a_killed_one(
    on_services: House, figure: Figure, victim: str
) -> None:
    house = on_services
    house.web()
    house.beat()
    workers = {name: house.worker(name) for name in ("worker-a", "worker-b")}
    report, owner = _in_the_middle(house, workers)
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
