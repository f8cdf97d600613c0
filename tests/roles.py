"""The application's role of a test database on PostgreSQL: made, used by the tests, removed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lpo.database_roles import grant_app_role

PASSWORD = "only-for-tests"


@dataclass(frozen=True)
class Owner:
    """Who made the test database, and whom the tests run as instead."""

    user: str
    password: str
    app_role: str


def become_the_application() -> Owner | None:
    """Connect again as a role without DDL and without UPDATE and DELETE on append-only tables.

    It is a connection of its own and no SET ROLE, which the connected role could undo. SQLite has no roles.
    """
    if connection.vendor != "postgresql":
        return None
    role = f"{connection.settings_dict['NAME']}_app"
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        cursor.execute(f"{verb} ROLE {_quoted(role)} LOGIN PASSWORD %s", [PASSWORD])
    grant_app_role(role)
    there = connection.settings_dict
    owner = Owner(str(there["USER"]), str(there["PASSWORD"]), role)
    _connect(role, PASSWORD)
    return owner


def become_the_owner(owner: Owner | None) -> None:
    """Connect as the owner again, who may remove the database, and remove the application's role."""
    if owner is None:
        return
    _connect(owner.user, owner.password)
    with connection.cursor() as cursor:
        # Only a member of a role may take away all that was granted to it.
        cursor.execute(f"GRANT {_quoted(owner.app_role)} TO CURRENT_USER")
        cursor.execute(f"DROP OWNED BY {_quoted(owner.app_role)}")
        cursor.execute(f"DROP ROLE {_quoted(owner.app_role)}")


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _connect(user: str, password: str) -> None:
    """Let every thread of this process connect as somebody else."""
    connection.close()
    there = connection.settings_dict  # the same dictionary that connections of other threads are made from
    there["USER"], there["PASSWORD"] = user, password
