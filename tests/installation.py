"""A fresh installation for tests of the whole: in a folder of its own, and on the services that are named.

With ``DATABASE_URL`` it gets a database with an owner and an application role, with ``REDIS_URL`` a database
number that nobody uses, and a worker and a beat process: as `docs/deploy.md` sets it up. Without them it is
what `make run` starts: SQLite and the queue inside the web process.

The commands that prepare one run once in a test run; every further installation is a copy of what they made.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2 import sql

from tests.once import made_once
from tests.services import dies_with_us, free_port

ROOT = Path(__file__).resolve().parent.parent
WORKER = (
    "celery",
    "--quiet",
    "-A",
    "lpo",
    "worker",
    "--concurrency",
    "2",
    "--without-gossip",
    "--without-mingle",
)
BEAT = ("celery", "--quiet", "-A", "lpo", "beat")
STOPS_WITHIN = 40
CLAIM = "lpo-test-claim"
CLAIMED_FOR = 3600


@dataclass(frozen=True)
class _Prepared:
    """What the commands made: a folder, and on PostgreSQL a database with the address of each role."""

    folder: Path
    owner: str = ""
    app: str = ""


@contextmanager
def installation(folder: Path, *, script: str = "", **extra: str) -> Iterator[dict[str, str]]:
    """Make one in a folder, with the sample, and give the environment in which its processes run.

    ``script`` is what `manage.py shell` shall do in it beyond that.
    """
    made = _prepared(script)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    with ExitStack() as stack:
        env = _environment(folder)
        if made.app:
            env["DATABASE_URL"] = stack.enter_context(_copy(made)).app
        if broker := os.environ.get("REDIS_URL"):
            env["REDIS_URL"] = stack.enter_context(_broker(broker))
        yield env | extra


def _environment(folder: Path) -> dict[str, str]:
    env = {**os.environ, "LPO_VAR": str(folder), "LPO_SAMPLE_SIGNINS": "1", "LPO_HASHED_ASSETS": "1"}
    env |= {"DJANGO_SETTINGS_MODULE": "lpo.settings", "LPO_LISTENS_ON": "127.0.0.1"}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "OWNER_DATABASE_URL"):
        env.pop(name, None)
    return env


@cache
def _prepared(script: str) -> _Prepared:
    """Run the commands, once, and keep what they made until the process ends."""
    if not script and not os.environ.get("DATABASE_URL") and not os.environ.get("REDIS_URL"):
        return _Prepared(made_once("prepared", _prepare_sqlite))
    # Asked for first, so that it goes last: its roles own what a copy of it holds.
    plain = _prepared("") if script else None
    kept = ExitStack()
    atexit.register(kept.close)
    folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="lpo-prepared-")))
    if plain:
        made = plain
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        made = kept.enter_context(_copy(made, folder))
    else:
        made = kept.enter_context(_database(os.environ.get("DATABASE_URL", ""), folder))
    env = _environment(folder) | {"PORT": str(free_port())}
    if made.app:
        env["DATABASE_URL"] = made.app
    with ExitStack() as stack:
        if broker := os.environ.get("REDIS_URL"):
            env["REDIS_URL"] = stack.enter_context(_broker(broker))
        if script:
            manage(env, "shell", "--no-imports", "-c", script, quiet=True)
            return made
        if made.owner:
            manage(env | {"OWNER_DATABASE_URL": made.owner}, "release", quiet=True)
        manage(env, "prepare", quiet=True)
    return made


def _prepare_sqlite(folder: Path) -> None:
    shutil.copyfile(migrated_sqlite(), folder / "db.sqlite3")
    manage(_environment(folder) | {"PORT": str(free_port())}, "prepare", quiet=True)


def migrated_sqlite() -> Path:
    """A migrated database to copy."""
    return made_once("migrated", _migrate_sqlite) / "db.sqlite3"


def _migrate_sqlite(folder: Path) -> None:
    manage(_environment(folder), "migrate", "-v0", quiet=True)
    assert not (folder / "db.sqlite3-wal").exists(), "a part of the database would not be copied"


def manage(env: dict[str, str], *command: str, quiet: bool = False) -> None:
    """Run a management command; what it said is in the error when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=env,
        capture_output=quiet,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")


@contextmanager
def process(env: dict[str, str], log: Path, module: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m module`` for the length of a block, and end it as a service manager would."""
    with log.open("ab") as out:
        running = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            preexec_fn=dies_with_us(15),  # noqa: PLW1509  (one system call)
        )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(timeout=STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            raise


@contextmanager
def _database(url: str, folder: Path) -> Iterator[_Prepared]:
    """A new database with its two roles, where the tests have PostgreSQL."""
    if not url.startswith("postgres"):
        yield _Prepared(folder)
        return
    name = f"lpo_{secrets.token_hex(6)}"
    owner, app = f"{name}_owner", f"{name}_app"
    with _cursor(url) as cursor:
        for role in (owner, app):
            _say(cursor, "CREATE ROLE {} LOGIN PASSWORD 'only-for-tests'", role)
            _say(cursor, "GRANT {} TO CURRENT_USER", role)  # whoever makes them must be able to remove them
        _say(cursor, "CREATE DATABASE {} OWNER {}", name, owner)
    try:
        yield _Prepared(folder, _with(url, owner, name), _with(url, app, name))
    finally:
        with _cursor(url) as cursor:
            _say(cursor, "DROP DATABASE {} WITH (FORCE)", name)
            for role in (app, owner):
                _say(cursor, "DROP ROLE {}", role)


@contextmanager
def _copy(made: _Prepared, folder: Path | None = None) -> Iterator[_Prepared]:
    """A copy of a prepared database, of the same owner and for the same application's role."""
    folder = folder or made.folder
    if not made.app:
        yield _Prepared(folder)
        return
    url, name = os.environ["DATABASE_URL"], f"lpo_{secrets.token_hex(6)}"
    owner, app = (urlsplit(address).username or "" for address in (made.owner, made.app))
    with _cursor(url) as cursor:
        _say(
            cursor, "CREATE DATABASE {} OWNER {} TEMPLATE {}", name, owner, urlsplit(made.app).path.strip("/")
        )
        # Rights on the database itself are the only ones that a copy does not bring along.
        _say(cursor, "REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC, {}", name, app)
        _say(cursor, "GRANT CONNECT ON DATABASE {} TO {}", name, app)
    try:
        yield _Prepared(folder, _with(url, owner, name), _with(url, app, name))
    finally:
        with _cursor(url) as cursor:
            _say(cursor, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def _cursor(url: str) -> Iterator[psycopg2.extensions.cursor]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def _say(cursor: psycopg2.extensions.cursor, statement: str, *names: str) -> None:
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _with(url: str, user: str, database: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:only-for-tests@{host}", path=f"/{database}").geturl()


@contextmanager
def _broker(url: str) -> Iterator[str]:
    """A database number of a Redis that nobody uses; only what was put there is removed afterwards."""
    for number in range(15, 0, -1):
        there = urlsplit(url)._replace(path=f"/{number}").geturl()
        client = redis.Redis.from_url(there)
        if client.dbsize() or not client.set(CLAIM, "1", nx=True, ex=CLAIMED_FOR):
            client.close()
            continue
        try:
            yield there
        finally:
            for key in client.scan_iter():
                client.delete(key)
            client.close()
        return
    raise RuntimeError(f"No database of {url} is empty.")
