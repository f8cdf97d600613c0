"""The ranking of the sample case through the database: expected figures, domain examples, cost."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any

import pytest

from assessments.models import FactorAnswer, TaskAssessment
from providers.models import Answer, Metric, Provider
from selections import services
from selections.models import Bid, BidLine, Score, Selection
from selections.services import Preview, preview_ranking
from selections.words import statement
from selections.words.shifts import ten_point_shifts

EXPECTED = Path(__file__).parent.parent / "reference/demo_providers.json"
BOUND_MS = 250  # generous for a loaded machine; the aim, printed below, is 50


def expected() -> dict[str, dict[str, Any]]:
    rows = json.loads(EXPECTED.read_text(encoding="utf-8"))["providers"]
    return {row["code"]: row["expected"] for row in rows if "expected" in row}


@pytest.fixture
def preview(sample: Any) -> Preview:
    return preview_ranking(selection=sample.selection)


@pytest.mark.parametrize("code", ["V1", "V2", "V3", "V4"])
def test_totals_and_criteria_meet_the_worked_example(preview: Preview, code: str) -> None:
    want, row = expected()[code], preview.reading.rows[code]
    assert row["score"] == pytest.approx(want["total"], abs=0.05)
    for criterion, score in want["by_criterion"].items():
        assert row["by_criterion"][criterion] == pytest.approx(score, abs=0.05)
    places = {one["code"]: one["rank"] for one in preview.reading.ranking}
    assert places.get(code) == want["rank"]
    careful = {one["code"]: one["score"] for one in preview.reading.result["cautious"]}
    assert careful.get(code, row.get("cautious_score")) == pytest.approx(want["cautious_total"], abs=0.05)


@pytest.mark.parametrize("code", ["V1", "V2", "V3", "V4"])
def test_business_cases_meet_the_worked_example(preview: Preview, code: str) -> None:
    want, found = expected()[code]["business_case"], preview.case["business_cases"][code]
    for name in ("baseline", "fees", "oversight", "rework", "governance", "run_cost", "transition"):
        assert found[name] == pytest.approx(want[name], abs=1), name
    assert found["annual_saving"] == pytest.approx(want["annual_saving"], abs=1)
    assert found["cost_index"] == pytest.approx(want["cost_index"], abs=0.05)
    assert found["direct_cash_effect"] == pytest.approx(want["direct_cash_effect"], abs=1)


def test_1_a_failed_knock_out_beats_the_best_score(preview: Preview) -> None:
    excluded = preview.reading.excluded[0]
    assert (excluded["code"], [gate["code"] for gate in excluded["gates"]]) == ("V3", ["K01"])
    assert excluded["score"] > preview.reading.ranking[0]["score"]


def test_2_a_conditional_provider_is_ranked_and_marked(preview: Preview) -> None:
    row = preview.reading.rows["V8"]
    assert (row["status"], [gate["code"] for gate in row["gates"]]) == ("conditional", ["K03"])
    assert row in preview.reading.ranking


def test_3_an_excluded_task_is_not_an_excluded_bid(preview: Preview) -> None:
    tests = preview.case["knock_outs"]["V3"]
    assert tests["task_exclusions"] == [{"knock_out": "K12", "excluded_tasks": ["D04"]}]
    assert tests["failed"] == ["K01"]


def test_4_an_export_gate_stays_whatever_the_score(sample: Any) -> None:
    task = TaskAssessment.objects.get(legal_task__code="D14")
    FactorAnswer.objects.filter(task=task).update(level=5)
    found = preview_ranking(selection=sample.selection).case["suitability"]["D14"]
    assert "G03" in [gate["code"] for gate in found["gates"]]


def test_5_a_gap_below_three_points_is_a_tie(preview: Preview) -> None:
    assert preview.reading.result["lead"]["tie"]
    said = [str(sentence) for sentence in statement(preview.reading).sentences]
    assert said[0] == "Ashgrove leads Banyan Quay by 1.1 points: a tie."
    assert said[1] == (
        "Banyan Quay would lead if Communication weighed less than 7.7 (now 15), "
        "or Cost more than 38.4 (now 30)."
    )
    assert said[2].startswith("The smallest single change of a score: All-in basket cost index of Ashgrove")


def test_6_raising_cost_by_ten_swaps_the_first_two(sample: Any, preview: Preview) -> None:
    held = [shift.holds for shift in ten_point_shifts(preview.reading)]
    assert (sum(held), len(held)) == (6, 8)
    rest = {"QUAL": 30 * 60 / 70, "SECU": 25 * 60 / 70, "COMM": 15 * 60 / 70}
    moved = preview_ranking(selection=sample.selection, weights={"COST": 40.0, **rest})
    assert [row["code"] for row in moved.reading.ranking[:2]] == ["V2", "V1"]


def test_7_the_cautious_total_lowers_claims_most(preview: Preview) -> None:
    careful = {one["code"]: one["score"] for one in preview.reading.result["cautious"]}
    careful["V3"] = preview.reading.rows["V3"]["cautious_score"]
    drops = {code: preview.reading.rows[code]["score"] - careful[code] for code in ("V1", "V2", "V3", "V4")}
    assert max(drops, key=lambda code: drops[code]) == "V3"


def test_8_a_committed_fee_does_not_shrink_with_the_volume(preview: Preview) -> None:
    found = preview.case["business_cases"]["V1"]
    want = expected()["V1"]["range"]
    for end in ("low", "base", "high"):
        assert found["range"][end] == pytest.approx(want[end], abs=1)


def test_9_cash_may_be_lost_while_the_saving_is_positive(preview: Preview) -> None:
    found = preview.case["business_cases"]["V1"]
    assert found["annual_saving"] > 0 > found["direct_cash_effect"]


def test_a_preview_writes_nothing(sample: Any) -> None:
    before = Selection.objects.get(pk=sample.selection.pk).version
    preview_ranking(selection=sample.selection, weights={"COST": 90.0})
    after = Selection.objects.get(pk=sample.selection.pk)
    assert after.version == before
    assert after.weights.get(code="COST").value == 30


def test_the_fingerprint_follows_the_scores_and_not_the_weights(sample: Any) -> None:
    first = preview_ranking(selection=sample.selection)
    other = preview_ranking(selection=sample.selection, weights={"COST": 90.0})
    assert first.fingerprint == other.fingerprint
    assert len(first.fingerprint) == 12
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-01").update(value=1.3)
    assert preview_ranking(selection=sample.selection).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        lambda: TaskAssessment.objects.filter(legal_task__code="D01").update(annual_volume=1),
        lambda: Answer.objects.filter(provider__code="V1", question="ET-06").update(value="partly"),
        lambda: BidLine.objects.filter(bid__provider__code="V2").update(price_amount=3),
        lambda: Bid.objects.filter(provider__code="V2").update(acceptances={"K07": "agreed"}),
        lambda: Selection.objects.update(tie_margin=1),
    ],
)
def test_everything_that_is_read_changes_the_fingerprint(sample: Any, change: Any) -> None:
    first = preview_ranking(selection=sample.selection).fingerprint
    change()
    fresh = Selection.objects.get(pk=sample.selection.pk)
    assert preview_ranking(selection=fresh).fingerprint != first


def test_the_newest_score_counts_before_the_profile(sample: Any) -> None:
    bid = Bid.objects.select_related("provider").get(provider__code="V1")
    for value in (2.0, 3.0):
        services.give_score(
            bid=bid, sub_criterion="QUAL-02", value=value, evidence="E2", actor=sample.procurement
        )
    cell = preview_ranking(selection=sample.selection).inputs.cells["V1"]["QUAL-02"]
    assert (cell.value, cell.origin, cell.by) == (3.0, "score", str(sample.procurement))
    services.give_score(bid=bid, sub_criterion="QUAL-02", value=None, evidence="E0", actor=sample.procurement)
    found = preview_ranking(selection=sample.selection)
    assert found.reading.rows["V1"]["missing"] == ["QUAL-02"]
    assert found.inputs.cells["V1"]["QUAL-02"].value is None


def test_an_unknown_error_rate_leaves_the_cost_index_open_too(sample: Any) -> None:
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-01").update(value=None)
    row = preview_ranking(selection=sample.selection).reading.rows["V1"]
    assert row["missing"] == ["COST-01", "QUAL-01"]


def test_a_missing_value_counts_as_the_policy_says(sample: Any) -> None:
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-02").update(value=None)
    worst = preview_ranking(selection=sample.selection).reading.rows["V1"]
    Selection.objects.update(missing="midpoint")
    fresh = Selection.objects.get(pk=sample.selection.pk)
    middle = preview_ranking(selection=fresh).reading.rows["V1"]
    assert middle["score"] - worst["score"] == pytest.approx(30 * 0.15 * 0.5)


def test_without_bids_there_is_no_ranking_and_no_problem(sample: Any) -> None:
    empty = Selection.objects.create(
        name="Empty",
        assessment=sample.assessment,
        criteria_set=Selection.objects.get(pk=sample.selection.pk).criteria_set,
    )
    found = preview_ranking(selection=empty)
    assert (found.reading, found.problems, found.inputs.bids) == (None, (), ())


def test_missing_assumptions_are_named_one_by_one(sample: Any) -> None:
    Selection.objects.update(assumptions={})
    found = preview_ranking(selection=Selection.objects.get(pk=sample.selection.pk))
    assert found.reading is None
    assert "Term of the agreement is missing." in found.problems
    assert len(found.problems) > 10


def test_a_role_without_a_rate_is_named_with_its_task(sample: Any) -> None:
    TaskAssessment.objects.filter(legal_task__code="D01").update(staffing_mix={"nobody": 1.0})
    found = preview_ranking(selection=sample.selection)
    assert found.problems
    assert all(problem.startswith("D01 First-level document review") for problem in found.problems)


def _thirty_bids(selection: Selection) -> None:
    """Add bids like the first one until there are thirty."""
    pattern = Bid.objects.select_related("provider").get(selection=selection, provider__code="V1")
    lines, metrics = list(pattern.lines.all()), list(pattern.provider.metrics.all())
    answers = list(pattern.provider.answers.all())
    for number in range(9, 31):
        provider = Provider.objects.create(code=f"V{number}", name=f"Provider {number}")
        bid = Bid.objects.create(selection=selection, provider=provider)
        for row, owner in (
            (lines, {"bid": bid}),
            (metrics, {"provider": provider}),
            (answers, {"provider": provider}),
        ):
            for one in row:
                one.pk = None
                for name, value in owner.items():
                    setattr(one, name, value)
                one.save()
        Score.objects.create(bid=bid, sub_criterion="COST-02", value=50, evidence="E1")


def test_one_bid_and_thirty_cost_the_same_number_of_queries(
    sample: Any, django_assert_max_num_queries: Any
) -> None:
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get(
        pk=sample.selection.pk
    )
    alone = Bid.objects.get(selection=selection, provider__code="V1")
    others = Bid.objects.filter(selection=selection).exclude(pk=alone.pk)
    everyone = list(others.values_list("pk", flat=True))
    moved = Selection.objects.create(
        name="Elsewhere", assessment=selection.assessment, criteria_set=selection.criteria_set
    )
    others.update(selection=moved)
    with django_assert_max_num_queries(13) as one:
        preview_ranking(selection=selection)
    Bid.objects.filter(pk__in=everyone).update(selection=selection)
    _thirty_bids(selection)
    with django_assert_max_num_queries(13) as thirty:
        found = preview_ranking(selection=selection)
    assert len(found.inputs.bids) == 30
    assert len(one.captured_queries) == len(thirty.captured_queries)


def test_a_preview_of_eight_by_twenty_four_with_flips_is_quick(
    sample: Any, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get(
        pk=sample.selection.pk
    )
    times = []
    for _ in range(15):
        start = time.perf_counter()
        assert preview_ranking(selection=selection).result is not None
        times.append((time.perf_counter() - start) * 1000)
    median = statistics.median(times)
    record_property("preview_median_ms", round(median, 1))
    with capsys.disabled():
        print(f"\nranking preview 8 x 24 with flips: median {median:.1f} ms (aim 50)")
    assert min(times) < BOUND_MS  # what it takes when nothing else is running
