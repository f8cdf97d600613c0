"""The award by bundle: by hand, against trying every award, and what is refused."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    Allocation,
    AllocationConflict,
    Bidder,
    Bundle,
    BundleOffer,
    InvalidInput,
    _solve,
    allocate,
    allocation_program,
)

BUNDLES = [
    Bundle("B1", ("T1", "T2"), in_house_cost=100, in_house_quality=60),
    Bundle("B2", ("T3",), in_house_cost=60, in_house_quality=60),
    Bundle("B3", ("T4",), in_house_cost=40, in_house_quality=60),
]
ASH = Bidder(
    "ASH", {"B1": BundleOffer(50, 500, 90), "B2": BundleOffer(30, 300, 80), "B3": BundleOffer(30, 200, 80)}
)
ELM = Bidder("ELM", {"B1": BundleOffer(60, 450, 70), "B2": BundleOffer(25, 350, 70)})


def award(*bidders: Bidder, bundles: Any = BUNDLES, **limits: Any) -> Allocation:
    found = allocate(bundles, list(bidders) or [ASH, ELM], **limits)
    assert isinstance(found, Allocation)
    return found


def conflict(*bidders: Bidder, bundles: Any = BUNDLES, **limits: Any) -> AllocationConflict:
    found = allocate(bundles, list(bidders) or [ASH, ELM], **limits)
    assert isinstance(found, AllocationConflict)
    return found


def prices(found: Allocation) -> dict[tuple[str, str | None], tuple[float, float]]:
    return {(row.constraint.kind, row.constraint.subject): (row.without, row.price) for row in found.prices}


def test_without_limits_each_bundle_goes_to_the_cheapest() -> None:
    found = award()
    assert found.assignment == {"B1": "ASH", "B2": "ELM", "B3": "ASH"}
    assert (found.cost, found.transition_cost, found.used) == (105, 0, ("ASH", "ELM"))
    assert found.hours == {"ASH": 700, "ELM": 350}
    assert found.shares == {"ASH": 0.7, "ELM": 0.3}
    assert found.quality == pytest.approx((90 * 100 + 70 * 60 + 80 * 40) / 200)
    assert found.prices == ()
    assert found.next_best is not None
    assert found.next_best.assignment == {"B1": "ASH", "B2": "ASH", "B3": "ASH"}
    assert (found.next_best.cost, found.next_best.behind) == (110, 5)


def test_a_transition_cost_is_paid_once_for_each_provider_that_is_used() -> None:
    found = award(ASH, replace(ELM, transition_cost=6))
    assert (found.used, found.cost, found.transition_cost) == (("ASH",), 110, 0)
    both = award(replace(ASH, transition_cost=3), replace(ELM, transition_cost=4))
    assert (both.used, both.cost, both.transition_cost) == (("ASH", "ELM"), 112, 7)
    dear = award(replace(ASH, transition_cost=91), replace(ELM, transition_cost=76))
    assert (dear.used, dear.cost) == ((), 200)
    assert set(dear.assignment.values()) == {None}


def test_every_limit_has_its_price() -> None:
    found = award(replace(ASH, capacity=600), ELM)
    assert found.assignment == {"B1": "ASH", "B2": "ELM", "B3": None}
    assert prices(found) == {("capacity", "ASH"): (105, 10)}
    assert prices(award(max_providers=1)) == {("max_providers", None): (105, 5)}
    assert prices(award(max_providers=2)) == {("max_providers", None): (105, 0)}
    spread = award(concentration=0.5)
    assert spread.assignment == {"B1": "ASH", "B2": "ELM", "B3": None}
    assert prices(spread) == {("concentration", None): (105, 10)}
    excluded = award(replace(ASH, excluded_tasks={"T2"}), ELM)
    assert excluded.assignment["B1"] == "ELM"
    assert prices(excluded) == {("excluded_tasks", "ASH"): (105, 10)}
    choosy = award(bundles=[BUNDLES[0], replace(BUNDLES[1], minimum_quality=75), BUNDLES[2]])
    assert choosy.assignment["B2"] == "ASH"
    assert prices(choosy) == {("minimum_quality", "B2"): (105, 5)}
    assert prices(award(budget=105)) == {("budget", None): (105, 0)}


def test_prices_are_sorted_and_a_limit_that_nobody_feels_is_not_listed() -> None:
    found = award(replace(ASH, capacity=600, excluded_tasks={"T9"}), ELM, max_providers=1)
    assert [row.price for row in found.prices] == sorted((row.price for row in found.prices), reverse=True)
    assert {row.constraint.kind for row in found.prices} == {"capacity", "max_providers"}
    assert found.prices[0].constraint.words == "ASH can do no more than 600 hours"


def test_the_highest_quality_within_a_budget() -> None:
    free = award(objective="quality")
    assert free.assignment == {"B1": "ASH", "B2": "ASH", "B3": "ASH"}
    assert free.quality == pytest.approx(85)
    tight = award(objective="quality", budget=108)
    assert tight.assignment == {"B1": "ASH", "B2": "ELM", "B3": "ASH"}
    assert prices(tight)["budget", None] == (pytest.approx(85), pytest.approx(3))
    assert tight.next_best is None
    assert free.next_best is not None
    assert free.next_best.behind == pytest.approx(3)  # B2 to ELM: 10 points less on 0.3 of the value


def test_the_own_department_is_not_held_to_the_minimum_quality() -> None:
    bundles = [replace(row, minimum_quality=99) for row in BUNDLES]
    assert award(bundles=bundles).used == ()


def test_equal_awards_are_settled_by_quality_and_then_by_code() -> None:
    twin = replace(ASH, code="BAY")
    assert award(twin, ASH).assignment == {"B1": "ASH", "B2": "ASH", "B3": "ASH"}
    better = replace(ASH, code="ZED", offers={**ASH.offers, "B2": BundleOffer(30, 300, 81)})
    found = award(ASH, better)
    assert found.assignment == {"B1": "ASH", "B2": "ZED", "B3": "ASH"}
    assert found.next_best is not None
    assert found.next_best.behind == 0
    unknown = replace(better, offers={**better.offers, "B3": BundleOffer(30)})
    assert award(ASH, unknown).assignment == {"B1": "ASH", "B2": "ASH", "B3": "ASH"}
    same = Bidder("YEW", {"B1": BundleOffer(100, 0, 60)})
    assert award(same, bundles=BUNDLES[:1]).used == ("YEW",)


def test_nobody_bids() -> None:
    found = allocate(BUNDLES, [])
    assert isinstance(found, Allocation)
    assert (found.cost, found.used, found.next_best, found.shares) == (200, (), None, {})


def test_what_is_not_known_stays_open() -> None:
    found = award(Bidder("ASH", {"B1": BundleOffer(1)}), bundles=[Bundle("B1")])
    assert (found.quality, found.shares, found.next_best) == (None, {}, None)
    assert award(Bidder("ASH", {"B1": BundleOffer(1)}), bundles=[Bundle("B1", value=2)]).quality is None


def test_a_bundle_that_nobody_can_take_is_named() -> None:
    found = conflict(ELM, bundles=[*BUNDLES[:2], replace(BUNDLES[2], in_house_cost=None)])
    assert [(row.kind, row.subject) for row in found.together] == [("no_offer", "B3")]
    assert found.words == "No award is possible: nobody offers B3, and it cannot stay in-house."
    assert found.ways_out == ()


def test_a_conflict_names_what_cannot_be_met_together_and_the_ways_out() -> None:
    bundles = [replace(row, in_house_cost=None, value=1) for row in BUNDLES]
    found = conflict(replace(ASH, capacity=150), ELM, bundles=bundles, max_providers=2, concentration=0.9)
    assert [(row.kind, row.subject) for row in found.together] == [("capacity", "ASH")]
    assert [(way.constraint.kind, way.objective) for way in found.ways_out] == [("capacity", 105)]
    two = conflict(replace(ASH, capacity=800), ELM, bundles=bundles, max_providers=1)
    assert {row.kind for row in two.together} == {"capacity", "max_providers"}
    assert [(way.constraint.kind, way.objective) for way in two.ways_out] == [
        ("max_providers", 105),
        ("capacity", 110),
    ]
    assert two.words == (
        "No award is possible: ASH can do no more than 800 hours; no more than 1 provider(s) may win. "
        "It is enough to drop one of these: no more than 1 provider(s) may win; or: ASH can do no more than "
        "800 hours."
    )


def test_where_one_constraint_less_is_not_enough_there_is_no_single_way_out() -> None:
    bundles = [replace(row, in_house_cost=None, value=1, minimum_quality=95) for row in BUNDLES]
    found = conflict(bundles=bundles)
    assert [(row.kind, row.subject) for row in found.together] == [("minimum_quality", "B3")]
    assert found.ways_out == ()


def test_words_of_every_kind() -> None:
    bundles = [replace(row, in_house_cost=None, value=1) for row in BUNDLES]
    barred = replace(ASH, excluded_tasks={"T4"})
    assert (
        "ASH may not take a bundle with a task that it is excluded from"
        in conflict(barred, bundles=bundles).words
    )
    assert (
        "no provider may win more than 10 % of the value"
        in conflict(bundles=bundles, concentration=0.1).words
    )
    assert "the total cost may not be above 100" in conflict(bundles=bundles, budget=100).words
    worse = conflict(bundles=[replace(row, minimum_quality=95) for row in bundles]).words
    assert "an offer for B3 needs a quality of at least 95" in worse
    quality = conflict(bundles=bundles, budget=100, objective="quality")
    assert [way.objective for way in quality.ways_out] == [pytest.approx((90 + 80 + 80) / 3)]


def test_sums_that_only_rounding_puts_above_a_limit_are_kept() -> None:
    offers = {"B1": BundleOffer(1, 0.1), "B2": BundleOffer(1, 0.2), "B3": BundleOffer(1, 0)}
    assert 0.1 + 0.2 > 0.3
    assert award(Bidder("ASH", offers, capacity=0.3)).cost == 3
    assert award(Bidder("ASH", offers, capacity=0.3 - 1e-7)).cost > 3


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Bundle], list[Bidder], dict[str, Any]]:
    amount = st.integers(0, 12).map(float)
    maybe = st.one_of(st.none(), amount)
    codes = draw(st.permutations(["B1", "B2", "B3", "B4"]))[: draw(st.integers(1, 4))]
    tasks = {code: (f"T{code[1]}", "T9" if code == "B1" else "T8") for code in codes}
    quality = st.integers(0, 4).map(lambda n: 25.0 * n)
    bundles = [
        Bundle(
            code,
            tasks[code],
            draw(maybe),
            draw(quality),
            draw(st.sampled_from([None, None, 50.0])),
            draw(amount),
        )
        for code in codes
    ]
    bidders = []
    for name in draw(st.permutations(["P", "Q", "R"]))[: draw(st.integers(0, 3))]:
        offered = [code for code in codes if draw(st.integers(0, 3)) > 0]
        offers = {code: BundleOffer(draw(amount), draw(amount), draw(quality)) for code in offered}
        excluded = draw(st.sampled_from([(), (), ("T9",), ("T2", "T3")]))
        bidders.append(Bidder(name, offers, draw(maybe), draw(st.sampled_from([0.0, 3.0])), excluded))
    limits = {
        "max_providers": draw(st.sampled_from([None, 1, 2])),
        "concentration": draw(st.sampled_from([None, 0.5, 0.75])),
        "budget": draw(st.one_of(st.none(), st.integers(0, 40).map(float))),
        "objective": draw(st.sampled_from(["cost", "quality"])),
    }
    if limits["objective"] == "quality" and not any(row.value for row in bundles):
        bundles[0] = replace(bundles[0], value=1.0)
    return bundles, bidders, limits


def by_trying(
    bundles: list[Bundle], bidders: list[Bidder], limits: dict[str, Any], dropped: Any = None
) -> list[Any]:
    """Every award that keeps to the constraints (but one), the best first, with its objective."""
    bundles, bidders = sorted(bundles, key=lambda b: b.code), sorted(bidders, key=lambda b: b.code)
    total = sum(row.value or 0 for row in bundles)
    found = []
    for chosen in itertools.product([*bidders, None], repeat=len(bundles)):
        cost = quality = 0.0
        hours = dict.fromkeys((bid.code for bid in bidders), 0.0)
        value = dict(hours)
        is_allowed = True
        for row, bid in zip(bundles, chosen, strict=True):
            if bid is None:
                is_allowed &= row.in_house_cost is not None
                cost += row.in_house_cost or 0
                quality += (row.in_house_quality or 0) * (row.value or 0)
                continue
            offer = bid.offers.get(row.code)
            if offer is None:
                is_allowed = False
                break
            is_barred = bool(set(row.tasks) & set(bid.excluded_tasks))
            is_allowed &= not is_barred or dropped == ("excluded_tasks", bid.code)
            is_poor = row.minimum_quality is not None and offer.quality < row.minimum_quality
            is_allowed &= not is_poor or dropped == ("minimum_quality", row.code)
            cost += offer.cost
            quality += offer.quality * (row.value or 0)
            hours[bid.code] += offer.hours
            value[bid.code] += row.value or 0
        used = {bid.code for bid in chosen if bid is not None}
        cost += sum(bid.transition_cost for bid in bidders if bid.code in used)
        for bid in bidders:
            is_over = bid.capacity is not None and hours[bid.code] > bid.capacity
            is_allowed &= not is_over or dropped == ("capacity", bid.code)
        most, share, budget = limits["max_providers"], limits["concentration"], limits["budget"]
        is_allowed &= most is None or len(used) <= most or dropped == ("max_providers", None)
        is_allowed &= (
            share is None
            or max(value.values(), default=0) <= share * total
            or dropped == ("concentration", None)
        )
        is_allowed &= budget is None or cost <= budget or dropped == ("budget", None)
        if is_allowed:
            names = {row.code: bid.code if bid else None for row, bid in zip(bundles, chosen, strict=True)}
            order = [name or "~" for name in names.values()]
            is_cost = limits["objective"] == "cost"
            key = (cost, -quality, order) if is_cost else (-quality, cost, order)
            found.append((key, cost if is_cost else quality / total, names))
    return sorted(found, key=lambda entry: entry[0])


@settings(max_examples=60, deadline=None)
@given(problems())
def test_it_is_the_best_of_all_awards(problem: tuple[list[Bundle], list[Bidder], dict[str, Any]]) -> None:
    bundles, bidders, limits = problem
    every = by_trying(*problem)
    found = allocate(bundles, bidders, **limits)
    if not every:
        assert isinstance(found, AllocationConflict)
        for row in found.together:
            helps = bool(by_trying(*problem, dropped=(row.kind, row.subject)))
            assert helps == any(way.constraint == row for way in found.ways_out)
        for way in found.ways_out:
            reached = by_trying(*problem, dropped=(way.constraint.kind, way.constraint.subject))
            assert way.objective == pytest.approx(reached[0][1])
        return
    assert isinstance(found, Allocation)
    (_, objective, names), *others = every
    assert found.assignment == names
    assert (found.cost if limits["objective"] == "cost" else found.quality) == pytest.approx(objective)
    assert (found.next_best is None) == (not others)
    sign = 1 if limits["objective"] == "cost" else -1
    if found.next_best is not None:
        assert found.next_best.behind == pytest.approx(sign * (others[0][1] - objective))
    for row in found.prices:
        without = by_trying(*problem, dropped=(row.constraint.kind, row.constraint.subject))[0][1]
        assert row.without == pytest.approx(without)
        assert row.price == pytest.approx(sign * (objective - without))


@settings(max_examples=15, deadline=None)
@given(problems(), st.randoms())
def test_the_order_of_the_input_does_not_matter(problem: Any, random: Any) -> None:
    bundles, bidders, limits = problem
    shuffled = random.sample(bundles, len(bundles)), random.sample(bidders, len(bidders))
    assert allocate(*shuffled, **limits) == allocate(bundles, bidders, **limits)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_money_of_any_size_is_compared_to_the_last_cent(data: st.DataObject) -> None:
    size = data.draw(st.sampled_from([1e-3, 1.0, 1e6, 1e12]))
    amount = st.integers(0, 3).map(lambda n: size * (1 + n * 1e-7))
    bundles = [Bundle(f"B{k}", (), data.draw(amount)) for k in range(3)]
    bidders = [Bidder(code, {row.code: BundleOffer(data.draw(amount)) for row in bundles}) for code in "PQ"]
    found = allocate(bundles, bidders)
    assert isinstance(found, Allocation)
    least = [min([row.in_house_cost, *(bid.offers[row.code].cost for bid in bidders)]) for row in bundles]
    assert found.cost == pytest.approx(sum(least), rel=1e-9)


def test_a_case_of_the_usual_size_is_fast() -> None:
    """Twelve bundles, eight bidders, 18 limits: 0.4 s measured; the machine may be busy."""
    random = np.random.default_rng(3)
    bundles = [Bundle(f"B{k:02}", (f"T{k}",), float(random.integers(80, 200))) for k in range(12)]
    bidders = [
        Bidder(
            f"V{j}",
            {row.code: BundleOffer(float(random.integers(40, 150)), 100, 70) for row in bundles},
            500,
            10,
            {f"T{j}"},
        )
        for j in range(8)
    ]
    started = time.perf_counter()
    found = allocate(bundles, bidders, max_providers=3, concentration=0.5)
    assert isinstance(found, Allocation)
    assert len(found.prices) == 8 + 8 + 2
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"objective": "beauty"}, 'objective: must be cost or quality, not "beauty"'),
        ({"bundles": []}, "bundles: at least one bundle is needed"),
        ({"bundles": BUNDLES[0]}, "bundles: a list is needed"),
        ({"bundles": [{"code": "B1"}]}, "bundles[0]: a Bundle is needed"),
        ({"bundles": [*BUNDLES, BUNDLES[0]]}, 'bundles[3]: the code "B1" is used twice'),
        ({"bundles": [Bundle("B")] * 31}, "bundles: must not be more than 30"),
        ({"bundles": [Bundle("")]}, "bundles[0].code: a text is needed"),
        ({"bundles": [Bundle("B", "T1")]}, "bundles[0].tasks: a list of codes is needed"),
        ({"bundles": [Bundle("B", (1,))]}, "bundles[0].tasks: a text is needed"),
        ({"bundles": [Bundle("B", (), -1)]}, "bundles[0].in_house_cost: -1 is below 0"),
        ({"bundles": [Bundle("B", (), math.nan)]}, "bundles[0].in_house_cost: NaN"),
        ({"bundles": [Bundle("B", (), math.inf)]}, "bundles[0].in_house_cost: an infinite number"),
        ({"bundles": [Bundle("B", (), True)]}, "bundles[0].in_house_cost: a true/false value"),
        ({"bundles": [Bundle("B", value=-1)]}, "bundles[0].value: -1 is below 0"),
        ({"bundles": [Bundle("B", minimum_quality=101)]}, "bundles[0].minimum_quality: 101 is above 100"),
        ({"bundles": [Bundle("B", in_house_quality=-1)]}, "bundles[0].in_house_quality: -1 is below 0"),
        ({"bidders": [None]}, "bidders[0]: a Bidder is needed"),
        ({"bidders": [ASH, ASH]}, 'bidders[1]: the code "ASH" is used twice'),
        ({"bidders": [Bidder("P", {})] * 16}, "bidders: must not be more than 15"),
        ({"bidders": [Bidder("", {})]}, "bidders[0].code: a text is needed"),
        ({"bidders": [Bidder("P", {}, -1)]}, "bidders[0].capacity: -1 is below 0"),
        ({"bidders": [Bidder("P", {}, None, None)]}, "bidders[0].transition_cost: a number is needed"),
        ({"bidders": [Bidder("P", {}, excluded_tasks="T1")]}, "bidders[0].excluded_tasks: a list of codes"),
        ({"bidders": [Bidder("P", [])]}, "bidders[0].offers: an object"),
        ({"bidders": [Bidder("P", {"B1": 5})]}, "bidders[0].offers.B1: a BundleOffer is needed"),
        ({"bidders": [Bidder("P", {"B9": BundleOffer(1)})]}, "bidders[0].offers.B9: there is no such bundle"),
        ({"bidders": [Bidder("P", {"B1": BundleOffer(-1)})]}, "bidders[0].offers.B1.cost: -1 is below 0"),
        ({"bidders": [Bidder("P", {"B1": BundleOffer(1, -1)})]}, "bidders[0].offers.B1.hours: -1 is below 0"),
        ({"bidders": [Bidder("P", {"B1": BundleOffer(1, 1, 101)})]}, "bidders[0].offers.B1.quality: 101 is"),
        ({"max_providers": 0}, "max_providers: 0 is below 1"),
        ({"max_providers": 1.5}, "max_providers: a whole number"),
        ({"concentration": 1.1}, "concentration: 1.1 is above 1"),
        ({"budget": -1}, "budget: -1 is below 0"),
        (
            {"bidders": [Bidder("P", {"B1": BundleOffer(1)})], "objective": "quality"},
            "bidders[0].offers.B1.quality: a quality is needed",
        ),
        (
            {
                "bundles": [replace(BUNDLES[0], minimum_quality=5)],
                "bidders": [Bidder("P", {"B1": BundleOffer(1)})],
            },
            "bidders[0].offers.B1.quality: a quality is needed",
        ),
        (
            {"bundles": [Bundle("B1", (), 5)], "bidders": [], "objective": "quality"},
            "bundles[0].in_house_quality: a quality is needed",
        ),
        ({"bundles": [Bundle("B1")], "bidders": [], "concentration": 1}, "bundles[0].value: a value or an"),
        (
            {"bundles": [Bundle("B1", value=0)], "bidders": [], "objective": "quality"},
            "bundles: at least one bundle needs a value above 0",
        ),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], line: str) -> None:
    call = {"bundles": BUNDLES, "bidders": [ASH, ELM], **change}
    with pytest.raises(InvalidInput) as caught:
        allocate(call.pop("bundles"), call.pop("bidders"), **call)
    assert str(caught.value).startswith(line)


def test_what_the_solver_finds_is_added_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that calls a dear award one within the budget is asked again, and not for ever."""
    real, calls = allocation_program._solved, []

    def first_wrong(given: Any, amount: Any) -> Any:
        calls.append(given)
        return (2, 2, 2) if len(calls) == 1 else real(given, amount)

    monkeypatch.setattr(allocation_program, "_solved", first_wrong)
    assert award(budget=150).cost == 105
    assert calls[1].not_again == ((2, 2, 2),)
    monkeypatch.setattr(allocation_program, "_solved", lambda given, amount: (2, 2, 2))
    with pytest.raises(ArithmeticError, match="keeps to the limits"):
        allocate(BUNDLES, [ASH, ELM], budget=150)


def test_a_solver_that_proves_nothing_is_not_believed() -> None:
    for status in (1, 3, 4):
        with pytest.raises(ArithmeticError, match="no proven answer"):
            _solve._solution(status, None, None)
