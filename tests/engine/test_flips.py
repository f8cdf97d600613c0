"""What would change the first place, solved by hand and checked at the point."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from engine import Problem, flips, proofs, rank
from engine.score_flips import ScoreFlip
from engine.stability import Flips
from tests.engine.small import decision, flat, group, leaf


def found(document: dict[str, Any]) -> Flips:
    return flips(Problem.from_decision(document))


def weight_row(document: dict[str, Any], code: str) -> tuple[Any, ...]:
    row = next(row for row in found(document).weights if row.code == code)
    return (row.weight, round(row.low, 9), round(row.high, 9), row.low_winner, row.high_winner)


def test_weights_by_hand() -> None:
    """A − B = 0.4 x − 0.5 (1 − x) = 0 at x = 5/9 of X, which is 4/9 of Y."""
    assert weight_row(flat(), "X") == (0.6, round(5 / 9, 9), 1, "B", None)
    assert weight_row(flat(), "Y") == (0.4, 0, round(4 / 9, 9), None, "B")
    nearest = found(flat()).nearest
    assert nearest is not None
    assert (nearest.code, nearest.winner) == ("X", "B")
    assert nearest.change == pytest.approx(5 / 9 - 0.6)


def test_scores_by_hand() -> None:
    rows = {(row.alternative, row.criterion): row for row in found(flat()).scores}
    assert set(rows) == {("A", "X"), ("A", "Y"), ("B", "X"), ("B", "Y"), ("C", "X")}
    expected = {"AX": (9, 9 - 4 / 6, "B"), "AY": (2, 1, "B"), "BX": (5, 5 + 4 / 6, "B"), "BY": (7, 8, "B")}
    for key, (now, then, winner) in expected.items():
        row = rows[key[0], key[1]]
        assert row.from_ == now
        assert row.to == pytest.approx(then)
        assert row.winner == winner
    assert rows["C", "X"].to == pytest.approx(9)
    assert rows["C", "X"].winner == "C"


def test_a_tie_at_the_end_is_no_flip_however_little_the_siblings_weigh() -> None:
    """A and B are the same but for X, so that they tie where X has no weight and nowhere before."""
    tree = [leaf("X", 500480.7), leaf("Y", 4), leaf("Z", 2)]
    same = {"Y": 4.5, "Z": 6.5}
    document = decision(tree, {"A": {"X": 9, **same}, "B": {"X": 2, **same}})
    assert found(document).nearest is None
    assert weight_row(document, "X")[1:] == (0, 1, None, None)
    tree = [group("G", 1e-5, leaf("X", 1e-5), leaf("Y", 1)), leaf("Z", 1)]
    document = decision(tree, {"A": {"X": 9.5, "Y": 1.8, "Z": 9.6}, "B": {"X": 9.5, "Y": 1.7, "Z": 9.6}})
    assert weight_row(document, "X")[1:] == (0, 1, None, None)


def test_a_deeper_node_moves_only_within_its_group() -> None:
    tree = [group("G", 1, leaf("X", 1), leaf("Y", 1)), leaf("Z", 1)]
    document = decision(tree, {"A": {"X": 8, "Y": 2, "Z": 5}, "B": {"X": 2, "Y": 6, "Z": 5}})
    assert weight_row(document, "X") == (0.5, 0.4, 1, "B", None)
    assert weight_row(document, "G") == (0.5, 0, 1, None, None)


@pytest.mark.parametrize(
    "document",
    [
        decision([leaf("X", 1), leaf("Y", 1)], {"A": {"X": 4, "Y": 6}, "B": {"X": 6, "Y": 4}}),
        decision([leaf("X", 1)], {"A": {"X": 4}, "B": {"X": 3}}),
        decision([leaf("X", 1), leaf("Y", 0)], {"A": {"X": 4, "Y": 0}}),
        decision([group("G", 1, leaf("X", 0)), leaf("Z", 1)], {"A": {"Z": 3}, "B": {"X": 9, "Z": 2}}),
    ],
    ids=["first place tied", "only child", "one alternative", "dropped group"],
)
def test_no_weight_flip(document: dict[str, Any]) -> None:
    result = found(document)
    assert all(
        (row.low, row.high, row.low_winner, row.high_winner) == (0, 1, None, None) for row in result.weights
    )
    assert result.nearest is None


def test_a_share_of_one_has_no_flip_and_its_sibling_does() -> None:
    document = decision([leaf("X", 1), leaf("Y", 0)], {"A": {"X": 4, "Y": 0}, "B": {"X": 3, "Y": 1}})
    assert weight_row(document, "X") == (1, 0, 1, None, None)
    assert weight_row(document, "Y") == (0, 0, 0.5, None, "B")


def test_level_only_at_the_end_is_no_flip() -> None:
    document = decision([leaf("X", 1), leaf("Y", 1)], {"A": {"X": 4, "Y": 5}, "B": {"X": 4, "Y": 4}})
    assert weight_row(document, "X") == (0.5, 0, 1, None, None)


def test_of_several_at_the_same_point_the_steepest_wins() -> None:
    scores = {"A": {"X": 8, "Y": 2}, "B": {"X": 4, "Y": 4}, "C": {"X": 2, "Y": 5}}
    document = decision([leaf("X", 1), leaf("Y", 1)], scores)
    assert weight_row(document, "X") == (0.5, round(1 / 3, 9), 1, "C", None)


def test_excluded_alternatives_take_no_part() -> None:
    document = flat()
    document["alternatives"][1]["gates"] = [{"code": "K", "outcome": "failed"}]
    assert weight_row(document, "X") == (0.6, 0, 1, None, None)
    assert {row.alternative for row in found(document).scores} == {"A", "C"}
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    result = found(document)
    assert (len(result.scores), list(result.scores), result.nearest) == (0, [], None)
    assert [(row.low, row.high) for row in result.weights] == [(0, 1)] * 2


def test_with_the_first_place_tied_the_first_in_the_file_counts_as_first() -> None:
    document = decision([leaf("X")], {"B": {"X": 5}, "A": {"X": 5}, "C": {"X": 3}})
    assert list(found(document).scores) == [ScoreFlip("C", "X", from_=3.0, to=5.0, winner="C")]


def test_only_exact_weighted_scores_that_can_reach_it_are_listed() -> None:
    scores: dict[str, Any] = {
        "A": {"X": 9, "Y": {"low": 8, "high": 10}, "Z": 1},
        "B": {"X": None, "Y": 3, "Z": 10},
    }
    document = decision([leaf("X", 4), leaf("Y", 5), leaf("Z", 0)], scores)
    assert [(row.alternative, row.criterion) for row in found(document).scores] == []
    scores["B"] = {"X": 8, "Y": 8, "Z": 10}
    listed = [(row.alternative, row.criterion) for row in found(document).scores]
    assert listed == []
    document = decision([leaf("X", 4), leaf("Y", 5), leaf("Z", 0)], scores)
    assert [(r.alternative, r.criterion) for r in found(document).scores] == [("A", "X"), ("B", "Y")]


def test_a_level_stretch_of_the_scale_gives_the_nearer_end() -> None:
    steps = [[0, 0], [2, 0.5], [6, 0.5], [8, 1]]
    tree = [leaf("X", 1, steps), leaf("Y", 1)]
    rows = found(decision(tree, {"A": {"X": 8, "Y": 5}, "B": {"X": 1, "Y": 7.5}})).scores
    to = {(row.alternative, row.criterion): row.to for row in rows}
    assert to["B", "X"] == pytest.approx(7)
    rows = found(decision(tree, {"A": {"X": 8, "Y": 5}, "B": {"X": 3, "Y": 5}})).scores
    to = {(row.alternative, row.criterion): row.to for row in rows}
    assert to["A", "X"] == pytest.approx(6)
    rows = found(decision(tree, {"A": {"X": 3, "Y": 5}, "B": {"X": 1, "Y": 5}})).scores
    to = {(row.alternative, row.criterion): row.to for row in rows}
    assert to["B", "X"] == pytest.approx(2)


def test_less_is_better_maps_back_to_the_raw_scale() -> None:
    cost = [[105, 0], [85, 0.35], [70, 0.65], [55, 0.9], [45, 1]]
    document = decision([leaf("K", 1, cost)], {"A": {"K": 62.5}, "B": {"K": 40}, "C": {"K": 90}})
    rows = {(row.alternative, row.criterion): row for row in found(document).scores}
    assert rows["C", "K"].to == pytest.approx(45)
    assert rows["B", "K"].to == pytest.approx(62.5)
    assert rows["B", "K"].winner == "A"


def test_the_interval_is_exact_however_little_the_siblings_weigh() -> None:
    """A − B = 0.4 x − 0.5 (1 − x) whatever the share now, so the tie stays at x = 5/9."""
    for weight in (1e3, 1e9, 1e12, 1e15):
        document = flat()
        document["criteria"][0]["weight"], document["criteria"][1]["weight"] = weight, 1
        x, y = found(document).weights
        assert (x.low, x.low_winner) == (pytest.approx(5 / 9, rel=1e-14), "B")
        assert (y.high, y.high_winner) == (pytest.approx(4 / 9, rel=1e-14), "B")


def test_of_equal_changes_the_first_in_the_file_is_the_nearest() -> None:
    """Of two criteria each change is the other's, and rounding must not choose between them."""
    for weight in range(51, 99):
        document = flat()
        document["criteria"][0]["weight"], document["criteria"][1]["weight"] = weight, 100 - weight
        nearest = found(document).nearest
        assert nearest is not None
        assert nearest.code == "X"


