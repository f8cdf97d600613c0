"""The drawn business case: the same formulas, the seed, percentiles, losses, the order of the drivers."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import DEFAULT_SPREADS, InvalidInput, SimulatedSavings, Spread, business_case, simulate_savings
from tests import reference
from tests.engine.test_business_case import GIVEN, TASK, bid

HELD: dict[str, Any] = dict.fromkeys(DEFAULT_SPREADS)
PROVIDERS = reference.load("demo_providers")["providers"]
OFFERS: list[dict[str, Any]] = [
    {"model": "per_unit", "price": 60},
    {"model": "hourly", "price": 50, "expected_hours": 900},
    {"model": "blended", "price": 50},
    {"model": "fixed_fee", "price": 70_000, "included_volume": 900, "overage_price": 5},
    {"model": "fte", "price": 3000},
    {"model": "fte", "price": 3000, "fte": 2.5},
]


def simulate(offer: dict[str, Any] | None = None, spreads: Any = None, **changes: Any) -> SimulatedSavings:
    given = {**GIVEN, **{k: v for k, v in changes.items() if k in GIVEN or k == "transition_other"}}
    options = {k: v for k, v in changes.items() if k in ("samples", "seed", "foreign_share")}
    rest = {k: v for k, v in changes.items() if k not in given and k not in options and k != "task"}
    tasks = [{**TASK, **changes.get("task", {})}]
    return simulate_savings(tasks, bid(offer, **rest), given, spreads=spreads, **options)


def base(offer: dict[str, Any] | None = None, **changes: Any) -> Any:
    return business_case([TASK], bid(offer), {**GIVEN, **changes})


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p["code"])
def test_with_every_driver_held_it_is_the_business_case(provider: dict[str, Any]) -> None:
    case = business_case(reference.basket(), provider, reference.assumptions())
    found = simulate_savings(
        reference.basket(), provider, reference.assumptions(), spreads=HELD, samples=50, seed=1
    )
    for name in ("annual_saving", "npv", "payback_months"):
        figure = getattr(found, name)
        assert (figure.p10, figure.p50, figure.p90) == (getattr(case, name),) * 3
    assert found.payback_months.words == (case.payback,) * 3
    assert (found.loss_npv, found.loss_saving, found.paid_back) == (0, 0, 1)
    assert found.drivers == ()


@pytest.mark.parametrize("offer", OFFERS, ids=lambda o: f"{o['model']}-{len(o)}")
def test_at_the_corners_of_the_range_it_is_the_range(offer: dict[str, Any]) -> None:
    """Volume and price held at the low and high case of the business case give its low and high saving."""
    case = base(offer)
    for volume, price, expected in ((0.8, 1.1, case.range.low), (1.1, 0.95, case.range.high)):
        spreads = {**HELD, "volume": ("uniform", volume, volume), "price": ("uniform", price, price)}
        assert simulate(offer, spreads, samples=3).annual_saving.p50 == pytest.approx(expected)


@pytest.mark.parametrize(
    ("driver", "factor", "changes"),
    [
        ("productivity", 1.25, {"productivity_factor": 1.5}),
        ("error_rate", 3.0, {"metrics": {"QUAL-01": 6, "COST-04": 10}}),
        ("ramp", 1.5, {"year1_ramp": 0.75}),
        ("price", 0.5, {"offer": {"price": 30}}),
        ("volume", 2.0, {"task": {"annual_volume": 2000}}),
        ("oversight", 1.5, {"oversight_rate": 300}),
        ("governance", 2.0, {"governance_hours_per_year": 20, "tooling_per_year": 1000}),
        ("hours_per_unit", 2.0, {"task": {"hours_per_unit": 2}}),
    ],
)
def test_a_driver_does_what_its_input_would(driver: str, factor: float, changes: dict[str, Any]) -> None:
    """A bid by the unit rounds nothing, so the case drawn at a factor is the case of the changed input."""
    given = {**GIVEN, **{k: v for k, v in changes.items() if k in GIVEN}}
    rest = {k: v for k, v in changes.items() if k in ("productivity_factor", "metrics")}
    case = business_case([{**TASK, **changes.get("task", {})}], bid(changes.get("offer"), **rest), given)
    found = simulate(spreads={**HELD, driver: ("uniform", factor, factor)}, samples=1)
    assert found.annual_saving.p50 == pytest.approx(case.annual_saving)
    assert found.npv.p50 == pytest.approx(case.npv)
    assert found.payback_months.p50 == pytest.approx(case.payback_months)


def test_hours_follow_productivity_and_committed_fees_follow_prices_only() -> None:
    hourly = {"model": "hourly", "price": 50, "expected_hours": 1000}
    slow = {**HELD, "productivity": ("uniform", 1.5, 1.5)}
    oversight = base().oversight
    assert simulate(hourly, slow, samples=1).annual_saving.p50 == pytest.approx(
        base(hourly).annual_saving - 0.5 * 50_000 - 0.5 * oversight
    )
    fixed = {"model": "fixed_fee", "price": 50_000}
    assert simulate(fixed, slow, samples=1).annual_saving.p50 == pytest.approx(
        base(fixed).annual_saving - 0.5 * oversight
    )


def test_the_exchange_rate_moves_the_foreign_part_of_the_fees() -> None:
    dear = {**HELD, "exchange_rate": ("uniform", 1.2, 1.2)}
    for share, rise in ((1.0, 0.2), (0.25, 0.05), (0.0, 0.0)):
        found = simulate(spreads=dear, samples=1, foreign_share=share)
        assert found.annual_saving.p50 == pytest.approx(base().annual_saving - rise * 60_000)


def test_transition_and_ramp_leave_the_saving_alone() -> None:
    case = base()
    more = simulate(spreads={**HELD, "transition": ("uniform", 2, 2)}, samples=1)
    assert more.annual_saving.p50 == case.annual_saving
    assert more.npv.p50 == pytest.approx(case.npv - case.transition)
    full = simulate(spreads={**HELD, "ramp": ("uniform", 5, 5)}, samples=1)
    assert full.npv.p50 == pytest.approx(base(year1_ramp=1).npv)
    above = simulate(spreads={**HELD, "ramp": ("uniform", 0.5, 0.5)}, samples=1, year1_ramp=2)
    assert above.npv.p50 == pytest.approx(base(year1_ramp=1).npv)


def test_the_seed_decides_and_drivers_do_not_disturb_each_other() -> None:
    one, again = simulate(samples=500, seed=7), simulate(samples=500, seed=7)
    assert one == again
    assert simulate(samples=500, seed=8).npv != one.npv
    assert (one.seed, one.samples, one.half_width) == (7, 500, 0.98 / math.sqrt(500))
    alone = simulate(spreads={**HELD, "volume": ("triangular", 0.8, 1, 1.1)}, samples=500)
    and_ramp = simulate(
        spreads={**HELD, "volume": ("triangular", 0.8, 1, 1.1), "ramp": ("uniform", 0.5, 1)}, samples=500
    )
    assert alone.annual_saving == and_ramp.annual_saving


def test_percentiles_are_those_of_the_spread() -> None:
    """The saving is a straight line in the price, so its percentiles are those of the price, turned round."""
    spreads = {**HELD, "price": ("uniform", 0.0, 2.0)}
    found = simulate(spreads=spreads, samples=100_000)
    full = base().annual_saving + 60_000
    assert found.annual_saving.p10 == pytest.approx(full - 1.8 * 60_000, abs=1500)
    assert found.annual_saving.p50 == pytest.approx(full - 60_000, abs=1500)
    assert found.annual_saving.p90 == pytest.approx(full - 0.2 * 60_000, abs=1500)


def test_percentiles_are_sampled_figures_in_order() -> None:
    for samples in (1, 2, 9, 10, 11, 30):
        found = simulate(samples=samples).annual_saving
        assert found.p10 <= found.p50 <= found.p90
    assert simulate(samples=1).npv.p10 == simulate(samples=1).npv.p90


def test_loss_is_told_apart_by_saving_and_by_value() -> None:
    """At a price factor from 0 to 4 the saving ends at 1 + 113,500 / 60,000."""
    spreads = {**HELD, "price": ("uniform", 0.0, 4.0)}
    found = simulate(spreads=spreads, samples=50_000)
    assert found.loss_saving == pytest.approx(1 - (1 + 113_500 / 60_000) / 4, abs=2 * found.half_width)
    assert found.loss_saving < found.loss_npv < 1
    assert found.payback_months.p10 is not None
    assert (found.payback_months.p90, found.payback_months.words[2]) == (None, "no payback")
    assert found.paid_back == pytest.approx(1 - found.loss_npv, abs=0.05)
    hopeless = simulate({"price": 900}, samples=100)
    assert (hopeless.loss_saving, hopeless.loss_npv, hopeless.paid_back) == (1, 1, 0)
    assert hopeless.payback_months.words == ("no payback",) * 3
    assert simulate(spreads=HELD, samples=5, transition_other=500_000).payback_months.words == (
        ("not within the term",) * 3
    )


def test_drivers_are_ordered_by_what_they_cause() -> None:
    found = simulate()
    names = [row.driver for row in found.drivers]
    assert sorted(names) == sorted(set(DEFAULT_SPREADS) - {"exchange_rate"})
    swings = [row.npv_swing for row in found.drivers]
    assert swings == sorted(swings, reverse=True)
    price = next(row for row in found.drivers if row.driver == "price")
    assert price.saving[0] == pytest.approx(base().annual_saving - (price.low - 1) * 60_000)
    assert price.saving_swing == pytest.approx((price.high - price.low) * 60_000)
    assert next(row for row in found.drivers if row.driver == "ramp").saving_swing == 0
    unknown = simulate(year1_ramp=None)
    assert [row.npv_swing for row in unknown.drivers] == [None] * len(names)
    swings = [row.saving_swing for row in unknown.drivers]
    assert swings == sorted(swings, reverse=True)


@pytest.mark.parametrize(
    "spread",
    [
        ("triangular", 0.8, 1.0, 1.1),
        ("triangular", 1.0, 1.0, 2.0),
        ("triangular", 0.5, 1.0, 1.0),
        ("triangular", 0.95, 1.0, 1.6),
        ("triangular", 1.0, 1.0, 1.0),
        ("uniform", 0.5, 1.5),
        ("uniform", 2.0, 2.0),
        ("normal", 1.0, 0.2),
        ("normal", 1.0, 0.0),
        ("normal", 0.1, 1.0),
    ],
)
def test_the_ends_of_a_spread_are_its_tenths(spread: Any) -> None:
    """Against the sample of a million draws."""
    shape, *numbers = spread
    made = Spread(shape, tuple(numbers))
    drawn = made.draw((1, 2), 1_000_000)
    assert drawn.min() >= 0
    assert made.ends == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=4e-3)
    (row,) = simulate(spreads={**HELD, "volume": made}, samples=1).drivers
    assert (row.low, row.high) == made.ends


@pytest.mark.parametrize(
    ("change", "open_figures", "words"),
    [
        ({"metrics": {"COST-04": 10}}, ["annual_saving", "npv"], "the error rate (QUAL-01)"),
        ({"metrics": {"QUAL-01": 2}}, ["npv"], "the transition charge (COST-04)"),
        ({"productivity_factor": None}, ["annual_saving", "npv"], "the productivity factor"),
        ({"task": {"answers": {}}}, ["annual_saving", "npv"], "T1: the practice-of-law level (UPL)"),
        ({"task": {"annual_volume": None}}, ["annual_saving", "npv"], "T1: volume, hours per unit"),
        ({"offer": {"price": None}}, ["annual_saving", "npv"], "T1: the price"),
        ({"year1_ramp": None}, ["npv"], None),
        ({"discount_rate": -1}, ["npv"], None),
    ],
)
def test_what_is_not_known_stays_open(
    change: dict[str, Any], open_figures: list[str], words: str | None
) -> None:
    found = simulate(samples=20, **change)
    for name in ("annual_saving", "npv"):
        figure = getattr(found, name)
        is_open = name in open_figures
        assert [end is None for end in (figure.p10, figure.p50, figure.p90)] == [is_open] * 3
    assert (found.loss_saving is None) == ("annual_saving" in open_figures)
    assert (found.loss_npv is None) == ("npv" in open_figures)
    assert words is None or any(text.startswith(words) for text in found.missing)
    if "discount_rate" not in change:
        assert found.payback_months.words == ("not computable",) * 3
        assert (found.payback_months.p50, found.paid_back) == (None, None)


def test_amounts_without_end_are_not_computable() -> None:
    """A discount rate next to −1 over a hundred years leaves the range of numbers."""
    found = simulate(samples=20, discount_rate=-1 + 1e-15, term_years=100)
    assert (found.npv.p50, found.drivers[0].npv, found.drivers[0].npv_swing) == (None, (None, None), None)
    assert found.annual_saving.p50 is not None


def test_an_empty_scope_loses_its_governance_every_year() -> None:
    found = simulate(offers=[], samples=20, spreads=HELD)
    assert (found.annual_saving.p50, found.loss_saving) == (-1500, 1)
    assert found.missing == ("the bid offers no task of the basket",)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(OFFERS), st.floats(0, 3), st.floats(0, 3), st.floats(0, 3))
def test_a_worse_driver_never_raises_the_value(
    offer: dict[str, Any], one: float, two: float, three: float
) -> None:
    low, high = sorted((one, two))
    spreads = {**HELD, "price": ("uniform", three, three)}
    for driver in ("productivity", "error_rate", "oversight", "governance", "transition"):
        better, worse = (
            simulate(offer, {**spreads, driver: ("uniform", end, end)}, samples=1).npv.p50
            for end in (low, high)
        )
        assert worse <= better + 1e-6


def test_ten_thousand_samples_take_a_few_milliseconds() -> None:
    tasks, given = reference.basket(), reference.assumptions()
    started = time.perf_counter()
    for _ in range(5):
        simulate_savings(tasks, PROVIDERS[0], given)
    assert (time.perf_counter() - started) / 5 < 0.1  # 5 ms measured; the machine may be busy


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"samples": 0}, "samples: 0 is below 1"),
        ({"samples": 1_000_001}, "samples: 1000001 is above 1000000"),
        ({"samples": 1.5}, "samples: a whole number"),
        ({"seed": -1}, "seed: a whole number of at least 0 is needed, not -1"),
        ({"seed": True}, "seed: a whole number"),
        ({"seed": 1.0}, "seed: a whole number"),
        ({"foreign_share": 1.1}, "foreign_share: 1.1 is above 1"),
        ({"foreign_share": None}, "foreign_share: a number"),
        ({"spreads": []}, "spreads: an object"),
        ({"spreads": {"weather": None}}, "spreads.weather: there is no such driver: volume, price"),
        ({"spreads": {"volume": 1.0}}, "spreads.volume: a list"),
        ({"spreads": {"volume": ()}}, "spreads.volume[0]: must be one of uniform, triangular, normal"),
        ({"spreads": {"volume": ("beta", 1, 2)}}, "spreads.volume[0]: must be one of"),
        ({"spreads": {"volume": (1, 2)}}, "spreads.volume[0]: must be one of"),
        ({"spreads": {"volume": ("normal", 1)}}, "spreads.volume: normal takes 2 numbers, not 1"),
        ({"spreads": {"volume": ("triangular", 1, 2, 1.5)}}, "spreads.volume: the numbers must not fall"),
        ({"spreads": {"volume": ("uniform", 2, 1)}}, "spreads.volume: the numbers must not fall"),
        ({"spreads": {"volume": ("uniform", -1, 1)}}, "spreads.volume[1]: -1 is below 0"),
        ({"spreads": {"volume": ("normal", 1, -0.1)}}, "spreads.volume[2]: -0.1 is below 0"),
        ({"spreads": {"volume": ("normal", 1, math.nan)}}, "spreads.volume[2]: NaN"),
        ({"spreads": {"volume": ("uniform", True, 1)}}, "spreads.volume[1]: a true/false value"),
        ({"spreads": {"volume": ("uniform", 0, math.inf)}}, "spreads.volume[2]: an infinite number"),
        ({"spreads": {"volume": Spread("odd", (1,))}}, "spreads.volume[0]: must be one of"),
        ({"task": {"annual_volume": -1}}, "tasks[0].annual_volume: -1 is below 0"),
    ],
)
def test_bad_input_is_refused(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        simulate(**change)
    assert str(caught.value).startswith(line)
