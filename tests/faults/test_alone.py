"""One process on SQLite, as `make run` starts it: killed in the middle of a report, made when it is back."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

from tests.faults.catching import is_taken
from tests.faults.conftest import Figure
from tests.faults.house import House, ask, made_once, status, wait_for

WITHIN = 30


def test_a_killed_server_makes_the_report_after_it_is_back(on_sqlite: House, figure: Figure) -> None:
    house = on_sqlite
    web = house.web()
    person = house.person()
    for _ in range(15):
        report, _, _ = ask(person, house)
        wait_for(partial(is_taken, house, report), 20, "the report is taken", every=0.001)
        os.kill(web.children()[0], signal.SIGKILL)
        back = wait_for(house.answers, 30, "the server is up again by itself")
        if status(house, report) != "done":
            break
        made_once(house, report)
    else:
        raise AssertionError("No report could be caught in the middle.")
    took = back + wait_for(lambda: status(house, report) == "done", WITHIN, "it is made, nobody looking")
    time.sleep(1)
    made_once(house, report)
    figure(
        "SQLite: server killed in the middle of a report: made", f"{took:.1f} s, nobody looking at the page"
    )
