"""What is worth finding out: by hand, against averages over the distribution, and by ranking again."""

from __future__ import annotations

import copy
import dataclasses
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from engine import PiecewiseLinear, Problem, Unknown, rank, unknowns
from engine.distributions import expected_excess
from tests.engine.small import decision, decisions, flat, leaf

PLACES = (np.arange(200_000) + 0.5) / 200_000


def found(document: dict[str, Any]) -> tuple[Unknown, ...]:
    return unknowns(Problem.from_decision(document))


def quantiles(score: Any) -> np.ndarray:
    """The metric at evenly spaced probabilities."""
    if "mean" in score:
        normal = NormalDist(score["mean"], score["sd"])
        grid = np.linspace(normal.mean - 9 * normal.stdev, normal.mean + 9 * normal.stdev, 20_001)
        return np.interp(PLACES, [normal.cdf(x) for x in grid], grid)
    low, high = score["low"], score["high"]
    if "mode" not in score:
        return low + (high - low) * PLACES
    part = (score["mode"] - low) / (high - low)
    risen = np.where(part > PLACES, np.sqrt(PLACES * part), 1 - np.sqrt((1 - PLACES) * (1 - part)))
    return low + (high - low) * risen


def test_an_unknown_score_of_another_that_may_rise() -> None:
    """A 62, B 58 without its X (worth 60 points). B passes A at X = 62 − 28 of 60; any value is as likely."""
    document = flat()
    document["alternatives"][1]["scores"] = {"X": None, "Y": 7}
    row = found(document)[0]
    assert (row.alternative, row.criterion, row.could_change, row.winner) == ("B", "X", True, "B")
    level = (62 - 28) / 60
    assert row.at == pytest.approx(10 * level)
    assert (row.low, row.high) == pytest.approx((28, 88))
    assert row.worth == pytest.approx(60 * (1 - level) ** 2 / 2)


def test_a_range_of_the_first_that_may_fall() -> None:
    """A has X in 7 to 10, middle 8.5: 59. It falls to B, 58, at X = 8 + 1/3, which is 4/9 of the range."""
    document = flat()
    document["alternatives"][0]["scores"]["X"] = {"low": 7, "high": 10}
    (row,) = found(document)
    assert (row.alternative, row.criterion, row.could_change, row.winner) == ("A", "X", True, "B")
    assert row.at == pytest.approx(25 / 3)
    assert (row.low, row.high) == pytest.approx((50, 68))
    assert row.worth == pytest.approx(60 * 0.3 * (4 / 9) ** 2 / 2)


def test_what_cannot_change_the_first_place_is_worth_nothing() -> None:
    document = flat()
    document["alternatives"][2]["scores"]["X"] = {"low": 0, "high": 8}
    document["alternatives"][0]["scores"]["Y"] = {"mean": 9, "sd": 0.1}
    document["alternatives"][0]["scores"]["X"] = 9.9
    assert found(document) == (
        Unknown("A", "Y", False, None, None, pytest.approx(59.4), pytest.approx(99.4), 0.0),
        Unknown("C", "X", False, None, None, pytest.approx(8), pytest.approx(56), 0.0),
    )


def test_most_worth_first_then_by_code() -> None:
    scores = {"A": {"X": 5, "Y": 5}, "C": {"X": 3}, "B": {"X": 3}, "D": {"X": 4}}
    rows = found(decision([leaf("X"), leaf("Y")], scores))
    assert [row.alternative for row in rows] == ["D", "B", "C"]
    assert rows[0].worth > rows[1].worth == rows[2].worth > 0


def test_only_what_counts_is_listed() -> None:
    scores = {
        "A": {"X": 5, "N": None},
        "B": {"X": {"low": 4, "high": 4}, "N": 1},
        "C": {"X": {"mean": 4, "sd": 0}, "N": {"low": 0, "high": 9}},
        "D": {"X": None},
    }
    document = decision([leaf("X", 1), leaf("N", 0)], scores)
    assert [(row.alternative, row.criterion) for row in found(document)] == [("D", "X")]
    document["alternatives"][3]["gates"] = [{"code": "K", "outcome": "failed"}]
    assert found(document) == ()
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    assert found(document) == ()


def test_an_only_alternative_stays_first() -> None:
    (row,) = found(decision([leaf("X")], {"A": {"X": {"low": 1, "high": 3}}}))
    assert row == Unknown("A", "X", False, None, None, pytest.approx(10), pytest.approx(30), 0.0)


