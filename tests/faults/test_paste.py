"""The web process is killed while it saves a paste of 500 legal tasks: all of them or none."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress

import pytest
import requests

from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, Person, wait_for

ROWS = 500
TRIES = 6


def _rows(turn: int) -> str:
    lines = ["Legal task\tVolume\tHours"]
    return "\n".join(lines + [f"Pasted {turn}-{row}\t{row}\t2" for row in range(1, ROWS + 1)])


def _counts(house: House, turn: int) -> tuple[int, int, int]:
    """Tasks, their facts and their events of one paste."""
    like = f"Pasted {turn}-%"
    of_paste = "select ta.id from assessments_taskassessment ta join assessments_legaltask lt"
    of_paste += " on lt.id = ta.legal_task_id where lt.name like ?"
    names = house.value("select count(*) from assessments_legaltask where name like ?", like)
    rows = {str(pk) for (pk,) in house.rows(of_paste, like)}
    told = house.rows(
        "select object_id from accounts_auditevent where verb = ?", "added legal task by pasting"
    )
    return names, len(rows), sum(pk in rows for (pk,) in told)


def _paste(person: Person, page: str, turn: int) -> None:
    with suppress(requests.RequestException):  # its server is killed under it
        person.post(f"/o/{SLUG}/tasks/paste/", {"rows": _rows(turn), "step": "save"}, page)


@pytest.mark.parametrize("database", ["PostgreSQL", "SQLite"])
def test_a_killed_web_process_leaves_all_or_nothing(
    request: pytest.FixtureRequest, figure: Figure, database: str
) -> None:
    house: House = request.getfixturevalue("on_services" if database == "PostgreSQL" else "on_sqlite")
    web = house.web()
    person = house.person("counsel")
    page = person.get(f"/o/{SLUG}/tasks/paste/").text
    started = time.monotonic()
    _paste(person, page, 0)
    whole = time.monotonic() - started
    assert _counts(house, 0) == (ROWS, ROWS, ROWS)
    saved, downtimes = 0, []
    for turn in range(1, TRIES + 1):
        thread = threading.Thread(target=_paste, args=(person, page, turn))
        thread.start()
        time.sleep(1.5 * whole * turn / TRIES)
        os.kill(web.children()[0], signal.SIGKILL)
        downtimes.append(wait_for(house.answers, 30, "the server is up again by itself"))
        thread.join(timeout=60)
        counts = _counts(house, turn)
        assert counts in {(0, 0, 0), (ROWS, ROWS, ROWS)}
        saved += counts[0] == ROWS
    assert saved < TRIES, "no paste was interrupted"
    figure(
        f"{database}: killed while pasting {ROWS} rows, {TRIES} times",
        f"{saved} whole, {TRIES - saved} not at all",
    )
    figure(f"{database}: pages again after the kill", f"at most {max(downtimes):.1f} s")
