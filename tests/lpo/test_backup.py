"""Backup and restore of whole installations, with the commands that an administrator types."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
import pytest

from lpo.backup import BackupFault, manifest, tools
from tests.lpo.installations import Installation, postgres, sqlite

SAMPLE = "2 kept rankings and 2 report files checked."


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation on SQLite with the sample in it, copied by each test that changes it."""
    here = sqlite(tmp_path_factory.mktemp("prepared") / "var")
    here.run("load_sample")
    return here


@pytest.fixture
def installed(prepared: Installation, tmp_path: Path) -> Installation:
    """A copy of the prepared installation."""
    shutil.copytree(prepared.folder, tmp_path / "var")
    return Installation(tmp_path / "var", f"sqlite:///{tmp_path / 'var' / 'db.sqlite3'}")


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with postgres(tmp_path_factory.mktemp("postgres") / "var") as here:
        here.run("load_sample")
        yield here


def _backup(here: Installation, to: Path) -> Path:
    said = here.run("backup", "--to", str(to))
    assert "Backup with 2 report files" in said
    assert "SECRET_KEY" in said
    (folder,) = to.iterdir()
    return folder


def _database(here: Installation) -> Path:
    return here.folder / "db.sqlite3"


def _rename(here: Installation, name: str) -> None:
    with closing(sqlite3.connect(_database(here))) as database, database:
        database.execute("UPDATE accounts_organisation SET name = ?", [name])


def _names(here: Installation) -> set[str]:
    with closing(sqlite3.connect(_database(here))) as database:
        return {name for (name,) in database.execute("SELECT name FROM accounts_organisation")}


# SQLite ----------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_on_an_empty_machine(installed: Installation, tmp_path: Path) -> None:
    folder = _backup(installed, tmp_path / "backups")
    listed = manifest.read(folder)
    assert len(listed.files) == 2
    assert listed.database == "sqlite"
    assert sorted(path.name for path in folder.iterdir()) == ["database.sqlite3", "files", "manifest.json"]
    assert folder.stat().st_mode & 0o077 == 0  # nobody else can look inside
    empty = sqlite(tmp_path / "empty", migrated=False)
    said = empty.run("restore", str(folder))
    assert SAMPLE in said
    assert "Everything is as it was kept." in said
    assert _names(empty) == _names(installed)
    assert "Everything is as it was kept." in empty.run("verify_all")
    # The append-only triggers came along.
    with (
        closing(sqlite3.connect(_database(empty))) as database,
        pytest.raises(sqlite3.Error, match="append-only"),
    ):
        database.execute("DELETE FROM accounts_auditevent")


def test_nobody_is_signed_in_by_a_backup(installed: Installation, tmp_path: Path) -> None:
    """A session that was ended after the backup must not come back with it."""
    with closing(sqlite3.connect(_database(installed))) as database, database:
        database.execute("INSERT INTO django_session VALUES ('k' || hex(randomblob(8)), 'x', '2099-01-01')")
    folder = _backup(installed, tmp_path / "backups")
    said = installed.run("restore", str(folder), "--replace")
    assert "Everybody signs in again." in said
    with closing(sqlite3.connect(_database(installed))) as database:
        assert database.execute("SELECT COUNT(*) FROM django_session").fetchone() == (0,)


def test_data_are_not_overwritten_unless_it_is_said(installed: Installation, tmp_path: Path) -> None:
    folder = _backup(installed, tmp_path / "backups")
    before = _names(installed)
    _rename(installed, "After the backup")
    extra = installed.folder / "files/reports/later.pdf"
    extra.write_bytes(b"%PDF later")
    assert "This installation holds data." in installed.run("restore", str(folder), fails=True)
    assert _names(installed) == {"After the backup"}
    said = installed.run("restore", str(folder), "--replace")
    assert said.count("The former data are in") == 2
    assert _names(installed) == before
    assert not extra.exists()
    (former,) = installed.folder.glob("files.before-*")
    assert (former / "reports/later.pdf").read_bytes() == b"%PDF later"
    (database,) = installed.folder.glob("db.sqlite3.before-*")
    with closing(sqlite3.connect(database)) as old:
        assert {name for (name,) in old.execute("SELECT name FROM accounts_organisation")} == {
            "After the backup"
        }


def test_nothing_is_restored_below_somebody_who_works(installed: Installation, tmp_path: Path) -> None:
    folder = _backup(installed, tmp_path / "backups")
    _rename(installed, "At work")
    files = sorted((installed.folder / "files").rglob("*"))
    with closing(sqlite3.connect(_database(installed))) as worker:
        worker.execute("SELECT 1 FROM accounts_organisation").fetchall()
        said = installed.run("restore", str(folder), "--replace", fails=True)
    assert "Stop the web processes and the workers first." in said
    assert _names(installed) == {"At work"}
    assert sorted((installed.folder / "files").rglob("*")) == files
    assert [path.name for path in installed.folder.glob("*restoring*")] == []


