"""Break-evens: put back into the business case they give 0; where there is none, the corners prove it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BreakEvens, InvalidInput, break_evens, business_case
from tests import reference
from tests.engine.test_business_case import GIVEN, TASK, bid

PROVIDERS = reference.load("demo_providers")["providers"]


def solve(offer: dict[str, Any] | None = None, **changes: Any) -> BreakEvens:
    given = {**GIVEN, **{k: v for k, v in changes.items() if k in GIVEN or k == "transition_other"}}
    options = {k: v for k, v in changes.items() if k in ("foreign_share", "ranges")}
    rest = {k: v for k, v in changes.items() if k not in given and k not in options and k != "task"}
    return break_evens([{**TASK, **changes.get("task", {})}], bid(offer, **rest), given, **options)


def test_by_hand() -> None:
    """Baseline 200,000; fees 60,000, oversight 24,000 (productivity 1.2), rework 1,000 (2 %), else 1,500."""
    found = solve()
    assert [row.driver for row in found.drivers] == [
        "error_rate", "volume", "ramp", "exchange_rate", "productivity", "price",
    ]  # fmt: skip
    assert found["volume"].annual_saving.values == (pytest.approx(1500 / 115_000),)
    assert found["price"].annual_saving.values == (pytest.approx(1 + 113_500 / 60_000),)
    assert found["productivity"].annual_saving.values == (pytest.approx(1.2 + 113_500 / 20_000),)
    error = found["error_rate"]
    assert (error.unit, error.base, error.low, error.high) == ("%", 2, 0, 100)
    assert (error.annual_saving.state, error.annual_saving.values) == ("always above 0", ())
    assert error.annual_saving.corners == ((0, pytest.approx(114_500)), (100, pytest.approx(64_500)))
    ramp = found["ramp"]
    assert (ramp.base, ramp.annual_saving.state) == (0.5, "not moved by this driver")
    assert ramp.npv.state == "always above 0"
    with pytest.raises(KeyError):
        found["weather"]


def changed(provider: dict[str, Any], driver: str, value: float) -> Any:
    """The case with one input of the bid, or the assumptions, or all volumes or prices changed."""
    tasks, given = reference.basket(), reference.assumptions()
    if driver == "error_rate":
        provider = {**provider, "metrics": {**provider["metrics"], "QUAL-01": value}}
    elif driver == "productivity":
        provider = {**provider, "productivity_factor": value}
    elif driver == "ramp":
        given = {**given, "year1_ramp": value}
    elif driver == "volume":
        tasks = [{**task, "annual_volume": task["annual_volume"] * value} for task in tasks]
    else:
        offers = [{**offer, "price": offer["price"] * value} for offer in provider["offers"]]
        provider = {**provider, "offers": offers}
    return business_case(tasks, provider, given)


@pytest.mark.parametrize("code", ["V2", "V8"])
def test_put_back_into_the_business_case_they_give_nothing(code: str) -> None:
    """Bids by the unit with one blended line of stated hours, taken out: what is left rounds dollars only."""
    provider = next(p for p in PROVIDERS if p["code"] == code)
    offers = [offer for offer in provider["offers"] if offer["model"] == "per_unit"]
    provider = {**provider, "offers": offers}
    found = break_evens(reference.basket(), provider, reference.assumptions())
    tried = 0
    for row in found.drivers:
        for name, crossing in (("annual_saving", row.annual_saving), ("npv", row.npv)):
            for value in crossing.values:
                figure = getattr(changed(provider, row.driver, value), name)
                # volumes round each task's baseline to whole dollars again: half a dollar a task
                assert abs(figure) < (20 if row.driver == "volume" else 1e-5), (row.driver, name)
                tried += 1
    assert tried >= 8


def test_derived_hours_keep_the_rounding_of_the_base_case() -> None:
    """Hours that the bid does not state are whole in the case: put back they miss 0 by half an hour."""
    offer = {"model": "hourly", "price": 90}
    (value,) = solve(offer)["productivity"].annual_saving.values
    case = business_case([TASK], bid(offer, productivity_factor=value), GIVEN)
    assert abs(case.annual_saving) <= 0.5 * 90 + 1e-6


def test_the_corner_of_the_value_lies_where_the_saving_ends() -> None:
    row = solve()["price"]
    (end,) = row.annual_saving.values
    assert [place for place, _ in row.npv.corners] == [0, end, 10]
    (value,) = row.npv.values
    assert value < end
    case = business_case([TASK], bid({"price": 60 * value}), GIVEN)
    assert case.npv == pytest.approx(0, abs=1e-6)


def test_the_ramp_that_the_value_needs() -> None:
    found = solve(transition_other=220_000, discount_rate=0.2)["ramp"]
    (value,) = found.npv.values
    case = business_case(
        [TASK], bid(), {**GIVEN, "transition_other": 220_000, "discount_rate": 0.2, "year1_ramp": value}
    )
    assert case.npv == pytest.approx(0, abs=1e-6)


def test_what_never_pays_is_below_throughout() -> None:
    found = solve({"price": 400})
    assert found["error_rate"].annual_saving.state == "always below 0"
    assert found["error_rate"].npv.state == "always below 0"
    assert found["ramp"].npv.state == "not moved by this driver"
    assert all(height < 0 for _, height in found["ramp"].npv.corners)


def test_only_the_foreign_part_of_the_fees_moves_with_the_exchange_rate() -> None:
    assert solve()["exchange_rate"].annual_saving.values == solve()["price"].annual_saving.values
    half = solve(foreign_share=0.5)["exchange_rate"].annual_saving
    assert half.values == (pytest.approx(1 + 2 * 113_500 / 60_000),)
    assert solve(foreign_share=0)["exchange_rate"].npv.state == "not moved by this driver"


def test_other_ranges() -> None:
    found = solve(ranges={"price": (1, 2), "ramp": [0.25, 0.75], "productivity": (1, 9)})
    assert (found["price"].low, found["price"].high) == (1, 2)
    assert found["price"].annual_saving.state == "always above 0"
    assert [place for place, _ in found["ramp"].npv.corners] == [0.25, 0.75]
    assert found["productivity"].annual_saving.values == (pytest.approx(1.2 + 113_500 / 20_000),)


def test_an_error_rate_or_ramp_that_is_not_known_is_solved_for() -> None:
    open_rate = solve({"price": 150}, metrics={"COST-04": 10})
    row = open_rate["error_rate"]
    assert row.base is None
    (value,) = row.annual_saving.values
    assert value == pytest.approx(24_500 / 500)
    assert open_rate["volume"].annual_saving.state == "not computable"
    assert open_rate.missing == ("the error rate (QUAL-01)",)
    open_ramp = solve(year1_ramp=None, transition_other=220_000, discount_rate=0.2)
    assert open_ramp["ramp"].base is None
    assert open_ramp["ramp"].npv.state == "crosses 0"
    assert open_ramp["volume"].npv.state == "not computable"
    assert open_ramp["volume"].annual_saving.state == "crosses 0"


def test_an_unknown_or_empty_productivity_cannot_be_solved_for() -> None:
    for factor in (None, 0):
        row = solve(productivity_factor=factor)["productivity"]
        assert (row.annual_saving.state, row.npv.state) == ("not computable",) * 2
        assert (row.annual_saving.values, row.annual_saving.corners) == ((), ())
    assert solve(productivity_factor=None)["productivity"].high is None
    assert solve(productivity_factor=0)["price"].annual_saving.state == "crosses 0"


def test_a_tiny_productivity_is_no_crash() -> None:
    row = solve(productivity_factor=1e-320, ranges={"productivity": (0, 1e6)})["productivity"]
    assert row.annual_saving.state == "not computable"


def test_a_value_that_is_not_known_stays_open() -> None:
    found = solve(metrics={"QUAL-01": 2})
    assert found["price"].annual_saving.state == "crosses 0"
    assert (found["price"].npv.state, found["price"].npv.values) == ("not computable", ())


def test_a_case_of_nothing_is_nothing_throughout() -> None:
    free = {"governance_hours_per_year": 0, "tooling_per_year": 0, "transition_internal_hours": 0}
    found = solve(offers=[], **free)
    assert found["volume"].annual_saving.state == "0 throughout"
    assert found["volume"].annual_saving.values == ()


def test_a_crossing_at_an_end_is_found() -> None:
    """No cost that stays: the saving is 0 at no volume."""
    found = solve(governance_hours_per_year=0, tooling_per_year=0)["volume"].annual_saving
    assert (found.state, found.values) == ("crosses 0", (0,))
    nothing_once = solve(
        transition_internal_hours=0, parallel_run_weeks=0, metrics={"QUAL-01": 2, "COST-04": 0}
    )
    row = nothing_once["price"]
    assert row.npv.values == pytest.approx(row.annual_saving.values)


def test_a_stretch_of_nothing_is_given_by_its_ends() -> None:
    """With no transition and a ramp of 0 the value of year 1 alone is 0 on a whole stretch."""
    found = solve(
        year1_ramp=0, term_years=1, transition_internal_hours=0, parallel_run_weeks=0,
        metrics={"QUAL-01": 2, "COST-04": 0},
    )["price"]  # fmt: skip
    assert found.npv.values == pytest.approx((0, found.annual_saving.values[0]))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("per_unit", 1), ("hourly", 1), ("fixed_fee", 1000), ("fte", 30)]),
    st.floats(1, 400),
    st.floats(0.05, 3),
    st.tuples(st.floats(0, 30), st.floats(0, 1), st.floats(0, 4e5)),
)
def test_a_solution_is_a_change_of_sign_and_nothing_else_is(
    model: tuple[str, int], price: float, productivity: float, rest: tuple[float, float, float]
) -> None:
    error, ramp, other = rest
    found = solve(
        {"model": model[0], "price": price * model[1], "expected_hours": 1000, "fte": 2},
        productivity_factor=productivity,
        metrics={"QUAL-01": error, "COST-04": 10},
        year1_ramp=ramp,
        transition_other=other,
    )
    for row in found.drivers:
        for crossing in (row.annual_saving, row.npv):
            heights = [height for _, height in crossing.corners]
            if crossing.state == "crosses 0":
                assert min(heights) <= 1e-6
                assert max(heights) >= -1e-6
                assert all(row.low <= value <= row.high for value in crossing.values)
            elif crossing.state.startswith("always"):
                assert min(heights) * max(heights) > 0


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"foreign_share": -0.1}, "foreign_share: -0.1 is below 0"),
        ({"ranges": []}, "ranges: an object"),
        ({"ranges": {"weather": (0, 1)}}, "ranges.weather: there is no such driver: error_rate, volume"),
        ({"ranges": {"price": 5}}, "ranges.price: a list"),
        ({"ranges": {"price": (1,)}}, "ranges.price: a low and a high end are needed"),
        ({"ranges": {"price": (2, 1)}}, "ranges.price: the low end must be below the high end"),
        ({"ranges": {"price": (1, 1)}}, "ranges.price: the low end must be below the high end"),
        ({"ranges": {"price": (-1, 1)}}, "ranges.price[0]: -1 is below 0"),
        ({"ranges": {"price": (0, math.inf)}}, "ranges.price[1]: an infinite number"),
        ({"ranges": {"price": (math.nan, 1)}}, "ranges.price[0]: NaN"),
        ({"ranges": {"error_rate": (0, 101)}}, "ranges.error_rate[1]: 101 is above 100"),
        ({"ranges": {"ramp": (0, 1.5)}}, "ranges.ramp[1]: 1.5 is above 1"),
        ({"task": {"annual_volume": -1}}, "tasks[0].annual_volume: -1 is below 0"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        solve(**change)
    assert str(caught.value).startswith(line)
