"""Two people at the same moment end in one change and one sentence, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg2
import pytest

from tests.installation import migrated_sqlite

ROOT = Path(__file__).resolve().parent.parent.parent
GONE = "InvitationGoneError: "


def _on_postgresql() -> Iterator[str]:
    """An empty database on the server that the suite runs on."""
    there = dj_database_url.parse(os.environ["DATABASE_URL"])
    name = f"lpo_races_{os.getpid()}"
    server = psycopg2.connect(
        host=there["HOST"],
        port=there["PORT"] or 5432,
        user=there["USER"],
        password=there["PASSWORD"],
        dbname="postgres",
    )
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
        finally:
            cursor.execute(f'DROP DATABASE "{name}"')
    server.close()


def _on_sqlite(folder: Path) -> Iterator[str]:
    shutil.copyfile(migrated_sqlite(), folder / "db.sqlite3")
    yield f"sqlite:///{folder / 'db.sqlite3'}"


KINDS = ["sqlite", "postgresql"] if os.environ.get("DATABASE_URL", "").startswith("postgres") else ["sqlite"]


@pytest.fixture(scope="module", params=KINDS)
def races(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What happened, by race."""
    folder = tmp_path_factory.mktemp("races")
    makers = {"sqlite": lambda: _on_sqlite(folder), "postgresql": _on_postgresql}
    urls = makers[request.param]()
    env = {**os.environ, "DATABASE_URL": next(urls), "LPO_VAR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.accounts.races"],
        cwd=ROOT,
        env=env | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    next(urls, None)
    assert done.returncode == 0, done.stderr
    yield json.loads(done.stdout.splitlines()[-1])


def _each(races: dict[str, list[dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    assert len(races[name]) == 5
    return races[name]


def test_one_link_makes_one_member(races: Any) -> None:
    for found in _each(races, "two_newcomers_one_link"):
        assert found["ends"] == [GONE, "done"]
        assert (found["guests"], found["accounts"], found["open"]) == (1, 1, 0)


def test_one_account_joins_once(races: Any) -> None:
    for found in _each(races, "one_account_twice"):
        assert found["ends"] == [GONE, "done"]
        assert (found["guests"], found["accounts"]) == (1, 1)


def test_two_organisations_make_one_account(races: Any) -> None:
    for found in _each(races, "two_organisations_one_newcomer"):
        assert found["accounts"] == 1
        assert found["ends"][1] == "done"
        assert "has an account by now. Sign in with it to join." in found["ends"][0]


def test_two_owners_who_demote_each_other_leave_one(races: Any) -> None:
    for found in _each(races, "owners_demote_each_other"):
        assert found["owners"] == 1
        assert found["ends"] == ["PermissionDenied: ", "done"]


def test_two_owners_who_leave_together_leave_one(races: Any) -> None:
    for found in _each(races, "owners_leave_together"):
        assert found["owners"] == 1
        assert found["ends"][1] == "done"
        assert "is the only owner. Make somebody else an owner first." in found["ends"][0]


def test_two_invitations_for_one_person_make_one_link(races: Any) -> None:
    for found in _each(races, "two_invitations_for_one"):
        assert found["open"] == 1
        assert found["ends"][1] == "done"
        assert "is invited already" in found["ends"][0]


@pytest.mark.parametrize("name", ["joined_while_revoked", "joined_while_renewed"])
def test_joined_or_withdrawn_but_never_both(races: Any, name: str) -> None:
    for found in _each(races, name):
        assert found["ends"].count("done") == 1
        joined = found["guests"] == 1
        (refusal,) = [end for end in found["ends"] if end != "done"]
        assert ("was accepted or revoked meanwhile" in refusal) if joined else (refusal == GONE)
        assert found["open"] == (1 if name == "joined_while_renewed" and not joined else 0)


def test_two_who_ask_for_a_waiver_make_one_request(races: Any) -> None:
    for found in _each(races, "two_ask_for_a_waiver"):
        assert found["waivers"] == ["asked"]
        assert "done" in found["ends"]
        assert any("has asked for this already" in end for end in found["ends"])


def test_a_waiver_is_granted_or_refused_and_never_both(races: Any) -> None:
    for found in _each(races, "granted_and_refused"):
        assert found["ends"].count("done") == 1
        (state,) = found["waivers"]
        (refusal,) = [end for end in found["ends"] if end != "done"]
        assert f"has {state} this waiver already" in refusal
        assert found["outcomes"] == (["PREPARE_FIRST"] if state == "refused" else [""])


def test_a_waiver_that_is_withdrawn_is_never_in_force(races: Any) -> None:
    """Granted first, it is withdrawn after; withdrawn first, it cannot be granted any more."""
    for found in _each(races, "granted_while_withdrawn"):
        assert found["waivers"] == ["withdrawn"]
        assert found["outcomes"] == ["PREPARE_FIRST"]
        refused = [end for end in found["ends"] if end != "done"]
        assert all("has withdrawn this waiver" in end for end in refused)
