"""The `expected` blocks of the reference, computed from its inputs.

Scores, percent and months within 0.05, money within 1, unrounded; and the text on the page to the last digit.
"""

from __future__ import annotations

from typing import Any

import pytest

import figures
from engine import Problem, business_case, flips, in_house_cost, knock_outs, rank, suitability
from tests import reference

RULES = reference.load("suitability_factors")
TASKS = reference.load("demo_company")["tasks"]
CATALOGUE = reference.load("task_catalogue")["tasks"]
PROVIDERS = reference.load("demo_providers")["providers"]
EXPECTED = [provider for provider in PROVIDERS if "expected" in provider]
RATED = [task for task in [*TASKS, *CATALOGUE] if "expected" in task]
NOT_MONEY = {"saving_pct", "payback_months", "cost_index"}


@pytest.mark.parametrize("task", RATED, ids=lambda t: t["code"])
def test_suitability(task: dict[str, Any]) -> None:
    found = suitability(reference.task_input(task), RULES)
    expected = task["expected"]
    assert found.score is not None
    assert abs(found.score - expected["score"]) <= 0.05 + 1e-9
    assert figures.score(found.score) == str(expected["score"])
    assert found.band == expected["band"]
    assert [gate.code for gate in found.gates] == expected["gates"]
    assert found.outcome == expected["outcome"]
    if "in_basket" in expected:
        assert reference.case_results()["suitability"][task["code"]]["in_basket"] == expected["in_basket"]


def test_every_reference_task_is_counted() -> None:
    assert len(RATED) == 29


@pytest.mark.parametrize("task", [t for t in TASKS if "expected" in t], ids=lambda t: t["code"])
def test_baseline(task: dict[str, Any]) -> None:
    found = in_house_cost(reference.task_input(task), reference.load("demo_company")["role_rates"])
    expected = task["expected"]
    assert found.cost == expected["baseline_cost"]
    assert found.cash_part == expected["external_cash"]
    assert found.hours == pytest.approx(expected["annual_hours"], abs=1e-6)
    assert found.salaried_hours == pytest.approx(expected["internal_hours"], abs=1e-6)


def _case(provider: dict[str, Any]) -> Any:
    tests = reference.case_results()["knock_outs"][provider["code"]]
    bid = {**provider, "task_exclusions": tests["excluded_tasks"]}
    return business_case(reference.basket(), bid, reference.assumptions())


@pytest.mark.parametrize("provider", EXPECTED, ids=lambda p: p["code"])
def test_business_case(provider: dict[str, Any]) -> None:
    found = _case(provider)
    for name, expected in provider["expected"]["business_case"].items():
        is_money = name not in NOT_MONEY
        value = getattr(found, name)
        assert abs(value - expected) <= (1 if is_money else 0.05 + 1e-9), name
        shown = figures.money(value) if is_money else figures.index(value)
        assert shown == (figures.money(expected) if is_money else figures.index(expected)), name
    for name, expected in provider["expected"]["range"].items():
        assert figures.money(getattr(found.range, name)) == figures.money(expected), name


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda p: p["code"])
def test_cost_index_is_the_stored_one(provider: dict[str, Any]) -> None:
    index = _case(provider).cost_index
    assert index is not None
    assert round(index, 1) == provider["metrics"]["COST-01"]
    row = next(a for a in reference.decision()["alternatives"] if a["code"] == provider["code"])
    assert row["scores"] == provider["metrics"]


@pytest.mark.parametrize("provider", EXPECTED, ids=lambda p: p["code"])
def test_knock_outs(provider: dict[str, Any]) -> None:
    found = reference.case_results()["knock_outs"][provider["code"]]
    expected = provider["expected"]
    assert found["failed"] == expected["knock_outs"]
    assert found["conditional"] == expected["conditional"]
    assert found["task_exclusions"] == expected["task_exclusions"]
    assert found["status"] == expected["status"]


@pytest.mark.parametrize("provider", EXPECTED, ids=lambda p: p["code"])
def test_totals(provider: dict[str, Any]) -> None:
    ranking = rank(Problem.from_decision(reference.decision()))
    expected = provider["expected"]
    rows: dict[str, Any] = {row.code: row for row in (*ranking.ranking, *ranking.excluded)}
    row = rows[provider["code"]]
    assert figures.score(row.score) == figures.score(expected["total"])
    for code, score in expected["by_criterion"].items():
        assert figures.score(row.by_criterion[code]) == figures.score(score)
    assert getattr(row, "rank", None) == expected["rank"]
    if expected["rank"] is None:
        cautious = row.cautious_score
    else:
        assert ranking.cautious is not None
        cautious = next(r.score for r in ranking.cautious if r.code == row.code)
    assert figures.score(cautious) == figures.score(expected["cautious_total"])


