"""Periodic jobs go on when the clock of the machine is set."""

import time
from collections.abc import Iterator
from datetime import datetime, tzinfo

import pytest
from celery import Celery
from celery.app import base

from lpo.beat import SteadyScheduler


class Moved(datetime):
    """Reads the time of day where the test moves it."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.fromtimestamp(time.time(), tz)


class Recording(SteadyScheduler):
    """Writes down what would be sent; there is no queue here."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.sent: list[str] = []
        super().__init__(*args, **kwargs)

    @property
    def producer(self) -> None:
        return None

    def apply_entry(self, entry: object, producer: object = None) -> None:
        self.sent.append(entry.task)


@pytest.fixture
def scheduler() -> Iterator[Recording]:
    app = Celery("clock", set_as_current=False)
    app.conf.update(
        timezone="UTC",
        broker_url="memory://",
        beat_schedule={"sweep": {"task": "reports.sweep", "schedule": 0.2}},
    )
    yield Recording(app=app, max_interval=1)
    app.close()


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_jump_of_the_clock_does_not_stop_periodic_jobs(
    scheduler: Recording, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    def run() -> None:
        """For a second, and on a busy machine until two were sent; never more than are due."""
        before, began = len(scheduler.sent), time.monotonic()
        while (spent := time.monotonic() - began) < 1 or (len(scheduler.sent) < before + 2 and spent < 20):
            scheduler.tick()
            time.sleep(0.02)
        assert 2 <= len(scheduler.sent) - before <= (time.monotonic() - began) / 0.2 + 1

    run()
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + hours * 3600)
    monkeypatch.setattr(base, "datetime", Moved)
    run()
