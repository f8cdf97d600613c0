"""What people type about bids: who bids, prices, values, written acceptances, assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from accounts.tenancy import OwnedChoiceField
from assessments.models import LegalTask
from providers.forms import AmountField, NumberField, PlainForm, date_field, describe_value, evidence_field
from providers.models import Provider
from providers.reference import shown_value, sub_criteria
from selections.assumptions import ASSUMPTIONS, LEVELS, RATIOS, Assumption
from selections.models import BidLine, Selection
from selections.services_bids import QUANTITY_NAMES

RATIO_LABELS = {
    "1": "Level 1: no legal judgement",
    "2": "Level 2",
    "3": "Level 3",
    "4": "Level 4",
    "5": "Level 5: close to the practice of law",
}
PARTS: dict[str, tuple[str, ...]] = {
    "Supervision and rework": ("oversight_rate", "rework_rate", "rework_hours_share"),
    "Governance, once for each provider": (
        "governance_hours_per_year",
        "governance_rate",
        "tooling_per_year",
    ),
    "Transition, once": (
        "transition_internal_hours",
        "transition_internal_rate",
        "parallel_run_weeks",
        "parallel_run_share",
        "transition_other",
    ),
    "Term and use of freed hours": (
        "term_years",
        "year1_ramp",
        "discount_rate",
        "fte_hours_per_year",
        "internal_redeployment_share",
    ),
    "Supervision by practice-of-law level (factor UPL), as a share of the provider’s hours": tuple(
        f"ratio-{level}" for level in LEVELS
    ),
}


class BidTermsForm(PlainForm):
    """How much work the provider needs, and when the bid came."""

    productivity_factor = NumberField(
        label="Provider hours per in-house hour",
        initial=1.0,
        help_text="1 means as fast as we are; 1.2 means a fifth more hours.",
        error_messages={"required": "Enter provider hours per in-house hour, for example 1.1."},
    )
    received_on = date_field("Received on")


class BidForm(BidTermsForm):
    """A new bid: choose the provider."""

    provider = OwnedChoiceField(
        Provider,
        label="Provider",
        empty_label="Choose a provider",
        error_messages={
            "required": "Choose a provider.",
            "invalid_choice": "Choose a provider of this organisation that has no bid yet.",
        },
    )
    field_order = ("provider", "productivity_factor", "received_on")

    def __init__(self, *args: Any, selection: Selection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        if isinstance(field, OwnedChoiceField):
            field.open(Provider.objects.exclude(bids__selection=selection))


class LineForm(PlainForm):
    """The price of one legal task. Which quantities a model needs is checked when it is saved."""

    legal_task = OwnedChoiceField(
        LegalTask,
        label="Legal task",
        empty_label="Choose a task",
        error_messages={
            "required": "Choose a task.",
            "invalid_choice": "Choose a task of the basket that has no price yet.",
        },
    )
    model = forms.ChoiceField(label="Pricing model", choices=BidLine.Model.choices)
    price_amount = AmountField(
        label="Price (USD)",
        help_text="Per hour, per unit of the task, per person-month, or per year for a fixed fee.",
        error_messages={"required": "Enter the price."},
    )
    expected_hours = NumberField(
        required=False,
        label="Expected hours a year",
        help_text="Hourly and blended only. Empty: in-house hours × productivity.",
    )
    fte = NumberField(required=False, label="People (FTE)", help_text="Person-month only.")
    included_volume = NumberField(
        required=False, label="Included volume a year", help_text="Fixed fee only, in units of the task."
    )
    overage_amount = AmountField(
        required=False, label="Price above the included volume (USD per unit)", help_text="Fixed fee only."
    )

    def __init__(self, *args: Any, tasks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUANTITY_NAMES:
            # The style sheet puts away the empty quantities that the chosen model does not know.
            self.fields[name].widget.attrs["placeholder"] = " "
        field = self.fields["legal_task"]
        if isinstance(field, OwnedChoiceField):
            field.open(tasks)


class ValueForm(PlainForm):
    """The value of one sub-criterion of a bid; every value is kept with its reason."""

    value = NumberField(required=False)
    evidence = evidence_field()
    source = forms.CharField(
        max_length=300, required=False, help_text="Where the value comes from: offer, page, date, person."
    )
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why this value is given or changed. It stays on record and may be printed.",
        error_messages={
            "required": "Say in a few words why this value is given; it is kept with it.",
        },
    )

    def __init__(self, *args: Any, code: str, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sub = sub_criteria().get(code)
        if sub:
            describe_value(self.fields["value"], sub)
        else:
            self.fields["value"].label = f"Value ({unit})"


class AcceptanceForm(PlainForm):
    """Why a failed knock-out is accepted in writing."""

    reason = forms.CharField(
        required=False,
        max_length=1000,
        label="Acceptance or guarantee",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who accepted it, when, and on which terms. Empty: there is none, and the knock-out fails.",
    )


class AssumptionsForm(PlainForm):
    """All inputs of the business case; shares are typed as fractions of 1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in ASSUMPTIONS:
            self.fields[one.name] = NumberField(
                required=one.is_required,
                label=one.label,
                help_text=_hint(one),
                error_messages={"required": "Enter a number; 0 if there is none."},
            )
        for level in LEVELS:
            self.fields[ratio_field(level)] = NumberField(
                label=RATIO_LABELS[level],
                help_text="As a fraction, for example 0.08.",
                error_messages={"required": "Enter a share; 0 if nobody supervises."},
            )
        self.helper.layout = Layout(*(Fieldset(title, *names) for title, names in PARTS.items()))

    def assumptions(self) -> dict[str, Any]:
        """Give what was typed under the names of the business case; only after ``is_valid``."""
        data = self.cleaned_data
        given: dict[str, Any] = {
            one.name: int(data[one.name])
            if one.is_whole and data[one.name] == int(data[one.name])
            else data[one.name]
            for one in ASSUMPTIONS
            if data[one.name] is not None
        }
        given[RATIOS] = {level: data[ratio_field(level)] for level in LEVELS}
        return given

    def parts(self) -> list[tuple[str, list[tuple[Any, str]]]]:
        """Give each part with its fields and the stored values, as pages write them."""
        return [
            (title, [(self[name], shown_value(self.initial.get(name))) for name in names])
            for title, names in PARTS.items()
        ]

    def refuse(self, errors: Mapping[str, str]) -> None:
        """Put what the service refused beside the fields."""
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else ratio_field(LEVELS[0]), sentence)


def ratio_field(level: str) -> str:
    """Name the field of the supervision share of one practice-of-law level."""
    return f"ratio-{level}"


def stored_assumptions(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is stored under the names of the form."""
    ratios = stored.get(RATIOS) or {}
    values = {one.name: _typed(stored.get(one.name)) for one in ASSUMPTIONS}
    return values | {ratio_field(level): _typed(ratios.get(level)) for level in LEVELS}


def _typed(value: Any) -> float | None:
    return None if value is None else float(value)


def _hint(one: Assumption) -> str:
    if one.unit == "share":
        return "As a fraction: 0.7 is 70%."
    return one.unit if one.is_required else f"{one.unit}; optional"
