"""Forms of the task pages: they parse and say what is wrong; services decide and save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from accounts.plain_forms import PlainForm
from assessments.models import Outcome, PracticeClass, RoleRate
from assessments.queries import CONDITIONS, EDGE, SORTS, UNSCORED, Filters
from assessments.queries_task import UNKNOWN
from figures import UnreadableNumber, parse_number

SHOWS = ("", UNSCORED, CONDITIONS, EDGE, *Outcome.values)


class FilterForm(forms.Form):
    """What the table is narrowed to; anything that is not understood is ignored."""

    show = forms.ChoiceField(choices=[(key, key) for key in SHOWS], required=False)
    q = forms.CharField(max_length=80, required=False)
    gate = forms.SlugField(max_length=8, required=False)
    sort = forms.ChoiceField(choices=[(key, key) for key in SORTS], required=False)
    down = forms.BooleanField(required=False)

    def filters(self) -> Filters:
        """Give what could be understood."""
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            show=data.get("show", ""),
            text=data.get("q", ""),
            gate=data.get("gate", ""),
            sort=data.get("sort") or "code",
            is_descending=bool(data.get("down")),
        )


class NumberField(forms.CharField):
    """A number as people type it, "1,900" or "0.8"; becomes a Decimal, or None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """Read the number, or say in a sentence what to type instead."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except UnreadableNumber as fault:
            raise forms.ValidationError(str(fault)) from fault


class TaskForm(PlainForm):
    """A legal task entered by hand."""

    name = forms.CharField(max_length=160, label="Legal task")
    practice_area = forms.CharField(max_length=80, required=False)
    practice_of_law = forms.ChoiceField(
        choices=PracticeClass.choices, initial=PracticeClass.SUPERVISED, label="Who may do the work"
    )
    annual_volume = NumberField(required=False, label="Volume a year")
    unit = forms.CharField(
        max_length=40, required=False, label="Unit", help_text="What is counted: contract, document, hour."
    )
    hours_per_unit = NumberField(
        required=False, label="Hours per unit", help_text="In-house hours for one unit."
    )
    turnaround_days = NumberField(
        required=False,
        label="Turnaround",
        help_text="Working days from request to finished work, as it is today.",
    )
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))


class RateForm(PlainForm):
    """One line of the role rates; a line left empty is no role."""

    code = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, required=False, label="Role")
    hourly_amount = NumberField(required=False, label="Amount per hour")
    kind = forms.ChoiceField(choices=RoleRate.Kind.choices, required=False, label="Saved hours are")
    basis = forms.CharField(max_length=200, required=False, label="What the rate holds")

    def clean(self) -> dict[str, Any]:
        """Ask for both, name and rate, or neither."""
        data = super().clean() or {}
        if data.get("name") and "hourly_amount" in data and data["hourly_amount"] is None:
            self.add_error("hourly_amount", "Enter the loaded cost of one hour.")
        if not data.get("name") and "name" in data and data.get("hourly_amount") is not None:
            self.add_error("name", "Give the role a name.")
        return data

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered, so that there is no role here."""
        return not self.cleaned_data.get("name") and self.cleaned_data.get("hourly_amount") is None


RateFormSet = forms.formset_factory(RateForm, extra=1, can_delete=True, max_num=60, absolute_max=60)


@dataclass
class Change:
    """What one post of the editor asks for; only parts that were sent are there."""

    facts: dict[str, Any] = field(default_factory=dict)
    levels: dict[str, int | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    seen: datetime | None = None
    faults: dict[str, list[str]] = field(default_factory=dict)


_TEXTS = ("name", "practice_area", "unit", "practice_of_law", "note", "counsel_note")
_NUMBERS = ("annual_volume", "hours_per_unit", "turnaround_days")
_WHY = {"flags_reason": "flags", "practice_reason": "practice_of_law"}


def read_change(post: QueryDict) -> Change:
    """Read the fields of the editor that were sent, one or all."""
    fields = {key: str(post.get(key, "")) for key in post}
    change = Change(seen=_moment(fields.get("seen", "")))
    change.facts.update({key: fields[key] for key in _TEXTS if key in fields})
    change.why.update({of: fields[key] for key, of in _WHY.items() if key in fields})
    for key in _NUMBERS:
        if key in fields:
            _read_number(change, key, fields[key])
    if "has-flags" in fields:
        change.facts["flags"] = [str(flag) for flag in post.getlist("flags")]
    if "has-mix" in fields:
        _read_mix(change, fields)
    for key, text in fields.items():
        kind, dash, factor = key.partition("-")
        if dash and kind == "level":
            _read_level(change, factor, text)
        elif dash and kind == "reason":
            change.reasons[factor] = text
    # A factor that nobody answered sends an empty reason with the whole form; that is no answer.
    change.reasons = {
        code: text for code, text in change.reasons.items() if text or f"level-{code}" in fields
    }
    return change


def read_ticked(post: QueryDict) -> dict[int, datetime]:
    """Read the tasks that were ticked, each with the moment at which the page showed it: "12@2026-…".

    What no page of ours sends is left out, so that nothing is confirmed which nobody saw.
    """
    ticked = {}
    for text in post.getlist("tasks"):
        key, _, shown = text.partition("@")
        moment = _moment(shown)
        if moment is not None and moment.tzinfo and key.isascii() and key.isdigit() and len(key) < 19:
            ticked[int(key)] = moment
    return ticked


def _moment(text: str) -> datetime | None:
    """When the form was shown; None when it did not say so in a way we wrote."""
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _read_number(change: Change, key: str, text: str) -> None:
    try:
        change.facts[key] = parse_number(text) if text.strip() else None
    except UnreadableNumber as fault:
        change.faults[key] = [str(fault)]


def _read_level(change: Change, factor: str, text: str) -> None:
    if text == UNKNOWN:
        change.levels[factor] = None
    elif text in {"1", "2", "3", "4", "5"}:
        change.levels[factor] = int(text)
    else:
        change.faults[f"level-{factor}"] = [
            f"A level from 1 to 5 or “don’t know” is needed, not “{text[:20]}”."
        ]


def _read_mix(change: Change, fields: Mapping[str, str]) -> None:
    shares: dict[str, float] = {}
    for key, text in fields.items():
        if not key.startswith("mix-") or not text.strip():
            continue
        try:
            shares[key.removeprefix("mix-")] = float(parse_number(text, allow_percent=True)) / 100
        except UnreadableNumber as fault:
            change.faults["staffing_mix"] = [str(fault)]
    if "staffing_mix" not in change.faults:
        change.facts["staffing_mix"] = shares
