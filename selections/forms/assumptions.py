"""What people type as assumptions of the business case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crispy_forms.layout import Fieldset, Layout

from accounts.plain_forms import PlainForm
from providers.forms import NumberField
from providers.reference import shown_value
from selections.assumptions import ASSUMPTIONS, LEVELS, RATIOS, Assumption

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
