"""The business case by hand: pricing models, edges, what is not known, refusals."""

from __future__ import annotations

import copy
from types import MappingProxyType
from typing import Any

import pytest

from engine import InvalidInput, basket_case, business_case, in_house_cost, read_basket
from tests import reference

ROLES = {
    "inside": {"usd_per_hour": 100, "kind": "internal"},
    "outside": {"usd_per_hour": 300, "kind": "external_cash"},
}
GIVEN: dict[str, Any] = {
    "role_rates": ROLES,
    "oversight_rate": 200,
    "oversight_ratio_by_UPL": {"1": 0, "2": 0.05, "3": 0.1, "4": 0.2, "5": 0.5},
    "rework_rate": 100,
    "rework_hours_share": 0.5,
    "governance_hours_per_year": 10,
    "governance_rate": 100,
    "tooling_per_year": 500,
    "transition_internal_hours": 20,
    "transition_internal_rate": 100,
    "parallel_run_weeks": 4,
    "parallel_run_share": 0.5,
    "year1_ramp": 0.5,
    "discount_rate": 0.1,
    "term_years": 3,
    "fte_hours_per_year": 1000,
    "internal_redeployment_share": 0.5,
}
TASK: dict[str, Any] = {
    "code": "T1",
    "annual_volume": 1000,
    "hours_per_unit": 1,
    "staffing_mix": {"inside": 0.5, "outside": 0.5},
    "answers": {"UPL": 3},
}


