"""What can be typed into the weights panel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selections.forms.weights import WeightsForm

TREE = {"COST": ["C1", "C2"], "QUAL": ["Q1"], "COMM": ["M1"]}
ADOPTED = {"COST": 50.0, "C1": 60.0, "C2": 40.0, "QUAL": 30.0, "Q1": 1.0, "COMM": 20.0, "M1": 1.0}


def form(**sent: str) -> WeightsForm:
    named = {("slide" if name == "slide" else f"w-{name}"): value for name, value in sent.items()}
    return WeightsForm(named, tree=TREE, adopted=ADOPTED)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-1", "below 0"),
        ("−1", "below 0"),
        ("abc", "is not a number"),
        ("NaN", "is not a number"),
        ("inf", "is not a number"),
        ("1e400", "is not a number"),
        ("1e3", "is not a number"),
        ("7,5", "can be read in two ways"),
        ("", "0 leaves it out"),
        ("   ", "0 leaves it out"),
        ("1001", "at most 1,000"),
        ("9" * 39, "at most 1,000"),
        ("9" * 41, "too long"),
        ("<script>", "is not a number"),
    ],
)
def test_a_wrong_weight_gets_a_sentence_beside_its_field(typed: str, words: str) -> None:
    found = form(COST=typed)
    assert not found.is_valid()
    assert list(found.faults()) == ["COST"]
    assert words in found.faults()["COST"]
    assert found.shown()["COST"] == typed


def test_all_weights_zero_is_refused() -> None:
    found = form(COST="0", QUAL="0", COMM="0")
    assert found.faults() == {"COST": "All weights are 0; at least one must be above 0."}


def test_weights_that_leave_no_sub_criterion_are_refused() -> None:
    found = form(COST="10", C1="0", C2="0", QUAL="0", COMM="0")
    assert "All its sub-criteria are 0" in found.faults()["COST"]


def test_minus_zero_is_zero() -> None:
    found = form(COST="-0")
    assert found.is_valid()
    assert str(found.weights()["COST"]) == "0.0"


def test_what_is_not_sent_stays_as_adopted() -> None:
    found = form(COST="40")
    assert found.is_valid()
    assert found.weights() == {**ADOPTED, "COST": 40.0}
    assert not form().is_what_if


@given(st.floats(0, 100), st.lists(st.floats(0, 100), min_size=2, max_size=2))
def test_a_slide_keeps_the_sum_at_100_and_the_others_in_proportion(moved: float, rest: list[float]) -> None:
    found = form(slide="COST", COST=f"{moved:.6f}", QUAL=f"{rest[0]:.6f}", COMM=f"{rest[1]:.6f}")
    if not found.is_valid():
        assert float(f"{moved:.6f}") == 0
        return
    weights = found.weights()
    assert weights["COST"] + weights["QUAL"] + weights["COMM"] == pytest.approx(100)
    quality, communication = float(f"{rest[0]:.6f}"), float(f"{rest[1]:.6f}")
    if quality + communication > 0:
        assert weights["QUAL"] * communication == pytest.approx(weights["COMM"] * quality, abs=1e-6)


def test_a_slide_from_100_gives_the_others_their_adopted_proportion() -> None:
    found = form(slide="COST", COST="50", QUAL="0", COMM="0")
    assert found.is_valid()
    assert (found.weights()["QUAL"], found.weights()["COMM"]) == (30.0, 20.0)


def test_an_unknown_slider_changes_nothing() -> None:
    found = form(slide="NONE", COST="40")
    assert found.is_valid()
    assert found.weights()["QUAL"] == 30.0


def test_a_slide_shows_one_decimal_and_typed_text_stays() -> None:
    slid = form(slide="COST", COST="45", QUAL="30", COMM="20")
    assert slid.shown()["QUAL"] == "33"
    assert form(COST="33.333").shown()["COST"] == "33.333"
    assert form(COST="33.333333333333336").shown()["COST"] == "33.3"
