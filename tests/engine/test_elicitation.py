"""Comparisons in a decision file: the weights of the functions, at any node, and every fault by its path."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from engine import InvalidInput, Problem, best_worst_weights, pairwise_weights, rank
from tests.engine.small import decision, group, leaf

PAIRWISE: dict[str, Any] = {"method": "pairwise", "order": ["Z", "X", "Y"], "upper": [3, 5, 2]}
BEST_WORST: dict[str, Any] = {
    "method": "best_worst",
    "best": "Y",
    "worst": "Z",
    "best_to_others": {"X": 3, "Y": 1, "Z": 8},
    "others_to_worst": {"X": 4, "Y": 8, "Z": 1},
}


def elicited(elicitation: Any, codes: str = "XYZ") -> dict[str, Any]:
    """A decision whose top level takes an elicitation."""
    leaves = [leaf(code) for code in codes]
    for node in leaves:
        del node["weight"]
    return decision(leaves, {"A": dict.fromkeys(codes, 5)}, elicitation=copy.deepcopy(elicitation))


def local(document: dict[str, Any]) -> Any:
    return rank(Problem.from_decision(document)).weights["local"]


def test_pairwise_weights_are_those_of_the_function() -> None:
    expected = pairwise_weights([3, 5, 2]).weights
    shares = local(elicited(PAIRWISE))
    assert [shares[code] for code in "ZXY"] == pytest.approx(expected.tolist(), abs=1e-12)


@pytest.mark.parametrize("model", [None, "linear", "nonlinear"])
def test_best_worst_weights_are_those_of_the_function(model: str | None) -> None:
    chosen = {} if model is None else {"model": model}
    expected = best_worst_weights([3, 1, 8], [4, 8, 1], **chosen).weights
    shares = local(elicited(BEST_WORST | chosen))
    assert [shares[code] for code in "XYZ"] == pytest.approx(expected.tolist(), abs=1e-12)


def test_a_criterion_against_itself_may_be_left_out() -> None:
    short = {"best_to_others": {"X": 3, "Z": 8}, "others_to_worst": {"X": 4, "Y": 8}}
    assert local(elicited(BEST_WORST | short)) == local(elicited(BEST_WORST))


def test_the_named_best_counts_where_several_could() -> None:
    rows = {
        "best_to_others": {"X": 1, "Y": 1, "Z": 4, "W": 1.5},
        "others_to_worst": {"X": 4, "Y": 4, "Z": 1, "W": 2},
    }
    shares = local(elicited(BEST_WORST | rows, "XYZW"))
    expected = best_worst_weights([1, 1, 4, 1.5], [4, 4, 1, 2], best=1).weights
    assert [shares[code] for code in "XYZW"] == pytest.approx(expected.tolist(), abs=1e-12)
    assert expected.tolist() != pytest.approx(
        best_worst_weights([1, 1, 4, 1.5], [4, 4, 1, 2]).weights.tolist()
    )


def test_any_node_takes_comparisons() -> None:
    document = decision(
        [group("G", 1, leaf("X"), leaf("Y"), leaf("Z")), group("H", 3, leaf("ONE"))],
        {"A": {}},
    )
    for parent, elicitation in zip(
        document["criteria"], (BEST_WORST, {"method": "pairwise", "order": ["ONE"], "upper": []}), strict=True
    ):
        parent["elicitation"] = elicitation
        for node in parent["criteria"]:
            del node["weight"]
    weights = rank(Problem.from_decision(document)).weights
    linear = best_worst_weights([3, 1, 8], [4, 8, 1]).weights
    assert weights["local"]["ONE"] == 1.0
    assert weights["global"]["Y"] == pytest.approx(linear[1] / 4)


def test_an_only_child_is_best_and_worst() -> None:
    only = {
        "method": "best_worst",
        "best": "X",
        "worst": "X",
        "best_to_others": {},
        "others_to_worst": {"X": 1},
    }
    assert local(elicited(only, "X")) == {"X": 1.0}


def worse(elicitation: dict[str, Any], member: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(elicitation)
    if value is ...:
        del changed[member]
    elif isinstance(changed[member], dict) and isinstance(value, dict):
        changed[member] = changed[member] | value
    else:
        changed[member] = value
    return changed


TABLE: list[tuple[dict[str, Any], str]] = [
    ({"method": "ahp"}, 'method: unknown method "ahp": points, swing, rank_order, pairwise, best_worst'),
    (PAIRWISE | {"random_index": "saaty"}, "random_index: unknown field"),
    (worse(PAIRWISE, "order", ["X", "Y"]), "order: every criterion of the group must be named exactly once"),
    (worse(PAIRWISE, "order", ...), "order: every criterion"),
    (worse(PAIRWISE, "upper", ...), "upper: a list of 3 judgements, row by row, is needed for 3 criteria"),
    (worse(PAIRWISE, "upper", [1, 2]), "upper: a list of 3 judgements"),
    (worse(PAIRWISE, "upper", {"X": 1}), "upper: a list of 3 judgements"),
    (worse(PAIRWISE, "upper", [3, 0, 2]), "upper[1]: a judgement must be above 0"),
    (worse(PAIRWISE, "upper", [3, True, 2]), "upper[1]: a true/false value"),
    (worse(PAIRWISE, "upper", [3, 5, math.nan]), "upper[2]: NaN"),
    (worse(PAIRWISE, "upper", [None, 5, 2]), "upper[0]: a number is needed, not null"),
    (worse(PAIRWISE, "upper", [1e301, 5, 2]), "upper[0]: 1e+301 is above 1e+300"),
    (worse(PAIRWISE, "upper", [10**400, 5, 2]), "upper[0]: the number is too large"),
    (BEST_WORST | {"order": ["X"]}, "order: unknown field"),
    (worse(BEST_WORST, "best", ...), "best: must be the code of a criterion of this group"),
    (worse(BEST_WORST, "best", ["Y"]), "best: must be the code"),
    (worse(BEST_WORST, "worst", "Q"), "worst: must be the code"),
    (worse(BEST_WORST, "worst", "Y"), "others_to_worst.Y: the worst criterion against itself is 1, not 8"),
    (worse(BEST_WORST, "best", "X"), "best_to_others.X: the best criterion against itself is 1, not 3"),
    (
        worse(BEST_WORST, "best_to_others", ...),
        "best_to_others: an object with judgements for each criterion",
    ),
    (worse(BEST_WORST, "others_to_worst", [4, 8, 1]), "others_to_worst: an object with judgements"),
    (worse(BEST_WORST, "others_to_worst", {"X": 0.5}), "others_to_worst.X: 0.5 is below 1"),
    (worse(BEST_WORST, "best_to_others", {"X": "3"}), 'best_to_others.X: a number is needed, not "3"'),
    (worse(BEST_WORST, "best_to_others", {"X": 1e200}), "best_to_others.X: 1e+200 is above 1e+100"),
    (worse(BEST_WORST, "best_to_others", {"Q": 3}), "best_to_others.Q: is not a criterion of this group"),
    (BEST_WORST | {"others_to_worst": {"Y": 8}}, "others_to_worst.X: judgements are missing"),
    (BEST_WORST | {"model": "fuzzy"}, 'model: must be "linear" or "nonlinear"'),
    (BEST_WORST | {"model": None}, "model: must be"),
    (
        worse(BEST_WORST, "best_to_others", {"Z": 7}),
        "best_to_others.Z: the best against the worst is 7 here, but 8 at $.elicitation.others_to_worst.Y",
    ),
    (
        {
            "method": "best_worst",
            "best": "X",
            "worst": "X",
            "best_to_others": {"Y": 1, "Z": 1},
            "others_to_worst": {"Y": 1, "Z": 1},
        },
        "others_to_worst.X: the best criterion cannot be the worst as well",
    ),
    (
        BEST_WORST | {"best_to_others": {"X": 3, "Z": 1}, "others_to_worst": {"X": 1, "Y": 1}},
        "best_to_others.X: best and worst are judged equal",
    ),
]


@pytest.mark.parametrize(("elicitation", "line"), TABLE, ids=[line for _, line in TABLE])
def test_a_fault_is_named_with_its_place(elicitation: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(elicited(elicitation))
    assert [str(fault)[: len(line) + 14] for fault in caught.value.faults] == [f"$.elicitation.{line}"]


def test_the_place_below_a_node_is_named() -> None:
    document = decision([group("G", 1, leaf("X"), leaf("Y"))], {"A": {}})
    document["criteria"][0]["elicitation"] = {"method": "pairwise", "order": ["X", "Y"], "upper": [-1]}
    for node in document["criteria"][0]["criteria"]:
        del node["weight"]
    with pytest.raises(InvalidInput, match=r"^\$\.criteria\[0\]\.elicitation\.upper\[0\]: a judgement"):
        Problem.from_decision(document)


def test_eleven_criteria_are_too_many_to_compare_in_pairs() -> None:
    codes = "ABCDEFGHIJK"
    many = {"method": "pairwise", "order": list(codes), "upper": [1] * 55}
    with pytest.raises(InvalidInput, match=r"^\$\.elicitation\.upper: 11 criteria are more than the 10"):
        Problem.from_decision(elicited(many, codes))


@pytest.mark.parametrize("elicitation", [PAIRWISE, BEST_WORST])
def test_faulty_codes_are_named_without_a_traceback(elicitation: dict[str, Any]) -> None:
    for codes in (["X", "X", "Z"], ["X", 7, "Z"], ["X", [], "Z"], ["X", None, None]):
        document = elicited(elicitation)
        for node, code in zip(document["criteria"], codes, strict=True):
            node["code"] = code
        with pytest.raises(InvalidInput) as caught:
            Problem.from_decision(document)
        assert any(".code: " in str(fault) for fault in caught.value.faults)


def test_the_weights_stay_the_same_to_the_last_bit() -> None:
    for elicitation in (PAIRWISE, BEST_WORST, BEST_WORST | {"model": "nonlinear"}):
        assert local(elicited(elicitation)) == local(elicited(elicitation))
