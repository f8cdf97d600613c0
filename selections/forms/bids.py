"""What people type about bids: who bids, prices, values, written acceptances, assumptions."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.plain_forms import PlainForm
from accounts.tenancy import OwnedChoiceField
from assessments.models import LegalTask
from providers.forms import AmountField, NumberField, date_field, describe_value, evidence_field
from providers.models import Provider
from providers.reference import sub_criteria
from selections.models import BidLine, Selection
from selections.services import QUANTITY_NAMES


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
