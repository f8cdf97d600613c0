"""Saving some columns of many rows in a few statements; ``bulk_update`` takes milliseconds for each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models

from accounts.tenancy import ForeignOwnerError, OwnedModel, current

_MOST_ROWS = 500


def save_columns(rows: Sequence[OwnedModel], names: Sequence[str]) -> None:
    """Write columns of rows that exist; none of them may be a key or time itself.

    The wall holds as in every write: a row of another organisation is refused, and none is reached.
    """
    here = current().pk
    if any(row.organisation_id != here for row in rows):
        raise ForeignOwnerError("A row belongs to another organisation.")
    if not rows:
        return
    model = type(rows[0])
    fields: list[models.Field[Any, Any]] = [_plain(model, name) for name in names]
    with connection.cursor() as cursor:
        for batch in _batches(rows, len(fields) + 1):
            given = [value for row in batch for value in (row.pk, *_values(row, fields))]
            cursor.execute(_statement(model, fields, len(batch)), [*given, here])


def _plain(model: type[models.Model], name: str) -> Any:
    field: Any = model._meta.get_field(name)
    if field.remote_field is not None or field.primary_key:
        raise TypeError(f"{name} is a key, which the wall has to look at.")
    return field


def _values(row: models.Model, fields: Sequence[Any]) -> Iterator[Any]:
    for field in fields:
        yield field.get_db_prep_save(getattr(row, field.attname), connection)


def _batches(rows: Sequence[OwnedModel], width: int) -> Iterator[Sequence[OwnedModel]]:
    # One parameter is left for the organisation.
    most = (connection.features.max_query_params or _MOST_ROWS * width) - 1
    size = max(1, min(_MOST_ROWS, most // width))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _statement(model: type[models.Model], fields: Sequence[Any], count: int) -> str:
    """UPDATE … FROM (VALUES …): both databases call the columns of VALUES column1, column2 and so on.

    The casts are for PostgreSQL, which takes a column of nothing but NULL for text.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    changes = ", ".join(
        f"{quote(field.column)} = CAST(given.column{place} AS {field.db_type(connection)})"
        if connection.vendor == "postgresql"
        else f"{quote(field.column)} = given.column{place}"
        for place, field in enumerate(fields, start=2)
    )
    row = f"({', '.join(['%s'] * (len(fields) + 1))})"
    return (
        f"UPDATE {table} SET {changes} FROM (VALUES {', '.join([row] * count)}) AS given "  # noqa: S608
        f"WHERE {table}.id = given.column1 AND {table}.organisation_id = %s"
    )
