"""A whole installation of one's own: gunicorn, workers and beat as real processes, and a person."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import requests

from tests.services import dies_with_us, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SLUG = "calder-ridge"
PASSWORD = "sample-only"
# Set by the test run for itself: what is started here must not inherit it.
_NOT_OURS = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PYTEST_CURRENT_TEST"}
STARTS_WITHIN = 60


def wait_for(what: Callable[[], Any], seconds: float, why: str, every: float = 0.02) -> float:
    """Wait until ``what`` gives something true; gives how long it took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if what():
            return time.monotonic() - started
        time.sleep(every)
    raise AssertionError(f"{why}: not within {seconds:g} s.")


@dataclass
class Program:
    """One process (with its children) and what it wrote."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def text(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def is_alive(self) -> bool:
        """Whether its first process runs."""
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The processes it started itself."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text(encoding="ascii").split()]

    def signal_all(self, number: int) -> None:
        """Send a signal to the process and all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def kill(self) -> None:
        """End all of it at once, as the system does when memory runs out."""
        self.signal_all(signal.SIGKILL)
        self.process.wait(timeout=20)

    def ask_to_end(self) -> None:
        """Tell it to end in order."""
        if self.is_alive():
            self.signal_all(signal.SIGCONT)
            self.process.terminate()

    def stop(self) -> None:
        """End it in order; by force after a while."""
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        self.kill()