def test_a_tied_first_place() -> None:
    """The first in the file counts as the first: it may fall, the other rise, both from where they are."""
    middle = {"X": {"low": 4, "high": 6}}
    document = decision([leaf("X")], {"B": middle, "A": copy.deepcopy(middle), "C": {"X": 5}})
    rows = {row.alternative: row for row in found(document)}
    assert rows["B"].winner == rows["A"].winner == "A"
    assert rows["B"].at == rows["A"].at == pytest.approx(5)
    assert rows["B"].worth == rows["A"].worth == pytest.approx(2.5)


def test_the_worst_value_of_the_policy_cannot_fall() -> None:
    document = decision([leaf("X"), leaf("Y")], {"A": {"X": 9}, "B": {"X": 3, "Y": 3}})
    assert [row.could_change for row in found(document)] == [False]
    document["missing"] = "midpoint"
    (row,) = found(document)
    assert row.could_change is False
    document["alternatives"][1]["scores"] = {"X": 6, "Y": 6}
    (row,) = found(document)
    assert (row.could_change, row.winner, row.at) == (True, "B", pytest.approx(3))
    assert row.worth == pytest.approx(50 * 0.3**2 / 2)


def test_a_level_stretch_is_left_at_the_end_that_is_reached_first() -> None:
    steps = [[0, 0], [2, 0.5], [6, 0.5], [8, 1]]
    tree = [leaf("X", 1, steps), leaf("Y", 1)]
    fall = {"A": {"X": {"low": 0, "mode": 7, "high": 8}, "Y": 5}, "B": {"X": 5, "Y": 5}}
    (row,) = found(decision(tree, fall))
    assert (row.at, row.winner) == (6, "B")
    tied = {"A": {"X": {"low": 0, "high": 8}, "Y": 5}, "B": {"X": 5, "Y": 5}}
    (row,) = found(decision(tree, tied))
    assert (row.at, row.winner) == (4, "B")
    rise = {"A": {"X": 4, "Y": 5}, "B": {"X": {"low": 0, "mode": 1, "high": 8}, "Y": 5}}
    (row,) = found(decision(tree, rise))
    assert (row.at, row.winner) == (2, "B")


def test_the_point_lies_within_the_range() -> None:
    """The scale ends at 10; a range beyond it has the value of that end, and the point is in the range."""
    tree = [leaf("X", 1), leaf("Y", 1)]
    scores = {"A": {"X": {"low": 12, "high": 2000}, "Y": 5}, "B": {"X": 10, "Y": 5}}
    assert [row.could_change for row in found(decision(tree, scores))] == [False]
    scores = {"A": {"X": 1, "Y": 5}, "B": {"X": {"low": -5, "mode": -5, "high": 4}, "Y": 5}}
    (row,) = found(decision(tree, scores))
    assert (row.at, row.winner) == (pytest.approx(1), "B")


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0], [10, 1]],
        [[10, 0], [0, 1]],
        [[110, 0], [80, 0.35], [50, 0.75], [28, 1]],
        [[0, 0], [2, 0.5], [6, 0.5], [8, 1]],
        [[9, 0], [6, 0], [4, 0.5], [1, 1], [0, 1]],
    ],
)
@pytest.mark.parametrize(
    "score",
    [
        {"low": 1, "high": 7},
        {"low": -20, "high": 60},
        {"low": 2, "mode": 3, "high": 9},
        {"low": 5, "mode": 5, "high": 8},
        {"low": 4, "mode": 70, "high": 70},
        {"mean": 5, "sd": 2},
        {"mean": 40, "sd": 30},
        {"mean": 5, "sd": 1e-3},
        {"mean": 5, "sd": 1e5},
    ],
)
def test_expected_excess_is_the_average_over_the_distribution(points: Any, score: Any) -> None:
    values = PiecewiseLinear(points)(quantiles(score))
    shape = {2: "normal" if "mean" in score else "uniform", 3: "triangular"}[len(score)]
    cell = (shape, *(float(number) for number in score.values()))
    for level in (0.0, 0.2, 0.5, 0.9, 1.0):
        above = expected_excess(points, level, cell)
        below = expected_excess([(x, 1 - v) for x, v in reversed(points)], 1 - level, cell)
        assert above == pytest.approx(np.maximum(values - level, 0).mean(), abs=2e-5)
        assert below == pytest.approx(np.maximum(level - values, 0).mean(), abs=2e-5)
        assert above - below == pytest.approx(values.mean() - level, abs=2e-5)


