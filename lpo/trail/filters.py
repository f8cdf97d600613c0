"""What the audit trail is narrowed to; it lives in the address."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone

NOBODY = "system"  # events without a person


@dataclass(frozen=True)
class Filters:
    """Every field may be empty. ``person`` is the id of a user or ``NOBODY``; days are the organisation's."""

    person: str = ""
    kind: str = ""
    object: str = ""
    verb: str = ""
    since: date | None = None
    until: date | None = None
    name: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return any(asdict(self).values())

    def query(self, **changed: Any) -> str:
        """Give the part of the address that leads to the same events, changed in some things."""
        parts = asdict(self) | changed
        return urlencode({key: str(part) for key, part in parts.items() if part})

    def leading(self) -> Q:
        """The dates, and the one filter that narrows most: an index gives these events in order."""
        return self._dates() & self._exact()[0]

    def following(self) -> Q | None:
        """What remains to be looked for among them; None when nothing does."""
        rest = Q()
        for condition in self._exact()[1:]:
            rest &= condition
        if self.name:
            rest &= Q(object_label__icontains=self.name)
        return rest or None

    def _exact(self) -> list[Q]:
        """The filters with an index of their own, the narrowest first; at least one (that keeps all)."""
        found = []
        if self.kind and self.object:
            found.append(Q(object_type=self.kind, object_id=self.object))
        if self.person:
            found.append(Q(actor=None) if self.person == NOBODY else Q(actor=self.person))
        if self.verb:
            found.append(Q(verb=self.verb))
        if self.kind and not self.object:
            found.append(Q(object_type=self.kind))
        return found or [Q()]

    def _dates(self) -> Q:
        dates = Q()
        if self.since:
            dates &= Q(at__gte=_start(self.since))
        if self.until:
            # Up to and with the last day: before the next one begins, however long the day is.
            dates &= Q(at__lt=_start(date.fromordinal(self.until.toordinal() + 1)))
        return dates


def _start(day: date) -> datetime:
    """Midnight in the time zone in force (that of the organisation)."""
    return timezone.make_aware(datetime.combine(day, time.min))


class FilterForm(forms.Form):
    """Reads the filters from an address; what cannot be read is said beside its field."""

    person = forms.RegexField(rf"^(\d{{1,18}}|{NOBODY})$", required=False)
    kind = forms.CharField(max_length=60, required=False)
    object = forms.CharField(max_length=40, required=False)
    verb = forms.CharField(max_length=60, required=False)
    since = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    until = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    name = forms.CharField(max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].error_messages["invalid"] = "Enter a date like 2026-11-23."

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order and days that no calendar of ours reaches."""
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not date(1900, 1, 1) <= day < date(9999, 1, 1):
                self.add_error(name, "Enter a year from 1900 to 9998.")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    def filters(self) -> Filters:
        """Give what could be read; what could not narrows nothing (the page then says so and shows none)."""
        self.is_valid()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})
