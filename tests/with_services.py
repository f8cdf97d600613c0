"""Run a command on real services: ``python -m tests.with_services pytest -q``.

The PostgreSQL and Redis that run at their usual ports are used, else private ones are started in a temporary
folder, else (in continuous integration, as root) they are installed with apt first. Whatever ``DATABASE_URL``
and ``REDIS_URL`` already say is taken as it is. The command connects as a role that may make databases and
roles and is no superuser; the tests make the owner and the application's role from there.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import redis

from tests.services import MissingBinaryError, private_postgres, private_redis

USUAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
USUAL_REDIS = "redis://127.0.0.1:6379/0"
# A test database is thrown away: it need not survive the machine.
HURRY = "?options=-c%20synchronous_commit%3Doff"


def _mighty(url: str) -> bool:
    """Whether there is a server and this address may make roles."""
    try:
        with closing(psycopg2.connect(url, connect_timeout=2)) as there, there.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            return bool(cursor.fetchone()[0])
    except psycopg2.Error:
        return False


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _install(*packages: str) -> None:
    """Let apt install what is missing where that is meant; else say what to install."""
    if not (os.environ.get("CI") and shutil.which("apt-get") and os.geteuid() == 0):
        return
    print(f"Installing {' '.join(packages)} with apt.", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.run(command, check=False, **quiet)


@contextmanager
def _maker(url: str) -> Iterator[str]:
    """A role that may make databases and roles, and no more; the address to connect as it."""
    name, password = f"lpo_maker_{secrets.token_hex(4)}", secrets.token_hex(8)
    with closing(psycopg2.connect(url)) as there:
        there.autocommit = True
        there.cursor().execute(f"CREATE ROLE {name} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'")
    try:
        yield url.replace("//postgres@", f"//{name}:{password}@") + HURRY
    finally:
        with closing(psycopg2.connect(url)) as there:
            there.autocommit = True
            there.cursor().execute(f"DROP ROLE {name}")


def _database(stack: ExitStack) -> str:
    if given := os.environ.get("DATABASE_URL"):
        return given
    if _mighty(USUAL_POSTGRES):
        return stack.enter_context(_maker(USUAL_POSTGRES))
    try:
        server = stack.enter_context(private_postgres())
    except MissingBinaryError:
        _install("postgresql")
        server = stack.enter_context(private_postgres())
    return stack.enter_context(_maker(server.url))


def _broker(stack: ExitStack) -> str:
    if given := os.environ.get("REDIS_URL"):
        return given
    if _answers(USUAL_REDIS):
        return USUAL_REDIS
    try:
        return stack.enter_context(private_redis()).url
    except MissingBinaryError:
        _install("redis-server")
        return stack.enter_context(private_redis()).url


def main() -> int:
    """Run the command and give its exit code."""
    with ExitStack() as stack:
        try:
            services = {"DATABASE_URL": _database(stack), "REDIS_URL": _broker(stack)}
        except MissingBinaryError as missing:
            print(missing)
            return 1
        return subprocess.run(
            [sys.executable, "-m", *sys.argv[1:]], env=os.environ | services, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
