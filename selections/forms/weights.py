"""What people type on the ranking page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

import figures
from selections.words.measures import exact, trimmed

PREFIX = "w-"
SLIDE = "slide"
HEAVIEST = 1_000.0
LONGEST_SHOWN = 6


class WeightField(forms.CharField):
    """A weight as typed; becomes a float from 0 to 1,000."""

    def __init__(self, **kwargs: Any) -> None:
        too_long = "This is too long for a weight; enter a number like 30 or 7.5."
        super().__init__(required=False, max_length=40, error_messages={"max_length": too_long}, **kwargs)

    def clean(self, value: Any) -> float:
        """Give the number, or say in one sentence what is wrong with it."""
        text = str(super().clean(value)).strip()
        if not text:
            raise forms.ValidationError("Give a weight; 0 leaves it out.")
        try:
            number = float(figures.parse_number(text))
        except figures.UnreadableNumber as fault:
            raise forms.ValidationError(str(fault)) from fault
        if number < 0:
            raise forms.ValidationError("A weight cannot be below 0; 0 leaves it out.")
        if number > HEAVIEST:
            raise forms.ValidationError("Enter at most 1,000; weights count relative to each other.")
        return abs(number)  # turns -0 into 0


class WeightsForm(forms.Form):
    """One field for each criterion, named ``w-<code>``; what is not sent stays as adopted.

    ``tree``: criterion code → codes of its sub-criteria, in order. ``adopted``: stored weight by code.
    ``slide`` names the criterion whose slider moves: its field is then a share of 100 and the other criteria
    share the rest in the proportion they had (the rule "weight shift" of docs/method.md).
    """

    def __init__(
        self, sent: Mapping[str, Any], *, tree: Mapping[str, list[str]], adopted: Mapping[str, float]
    ) -> None:
        self.tree = tree
        self.adopted = adopted
        self.codes = [code for top, below in tree.items() for code in (top, *below)]
        self.is_what_if = any(PREFIX + code in sent for code in self.codes)
        slide = str(sent.get(SLIDE, ""))
        self.slide = slide if slide in tree else ""
        data = {PREFIX + code: sent.get(PREFIX + code, exact(adopted.get(code, 0.0))) for code in self.codes}
        super().__init__(data)
        for code in self.codes:
            self.fields[PREFIX + code] = WeightField()

    def clean(self) -> dict[str, Any]:
        """Refuse weights of which none counts."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if self.slide:
            self._share_the_rest(cleaned)
        if not any(cleaned[PREFIX + top] > 0 for top in self.tree):
            first = next(iter(self.tree))
            self.add_error(PREFIX + first, "All weights are 0; at least one must be above 0.")
        elif not any(self._counts(top, cleaned) for top in self.tree):
            top = next(top for top in self.tree if cleaned[PREFIX + top] > 0)
            self.add_error(PREFIX + top, "All its sub-criteria are 0; at least one must be above 0.")
        return cleaned

    def _share_the_rest(self, cleaned: dict[str, Any]) -> None:
        """Bring the criteria to a sum of 100 around the one that slides."""
        moved = min(100.0, cleaned[PREFIX + self.slide])
        others = [code for code in self.tree if code != self.slide]
        parts = {code: cleaned[PREFIX + code] for code in others}
        if not any(parts.values()):
            parts = {code: self.adopted.get(code, 0.0) or 0.0 for code in others}
        if not any(parts.values()):
            parts = dict.fromkeys(others, 1.0)
        total = sum(parts.values())
        cleaned[PREFIX + self.slide] = moved if others else cleaned[PREFIX + self.slide]
        for code, part in parts.items():
            cleaned[PREFIX + code] = part * (100.0 - moved) / total

    def _counts(self, top: str, cleaned: Mapping[str, float]) -> bool:
        below = self.tree[top]
        return cleaned[PREFIX + top] > 0 and any(cleaned[PREFIX + code] > 0 for code in below)

    def weights(self) -> dict[str, float]:
        """The weights by code; only after ``is_valid``."""
        return {code: self.cleaned_data[PREFIX + code] for code in self.codes}

    def shown(self) -> dict[str, str]:
        """What stands in each field: what was typed; what a slide made is shown with one decimal."""
        if not self.is_valid():
            return {code: str(self.data[PREFIX + code]) for code in self.codes}
        return {code: self._short(code, weight) for code, weight in self.weights().items()}

    def _short(self, code: str, weight: float) -> str:
        typed = str(self.data[PREFIX + code]).strip()
        is_typed = not self.slide and len(typed) <= LONGEST_SHOWN
        return typed if is_typed else trimmed(weight, 1)

    def faults(self) -> dict[str, str]:
        """The sentence beside each wrong field, by code."""
        return {
            name.removeprefix(PREFIX): " ".join(str(error) for error in errors)
            for name, errors in self.errors.items()
        }


class KeepForm(forms.Form):
    """Why a ranking is kept. ``ask`` stands beside the field where a reason is needed and missing."""

    reason = forms.CharField(
        label="Why is this ranking kept?",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Printed with the record and in the board report, for example: basis for the decision.",
    )

    def __init__(self, data: Any = None, *, ask: str = "") -> None:
        super().__init__(data)
        reason = self.fields["reason"]
        reason.required = bool(ask)
        reason.error_messages["required"] = ask
        if ask:
            reason.help_text = f"{ask} {reason.help_text}"
