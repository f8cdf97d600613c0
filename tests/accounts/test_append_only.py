"""What is append-only stays: tried on every such table, in every way that a statement can be written."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from accounts.append_only import append_only_tables
from accounts.models import AuditEvent
from assessments.models import Consent, StateChange, TaskAssessment
from assessments.models_duties import DutyMark, RuleAdoption
from assessments.services import close_condition, submit
from reports.services import request_suitability_report
from selections.models import RankingRecord, Score
from tests.conftest import Case
from tests.gates import closing
from tests.lpo.wall_table import adopted

MODELS = {model._meta.db_table: model for model in apps.get_models()}
TABLES = sorted(append_only_tables())
REFUSED = "append-only|permission denied"


def test_the_list_holds_what_must_never_change() -> None:
    models = (AuditEvent, Consent, DutyMark, RuleAdoption, StateChange, Score, RankingRecord)
    wanted = {model._meta.db_table for model in models}
    assert wanted <= append_only_tables()
    assert append_only_tables() <= set(MODELS), "a migration protects a table that no model has any more"


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest, sample: Case) -> str:
    """Each append-only table, with rows in it."""
    name: str = request.param
    task = TaskAssessment.objects.get(legal_task__code="D14")
    officer = "Export-control officer signs off before any data moves"
    close_condition(actor=sample.counsel, task=task, gate="G03", condition=officer, closing=closing())
    request_suitability_report(assessment=sample.assessment, paper="a4", actor=sample.manager)
    adopted(sample)
    submit(actor=sample.counsel, assessment=sample.assessment)
    assert MODELS[name].objects.exists(), "nothing to try on"
    return name


def _refused(statement: str, *values: object) -> None:
    with (
        pytest.raises(DatabaseError, match=REFUSED),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, list(values))


def test_a_saved_row_cannot_be_saved_again(table: str) -> None:
    row = MODELS[table].objects.first()
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        row.save()


def test_rows_cannot_be_updated_or_deleted_through_models(table: str) -> None:
    rows = MODELS[table].objects.all()
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        rows.update(id=models.F("id"))
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        rows._raw_delete(rows.db)


def test_rows_cannot_be_updated_or_deleted_in_sql(table: str) -> None:
    key = MODELS[table].objects.first().pk
    _refused(f"UPDATE {table} SET id = id")
    _refused(f"UPDATE {table} SET organisation_id = organisation_id WHERE id = %s", key)
    _refused(f"DELETE FROM {table} WHERE id = %s", key)
    _refused(f"DELETE FROM {table}")


def test_an_insert_cannot_replace_a_row(table: str) -> None:
    columns = [field.column for field in MODELS[table]._meta.concrete_fields]
    listed = ", ".join(columns)
    same = f"SELECT {listed} FROM {table} ORDER BY id LIMIT 1"
    if connection.vendor == "sqlite":
        _refused(f"INSERT OR REPLACE INTO {table} ({listed}) {same}")
        _refused(f"REPLACE INTO {table} ({listed}) {same}")
        same = same.replace(" ORDER", " WHERE true ORDER")  # SQLite's grammar wants it before ON CONFLICT
    _refused(f"INSERT INTO {table} ({listed}) {same} ON CONFLICT (id) DO UPDATE SET organisation_id = 1")


def test_a_record_cannot_be_replaced_by_another_of_the_same_number(sample: Case) -> None:
    """Another key, but the same place by a unique constraint: a replacing insert would remove the first."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL has no insert that replaces; the test above tries its ON CONFLICT
    columns = [f.column for f in RankingRecord._meta.concrete_fields if f.column != "id"]
    listed = ", ".join(columns)
    table = RankingRecord._meta.db_table
    _refused(f"INSERT OR REPLACE INTO {table} (id, {listed}) SELECT id + 1000, {listed} FROM {table} LIMIT 1")


def test_a_new_row_is_welcome(sample: Case) -> None:
    before = AuditEvent.objects.count()
    event = AuditEvent.objects.first()
    event.pk, event._state.adding = None, True
    event.save()
    assert AuditEvent.objects.count() == before + 1


def test_an_organisation_cannot_go_and_take_its_trail_along(sample: Case) -> None:
    with pytest.raises(Exception, match=f"{REFUSED}|protected foreign keys"), transaction.atomic():
        sample.organisation.delete()
    _refused_or_held("DELETE FROM accounts_organisation")
    assert AuditEvent.objects.exists()
    assert Score.objects.exists()


def _refused_or_held(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()  # foreign keys are looked at when the transaction ends
