"""Everything that can be wrong with a decision, and the line that says so."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from engine import Alternative, Criterion, InvalidInput, Problem, flips, rank
from tests.engine.small import flat, leaf


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small decision with the member at a dotted path set, or deleted with `...`."""
    document: Any = copy.deepcopy(flat())
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = document
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return document


def elicited(elicitation: Any) -> dict[str, Any]:
    document = changed("elicitation", elicitation)
    for node in document["criteria"]:
        del node["weight"]
    return document


TABLE: list[tuple[Any, str]] = [
    ([], "$: a decision is an object"),
    (changed("schema", "lpo.decision/2"), '$.schema: must be "lpo.decision/1"'),
    (changed("colour", 1), "$.colour: unknown field"),
    (changed("odd key", 1), '$["odd key"]: unknown field'),
    (changed("title", 1), "$.title: must be text"),
    (changed("seed", -1), "$.seed: a whole number"),
    (changed("seed", True), "$.seed: a whole number"),
    (changed("samples", 0), "$.samples: a whole number from 1 to 1000000"),
    (changed("samples", 1_000_001), "$.samples: a whole number"),
    (changed("samples", 1.5), "$.samples: a whole number"),
    (changed("missing", "best"), '$.missing: must be "worst" or "midpoint"'),
    (changed("tie_margin", -1), "$.tie_margin: -1 is below 0"),
    (changed("tie_margin", 101), "$.tie_margin: 101 is above 100"),
    (changed("tie_break", "Z"), "$.tie_break: must be the code"),
    (changed("tie_break", ["X"]), "$.tie_break: must be the code"),
    (changed("criteria", ...), "$.criteria: a list with at least one criterion"),
    (changed("criteria", []), "$.criteria: a list with at least one criterion"),
    (changed("criteria", {}), "$.criteria: a list with at least one criterion"),
    (changed("criteria/0", "X"), "$.criteria[0]: a criterion is an object"),
    (changed("criteria/0/code", ""), "$.criteria[0].code: a code"),
    (changed("criteria/0/code", 7), "$.criteria[0].code: a code"),
    (changed("criteria/0/code", "X" * 201), "$.criteria[0].code: a code has at most 200 characters"),
    (changed("alternatives/0/code", "A" * 201), "$.alternatives[0].code: a code has at most 200 characters"),
    (changed("criteria/1/code", "X"), '$.criteria[1].code: the code "X" is used twice'),
    (changed("criteria/0/name", None), "$.criteria[0].name: must be text"),
    (changed("criteria/0/unit", 1), "$.criteria[0].unit: must be text"),
    (changed("criteria/0/direction", "up"), "$.criteria[0].direction: unknown field"),
    (changed("criteria/0/weight", ...), "$.criteria[0].weight: a weight is needed"),
    (changed("criteria/0/weight", -1), "$.criteria[0].weight: -1 is below 0"),
    (changed("criteria/0/weight", True), "$.criteria[0].weight: a true/false value"),
    (changed("criteria/0/weight", "3"), '$.criteria[0].weight: a number is needed, not "3"'),
    (changed("criteria/0/weight", math.nan), "$.criteria[0].weight: NaN"),
    (changed("criteria/0/weight", math.inf), "$.criteria[0].weight: an infinite"),
    (changed("criteria/0/points", ...), "$.criteria[0]: points of the value function"),
    (changed("criteria/0/points", [[0, 0]]), "$.criteria[0].points: two or more"),
    (changed("criteria/0/points", [[0, 0], [0, 1]]), "$.criteria[0].points[1]: metrics must strictly"),
    (changed("criteria/0/criteria", [leaf("Z")]), "$.criteria[0]: a criterion has either"),
    (changed("criteria/0/elicitation", {}), "$.criteria[0].elicitation: there are no criteria below"),
    (changed("elicitation", {"method": "points"}), "$.criteria[0].weight: the group has an elicitation"),
    (elicited([]), "$.elicitation: an elicitation is an object"),
    (elicited({}), "$.elicitation.method: unknown method null"),
    (elicited({"method": []}), "$.elicitation.method: unknown method list"),
    (elicited({"method": "points"}), "$.elicitation.points: an object with points"),
    (elicited({"method": "points", "points": {"X": 1}}), "$.elicitation.points.Y: points are missing"),
    (elicited({"method": "points", "points": {"X": 1, "Y": -1}}), "$.elicitation.points.Y: -1 is below 0"),
    (elicited({"method": "swing", "points": {"X": 1, "Y": 1, "Z": 1}}), "$.elicitation.points.Z: is not a"),
    (elicited({"method": "swing", "points": {"X": 1, "Y": 1}, "a": 1}), "$.elicitation.a: unknown field"),
    (elicited({"method": "points", "points": {"X": 0, "Y": 0}}), "$.criteria: at least one weight"),
    (
        elicited({"method": "points", "points": {"X": 1, "Y": 1}})
        | {"criteria": [{"code": 7}, leaf("X", 1)]},
        "$.criteria[0].code: a code",
    ),
    (elicited({"method": "rank_order"}), "$.elicitation.order: every criterion"),
    (elicited({"method": "rank_order", "order": ["X"]}), "$.elicitation.order: every criterion"),
    (elicited({"method": "rank_order", "order": ["X", "X"]}), "$.elicitation.order: every criterion"),
    (changed("alternatives", ...), "$.alternatives: a list with at least one"),
    (changed("alternatives", []), "$.alternatives: a list with at least one"),
    (changed("alternatives", [{}] * 2001), "$.alternatives: there are more than 2000"),
    (changed("alternatives/0", 3), "$.alternatives[0]: an alternative is an object"),
    (changed("alternatives/0/code", ...), "$.alternatives[0].code: a code"),
    (changed("alternatives/1/code", "A"), '$.alternatives[1].code: the code "A" is used twice'),
    (changed("alternatives/0/name", 3), "$.alternatives[0].name: must be text"),
    (changed("alternatives/0/price", 3), "$.alternatives[0].price: unknown field"),
    (changed("alternatives/0/scores", []), "$.alternatives[0].scores: an object"),
    (changed("alternatives/0/scores/Z", 3), "$.alternatives[0].scores.Z: is not the code"),
    (changed("alternatives/0/scores/X", True), '$.alternatives[0].scores.X: alternative "A": a true/false'),
    (changed("alternatives/0/scores/X", math.nan), '$.alternatives[0].scores.X: alternative "A": NaN'),
    (changed("alternatives/0/scores/X", "9"), '$.alternatives[0].scores.X: alternative "A": a number is'),
    (changed("alternatives/0/scores/X", {}), "$.alternatives[0].scores.X: alternative"),
    (changed("alternatives/0/scores/X", {"low": 1}), "$.alternatives[0].scores.X: alternative"),
    (changed("alternatives/0/scores/X", {"low": 3, "high": 1}), "$.alternatives[0].scores.X: alternative"),
    (changed("alternatives/0/scores/X", {"low": 1, "mode": 9, "high": 3}), "$.alternatives[0].scores.X: alt"),
    (changed("alternatives/0/scores/X", {"mean": 1, "sd": -1}), "$.alternatives[0].scores.X: alternative"),
    (changed("alternatives/0/scores/X", {"mean": math.inf, "sd": 1}), "$.alternatives[0].scores.X: alt"),
    (changed("alternatives/0/confidence", 1), "$.alternatives[0].confidence: an object"),
    (changed("alternatives/0/confidence", {"X": 1.1}), "$.alternatives[0].confidence.X: alternative"),
    (changed("alternatives/0/gates", {}), "$.alternatives[0].gates: a list of gates"),
    (changed("alternatives/0/gates", [3]), "$.alternatives[0].gates[0]: a gate is an object"),
    (changed("alternatives/0/gates", [{"outcome": "passed"}]), "$.alternatives[0].gates[0].code: a code"),
    (
        changed("alternatives/0/gates", [{"code": "K", "outcome": "maybe"}]),
        "$.alternatives[0].gates[0].outcome",
    ),
    (
        changed("alternatives/0/gates", [{"code": "K", "outcome": "passed", "x": 1}]),
        "$.alternatives[0].gates[0].x",
    ),
    (
        changed("alternatives/0/gates", [{"code": "K", "outcome": "passed", "reason": 1}]),
        "$.alternatives[0].gates[0].r",
    ),
]


