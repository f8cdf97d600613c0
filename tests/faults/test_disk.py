"""No room on the disk: a sentence, no half file, nothing half-saved; it works again once there is room."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, ask, made_once, status, wait_for

NO_ROOM = "could not be written to the disk"
BALLAST = "ballast"


@contextmanager
def _small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A file system of its own on ``folder``, with room for so much."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _may_mount() -> bool:
    return sys.platform.startswith("linux") and os.geteuid() == 0


def _fill(folder: Path, leave: int) -> None:
    """Leave so many bytes free."""
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with (folder / BALLAST).open("wb") as file:
        file.write(b"\0" * (free - leave))


@contextmanager
def _no_room_for_reports(house: House) -> Iterator[None]:
    """A full disk below the files; who may not mount gets a limit on the size of a file instead."""
    files = house.var / "files"
    if not _may_mount():
        yield
        return
    with _small_disk(files, 4):
        _fill(files, leave=64 * 1024)
        yield


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, 64 * 1024))


def test_a_report_that_finds_no_room_fails_in_words(on_services: House, figure: Figure) -> None:
    house = on_services
    house.web()
    house.beat()
    person = house.person()
    with _no_room_for_reports(house):
        worker = house.worker("worker-a", before=None if _may_mount() else _small_files)
        report, _, _ = ask(person, house)
        took = wait_for(lambda: status(house, report) == "failed", 30, "the report fails")
        page = person.get(f"/o/{SLUG}/reports/{report}/").text
        assert NO_ROOM in page
        assert "Ask for it again." in page
        assert house.files() == []
        events = house.value(
            "select count(*) from accounts_auditevent where verb = ? and object_id = ?",
            "failed board report",
            str(report),
        )
        assert events == 1
        child = worker.children()
        if _may_mount():
            (house.var / "files" / BALLAST).unlink()
        else:
            worker.stop()
            house.worker("worker-b")
        again, _, _ = ask(person, house)
        wait_for(lambda: status(house, again) == "done", 30, "asking again works")
        made_once(house, again)
        if _may_mount():
            assert worker.is_alive()
            assert worker.children() == child
    figure("Disk full: the report says so", f"{took:.1f} s, no file left, the same worker makes the next one")


@pytest.mark.skipif(not _may_mount(), reason="only the system's administrator can make a small disk")
def test_a_database_without_room_says_so_and_saves_nothing(prepared_sqlite: Path, figure: Figure) -> None:
    import tempfile

    from tests.faults.house import house_from

    with tempfile.TemporaryDirectory(prefix="lpo-small-") as name, house_from(prepared_sqlite) as house:
        _put_on_small_disk(house, Path(name), figure)


def _put_on_small_disk(house: House, folder: Path, figure: Figure) -> None:
    kept, house.folder = house.folder, folder
    with _small_disk(folder, 40):
        subprocess.run(["cp", "-a", str(kept / "var"), str(folder / "var")], check=True)
        web = house.web()
        try:
            _pages_of_a_full_disk(house, folder, figure)
        finally:
            web.stop()
            house.folder = kept


def _pages_of_a_full_disk(house: House, folder: Path, figure: Figure) -> None:
    person = house.person("counsel")
    page = person.get(f"/o/{SLUG}/tasks/paste/").text
    rows = "Legal task\tVolume\tHours\n" + "\n".join(f"No room {row}\t1\t1" for row in range(500))
    sent = {"rows": rows, "step": "save"}
    _fill(folder, leave=0)
    answer = person.post(f"/o/{SLUG}/tasks/paste/", sent, page)
    assert answer.status_code == 507, answer.text[:2000]
    assert "no room left" in answer.text
    assert "Traceback" not in answer.text
    assert _names(house) == 0
    assert person.get(f"/o/{SLUG}/tasks/").status_code == 200
    (folder / BALLAST).unlink()
    assert person.post(f"/o/{SLUG}/tasks/paste/", sent, page).status_code == 302
    assert _names(house) == 500
    assert house.value("pragma integrity_check") == "ok"
    figure(
        "Disk full under SQLite: paste of 500 rows", "507 in words, none saved; all saved once there is room"
    )


def _names(house: House) -> int:
    return int(house.value("select count(*) from assessments_legaltask where name like ?", "No room %"))
