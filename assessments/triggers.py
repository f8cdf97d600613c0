"""The migration operation that makes the database give an assessment a new stamp with every change of a task.

SQLite forgets the triggers of a table that a later migration rebuilds: repeat the operation after it (a test
tries every kind of change).
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

_POSTGRES = [
    """
    CREATE OR REPLACE FUNCTION lpo_new_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.stamp := gen_random_uuid()::text; RETURN NEW; END $$
    """,
    """
    CREATE OR REPLACE FUNCTION lpo_tasks_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE assessments_assessment SET stamp = '' WHERE id IN (SELECT assessment_id FROM changed);
      RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER assessment_stamp BEFORE UPDATE ON assessments_assessment
    FOR EACH ROW EXECUTE FUNCTION lpo_new_stamp()
    """,
    """
    CREATE TRIGGER tasks_added AFTER INSERT ON assessments_taskassessment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lpo_tasks_changed()
    """,
    """
    CREATE TRIGGER tasks_changed AFTER UPDATE ON assessments_taskassessment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lpo_tasks_changed()
    """,
    """
    CREATE TRIGGER tasks_left AFTER UPDATE ON assessments_taskassessment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lpo_tasks_changed()
    """,
    """
    CREATE TRIGGER tasks_removed AFTER DELETE ON assessments_taskassessment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION lpo_tasks_changed()
    """,
]
_SQLITE = [
    """
    CREATE TRIGGER assessment_stamp AFTER UPDATE ON assessments_assessment
    BEGIN UPDATE assessments_assessment SET stamp = lower(hex(randomblob(16))) WHERE id = NEW.id; END
    """,
    """
    CREATE TRIGGER tasks_added AFTER INSERT ON assessments_taskassessment
    BEGIN UPDATE assessments_assessment SET stamp = '' WHERE id = NEW.assessment_id; END
    """,
    """
    CREATE TRIGGER tasks_changed AFTER UPDATE ON assessments_taskassessment
    BEGIN UPDATE assessments_assessment SET stamp = '' WHERE id = NEW.assessment_id; END
    """,
    """
    CREATE TRIGGER tasks_left AFTER UPDATE OF assessment_id ON assessments_taskassessment
    BEGIN UPDATE assessments_assessment SET stamp = '' WHERE id = OLD.assessment_id; END
    """,
    """
    CREATE TRIGGER tasks_removed AFTER DELETE ON assessments_taskassessment
    BEGIN UPDATE assessments_assessment SET stamp = '' WHERE id = OLD.assessment_id; END
    """,
]
_NAMES = {
    "assessments_assessment": ("assessment_stamp",),
    "assessments_taskassessment": ("tasks_added", "tasks_changed", "tasks_left", "tasks_removed"),
}


def _make(apps: Any, editor: Any) -> None:
    _drop(apps, editor)
    for statement in _POSTGRES if editor.connection.vendor == "postgresql" else _SQLITE:
        editor.execute(statement, params=None)


def _drop(apps: Any, editor: Any) -> None:
    for table, names in _NAMES.items():
        on = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        for name in names:
            editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def stamps_by_the_database() -> migrations.RunPython:
    """Give the operation; running it again puts back what is missing."""
    return migrations.RunPython(_make, _drop)
