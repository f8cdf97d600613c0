"""Whole installations beside the one under test: a folder, a database of their own, commands run for real.

`migrate` runs once for each kind of database in a test run; what starts migrated is a copy of what it made.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from tests.installation import migrated_sqlite
from tests.services import MissingBinaryError, private_postgres

ROOT = Path(__file__).resolve().parents[2]
# Several command lines in one process: what they do, without starting the application again for each.
_EACH = """
import json, sys
from django.core.management import execute_from_command_line
for line in json.loads(sys.argv[1]):
    execute_from_command_line(["manage.py", *line])
"""
LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


@dataclass(frozen=True)
class Installation:
    """A folder for files and a database; ``run`` is what an administrator types."""

    folder: Path
    database: str

    def run(self, *arguments: str, fails: bool = False) -> str:
        """Run one management command; gives what it printed."""
        done = self.start(*arguments)
        out, _ = done.communicate(timeout=180)
        assert (done.returncode != 0) is fails, out
        return out

    def run_each(self, *lines: tuple[str, ...]) -> str:
        """Run management commands one after the other, as one process; the first that fails ends it."""
        done = self._python("-c", _EACH, json.dumps(lines))
        out, _ = done.communicate(timeout=180)
        assert done.returncode == 0, out
        return out

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one management command and do not wait for it."""
        return self._python("manage.py", *arguments)

    def _python(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "error", *arguments],
            cwd=ROOT, env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes."""
        env = {**os.environ, "LPO_VAR": str(self.folder), "DATABASE_URL": self.database}
        return env | {"DJANGO_SETTINGS_MODULE": "lpo.settings", "LPO_HASHED_ASSETS": "0"}


def sqlite(folder: Path, *, migrated: bool = True) -> Installation:
    """A fresh installation on SQLite."""
    folder.mkdir(parents=True)
    here = Installation(folder, f"sqlite:///{folder / 'db.sqlite3'}")
    if migrated:
        shutil.copyfile(migrated_sqlite(), folder / "db.sqlite3")
    return here


@contextmanager
def postgres(folder: Path, *, migrated: bool = True) -> Iterator[Installation]:
    """A fresh installation on PostgreSQL; its database is dropped afterwards."""
    with _database(_migrated_postgres() if migrated else "template1") as address:
        folder.mkdir(parents=True)
        yield Installation(folder, address)


@contextmanager
def _database(template: str) -> Iterator[str]:
    server, name = _server(), f"lpo_{uuid.uuid4().hex[:12]}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def _until_the_end() -> ExitStack:
    """What is entered here is left when the process ends, in the opposite order."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack


@cache
def _migrated_postgres() -> str:
    """The name of a migrated database that nobody uses."""
    _server()  # started first, so that it ends last
    address = _until_the_end().enter_context(_database("template1"))
    folder = Path(_until_the_end().enter_context(tempfile.TemporaryDirectory(prefix="lpo-migrated-")))
    Installation(folder, address).run("migrate", "-v0")
    return urlsplit(address).path.strip("/")


@cache
def _server() -> str:
    """The server that tests may make databases on: the given one, the local one, else a private one."""
    given = os.environ.get("DATABASE_URL", "")
    url = given if given.startswith("postgres") else LOCAL
    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.OperationalError:
        if url == given:
            raise
        return _private_server()
    return url


def _private_server() -> str:
    """A server for the length of the run; without PostgreSQL's programs its tests wait for CI."""
    try:
        return _until_the_end().enter_context(private_postgres()).url
    except MissingBinaryError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL on this machine")


def _execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()
