"""What two organisations hold, so that a test can say that a request changed none of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from accounts.models import Organisation
from accounts.tenancy import OwnedModel, opened
from assessments.models import Assessment
from tests.conftest import Case

# One id that is a row of the other organisation in every table: whatever a field or filter means by a
# number, this number is never ours.
FOREIGN = 900_000_001
MARK = "TWINONLY"


def owned_models() -> list[type[OwnedModel]]:
    """Every model behind the wall, those that are pointed at before those that point."""
    waiting = [model for model in apps.get_models() if issubclass(model, OwnedModel)]
    done: list[type[OwnedModel]] = []
    while waiting:
        ready = [m for m in waiting if all(t in done or t is m for _, t in owned_keys(m))]
        assert ready, waiting
        done += ready
        waiting = [model for model in waiting if model not in ready]
    return done


def owned_keys(model: type[models.Model]) -> list[tuple[Any, type[OwnedModel]]]:
    """The foreign keys of a model that point at rows behind the wall."""
    keys: list[Any] = [field for field in model._meta.concrete_fields if field.remote_field]
    return [(key, key.remote_field.model) for key in keys if issubclass(key.remote_field.model, OwnedModel)]


def _models_of_organisations() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if "organisation" in names or model is Organisation:
            yield model


Held = dict[tuple[str, str], tuple[int, str]]


def held(*cases: Case, among: Set[str] | None = None) -> Held:
    """Count and hash of the rows of all tables, or of some, per organisation; around the wall on purpose."""
    found = {}
    with connection.cursor() as cursor:  # as stored: a test asks this hundreds of times
        for case in cases:
            for model in _models_of_organisations():
                table = model._meta.db_table
                if among is not None and table not in among:
                    continue
                key = "id" if model is Organisation else "organisation_id"
                cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s ORDER BY id", [case.organisation.pk])
                rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
                digest = hashlib.sha256(repr(rows).encode()).hexdigest()
                found[case.slug, table] = (len(rows), digest)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?\s", re.IGNORECASE)
_READS = re.compile(r"[\s(]*(?:SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|PRAGMA)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE)


class Ledger:
    """What organisations hold, read once; of what was written since, only those tables are read again.

    A test asks this after every request, and reading all rows takes longer than most requests do.
    """

    def __init__(self, *cases: Case) -> None:
        self._cases, self._before = cases, held(*cases)
        self._known = {model._meta.db_table for model in _models_of_organisations()}
        self._written: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """See each statement, as a wrapper of the connection."""
        written = _WRITES.match(sql)
        if written:
            self._written |= {written[1]} & self._known
        elif not _READS.match(sql) or _CHANGES.search(sql):
            self._written |= self._known
        return execute(sql, params, many, context)

    def forget(self) -> None:
        """What was written until now is meant."""
        self._written.clear()

    @property
    def is_untouched(self) -> bool:
        """Whether no statement since could have written a row of any organisation."""
        return not self._written

    def is_unchanged(self, *cases: Case) -> bool:
        """Whether the organisations, or these of them, hold what they held."""
        asked, tables = cases or self._cases, self._tables()
        now = held(*asked, among=tables) if tables else {}
        return all(self._before[key] == found for key, found in now.items())

    def keys_that_cross(self) -> list[str]:
        """Foreign keys between the rows of two organisations; none come about where nothing is written."""
        return keys_that_cross(frozenset(tables)) if (tables := self._tables()) else []

    def _tables(self) -> set[str]:
        """What was written, and what triggers write with it."""
        return self._written | {Assessment._meta.db_table} if self._written else set()


@contextmanager
def ledger(*cases: Case) -> Iterator[Ledger]:
    """Watch the statements of a block."""
    watching = Ledger(*cases)
    with connection.execute_wrapper(watching):
        yield watching


@cache
def _crossing_sql(among: frozenset[str]) -> str:
    """One statement for the foreign keys from rows of some tables to owned rows."""
    one = (
        "SELECT '{label}', COUNT(*) FROM {table} AS a JOIN {other} AS b ON a.{column} = b.id "
        "WHERE a.organisation_id <> b.organisation_id"
    )
    return " UNION ALL ".join(
        one.format(
            label=f"{model._meta.label}.{key.name}",
            table=model._meta.db_table,
            other=target._meta.db_table,
            column=key.column,
        )
        for model in owned_models()
        if model._meta.db_table in among
        for key, target in owned_keys(model)
    )


def keys_that_cross(among: frozenset[str]) -> list[str]:
    """Foreign keys that lead from a row in some tables to a row of another organisation."""
    statement = _crossing_sql(among)
    if not statement:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [f"{label}: {count}" for label, count in cursor.fetchall() if count]


def plant(case: Case) -> list[str]:
    """Copy the first row of each table of an organisation to the id ``FOREIGN``; its texts say whose it is.

    Gives the labels of the tables that now hold such a row.
    """
    planted = []
    with opened(case.organisation):
        for model in owned_models():
            row = model.objects.order_by("pk").first()
            if row is None:
                continue
            row.pk = FOREIGN
            for key, _ in owned_keys(model):
                if getattr(row, key.attname) is not None:
                    setattr(row, key.attname, FOREIGN)
            for field in _told_apart(model):
                is_text = isinstance(field, models.CharField | models.TextField)
                setattr(row, field.attname, MARK[: field.max_length] if is_text else FOREIGN)
            row.save_base(raw=True, force_insert=True)
            planted.append(model._meta.label)
    return planted


def _told_apart(model: type[models.Model]) -> list[Any]:
    """Texts that nothing reads as a code, and whatever may stand only once in an organisation."""
    named = {"name", "code", "email", "place", "label", "source", "reason", "counsel_note", "note"}
    once = {
        name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        for name in constraint.fields
    }
    kinds = models.CharField | models.TextField | models.IntegerField
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [
        field
        for field in fields
        if isinstance(field, kinds)
        and not field.choices
        and (
            field.unique
            or field.name in once
            or (field.name in named and not isinstance(field, models.IntegerField))
        )
    ]


def read_whole(answer: Any) -> Any:
    """Read a stream to its end and keep it; closing it unread would close the connection of the test."""
    if answer.streaming:
        answer.streaming_content = [b"".join(answer)]
    return answer