class TestSuggested:
    """The nine tests that the worked example suggests, as far as they are arithmetic."""

    def test_1_gates_beat_scores(self) -> None:
        ranking = rank(Problem.from_decision(reference.decision()))
        (excluded,) = ranking.excluded
        assert excluded.code == "V3"
        assert excluded.score > max(row.score for row in ranking.ranking)
        assert [gate.code for gate in excluded.gates] == ["K01"]

    def test_2_a_conditional_bid_stays_with_its_condition(self) -> None:
        ranking = rank(Problem.from_decision(reference.decision()))
        (row,) = [row for row in ranking.ranking if row.status == "conditional"]
        assert row.code == "V8"
        assert [(gate.code, gate.outcome) for gate in row.gates] == [("K03", "conditional")]

    def test_3_a_task_exclusion_is_not_an_exclusion(self) -> None:
        provider = next(p for p in PROVIDERS if p["code"] == "V2")
        bid = {**provider, "answers": {**provider["answers"], "PR-04": "no"}}
        gates = {task["code"]: [] for task in reference.basket()} | {"D04": ["G05"]}
        found = knock_outs(bid, reference.load("criteria")["knock_outs"], gates)
        assert found.status == "eligible"
        assert found.failed == ()
        assert found.excluded_tasks == ("D04",)
        case = business_case(reference.basket(), {**bid, "task_exclusions": ["D04"]}, reference.assumptions())
        assert "D04" not in case.scope
        assert case.whole_basket.tasks == ("D04",)
        assert case.whole_basket.added == 54912
        assert case.whole_basket.baseline == 2735237

    def test_4_an_export_gate_holds_whatever_the_score(self) -> None:
        task = reference.task_input(next(t for t in TASKS if t["code"] == "D14"))
        directions = {f["code"]: f["direction"] for f in RULES["factors"]}
        best = {c: 5 if d == "higher_favours_outsourcing" else 1 for c, d in directions.items()}
        found = suitability({**task, "answers": best}, RULES)
        assert found.score == 100
        assert found.outcome == "OUTSOURCE"
        assert found.restriction == "ONSHORE_US_PERSONS"
        assert "G03" in [gate.code for gate in found.gates]

    def test_5_a_gap_below_three_points_is_a_tie(self) -> None:
        lead = rank(Problem.from_decision(reference.decision())).lead
        assert lead is not None
        assert lead.tie
        assert figures.score(lead.points) == "1.1"

    def test_6_ten_points_more_for_cost_swap_the_first_two(self) -> None:
        others = {code: weight * 60 / 70 for code, weight in {"QUAL": 30, "SECU": 25, "COMM": 15}.items()}
        ranking = rank(Problem.from_decision(reference.decision(COST=40, **others)))
        assert [row.code for row in ranking.ranking[:2]] == ["V2", "V1"]
        found = {row.code: row for row in flips(Problem.from_decision(reference.decision())).weights}
        assert 0.30 < found["COST"].high < 0.40
        assert found["COST"].high_winner == "V2"
        assert 0.15 - 0.08 < found["COMM"].low < 0.15 - 0.07
        assert found["COMM"].low_winner == "V2"

    def test_7_claims_lower_the_cautious_score_most(self) -> None:
        ranking = rank(Problem.from_decision(reference.decision()))
        assert ranking.cautious is not None
        plain = {row.code: row.score for row in (*ranking.ranking, *ranking.excluded)}
        cautious = {row.code: row.score for row in ranking.cautious}
        cautious |= {row.code: row.cautious_score or 0 for row in ranking.excluded}
        drops = {code: plain[code] - cautious[code] for code in plain}
        assert max(drops, key=lambda code: drops[code]) == "V3"

    def test_8_committed_fees_do_not_shrink(self) -> None:
        task = next(t for t in reference.basket() if t["code"] == "D10")
        bid = {
            "offers": [{"task": "D10", "model": "fte", "price": 7710.0, "fte": 2.5}],
            "productivity_factor": 1,
        }
        bid["metrics"] = {"QUAL-01": 0, "COST-04": 0}
        case = business_case([task], bid, reference.assumptions())
        unit = {**bid, "offers": [{"task": "D10", "model": "per_unit", "price": case.fees / 1100}]}
        same = business_case([task], unit, reference.assumptions())
        assert same.annual_saving == pytest.approx(case.annual_saving)
        assert same.range.low - case.range.low == pytest.approx(case.fees * 1.1 * 0.2)
        assert case.range.high - same.range.high == pytest.approx(case.fees * 0.95 * 0.1)

    def test_9_cash_may_fall_while_the_saving_is_positive(self) -> None:
        case = _case(PROVIDERS[0])
        assert case.annual_saving > 0 > case.direct_cash_effect
