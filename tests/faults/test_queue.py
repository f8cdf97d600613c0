"""Redis refuses, never answers, restarts or forgets: people get a page at once, the report is made later."""

from __future__ import annotations

import time

import pytest

from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, Person, ask, made_once, status, wait_for
from tests.services import Redis

MESSAGE = "the queue cannot be reached just now"
ANSWER_WITHIN = 2
# Celery tries to connect again after 2, 4, 6 … at most 30 seconds.
BACK_WITHIN = 45


def _pages_are_quick(person: Person) -> float:
    """Everything else goes on as ever; gives the longest time of a page."""
    longest = 0.0
    for path in ("", "tasks/", "providers/", "reports/"):
        started = time.monotonic()
        assert person.get(f"/o/{SLUG}/{path}").status_code == 200
        longest = max(longest, time.monotonic() - started)
    return longest


@pytest.mark.parametrize("how", ["refuses", "never answers"])
def test_a_queue_that_is_away_costs_a_message_and_a_wait(
    on_services: House, redis: Redis, figure: Figure, how: str
) -> None:
    house = on_services
    house.web()
    house.worker("worker-a")
    house.beat()
    person = house.person()
    warm, _, _ = ask(person, house, "letter")
    wait_for(lambda: status(house, warm) == "done", 20, "a first report")
    if how == "refuses":
        redis.stop()
    else:
        redis.freeze()
    started = time.monotonic()
    report, _, answer = ask(person, house)
    page = person.get(answer.headers["Location"])
    took = time.monotonic() - started
    assert page.status_code == 200
    assert MESSAGE in page.text
    assert took <= ANSWER_WITHIN
    longest = _pages_are_quick(person)
    time.sleep(8)
    assert status(house, report) == "queued"
    started = time.monotonic()
    if how == "refuses":
        redis.start()
    else:
        redis.thaw()
    wait_for(lambda: status(house, report) == "done", BACK_WITHIN, "the report is made when it is back")
    back = time.monotonic() - started
    made_once(house, report)
    figure(f"Redis {how}: page with a message after the click", f"{took:.2f} s")
    figure(f"Redis {how}: slowest other page meanwhile", f"{longest:.2f} s")
    figure(f"Redis {how}: report made after it is back, nobody looking", f"{back:.1f} s")


def test_a_queue_that_forgets_loses_nothing(on_services: House, redis: Redis, figure: Figure) -> None:
    """Jobs wait in Redis, it loses all of them; then it restarts under the workers."""
    house = on_services
    house.web()
    person = house.person()
    lost = [ask(person, house, paper)[0] for paper in ("a4", "letter")]
    with redis.client() as client:
        assert client.llen("celery") == len(lost)
        client.flushall()
    started = time.monotonic()
    house.worker("worker-a")
    house.beat()
    wait_for(lambda: all(status(house, pk) == "done" for pk in lost), 60, "what was forgotten is made")
    figure("Redis emptied: reports made, workers started after it", f"{time.monotonic() - started:.1f} s")
    for report in lost:
        made_once(house, report)
    redis.restart()
    started = time.monotonic()
    report, _, _ = ask(person, house)
    wait_for(lambda: status(house, report) == "done", BACK_WITHIN, "the worker connects again")
    made_once(house, report)
    figure("Redis restarted under a worker: next report made", f"{time.monotonic() - started:.1f} s")


def test_a_long_queue_is_not_flooded(on_services: House, redis: Redis) -> None:
    """No worker for a while: several clocks sweep, pages ask, and the queue has few copies of the report."""
    house = on_services
    house.web()
    person = house.person()
    started = time.monotonic()
    report, _, _ = ask(person, house)
    for _ in range(3):
        house.beat()
    path = f"/o/{SLUG}/reports/{report}/"
    for _ in range(40):
        assert person.get(path).status_code == 200
        time.sleep(0.25)
    with redis.client() as client:
        jobs = [job for job in client.lrange("celery", 0, -1) if b"reports.make_report" in job]
    waited = time.monotonic() - started
    # Sent at once, then 10, 30, 70 … seconds after the first time.
    assert 1 <= len(jobs) <= 1 + sum(waited >= 10 * (2**turn - 1) for turn in range(1, 8))
    house.worker("worker-a")
    wait_for(lambda: status(house, report) == "done", 30, "the first worker makes it")
    made_once(house, report)
