"""A Celery worker and its clock in threads, for installations where the web process is the only process."""

from __future__ import annotations

import threading

from celery.beat import Service
from celery.worker import WorkController
from django.conf import settings

from lpo.beat import SteadyScheduler
from lpo.celery import app

_running: EmbeddedWorker | None = None


def is_running() -> bool:
    """Say whether this process has a worker of its own and its thread lives."""
    return _running is not None and _running.is_alive


class EmbeddedWorker:
    """Runs jobs of the in-process queue beside the web threads; does nothing when there is a real broker."""

    def __init__(self) -> None:
        self._controller: WorkController | None = None
        self._thread: threading.Thread | None = None
        self._clock: Service | None = None

    @staticmethod
    def is_needed() -> bool:
        """Say whether jobs would otherwise never run."""
        return str(settings.CELERY_BROKER_URL).startswith("memory://")

    def start(self) -> None:
        """Start the thread; returns once the worker takes jobs or after five seconds."""
        if not self.is_needed() or self._thread is not None:
            return
        is_ready = threading.Event()
        self._controller = WorkController(
            app=app,
            hostname="embedded@localhost",
            pool="threads",
            concurrency=2,
            loglevel="WARNING",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda consumer: is_ready.set(),
        )
        self._thread = threading.Thread(target=self._controller.start, name="celery-worker", daemon=True)
        self._thread.start()
        is_ready.wait(timeout=5)
        self._clock = Service(app, max_interval=1, scheduler_cls=SteadyScheduler)
        threading.Thread(target=self._clock.start, name="celery-beat", daemon=True).start()
        _note(self)

    @property
    def is_alive(self) -> bool:
        """Say whether the thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def stop(self) -> None:
        """Let running jobs finish, then end the thread."""
        if self._controller is None or self._thread is None:
            return
        if self._clock is not None:
            self._clock.stop()
        self._controller.stop()
        self._thread.join(timeout=10)
        self._controller = self._thread = self._clock = None
        _note(None)


def _note(worker: EmbeddedWorker | None) -> None:
    global _running  # noqa: PLW0603  (one per process)
    _running = worker
