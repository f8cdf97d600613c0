"""Health pages: no host, no HTTPS, no sign-in is asked for, and every part is broken once to see its word."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from lpo import health, worker
from lpo.worker import EmbeddedWorker

EVERYTHING = {"status": "ready", "database": "ok", "broker": "ok", "storage": "ok"}


@pytest.fixture(autouse=True)
def production(settings: Any) -> None:
    """As strict as a deployment."""
    settings.ALLOWED_HOSTS = ["lpo.example.com"]
    settings.SECURE_SSL_REDIRECT = True


def _ready() -> tuple[int, dict[str, str]]:
    answer = Client(headers={"host": "10.0.0.7:8000"}).get("/readyz")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


@pytest.mark.parametrize("host", ["lpo.example.com", "127.0.0.1:8000", "10.0.0.7", "anything at all"])
def test_alive_asks_nobody(host: str) -> None:
    """No ``db`` here: a query would fail the test."""
    answer = Client(headers={"host": host}).get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "Set-Cookie" not in answer.headers
    assert Client().head("/healthz").status_code == 200
    assert Client().post("/healthz").status_code == 405


def test_ready_when_everything_is_there(db: None, django_assert_num_queries: Callable[..., Any]) -> None:
    assert _ready() == (200, EVERYTHING)
    with django_assert_num_queries(2):  # is the table there, and what is in it
        _ready()


def test_not_ready_while_a_migration_is_missing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    applied = MigrationRecorder(connection).applied_migrations()
    without = {key: value for key, value in applied.items() if key != ("accounts", "0002_append_only")}
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: without)
    assert _ready() == (503, EVERYTHING | {"status": "not ready", "database": "behind"})
    more = applied | {("accounts", "9999_of_the_next_version"): None}
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: more)
    assert _ready() == (200, EVERYTHING)


def test_not_ready_without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(self: BaseDatabaseWrapper) -> None:
        raise OperationalError("connection to server at 10.1.2.3 failed: password hush")

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", away)
    status, words = _ready()
    assert (status, words["database"]) == (503, "away")
    assert "hush" not in str(words)


@pytest.fixture
def queue(settings: Any) -> Callable[[int], None]:
    def at(port: int) -> None:
        settings.CELERY_TASK_ALWAYS_EAGER = False
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"

    return at


def test_not_ready_when_the_broker_refuses(db: None, queue: Callable[[int], None]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        queue(closed.getsockname()[1])
    assert _ready() == (503, EVERYTHING | {"status": "not ready", "broker": "away"})


def test_not_ready_when_the_broker_never_answers(db: None, queue: Callable[[int], None]) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        queue(mute.getsockname()[1])
        started = time.monotonic()
        assert _ready() == (503, EVERYTHING | {"status": "not ready", "broker": "away"})
        assert 0.9 < time.monotonic() - started < 10  # a second by the settings; the rest is a busy machine


@pytest.mark.apart  # of the queue that is configured: Celery reads its address once a process
def test_the_queue_inside_needs_its_worker(settings: Any) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.REDIS_URL = ""
    settings.CELERY_BROKER_URL = "memory://localhost"
    assert health.broker() == "away"
    inside = EmbeddedWorker()
    inside.start()
    try:
        assert worker.is_running()
        assert health.broker() == "ok"
    finally:
        inside.stop()
    assert not worker.is_running()
    assert health.broker() == "away"


def test_not_ready_when_the_disk_is_full(db: None, settings: Any) -> None:
    settings.MIN_FREE_MB = 10**9
    assert _ready() == (503, EVERYTHING | {"status": "not ready", "storage": "full"})


def test_not_ready_when_nothing_can_be_written(db: None, settings: Any, tmp_path: Path) -> None:
    """A file stands where the folder should be (permissions would not stop root, who runs this in CI)."""
    blocked = tmp_path / "files"
    blocked.write_text("not a folder", encoding="ascii")
    settings.FILES_DIR = blocked / "below"
    assert health.storage() == "unwritable"
