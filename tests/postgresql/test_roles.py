"""The application's role can do what it needs and no more; even the owner trips over the triggers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import DjangoDbBlocker

from accounts.append_only import append_only_tables
from accounts.models import Membership
from lpo.database_roles import may_rewrite_the_trail
from tests.conftest import Case
from tests.roles import Owner

TABLES = sorted(append_only_tables())
FORBIDDEN = (
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "DROP TABLE {table}",
    "DROP TRIGGER {table}_append_only ON {table}",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} ADD COLUMN extra integer",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION lpo_append_only()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "SELECT 1 FROM {table} FOR UPDATE",
)
FORBIDDEN_ANYWHERE = (
    "CREATE OR REPLACE FUNCTION lpo_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    "DROP FUNCTION lpo_append_only() CASCADE",
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE mine (id integer)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "SET session_replication_role = replica",  # would switch all triggers off
    "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    "UPDATE django_migrations SET app = app",
    "DELETE FROM django_migrations",
    "TRUNCATE accounts_organisation CASCADE",
    "COPY accounts_user TO PROGRAM 'cat'",
)


def _refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied|must be owner|must be superuser"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("table", TABLES)
def test_what_the_application_may_not_do_to_what_is_append_only(
    sample: Case, table: str, statement: str
) -> None:
    _refused(statement.format(table=table))


@pytest.mark.parametrize("statement", FORBIDDEN_ANYWHERE)
def test_what_the_application_may_not_do_at_all(sample: Case, statement: str) -> None:
    _refused(statement)


def test_the_application_gives_itself_no_right(sample: Case) -> None:
    """GRANT without the right to grant is only a warning: look at what it changed."""
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON {TABLES[0]} TO CURRENT_USER")
        cursor.execute(f"UPDATE {TABLES[0]} SET id = id")


def test_every_table_can_be_used(sample: Case) -> None:
    """A new model is covered without anybody thinking of it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                "SELECT has_table_privilege(%s, 'SELECT'), has_table_privilege(%s, 'INSERT')", [table, table]
            )
            assert cursor.fetchone() == (True, table != "django_migrations"), table
    assert may_rewrite_the_trail() == []


@pytest.fixture
def owner(django_db_setup: Owner, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """A connection as the owner, with no transaction of the application around it."""
    with django_db_blocker.unblock():
        second = connections.create_connection("default")
        there = {"USER": django_db_setup.user, "PASSWORD": django_db_setup.password}
        second.settings_dict = connections.settings["default"] | there
        with second.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        yield second
        second.close()


def _some_row(cursor: Any, table: str) -> None:
    """A row with anything in it; what it points to would be asked at the end, and the end is a rollback."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND is_identity = 'NO' AND table_schema = current_schema()",
        [table],
    )
    columns = dict(cursor.fetchall())
    given = {
        "date": "now()",
        "timestamp with time zone": "now()",
        "jsonb": "'{}'",
        "boolean": "true",
        "bytea": "''",
    }
    values = [
        given.get(kind, "'x'" if "char" in kind or kind == "text" else "1") for kind in columns.values()
    ]
    cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})")


@pytest.mark.parametrize("table", TABLES)
def test_even_the_owner_trips_over_the_row_triggers(owner: Any, table: str) -> None:
    """Row triggers need a row: one of the sample, else one of the test's own."""
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        owner.set_autocommit(False)
        try:
            with owner.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                if cursor.fetchone()[0] == 0:
                    _some_row(cursor, table)
                with pytest.raises(DatabaseError, match=f"{table} is append-only"):
                    cursor.execute(statement)
        finally:
            owner.rollback()
            owner.set_autocommit(True)


@pytest.mark.parametrize("table", TABLES)
def test_even_the_owner_trips_over_the_triggers(owner: Any, table: str) -> None:
    with owner.cursor() as cursor:
        for statement in (
            f"TRUNCATE {table} CASCADE",
            "TRUNCATE accounts_organisation CASCADE",
        ):
            with pytest.raises(DatabaseError, match="append-only"):
                cursor.execute(statement)


def test_a_table_made_later_is_closed_until_the_release_step_grants(
    owner: Any, django_db_setup: Owner, django_db_blocker: DjangoDbBlocker
) -> None:
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (id integer)")
        try:
            with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as ours:
                ours.execute("SELECT 1 FROM made_later")
        finally:
            cursor.execute("DROP TABLE made_later")
    connection.close()


def test_granting_needs_the_owner_and_a_fitting_role(sample: Case, django_db_setup: Owner) -> None:
    with pytest.raises(CommandError, match=r"are you the owner\?|needs a role of its own"):
        call_command("grant_app_role", django_db_setup.app_role)
    with pytest.raises(CommandError, match="There is no role nobody_here"):
        call_command("grant_app_role", "nobody_here")


def test_members_can_be_removed_but_their_trail_stays(sample: Case) -> None:
    """The application keeps UPDATE and DELETE where pages need them."""
    removed, _ = Membership.objects.filter(user=sample.manager).delete()
    assert removed == 1