def test_weights_too_small_to_matter_raise_no_warning() -> None:
    tree = [group("G", 1e-300, leaf("X", 1e-10), leaf("Y", 1)), leaf("Z", 1)]
    document = decision(tree, {"A": {"X": 1, "Y": 1, "Z": 9}, "B": {"X": 9, "Y": 2, "Z": 1}})
    assert weight_row(document, "X")[1:] == (0, 1, None, None)
    assert {(row.alternative, row.criterion) for row in found(document).scores} == {("A", "Z"), ("B", "Z")}


def test_a_score_that_only_ties_is_a_flip_and_one_that_falls_short_is_none() -> None:
    """B needs all of Y to come level: 0.5 × 8 + 0.5 × 2 = 0.5 × 0 + 0.5 × 10."""
    both = [leaf("X", 1), leaf("Y", 1)]
    document = decision(both, {"A": {"X": 8, "Y": 2}, "B": {"X": 0, "Y": 9}})
    assert [(row.alternative, row.criterion, row.to) for row in found(document).scores][-1] == ("B", "Y", 10)
    document = decision(both, {"A": {"X": 8, "Y": 2.0001}, "B": {"X": 0, "Y": 9}})
    assert ("B", "Y") not in [(row.alternative, row.criterion) for row in found(document).scores]


