"""What people choose on the portfolio page: filters, thresholds, productive hours (room: forms)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms

import figures
from assessments.forms import NumberField
from assessments.models import Outcome
from assessments.queries import UNSCORED
from assessments.queries_portfolio import Cut, Narrowed

# A person's year without leave, holidays and idle time. It only turns hours into people, and can be changed
# on the page; the business case has an assumption of its own.
USUAL_PRODUCTIVE_HOURS = 1650
MOST_HOURS = 8784
DEAREST = Decimal(10) ** 12
NUMBERS = ("score", "cost", "productive")


class PortfolioForm(forms.Form):
    """Everything stands in the address and nothing is stored; a number left empty is the usual one.

    A filter that is not understood is ignored, as on the task table. A number that is not understood stands
    in its field with a sentence beside it, and the page calculates with the usual one.
    """

    area = forms.CharField(max_length=80, required=False)
    outcome = forms.ChoiceField(
        choices=[(key, key) for key in ("", *Outcome.values, UNSCORED)], required=False
    )
    gate = forms.SlugField(max_length=8, required=False)
    score = NumberField(required=False)
    cost = NumberField(required=False)
    productive = NumberField(required=False)
    goes = forms.BooleanField(required=False)

    def __init__(self, sent: Mapping[str, Any], *, usual: Cut, areas: Sequence[str]) -> None:
        super().__init__(sent)
        self.usual, self.areas = usual, areas
        self.is_valid()

    def clean_area(self) -> str:
        """Leave an area that does not occur aside."""
        area = str(self.cleaned_data["area"])
        return area if area in self.areas else ""

    def clean_score(self) -> Decimal | None:
        """Keep it on the scale."""
        return self._within("score", Decimal(0), Decimal(100), "A score lies between 0 and 100.")

    def clean_cost(self) -> Decimal | None:
        """Keep it to amounts."""
        return self._within("cost", Decimal(0), DEAREST, "Enter an amount of 0 or more a year.")

    def clean_productive(self) -> Decimal | None:
        """Keep it to what a year holds."""
        sentence = f"Enter hours from 1 to {figures.count(MOST_HOURS)}; a year has no more."
        return self._within("productive", Decimal(1), Decimal(MOST_HOURS), sentence)

    def _within(self, name: str, low: Decimal, high: Decimal, sentence: str) -> Decimal | None:
        number: Decimal | None = self.cleaned_data[name]
        if number is not None and not low <= number <= high:
            raise forms.ValidationError(sentence)
        return number

    def narrowed(self) -> Narrowed:
        """Give the filters that could be understood."""
        data = self.cleaned_data
        return Narrowed(data.get("area", ""), data.get("outcome", ""), data.get("gate", ""))

    def cut(self) -> Cut:
        """Give the thresholds, the usual one where none or a wrong one was typed."""
        score, cost = self.cleaned_data.get("score"), self.cleaned_data.get("cost")
        return Cut(
            self.usual.score if score is None else float(score),
            self.usual.cost if cost is None else float(cost),
        )

    @property
    def productive_hours(self) -> float:
        """Productive hours of one person a year."""
        return float(self.cleaned_data.get("productive") or USUAL_PRODUCTIVE_HOURS)

    @property
    def only_going(self) -> bool:
        """Whether the sensitivity looks at tasks that go out alone."""
        return bool(self.cleaned_data.get("goes"))

    def shown(self) -> dict[str, str]:
        """Give what stands in the number fields: what was typed, or the usual figure."""
        cut = self.cut()
        usual = {"score": cut.score, "cost": cut.cost, "productive": self.productive_hours}
        typed = {name: str(self.data.get(name, "")).strip() for name in NUMBERS}
        return {name: typed[name] or figures.exact(usual[name]) for name in NUMBERS}

    def faults(self) -> dict[str, str]:
        """Give the sentence beside each wrong number."""
        return {
            name: " ".join(str(error) for error in self.errors[name])
            for name in NUMBERS
            if name in self.errors
        }

    def query(self) -> str:
        """Write the part of an address that leads to the same page, without what could not be understood."""
        data = self.cleaned_data
        parts = {name: data.get(name) for name in self.fields}
        parts["goes"] = "1" if self.only_going else ""
        return urlencode({name: str(part) for name, part in parts.items() if part not in {None, ""}})
