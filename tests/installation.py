"""A fresh installation for tests of the whole: in a folder of its own, and on the services that are named.

With ``DATABASE_URL`` it gets a database with an owner and an application role, with ``REDIS_URL`` a database
number that nobody uses, and a worker and a beat process: as `docs/deploy.md` sets it up. Without them it is
what `make run` starts: SQLite and the queue inside the web process.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2 import sql

from tests.services import dies_with_us

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


@contextmanager
def installation(folder: Path, **extra: str) -> Iterator[dict[str, str]]:
    """Prepare one in a folder, with the sample, and give the environment in which its processes run."""
    env = {**os.environ, "LPO_VAR": str(folder), "LPO_SAMPLE_SIGNINS": "1", "LPO_HASHED_ASSETS": "1"}
    env |= {"DJANGO_SETTINGS_MODULE": "lpo.settings", "LPO_LISTENS_ON": "127.0.0.1"}
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "OWNER_DATABASE_URL"):
        env.pop(name, None)
    database, broker = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    with ExitStack() as stack:
        if database.startswith("postgres"):
            owner, env["DATABASE_URL"] = stack.enter_context(_database(database))
            manage(env | {"OWNER_DATABASE_URL": owner}, "release", quiet=True)
        if broker:
            env["REDIS_URL"] = stack.enter_context(_broker(broker))
        env |= extra
        manage(env, "prepare", quiet=True)
        yield env


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
def _database(url: str) -> Iterator[tuple[str, str]]:
    """A new database: the address for its owner, and the one for the application."""
    name = f"lpo_{secrets.token_hex(6)}"
    owner, app = f"{name}_owner", f"{name}_app"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for role in (owner, app):
            _say(cursor, "CREATE ROLE {} LOGIN PASSWORD 'only-for-tests'", role)
            _say(cursor, "GRANT {} TO CURRENT_USER", role)  # whoever makes them must be able to remove them
        _say(cursor, "CREATE DATABASE {} OWNER {}", name, owner)
    try:
        yield _with(url, owner, name), _with(url, app, name)
    finally:
        with connection.cursor() as cursor:
            _say(cursor, "DROP DATABASE {} WITH (FORCE)", name)
            for role in (app, owner):
                _say(cursor, "DROP ROLE {}", role)
        connection.close()


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