class Person:
    """Somebody signed in, as a browser without scripts would be."""

    def __init__(self, address: str, email: str) -> None:
        self.address = address
        self.http = requests.Session()
        self.http.trust_env = False
        page = self.get("/accounts/login/")
        answer = self.post("/accounts/login/", {"login": email, "password": PASSWORD}, page.text)
        assert answer.status_code == 302, answer.text[:2000]

    def get(self, path: str, *, timeout: float = 30) -> requests.Response:
        """Open a page; redirects are not followed."""
        return self.http.get(self.address + path, timeout=timeout, allow_redirects=False)

    def token(self, page: str) -> str:
        """The hidden field that every form carries."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page[:2000]
        return found.group(1)

    def post(
        self, path: str, data: Mapping[str, object], page: str, *, timeout: float = 60
    ) -> requests.Response:
        """Send a form of ``page``."""
        sent = {**data, "csrfmiddlewaretoken": self.token(page)}
        return self.http.post(self.address + path, data=sent, timeout=timeout, allow_redirects=False)

    def close(self) -> None:
        """Close its connections."""
        self.http.close()


@dataclass
class House:
    """An installation in a folder of its own."""

    folder: Path
    database_url: str = ""
    redis_url: str = ""
    programs: list[Program] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    address: str = ""

    @property
    def var(self) -> Path:
        """Database (SQLite) and files."""
        return self.folder / "var"

    def files(self) -> list[Path]:
        """All report files, whole or not."""
        return sorted((self.var / "files").glob("**/*.pdf*"))

    def env(self, **more: str) -> dict[str, str]:
        """The environment of every program of this installation."""
        env = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        env |= {"LPO_VAR": str(self.var), "LPO_SAMPLE_SIGNINS": "1", "LPO_HASHED_ASSETS": "0"}
        env |= {"LOG_LEVEL": "INFO", "REQUEST_LIMITS": "0", "PYTHONUNBUFFERED": "1"}
        if self.database_url:
            env["DATABASE_URL"] = self.database_url
        if self.redis_url:
            env["REDIS_URL"] = self.redis_url
        return {**env, **more}

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py to its end."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env(PORT=str(free_port())),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(
        self, name: str, *command: str, before: Callable[[], None] | None = None, **env: str
    ) -> Program:
        """Start a program; it ends with the test, and with the test run."""
        log = self.folder / f"{name}.log"
        dies = dies_with_us(signal.SIGTERM)

        def first() -> None:
            for step in (dies, before):
                if step is not None:
                    step()

        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env(**env),
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=first,  # noqa: PLW1509  (two system calls)
            )
        program = Program(name, process, log)
        self.programs.append(program)
        return program

    def web(self, *, port: int = 0, before: Callable[[], None] | None = None, **env: str) -> Program:
        """Start gunicorn and wait until it answers."""
        port = port or free_port()
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "gunicorn", "--config", "lpo/gunicorn_conf.py"]
        program = self.start("web", *command, before=before, PORT=str(port), **env)
        self._wait(program, self.answers)
        return program

    def answers(self) -> bool:
        """Whether the sign-in page is served."""
        try:
            return requests.get(f"{self.address}/accounts/login/", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def worker(self, name: str, *, before: Callable[[], None] | None = None, **env: str) -> Program:
        """Start a worker with one child process and wait until it takes jobs.

        Its connections to PostgreSQL carry its name.
        """
        if self.database_url:
            env.setdefault("PGAPPNAME", name)
        options = ["-A", "lpo", "worker", "-c", "1", "-n", f"{name}@%h", "-l", "INFO"]
        program = self.start(name, sys.executable, "-m", "celery", *options, before=before, **env)
        size = len(program.text())
        self._wait(program, lambda: "ready." in program.text()[size:])
        return program

    def beat(self, **env: str) -> Program:
        """Start the clock of periodic jobs."""
        program = self.start("beat", sys.executable, "-m", "celery", "-A", "lpo", "beat", "-l", "INFO", **env)
        self._wait(program, lambda: "beat: Starting" in program.text())
        return program

    def _wait(self, program: Program, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and program.is_alive():
            if is_ready():
                return
            time.sleep(0.05)
        raise AssertionError(f"{program.name} did not start:\n{program.text()[-4000:]}")

    def person(self, role: str = "manager") -> Person:
        """Sign somebody of the sample company in."""
        person = Person(self.address, f"{role}@calderridge.example")
        self.people.append(person)
        return person

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database directly (write ``?`` for a value)."""
        if not self.database_url:
            with closing(sqlite3.connect(self.var / "db.sqlite3", timeout=20)) as connection:
                return connection.execute(query, values).fetchall()
        with (
            closing(psycopg2.connect(self.database_url, connect_timeout=5)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query.replace("?", "%s"), values or None)
            return cursor.fetchall()

    def value(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        return self.rows(query, *values)[0][0]

    def finish_all(self) -> None:
        """Let all reports count as made (for tests without a worker; PostgreSQL)."""
        with (
            closing(psycopg2.connect(self.database_url, connect_timeout=5)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("update reports_report set status = 'done'")

    def stop(self) -> None:
        """End everything."""
        for person in self.people:
            person.close()
        for program in self.programs:
            program.ask_to_end()
        for program in reversed(self.programs):
            program.stop()


def ask(person: Person, house: House, paper: str = "a4") -> tuple[int, float, requests.Response]:
    """Ask for a report as the manager does; gives its number, the seconds it took, and the answer."""
    path = f"/o/{SLUG}/reports/"
    page = person.get(path).text
    record = house.value(
        "select min(id) from selections_rankingrecord where organisation_id = ?", company(house)
    )
    started = time.monotonic()
    answer = person.post(path, {"record": record, "paper": paper}, page)
    took = time.monotonic() - started
    assert answer.status_code == 302, answer.text[:3000]
    return int(answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]), took, answer


def company(house: House) -> int:
    """The id of the sample company."""
    return int(house.value("select id from accounts_organisation where slug = ?", SLUG))


def status(house: House, report: int) -> str:
    """The state of a report."""
    return str(house.value("select status from reports_report where id = ?", report))


def made_once(house: House, report: int) -> None:
    """One file, one event, one row that says it is made, and the page that offers it."""
    row = house.rows("select status, file, file_sha256, error from reports_report where id = ?", report)[0]
    assert row[0] == "done", row
    files = [path for path in house.files() if path.name.startswith(f"board-report-{report}-")]
    assert [path.name for path in files] == [Path(row[1]).name]
    assert files[0].read_bytes().startswith(b"%PDF-1.7")
    events = house.rows(
        "select verb from accounts_auditevent where object_type = ? and object_id = ? order by id",
        "reports.report",
        str(report),
    )
    assert [verb for (verb,) in events] == ["asked for board report", "made board report"]


@contextmanager
def house_from(template: Path, *, database_url: str = "", redis_url: str = "") -> Iterator[House]:
    """A copy of a prepared installation; all of it ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="lpo-house-"))
    house = House(folder, database_url, redis_url)
    try:
        shutil.copytree(template, house.var)
        yield house
    finally:
        house.stop()
        for program in house.programs:  # pytest shows it when the test failed
            print(f"--- {program.name}\n{program.text()[-3000:]}")
        shutil.rmtree(folder, ignore_errors=True)
