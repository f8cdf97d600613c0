"""Making a backup while everybody goes on working.

Report files are written before their rows and never changed, so the database comes first and then the files
that this very state of it names: whatever is written meanwhile belongs to the next backup.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from lpo.backup import manifest, tools
from lpo.backup.faults import BackupFault

_COLUMNS = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Made:
    """Where the backup is, how many report files it holds, and which were missing on the disk."""

    folder: Path
    files: int
    missing: tuple[str, ...]


def make_backup(to: Path) -> Made:
    """Write a folder of its own below ``to``; it gets its name only when it is whole."""
    now = datetime.now(UTC)
    folder = to / f"lpo-backup-{now:%Y%m%dT%H%M%SZ}"
    unfinished = to / f".{folder.name}.unfinished"
    if folder.exists():
        raise BackupFault(f"{folder} exists already: two backups in one second.")
    try:
        unfinished.mkdir(parents=True, mode=0o700)
        made = _fill(unfinished, now)
        os.sync()
        unfinished.rename(folder)
    except OSError as fault:
        raise BackupFault(f"The backup cannot be written below {to}: {fault.strerror or fault}.") from fault
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished)
    return Made(folder, made[0], made[1])


def _fill(folder: Path, now: datetime) -> tuple[int, tuple[str, ...]]:
    vendor = connection.vendor
    if vendor not in manifest.DATABASES:
        raise BackupFault(f"There is no backup for {vendor}.")
    database = folder / manifest.DATABASES[vendor]
    copy = _copy_sqlite if vendor == "sqlite" else _dump_postgresql
    names, migrations, server = copy(database)
    database.chmod(0o600)
    parts = [manifest.part_of(folder, database.name)]
    missing = []
    for name in names:
        if _copy_file(name, folder):
            parts.append(manifest.part_of(folder, f"{manifest.FILES}/{name}"))
        else:
            missing.append(name)
    made_at = now.isoformat(timespec="seconds")
    lost = tuple(missing)
    manifest.write(folder, manifest.Manifest(made_at, vendor, server, migrations, tuple(parts), lost))
    return len(parts) - 1, lost


def _copy_sqlite(target: Path) -> tuple[list[str], tuple[str, ...], str]:
    """SQLite's online backup: one moment of the database, while others write."""
    source = Path(str(connection.settings_dict["NAME"]))
    if not source.is_file():
        raise BackupFault(f"There is no database at {source}.")
    with closing(sqlite3.connect(source, timeout=60)) as live, closing(sqlite3.connect(target)) as copy:
        # All pages in one step: in between, a writer would make it begin again.
        live.backup(copy, pages=-1)
        # One file that can be copied and opened anywhere, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        found = copy.execute("PRAGMA integrity_check").fetchall()
        if found != [("ok",)]:
            raise BackupFault(f"The copied database is damaged: {found[0][0]}. Check the disk.")
        names = [name for query in _name_queries() for (name,) in copy.execute(query)]
        applied = copy.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return sorted(set(names)), tuple(name for (name,) in applied), f"SQLite {sqlite3.sqlite_version}"


def _dump_postgresql(target: Path) -> tuple[list[str], tuple[str, ...], str]:
    """pg_dump and our own reads, both of one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # This connection only waits while pg_dump works, however long that takes.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, server = cursor.fetchone()
        tools.run("pg_dump", "--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={target}")
        names: set[str] = set()
        for query in _name_queries():
            cursor.execute(query)
            names |= {name for (name,) in cursor.fetchall()}
        return sorted(names), manifest.applied_migrations(), f"PostgreSQL {server}"


def _name_queries() -> Iterator[str]:
    """Reads of every file that a row names, around the wall: a backup is of the whole installation."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                column, table = field.column, model._meta.db_table
                yield f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''"  # noqa: S608  (names of ours)


def _copy_file(name: str, folder: Path) -> bool:
    target = folder / manifest.FILES / name
    try:
        with default_storage.open(name, "rb") as source:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with target.open("wb") as out:
                reader: Any = source
                shutil.copyfileobj(reader, out)
    except FileNotFoundError:
        return False
    target.chmod(0o600)
    return True
