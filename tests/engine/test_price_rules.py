"""Price rules: each formula by hand, and who moves whom."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, PriceAudit, PricedBid, RuleOutcome, price_audit

CALM = settings(deadline=None, max_examples=60)
ABSOLUTE = ("absolute_band", "quality_in_money")


def audit(*bids: tuple[str, float, float], weight: float = 0.5, **given: Any) -> PriceAudit:
    return price_audit([PricedBid(*bid) for bid in bids], price_weight=weight, **given)


def by_rule(found: PriceAudit) -> dict[str, RuleOutcome]:
    return {outcome.rule: outcome for outcome in found.rules}


def price_points(prices: list[float], rule: str, **given: Any) -> list[float]:
    """Points for the price alone."""
    bids = [(f"B{place}", price, 0.0) for place, price in enumerate(prices)]
    return list(by_rule(audit(*bids, weight=1, **given))[rule].totals.values())


def test_absolute_band() -> None:
    points = price_points([40, 50, 80, 150, 151], "absolute_band", band=(50, 150))
    assert points == pytest.approx([100, 100, 70, 0, 0])


def test_lowest_over_price() -> None:
    """The example of the British Digital Marketplace: 15,000, 10,000 and 30,000 give ⅔, 1 and ⅓."""
    assert price_points([15_000, 10_000, 30_000], "lowest_over_price") == pytest.approx(
        [200 / 3, 100, 100 / 3]
    )
    assert price_points([0, 5, 0], "lowest_over_price") == [100, 0, 100]


def test_linear_min_max() -> None:
    assert price_points([100, 150, 300], "linear_min_max") == pytest.approx([100, 75, 0])
    assert price_points([7, 7], "linear_min_max") == [100, 100]
    assert price_points([7], "linear_min_max") == [100]


def test_relative_to_mean() -> None:
    """Mean 100: 50 points there, one point for each percent, ends at 0 and 100."""
    assert price_points([100, 90, 140, 70], "relative_to_mean") == pytest.approx([50, 60, 10, 80])
    assert price_points([10, 10, 10, 370], "relative_to_mean") == pytest.approx([100, 100, 100, 0])
    assert price_points([0, 0], "relative_to_mean") == [50, 50]


def test_quality_in_money() -> None:
    """1,000 − 3 × 80 = 760 is less than 900 − 3 × 40 = 780, whatever the weight of price."""
    outcome = by_rule(audit(("A", 900, 40), ("B", 1_000, 80), weight=1, money_per_point=3))[
        "quality_in_money"
    ]
    assert outcome.totals == {"A": 780, "B": 760}
    assert (outcome.award, outcome.better) == (("B",), "lower")


def test_totals_weigh_price_against_quality() -> None:
    """30 % of 70 points for the price and 70 % of 90 for quality."""
    outcome = by_rule(audit(("A", 80, 90), ("B", 50, 0), weight=0.3, band=(50, 150)))["absolute_band"]
    assert outcome.totals == pytest.approx({"A": 21 + 63, "B": 30})
    assert (outcome.award, outcome.better, outcome.without) == (("A",), "higher", {"B": ("A",)})


def test_rules_with_parameters_are_tried_where_these_are_given() -> None:
    found = audit(("A", 80, 90), ("B", 1_234_567, 0))
    assert [one.rule for one in found.rules] == ["lowest_over_price", "linear_min_max", "relative_to_mean"]
    found = audit(("A", 80, 90), ("B", 50, 0), band=(0, 1_234_567.5), money_per_point=1500)
    assert [one.rule for one in found.rules][::4] == list(ABSOLUTE)
    assert found.rules[0].name == "absolute band"
    assert found.rules[4].name == "quality in money"
    assert all(one.formula for one in found.rules)


# With C, A and B are close for min–max and for the mean, so that quality decides; without, B is the dearest.
THREE = (("A", 100, 60), ("B", 130, 80), ("C", 400, 10))


def test_a_losing_bid_that_moves_the_first_place_is_exposed() -> None:
    found = audit(*THREE, band=(40, 400), money_per_point=2)
    outcome = by_rule(found)["linear_min_max"]
    assert outcome.totals == pytest.approx({"A": 80, "B": 85, "C": 5})
    assert (outcome.award, outcome.moved_by) == (("B",), ("C",))
    assert outcome.without == {"A": ("B",), "C": ("A",)}
    assert found.findings == (
        "The first place depends on the rule: B under ‘absolute band’, ‘linear min–max’, "
        "‘relative to mean’ and ‘quality in money’; A under ‘lowest over price’.",
        "Under ‘linear min–max’ the first place goes from B to A when the losing bid C is withdrawn.",
        "Under ‘relative to mean’ the first place goes from B to A when the losing bid C is withdrawn.",
    )


def test_losers_with_one_effect_share_a_sentence() -> None:
    """20 dearer costs A 1000/mean points, and 12 of quality give it 6: B is ahead for means below 166⅔.

    The mean is 180, without C or D 156⅔. For min–max, one of C and D is enough to set the scale.
    """
    found = audit(("A", 120, 60), ("B", 100, 48), ("C", 250, 0), ("D", 250, 0))
    assert by_rule(found)["relative_to_mean"].moved_by == ("C", "D")
    assert by_rule(found)["linear_min_max"].moved_by == ()
    assert found.findings[1:] == (
        "Under ‘relative to mean’ the first place goes from A to B when one of the losing bids C and D "
        "is withdrawn.",
    )


def test_nothing_depends_on_anything() -> None:
    found = audit(("A", 100, 90), ("B", 130, 80), ("C", 400, 10), band=(40, 400))
    assert found.findings == (
        "The first place goes to A under each of the 4 rules, whichever one losing bid is withdrawn.",
    )


def test_alone_and_level() -> None:
    alone = audit(("A", 100, 90), band=(40, 400), money_per_point=1)
    assert alone.findings == ("A is the only bid.",)
    assert all((one.award, one.without, one.moved_by) == (("A",), {}, ()) for one in alone.rules)
    level = audit(("A", 100, 90), ("B", 100, 90), ("C", 200, 80), money_per_point=1)
    assert all(one.award == ("A", "B") for one in level.rules)
    assert level.findings[0].startswith("The first place goes to A and B together under each of the 4 rules")


def test_level_up_to_rounding_whatever_a_losing_bid_costs() -> None:
    """0.3 − 3 × 0.1 is not exactly 0, and 100 is not level with 200 because somebody asks for 10¹⁴."""
    outcome = by_rule(audit(("A", 0.3, 3), ("B", 0, 0), ("C", 1e14, 3), money_per_point=0.1))[
        "quality_in_money"
    ]
    assert (outcome.award, outcome.moved_by) == (("A", "B"), ())
    outcome = by_rule(audit(("A", 100, 0), ("B", 200, 0), ("C", 1e14, 3), money_per_point=0))[
        "quality_in_money"
    ]
    assert (outcome.award, outcome.moved_by) == (("A",), ())


def test_sentences_use_names() -> None:
    bids = [PricedBid(code, price, quality, f"Bid {code}") for code, price, quality in THREE]
    found = price_audit(bids, price_weight=0.5)
    assert found.findings[1] == (
        "Under ‘linear min–max’ the first place goes from Bid B to Bid A when the losing bid Bid C is "
        "withdrawn."
    )


BIDS = st.lists(
    st.tuples(st.integers(0, 40).map(float), st.integers(0, 10).map(lambda n: n * 10.0)),
    min_size=1,
    max_size=6,
)
WEIGHT = st.sampled_from([0, 0.3, 0.5, 1])


def audit_of(rows: Any, weight: float, unit: float = 1) -> PriceAudit:
    bids = [PricedBid(f"B{place}", price * unit, quality) for place, (price, quality) in enumerate(rows)]
    return price_audit(bids, price_weight=weight, band=(5 * unit, 30 * unit), money_per_point=0.3 * unit)


@CALM
@given(BIDS, WEIGHT)
def test_no_losing_bid_moves_a_rule_with_declared_scales(rows: Any, weight: float) -> None:
    found = by_rule(audit_of(rows, weight))
    for rule in ABSOLUTE:
        assert found[rule].moved_by == ()
    for outcome in found.values():
        assert set(outcome.without) == set(outcome.totals) - set(outcome.award)
        assert all(loser not in award for loser, award in outcome.without.items())
        if outcome.better == "higher":
            assert all(-1e-9 <= total <= 100 + 1e-9 for total in outcome.totals.values())


@CALM
@given(BIDS, WEIGHT, st.sampled_from([1e-3, 1.0, 1e6]))
def test_withdrawing_is_the_same_as_never_having_been_there(rows: Any, weight: float, unit: float) -> None:
    found = audit_of(rows, weight, unit)
    for outcome in found.rules:
        for loser, award in outcome.without.items():
            rest = [PricedBid(f"B{p}", x, q) for p, (x, q) in enumerate(rows) if f"B{p}" != loser]
            again = price_audit(rest, price_weight=weight, band=(5, 30), money_per_point=0.3)
            assert by_rule(again)[outcome.rule].award == award


@CALM
@given(BIDS, WEIGHT, st.randoms(use_true_random=False))
def test_order_changes_nothing(rows: Any, weight: float, random: Any) -> None:
    bids = [PricedBid(f"B{place}", *row) for place, row in enumerate(rows)]
    shuffled = random.sample(bids, len(bids))
    before, after = (by_rule(price_audit(some, price_weight=weight)) for some in (bids, shuffled))
    for rule, outcome in before.items():
        assert set(after[rule].award) == set(outcome.award)
        assert after[rule].totals == pytest.approx(dict(outcome.totals), abs=1e-9)


@CALM
@given(BIDS, WEIGHT)
def test_a_bid_that_is_dearer_and_worse_is_never_alone_in_front(rows: Any, weight: float) -> None:
    for outcome in audit_of(rows, weight).rules:
        price, quality = rows[int(outcome.award[0][1:])]
        if len(outcome.award) == 1:
            assert not any(p < price and q > quality for p, q in rows)


A, B = PricedBid("A", 1, 50), PricedBid("B", 2, 50)


@pytest.mark.parametrize(
    ("bids", "given", "message"),
    [
        ([], {}, "bids: a list with at least one bid"),
        (None, {}, "bids: a list with at least one bid"),
        ("AB", {}, "bids: a list with at least one bid"),
        ([PricedBid(f"B{k}", 1, 1) for k in range(2_001)], {}, "bids: there are more than 2000 bids"),
        ([A, ("B", 1, 2)], {}, "bids[1]: a PricedBid is needed, not tuple"),
        ([A, A], {}, 'bids[1].code: the code "A" is used twice'),
        ([dataclasses.replace(A, code="")], {}, 'bids[0].code: a text is needed, not ""'),
        ([dataclasses.replace(A, code=1)], {}, "bids[0].code: a text is needed, not 1"),
        ([dataclasses.replace(A, name=None)], {}, "bids[0].name: must be text"),
        ([A, dataclasses.replace(B, price=-1)], {}, "bids[1].price: -1 is below 0"),
        ([A, dataclasses.replace(B, price=2e15)], {}, "bids[1].price: 2e+15 is above 1e+15"),
        ([A, dataclasses.replace(B, price=math.nan)], {}, "bids[1].price: NaN"),
        ([A, dataclasses.replace(B, price=math.inf)], {}, "bids[1].price: an infinite"),
        ([A, dataclasses.replace(B, price=True)], {}, "bids[1].price: a true/false"),
        ([A, dataclasses.replace(B, price=None)], {}, "bids[1].price: a number is needed, not null"),
        ([A, dataclasses.replace(B, quality=101)], {}, "bids[1].quality: 101 is above 100"),
        ([A, dataclasses.replace(B, quality="9")], {}, 'bids[1].quality: a number is needed, not "9"'),
        ([A, B], {"price_weight": 1.1}, "price_weight: 1.1 is above 1"),
        ([A, B], {"price_weight": -0.1}, "price_weight: -0.1 is below 0"),
        ([A, B], {"price_weight": None}, "price_weight: a number is needed, not null"),
        ([A, B], {"band": (2, 1)}, "band: the high price must be above the low one (1 is not above 2)"),
        ([A, B], {"band": (1, 1)}, "band: the high price must be above the low one"),
        ([A, B], {"band": (-1, 1)}, "band[0]: -1 is below 0"),
        ([A, B], {"band": (1, math.nan)}, "band[1]: NaN"),
        ([A, B], {"band": (1,)}, "band: a low and a high price are needed"),
        ([A, B], {"band": 3}, "band: a low and a high price are needed"),
        ([A, B], {"money_per_point": -1}, "money_per_point: -1 is below 0"),
        ([A, B], {"money_per_point": "1"}, 'money_per_point: a number is needed, not "1"'),
    ],
)
def test_bad_bids_are_refused(bids: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        price_audit(bids, **{"price_weight": 0.5, **given})
    assert str(caught.value).startswith(message)
