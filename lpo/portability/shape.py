"""What belongs to an organisation, read off the models: a new owned model is covered by being one.

A row is a JSON object: its own number in the file, plain values, numbers of rows it points to, people by
e-mail. Database ids never leave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.tenancy import OwnedModel

FORMAT = "lpo.organisation/1"
NOT_EXPORTED = {
    "accounts.Invitation": "invitations: their links hold only on the installation that made them",
    "accounts.User": "passwords, second factors and sessions: people are named by e-mail only",
}
# What else names an organisation and goes along, though it is not walled.
_ALSO: tuple[type[models.Model], ...] = (Membership,)


class Kind(StrEnum):
    """How a column is written."""

    TEXT = "text"
    FLAG = "flag"
    WHOLE = "whole"
    REAL = "real"
    DECIMAL = "decimal"
    MOMENT = "moment"
    DAY = "day"
    DOCUMENT = "document"
    BYTES = "bytes"
    FILE = "file"
    PERSON = "person"
    ROW = "row"
    OBJECT = "object"


# The first that fits; a file field and a slug are no plain texts and stand before what they derive from.
_KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.FileField, Kind.FILE),
    (models.CharField, Kind.TEXT),
    (models.TextField, Kind.TEXT),
    (models.BooleanField, Kind.FLAG),
    (models.IntegerField, Kind.WHOLE),
    (models.FloatField, Kind.REAL),
    (models.DecimalField, Kind.DECIMAL),
    (models.DateTimeField, Kind.MOMENT),
    (models.DateField, Kind.DAY),
    (models.JSONField, Kind.DOCUMENT),
    (models.BinaryField, Kind.BYTES),
)


@dataclass(frozen=True)
class Column:
    """One field of a row; ``target`` is the label of the model that a ROW column points to."""

    name: str
    attname: str
    kind: Kind
    field: Any
    target: str = ""


@dataclass(frozen=True)
class Shape:
    """One model of the file: its rows stand in ``member``, one a line, in the order of their keys."""

    model: Any
    label: str
    columns: tuple[Column, ...]

    @property
    def member(self) -> str:
        """Name of its part of the file."""
        return f"rows/{self.label}.jsonl"

    def of_kind(self, kind: Kind) -> tuple[Column, ...]:
        """The columns of one kind."""
        return tuple(column for column in self.columns if column.kind is kind)

    @property
    def targets(self) -> frozenset[str]:
        """Labels of the other models that its rows point to."""
        return frozenset(column.target for column in self.columns if column.target) - {self.label}


class UnknownShapeError(TypeError):
    """A model has a field that nobody said how to write: a fault of the program."""


@cache
def shapes() -> tuple[Shape, ...]:
    """Every model that belongs to an organisation, so ordered that rows are read before what points to them.

    The audit trail comes last: it points to everything.
    """
    owned = [model for model in apps.get_models() if issubclass(model, OwnedModel) and not model._meta.proxy]
    found = [_shape(model) for model in (*_ALSO, *owned)]
    trail = [shape for shape in found if shape.model is AuditEvent]
    return (*_ordered(shape for shape in found if shape.model is not AuditEvent), *trail)


@cache
def organisation_columns() -> tuple[Column, ...]:
    """What is written of the organisation itself."""
    return _shape(Organisation).columns


def _ordered(found: Iterable[Shape]) -> list[Shape]:
    waiting = sorted(found, key=lambda shape: shape.label)
    done: list[Shape] = []
    while waiting:
        known = {shape.label for shape in done}
        ready = next((shape for shape in waiting if shape.targets <= known), None)
        if ready is None:
            raise UnknownShapeError(f"These models point to each other in a circle: {waiting}")
        waiting.remove(ready)
        done.append(ready)
    return done


def _shape(model: type[models.Model]) -> Shape:
    if model is not Organisation and model._meta.many_to_many:
        raise UnknownShapeError(f"{model._meta.label} has a many-to-many field: give it a model of its own.")
    every: list[Any] = list(model._meta.concrete_fields)
    # What says `serialize=False` of itself means nothing elsewhere.
    fields = [field for field in every if field.serialize and not field.primary_key]
    columns = (
        _column(model, field)
        for field in fields
        if not (field.remote_field and field.remote_field.model is Organisation)
    )
    return Shape(model, model._meta.label_lower, tuple(columns))


def _column(model: type[models.Model], field: Any) -> Column:
    if field.remote_field:
        target = field.remote_field.model
        if target is User:
            return Column(field.name, field.attname, Kind.PERSON, field)
        if issubclass(target, (OwnedModel, *_ALSO)):
            return Column(field.name, field.attname, Kind.ROW, field, target._meta.label_lower)
        raise UnknownShapeError(f"{model._meta.label}.{field.name} points to what no organisation owns.")
    if model is AuditEvent and field.name == "object_id":
        return Column(field.name, field.attname, Kind.OBJECT, field)
    for kind_of_field, kind in _KINDS:
        if isinstance(field, kind_of_field):
            return Column(field.name, field.attname, kind, field)
    raise UnknownShapeError(f"{model._meta.label}.{field.name}: no rule says how to write this field.")
