"""Two roles on PostgreSQL: an owner that migrates, and the application's own, which can do what it needs.

The owner's address stands in ``OWNER_DATABASE_URL``, in the environment of the release step alone. The
processes that serve people connect with ``DATABASE_URL`` and never learn the owner's password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from accounts.append_only import append_only_tables

ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"
READ = "SELECT"


class RoleError(Exception):
    """The role cannot be the application's; the message says why and what to do."""


@contextmanager
def connected_with(url: str) -> Iterator[None]:
    """Let the default connection of this process be another role for the length of a block."""
    before = connections.settings["default"]
    connections.close_all()
    # `configure_settings` fills in what Django expects of a connection beyond what the address says.
    there = connections.configure_settings({"default": dj_database_url.parse(url)})["default"]
    _connect_as(there)
    try:
        yield
    finally:
        connections.close_all()
        _connect_as(before)


def _connect_as(settings: dict[str, Any]) -> None:
    connections.settings["default"] = settings
    del connections["default"]


def grant_app_role(role: str) -> dict[str, str]:
    """Give the application's role what it needs on every table, and take away everything else.

    Run as the owner after each migrate; doing it twice changes nothing. Gives the rights by table. Raises
    ``RoleError`` when the role cannot be held back (superuser, or the owner itself).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _fit(cursor, role)
        name = connection.ops.quote_name(role)
        _close_the_schema(cursor, name)
        rights = {table: _rights(table) for table in connection.introspection.table_names(cursor)}
        for table, granted in rights.items():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON TABLE {quoted} FROM PUBLIC, {name}")
            cursor.execute(f"GRANT {granted} ON TABLE {quoted} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
    return rights


def _rights(table: str) -> str:
    if table in append_only_tables():
        return APPEND
    return READ if table == "django_migrations" else ALL


def _fit(cursor: CursorWrapper, role: str) -> None:
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls, rolname = current_user, "
        "pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s",
        [role],
    )
    found = cursor.fetchone()
    if found is None:
        raise RoleError(f"There is no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '…'.")
    mighty, is_owner, is_member = found
    if is_owner or is_member:
        raise RoleError(f"{role} is the owner, or a member of it. The application needs a role of its own.")
    if mighty:
        raise RoleError(f"{role} is a superuser: no right can be taken from it. Use another role.")


def _close_the_schema(cursor: CursorWrapper, name: str) -> None:
    database = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    cursor.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {name}")
    cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {name}")
    cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {name}")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")


def may_rewrite_the_trail() -> list[str]:
    """Name the append-only tables that the connected role may change or empty; nothing on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        tables = sorted(append_only_tables() & there)
        return [table for table in tables if _may_change(cursor, table)]


def _may_change(cursor: CursorWrapper, table: str) -> bool:
    cursor.execute("SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE, TRIGGER')", [table])
    return bool(cursor.fetchone()[0])
