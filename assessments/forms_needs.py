"""Forms of the needs: nothing in them is filled in beforehand; services decide and save."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from accounts.plain_forms import PlainForm
from accounts.tenancy import OwnedChoiceField
from assessments.forms import NumberField
from assessments.models import LegalTask
from assessments.models_needs import Limit, MustStay, Need, Objective

# A list of choices beyond this length is no help to anybody.
MOST_TASKS = 1_000
_NOT_PRIVILEGED = (
    "Every member reads this. A privileged reason belongs into the counsel note of a legal task."
)


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date as year-month-day, for example 2027-03-31."},
    )


def _text(label: str, limit: int, hint: str = "", *, ask: str = "", rows: int = 0) -> forms.CharField:
    return forms.CharField(
        required=bool(ask),
        label=label,
        max_length=limit,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows})
        if rows
        else forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": ask} if ask else {},
    )


class NeedForm(PlainForm):
    """What all three forms end with: the place in the list, and when the form was shown."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Need | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.shown(row) if row else None, **kwargs)
        self.fields["place"] = forms.IntegerField(
            required=False,
            label="Place in the list",
            help_text="1 comes first. Empty: last for a new one, unchanged for others.",
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"invalid": "A place is a whole number from 1."},
        )

    def shown(self, row: Need) -> dict[str, Any]:
        """Give what the row says, as it is typed."""
        values = {name: getattr(row, name) for name in self.base_fields if name != "seen"}
        written = {
            name: f"{value.normalize():f}" if isinstance(value, Decimal) else value
            for name, value in values.items()
        }
        return written | {"place": row.position, "seen": row.updated_at.isoformat()}

    def clean_seen(self) -> datetime | None:
        """When the form was shown; None when it did not say so in a way we wrote."""
        return moment(self.cleaned_data["seen"])


def moment(text: str) -> datetime | None:
    """Read a time as the forms write it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


class ObjectiveForm(NeedForm):
    """What is to be reached, measured by what, from where to where, and by when."""

    sentence = _text("What is to be reached", 300, ask="Say in a sentence what is to be reached.", rows=2)
    measure = _text("Measure", 120, "What is measured, for example turnaround of NDAs.")
    unit = _text("Unit", 40, "Days, hours a year, % of contracts …")
    today_value = NumberField(required=False, label="Value today", help_text="Empty means unknown, not 0.")
    today_on = _day("Day of that value")
    today_source = _text("Source of that value", 160, "Report, system or person it comes from.")
    target_value = NumberField(required=False, label="Target")
    target_on = _day("To be reached by")
    model = Objective


class LimitForm(NeedForm):
    """What limits the choice."""

    sentence = _text(
        "What limits the choice",
        300,
        _NOT_PRIVILEGED,
        ask="Say in a sentence what limits the choice.",
        rows=2,
    )
    kind = forms.ChoiceField(
        choices=[("", "Not said"), *Limit.Kind.choices], required=False, label="Where it comes from"
    )
    until_on = _day("Until", "Empty when no end is known.")
    model = Limit


class MustStayForm(NeedForm):
    """Which work or data must not leave, and why."""

    what = _text(
        "Work or data that must not leave", 300, ask="Say which work or data must not leave.", rows=2
    )
    why = _text("Why", 4_000, _NOT_PRIVILEGED, rows=3)
    said_by = _text("Who said so", 120, "A person or a body, for example the general counsel.")
    legal_task = OwnedChoiceField(
        LegalTask,
        required=False,
        label="Legal task it is about",
        empty_label="No single one",
        help_text="This is a note. What keeps a task in-house are its gates and answers in step 2.",
        error_messages={"invalid_choice": "Choose a legal task of the list, or none."},
    )
    model = MustStay

    def __init__(self, *args: Any, row: Need | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        tasks = LegalTask.objects.order_by("code")
        field = self.fields["legal_task"]
        if tasks[MOST_TASKS : MOST_TASKS + 1].exists():
            del self.fields["legal_task"]
        elif isinstance(field, OwnedChoiceField):
            field.open(tasks)

    def clean(self) -> dict[str, Any]:
        """Keep the legal task where there are too many to choose from."""
        data = super().clean() or {}
        if "legal_task" not in self.fields:
            data["legal_task"] = self.initial.get("legal_task")
        return data
