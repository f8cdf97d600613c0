"""Forms of the provider pages: they parse and say what is wrong; services decide and save."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.plain_forms import PlainForm
from figures import UnreadableNumber, parse_dollars, parse_number
from providers.models import Answer, EvidenceLevel
from providers.queries import CERTIFICATE_FILTERS, EVIDENCE_FILTERS, SORTS, Filters
from providers.reference import SubCriterion, shown_value


class NumberField(forms.CharField):
    """A number as people type it, "1,900" or "0.95"; becomes a float, or None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Write a stored number without a trailing ".0"."""
        return shown_value(value) if isinstance(value, float) else value

    def clean(self, value: Any) -> Any:
        """Read the number, or say in a sentence what to type instead."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.convert(self.parse(text))
        except UnreadableNumber as fault:
            raise forms.ValidationError(str(fault)) from fault

    def parse(self, text: str) -> Decimal:
        """Read what was typed. Raises ``UnreadableNumber``."""
        return parse_number(text)

    def convert(self, number: Decimal) -> Any:
        """Give the type that the service takes."""
        return float(number)


class AmountField(NumberField):
    """Money as people type it, "1,250.00" or "USD 1.35"; becomes a Decimal."""

    def prepare_value(self, value: Any) -> Any:
        """Write a stored amount without trailing zeros, but never as an exponent."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def parse(self, text: str) -> Decimal:
        """Read an amount in US dollars."""
        return parse_dollars(text)

    def convert(self, number: Decimal) -> Any:
        """Keep what was typed."""
        return number


def evidence_field() -> forms.ChoiceField:
    """Make the choice of an evidence grade; the weakest is preset."""
    return forms.ChoiceField(
        choices=[(level.value, f"{level.value} · {level.label}") for level in EvidenceLevel],
        initial=EvidenceLevel.E0,
        label="Evidence",
    )


def date_field(label: str, hint: str = "") -> forms.DateField:
    """Make an optional date."""
    return forms.DateField(
        required=False,
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a date as year-month-day, for example 2027-03-31."},
    )


class ProviderForm(PlainForm):
    """The plain facts of a provider."""

    name = forms.CharField(max_length=160, error_messages={"required": "Enter the name of the provider."})
    code = forms.CharField(
        max_length=12,
        required=False,
        help_text="Short mark for tables, for example V9. Leave empty for the next free one.",
    )
    summary = forms.CharField(
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What this provider is, in a sentence or two.",
    )
    founded = forms.IntegerField(
        required=False, label="Founded (year)", error_messages={"invalid": "Enter a year, for example 2009."}
    )
    delivery_headcount = forms.IntegerField(
        required=False,
        label="Delivery staff (people)",
        error_messages={"invalid": "Enter a whole number of people."},
    )
    languages = forms.CharField(
        required=False, max_length=400, help_text="Separated by commas: English, Spanish."
    )

    def clean_languages(self) -> list[str]:
        """Split at commas."""
        return [part for part in self.cleaned_data["languages"].split(",") if part.strip()]


class EditProviderForm(ProviderForm):
    """The facts of a provider that exists; its code stays, because records refer to it."""

    code = None  # type: ignore[assignment]  # how Django drops an inherited field


class SiteForm(PlainForm):
    """A place of delivery."""

    place = forms.CharField(
        max_length=120,
        label="City and region",
        help_text="For example Columbus, Ohio.",
        error_messages={"required": "Enter the city."},
    )
    country = forms.CharField(max_length=80, error_messages={"required": "Enter the country."})
    time_zone = forms.CharField(
        max_length=60,
        required=False,
        help_text="Name from the IANA list, for example America/New_York or Asia/Kolkata. Optional.",
    )


class CertificateForm(PlainForm):
    """An assurance certificate or report."""

    name = forms.CharField(
        max_length=80,
        help_text="For example ISO/IEC 27001 or SOC 2 Type II.",
        error_messages={"required": "Enter the name of the certificate or report."},
    )
    scope = forms.CharField(
        max_length=200, required=False, help_text="Sites and services that it covers, as it says itself."
    )
    valid_until_on = date_field(
        "Valid until", "Last day of validity, or last day of the period of a SOC 2 report."
    )
    evidence = evidence_field()


class MetricForm(PlainForm):
    """The value of one sub-criterion."""

    value = NumberField(required=False)
    evidence = evidence_field()
    source = forms.CharField(
        max_length=300, required=False, help_text="Where the value comes from: document, page, date, person."
    )
    valid_from_on = date_field("Holds from")
    valid_until_on = date_field("Holds until", "After this day the value is marked as lapsed.")

    def __init__(self, *args: Any, sub: SubCriterion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        describe_value(self.fields["value"], sub)


def describe_value(field: forms.Field, sub: SubCriterion) -> None:
    """Label a number field with the unit and bounds of its sub-criterion."""
    field.label = f"Value ({sub.unit})"
    hint = sub.hint or ("Enter 1, 2, 3, 4 or 5." if sub.is_ordinal else "")
    field.help_text = f"{hint} Leave empty if unknown; {sub.better}.".strip()


class AnswerForm(PlainForm):
    """The answer to one knock-out question."""

    value = forms.ChoiceField(
        required=False,
        label="Answer",
        choices=[*Answer.Value.choices, ("", "Not answered")],
        widget=forms.RadioSelect,
    )
    evidence = evidence_field()
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the provider said, and what is still to be cleared.",
    )


class FilterForm(forms.Form):
    """The filters of the list; anything unreadable is ignored, so that no address leads to an error."""

    q = forms.CharField(required=False, max_length=80)
    country = forms.CharField(required=False, max_length=80)
    certificate = forms.CharField(required=False, max_length=80)
    expiry = forms.ChoiceField(required=False, choices=[("", ""), *CERTIFICATE_FILTERS.items()])
    evidence = forms.ChoiceField(required=False, choices=[("", ""), *EVIDENCE_FILTERS.items()])
    sort = forms.ChoiceField(required=False, choices=[(key, key) for key in SORTS])
    down = forms.BooleanField(required=False)

    def filters(self) -> Filters:
        """Give what could be read."""
        self.full_clean()
        data = self.cleaned_data
        return Filters(
            text=data.get("q", ""),
            country=data.get("country", ""),
            certificate=data.get("certificate", ""),
            expiry=data.get("expiry", ""),
            evidence=data.get("evidence", ""),
            sort=data.get("sort") or "code",
            is_descending=bool(data.get("down")),
        )
