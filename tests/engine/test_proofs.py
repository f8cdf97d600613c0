"""What cannot change the first place."""

from __future__ import annotations

from typing import Any

import pytest

from engine import FixedWeight, Problem, Proofs, flips, proofs
from engine.proofs import LEFT_OUT, NO_SIBLING, NOBODY_TAKES_OVER
from tests.engine.small import decision, flat, group, leaf

WEIGHTS = {"dominates", "any_weights", "no_leaf_transfer", "no_transfer", "no_single_weight"}
STATEMENTS = WEIGHTS | {"no_single_score"}
XY = [leaf("X"), leaf("Y")]


def proven(document: dict[str, Any]) -> Proofs:
    return proofs(Problem.from_decision(document))


def held(found: Proofs) -> set[str]:
    return {name for name in STATEMENTS if getattr(found, name)}


def test_nothing_is_proven_of_a_close_race() -> None:
    found = proven(flat())
    assert (found.first, found.tied, held(found), found.fixed_weights) == ("A", False, set(), ())


@pytest.mark.parametrize(
    ("scores", "statements"),
    [
        ({"A": {"X": 9, "Y": 9}, "B": {"X": 1, "Y": 2}}, STATEMENTS),
        ({"A": {"X": 6, "Y": 6}, "B": {"X": 5, "Y": 6}}, WEIGHTS),
        ({"A": {"X": 6, "Y": 6}, "B": {"X": {"low": 4, "high": 6}, "Y": None}}, WEIGHTS - {"dominates"}),
        ({"A": {"X": {"low": 6, "high": 9}, "Y": 6}, "B": {"X": {"low": 1, "high": 6}, "Y": 5}}, WEIGHTS),
        ({"A": {"X": 9, "Y": 5}, "B": {"X": 0, "Y": 5.001}}, set()),
    ],
    ids=["far ahead", "nowhere behind", "unknown might be better", "within the ranges", "behind on one"],
)
def test_statements(scores: dict[str, Any], statements: set[str]) -> None:
    assert held(proven(decision(XY, scores))) == statements


def test_no_single_score_asks_every_cell_unknown_ones_too() -> None:
    """B lacks Y, from which a third of 100 points could come: enough for a gap of 30, not for one of 40."""
    tree = [leaf("X"), leaf("Y"), leaf("Z")]
    scores = {"A": {"X": 5, "Y": 5, "Z": 5}, "B": {"X": 3, "Y": None, "Z": 3}}
    problem = Problem.from_decision(decision(tree, scores))
    assert not flips(problem).scores
    assert not proofs(problem).no_single_score
    scores["A"] = {"X": 6, "Y": 6, "Z": 6}
    assert proven(decision(tree, scores)).no_single_score


def test_some_weights_are_fixed_and_others_are_not() -> None:
    """On Z both are the same, so that its weight only takes from what X and Y decide between them."""
    tree = [leaf("X"), leaf("Y"), leaf("Z")]
    found = proven(decision(tree, {"A": {"X": 5, "Y": 8, "Z": 8}, "C": {"X": 9, "Y": 1, "Z": 8}}))
    assert held(found) == set()
    assert found.fixed_weights == (FixedWeight("Z", NOBODY_TAKES_OVER),)


def test_weights_across_groups_may_do_what_none_in_its_own_place_does() -> None:
    """A 41, B 8. All of G on X: 32 to 16. All on G: 45 to 40. But Z given to X: 25 to 40."""
    tree = [group("G", 2, leaf("X"), leaf("Y")), group("H", 8, leaf("Z"), leaf("U"))]
    scores = {"A": {"X": 0, "Y": 9, "Z": 4, "U": 4}, "B": {"X": 8, "Y": 0, "Z": 0, "U": 0}}
    assert held(proven(decision(tree, scores))) == {"no_single_weight", "no_transfer"}


def test_all_weights_together_may_do_what_no_single_transfer_does() -> None:
    """A 55, B 7.5; B is ahead on X alone, which with half of all weight brings it to 15 against 30."""
    tree = [group("G", 1, leaf("X"), leaf("Y")), group("H", 1, leaf("Z"), leaf("U"))]
    scores = {"A": {"X": 0, "Y": 10, "Z": 6, "U": 6}, "B": {"X": 3, "Y": 0, "Z": 0, "U": 0}}
    assert held(proven(decision(tree, scores))) == STATEMENTS - {"dominates", "any_weights"}


def test_reasons() -> None:
    tree = [
        group("G", 1, group("H", 0, leaf("U"))),
        group("I", 1, leaf("V")),
        leaf("X"),
        leaf("Y", 0),
    ]
    found = proven(decision(tree, {"A": {"V": 5, "X": 8, "Y": 5}, "B": {"U": 9, "V": 6, "X": 6, "Y": 5}}))
    assert {row.code: row.reason for row in found.fixed_weights} == {
        "G": LEFT_OUT,
        "H": LEFT_OUT,
        "U": LEFT_OUT,
        "V": NO_SIBLING,
        "Y": NOBODY_TAKES_OVER,
    }


def test_a_leaf_without_weight_counts_among_any_weights_and_one_left_out_does_not() -> None:
    scores = {"A": {"X": 8, "Y": 1}, "B": {"X": 2, "Y": 9}}
    assert not proven(decision([leaf("X"), leaf("Y", 0)], scores)).any_weights
    assert proven(decision([leaf("X"), group("G", 1, leaf("Y", 0))], scores)).any_weights


def test_a_single_alternative_cannot_be_overtaken() -> None:
    found = proven(decision(XY, {"A": {"X": 1, "Y": 2}}))
    assert held(found) == STATEMENTS
    assert [row.code for row in found.fixed_weights] == ["X", "Y"]


def test_with_first_place_tied_or_nobody_ranked_nothing_is_proven() -> None:
    found = proven(decision(XY, {"B": {"X": 4, "Y": 4}, "A": {"X": 4, "Y": 4}}))
    assert (found.first, found.tied, held(found), found.fixed_weights) == ("B", True, set(), ())
    document = flat()
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    found = proven(document)
    assert (found.first, found.tied, held(found), found.fixed_weights) == (None, False, set(), ())
