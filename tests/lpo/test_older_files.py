"""Sentences that earlier versions kept in the assessment: read from files, moved in databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Organisation
from accounts.tenancy import opened
from assessments.models import FactorSet
from assessments.models_needs import Limit, Objective
from lpo.portability import PortabilityFault, export_organisation, import_organisation
from tests.conftest import Case
from tests.lpo.installations import Installation, postgres, sqlite
from tests.lpo.test_portability import _changed

ASSESSMENTS, OBJECTIVES, LIMITS = (
    f"rows/assessments.{name}.jsonl" for name in ("assessment", "objective", "limit")
)


def _with_sentences(goals: Any, limits: Any) -> Callable[[bytes], bytes]:
    def edit(text: bytes) -> bytes:
        rows = [json.loads(line) for line in text.splitlines()]
        return b"".join(
            json.dumps(row | {"goals": goals, "constraints": limits}).encode() + b"\n" for row in rows
        )

    return edit


def _without_rows(text: bytes) -> bytes:
    manifest = json.loads(text)
    manifest["counts"] |= {"assessments.objective": 0, "assessments.limit": 0}
    return json.dumps(manifest).encode()


def _older(case: Case, folder: Path, goals: Any, limits: Any) -> Path:
    """A file as it was before: sentences in the assessment, no rows for them."""
    export_organisation(case.organisation, folder / "now.zip")
    edits: dict[str, Callable[[bytes], bytes]] = {
        ASSESSMENTS: _with_sentences(goals, limits),
        OBJECTIVES: lambda text: b"",
        LIMITS: lambda text: b"",
        "manifest.json": _without_rows,
    }
    return _changed(folder / "now.zip", folder, edits)


def _without_adoption(text: bytes) -> bytes:
    new = {"proposed_by", "proposed_at", "reason", "comment", "gates_off"}
    rows = [json.loads(line) for line in text.splitlines()]
    kept = [{name: value for name, value in row.items() if name not in new} for row in rows]
    return b"".join(json.dumps(row).encode() + b"\n" for row in kept)


def test_a_file_from_before_factor_sets_had_versions_is_read(sample: Case, tmp_path: Path) -> None:
    export_organisation(sample.organisation, tmp_path / "now.zip")
    edits = {"rows/assessments.factorset.jsonl": _without_adoption}
    path = _changed(tmp_path / "now.zip", tmp_path, edits)
    made = import_organisation(path, slug="older").organisation
    with opened(made):
        found = FactorSet.objects.get()
        assert (found.version, found.proposed_by, found.comment, found.gates_off) == (1, None, "", 0)


def test_a_file_of_an_earlier_version_is_read(sample: Case, tmp_path: Path) -> None:
    path = _older(sample, tmp_path, ["Save time", "Büro"], ["No work abroad"])
    made = import_organisation(path, slug="older").organisation
    with opened(made):
        assert [(row.position, row.sentence, row.target_value) for row in Objective.objects.all()] == [
            (1, "Save time", None),
            (2, "Büro", None),
        ]
        assert [(row.sentence, row.kind) for row in Limit.objects.all()] == [("No work abroad", "")]


@pytest.mark.parametrize(
    ("goals", "sentence"), [("Save", "not a list"), ([7], "is not a text"), (["\x00"], "no database stores")]
)
def test_sentences_that_are_none_are_refused_in_words(
    sample: Case, tmp_path: Path, goals: Any, sentence: str
) -> None:
    path = _older(sample, tmp_path, goals, [])
    with pytest.raises(PortabilityFault, match=sentence):
        import_organisation(path, slug="older")
    assert not Organisation.objects.filter(slug="older").exists()


MAKE = """
import json
from django.db import connection
from accounts.models import Organisation
organisation = Organisation.objects.create(name="Older", slug="older")
def insert(table, **values):
    names = ", ".join(values)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(values))})",
                       list(values.values()))
insert("assessments_factorset", id=1, organisation_id=organisation.pk, version=1, name="x", content="{}")
insert("assessments_assessment", id=1, organisation_id=organisation.pk, factor_set_id=1, period="FY",
       status="draft", created_at="2026-01-01 00:00:00+00:00", stamp="x",
       goals=json.dumps(["One", "Two"]), constraints=json.dumps(["Three"]))
"""
SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    for table in ("objective", "limit"):
        cursor.execute(f"SELECT position, sentence FROM assessments_{table} ORDER BY position")
        print(table, cursor.fetchall())
    cursor.execute("UPDATE assessments_assessment SET status = 'approved'")
    cursor.execute("SELECT stamp FROM assessments_assessment")
    print("stamped anew", cursor.fetchall()[0][0] != "x")
"""
BACK = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT goals, constraints FROM assessments_assessment")
    print(cursor.fetchall())
"""


def _steps() -> tuple[str, str]:
    """The migration before the one that moves the sentences, and that one."""
    (ours,) = (path.stem for path in Path("assessments/migrations").glob("*_needs.py"))
    needed = import_module(f"assessments.migrations.{ours}").Migration.dependencies
    return next(name for app, name in needed if app == "assessments"), ours


def _moved_and_back(place: Installation) -> None:
    before, ours = _steps()

    def to(*target: str) -> tuple[str, ...]:
        return ("migrate", "-v0", *target)

    def shell(script: str) -> tuple[str, ...]:
        return ("shell", "-v0", "-c", script)

    there_and_back = (to("assessments", ours), shell(SHOW), to("assessments", before), shell(BACK))
    said = place.run_each(
        *(to("accounts"), to("assessments", before), shell(MAKE)),
        *there_and_back,
        *there_and_back,
        *(to(), shell(SHOW)),
    )
    assert said.count("objective [(1, 'One'), (2, 'Two')]") == 3
    assert said.count("limit [(1, 'Three')]") == 3
    assert said.count("stamped anew True") == 3  # the triggers outlived it, and all that came later
    back = [line for line in said.splitlines() if line.startswith("[(")]
    assert len(back) == 2
    assert all(word in line for line in back for word in ("One", "Two", "Three"))


def test_a_database_of_an_earlier_version_is_moved(tmp_path: Path) -> None:
    _moved_and_back(sqlite(tmp_path / "here", migrated=False))


def test_so_is_one_on_postgresql(tmp_path: Path) -> None:
    with postgres(tmp_path / "there", migrated=False) as place:
        _moved_and_back(place)