def test_expected_excess_in_closed_form() -> None:
    """Half a square for a uniform score; φ(0) for the half of a normal one above its mean."""
    line = [(-1e3, 0), (1e3, 1)]
    assert expected_excess([(0, 0), (1, 1)], 0.25, ("uniform", 0.0, 1.0)) == pytest.approx(
        0.75**2 / 2, rel=1e-14
    )
    half = expected_excess(line, 0.5, ("normal", 0.0, 1.0))
    assert half == pytest.approx(0.3989422804014327 / 2e3, rel=1e-12)
    assert expected_excess(line, 1.0, ("normal", 0.0, 1.0)) == 0
    assert expected_excess(line, 0.0, ("normal", 0.0, 1e-300)) == pytest.approx(0.5)
    assert expected_excess(line, 0.25, ("uniform", -1.7e308, 1.7e308)) == pytest.approx(0.375)
    assert expected_excess(line, 0.5, ("triangular", -1.7e308, 0.0, 1.7e308)) == pytest.approx(0.25)
    assert expected_excess(line, 0.5, ("normal", 1.7e308, 1e-300)) == 0.5
    nearly = math.nextafter(1, 0)
    assert 0 < expected_excess([(1e6, 0), (1e6 + 1, 1)], nearly, ("normal", 1e6, 1.0)) < 1e-16


@settings(deadline=None, max_examples=60)
@given(decisions())
def test_ranking_again_with_the_score_agrees(document: dict[str, Any]) -> None:
    """At the point the winner is level with the first, and at the end of the range it leads; without a point
    the first stays first at both ends. And the worth is the average gain over the distribution."""
    problem = Problem.from_decision(document)
    ranking = rank(problem).ranking
    level = {row.code for row in ranking if row.rank == 1}
    first = next((entry["code"] for entry in document["alternatives"] if entry["code"] in level), "")
    entries = {entry["code"]: entry for entry in document["alternatives"]}
    scales = dict(zip(problem.model.tree.leaf_codes, problem.model.tree.functions, strict=True))
    for row in unknowns(problem)[:6]:
        score = entries[row.alternative]["scores"][row.criterion]
        function = scales[row.criterion]
        worst, best = function.points[0][0], function.points[-1][0]
        ends = [worst, best]
        if score is not None and "low" in score:
            ends = sorted([score["low"], score["high"]], reverse=worst > best)
        totals = []
        for metric in (*ends, row.at if row.at is not None else ends[0]):
            changed = copy.deepcopy(document)
            target = next(e for e in changed["alternatives"] if e["code"] == row.alternative)
            target["scores"][row.criterion] = metric
            rows = rank(Problem.from_decision(changed)).ranking
            totals.append({one.code: one.score for one in rows})
        assert totals[0][row.alternative] == pytest.approx(row.low, abs=1e-9)
        assert totals[1][row.alternative] == pytest.approx(row.high, abs=1e-9)
        if row.could_change:
            assert row.winner is not None
            assert totals[2][row.winner] == pytest.approx(totals[2][first], abs=1e-7)
            end = totals[0] if row.alternative == first else totals[1]
            assert end[row.winner] > end[first] + 1e-9
            assert row.worth > 0
        else:
            assert all(one[first] >= max(one.values()) - 2e-9 for one in totals)
            assert row.worth == 0


def test_the_worth_is_the_average_gain() -> None:
    """By taking the better of the two totals at each point of the distribution."""
    steps = [[0, 0], [3, 0.6], [6, 0.6], [10, 1]]
    for score in ({"low": 1, "high": 9}, {"low": 0, "mode": 2, "high": 12}, {"mean": 4, "sd": 3}):
        tree = [leaf("X", 3, steps), leaf("Y", 2)]
        for own, other in ((4, 6), (6, 5)):
            scores = {"A": {"X": score, "Y": own}, "B": {"X": 4, "Y": other}}
            (row,) = found(decision(tree, scores))
            totals = 60 * PiecewiseLinear(steps)(quantiles(score)) + 4 * own
            others = 60 * 0.6 + 4 * other
            base = rank(Problem.from_decision(decision(tree, scores))).ranking[0].code
            chosen = totals if base == "A" else np.full_like(totals, others)
            assert row.worth == pytest.approx((np.maximum(totals, others) - chosen).mean(), abs=1e-3)


def test_a_row_is_frozen() -> None:
    (row,) = found(decision([leaf("X")], {"A": {"X": None}}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.worth = 1.0


@pytest.mark.parametrize(
    "score", [{"low": 0, "mode": 5, "high": 1e17}, {"low": -1e300, "mode": -7.5, "high": 1e160}]
)
def test_a_triangle_whose_ends_are_worlds_apart_has_a_worth(score: Any) -> None:
    tree = [leaf("X", 1, [[20, 0], [0, 1]])]
    (row,) = found(decision(tree, {"A": {"X": 5}, "B": {"X": score}}))
    assert 0 <= row.worth <= 100
