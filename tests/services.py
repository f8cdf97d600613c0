"""Throw-away PostgreSQL and Redis servers on free ports, for tests that stop, restart or freeze them.

They live in a temporary folder, end with the block, and end with the test run even when that is killed. What
is started here is never the server that somebody else uses.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import redis

STARTS_WITHIN = 60
STOPS_WITHIN = 20
_PR_SET_PDEATHSIG = 1
_CLUSTER = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
_BINARIES = (
    Path("/usr/lib/postgresql"),
    Path("/usr/local/opt/postgresql"),
    Path("/opt/homebrew/opt/postgresql"),
)


class MissingBinaryError(RuntimeError):
    """A server program is not installed; the message says which and how to get it."""


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def dies_with_us(number: int) -> Callable[[], None] | None:
    """What a child runs before its program so that it gets signal ``number`` when this process is gone."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, number)


class _Server:
    """One server process that can be stopped, started again, frozen and thawed."""

    name = "server"
    last_signal = signal.SIGTERM

    def __init__(self, command: list[str], folder: Path, port: int, user: str | None = None) -> None:
        self.port = port
        self.folder = folder
        self._command = command
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running.")
        return self._process.pid

    def answers(self) -> bool:
        """Whether the server takes connections."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server and wait until it answers; nothing when it runs already."""
        if self._process is not None:
            return
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                user=self._user,
                start_new_session=True,
                preexec_fn=dies_with_us(self.last_signal),  # noqa: PLW1509  (one system call)
            )
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            if self.answers():
                return
            time.sleep(0.05)
        log_text = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")
        self.kill()
        raise RuntimeError(f"{self.name} did not start within {STARTS_WITHIN} s:\n{log_text[-2000:]}")

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGCONT)
            os.kill(process.pid, number)
        try:
            process.wait(timeout=STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=STOPS_WITHIN)

    def stop(self) -> None:
        """Stop the server in order; connections to its port are refused from then on."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Stop the server at once (what is in its memory only is lost)."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop, then start on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let the system accept connections for a server that never answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        os.kill(self.pid, signal.SIGCONT)


class Postgres(_Server):
    """A private PostgreSQL cluster; everybody who reaches the port is its superuser."""

    name = "PostgreSQL"
    last_signal = signal.SIGQUIT

    @property
    def url(self) -> str:
        """The address of the database that is always there."""
        return self.url_for("postgres")

    def url_for(self, database: str) -> str:
        """The address of a database, whether it exists or not."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, database: str, *, template: str = "template1") -> str:
        """Make a database, empty or a copy of another one that nobody uses, and give its address.

        The checkpoint is for tests that crash the server: until the next one a copied sequence hands out
        numbers that the log does not know, and would hand them out again after the crash.
        """
        connection = psycopg2.connect(self.url)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'create database "{database}" template "{template}"')
                cursor.execute("checkpoint")
        finally:
            connection.close()
        return self.url_for(database)

    def answers(self) -> bool:
        """Whether a connection works."""
        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it: ``fast`` (connections are cut) or ``immediate`` (as if it had crashed)."""
        self._end({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])

    def restart(self, *, mode: str = "fast") -> None:
        """Stop in that mode, then start on the same port."""
        self.stop(mode=mode)
        self.start()


class Redis(_Server):
    """A private Redis that keeps nothing on disk: a restart is also a loss of everything it held."""

    name = "Redis"

    @property
    def url(self) -> str:
        """The address of database 0."""
        return self.url_for(0)

    def url_for(self, database: int) -> str:
        """The address of one of its 16 databases."""
        return f"redis://127.0.0.1:{self.port}/{database}"

    def client(self) -> redis.Redis:
        """A client that gives up after two seconds."""
        return redis.Redis(port=self.port, socket_timeout=2, socket_connect_timeout=2)

    def answers(self) -> bool:
        """Whether a ping comes back."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _postgres_folder() -> Path:
    """The folder with ``initdb`` and ``postgres``, the newest version that is installed."""
    if (found := shutil.which("initdb")) and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    versions = [path.parent for root in _BINARIES for path in root.glob("**/bin/initdb")]
    if not versions:
        raise MissingBinaryError(
            "PostgreSQL is not installed: no initdb on the PATH or in /usr/lib/postgresql "
            "(Debian and Ubuntu: apt-get install postgresql)."
        )
    return max(versions, key=_version)


def _version(binaries: Path) -> list[int]:
    return [int(part) for part in binaries.parent.name.split(".") if part.isdigit()]


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as then."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def _folder(prefix: str, user: str | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_postgres() -> Iterator[Postgres]:
    """A PostgreSQL of your own for the length of a block, without the cost of real durability."""
    binaries, user = _postgres_folder(), _unprivileged()
    with _folder("lpo-postgres-", user) as folder:
        data = folder / "data"
        made = subprocess.run(
            [binaries / "initdb", "-D", data, *_CLUSTER],
            cwd=folder,
            user=user,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        port = free_port()
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
        options |= {"fsync": "off", "full_page_writes": "off"}
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        server = Postgres(command, folder, port, user)
        try:
            server.start()
            yield server
        finally:
            server.stop(mode="immediate")


@contextmanager
def private_redis() -> Iterator[Redis]:
    """A Redis of your own for the length of a block."""
    program = shutil.which("redis-server")
    if program is None:
        raise MissingBinaryError(
            "Redis is not installed: no redis-server on the PATH "
            "(Debian and Ubuntu: apt-get install redis-server)."
        )
    with _folder("lpo-redis-") as folder:
        port = free_port()
        command = [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
        server = Redis([*command, "--save", "", "--appendonly", "no"], folder, port)
        try:
            server.start()
            yield server
        finally:
            server.kill()
