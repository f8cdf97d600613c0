"""Migration operations that make the database itself refuse to change or remove rows of a table.

The migrations that use them are the one list of append-only tables: ``append_only_tables`` reads it, the
application's role on PostgreSQL and the tests follow it.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.migrations.loader import MigrationLoader

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


def _refuse_detours(table: str, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lpo_append_only()"
        )
        return
    same = " OR ".join(
        "(" + " AND ".join(f"{name} = NEW.{name}" for name in columns) + ")"
        for columns in _unique_columns(table, editor)
    )
    editor.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  (names from migrations)
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _unique_columns(table: str, editor: Any) -> list[tuple[str, ...]]:
    """What makes a row the same as another: the primary key and every unique constraint."""
    with editor.connection.cursor() as cursor:
        constraints = editor.connection.introspection.get_constraints(cursor, table)
    found = [one for one in constraints.values() if one["unique"] or one["primary_key"]]
    return sorted({tuple(one["columns"]) for one in found if one["columns"]})


def _allow_detours(table: str, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        return
    editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")


class AppendOnly(migrations.RunPython):
    """The triggers of one table; the class is what ``append_only_tables`` looks for."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            lambda apps, editor: _protect(table, editor), lambda apps, editor: _release(table, editor)
        )


def append_only(table: str) -> AppendOnly:
    """Give the operation that refuses UPDATE and DELETE on one table (SQLite and PostgreSQL)."""
    return AppendOnly(table)


def without_detours(table: str) -> migrations.RunPython:
    """Give the operation that refuses what row triggers do not see.

    On PostgreSQL that is TRUNCATE, on SQLite an insert that replaces a row (INSERT OR REPLACE removes the
    old row without asking its triggers).
    """
    return migrations.RunPython(
        lambda apps, editor: _refuse_detours(table, editor),
        lambda apps, editor: _allow_detours(table, editor),
    )


def append_only_tables() -> frozenset[str]:
    """The tables that the migrations on disk declare append-only."""
    on_disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    return frozenset(
        operation.table
        for migration in on_disk
        for operation in migration.operations
        if isinstance(operation, AppendOnly)
    )
