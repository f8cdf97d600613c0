"""Small forms in the life of an assessment; services decide what is right."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.plain_forms import PlainForm
from assessments.models import Assessment

# Longer than anything that is kept, so that the services say how much fits.
_LONG = 4_000


def _words(label: str, hint: str = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=_LONG,
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class SubmitForm(PlainForm):
    """Hand over for review."""

    prefix = "submit"
    comment = _words("For the reviewer", "May stay empty.")


class SendBackForm(PlainForm):
    """Make it a draft again."""

    prefix = "back"
    comment = _words("What is to be changed")


class ApproveForm(PlainForm):
    """Approve what was submitted."""

    prefix = "approve"
    comment = _words("What the approval rests on", "Stays in the history, also after a deletion.")


class PeriodForm(PlainForm):
    """Copy to another period."""

    prefix = "copy"
    period = forms.CharField(
        required=False,
        max_length=_LONG,
        label="New period",
        help_text="As in FY 2027.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AsideForm(PlainForm):
    """Give a copy up."""

    prefix = "aside"
    comment = _words("Why it is given up")


class HoldForm(PlainForm):
    """Set a legal hold."""

    prefix = "hold"
    reason = _words("What the hold is for", "The matter, and who asked for it. Every member reads this.")


class LiftForm(PlainForm):
    """Lift a legal hold."""

    prefix = "lift"
    reason = _words("Why it is lifted")


class RetentionForm(PlainForm):
    """Set the retention period."""

    prefix = "retention"
    years = forms.IntegerField(
        required=False,
        label="Years",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Enter a whole number of years."},
    )
    basis = forms.CharField(
        required=False,
        max_length=_LONG,
        label="Rule or schedule that asks for it",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, row: Assessment | None = None, **kwargs: Any) -> None:
        shown = {"years": row.retention_years, "basis": row.retention_basis} if row else None
        super().__init__(*args, initial=shown, **kwargs)


class DeleteForm(PlainForm):
    """Delete the content for good."""

    prefix = "delete"
    reason = _words("Why it is deleted", "Stays with the tombstone.")
    sure = forms.BooleanField(
        required=True,
        label="Delete what this assessment says, for good",
        error_messages={"required": "Tick the box to confirm the deletion."},
    )
