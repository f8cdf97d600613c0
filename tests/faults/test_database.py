"""PostgreSQL is restarted under load: errors for seconds, nothing half-saved, no process restarted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, Person, ask, made_once, status, wait_for
from tests.services import Postgres

READERS, WRITERS = 4, 2
ERRORS_AT_MOST = 10
PAGES = ("", "tasks/", "providers/", "reports/")


@dataclass
class Tally:
    """What the people of the load saw."""

    good: int = 0
    saved: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    bad_at: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def note(self, answer: requests.Response | None, *, good: int) -> bool:
        """Count one answer; whether it was the good one. 500 and 503 are errors, the rest should not be."""
        if answer is not None and answer.status_code == good:
            self.good += 1
            return True
        self.bad_at.append(time.monotonic())
        if answer is not None and answer.status_code not in {500, 503}:
            self.odd.append(f"{answer.status_code}: {answer.text[:300]}")
        return False


def _read(person: Person, tally: Tally, number: int) -> None:
    while not tally.is_over.is_set():
        path = PAGES[number % len(PAGES)]
        number += 1
        tally.note(_tried(person, path), good=200)
        time.sleep(0.05)


def _tried(person: Person, path: str) -> requests.Response | None:
    try:
        return person.get(f"/o/{SLUG}/{path}")
    except requests.RequestException:
        return None


def _write(person: Person, tally: Tally, number: int) -> None:
    page = person.get(f"/o/{SLUG}/tasks/add/").text
    count = 0
    while not tally.is_over.is_set():
        count += 1
        name = f"Load {number}-{count}"
        form = {"name": name, "practice_of_law": "supervised", "annual_volume": "10", "hours_per_unit": "2"}
        try:
            answer = person.post(f"/o/{SLUG}/tasks/add/", form, page)
        except requests.RequestException:
            answer = None
        (tally.saved if tally.note(answer, good=302) else tally.unsure).append(name)
        time.sleep(0.05)


@contextmanager
def _load(house: House, tally: Tally) -> Iterator[None]:
    people = [house.person("counsel") for _ in range(READERS + WRITERS)]
    threads = [
        threading.Thread(target=_read if number < READERS else _write, args=(person, tally, number))
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        tally.is_over.set()
        for thread in threads:
            thread.join(timeout=90)


def _nothing_is_half(house: House, tally: Tally) -> None:
    """What was said to be saved is there once, with one event; what failed is there whole or not at all."""
    found = [
        name for (name,) in house.rows("select name from assessments_legaltask where name like ?", "Load %")
    ]
    assert len(found) == len(set(found))
    assert set(tally.saved) <= set(found) <= set(tally.saved) | set(tally.unsure)
    events = house.rows(
        "select e.object_id, count(*) from accounts_auditevent e where e.verb = ? group by e.object_id",
        "added legal task",
    )
    rows = house.rows(
        "select ta.id, ta.annual_volume from assessments_taskassessment ta "
        "join assessments_legaltask lt on lt.id = ta.legal_task_id where lt.name like ?",
        "Load %",
    )
    assert len(rows) == len(found)
    assert {volume for _, volume in rows} <= {10}
    assert dict(events) == {str(pk): 1 for pk, _ in rows}


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_database_costs_seconds_and_no_data(
    on_services: House, postgres: Postgres, figure: Figure, mode: str
) -> None:
    house = on_services
    house.web(WEB_CONCURRENCY="2")
    house.worker("worker-a")
    house.beat()
    person, tally = house.person(), Tally()
    with _load(house, tally):
        time.sleep(4)
        before, saved = tally.good, len(tally.saved)
        report, _, _ = ask(person, house)
        stopped = time.monotonic()
        postgres.stop(mode=mode)
        time.sleep(2)
        postgres.start()
        started = time.monotonic()
        time.sleep(6)
    assert saved > 0
    assert tally.good > before
    assert len(tally.saved) > saved
    assert tally.bad_at, "the restart was not noticed at all"
    assert not tally.odd
    last = max(tally.bad_at) - started
    assert last <= ERRORS_AT_MOST
    _nothing_is_half(house, tally)
    wait_for(lambda: status(house, report) == "done", 45, "the report is made after the restart")
    made_once(house, report)
    made_once(house, _next(house, person))
    figure(f"PostgreSQL restarted ({mode}): it was away", f"{started - stopped:.1f} s")
    figure(f"PostgreSQL restarted ({mode}): last error after it was back", f"{max(last, 0):.1f} s")
    figure(
        f"PostgreSQL restarted ({mode}): saved, failed, found half-saved",
        f"{len(tally.saved)}, {len(tally.unsure)}, 0",
    )


def _next(house: House, person: Person) -> int:
    """A report asked for afterwards, of processes that nobody restarted."""
    report, _, _ = ask(person, house, "letter")
    wait_for(lambda: status(house, report) == "done", 30, "the next report")
    return report