def test_the_nearest_score_is_the_smallest_change_for_its_scale() -> None:
    """By hand: A X 4/60, A Y 4/40, B X 4/60, B Y 4/40, C X 42/60; of equal ones the first in order."""
    nearest = found(flat()).nearest_score
    assert nearest is not None
    assert (nearest.alternative, nearest.criterion, nearest.winner) == ("A", "X", "B")
    assert (nearest.from_, nearest.to) == (9, pytest.approx(9 - 4 / 6))
    assert nearest.change == pytest.approx(-4 / 60)
    document = decision([leaf("X", 1, [[100, 0], [0, 1]])], {"A": {"X": 10}, "B": {"X": 30}, "C": {"X": 90}})
    nearest = found(document).nearest_score
    assert nearest is not None
    assert (nearest.alternative, nearest.to, nearest.change) == ("A", pytest.approx(30), pytest.approx(-0.2))
    assert found(decision([leaf("X")], {"A": {"X": 1}})).nearest_score is None


def test_score_flips_behave_as_a_sequence() -> None:
    rows = found(flat()).scores
    assert len(rows) == 5
    assert rows[-1] == list(rows)[-1]
    assert rows[1:3] == list(rows)[1:3]
    with pytest.raises(IndexError):
        rows[5]
    assert rows == list(rows) == found(flat()).scores
    assert hash(rows) == hash(found(flat()).scores)
    assert rows != rows[:2]
    assert rows != "A"
    assert found(flat()) == found(flat())


@pytest.mark.parametrize("result", [found(flat()), rank(Problem.from_decision(flat())), found(flat()).scores])
def test_results_are_frozen(result: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, dataclasses.fields(result)[0].name, None)


def test_what_is_no_tie_for_the_ranking_is_none_for_the_flips() -> None:
    """A distance that is above 1e-9 only without rounding the sum with it."""
    problem = Problem.from_decision(
        decision(
            [leaf(code, 1, [[0, 0], [100, 1]]) for code in "CD"],
            {"X": {"C": 80, "D": 50}, "Y": {"C": 79.99999999799999, "D": 50}},
        )
    )
    assert [row.tied for row in rank(problem).ranking] == [False, False]
    assert not proofs(problem).tied
    assert len(flips(problem).scores) == 4


def test_a_score_that_is_farther_outside_than_a_double_can_say_raises_no_warning() -> None:
    tree = [leaf("C", 1, [[1, 0], [0.1, 1]])]
    scores = {"A": {"C": 1.7976931348623157e308}, "B": {"C": 0.1}}
    nearest = flips(Problem.from_decision(decision(tree, scores))).nearest_score
    assert nearest is not None
    assert nearest.alternative == "B"