def bid(offer: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    offers = [{"task": "T1", "model": "per_unit", "price": 60, **(offer or {})}]
    return {
        "offers": offers,
        "productivity_factor": 1.2,
        "metrics": {"QUAL-01": 2, "COST-04": 10, "COST-06": 80},
        **changes,
    }


def case(offer: dict[str, Any] | None = None, task: dict[str, Any] | None = None, **changes: Any) -> Any:
    given = {**GIVEN, **{k: v for k, v in changes.items() if k in GIVEN or k == "transition_other"}}
    rest = {k: v for k, v in changes.items() if k not in given}
    return business_case([{**TASK, **(task or {})}], bid(offer, **rest), given)


def test_any_mapping_is_read_as_an_object_is() -> None:
    roles = MappingProxyType({code: MappingProxyType(role) for code, role in ROLES.items()})
    assert in_house_cost(MappingProxyType(TASK), roles) == in_house_cost(TASK, ROLES)


def test_by_hand() -> None:
    found = case()
    assert (found.baseline, found.cash_part, found.salaried_hours) == (200_000, 150_000, 500)
    assert found.fees == 60_000
    assert (found.oversight_hours, found.oversight) == (120, 24_000)
    assert found.rework == 1000 * 0.02 * 1 * 0.5 * 100
    assert found.governance == 1500
    assert found.run_cost == 86_500
    assert found.annual_saving == 113_500
    assert found.saving_pct == pytest.approx(56.75)
    assert found.transition == pytest.approx(6000 + 2000 + 4 * 200_000 / 52 * 0.5)
    assert found.cost_index == pytest.approx((86_500 + found.transition / 3) / 2000)
    assert found.year1_saving == 56_750
    assert found.payback_months == pytest.approx(found.transition / (56_750 / 12))
    assert found.payback == "within the term"
    assert found.npv == pytest.approx(-found.transition + 56_750 / 1.1 + 113_500 / 1.21 + 113_500 / 1.331)
    assert found.npv_3y == found.npv
    assert found.direct_cash_effect == 150_000 - 60_000 - 500
    assert found.hours_freed == found.internal_hours_freed == 500 - 120 - 10
    assert found.hours_to_core == 185
    assert found.range.base == found.annual_saving
    assert found.range.low == pytest.approx((200_000 - 25_000) * 0.8 - 60_000 * 0.8 * 1.1 - 1500)
    assert found.range.high == pytest.approx((200_000 - 25_000) * 1.1 - 60_000 * 1.1 * 0.95 - 1500)
    assert (found.scope, found.warnings, found.missing) == (("T1",), (), ())


def test_a_basket_read_once_gives_every_bid_the_same_case() -> None:
    basket = read_basket([TASK], GIVEN)
    for one in (bid(), bid({"price": 70}), bid(productivity_factor=None)):
        assert basket_case(basket, one) == business_case([TASK], one, GIVEN)


def test_every_total_opens_its_arithmetic() -> None:
    found = case()
    for step in found.steps:
        assert step.value == getattr(found, step.code), step.code
        assert all(term is not None for term in step.terms.values())
    run_cost = next(step for step in found.steps if step.code == "run_cost")
    assert sum(run_cost.terms.values()) == found.run_cost
    (line,) = found.lines
    assert (line.task, line.model, line.price, line.quantity, line.quantity_unit) == (
        "T1",
        "per_unit",
        60,
        1000,
        "units",
    )
    assert (line.in_house_hours, line.provider_hours, line.oversight_ratio) == (1000, 1200, 0.1)


@pytest.mark.parametrize(
    ("offer", "fees", "quantity", "derived"),
    [
        ({"model": "hourly", "price": 50, "expected_hours": 900}, 45_000, 900, False),
        ({"model": "blended", "price": 50, "expected_hours": 0}, 0, 0, False),
        ({"model": "hourly", "price": 50}, 60_000, 1200, True),
        ({"model": "fixed_fee", "price": 70_000}, 70_000, 0, False),
        ({"model": "fixed_fee", "price": 70_000, "included_volume": 1000}, 70_000, 0, False),
        ({"model": "fixed_fee", "price": 1, "included_volume": 900, "overage_price": 5}, 501, 100, False),
        ({"model": "fte", "price": 1000, "fte": 2.5}, 30_000, 30, False),
        ({"model": "fte", "price": 1000}, 18_000, 18, True),
    ],
)
def test_pricing_models(offer: dict[str, Any], fees: float, quantity: float, derived: bool) -> None:
    found = case(offer)
    assert found.fees == fees
    assert (found.lines[0].quantity, found.lines[0].quantity_derived) == (quantity, derived)


def test_derived_quantities_are_rounded_by_rule() -> None:
    """Hours to whole hours, people up to the next half; an exact half stays."""
    assert case({"model": "hourly", "price": 1}, {"hours_per_unit": 0.3754}).fees == 450
    assert case({"model": "fte", "price": 1}, {"hours_per_unit": 1.25}).fees == 1.5 * 12
    assert case({"model": "fte", "price": 1}, {"hours_per_unit": 1.251}).fees == 2 * 12


@pytest.mark.parametrize(
    "offer", [{"model": "fixed_fee", "price": 60_000}, {"model": "fte", "price": 2500, "fte": 2}]
)
def test_committed_fees_follow_prices_and_not_volume(offer: dict[str, Any]) -> None:
    found = case(offer)
    assert found.fees == 60_000
    assert found.range.low == pytest.approx((200_000 - 25_000) * 0.8 - 60_000 * 1.1 - 1500)
    assert found.range.high == pytest.approx((200_000 - 25_000) * 1.1 - 60_000 * 0.95 - 1500)


def test_baseline_and_cash_part_are_whole_dollars() -> None:
    found = case(task={"annual_volume": 3, "hours_per_unit": 0.0333})
    assert (found.baseline, found.cash_part) == (20, 15)
    assert found.salaried_hours == pytest.approx(0.04995)


def test_payback_rules() -> None:
    assert (case({"price": 200}).payback_months, case({"price": 200}).payback) == (None, "no payback")
    free = {"transition_internal_hours": 0, "parallel_run_weeks": 0}
    nothing = case({"price": 0}, **free)
    assert (nothing.transition, nothing.payback_months, nothing.payback) == (0, 0, "within the term")
    late = case(transition_other=100_000)
    assert late.payback_months == pytest.approx(12 + (late.transition - 56_750) / (113_500 / 12))
    beyond = case(transition_other=500_000)
    assert beyond.payback == "not within the term"
    assert beyond.payback_months > 36
    assert case(year1_ramp=0).payback_months == pytest.approx(12 + case().transition / (113_500 / 12))


def test_payback_takes_the_first_rule_that_fits_what_is_known() -> None:
    no_charge = {"QUAL-01": 2, "COST-06": 80}
    assert case({"price": 200}, metrics=no_charge).payback == "no payback"
    assert case({"price": 200}, year1_ramp=None).payback == "no payback"
    free = {"transition_internal_hours": 0, "parallel_run_weeks": 0}
    nothing = case({"price": 0}, year1_ramp=None, **free)
    assert (nothing.payback_months, nothing.payback, nothing.npv) == (0, "within the term", None)


def test_a_loss_counts_in_full_from_the_first_year() -> None:
    found = case({"price": 200})
    assert found.annual_saving == found.year1_saving < 0
    assert found.npv < -found.transition


@pytest.mark.parametrize("rate", [-1, -2])
def test_npv_needs_a_rate_above_minus_one(rate: float) -> None:
    found = case(discount_rate=rate)
    assert found.npv is None
    assert found.annual_saving == 113_500


def test_npv_of_other_terms() -> None:
    one = case(term_years=1)
    assert one.npv == pytest.approx(-one.transition + 56_750 / 1.1)
    assert one.npv_3y is None
    assert case(term_years=100, discount_rate=1e15).npv is not None
    assert case(term_years=100, discount_rate=-1 + 1e-15).npv is None


def test_hours_freed_may_be_negative_and_then_none_reach_core_work() -> None:
    found = case(task={"staffing_mix": {"outside": 1}})
    assert found.hours_freed == -130
    assert found.hours_to_core == 0


def test_minimum_commitment_above_the_low_case_is_warned_of() -> None:
    metrics = {"QUAL-01": 2, "COST-04": 10}
    assert case(metrics={**metrics, "COST-06": 80}).warnings == ()
    assert case(metrics=metrics).warnings == ()
    assert case(metrics={**metrics, "COST-06": 81}).warnings == (
        "the minimum commitment of 81 % is above the low case, 80 % of the forecast volume",
    )


def test_partial_bids_and_exclusions() -> None:
    tasks = [TASK, {**TASK, "code": "T2"}, {**TASK, "code": "T3", "annual_volume": 500}]
    offers = [{"task": code, "model": "per_unit", "price": 60} for code in ("T1", "T2", "T9")]
    found = business_case(tasks, bid(offers=offers, task_exclusions=["T2"]), GIVEN)
    assert found.scope == ("T1",)
    assert found.baseline == 200_000
    whole = found.whole_basket
    assert (whole.tasks, whole.added, whole.baseline, whole.run_cost) == (
        ("T2", "T3"),
        300_000,
        500_000,
        386_500,
    )
    assert whole.saving_pct == pytest.approx(113_500 / 5000)


def test_an_empty_scope_is_not_computable() -> None:
    found = business_case([TASK], bid(offers=[]), GIVEN)
    assert (found.baseline, found.saving_pct, found.cost_index) == (0, None, None)
    assert found.missing == ("the bid offers no task of the basket",)
    assert (found.annual_saving, found.payback) == (-1500, "no payback")


@pytest.mark.parametrize(
    ("change", "open_figures", "words"),
    [
        (
            {"metrics": {"COST-04": 10}},
            ["rework", "run_cost", "cost_index", "npv"],
            "the error rate (QUAL-01)",
        ),
        (
            {"metrics": {"QUAL-01": 2}},
            ["transition", "cost_index", "payback_months"],
            "the transition charge",
        ),
        (
            {"productivity_factor": None},
            ["oversight", "hours_freed", "hours_to_core"],
            "the productivity factor",
        ),
        ({"task": {"answers": {}}}, ["oversight", "annual_saving"], "T1: the practice-of-law level (UPL)"),
        ({"task": {"annual_volume": None}}, ["baseline", "fees", "saving_pct"], "T1: volume, hours per unit"),
        (
            {"task": {"staffing_mix": {}}},
            ["baseline", "cash_part", "direct_cash_effect"],
            "T1: volume, hours",
        ),
        ({"task": {"staffing_mix": None}}, ["baseline", "salaried_hours"], "T1: volume, hours"),
        ({"offer": {"price": None}}, ["fees", "run_cost", "transition"], "T1: the price"),
        (
            {"tooling_per_year": None},
            ["governance", "direct_cash_effect"],
            "governance hours, rate or tooling",
        ),
        ({"year1_ramp": None}, ["year1_saving", "npv", "payback_months"], None),
        ({"offer": {"model": "fte"}, "fte_hours_per_year": None}, ["fees"], "T1: the price"),
        ({"offer": {"model": "fte"}, "productivity_factor": None}, ["fees"], "the productivity factor"),
        ({"offer": {"model": "hourly"}, "productivity_factor": None}, ["fees"], "the productivity factor"),
        (
            {"offer": {"model": "fixed_fee", "included_volume": 5}, "task": {"annual_volume": None}},
            ["fees"],
            "T1: volume",
        ),
        ({"offer": {"model": "fixed_fee", "included_volume": 5}}, ["fees"], "T1: the price"),
    ],
)
def test_what_is_not_known_is_never_zero(
    change: dict[str, Any], open_figures: list[str], words: str | None
) -> None:
    found = case(**change)
    assert [getattr(found, name) for name in open_figures] == [None] * len(open_figures)
    assert words is None or any(text.startswith(words) for text in found.missing)
    if "payback_months" in open_figures:
        assert found.payback == "not computable"


def test_assumptions_may_stand_beside_the_rates_in_one_document() -> None:
    inner = {key: value for key, value in GIVEN.items() if key != "role_rates"}
    document = {"assumptions": inner, "role_rates": ROLES}
    assert business_case([TASK], bid(), document) == business_case([TASK], bid(), GIVEN)
    demo = reference.load("demo_company")
    provider = reference.load("demo_providers")["providers"][0]
    found = business_case(reference.basket(), provider, demo)
    assert found == business_case(reference.basket(), provider, reference.assumptions())


@pytest.mark.parametrize(
    ("tasks", "offer", "given", "line"),
    [
        ([TASK, TASK], {}, {}, 'tasks[1]: the code "T1" is used twice'),
        ([{**TASK, "annual_volume": -1}], {}, {}, "tasks[0].annual_volume: -1 is below 0"),
        ([{**TASK, "staffing_mix": {"nobody": 1}}], {}, {}, "tasks[0].staffing_mix.nobody: there is no rate"),
        ([{**TASK, "staffing_mix": {"inside": 0.5}}], {}, {}, "tasks[0].staffing_mix: the shares sum to 0.5"),
        ([{**TASK, "answers": {"UPL": 6}}], {}, {}, "tasks[0].answers.UPL: a whole number"),
        ([{**TASK, "answers": {"UPL": True}}], {}, {}, "tasks[0].answers.UPL: a whole number"),
        ([TASK], {"model": "barter"}, {}, "bid.offers[0].model: must be one of hourly"),
        ([TASK], {"price": -1}, {}, "bid.offers[0].price: -1 is below 0"),
        ([TASK], {"task": None}, {}, "bid.offers[0].task: a text"),
        ([TASK], {}, {"term_years": 0}, "assumptions.term_years: 0 is below 1"),
        ([TASK], {}, {"term_years": 101}, "assumptions.term_years: must not exceed 100"),
        ([TASK], {}, {"term_years": 2.5}, "assumptions.term_years: a whole number"),
        ([TASK], {}, {"discount_rate": None}, "assumptions.discount_rate: a number"),
        (
            [TASK],
            {},
            {"oversight_ratio_by_UPL": {"1": 1}},
            "assumptions.oversight_ratio_by_UPL: a ratio for each",
        ),
        ([TASK], {}, {"role_rates": {"a": {"kind": "x"}}}, "assumptions.role_rates.a.kind: must be internal"),
        ([TASK], {}, {"role_rates": None}, "assumptions.role_rates: an object"),
    ],
)
def test_bad_input_is_refused(tasks: Any, offer: dict[str, Any], given: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        business_case(copy.deepcopy(tasks), bid(offer), {**GIVEN, **given})
    assert str(caught.value).startswith(line)


def test_task_exclusions_as_the_sample_file_writes_them() -> None:
    tasks = [TASK, {**TASK, "code": "T2"}]
    offers = [{"task": code, "model": "per_unit", "price": 1} for code in ("T1", "T2")]
    rows = [{"knock_out": "K12", "excluded_tasks": ["T2"]}, {"knock_out": "K13", "excluded_tasks": []}]
    found = business_case(tasks, bid(offers=offers, task_exclusions=rows), GIVEN)
    assert found.scope == ("T1",)
    with pytest.raises(InvalidInput, match=r"^bid\.task_exclusions\[0\]\.excluded_tasks: a list"):
        business_case(tasks, bid(task_exclusions=[{"knock_out": "K12", "excluded_tasks": "T2"}]), GIVEN)


def test_a_task_offered_twice_is_refused() -> None:
    twice = [{"task": "T1", "model": "per_unit", "price": 1}] * 2
    with pytest.raises(InvalidInput, match=r'bid\.offers\[1\]: the task "T1" is offered twice'):
        business_case([TASK], bid(offers=twice), GIVEN)


@pytest.mark.parametrize("codes", [[{"excluded_tasks": ["T1"]}], [["T1"]], [None], [""]])
def test_task_exclusions_are_codes(codes: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^bid\.task_exclusions\[0\]: a text"):
        business_case([TASK], bid(task_exclusions=codes), GIVEN)


def test_in_house_cost_of_one_task() -> None:
    found = in_house_cost(TASK, ROLES)
    assert (found.hours, found.cost, found.cash_part, found.salaried_hours) == (1000, 200_000, 150_000, 500)
    open_task = in_house_cost({**TASK, "annual_volume": None}, ROLES)
    assert (open_task.hours, open_task.cost, open_task.cash_part, open_task.salaried_hours) == (None,) * 4
    with pytest.raises(InvalidInput, match=r"tasks\[0\]\.annual_volume: -1 is below 0"):
        in_house_cost({**TASK, "annual_volume": -1}, ROLES)


def test_a_working_year_of_next_to_no_hours_leaves_the_team_unknown() -> None:
    found = case({"model": "fte", "price": 7000}, fte_hours_per_year=1e-305)
    assert found.lines[0].fees is None
    assert found.lines[0].quantity is None
