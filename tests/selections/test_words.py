"""The sentences about a ranking, in every case a ranking can be in."""

from __future__ import annotations

import copy
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

import records
from selections.words import (
    flip_sentence,
    holds_words,
    lead_words,
    measures,
    nearest_ends,
    smallest_score_change,
    statement,
    threshold,
    weight_ends,
)
from selections.words.reading import Reading
from selections.words.shifts import ten_point_shifts
from tests.selections.small import group, leaf, reading, two_criteria


def said(found: Reading) -> str:
    return " ".join(str(sentence) for sentence in statement(found).sentences)


def test_a_lead_and_what_would_flip_it() -> None:
    found = two_criteria({"Ashgrove": (90, 40), "Banyan": (50, 80)})
    assert lead_words(found) == "Ashgrove leads Banyan by 8.0 points."
    assert str(flip_sentence(found)) == (
        "Banyan would lead if Cost weighed less than 50.0 (now 60), or Quality more than 50.0 (now 40)."
    )
    assert "a tie" not in said(found)


def test_a_lead_under_the_margin_is_called_a_tie_and_sent_to_a_pilot() -> None:
    found = two_criteria({"Ashgrove": (80, 40), "Banyan": (60, 66)})
    assert lead_words(found) == "Ashgrove leads Banyan by 1.6 points: a tie."
    assert "A lead under 3 points is settled by a pilot, not by a decimal." in said(found)


def test_a_lead_just_under_the_margin_never_reads_as_the_margin() -> None:
    found = two_criteria({"Ashgrove": (82.97, 50), "Banyan": (78, 50)})
    assert lead_words(found) == "Ashgrove leads Banyan by 2.98 points: a tie."
    exactly = two_criteria({"Ashgrove": (80, 50), "Banyan": (75, 50)})
    assert lead_words(exactly) == "Ashgrove leads Banyan by 3.0 points."


def test_a_shared_first_place_has_no_flip() -> None:
    found = two_criteria({"Ashgrove": (70, 70), "Banyan": (70, 70), "Cobalt": (10, 10)})
    assert said(found) == (
        "Ashgrove and Banyan share the first place with 70.0 points. "
        "These scores cannot decide between them; a pilot can."
    )
    assert holds_words(found, "COST") is None


def test_a_single_provider_and_nobody() -> None:
    one = two_criteria({"Ashgrove": (70, 70)})
    assert said(one) == "Ashgrove is the only provider left to rank, with 70.0 points."
    rest = two_criteria({"Ashgrove": (70, 70), "Banyan": (90, 90)}, failed=("Banyan",))
    assert lead_words(rest) == "Ashgrove is the only provider left to rank, with 70.0 points."
    nobody = two_criteria({"Ashgrove": (70, 70)}, failed=("Ashgrove",))
    assert said(nobody) == "Nobody is left to rank: the only bid failed a knock-out."
    none = two_criteria({"A": (1, 1), "B": (2, 2)}, failed=("A", "B"))
    assert said(none) == "Nobody is left to rank: all 2 bids failed a knock-out."
    assert ten_point_shifts(none) == []


def test_a_provider_better_on_everything_cannot_be_flipped_by_a_weight() -> None:
    found = two_criteria({"Ashgrove": (90, 90), "Banyan": (50, 60)})
    assert str(flip_sentence(found)) == "No weight of any criterion can change the winner."
    assert str(holds_words(found, "COST")) == "Holds 0–100; no weight of it can change the winner"


def test_one_criterion_that_cannot_flip_is_named_beside_those_that_can() -> None:
    found = reading(
        [group("COST", 50), group("QUAL", 30), group("SECU", 20)],
        {
            "Ashgrove": {"COST-1": 80, "QUAL-1": 50, "SECU-1": 70},
            "Banyan": {"COST-1": 20, "QUAL-1": 90, "SECU-1": 40.0},
        },
    )
    flip = found.flips["SECU"]
    assert (flip["low_winner"], flip["high_winner"]) == (None, None)
    assert "No weight of Security can change the winner." in said(found)


def test_a_group_with_one_child_says_nothing_about_the_child() -> None:
    found = two_criteria({"Ashgrove": (90, 40), "Banyan": (50, 80)})
    assert str(holds_words(found, "COST-1")) == "Carries all the weight of its group"


def test_a_criterion_that_carries_all_the_weight() -> None:
    found = two_criteria({"Ashgrove": (90, 40), "Banyan": (50, 80)}, weights=(60, 0))
    assert str(flip_sentence(found)) == "Banyan would lead if Quality weighed more than 50.0 (now 0)."
    assert str(holds_words(found, "COST")) == "Carries all the weight of its group"
    assert str(holds_words(found, "QUAL")) == "Holds 0–50.0; above 50.0 Banyan"
    shifts = ten_point_shifts(found)
    assert {shift.code for shift in shifts} == {"QUAL"}
    better = two_criteria({"Ashgrove": (90, 90), "Banyan": (50, 80)}, weights=(60, 0))
    assert str(flip_sentence(better)) == "Cost carries all the weight, so nothing is weighed against it."


def test_a_weight_inside_a_criterion_is_named_when_it_flips_sooner() -> None:
    found = reading(
        [group("COST", 50, leaf("FEE", 50), leaf("RISK", 50)), group("QUAL", 50)],
        {
            "Ashgrove": {"FEE-1": 90, "RISK-1": 20, "QUAL-1": 60},
            "Banyan": {"FEE-1": 20, "RISK-1": 86, "QUAL-1": 59},
        },
    )
    assert found.result["flips"]["nearest"]["code"] in {"FEE-1", "RISK-1"}
    assert "Nearest of all, within Cost:" in said(found)