class _Writer(threading.Thread):
    """Somebody who saves small changes all the time, each pair of them in one transaction."""

    def __init__(self, database: Path) -> None:
        super().__init__(daemon=True)
        self.database, self.stop, self.saved = database, threading.Event(), 0
        self.longest, self.fault = 0.0, ""

    def run(self) -> None:
        try:
            with closing(sqlite3.connect(self.database, timeout=20)) as connection:
                while not self.stop.is_set():
                    began = time.monotonic()
                    with connection:
                        connection.execute("UPDATE load SET n = n + 1 WHERE name = 'a'")
                        connection.execute("INSERT INTO ballast VALUES (zeroblob(20000))")
                        connection.execute("UPDATE load SET n = n + 1 WHERE name = 'b'")
                    self.saved += 1
                    self.longest = max(self.longest, time.monotonic() - began)
        except sqlite3.Error as fault:
            self.fault = str(fault)


def test_a_backup_under_load_is_of_one_moment(installed: Installation, tmp_path: Path) -> None:
    with closing(sqlite3.connect(_database(installed))) as database, database:
        database.execute("CREATE TABLE load (name TEXT, n INTEGER)")
        database.execute("INSERT INTO load VALUES ('a', 0), ('b', 0)")
        database.execute("CREATE TABLE ballast (bytes BLOB)")
        database.executemany("INSERT INTO ballast VALUES (zeroblob(?))", [[1_000_000]] * 40)
    writer = _Writer(_database(installed))
    writer.start()
    try:
        folder = _backup(installed, tmp_path / "backups")
        saved = writer.saved
    finally:
        writer.stop.set()
        writer.join()
    assert not writer.fault
    assert saved > 20
    with closing(sqlite3.connect(folder / "database.sqlite3")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        counted = dict(copy.execute("SELECT name, n FROM load").fetchall())
        (ballast,) = copy.execute("SELECT count(*) FROM ballast").fetchone()
    assert counted["a"] == counted["b"] == ballast - 40
    assert 0 < counted["a"] <= writer.saved
    assert writer.longest < 15, "the backup kept a writer waiting"


# What is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["database.sqlite3", "files"])
def test_a_damaged_backup_is_refused(installed: Installation, tmp_path: Path, part: str) -> None:
    folder = _backup(installed, tmp_path / "backups")
    path = folder / part if part != "files" else next(path for path in folder.rglob("*.pdf"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    empty = sqlite(tmp_path / "empty", migrated=False)
    assert "has another hash than the backup says" in empty.run("restore", str(folder), fails=True)
    assert not _database(empty).exists()
    path.unlink()
    with pytest.raises(BackupFault, match="The backup lacks"):
        manifest.read(folder)


def _rewritten(folder: Path, **changed: object) -> None:
    path = folder / "manifest.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | changed))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"format": "lpo.backup/9"}, "of the format 'lpo.backup/9'"),
        ({"parts": [{"name": "../secret", "bytes": 1, "sha256": "x"}]}, "outside its folder"),
        ({"parts": [{"name": "/etc/passwd", "bytes": 1, "sha256": "x"}]}, "outside its folder"),
        ({"parts": "x"}, "cannot be read"),
    ],
)
def test_a_strange_list_is_refused(
    installed: Installation, tmp_path: Path, changed: dict[str, object], sentence: str
) -> None:
    folder = _backup(installed, tmp_path / "backups")
    _rewritten(folder, **changed)
    with pytest.raises(BackupFault, match=sentence):
        manifest.read(folder)


def test_a_backup_that_does_not_fit_is_refused(installed: Installation, tmp_path: Path) -> None:
    folder = _backup(installed, tmp_path / "backups")
    empty = sqlite(tmp_path / "empty", migrated=False)
    for changed, sentence in (
        ({"migrations": ["accounts.9999_later"]}, "made by a newer version of LPO Advisor"),
        ({"database": "postgresql"}, "The backup is of postgresql, this installation uses sqlite."),
    ):
        _rewritten(folder, **changed)
        assert sentence in empty.run("restore", str(folder), fails=True)
    assert "is not a backup, or an unfinished one" in empty.run("restore", str(tmp_path), fails=True)
    assert not _database(empty).exists()


def test_a_missing_report_file_is_said_and_the_rest_is_kept(installed: Installation, tmp_path: Path) -> None:
    lost = next((installed.folder / "files").rglob("*.pdf"))
    lost.unlink()
    said = installed.run("backup", "--to", str(tmp_path / "backups"), fails=True)
    assert f"Missing on the disk, though a row names it: reports/{lost.name}" in said
    (folder,) = (tmp_path / "backups").iterdir()
    empty = sqlite(tmp_path / "empty", migrated=False)
    assert "is missing" in empty.run("restore", str(folder), fails=True)  # restored, and said again


def test_a_backup_that_cannot_be_written_leaves_nothing(installed: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = installed.run("backup", "--to", str(tmp_path / "file"), fails=True)
    assert "cannot be written" in said


# PostgreSQL ------------------------------------------------------------------------------------------------


def _organisations(here: Installation) -> set[str]:
    with closing(psycopg2.connect(here.database)) as database, database.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_organisation")
        return {name for (name,) in cursor.fetchall()}


def _do(here: Installation, statement: str) -> None:
    with closing(psycopg2.connect(here.database)) as database, database, database.cursor() as cursor:
        cursor.execute(statement)


def test_a_backup_of_postgresql_comes_back_on_an_empty_server(
    on_postgres: Installation, tmp_path: Path
) -> None:
    folder = _backup(on_postgres, tmp_path / "backups")
    assert (folder / "database.dump").read_bytes().startswith(b"PGDMP")
    one = tmp_path / "one.zip"
    on_postgres.run("export_organisation", "calder-ridge", "--to", str(one), "--replace")
    for migrated in (False, True):
        with postgres(tmp_path / f"var{migrated}", migrated=migrated) as empty:
            assert SAMPLE in empty.run("restore", str(folder))
            assert _organisations(empty) == _organisations(on_postgres)
            with pytest.raises(psycopg2.Error, match="append-only"):
                _do(empty, "DELETE FROM accounts_auditevent")
            # New rows get new keys.
            said = empty.run_each(("import_organisation", str(one), "--slug", "copy"), ("verify_all",))
            assert "3 kept rankings" in said


def test_data_on_postgresql_stand_until_the_backup_is_in(on_postgres: Installation, tmp_path: Path) -> None:
    folder = _backup(on_postgres, tmp_path / "backups")
    before = _organisations(on_postgres)
    _do(on_postgres, "UPDATE accounts_organisation SET name = 'After the backup'")
    _do(on_postgres, "CREATE TABLE later (n integer)")
    assert "This installation holds data." in on_postgres.run("restore", str(folder), fails=True)
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    dump = damaged / "database.dump"
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    part = manifest.part_of(damaged, "database.dump")
    listed = manifest.read(folder)
    _rewritten(damaged, parts=[vars(part), *(vars(one) for one in listed.files)])
    files = sorted((on_postgres.folder / "files").rglob("*"))
    assert "CommandError" in on_postgres.run("restore", str(damaged), "--replace", fails=True)
    assert _organisations(on_postgres) == {"After the backup"}
    assert sorted((on_postgres.folder / "files").rglob("*")) == files
    assert SAMPLE in on_postgres.run("restore", str(folder), "--replace")
    assert _organisations(on_postgres) == before
    with pytest.raises(psycopg2.Error, match="later"):
        _do(on_postgres, "SELECT * FROM later")


def test_the_role_of_the_application_backs_up_and_only_the_owner_restores(
    on_postgres: Installation, tmp_path: Path
) -> None:
    role = f"lpo_{uuid.uuid4().hex[:12]}"
    _do(on_postgres, f"CREATE ROLE {role} LOGIN PASSWORD 'of ''the'' app'")
    _do(on_postgres, f"GRANT {role} TO CURRENT_USER")  # so that it may be dropped
    try:
        on_postgres.run("grant_app_role", role)
        there = urlsplit(on_postgres.database)
        password = quote("of 'the' app")
        place = f"{role}:{password}@{there.hostname}:{there.port or 5432}"
        application = Installation(on_postgres.folder, urlunsplit(there._replace(netloc=place)))
        folder = _backup(application, tmp_path / "backups")
        refused = application.run("restore", str(folder), "--replace", fails=True)
        assert "Restore as the owner of the tables" in refused
        assert SAMPLE in application.run("verify_all")
    finally:
        _do(on_postgres, f"DROP OWNED BY {role}")
        _do(on_postgres, f"DROP ROLE {role}")


def test_a_dump_under_load_is_of_one_moment(on_postgres: Installation, tmp_path: Path) -> None:
    _do(on_postgres, "CREATE TABLE pairs (name text, n integer)")
    _do(on_postgres, "INSERT INTO pairs VALUES ('a', 0), ('b', 0)")
    stop, saved = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            _do(on_postgres, "UPDATE pairs SET n = n + 1")
            saved.append(1)

    writer = threading.Thread(target=work, daemon=True)
    writer.start()
    try:
        folder = _backup(on_postgres, tmp_path / "backups")
    finally:
        stop.set()
        writer.join()
    with postgres(tmp_path / "var", migrated=False) as empty:
        empty.run("restore", str(folder))
        with closing(psycopg2.connect(empty.database)) as database, database.cursor() as cursor:
            cursor.execute("SELECT DISTINCT n FROM pairs")
            ((counted,),) = cursor.fetchall()
    assert 0 < counted <= len(saved)
    _do(on_postgres, "DROP TABLE pairs")


def test_a_client_older_than_the_server_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Newer:
        pg_version = 180_001

        def ensure_connection(self) -> None: ...

    monkeypatch.setattr(tools, "connection", Newer())
    monkeypatch.setattr(tools, "_version", lambda path: 15)
    monkeypatch.setattr(tools.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(BackupFault, match="The server is PostgreSQL 18, pg_dump here is of version 15"):
        tools._program("pg_dump")
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(tools, "_DEBIAN", Path("/nowhere"))
    with pytest.raises(BackupFault, match="Install PostgreSQL's client programs"):
        tools._program("pg_dump")
