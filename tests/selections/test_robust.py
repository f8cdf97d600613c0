"""What the page says about random weights, unknown values, other methods and price rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

import records
from assessments.models import LegalTask, TaskAssessment
from selections.models import Bid, Selection
from selections.queries.robust import PriceRow, Prices, Robust, robust_section
from selections.queries.sure import looks
from selections.words import robust
from selections.words.basket import no_prices_words
from selections.words.reading import Reading
from tests import reference
from tests.selections.small import reading, two_criteria
from tests.selections.test_ranking_page import LIVE, text, url
from tests.selections.test_since import answer_like


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
    assert "Does the price rule decide?" in moved
    assert "Not computed: Cost has no weight, so no price rule can decide." in moved


def test_the_price_rule_stands_in_the_verdict_and_among_the_cards(sample: Any, client_for: Any) -> None:
    page = client_for(sample.manager).get(url(sample)).content.decode()
    statement = page.split('id="ranking-statement"')[1].split("</section>")[0]
    assert "Banyan Quay would be first under every rule." in statement
    assert 'href="#prices-title"' in statement
    card = page.split("<dt>Price rule</dt>")[1].split("</div>")[0]
    assert "Banyan Quay first" in card
    assert "under each of 5 rules" in card
    agreed = client_for(sample.manager).get(url(sample), {"w-COST": "60"}, headers=LIVE).content.decode()
    assert 'class="price-verdict' not in agreed
    assert "Same first" in agreed.split("<dt>Price rule</dt>")[1].split("</div>")[0]


def section(*awards: tuple[str, bool], moved_by: str = "") -> Robust:
    rows = tuple(PriceRow("Rule", "", name, agrees, moved_by) for name, agrees in awards)
    found = robust_section(two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)}), {"business_cases": {}})
    assert found is not None
    return replace(found, prices=Prices(rows, (), "", "", "") if rows else None)


def test_the_card_of_the_price_rule_says_how_many_agree() -> None:
    found = two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)})
    expected = {
        ("Same first", "Under each of 2 rules"): section(("Ashgrove", True), ("Ashgrove", True)),
        ("Hangs on a losing bid", "Under each of 1 rules"): section(("Ashgrove", True), moved_by="Cobalt"),
        ("1 of 2 rules agree", "Banyan first under the other"): section(
            ("Ashgrove", True), ("Banyan", False)
        ),
        ("0 of 2 rules agree", "Banyan or Cobalt first under the others"): section(
            ("Banyan", False), ("Cobalt", False)
        ),
        ("Not computed", "The section below says why"): section(),
    }
    for said, robust_of in expected.items():
        card = looks(found, robust_of)[-1]
        assert (card.answer, card.detail) == said
    assert all(look.question != "Price rule" for look in looks(found, None))


def test_a_section_that_cannot_be_computed_says_why(sample: Any, client_for: Any) -> None:
    client = client_for(sample.manager)
    answer_like("D11", "D15")
    TaskAssessment.objects.filter(legal_task__code="D11").update(annual_volume=None)
    words = text(client.get(url(sample)))
    name = LegalTask.objects.get(code="D11").name
    assert (
        f"Not computed: D11 {name} has no price in any bid and no known cost in-house "
        "(volume, hours per unit or staffing is missing)."
    ) in words
    assert "Not computedThe section below says why" in words.replace(" Show", "")
    TaskAssessment.objects.filter(legal_task__code="D07").update(hours_per_unit=None)
    words = text(client.get(url(sample)))
    assert "has no known cost in-house" in words
    assert f"D11 {name} has no price in any bid" in words


def test_what_each_bid_lacks_is_named_when_the_tasks_are_known() -> None:
    found, case = sample_reading(), reference.case_results()
    for code in ("V1", "V2", "V4", "V5", "V6", "V7", "V8"):
        case["business_cases"][code]["whole_basket"]["run_cost"] = None
        case["business_cases"][code]["missing"] = []
    case["business_cases"]["V1"]["missing"] = ["the productivity factor"]
    given = reference.case_inputs()
    assert no_prices_words(found, case, given) == (
        "Not computed: the business case of Ashgrove lacks the productivity factor."
    )


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"COST": 0}, "Not computed: Cost has no weight, so no price rule can decide."),
        (
            {"QUAL": 0, "SECU": 0, "COMM": 0},
            "Not computed: Cost carries all the weight, so there is no quality to weigh a price against.",
        ),
    ],
)
def test_without_two_sides_there_is_nothing_to_weigh(weights: dict[str, float], said: str) -> None:
    found = sample_reading(weights)
    assert no_prices_words(found, reference.case_results(), reference.case_inputs()) == said


def test_other_criteria_have_no_price() -> None:
    found = two_criteria({"Ashgrove": (90, 50), "Banyan": (50, 90)})
    assert "hold no all-in cost index" in no_prices_words(found, {}, {})


def test_one_that_is_left_and_a_shared_place_are_said(sample: Any, client_for: Any) -> None:
    alone = two_criteria({"Ashgrove": (90, 50)})
    assert robust.nothing_to_test(alone) == (
        "Not computed: only Ashgrove is left to rank, so no other provider could come first."
    )
    shared = two_criteria({"Ashgrove": (90, 50), "Banyan": (90, 50)})
    assert robust.nothing_to_flip(shared) == (
        "Not computed: Ashgrove and Banyan share the first place, so no weight is needed to change it."
    )
    assert robust.nothing_to_test(shared) == robust.nothing_to_flip(sample_reading()) == ""
    nobody = two_criteria({"Ashgrove": (90, 50)}, failed=("Ashgrove",))
    assert robust.nothing_to_test(nobody) == "Not computed: nobody is left to rank."
    Bid.objects.exclude(provider__code="V1").update(
        selection=Selection.objects.create(
            name="Elsewhere",
            assessment=sample.assessment,
            criteria_set=Selection.objects.get(pk=sample.selection.pk).criteria_set,
        )
    )
    words = text(client_for(sample.manager).get(url(sample)))
    assert "What could flip it? Not computed: only Ashgrove is left to rank" in words.replace("?Not", "? Not")
    assert "Other weights, unknown values, other methods, price rules" in words
