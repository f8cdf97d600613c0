"""What two organisations hold, so that a test can say that a request changed none of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
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


def keys_that_cross() -> list[str]:
    """Foreign keys that lead from a row of one organisation to a row of another."""
    crossing = []
    for model in owned_models():
        for key, _ in owned_keys(model):
            rows = models.QuerySet(model=model).filter(**{f"{key.name}__isnull": False})
            count = rows.exclude(**{f"{key.name}__organisation": models.F("organisation")}).count()
            if count:
                crossing.append(f"{model._meta.label}.{key.name}: {count}")
    return crossing


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
