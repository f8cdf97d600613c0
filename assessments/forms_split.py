"""The form that splits a legal task, and the one for own assessments; services decide and save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from accounts.plain_forms import PlainForm
from assessments.forms import NumberField
from assessments.models import TaskAssessment
from assessments.queries_task import UNKNOWN
from assessments.services import OpinionGiven, SplitGiven, Way
from figures import UnreadableNumber, parse_number

# Longer than anything that is kept, so that the services say how much fits.
_LONG = 4_000


class PercentField(NumberField):
    """A share in percent, "60" or "60%"."""

    def clean(self, value: Any) -> Any:
        """Read the number, or say in a sentence what to type instead."""
        text = forms.CharField.clean(self, value)
        if not text:
            return None
        try:
            return parse_number(text, allow_percent=True)
        except UnreadableNumber as fault:
            raise forms.ValidationError(str(fault)) from fault


class SplitForm(PlainForm):
    """Where the line is and what goes out."""

    out_name = forms.CharField(required=False, max_length=_LONG, label="The part that goes out")
    stays_name = forms.CharField(required=False, max_length=_LONG, label="The part that stays")
    way = forms.ChoiceField(
        choices=Way.choices,
        initial=Way.HOURS,
        label="What goes out",
        required=False,
        widget=forms.RadioSelect,
    )
    share = PercentField(required=False, label="Its share in %")
    number = NumberField(
        required=False,
        label="Or its number",
        help_text="Of hours per unit or of units a year, as chosen above. Share or number, not both.",
    )
    reason = forms.CharField(
        required=False,
        max_length=_LONG,
        label="Where the line is, and why",
        help_text="Every member reads this.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, row: TaskAssessment, **kwargs: Any) -> None:
        name = row.legal_task.name[:140]
        shown = {"out_name": f"{name}: routine part", "stays_name": f"{name}: judgement part"}
        super().__init__(*args, initial=shown, **kwargs)

    def given(self) -> SplitGiven:
        """Give what was typed."""
        return SplitGiven(**self.cleaned_data)


class JoinForm(PlainForm):
    """Take a split back."""

    sure = forms.BooleanField(
        required=True,
        label="Join the parts; what was changed in them since is given up",
        error_messages={"required": "Tick the box to join the parts."},
    )


def read_opinions(post: QueryDict, *, may_note: bool) -> tuple[dict[str, OpinionGiven], dict[str, list[str]]]:
    """Read the factors for which a level was chosen; a reason without a level is a fault beside it."""
    given: dict[str, OpinionGiven] = {}
    faults: dict[str, list[str]] = {}
    keys = {key.partition("-")[2] for key in post if key.startswith(("level-", "reason-", "note-"))}
    for factor in sorted(keys):
        text, reason = post.get(f"level-{factor}", ""), post.get(f"reason-{factor}", "")
        note = post.get(f"note-{factor}", "") if may_note else ""
        if not text:
            if reason.strip() or note.strip():
                faults[f"level-{factor}"] = ["Choose a level, or “don’t know”, for what you wrote here."]
            continue
        try:
            given[factor] = OpinionGiven(read_level(text), reason, note)
        except forms.ValidationError as fault:
            faults[f"level-{factor}"] = fault.messages
    return given, faults


def read_level(text: str) -> int | None:
    """Read a level; None is "don't know". Raises ``ValidationError``."""
    if text == UNKNOWN:
        return None
    if text not in {"1", "2", "3", "4", "5"}:
        raise forms.ValidationError(f"A level from 1 to 5 or “don’t know” is needed, not “{text[:20]}”.")
    return int(text)
