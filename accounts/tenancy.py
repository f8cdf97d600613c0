"""The wall between organisations.

One organisation is *open* at a time, per request or job. Rows of an ``OwnedModel`` are read through a manager
that filters by it and refuses to answer when none is open. Saving refuses a row, or a foreign key,
that belongs to another organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.forms import ModelChoiceField

if TYPE_CHECKING:
    from accounts.models import Organisation

_open: ContextVar[Organisation | None] = ContextVar("open_organisation", default=None)

# The only models without an owner; all others derive from OwnedModel (accounts/checks.py asserts it).
UNWALLED = frozenset({"accounts.User", "accounts.Organisation", "accounts.Membership", "accounts.Invitation"})


class NoOrganisationOpenError(RuntimeError):
    """Owned rows were asked for while no organisation was open."""


class ForeignOwnerError(ValueError):
    """A row would have pointed into, or moved to, another organisation."""


@contextmanager
def opened(organisation: Organisation) -> Iterator[Organisation]:
    """Open one organisation for the length of a block."""
    token = _open.set(organisation)
    try:
        yield organisation
    finally:
        _open.reset(token)


def current() -> Organisation:
    """Give the open organisation, or raise ``NoOrganisationOpenError``."""
    organisation = _open.get()
    if organisation is None:
        raise NoOrganisationOpenError("No organisation is open: owned rows cannot be read or written.")
    return organisation


def hold_names() -> None:
    """Let changes of names and codes in the open organisation happen one after the other.

    Call it first in the transaction: two people who take the same name at once then get a sentence from the
    service instead of a fault from the database. SQLite, which locks as a whole, needs and does nothing.
    """
    here = current()
    type(here).objects.select_for_update(no_key=True).get(pk=here.pk)


ModelT = TypeVar("ModelT", bound="OwnedModel")


class OwnedQuerySet(models.QuerySet[ModelT]):
    """A query set whose bulk writes keep to the open organisation."""

    def bulk_create(self, objs: Iterable[ModelT], *args: Any, **kwargs: Any) -> list[ModelT]:
        """Create rows after filling in and checking their owner."""
        rows = list(objs)
        for row in rows:
            row.claim()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[ModelT], *args: Any, **kwargs: Any) -> int:
        """Update rows after checking their owner."""
        rows = list(objs)
        for row in rows:
            row.claim()
        return super().bulk_update(rows, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Update the walled rows; a new foreign key must stay inside the organisation."""
        for name, value in kwargs.items():
            if isinstance(value, OwnedModel) and value.organisation_id != current().pk:
                raise ForeignOwnerError(f"{name} belongs to another organisation.")
            if name in {"organisation", "organisation_id"}:
                raise ForeignOwnerError("A row never changes its organisation.")
        return super().update(**kwargs)


class OwnedManager(models.Manager[ModelT]):
    """Answers only for the open organisation; ``from_queryset`` adds the reads of a query set class."""

    def get_queryset(self) -> models.QuerySet[ModelT]:
        """Filter by the open organisation."""
        return super().get_queryset().filter(organisation_id=current().pk)


OwnedRows = OwnedManager.from_queryset(OwnedQuerySet)


class OwnedModel(models.Model):
    """A row that belongs to exactly one organisation."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")

    objects = OwnedRows()

    class Meta:
        abstract = True
        # Walls hold for relations (task.answers) and validation as well.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save inside the open organisation only."""
        self.claim()
        super().save(*args, **kwargs)

    def claim(self) -> None:
        """Fill in the owner, then refuse anything that reaches into another organisation."""
        here = current().pk
        if self._state.adding and not self.organisation_id:
            self.organisation_id = here
        if self.organisation_id != here:
            raise ForeignOwnerError(f"{self._meta.label} belongs to another organisation.")
        for field in self._meta.concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            if target is None or not (isinstance(target, type) and issubclass(target, OwnedModel)):
                continue
            key = getattr(self, field.attname)
            if key is not None and not self._points_inside(field, target, key):
                raise ForeignOwnerError(f"{self._meta.label}.{field.name} belongs to another organisation.")

    def _points_inside(self, field: models.Field[Any, Any], target: type[OwnedModel], key: Any) -> bool:
        if field.is_cached(self):  # type: ignore[attr-defined]  # only keys get here
            cached = getattr(self, field.name)
            return cached is not None and cached.organisation_id == current().pk
        return target.objects.filter(pk=key).exists()


class OwnedChoiceField(ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """A choice of owned rows whose query is made per form, never at class definition."""

    def __init__(self, model: type[OwnedModel], **kwargs: Any) -> None:
        self.owned_model = model
        super().__init__(queryset=models.QuerySet(model=model).none(), **kwargs)

    def open(self, queryset: models.QuerySet[Any] | None = None) -> None:
        """Fill the choices from the open organisation."""
        self.queryset = self.owned_model.objects.all() if queryset is None else queryset
