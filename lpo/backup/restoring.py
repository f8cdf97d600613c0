"""Restoring a backup: checked first, then files beside the old ones, then the database, then the exchange.

Whatever fails before the exchange leaves the installation as it was.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError, ProgrammingError, connection, connections
from django.db.migrations.loader import MigrationLoader

from accounts.models import Organisation, User
from lpo.backup import manifest, tools
from lpo.backup.faults import BackupFault

_STOP = "Stop the web processes and the workers first."
_SIGNED_IN = ("usersessions_usersession", "django_session", "lpo_attempts")
# Everything of ours in the schema, but not the schema: its rights and default rights stay.
_CLEAR = """
SET lock_timeout = '10s';
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE %I CASCADE', one.name);
  END LOOP;
  FOR one IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP SEQUENCE %I CASCADE', one.name);
  END LOOP;
  FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'lpo\\_%' LOOP
    EXECUTE format('DROP FUNCTION %s CASCADE', one.name);
  END LOOP;
END $$;
"""


@dataclass(frozen=True)
class Restored:
    """What was restored, where the former data were put aside, and whether migrations are to be run."""

    made_at: str
    files: int
    aside: tuple[Path, ...]
    is_behind: bool


def restore_backup(folder: Path, *, replace: bool = False) -> Restored:
    """Put a backup in place of an empty installation, or with ``replace`` of one that holds data.

    Raises ``BackupFault`` when the backup is damaged or does not fit, when there are data, or when somebody
    is still at work.
    """
    found = manifest.read(folder)
    is_behind = _fits(found)
    if not replace and _holds_data():
        raise BackupFault(
            "This installation holds data. Restore into an empty one, or say --replace to put the backup in "
            "its place (the former report files, and on SQLite the former database, are kept beside it)."
        )
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    files = _files_folder()
    incoming = files.with_name(f"{files.name}.restoring")
    try:
        _place_files(folder, found, incoming)
        former = _swap(incoming, files, stamp)
        try:
            exchange = _exchange_sqlite if connection.vendor == "sqlite" else _exchange_postgresql
            aside = exchange(folder / manifest.DATABASES[found.database], stamp)
        except BaseException:
            _swap_back(former, files)
            raise
    except OSError as fault:
        raise BackupFault(f"The backup was not restored: {fault}.") from fault
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    _end_sessions()
    return Restored(found.made_at, len(found.files), aside + former, is_behind)


def _fits(found: manifest.Manifest) -> bool:
    """Refuse what this program cannot use; say whether its tables are older than the program."""
    if found.database != connection.vendor:
        raise BackupFault(
            f"The backup is of {found.database}, this installation uses {connection.vendor}. To change "
            "databases, restore it where it came from and move each organisation: export_organisation, "
            "import_organisation."
        )
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    newer = sorted(set(found.migrations) - known)
    if newer:
        raise BackupFault(
            f"The backup was made by a newer version of LPO Advisor (it has {newer[0]}). "
            "Install that version first."
        )
    return bool(known - set(found.migrations))


def _holds_data() -> bool:
    try:
        rows = Organisation.objects.exists() or User.objects.exists()
    except (OperationalError, ProgrammingError):
        rows = False  # no tables yet
    files = _files_folder()
    return rows or (files.is_dir() and any(path.is_file() for path in files.rglob("*")))


def _files_folder() -> Path:
    if not isinstance(default_storage, FileSystemStorage):
        storage = getattr(default_storage, "_wrapped", default_storage)
        if not isinstance(storage, FileSystemStorage):
            raise BackupFault(
                "Report files are not kept in a folder here; restore them with the storage's own tools."
            )
    return Path(default_storage.path(""))


def _place_files(folder: Path, found: manifest.Manifest, incoming: Path) -> None:
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True, mode=0o700)
    for part in found.files:
        target = incoming / part.name.removeprefix(f"{manifest.FILES}/")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(folder / part.name, target)
        target.chmod(0o600)


def _swap(incoming: Path, files: Path, stamp: str) -> tuple[Path, ...]:
    aside: tuple[Path, ...] = ()
    if files.is_dir() and any(files.iterdir()):
        former = files.with_name(f"{files.name}.before-{stamp}")
        files.rename(former)
        aside = (former,)
    elif files.is_dir():
        files.rmdir()
    incoming.rename(files)
    return aside


def _swap_back(former: tuple[Path, ...], files: Path) -> None:
    shutil.rmtree(files)
    for path in former:
        path.rename(files)


def _end_sessions() -> None:
    """Sign everybody out: a session that was ended since the backup must not work again.

    The tables may be of an older version, so they are named and not read through models.
    """
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table in _SIGNED_IN:
            if table in present:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608  (names of the list above)


def _exchange_sqlite(dump: Path, stamp: str) -> tuple[Path, ...]:
    target = Path(str(connection.settings_dict["NAME"]))
    incoming = target.with_name(f"{target.name}.restoring")
    connections.close_all()
    shutil.copyfile(dump, incoming)
    incoming.chmod(0o600)
    try:
        aside: tuple[Path, ...] = ()
        if target.exists():
            _nobody_at_work(target)
            former = target.with_name(f"{target.name}.before-{stamp}")
            target.rename(former)
            aside = (former,)
        os.replace(incoming, target)  # noqa: PTH105
    finally:
        incoming.unlink(missing_ok=True)
    return aside


def _nobody_at_work(database: Path) -> None:
    """Take the log into the file, which works only while no other process has it open."""
    try:
        with closing(sqlite3.connect(database, timeout=2)) as live:
            (mode,) = live.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError:
        mode = ""
    if mode != "delete":
        raise BackupFault(f"Somebody still works with {database.name}. {_STOP}")


def _exchange_postgresql(dump: Path, _stamp: str) -> tuple[Path, ...]:
    """Clear and fill in one transaction: when anything fails, the former data stand."""
    connections.close_all()
    with tempfile.TemporaryDirectory(prefix="lpo-restore-") as folder:  # for this user's eyes only
        script, clear = Path(folder, "restore.sql"), Path(folder, "clear.sql")
        clear.write_text(_CLEAR, encoding="utf-8")
        tools.script_of(dump, script)
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--no-password")
        try:
            tools.run("psql", *options, "--output=/dev/null", f"--file={clear}", f"--file={script}")
        except BackupFault as fault:
            if "lock timeout" in str(fault):
                raise BackupFault(f"Somebody still works with the database. {_STOP}") from fault
            if "must be owner" in str(fault):
                raise BackupFault("Restore as the owner of the tables (deploy/manage --as-owner).") from fault
            raise
    return ()
