"""The whole installation without a browser: a click becomes a file, a stop loses nothing, logs tie it up.

On SQLite the queue lives in the web process; in the round on services there are two web processes, a real
worker and a beat (tests/installation.py).
"""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.installation import BEAT, WORKER, installation, process
from tests.queue.visitor import Reply, Visitor
from tests.services import free_port

GUNICORN = ("gunicorn", "--config", "lpo/gunicorn_conf.py")
REPORTS = "/o/calder-ridge/reports/"
MANAGER = "manager@calderridge.example"
READY = {"status": "ready", "database": "ok", "broker": "ok", "storage": "ok"}
Started = subprocess.Popen[bytes]


class Whole:
    """A prepared installation whose processes a test starts and stops."""

    def __init__(self, env: dict[str, str], stack: ExitStack) -> None:
        self.env = env
        self.folder = Path(env["LPO_VAR"])
        self.address = f"http://127.0.0.1:{env['PORT']}"
        self.has_real_queue = "REDIS_URL" in env
        self._stack = stack

    def start(self, name: str, module: tuple[str, ...]) -> Started:
        return self._stack.enter_context(process(self.env, self.folder / f"{name}.log", module))

    def serve(self) -> Started:
        web = self.start("web", GUNICORN)
        self.until(lambda: _answers(self.address), "the server")
        return web

    def visitor(self) -> Visitor:
        return Visitor(self.address, MANAGER)

    def until(self, is_so: Callable[[], Any], what: str, seconds: float = 90) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := is_so():
                return found
            time.sleep(0.1)
        raise AssertionError(f"{what}: not within {seconds} s\n{self.logs()}")

    def reports(self, status: str) -> dict[int, int]:
        """Attempts of each report with a status, read from the database itself."""
        question = "SELECT id, attempts FROM reports_report WHERE status = "
        if "DATABASE_URL" in self.env:
            with closing(psycopg2.connect(self.env["DATABASE_URL"])) as there, there.cursor() as cursor:
                cursor.execute(f"{question} %s", [status])
                return dict(cursor.fetchall())
        with closing(sqlite3.connect(self.folder / "db.sqlite3", timeout=20)) as here:
            return dict(here.execute(f"{question} ?", [status]).fetchall())

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()}" for path in self.folder.glob("*.log"))

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The log of one process; every line must be JSON, but for the banner of Celery."""
        text = (self.folder / f"{name}.log").read_text().splitlines()
        return [json.loads(line) for line in text if line.startswith("{") or name == "web"]


def _answers(address: str) -> bool:
    try:
        return Visitor(address).get("/healthz").status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("whole")
        extra = {"PORT": str(free_port()), "LOG_FORMAT": "json", "TRUSTED_PROXIES": "1"}
        env = stack.enter_context(installation(folder, **extra))
        if "REDIS_URL" in env:
            env["WEB_CONCURRENCY"] = "2"
        yield Whole(env, stack)


def _ask(visitor: Visitor, paper: str = "letter") -> Reply:
    page = visitor.get(REPORTS).text
    record = re.search(r'<option value="(\d+)"', page)
    assert record, page
    return visitor.send(REPORTS, record=record.group(1), paper=paper)


def _status(visitor: Visitor, url: str) -> str:
    page = visitor.get(urlsplit(url).path)
    assert page.status == 200
    for word in ("Ready", "Not made"):
        if f">{word}<" in page.text:
            return word
    return ""


def _file(visitor: Visitor, url: str) -> bytes:
    return visitor.get(f"{urlsplit(url).path}download/").body


def test_a_click_becomes_a_file(whole: Whole) -> None:
    web = whole.serve()
    beside = [whole.start("worker", WORKER), whole.start("beat", BEAT)] if whole.has_real_queue else []
    visitor = whole.visitor()
    report = _ask(visitor)
    assert whole.until(lambda: _status(visitor, report.url), "the report") == "Ready"
    assert _file(visitor, report.url).startswith(b"%PDF-1.7")
    ready = Visitor(whole.address).get("/readyz")
    assert (ready.status, json.loads(ready.body)) == (200, READY)
    _the_logs_tie_it_together(whole)
    for running in (*beside, web):
        running.terminate()
        assert running.wait(timeout=30) == 0


def _the_logs_tie_it_together(whole: Whole) -> None:
    web = whole.lines("web")
    asked = [line for line in web if line.get("method") == "POST" and line.get("path") == REPORTS]
    assert [line["status"] for line in asked] == [302]
    jobs = [line for line in whole.lines("worker" if whole.has_real_queue else "web") if "outcome" in line]
    made = [line for line in jobs if line["job"] == "reports.make_report"]
    assert [line["outcome"] for line in made] == ["done"]
    assert made[0]["request_id"] == asked[0]["request_id"]
    assert asked[0]["organisation"] == "calder-ridge"
    assert MANAGER not in whole.logs()


def test_a_request_that_runs_is_finished_when_the_server_is_told_to_stop(whole: Whole) -> None:
    web = whole.serve()
    slow = socket.create_connection(("127.0.0.1", int(whole.env["PORT"])), timeout=20)
    body = b"login=a%40b.example&password=x"
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    slow.sendall(head.encode() + body[:10])
    time.sleep(1)
    web.terminate()
    time.sleep(1)
    assert web.poll() is None, "it went without waiting for the request"
    slow.sendall(body[10:])
    assert slow.recv(100).startswith(b"HTTP/1.1 403"), "a form without its token is refused, but answered"
    slow.close()
    assert web.wait(timeout=30) == 0


def test_a_stop_finishes_the_job_that_runs_and_loses_none(whole: Whole) -> None:
    """SIGTERM to whoever makes reports, with one running and others waiting; then another takes over."""
    web = whole.serve()
    maker = whole.start("worker", WORKER) if whole.has_real_queue else web
    visitor = whole.visitor()
    asked: set[int] = set()

    def one_runs() -> dict[int, int]:
        """Ask until one is caught at it: the last ones may have been made while the page answered."""
        if not whole.reports("queued") | whole.reports("running"):
            asked.update(int(_ask(visitor, paper).url.split("/")[-2]) for paper in ("letter", "a4"))
        return whole.reports("running")

    running = whole.until(one_runs, "a running report")
    maker.send_signal(signal.SIGTERM)
    assert maker.wait(timeout=60) == 0, whole.logs()
    assert set(running) <= set(whole.reports("done")), "a running job was not finished"
    assert not whole.reports("running")
    if whole.has_real_queue:
        whole.start("worker", WORKER)
    else:
        whole.serve()
    whole.until(lambda: asked <= set(whole.reports("done")), "all reports")
    assert {whole.reports("done")[key] for key in asked} == {1}, "one attempt each"
