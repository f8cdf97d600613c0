"""Forms of the ethics duties: they parse and say what is wrong; services decide and save."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.plain_forms import PlainForm
from accounts.tenancy import OwnedChoiceField
from assessments.models import Lawyer
from assessments.models_duties import DutyMark
from assessments.places import PLACES
from assessments.services import Marking, NewLawyer

_OPEN_TO_ALL = "Every member reads this. A privileged reason belongs into the counsel note of a legal task."


def _text(label: str, limit: int, hint: str = "", *, rows: int = 0) -> forms.CharField:
    plain = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        required=False,
        label=label,
        max_length=limit,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else plain,
    )


def _day(label: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={"invalid": "Enter a date as year-month-day, for example 2027-03-31."},
    )


class JurisdictionForm(PlainForm):
    """A place of the list or another one, with a lawyer licensed there."""

    place = forms.ChoiceField(
        required=False,
        label="Place",
        choices=[("", "Choose, or type another below"), *((name, name) for name in PLACES)],
        error_messages={"invalid_choice": "Choose a place of the list, or type another one below."},
    )
    other = _text("Another place", 60, "A territory or a country, where the list does not have it.")
    lawyer_name = _text(
        "Lawyer licensed there", 120, "Optional. The lawyer can be chosen elsewhere from then on."
    )
    bar_number = _text("Bar number", 40, "Optional.")

    def clean(self) -> dict[str, Any]:
        """Take one place, not two."""
        data = super().clean() or {}
        other = " ".join(data.pop("other", "").split())
        if data.get("place") and other:
            self.add_error("place", "Choose a place of the list or type another one, not both.")
        data["place"] = data.get("place") or other
        return data


class MarkForm(PlainForm):
    """Where one item stands; it starts with what the newest mark says."""

    status = forms.ChoiceField(
        label="Status",
        choices=DutyMark.Status.choices,
        error_messages={
            "required": "Choose where the item stands.",
            "invalid_choice": "Choose where the item stands.",
        },
    )
    owner = _text("Who sees to it", 120, "A person or a team. Needed while it is in hand.")
    due_on = _day("Due", "Empty when no day is set.")
    evidence = _text(
        "What shows that it is done", 4_000, "Document, date, where it is kept. Needed when done.", rows=2
    )
    reason = _text("Why it does not apply", 4_000, f"Needed when it does not apply. {_OPEN_TO_ALL}", rows=2)

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, mark: DutyMark | None = None, **kwargs: Any) -> None:
        shown = (
            {name: getattr(mark, name) for name in ("status", "owner", "due_on", "evidence", "reason")}
            if mark
            else {}
        )
        super().__init__(*args, initial=shown | {"seen": mark.pk if mark else 0}, **kwargs)

    def marking(self) -> Marking:
        """Give what was typed."""
        return Marking(**{name: value for name, value in self.cleaned_data.items() if name != "seen"})


class AdoptionForm(PlainForm):
    """Who adopts the rule set, when, and what was checked."""

    lawyer = OwnedChoiceField(
        Lawyer,
        required=False,
        label="Lawyer who adopts it",
        empty_label="Choose, or name another below",
        error_messages={"invalid_choice": "Choose one of the lawyers, or name a new one."},
    )
    lawyer_name = _text("Another lawyer", 120, "Name of a lawyer who is not in the list above.")
    lawyer_jurisdiction = _text("Licensed in", 60, "Of that lawyer, as in Minnesota.")
    bar_number = _text("Bar number", 40, "Of that lawyer. Optional.")
    adopted_on = _day("Adopted on", "The day of the lawyer’s decision.")
    comment = _text(
        "What was checked, and against what",
        4_000,
        f"Also what is not relied on until it is confirmed. {_OPEN_TO_ALL}",
        rows=3,
    )

    seen = forms.CharField(max_length=200, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, seen: str, **kwargs: Any) -> None:
        super().__init__(*args, initial={"seen": seen}, **kwargs)
        field = self.fields["lawyer"]
        if isinstance(field, OwnedChoiceField):
            field.open()

    def clean(self) -> dict[str, Any]:
        """Take a lawyer who is known or a new one, not both."""
        data = super().clean() or {}
        names = ("lawyer_name", "lawyer_jurisdiction", "bar_number")
        new = NewLawyer(*(data.pop(name, "") for name in names))
        if data.get("lawyer") and not new.is_blank:
            self.add_error("lawyer", "Choose a lawyer or name a new one, not both.")
        data["lawyer"] = data.get("lawyer") or new
        return data


class WithdrawalForm(PlainForm):
    """Why an adoption no longer stands."""

    comment = _text("Why it is withdrawn", 4_000, _OPEN_TO_ALL, rows=3)
