"""What two organisations hold, so that a test can say that a request changed none of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models

from accounts.models import Organisation
from accounts.tenancy import OwnedModel, opened
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


def held(*cases: Case) -> dict[tuple[str, str], tuple[int, str]]:
    """Count and hash of all rows of each model, per organisation; reads around the wall on purpose."""
    found = {}
    with connection.cursor() as cursor:  # as stored: a test asks this hundreds of times
        for case in cases:
            for model in _models_of_organisations():
                key = "id" if model is Organisation else "organisation_id"
                sql = f"SELECT * FROM {model._meta.db_table} WHERE {key} = %s ORDER BY id"
                cursor.execute(sql, [case.organisation.pk])
                rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
                digest = hashlib.sha256(repr(rows).encode()).hexdigest()
                found[case.slug, model._meta.label] = (len(rows), digest)
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?\s", re.IGNORECASE)
_READS = re.compile(r"\s*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|PRAGMA)\b", re.IGNORECASE)


class Ledger:
    """What organisations hold, read once; read again only after a statement that may have changed it.

    A test asks this after every request, and reading all rows takes longer than most requests do.
    """

    def __init__(self, *cases: Case) -> None:
        self._cases, self._before = cases, held(*cases)
        self._tables = {model._meta.db_table for model in _models_of_organisations()}
        self._is_touched = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """See each statement, as a wrapper of the connection."""
        written = _WRITES.match(sql)
        self._is_touched |= written[1] in self._tables if written else not _READS.match(sql)
        return execute(sql, params, many, context)

    def is_unchanged(self, *cases: Case) -> bool:
        """Whether the organisations, or these of them, hold what they held."""
        if not self._is_touched:
            return True
        asked = cases or self._cases
        slugs = {case.slug for case in asked}
        same = held(*asked) == {key: found for key, found in self._before.items() if key[0] in slugs}
        self._is_touched = not (same and asked == self._cases)
        return same

    def keys_that_cross(self) -> list[str]:
        """Foreign keys between the rows of two organisations; none come about where nothing is written."""
        return keys_that_cross() if self._is_touched else []


@contextmanager
def ledger(*cases: Case) -> Iterator[Ledger]:
    """Watch the statements of a block."""
    watching = Ledger(*cases)
    with connection.execute_wrapper(watching):
        yield watching


@cache
def _crossing_sql() -> str:
    """One statement for all foreign keys between owned rows."""
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
        for key, target in owned_keys(model)
    )


def keys_that_cross() -> list[str]:
    """Foreign keys that lead from a row of one organisation to a row of another."""
    with connection.cursor() as cursor:
        cursor.execute(_crossing_sql())
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
