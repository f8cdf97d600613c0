"""PostgreSQL's own programs: found, matched to the server, run without a password on the command line."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from lpo.backup.faults import BackupFault

_DEBIAN = Path("/usr/lib/postgresql")
_ADDRESS = (
    "host",
    "hostaddr",
    "port",
    "user",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "options",
)


def run(program: str, *arguments: str) -> None:
    """Run one program on the database of these settings. Raises ``BackupFault`` with what it said."""
    path = _program(program)
    settings = connection.get_connection_params()
    address = {key: settings[key] for key in _ADDRESS if settings.get(key)}
    env = {**os.environ, "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C"}
    if settings.get("password"):
        env["PGPASSWORD"] = str(settings["password"])
    dsn = " ".join(f"{key}={_quoted(value)}" for key, value in address.items())
    done = subprocess.run(  # noqa: S603  (no shell; the path is found below)
        [path, f"--dbname={dsn}", *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupFault(f"{program} failed: {done.stderr.strip() or done.returncode}")


def _quoted(value: object) -> str:
    """One value of a connection string as libpq reads it."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"


def script_of(dump: Path, script: Path) -> None:
    """Turn a dump into the SQL that builds the database again, without owners and rights."""
    path = _program("pg_restore")
    done = subprocess.run(  # noqa: S603
        [path, "--no-owner", "--no-privileges", f"--file={script}", str(dump)],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupFault(f"pg_restore cannot read the dump: {done.stderr.strip()}")


def _program(name: str) -> str:
    """The newest program of this name; older than the server it would refuse, so that is said here."""
    found = {shutil.which(name)} | {str(path) for path in _DEBIAN.glob(f"*/bin/{name}")}
    versions = {path: _version(path) for path in found if path}
    if not versions:
        raise BackupFault(
            f"{name} is not on this machine. Install PostgreSQL's client programs "
            "(Debian: postgresql-client), or run this where they are."
        )
    path = max(versions, key=lambda one: versions[one])
    connection.ensure_connection()
    server = connection.pg_version // 10_000  # type: ignore[attr-defined]  # only PostgreSQL gets here
    if versions[path] < server:
        raise BackupFault(
            f"The server is PostgreSQL {server}, {name} here is of version {versions[path]} and cannot read "
            f"it. Install the client programs of version {server} or newer."
        )
    return path


def _version(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"(\d+)", said.stdout)
    return int(number[1]) if number else 0
