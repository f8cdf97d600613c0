"""The additive ranking: arithmetic by hand, gates, missing and uncertain scores, ties, cautious variant."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from engine import Alternative, Criterion, Gate, InvalidInput, PiecewiseLinear, Problem, rank
from tests.engine.small import decision, flat, group, leaf


def ranked(document: dict[str, Any]) -> list[tuple[str, int, float]]:
    return [
        (row.code, row.rank, round(row.score, 9)) for row in rank(Problem.from_decision(document)).ranking
    ]


def test_by_hand() -> None:
    ranking = rank(Problem.from_decision(flat()))
    assert [(r.code, r.rank, r.score) for r in ranking.ranking] == [("A", 1, 62), ("B", 2, 58), ("C", 3, 20)]
    first = ranking.ranking[0]
    assert first.contributions == {"X": 54, "Y": 8}
    assert first.by_criterion == {"X": 90, "Y": 20}
    assert (first.status, first.tied, first.missing, first.clipped, first.gates) == (
        "eligible",
        False,
        (),
        (),
        (),
    )
    assert ranking.lead is not None
    assert (ranking.lead.points, ranking.lead.tie) == (4, False)
    assert ranking.dominated == (("C", "A"), ("C", "B"))
    assert (ranking.cautious, ranking.notes, ranking.excluded) == (None, (), ())


def test_any_mapping_is_read_as_an_object_is() -> None:
    document = flat()
    document["alternatives"] = [MappingProxyType(entry) for entry in document["alternatives"]]
    as_mappings = Problem.from_decision(MappingProxyType(document))
    assert rank(as_mappings) == rank(Problem.from_decision(flat()))


def test_a_tree_of_shares() -> None:
    tree = [group("G", 3, leaf("X", 1), leaf("Y", 3)), leaf("Z", 1)]
    ranking = rank(Problem.from_decision(decision(tree, {"A": {"X": 10, "Y": 0, "Z": 10}})))
    assert ranking.weights["local"] == {"G": 0.75, "X": 0.25, "Y": 0.75, "Z": 0.25}
    assert ranking.weights["global"] == {"G": 0.75, "X": 0.1875, "Y": 0.5625, "Z": 0.25}
    assert ranking.ranking[0].by_criterion == {"G": 25, "X": 100, "Y": 0, "Z": 100}
    assert ranking.ranking[0].score == 43.75


def test_a_tree_of_twenty_levels_and_no_more() -> None:
    node = leaf("N20")
    for depth in range(19, 0, -1):
        node = group(f"N{depth}", 1, node)
    assert ranked(decision([node], {"A": {"N20": 4}})) == [("A", 1, 40)]
    with pytest.raises(InvalidInput, match="deeper than 20 levels"):
        Problem.from_decision(decision([group("N0", 1, node)], {"A": {}}))


def test_siblings_without_weight_are_dropped_with_a_note() -> None:
    inner = group("H", 2, group("I", 1, leaf("V", 0), leaf("W", 0)))
    tree = [group("G", 5, leaf("X", 0), leaf("Y", 0)), inner, leaf("Z", 1), leaf("U", 0)]
    ranking = rank(Problem.from_decision(decision(tree, {"A": {"Z": 5, "X": 9, "U": 3}})))
    assert ranking.ranking[0].score == 50
    assert ranking.ranking[0].missing == ()
    assert set(ranking.ranking[0].by_criterion) == {"X", "Y", "V", "W", "Z", "U"}
    assert ranking.weights["local"] | {"Z": 1} == dict.fromkeys(
        ["G", "X", "Y", "H", "I", "V", "W", "U"], 0
    ) | {"Z": 1}
    assert ranking.notes == tuple(f"{c}: every weight below it is 0, so it is left out" for c in "GHI")


@pytest.mark.parametrize("weight", [0, 0.0])
def test_no_weight_at_all_is_refused(weight: float) -> None:
    with pytest.raises(InvalidInput, match=r"^\$\.criteria: at least one weight must be above 0"):
        Problem.from_decision(decision([leaf("X", weight)], {"A": {}}))


def test_tiny_and_huge_weights_keep_their_shares() -> None:
    for weight in (5e-324, 1e308):
        document = decision([leaf("X", weight), leaf("Y", weight)], {"A": {"X": 10, "Y": 0}})
        assert ranked(document) == [("A", 1, 50)]


@pytest.mark.parametrize(("policy", "score"), [("worst", 30), ("midpoint", 50)])
def test_missing_is_named_and_follows_the_policy(policy: str, score: float) -> None:
    document = decision(
        [leaf("X", 6), leaf("Y", 4), leaf("Z", 0)], {"A": {"X": 5, "Y": None}}, missing=policy
    )
    (row,) = rank(Problem.from_decision(document)).ranking
    assert row.score == score
    assert row.missing == ("Y",)


@pytest.mark.parametrize(
    ("score", "points"),
    [
        ({"low": 2, "high": 6}, 40),
        ({"low": 2, "mode": 3, "high": 6}, 30),
        ({"mean": 7, "sd": 2}, 70),
        ({"low": 5, "high": 5}, 50),
    ],
)
def test_uncertain_scores_count_with_their_middle(score: Any, points: float) -> None:
    assert ranked(decision([leaf("X")], {"A": {"X": score}})) == [("A", 1, points)]


def test_dominance_holds_within_the_ranges() -> None:
    scores = {
        "A": {"X": 6, "Y": 5},
        "B": {"X": {"low": 1, "high": 5}, "Y": 5},
        "C": {"X": {"low": 1, "high": 7}, "Y": 5},
        "D": {"X": {"mean": 1, "sd": 1}, "Y": 1},
        "E": {"X": None, "Y": 5},
    }
    document = decision([leaf("X"), leaf("Y"), leaf("Z", 0)], scores)
    assert rank(Problem.from_decision(document)).dominated == (("B", "A"),)


def test_a_failed_gate_excludes_and_a_conditional_one_marks() -> None:
    document = flat()
    document["alternatives"][0]["gates"] = [
        {"code": "K1", "outcome": "passed"},
        {"code": "K2", "outcome": "failed", "reason": "no certificate"},
        {"code": "K3", "outcome": "conditional"},
    ]
    document["alternatives"][1]["gates"] = [{"code": "K3", "outcome": "conditional", "reason": "asked"}]
    ranking = rank(Problem.from_decision(document))
    assert [(row.code, row.rank, row.status) for row in ranking.ranking] == [
        ("B", 1, "conditional"),
        ("C", 2, "eligible"),
    ]
    (out,) = ranking.excluded
    assert (out.code, out.score, out.cautious_score) == ("A", 62, None)
    assert out.gates == (Gate("K2", "failed", "no certificate"), Gate("K3", "conditional", ""))
    assert out.contributions == {"X": 54, "Y": 8}


def test_nobody_left_to_rank() -> None:
    document = flat()
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K1", "outcome": "failed"}]
    ranking = rank(Problem.from_decision(document))
    assert (ranking.ranking, ranking.lead, ranking.dominated) == ((), None, ())
    assert [row.code for row in ranking.excluded] == ["A", "B", "C"]
    assert ranking.notes == ("nobody left to rank: every alternative failed a gate",)


def test_ties_share_a_rank_and_are_ordered_by_code() -> None:
    scores = {"D": {"X": 5}, "B": {"X": 5 + 5e-11}, "A": {"X": 4}, "C": {"X": 4 + 2e-10}}
    ranking = rank(Problem.from_decision(decision([leaf("X")], scores, tie_margin=0)))
    assert [(row.code, row.rank, row.tied) for row in ranking.ranking] == [
        ("B", 1, True),
        ("D", 1, True),
        ("C", 3, False),
        ("A", 4, False),
    ]
    assert ranking.lead is not None
    assert ranking.lead.tie


def test_a_tie_has_no_negative_lead() -> None:
    document = decision([leaf("X")], {"A": {"X": 5}, "B": {"X": 5 + 5e-11}})
    ranking = rank(Problem.from_decision(document))
    assert [row.code for row in ranking.ranking] == ["A", "B"]
    assert ranking.lead is not None
    assert (ranking.lead.points, ranking.lead.tie) == (0, True)


@pytest.mark.parametrize(("points", "order"), [([[0, 0], [10, 1]], "CBDA"), ([[10, 0], [0, 1]], "BCDA")])
def test_tie_break_orders_the_rows_of_a_tie(points: Any, order: str) -> None:
    costs = {"A": None, "B": 3, "C": 4, "D": {"low": 1, "high": 9}}
    scores = {code: {"X": 5, "K": cost} for code, cost in costs.items()}
    document = decision([leaf("X"), leaf("K", 0, points)], scores, tie_break="K")
    ranking = rank(Problem.from_decision(document)).ranking
    assert "".join(row.code for row in ranking)[:2] == order[:2]
    assert "".join(row.code for row in ranking)[2:] == "AD"
    assert {row.rank for row in ranking} == {1}


@pytest.mark.parametrize(("margin", "tie"), [(4, False), (4.0001, True), (0, False), (None, False)])
def test_the_lead_is_a_tie_below_the_margin(margin: float | None, tie: bool) -> None:
    lead = rank(Problem.from_decision(flat() | ({} if margin is None else {"tie_margin": margin}))).lead
    assert lead is not None
    assert lead.tie is tie


def test_rounding_does_not_turn_a_lead_of_the_margin_into_a_tie() -> None:
    """A leads by 0.3 × 10 points, which comes out as 2.9999999999999996."""
    document = decision([leaf("X", 3), leaf("Y", 7)], {"A": {"X": 1.2, "Y": 0.2}, "B": {"X": 0.2, "Y": 0.2}})
    lead = rank(Problem.from_decision(document)).lead
    assert lead is not None
    assert (lead.points < 3, lead.tie) == (True, False)


@pytest.mark.parametrize("weights", [(1, 7, 1), (3, 5, 5), (5, 7, 1)])
def test_no_score_is_above_100(weights: tuple[int, ...]) -> None:
    """The shares of these weights add up to more than 1 in floating point."""
    tree = [group("G", 1, *(leaf(f"L{k}", weight) for k, weight in enumerate(weights)))]
    (row,) = rank(Problem.from_decision(decision(tree, {"A": dict.fromkeys(("L0", "L1", "L2"), 10)}))).ranking
    assert row.score == sum(row.contributions.values()) <= 100
    assert row.score == pytest.approx(100)
    assert row.by_criterion["G"] == 100


def test_a_dropped_group_of_great_weight_leaves_small_ones_their_shares() -> None:
    tree = [group("G", 1e308, leaf("X", 0)), leaf("Y", 3e-300), leaf("Z", 1e-300)]
    ranking = rank(Problem.from_decision(decision(tree, {"A": {"Y": 10, "Z": 0}})))
    assert ranking.weights["local"] == {"G": 0, "X": 0, "Y": pytest.approx(0.75), "Z": pytest.approx(0.25)}


def test_a_spread_of_nothing_is_certain() -> None:
    scores = {"A": {"X": 6}, "B": {"X": {"mean": 5, "sd": 0}}, "C": {"X": {"mean": 5, "sd": 0.1}}}
    assert rank(Problem.from_decision(decision([leaf("X")], scores))).dominated == (("B", "A"),)


def test_one_alternative_has_no_lead() -> None:
    assert rank(Problem.from_decision(decision([leaf("X")], {"A": {"X": 1}}))).lead is None


def test_scores_outside_the_scale_are_clipped_and_reported() -> None:
    ranking = rank(Problem.from_decision(decision([leaf("X")], {"A": {"X": 12}, "B": {"X": -1}})))
    assert [(row.score, row.clipped) for row in ranking.ranking] == [(100, ("X",)), (0, ("X",))]
    assert ranking.notes[0] == "A, X: the score lies outside the scale 0 to 10; its end counts"


def test_the_cautious_ranking_multiplies_known_values_by_confidence() -> None:
    document = decision(
        [leaf("X", 1), leaf("Y", 1)],
        {"A": {"X": 10, "Y": None}, "B": {"X": 8, "Y": 6}, "C": {"X": 1, "Y": 1}},
        missing="midpoint",
    )
    document["alternatives"][0]["confidence"] = {"X": 0.6, "Y": 0.1}
    document["alternatives"][2]["confidence"] = {"X": 0.5}
    document["alternatives"][2]["gates"] = [{"code": "K", "outcome": "failed"}]
    ranking = rank(Problem.from_decision(document))
    assert ranking.cautious is not None
    assert [(row.code, row.rank, round(row.score, 9)) for row in ranking.cautious] == [
        ("B", 1, 70),
        ("A", 2, 55),
    ]
    assert [row.code for row in ranking.ranking] == ["A", "B"]
    assert ranking.excluded[0].cautious_score == pytest.approx(7.5)


def test_elicited_weights() -> None:
    document = flat()
    for node in document["criteria"]:
        del node["weight"]
    document["elicitation"] = {"method": "points", "points": {"X": 60, "Y": 40}}
    assert ranked(document) == ranked(flat())
    document["elicitation"] = {"method": "swing", "points": {"Y": 50, "X": 75}}
    assert ranked(document) == ranked(flat())
    document["elicitation"] = {"method": "rank_order", "order": ["Y", "X"]}
    assert rank(Problem.from_decision(document)).weights["local"] == {"X": 0.25, "Y": 0.75}


def test_weights_are_elicited_at_any_level() -> None:
    """Y of the inner group has no points; the outer weights are ranked, 3/4 and 1/4."""
    inner = {"code": "G", "elicitation": {"method": "swing", "points": {"X": 30, "Y": 0, "Z": 10}}}
    inner["criteria"] = [{"code": code, "points": [[0, 0], [10, 1]]} for code in "XYZ"]
    none = {"code": "H", "elicitation": {"method": "points", "points": {"U": 0}}}
    none["criteria"] = [{"code": "U", "points": [[0, 0], [10, 1]]}]
    last = {"code": "V", "points": [[10, 0], [0, 1]]}
    document = decision([inner, none, last], {"A": {"X": 10, "Y": 3, "Z": 0, "V": 0}})
    document["elicitation"] = {"method": "rank_order", "order": ["V", "G", "H"]}
    ranking = rank(Problem.from_decision(document))
    assert ranking.weights["local"] == pytest.approx(
        {"G": 5 / 16, "X": 0.75, "Y": 0, "Z": 0.25, "H": 0, "U": 0, "V": 11 / 16}
    )
    assert ranking.ranking[0].score == pytest.approx(100 * (0.75 * 5 / 16 + 11 / 16))
    assert ranking.notes == ("H: every weight below it is 0, so it is left out",)


def test_a_problem_is_also_built_directly() -> None:
    problem = Problem(
        criteria=(
            Criterion("G", weight=1, criteria=(Criterion("X", points=PiecewiseLinear([(0, 0), (10, 1)])),)),
            Criterion("Y", "why", 1, points=[(5, 0), (1, 1)], unit="h"),
        ),
        alternatives=(
            Alternative("A", scores={"X": 5, "Y": 1}, gates=(Gate("K", "passed"),), confidence={"X": 1}),
        ),
        tie_break="Y",
    )
    assert rank(problem).ranking[0].score == 75
    points = np.array([[0, 0], [10, 1]])
    numbers = Problem((Criterion("X", points=points),), (Alternative("A", scores={"X": np.int64(4)}),))
    assert rank(numbers).ranking[0].score == 40
    with pytest.raises(InvalidInput, match=r"\$\.criteria\[0\]\.points\[1\]"):
        Problem((Criterion("X", points=[(0, 0), (0, 1)]),), (Alternative("A"),))
    with pytest.raises(InvalidInput, match=r"\$\.criteria\[0\]: points of the value function"):
        Problem((Criterion("X"),), (Alternative("A"),))


@pytest.mark.parametrize(
    ("criteria", "alternatives", "line"),
    [
        (None, [Alternative("A")], "$.criteria: a sequence of Criterion is needed"),
        ([leaf("X")], [Alternative("A")], "$.criteria: a sequence of Criterion"),
        ([Criterion("G", criteria=("X",))], [Alternative("A")], 'criterion "G": a sequence of Criterion'),
        ([Criterion("X", points=[(0, 0), (1, 1)])], None, "$.alternatives: a sequence of Alternative"),
        ([Criterion("X", points=[(0, 0), (1, 1)])], [{"code": "A"}], "$.alternatives: a sequence of"),
        (
            [Criterion("X", points=[(0, 0), (1, 1)])],
            [Alternative("A", gates=None)],
            'gates of "A": a sequence',
        ),
    ],
)
def test_a_problem_is_built_of_its_own_parts(criteria: Any, alternatives: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem(criteria, alternatives)
    assert str(caught.value).startswith(line)
