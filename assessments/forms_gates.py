"""Forms about gates: closing a condition, one more consent, a waiver; services decide and save."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.tenancy import OwnedChoiceField
from assessments.forms import NumberField
from assessments.models import Lawyer
from assessments.services import Closing, ConsentGiven, NewLawyer

# Longer than anything that is kept, so that the services say how much fits.
_LONG = 8_000
# Forms of a condition, by the start of their names: each fault stands beside its field.
_WITH_FIELDS = ("close-", "consent-", "reopen-")


@dataclass(frozen=True)
class Refused:
    """A form about a gate that was refused: which one, what it held and what is wrong."""

    form: str
    given: Mapping[str, Any]
    faults: Mapping[str, Sequence[str]]

    @property
    def said(self) -> str:
        """What stands above the form: what is wrong elsewhere than in one of its fields.

        Forms about waivers are gone where one may not decide, so theirs is said in full.
        """
        has_fields = self.form.startswith(_WITH_FIELDS)
        beside = self.given if has_fields else ()
        elsewhere = (one for name, found in self.faults.items() if name not in beside for one in found)
        return " ".join(dict.fromkeys(elsewhere)) or "Correct what is marked below."


BLANK = Refused("", {}, {})


class _Text(forms.CharField):
    def __init__(self) -> None:
        super().__init__(max_length=_LONG, required=False)


class ConsentForm(forms.Form):
    """Who consented, when, and where the document is."""

    consent_by = _Text()
    consent_capacity = _Text()
    consent_on = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={"invalid": "Enter a day such as 11/03/2026."},
    )
    consent_document = _Text()

    def consent(self) -> ConsentGiven:
        """Give what was typed."""
        data = self.cleaned_data
        day: dt.date | None = data["consent_on"]
        return ConsentGiven(data["consent_by"], data["consent_capacity"], day, data["consent_document"])


class ClosingForm(ConsentForm):
    """Evidence, and whatever else the condition asks for."""

    evidence = _Text()
    counsel_note = _Text()
    lawyer = OwnedChoiceField(
        Lawyer,
        required=False,
        error_messages={"invalid_choice": "Choose one of the lawyers, or name a new one."},
    )
    lawyer_name = _Text()
    lawyer_jurisdiction = _Text()
    bar_number = _Text()
    weekly_hours = NumberField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lawyer"]
        if isinstance(field, OwnedChoiceField):
            field.open()

    def clean(self) -> dict[str, Any]:
        """Take a lawyer who is known or a new one, not both."""
        data = super().clean() or {}
        if data.get("lawyer") and not self._new_lawyer(data).is_blank:
            self.add_error("lawyer", "Choose a lawyer or name a new one, not both.")
        return data

    @staticmethod
    def _new_lawyer(data: dict[str, Any]) -> NewLawyer:
        parts = (data.get(key, "") for key in ("lawyer_name", "lawyer_jurisdiction", "bar_number"))
        return NewLawyer(*parts)

    def closing(self, *, may_note: bool) -> Closing:
        """Give what was typed; ``may_note``: whether a counsel note is taken from this person."""
        data = self.cleaned_data
        return Closing(
            evidence=data["evidence"],
            lawyer=data["lawyer"] or self._new_lawyer(data),
            weekly_hours=data["weekly_hours"],
            consent=self.consent(),
            counsel_note=data["counsel_note"] if may_note else "",
        )


class WaiverForm(forms.Form):
    """A reason; with the decision also the answer."""

    reason = _Text()
    answer = forms.ChoiceField(
        choices=[("grant", "Grant"), ("refuse", "Refuse")],
        required=False,
        error_messages={"invalid_choice": "Grant the waiver or refuse it."},
    )
