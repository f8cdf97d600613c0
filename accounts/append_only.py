"""Migration operation that makes the database itself refuse to change or remove rows of a table."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION lpo_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
"""


def _protect(table: str, editor: Any) -> None:
    vendor = editor.connection.vendor
    if vendor == "postgresql":
        editor.execute(_POSTGRES_FUNCTION, params=None)
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION lpo_append_only()"
        )
        return
    for event in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _release(table: str, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        return
    for event in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")


def append_only(table: str) -> migrations.RunPython:
    """Give the operation for one table (SQLite and PostgreSQL)."""
    return migrations.RunPython(
        lambda apps, editor: _protect(table, editor), lambda apps, editor: _release(table, editor)
    )
