"""What the page says about random weights, unknown values, other methods and price rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import records
from selections.queries.robust import robust_section
from selections.words import robust
from selections.words.reading import Reading
from tests import reference
from tests.selections.small import reading, two_criteria
from tests.selections.test_ranking_page import text, url


def test_the_share_of_weights_is_the_length_of_the_interval() -> None:
    """Of two criteria A leads where Cost weighs more than half: half of all weights, exactly."""
    found = two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)})
    said = robust.share_words(found)
    assert said.startswith("With 10,000 random sets of weights Ashgrove comes first in ")
    share = float(said.split(" in ")[1].split("%")[0])
    assert share == pytest.approx(50, abs=1.5)
    assert "give or take 1 point." in said


def test_somebody_who_is_first_more_often_is_named() -> None:
    """Ashgrove leads with the weights of today and in few others."""
    found = two_criteria({"Ashgrove": (100, 0), "Banyan": (80, 100)}, weights=(90, 10))
    assert found.ranking[0]["code"] == "V1"
    assert "Banyan does in " in robust.share_words(found)


def test_who_cannot_be_first_is_said_as_solved() -> None:
    found = two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90), "Cobalt": (40, 40)})
    assert (
        robust.never_first(found) == "Cobalt comes first with no weights at all: that is solved, not sampled."
    )
    assert robust.never_first(two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)})) == ""


def test_an_unknown_value_that_could_change_the_winner() -> None:
    found = two_criteria({"Ashgrove": (80, 50), "Banyan": (70, None)})
    assert robust.unknowns_words(found) == (
        "Finding out one value could put another provider first. Ask for the top one first."
    )
    (unknown,) = found.result["unknowns"]
    assert (
        robust.unknown_sentence(found, unknown)
        == "Qual measure of Banyan: at more than 65.0 points Banyan would be first."
    )
    section = robust_section(found, {"business_cases": {}})
    assert section is not None
    assert [row.now for row in section.unknown_rows] == ["not known"]


def test_a_range_of_the_first_may_fall() -> None:
    found = two_criteria({"Ashgrove": ({"low": 40, "high": 100}, 60), "Banyan": (60, 60)})
    (unknown,) = found.result["unknowns"]
    assert "at less than 60.0 points Banyan would be first" in robust.unknown_sentence(found, unknown)
    section = robust_section(found, {"business_cases": {}})
    assert section is not None
    assert section.unknown_rows[0].now == "40 to 100 points"


def test_a_method_that_differs_is_named_with_its_reason() -> None:
    found = reading(
        [{"code": code, "name": code, "weight": 1, "points": [[0, 0], [100, 1]]} for code in "ABC"],
        {"Uneven": {"A": 100, "B": 100, "C": 0}, "Even": {"A": 64, "B": 64, "C": 64}},
    )
    differs = [check for check in found.result["cross_checks"] if not check["agrees"]]
    assert differs
    assert "another provider first. The reason is given; it is no vote." in robust.checks_words(found)
    assert all(check["because"] for check in differs)


def test_one_provider_or_an_earlier_record_has_no_section() -> None:
    assert robust_section(two_criteria({"Ashgrove": (90, 50)}), {}) is None
    found = two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)})
    earlier = {name: part for name, part in found.result.items() if name != "robustness"}
    assert robust_section(Reading(found.decision, earlier), {}) is None


def sample_reading(weights: dict[str, float] | None = None) -> Reading:
    decision = records.decision_from_case(
        reference.case_inputs(),
        weights or {},
        reference.load("criteria"),
        results=reference.case_results(),
    )
    return Reading(decision, records.decide_document(decision))


def test_the_price_rules_of_the_sample() -> None:
    found = sample_reading()
    audit = records.audit_prices(reference.case_results(), found.decision, found.result)
    assert audit is not None
    assert len(audit["rules"]) == 5
    cases = reference.case_results()["business_cases"]
    assert audit["prices"]["V1"] == cases["V1"]["whole_basket"]["run_cost"]
    scores = found.rows["V1"]["by_criterion"]
    parts = [(30, "QUAL"), (25, "SECU"), (15, "COMM")]
    assert audit["quality"]["V1"] == pytest.approx(sum(w * scores[c] for w, c in parts) / 70)
    low, high = audit["band"]
    assert audit["money_per_point"] == pytest.approx(0.7 / 0.3 * (high - low) / 100)


@pytest.mark.parametrize("weights", [{"COST": 0}, {"QUAL": 0, "SECU": 0, "COMM": 0}])
def test_without_a_weight_of_price_or_of_the_rest_there_is_no_audit(weights: dict[str, float]) -> None:
    found = sample_reading(weights)
    assert records.audit_prices(reference.case_results(), found.decision, found.result) is None


def test_bids_whose_cost_is_unknown_are_left_out() -> None:
    found, case = sample_reading(), reference.case_results()
    case["business_cases"]["V2"]["whole_basket"]["run_cost"] = None
    audit = records.audit_prices(case, found.decision, found.result)
    assert audit is not None
    assert audit["left_out"] == ["V2"]
    assert "V2" not in audit["prices"]
    for code in ("V4", "V5", "V6", "V7", "V8"):
        case["business_cases"][code]["whole_basket"]["run_cost"] = None
    assert records.audit_prices(case, found.decision, found.result) is None


def rules(*awards: tuple[str, ...], moved: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"rule": "x", "award": award, "moved_by": moved} for award in awards]


def test_the_warning_names_the_graver_thing() -> None:
    found = sample_reading()
    assert robust.price_warning(found, rules(("V1",), ("V1",))) == ""
    assert "depends on how prices become points" in robust.price_warning(found, rules(("V1",), ("V2",)))
    assert "a bid that loses anyway" in robust.price_warning(found, rules(("V1",), moved=("V3",)))
    assert robust.price_warning(found, rules(("V2",))) == (
        "With the all-in price alone in place of the 6 sub-criteria of Cost, "
        "Banyan Quay would be first under every rule."
    )


def test_the_page_shows_all_of_it(sample: Any, client_for: Any) -> None:
    client: Client = client_for(sample.manager)
    words = text(client.get(url(sample)))
    assert "With 10,000 random sets of weights Ashgrove comes first in 42." in words
    assert "Three other methods put the same provider first." in words
    assert "would be first under every rule." in words
    assert "one point of quality is worth 38,293 USD a year" in words
    moved = text(client.get(url(sample) + "?w-COST=0&w-QUAL=100"))
    assert "Does the price rule decide?" not in moved