def test_no_main_criterion_flips_but_a_sub_criterion_does() -> None:
    found = reading(
        [group("COST", 50, leaf("FEE", 60), leaf("RISK", 40))],
        {"Ashgrove": {"FEE-1": 90, "RISK-1": 20}, "Banyan": {"FEE-1": 40, "RISK-1": 80}},
    )
    assert "Cost carries all the weight" in said(found)
    assert "within Cost" in said(found)


def test_thresholds_stay_apart_from_the_weight_now() -> None:
    found = two_criteria({"Ashgrove": (60.01, 40), "Banyan": (40, 70)})
    text = str(flip_sentence(found))
    end = nearest_ends(found)[0]
    assert threshold(end) != "60.0"
    assert f"less than {threshold(end)} (now 60)" in text


def test_hostile_names_come_out_as_they_are() -> None:
    found = two_criteria({"<script>alert(1)</script>": (90, 40), "#panic() 中 \u202e": (50, 80)})
    assert "<script>alert(1)</script> leads #panic() 中" in said(found)


names = st.sampled_from(["COST", "QUAL", "SECU", "COMM"])
points = st.integers(min_value=0, max_value=100)


@st.composite
def cases(draw: st.DrawFn) -> Reading:
    codes = ["COST", "QUAL", "SECU", "COMM"][: draw(st.integers(2, 4))]
    weights = [draw(st.integers(1, 60)) for _ in codes]
    providers = draw(st.integers(2, 5))
    scores = {f"P{place}": {f"{code}-1": draw(points) for code in codes} for place in range(1, providers + 1)}
    return reading([group(code, weight) for code, weight in zip(codes, weights, strict=True)], scores)


def first_with(found: Reading, code: str, share: float) -> str:
    """Rank again with one share moved and the others sharing the rest as before."""
    decision: dict[str, Any] = copy.deepcopy(dict(found.decision))
    now = found.local[code]
    for node in decision["criteria"]:
        local = found.local[node["code"]]
        node["weight"] = share if node["code"] == code else local * (1 - share) / (1 - now)
    return str(records.decide_document(decision)["ranking"][0]["code"])


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_flip_in_words_is_true_just_beyond_what_is_said_and_false_just_before(found: Reading) -> None:
    assume(len(found.firsts) == 1)
    first = found.ranking[0]["code"]
    for end in weight_ends(found, found.top):
        text = threshold(end)
        step = 10.0 ** -len(text.partition(".")[2]) / 100
        beyond = float(text) / 100 + (-step if end.is_below else step)
        if 0 < beyond < 1:
            assert first_with(found, end.node.code, beyond) != first
        assert first_with(found, end.node.code, end.at + (1e-7 if end.is_below else -1e-7)) == first
        exactly = end.at - 1e-7 if end.is_below else end.at + 1e-7
        assert first_with(found, end.node.code, exactly) == end.winner


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_weight_is_only_said_where_no_weight_works(found: Reading) -> None:
    assume(len(found.firsts) == 1)
    first = found.ranking[0]["code"]
    for node in found.top:
        flip = found.flips[node.code]
        if flip["low_winner"] is None and flip["high_winner"] is None and flip["weight"] < 1:
            for share in (0.0, 0.2, 0.4, 0.6, 0.8, 0.999):
                again = first_with(found, node.code, share)
                assert again == first or share_ties(found, node.code, share)


def share_ties(found: Reading, code: str, share: float) -> bool:
    """Whether today's first is still level with the best after the move."""
    decision: dict[str, Any] = copy.deepcopy(dict(found.decision))
    now = found.local[code]
    for node in decision["criteria"]:
        node["weight"] = (
            share if node["code"] == code else found.local[node["code"]] * (1 - share) / (1 - now)
        )
    rows = records.decide_document(decision)["ranking"]
    return any(row["code"] == found.ranking[0]["code"] and row["rank"] == 1 for row in rows)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_the_smallest_score_change_is_true(found: Reading) -> None:
    assume(len(found.firsts) == 1)
    change = smallest_score_change(found)
    if change is None:
        return
    nudge = 1e-6 if change.to > change.now else -1e-6
    decision: dict[str, Any] = copy.deepcopy(dict(found.decision))
    for entry in decision["alternatives"]:
        if entry["code"] == change.provider:
            entry["scores"][change.node.code] = change.to + nudge
    rows = records.decide_document(decision)["ranking"]
    if 0 < change.to + nudge < 100:
        assert rows[0]["code"] == change.winner


@settings(max_examples=60, deadline=None)
@given(cases())
def test_ten_point_shifts_agree_with_ranking_again(found: Reading) -> None:
    assume(len(found.firsts) == 1)
    for shift in ten_point_shifts(found):
        moved = min(1.0, max(0.0, found.local[shift.code] + shift.change))
        again = first_with(found, shift.code, moved)
        assert again == shift.winner or share_ties(found, shift.code, moved)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (30.0, 25.714285714285715, ("30", "25.7")),
        (30.0, 45.0, ("30", "45")),
        (30.0, 30.04, ("30", "30.04")),
        (30.0, 30.000000000000004, ("30", "30")),
    ],
)
def test_a_weight_before_and_after_has_one_decimal_unless_both_would_read_alike(
    before: float, after: float, shown: tuple[str, str]
) -> None:
    assert measures.before_after(before, after) == shown


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("% of staff", "62.1% of staff"), ("%", "62.1%"), ("hours", "62.1 hours"), ("count", "62.1")],
)
def test_a_percent_sign_follows_its_number(unit: str, shown: str) -> None:
    assert measures.with_unit("62.1", unit) == shown
