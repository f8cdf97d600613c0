"""Made-up content for the components page, in the shapes that the product's own templates take."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

import charting
from accounts.plain_forms import PlainForm
from assessments import words
from assessments.models import Outcome
from assessments.queries import GateChip
from charting import Chart
from providers.expiry import Expiry
from providers.models import EvidenceLevel
from selections.words.standing import STATUS_WORDS, UNTESTED, Standing

LEVELS = tuple(EvidenceLevel.values)
EXPIRIES = (
    Expiry("valid", "valid until 1 March 2028"),
    Expiry("soon", "expires 4 December 2026"),
    Expiry("expired", "expired 2 May 2026"),
)


@dataclass(frozen=True)
class Message:
    """What a page says after an action."""

    level_tag: str
    text: str

    def __str__(self) -> str:
        return self.text


MESSAGES = (
    Message("success", "Saved D16: Outsource, 2 conditions open."),
    Message("error", "Somebody else changed this meanwhile. Nothing was saved; look again and repeat."),
)


class SampleForm(PlainForm):
    """One field of each kind."""

    name = forms.CharField(label="Name", help_text="As on the contract.", max_length=80)
    email = forms.EmailField(label="Work e-mail")
    price = forms.CharField(label="Price", widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    model = forms.ChoiceField(label="Pricing model", choices=[("hourly", "Hourly"), ("unit", "Per unit")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    is_sure = forms.BooleanField(label="The figure was read from a document", required=False)


def wrong_form() -> SampleForm:
    """The form with two good answers, an address that is none and a field left empty."""
    return SampleForm({"name": "Ashgrove", "email": "ashgrove at example", "price": "", "model": "unit"})


def verdicts() -> tuple[words.Verdict, ...]:
    """Every outcome, with the restrictions that may stand beside it."""
    plain = [words.verdict(outcome=outcome, restriction=None) for outcome in (*Outcome.values, None)]
    limited = words.verdict(
        outcome=Outcome.OUTSOURCE, restriction="ONSHORE_US_PERSONS", conditions=4, open_conditions=3
    )
    return (*plain, limited)


def standings() -> tuple[Standing, ...]:
    """Every standing of a bid."""
    return (*(Standing(status, ("K03",), (), ()) for status in STATUS_WORDS), UNTESTED)


CHIPS = (
    GateChip("G03", "Export control", "stop", "stop", "stops"),
    GateChip("G05", "US persons", "limit", "flag", "limits"),
    GateChip("G08", "Client consent", "", "cond", "open"),
    GateChip("G04", "Privilege", "closed", "check", "closed"),
    GateChip("G11", "No documented process", "waived", "half", "waived", mark="waived"),
)


def charts() -> tuple[Chart, ...]:
    """One chart of each kind that pages draw."""
    return (
        Chart("chart-bars", _bars()),
        Chart("chart-quadrant", _quadrant()),
        Chart("chart-flips", _flips()),
        Chart("chart-money", _money()),
        Chart("chart-ranges", _ranges()),
    )


def _bars() -> charting.ChartSpec:
    criteria = (
        charting.Criterion("Cost", "C", "cost"),
        charting.Criterion("Quality", "Q", "qual"),
        charting.Criterion("Security", "S", "secu"),
        charting.Criterion("Communication", "M", "comm"),
    )
    parts = {"Ashgrove": (23.7, 26.2, 20.6, 13.1), "Banyan Quay": (26.1, 24.1, 21.3, 11.1)}
    rows = tuple(
        charting.ContributionRow(
            name, sum(own), f"{sum(own):.1f}", own, tuple(f"{p:.1f}" for p in own), True, ""
        )
        for name, own in parts.items()
    )
    return charting.contributions(
        rows,
        criteria,
        title="Why is Ashgrove first?",
        summary="Contribution of each criterion to the total.",
        lead=83.6,
        tie_margin=3,
        tie_label="within 3 points",
    )


def _quadrant() -> charting.ChartSpec:
    point = charting.QuadrantPoint
    points = (
        point(
            "D01", "First-level review", 76, 426_624, 2640, "76", "426,624", "2,640", "Outsource", "outsource"
        ),
        point("D05", "Pleadings", 47, 408_170, 980, "47", "408,170", "980", "Co-source", "cosource"),
        point("D06", "Court appearances", 19, 187_200, 360, "19", "187,200", "360", "Retain", "retain", True),
    )
    bands = (
        charting.Band(0, 42, "Retain"),
        charting.Band(42, 68, "Pilot"),
        charting.Band(68, 100, "Out", True),
    )
    return charting.quadrant(
        points,
        bands,
        title="Which work goes out?",
        summary="Across: score; up: cost; area: hours.",
        cost_unit="USD a year",
        tick_label=lambda at: f"{at:,.0f}",
    )


def _flips() -> charting.ChartSpec:
    row = charting.TornadoRow
    rows = (
        row(
            "Cost",
            "cost",
            0.3,
            0.196,
            0.384,
            "30 %",
            "19.6 to 38.4 %",
            "below: Dunmore",
            "above: Banyan Quay",
        ),
        row("Security", "secu", 0.25, 0, 0.422, "25 %", "0 to 42.2 %", "", "above: Dunmore"),
    )
    return charting.tornado(
        rows, title="What could flip it?", summary="Within its bar Ashgrove stays first.", first="Ashgrove"
    )


def _money() -> charting.ChartSpec:
    step = charting.Step
    steps = (
        step("In-house baseline", 2_735_237, "2,735,237", "total"),
        step("Provider fees", -1_491_113, "−1,491,113", "change"),
        step("Annual saving", 1_244_124, "1,244,124", "result"),
    )
    return charting.waterfall(
        steps,
        title="Where does the money come from?",
        summary="From the baseline to the saving.",
        unit="USD a year",
        tick_label=lambda at: f"{at:,.0f}",
        low=(805_207, "low"),
        high=(1_475_973, "high"),
    )


def _ranges() -> charting.ChartSpec:
    row = charting.IntervalRow
    rows = (row("Ashgrove", 805_207, 1_244_124, 1_475_973, "805,207", "1,244,124", "1,475,973"),)
    return charting.intervals(
        rows,
        title="How far does the saving reach?",
        summary="Low, base and high scenario.",
        unit="USD a year",
        tick_label=lambda at: f"{at:,.0f}",
    )
