"""Catching a report while it is being made, without any help of the product."""

from __future__ import annotations

import signal
from functools import partial

from tests.faults.house import House, Program, ask, made_once, status, wait_for


def _owner(house: House) -> str:
    """The worker that has the report: the last one that asked for its row."""
    found = house.rows(
        "select application_name from pg_stat_activity where datname = current_database() "
        "and query like '%\"reports_report\"%' and application_name like 'worker-%' "
        "order by query_start desc limit 1"
    )
    return str(found[0][0]) if found else ""


def is_taken(house: House, report: int) -> bool:
    """Whether a worker has begun with a report."""
    return status(house, report) != "queued"


def caught_in_the_middle(house: House, workers: dict[str, Program]) -> tuple[int, Program]:
    """Ask for reports until one is caught while it is being made; its worker is frozen there."""
    person = house.person()
    for _ in range(15):
        report, _, _ = ask(person, house)
        wait_for(partial(is_taken, house, report), 20, "somebody takes the report", every=0.001)
        for worker in workers.values():
            worker.signal_all(signal.SIGSTOP)
        owner = workers.pop(_owner(house)) if status(house, report) == "running" else None
        for worker in workers.values():
            worker.signal_all(signal.SIGCONT)
        if owner is not None:
            return report, owner  # still frozen
        made_once(house, report)
    raise AssertionError("No report could be caught in the middle.")
