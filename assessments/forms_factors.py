"""Forms of the draft of a factor set: they parse, services decide and save (room: forms)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

import figures
from accounts.plain_forms import PlainForm
from assessments import words
from assessments.forms import NumberField
from assessments.forms_needs import moment
from assessments.models import FactorDraft, PracticeClass
from assessments.rulebook import LEVELS, Rulebook
from assessments.services import FactorGiven, GateGiven, OwnCondition
from assessments.services.draft_gates import MOST_CONDITIONS
from assessments.tightening import effects_at_least

# Longer than anything that is kept, so that the services say how much fits.
_LONG = 2_000
Json = Mapping[str, Any]


class DraftForm(PlainForm):
    """What every form about the draft carries: when its page was made."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: FactorDraft, **kwargs: Any) -> None:
        initial = {"seen": draft.updated_at.isoformat(), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_seen(self) -> Any:
        """The moment, or None where it was not said in a way we wrote."""
        return moment(self.cleaned_data["seen"])


class ReasonForm(DraftForm):
    """A reason for something that reports print."""

    reason = forms.CharField(max_length=_LONG, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CommentForm(DraftForm):
    """What somebody says who adopts a proposal or sends it back."""

    comment = forms.CharField(max_length=_LONG, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class PointsForm(DraftForm):
    """Points of every factor and the start of every band."""

    def __init__(self, *args: Any, draft: FactorDraft, **kwargs: Any) -> None:
        book = Rulebook(draft.content)
        self.weights = [f"weight-{factor.code}" for factor in book.factors]
        self.bands = [f"band-{band.code}" for band in book.bands]
        shown = {f"weight-{one.code}": figures.exact(one.weight) for one in book.factors}
        shown |= {f"band-{one.code}": figures.exact(one.start) for one in book.bands}
        super().__init__(*args, draft=draft, initial=shown, **kwargs)
        for name in (*self.weights, *self.bands):
            self.fields[name] = NumberField(required=False)

    def given(self) -> dict[str, Any]:
        """Give the numbers by code."""
        data = self.cleaned_data
        return {
            "weights": {name.removeprefix("weight-"): data.get(name) for name in self.weights},
            "bands": {name.removeprefix("band-"): data.get(name) for name in self.bands},
        }


class FactorForm(DraftForm):
    """What a factor is called, asked and what its levels mean; direction and points of a new one."""

    name = forms.CharField(max_length=_LONG, required=False, label="Name")
    question = forms.CharField(
        max_length=_LONG, required=False, label="Question", widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, draft: FactorDraft, code: str = "", **kwargs: Any) -> None:
        book = Rulebook(draft.content)
        factor = next((one for one in book.factors if one.code == code), None)
        shown: dict[str, Any] = {}
        if factor is not None:
            shown = {"name": factor.name, "question": factor.question}
            shown |= {f"anchor-{level}": factor.anchors.get(level, "") for level in LEVELS}
        super().__init__(*args, draft=draft, initial=shown, **kwargs)
        for level in LEVELS:
            self.fields[f"anchor-{level}"] = forms.CharField(
                max_length=_LONG, required=False, label=f"Level {level} means"
            )
        if factor is None:
            self.fields["direction"] = forms.ChoiceField(
                label="A high level speaks for",
                choices=[("outsourcing", "outsourcing"), ("keeping", "keeping the work")],
                error_messages={"required": "Say what a high level speaks for."},
            )
            self.fields["weight"] = NumberField(
                required=False,
                label="Points",
                help_text="The weight. Until a task is answered here it has no score, unless this is 0.",
            )

    def given(self) -> FactorGiven:
        """Give what was typed."""
        data = self.cleaned_data
        return FactorGiven(
            name=data["name"],
            question=data["question"],
            anchors={level: data.get(f"anchor-{level}", "") for level in LEVELS},
            favours_outsourcing=data.get("direction") != "keeping",
            weight=data.get("weight"),
        )


@dataclass(frozen=True)
class Threshold:
    """One factor with its two level fields."""

    name: str
    code: str
    least: forms.BoundField
    most: forms.BoundField


@dataclass(frozen=True)
class ConditionRow:
    """The fields of one condition that the organisation adds."""

    number: int
    text: forms.BoundField
    lawyer: forms.BoundField
    hours: forms.BoundField
    consent: forms.BoundField


class GateForm(DraftForm):
    """A gate: an own one in full, a shipped one only where it can become stricter."""

    def __init__(
        self, *args: Any, draft: FactorDraft, shipped: Json | None, code: str = "", **kwargs: Any
    ) -> None:
        self.book, self.shipped = Rulebook(draft.content), shipped or {}
        self.gate = self.book.gates.get(code)
        super().__init__(*args, draft=draft, initial=self._shown(), **kwargs)
        if shipped is None:
            self.fields["name"] = forms.CharField(max_length=_LONG, required=False, label="Name")
            self.fields["rule"] = forms.CharField(
                max_length=_LONG, required=False, label="Rule", widget=forms.Textarea(attrs={"rows": 2})
            )
        precedence = draft.content["gate_precedence"]
        allowed = effects_at_least(self.shipped["effect"]) if self.shipped else tuple(precedence)
        self.fields["effect"] = forms.ChoiceField(
            choices=[(one, words.EFFECTS[one]) for one in reversed(precedence) if one in allowed],
            label="Effect",
            error_messages={
                "required": "Choose an effect.",
                "invalid_choice": "Choose one of the effects listed here.",
            },
        )
        self._add_triggers()
        self._add_conditions()

    def _shown(self) -> dict[str, Any]:
        gate = self.gate
        if gate is None:
            return {}
        shown: dict[str, Any] = {"name": gate.name, "rule": gate.rule, "effect": gate.effect}
        shown["flags"] = gate.trigger.get("flags_any", ())
        shown["practices"] = gate.trigger.get("practice_of_law_any", ())
        for key in ("factor_min", "factor_max"):
            shown |= {f"{key}-{code}": str(level) for code, level in gate.trigger.get(key, {}).items()}
        own = [text for text in gate.conditions if text not in self.shipped.get("conditions", ())]
        for number, text in enumerate(own, start=1):
            asks = gate.asks.get(text, {})
            shown |= {f"condition-{number}": text}
            shown |= {f"{part}-{number}": asks.get(part) for part in ("lawyer", "hours", "consent")}
        return shown

    def _add_triggers(self) -> None:
        kept = self.shipped.get("trigger", {})
        flags = [flag for flag in self.book.flags if flag.code not in kept.get("flags_any", ())]
        self.fields["flags"] = _several([(one.code, one.meaning or one.code) for one in flags])
        classes = [one for one in PracticeClass.choices if one[0] not in kept.get("practice_of_law_any", ())]
        self.fields["practices"] = _several([(str(value), str(label)) for value, label in classes])
        for name in ("flags", "practices"):
            chosen = dict(self.fields[name].choices)  # type: ignore[attr-defined]  # a choice field
            self.initial[name] = [one for one in self.initial.get(name, ()) if one in chosen]
        for factor in self.book.factors:
            least, most = (kept.get(key, {}).get(factor.code) for key in ("factor_min", "factor_max"))
            at_least = [level for level in LEVELS if least is None or int(level) <= least]
            at_most = [level for level in LEVELS if most is None or int(level) >= most]
            self.fields[f"factor_min-{factor.code}"] = _level(at_least, is_kept=least is not None)
            self.fields[f"factor_max-{factor.code}"] = _level(at_most, is_kept=most is not None)

    def _add_conditions(self) -> None:
        for number in range(1, MOST_CONDITIONS + 1):
            self.fields[f"condition-{number}"] = forms.CharField(max_length=_LONG, required=False)
            self.fields[f"lawyer-{number}"] = forms.BooleanField(required=False)
            self.fields[f"hours-{number}"] = forms.BooleanField(required=False)
            self.fields[f"consent-{number}"] = forms.CharField(max_length=_LONG, required=False)

    def thresholds(self) -> Iterator[Threshold]:
        """Give the level fields of every factor."""
        for factor in self.book.factors:
            fields = (self[f"{key}-{factor.code}"] for key in ("factor_min", "factor_max"))
            yield Threshold(factor.name, factor.code, *fields)

    def condition_rows(self) -> Iterator[ConditionRow]:
        """Give the fields of every condition that may be added."""
        for number in range(1, MOST_CONDITIONS + 1):
            parts = ("condition", "lawyer", "hours", "consent")
            yield ConditionRow(number, *(self[f"{part}-{number}"] for part in parts))

    def given(self) -> GateGiven:
        """Give what was chosen and typed."""
        data = self.cleaned_data
        return GateGiven(
            effect=data["effect"],
            flags=data["flags"],
            practices=data["practices"],
            factor_min=self._levels("factor_min"),
            factor_max=self._levels("factor_max"),
            conditions=[
                OwnCondition(
                    data[f"condition-{number}"],
                    data[f"lawyer-{number}"],
                    data[f"hours-{number}"],
                    data[f"consent-{number}"],
                )
                for number in range(1, MOST_CONDITIONS + 1)
            ],
            name=data.get("name", ""),
            rule=data.get("rule", ""),
        )

    def _levels(self, key: str) -> dict[str, int | None]:
        chosen = {factor.code: self.cleaned_data[f"{key}-{factor.code}"] for factor in self.book.factors}
        return {code: int(level) if level else None for code, level in chosen.items()}


def _several(choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list."},
    )


def _level(levels: list[str], *, is_kept: bool) -> forms.ChoiceField:
    """A level, or none; the threshold of a shipped gate cannot be taken away."""
    none = [] if is_kept else [("", figures.DASH)]
    return forms.ChoiceField(
        choices=[*none, *((level, level) for level in levels)],
        required=is_kept,
        error_messages={
            "required": "The shipped gate fires on this factor; choose a level.",
            "invalid_choice": "Choose one of the levels listed here.",
        },
    )


class CompareForm(forms.Form):
    """Which two versions to compare; what is not understood counts as not chosen."""

    before = forms.IntegerField(min_value=1, required=False)
    after = forms.IntegerField(min_value=1, required=False)

    def chosen(self) -> tuple[int | None, int | None]:
        """Give both versions, None where none was chosen."""
        self.is_valid()
        return self.cleaned_data.get("before"), self.cleaned_data.get("after")
