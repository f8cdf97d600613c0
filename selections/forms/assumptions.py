"""What people type as assumptions of the business case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

import figures
from accounts.plain_forms import PlainForm
from figures import UnreadableNumber, parse_number
from providers.forms import NumberField
from selections.assumptions import ASSUMPTIONS, LEVELS, RATIOS, Assumption
from selections.words.assumptions import SHARE, as_percent

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


MOST_SUPERVISION = 10.0  # ten hours of supervision for each hour of the provider


class FigureField(NumberField):
    """A number with separators between thousands, as pages write it."""

    def prepare_value(self, value: Any) -> Any:
        """Write a stored number; what was typed stays as it is."""
        return figures.exact(value) if isinstance(value, float) else value


class PercentField(NumberField):
    """A percentage, "70" or "70%", of something that is stored as a fraction of 1."""

    def __init__(self, *, lowest: float, highest: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest = lowest, highest

    def prepare_value(self, value: Any) -> Any:
        """Write a stored fraction as a percentage; what was typed stays as it is."""
        return as_percent(value) if isinstance(value, float) else value

    def clean(self, value: Any) -> Any:
        """Read the percentage, or say in a sentence what to type instead."""
        text = forms.CharField.clean(self, value)
        if not text:
            return None
        try:
            number = parse_number(text, allow_percent=True)
        except UnreadableNumber as fault:
            raise forms.ValidationError(str(fault)) from fault
        if 0 < abs(number) <= 1 and not text.endswith("%"):
            # Shares were typed as fractions before; nobody shall get 0.7% who means 70%.
            percent, hundredfold = figures.exact(number), figures.exact(number * 100)
            raise forms.ValidationError(
                f"“{text}” can be read in two ways: type {percent}% or {hundredfold}%, with the sign."
            )
        fraction = float(number / Decimal(100))
        if not self.lowest <= fraction <= self.highest:
            lowest, highest = as_percent(self.lowest), as_percent(self.highest)
            raise forms.ValidationError(f"Enter a percentage from {lowest} to {highest}.")
        return fraction


class AssumptionsForm(PlainForm):
    """All inputs of the business case; shares are typed as percentages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in ASSUMPTIONS:
            self.fields[one.name] = _field(one)
        for level in LEVELS:
            self.fields[ratio_field(level)] = PercentField(
                lowest=0.0,
                highest=MOST_SUPERVISION,
                label=RATIO_LABELS[level],
                help_text=PERCENT,
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

    def parts(self) -> list[tuple[str, list[tuple[Any, str, str]]]]:
        """Give each part with its fields, their units and the stored values, as pages write them."""
        return [
            (title, [(self[name], self._unit(name), self._shown(name)) for name in names])
            for title, names in PARTS.items()
        ]

    def _unit(self, name: str) -> str:
        field = self.fields[name]
        return "percent" if isinstance(field, PercentField) else str(field.help_text)

    def _shown(self, name: str) -> str:
        stored = self.initial.get(name)
        return "" if stored is None else str(self.fields[name].prepare_value(stored))

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


PERCENT = "in percent, for example 70%"


def _field(one: Assumption) -> NumberField:
    facts = {
        "required": one.is_required,
        "label": one.label,
        "error_messages": {"required": "Enter a number; 0 if there is none."},
    }
    if one.unit == SHARE:
        return PercentField(lowest=one.lowest, highest=one.highest, help_text=PERCENT, **facts)
    return FigureField(help_text=one.unit if one.is_required else f"{one.unit}; optional", **facts)