@pytest.mark.parametrize(("document", "line"), TABLE, ids=[line for _, line in TABLE])
def test_a_fault_is_named_with_its_place(document: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(document)
    assert any(str(fault).startswith(line) for fault in caught.value.faults), str(caught.value)
    assert all("\n" not in str(fault) for fault in caught.value.faults)


def test_every_fault_of_a_file_is_named_up_to_fifty() -> None:
    document = flat()
    document["criteria"][0]["weight"] = -1
    document["alternatives"] = [{"code": f"A{k}", "price": 1} for k in range(60)]
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(document)
    assert len(caught.value.faults) == 50
    assert str(caught.value).count("\n") == 49
    many = flat() | {"criteria": [{"code": f"C{k}"} for k in range(60)]}
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(many)
    assert len(caught.value.faults) == 50


def test_size_is_bounded() -> None:
    wide = flat() | {"criteria": [leaf(f"C{k}") for k in range(1001)]}
    with pytest.raises(InvalidInput, match="more than 1000 criteria"):
        Problem.from_decision(wide)
    large = flat() | {"criteria": [leaf(f"C{k}") for k in range(201)]}
    large["alternatives"] = [{"code": f"A{k}"} for k in range(1000)]
    with pytest.raises(InvalidInput, match="exceed 200000 scores"):
        Problem.from_decision(large)


def test_long_values_are_shortened_in_messages() -> None:
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(changed("criteria/0/weight", "x" * 500))
    assert len(str(caught.value)) < 150
    with pytest.raises(InvalidInput) as caught:
        Problem.from_decision(flat() | {"x" * 500: 1})
    assert str(caught.value).endswith(": unknown field")
    assert len(str(caught.value)) < 150


def test_parts_of_a_file_and_parts_built_by_hand_come_to_the_same() -> None:
    """What was checked in a file is not checked again, and still compiled in the same way."""
    read = Problem.from_decision(flat())
    built = Problem(
        criteria=tuple(
            Criterion(one.code, one.name, one.weight, list(one.points.points)) for one in read.criteria
        ),
        alternatives=tuple(
            Alternative(one.code, one.name, one.scores, one.gates, one.confidence)
            for one in read.alternatives
        ),
        tie_margin=read.tie_margin,
    )
    assert rank(built) == rank(read)
    assert flips(built) == flips(read)
    with pytest.raises(InvalidInput, match="used twice"):
        Problem(built.criteria, built.alternatives * 2)
