"""Name by name: what is refused, with the place that the message names, and what has a defined answer.

Every refusal is `InvalidInput`, never another error and never a warning. `test_bad_decisions.py` is the same
for the decision document, and the test of each method for what is particular to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine import (
    Alternative,
    Bundle,
    Criterion,
    Gate,
    InvalidInput,
    PiecewiseLinear,
    Problem,
    allocate,
    basket_case,
    best_worst_weights,
    business_case,
    cross_checks,
    direct_weights,
    dominated,
    equal_weights,
    evidenced_only,
    flips,
    gate_kind,
    knock_outs,
    leaf_transfers,
    leave_out_alternatives,
    leave_out_criteria,
    pairwise_weights,
    potential_margins,
    promethee2,
    proofs,
    rank,
    rank_order_centroid,
    shifted_weights,
    suitability,
    suitability_shifts,
    swing_weights,
    topsis,
    weight_transfers,
    weighted_sum,
    without_each_evaluator,
)
from tests import reference
from tests.engine.small import decision, leaf

SCALE = PiecewiseLinear([(0, 0), (10, 1)])
HUGE = 10**400
LONG = 10**5000  # longer than Python writes out


NO_NUMBERS: list[tuple[str, Any]] = [
    ("none", None),
    ("true", True),
    ("numpy true", np.bool_(True)),
    ("text", "1"),
    ("bytes", b"1"),
    ("nan", math.nan),
    ("numpy nan", np.float64("nan")),
    ("inf", math.inf),
    ("-inf", -math.inf),
    ("huge", HUGE),
    ("long", LONG),
    ("-long", -LONG),
    ("long double", np.longdouble("1e4000")),
    ("complex", 1j),
    ("decimal", Decimal(1)),
    ("fraction", Fraction(1, 2)),
    ("date", np.datetime64("2020-01-01")),
    ("list", [1]),
    ("object", object()),
    ("array", np.array([1, 2])),
]
NO_TEXTS: list[tuple[str, Any]] = [(name, bad) for name, bad in NO_NUMBERS if name not in ("text", "none")]
NO_PROBLEMS: list[tuple[str, Any]] = [*NO_NUMBERS, ("document", decision([leaf("X")], {"A": {}}))]

Build = Callable[[Any], object]


def problem(leaf: dict[str, Any] | None = None, entry: dict[str, Any] | None = None, **more: Any) -> Problem:
    criterion = Criterion(**({"code": "X", "points": SCALE} | (leaf or {})))
    alternative = Alternative(**({"code": "A", "scores": {"X": 5}} | (entry or {})))
    return Problem(**({"criteria": (criterion,), "alternatives": (alternative,)} | more))


def in_gate(**parts: Any) -> Problem:
    return problem(entry={"gates": (Gate(**({"code": "K", "outcome": "passed"} | parts)),)})


NUMBERS: list[tuple[str, Build]] = [
    ("PiecewiseLinear: metric", lambda bad: PiecewiseLinear([(0, 0), (bad, 1)])),
    ("PiecewiseLinear: value", lambda bad: PiecewiseLinear([(0, 0), (1, bad), (2, 1)])),
    ("PiecewiseLinear: x in a list", lambda bad: SCALE([1, bad])),
    ("clipped: x in a list", lambda bad: SCALE.clipped([1.0, bad])),
    ("direct_weights", lambda bad: direct_weights([1, bad])),
    ("swing_weights", lambda bad: swing_weights([1.5, bad])),
    ("equal_weights", equal_weights),
    ("rank_order_centroid", rank_order_centroid),
    ("weighted_sum: values", lambda bad: weighted_sum([[0.5, bad]], [1, 1])),
    ("weighted_sum: weights", lambda bad: weighted_sum([[0.5, 0.5]], [1, bad])),
    ("dominated", lambda bad: dominated([[1, 2], [3, bad]])),
    ("Criterion.weight", lambda bad: problem({"weight": bad})),
    ("Criterion.points", lambda bad: problem({"points": [(0, 0), (bad, 1)]})),
    ("Alternative.scores", lambda bad: problem(entry={"scores": {"X": bad}})),
    ("Alternative.scores: low", lambda bad: problem(entry={"scores": {"X": {"low": bad, "high": 9}}})),
    ("Alternative.scores: sd", lambda bad: problem(entry={"scores": {"X": {"mean": 1, "sd": bad}}})),
    ("Alternative.confidence", lambda bad: problem(entry={"confidence": {"X": bad}})),
    ("Problem.tie_margin", lambda bad: problem(tie_margin=bad)),
    ("evidenced_only: at_least", lambda bad: evidenced_only(problem(), at_least=bad)),
]
TEXTS: list[tuple[str, Build]] = [
    ("Criterion.code", lambda bad: problem({"code": bad})),
    ("Criterion.name", lambda bad: problem({"name": bad})),
    ("Criterion.unit", lambda bad: problem({"unit": bad})),
    ("Alternative.code", lambda bad: problem(entry={"code": bad})),
    ("Alternative.name", lambda bad: problem(entry={"name": bad})),
    ("Gate.code", lambda bad: in_gate(code=bad)),
    ("Gate.outcome", lambda bad: in_gate(outcome=bad)),
    ("Gate.reason", lambda bad: in_gate(reason=bad)),
    ("Problem.title", lambda bad: problem(title=bad)),
    ("Problem.missing", lambda bad: problem(missing=bad)),
    ("Problem.tie_break", lambda bad: problem(tie_break=bad)),
]
OF_A_PROBLEM: list[tuple[str, Build]] = [
    ("rank", rank),
    ("flips", flips),
    ("proofs", proofs),
    ("weight_transfers", weight_transfers),
    ("leaf_transfers", leaf_transfers),
    ("leave_out_criteria", leave_out_criteria),
    ("leave_out_alternatives", leave_out_alternatives),
    ("cross_checks", cross_checks),
    ("potential_margins", potential_margins),
    ("basket_case", lambda bad: basket_case(bad, {})),
    ("evidenced_only", lambda bad: evidenced_only(bad, at_least=1)),
    ("Problem.from_decision", lambda bad: Problem.from_decision([bad])),
]

REFERENCE = reference.load("suitability_factors")
NO_NAMES: list[tuple[str, Any]] = [
    ("array", np.array(["x", "y"])),
    ("list", ["x"]),
    ("number", 7),
    ("other", "x"),
]
BID = {"productivity_factor": 1, "metrics": {"QUAL-01": 1}}


def of_rules(**changes: Any) -> object:
    return suitability({}, {**REFERENCE, **changes})


def of_case(task: dict[str, Any] | None = None, role: Any = "internal", offer: Any = "per_unit") -> object:
    assumptions = {"role_rates": {"counsel": {"usd_per_hour": 1, "kind": role}}}
    bid = {**BID, "offers": [{"task": "A", "model": offer, "price": 1}]}
    return business_case([{"code": "A", **(task or {})}], bid, assumptions)


def of_knock_out(bid: dict[str, Any] | None = None, **changes: Any) -> object:
    rule = {"code": "K01", "applies": "always", "test": "answer", "params": {"question": "Q"}, **changes}
    return knock_outs(bid or {}, [rule], {})


NAMES: list[tuple[str, Build]] = [
    ("pairwise_weights", lambda bad: pairwise_weights([1, 2, 3], random_index=bad)),
    ("best_worst_weights", lambda bad: best_worst_weights([1, 2], [2, 1], model=bad)),
    ("topsis", lambda bad: topsis([[0.5]], [1], normalisation=bad)),
    ("promethee2", lambda bad: promethee2([[0.5], [0.6]], [1], benefit=[True], preference=[(bad,)])),
    ("allocate", lambda bad: allocate([Bundle("A", in_house_cost=1)], [], objective=bad)),
    ("without_each_evaluator", lambda bad: without_each_evaluator([[[1]]], [1], consensus=bad)),
    ("practice_of_law", lambda bad: suitability({"practice_of_law": bad}, REFERENCE)),
    ("direction", lambda bad: of_rules(factors=[{**REFERENCE["factors"][0], "direction": bad}])),
    ("effect", lambda bad: of_rules(gates=[{**REFERENCE["gates"][0], "effect": bad}])),
    ("answers.UPL", lambda bad: of_case({"answers": {"UPL": bad}})),
    ("kind", lambda bad: of_case(role=bad)),
    ("offers.model", lambda bad: of_case(offer=bad)),
    ("test", lambda bad: of_knock_out(test=bad)),
    ("applies", lambda bad: of_knock_out(applies=bad)),
    ("answer", lambda bad: of_knock_out({"answers": {"Q": bad}})),
]
NO_MAPPINGS = [(name, bad) for name, bad in NO_NUMBERS if name != "none"]
MAPPINGS: list[tuple[str, Build]] = [
    ("staffing_mix", lambda bad: of_case({"staffing_mix": bad})),
    ("gate_kind", gate_kind),
    ("suitability_shifts", lambda bad: suitability_shifts([bad], REFERENCE)),
    ("gate_precedence", lambda bad: of_rules(gate_precedence=[bad] if isinstance(bad, list) else bad)),
]
SHIFTS: list[tuple[str, Build]] = [
    ("shifted_weights", lambda bad: shifted_weights([bad, 2], 0, 10)),
    ("shifted_weights: place", lambda bad: shifted_weights([1, 2], bad, 10)),
    ("shifted_weights: points", lambda bad: shifted_weights([1, 2], 0, bad)),
    ("suitability_shifts: points", lambda bad: suitability_shifts([], REFERENCE, points=bad)),
]

# What is a number or nothing to one place and a mistake to another.
ALLOWED = {
    ("Alternative.scores", "none"),
    ("Problem.tie_break", "none"),
}


def pairs(places: list[tuple[str, Build]], values: list[tuple[str, Any]]) -> list[Any]:
    return [
        pytest.param(build, bad, id=f"{place}: {name}")
        for place, build in places
        for name, bad in values
        if (place, name) not in ALLOWED
    ]


@pytest.mark.parametrize(
    ("build", "bad"),
    [
        *pairs(NUMBERS, NO_NUMBERS),
        *pairs(TEXTS, NO_TEXTS),
        *pairs(OF_A_PROBLEM, NO_PROBLEMS),
        *pairs(NAMES, NO_NAMES),
        *pairs(MAPPINGS, NO_MAPPINGS),
        *pairs(SHIFTS, NO_NUMBERS),
    ],
)
def test_refused(build: Build, bad: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(bad)
    for fault in caught.value.faults:
        assert fault.path
        assert "\n" not in str(fault)
        assert len(str(fault)) < 300


def tower(height: int) -> Criterion:
    node = Criterion("X", points=SCALE)
    for level in range(height - 1):
        node = Criterion(f"G{level}", criteria=(node,))
    return node


def endless() -> Criterion:
    children: list[Criterion] = []
    node = Criterion("G", criteria=children)
    children.append(node)
    return node


def bushy() -> Criterion:
    """Ten of the same below each of the same: 10^15 nodes to whoever counts them."""
    node = Criterion("X", points=SCALE)
    for level in range(15):
        node = Criterion(f"G{level}", criteria=(node,) * 10)
    return node


X, A = Criterion("X", points=SCALE), Alternative("A")
SHAPES: list[tuple[str, Callable[[], object], str]] = [
    # PiecewiseLinear
    ("no points", lambda: PiecewiseLinear([]), "points: two or more"),
    ("one point", lambda: PiecewiseLinear([(0, 0)]), "points: two or more"),
    ("constant metric", lambda: PiecewiseLinear([(1, 0), (1, 1)]), "points[1]: metrics must strictly"),
    ("constant value", lambda: PiecewiseLinear([(1, 0), (2, 0)]), "points[1]: the best point"),
    ("up and down", lambda: PiecewiseLinear([(1, 0), (3, 0.5), (2, 1)]), "points[2]: metrics"),
    ("a long number", lambda: PiecewiseLinear([(0, 0), (LONG, 1)]), "points[1][0]: the number is too large"),
    ("masked metric", lambda: SCALE(np.ma.masked_array([1.0, 2.0], [0, 1])), "x: a masked entry"),
    ("truths", lambda: SCALE(np.array([True, False])), "x[0]: a true/false value"),
    ("a truth in an array", lambda: SCALE([np.array([1.0]), np.array([True])]), "x[1][0]: a true/false"),
    ("ragged metrics", lambda: SCALE([[1, 2], [3]]), "x: rows of different length"),
    # weights
    ("no weights", lambda: direct_weights([]), "points: nothing in it"),
    ("all zero", lambda: swing_weights([0, 0]), "points: at least one weight"),
    ("negative", lambda: direct_weights([3, -1e-300]), "points[1]: a weight cannot be negative"),
    ("a table", lambda: direct_weights([[1, 2]]), "points: 1 dimension"),
    ("one number", lambda: direct_weights(3), "points: 1 dimension"),
    ("no criteria", lambda: equal_weights(0), "n: 0 is below 1"),
    ("half a criterion", lambda: rank_order_centroid(2.5), "n: a whole number"),
    ("endless criteria", lambda: equal_weights(HUGE), "n: a number of very many digits is above 1000000"),
    ("a billion criteria", lambda: rank_order_centroid(10**9), "n: 1000000000 is above 1000000"),
    # weighted_sum, dominated
    ("no alternatives", lambda: weighted_sum(np.zeros((0, 2)), [1, 1]), "values: nothing in it"),
    ("no columns", lambda: weighted_sum(np.zeros((2, 0)), []), "values: nothing in it"),
    ("one row only", lambda: weighted_sum([0.5], [1]), "values: 2 dimension"),
    ("weights too many", lambda: weighted_sum([[0.5]], [1, 1]), "weights: 2 weights for 1 criteria"),
    ("weights all zero", lambda: weighted_sum([[0.5]], [0]), "weights: at least one weight"),
    ("above 1", lambda: weighted_sum([[1.0000001]], [1]), "values[0][0]: 1 is not between 0 and 1"),
    ("below 0", lambda: weighted_sum([[0.0, -1e-9]], [1, 1]), "values[0][1]: -1e-09 is not between"),
    ("ragged rows", lambda: dominated([[1, 2], [3]]), "values: rows of different length"),
    ("nobody", lambda: dominated([]), "values: 2 dimension"),
    ("a cube", lambda: dominated(np.zeros((2, 2, 2))), "values: 2 dimension"),
    # Problem and its parts
    ("no criterion", lambda: Problem((), (A,)), "$.criteria: a list with at least one"),
    ("no alternative", lambda: Problem((X,), ()), "$.alternatives: a list with at least one"),
    ("an array of criteria", lambda: Problem(np.array([X], object), (A,)), "$.criteria: a sequence of Crit"),
    ("a generator", lambda: Problem((X,), (a for a in [A])), "$.alternatives: a sequence of Alternative"),
    ("same criterion twice", lambda: Problem((X, X), (A,)), '$.criteria[1].code: the code "X" is used twice'),
    ("same alternative twice", lambda: Problem((X,), (A, A)), '$.alternatives[1].code: the code "A" is used'),
    ("empty code", lambda: problem({"code": ""}), "$.criteria[0].code: a code (text) is needed"),
    ("empty alternative", lambda: problem(entry={"code": ""}), "$.alternatives[0].code: a code (text)"),
    ("empty gate", lambda: in_gate(code=""), "$.alternatives[0].gates[0].code: a code (text)"),
    ("unknown outcome", lambda: in_gate(outcome="Passed"), "$.alternatives[0].gates[0].outcome: must be"),
    ("negative weight", lambda: problem({"weight": -1}), "$.criteria[0].weight: -1 is below 0"),
    ("no weight at all", lambda: problem({"weight": 0}), "$.criteria: at least one weight"),
    ("21 levels", lambda: Problem((tower(21),), (A,)), 'criterion "G0": the tree of criteria is deeper'),
    ("5000 levels", lambda: Problem((tower(5000),), (A,)), 'criterion "G4979": the tree of criteria is deep'),
    ("endless levels", lambda: Problem((endless(),), (A,)), 'criterion "G": the tree of criteria is deeper'),
    ("too many", lambda: Problem((bushy(),), (A,)), 'criterion "G0": there are more than 1000 criteria'),
    ("points and criteria", lambda: problem({"criteria": (X,)}), "$.criteria[0]: a criterion has either"),
    ("neither", lambda: problem({"points": None}), "$.criteria[0]: points of the value function"),
    ("criteria of texts", lambda: problem({"criteria": "XY"}), 'criterion "X": a sequence of Criterion'),
    ("criteria 0", lambda: problem({"criteria": 0}), 'criterion "X": a sequence of Criterion'),
    ("criteria array", lambda: problem({"criteria": np.array([])}), 'criterion "X": a sequence of Criterion'),
    ("scores a list", lambda: problem(entry={"scores": [5]}), "$.alternatives[0].scores: an object"),
    ("scores none", lambda: problem(entry={"scores": None}), "$.alternatives[0].scores: an object"),
    (
        "a stranger",
        lambda: problem(entry={"scores": {"Z": 1}}),
        "$.alternatives[0].scores.Z: is not the code",
    ),
    ("a key 7", lambda: problem(entry={"scores": {7: 1}}), '$.alternatives[0].scores["7"]: is not the code'),
    (
        "a long key",
        lambda: problem(entry={"scores": {LONG: 1}}),
        '$.alternatives[0].scores["a number of very many digits"]: is not the code',
    ),
    ("upside down", lambda: problem(entry={"scores": {"X": {"low": 3, "high": 1}}}), "$.alternatives[0].sc"),
    ("confidence 2", lambda: problem(entry={"confidence": {"X": 2}}), "$.alternatives[0].confidence.X: alt"),
    ("gates none", lambda: problem(entry={"gates": None}), 'gates of "A": a sequence of Gate'),
    ("gates of texts", lambda: problem(entry={"gates": ("K",)}), 'gates of "A": a sequence of Gate'),
    ("margin 101", lambda: problem(tie_margin=101), "$.tie_margin: 101 is above 100"),
    ("policy best", lambda: problem(missing="best"), '$.missing: must be "worst" or "midpoint"'),
    ("tie-break Z", lambda: problem(tie_break="Z"), "$.tie_break: must be the code"),
]


@pytest.mark.parametrize(("build", "line"), [pytest.param(b, line, id=name) for name, b, line in SHAPES])
def test_refused_with_its_place(build: Callable[[], object], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        build()
    assert str(caught.value).startswith(line)


def scored(score: Any) -> dict[str, Any]:
    return {"scores": {"X": score}}


def one(**more: Any) -> Any:
    return rank(problem(**more)).ranking[0]


DEFINED: list[tuple[str, Callable[[], object], object]] = [
    ("no metrics", lambda: SCALE([]).tolist(), []),
    ("a number in an array", lambda: SCALE(np.array(5)), 0.5),
    ("half precision", lambda: SCALE(np.float16(2.5)), 0.25),
    ("one weight", lambda: direct_weights([1e-300]).tolist(), [1]),
    ("weights of the smallest", lambda: direct_weights([5e-324, 0]).tolist(), [1, 0]),
    ("numpy count", lambda: equal_weights(np.int64(2)).tolist(), [0.5, 0.5]),
    ("one alternative", lambda: weighted_sum([[0.25]], [7]).tolist(), [0.25]),
    ("a constant column", lambda: weighted_sum([[1, 0.5], [1, 0]], [1, 1]).tolist(), [0.75, 0.5]),
    ("identical rows", lambda: dominated([[1, 2], [1, 2]]), []),
    ("zeros of both signs", lambda: dominated([[0.0, 1], [-0.0, 1]]), []),
    (
        "numpy scalars",
        lambda: one(leaf={"weight": np.float32(2)}, entry={"scores": {"X": np.int8(4)}}).score,
        40,
    ),
    ("numpy texts", lambda: one(leaf={"code": np.str_("X")}, tie_break=np.str_("X")).score, 50),
    ("a score far outside", lambda: one(entry={"scores": {"X": -1e308}}).clipped, ("X",)),
    (
        "a range far outside",
        lambda: one(entry={"scores": {"X": {"low": -1e308, "high": 1.7e308}}}).score,
        100,
    ),
    ("no scores", lambda: (one(entry={"scores": {}}).score, one(entry={"scores": {}}).missing), (0, ("X",))),
    ("criteria none", lambda: one(leaf={"criteria": None}).score, 50),
    ("lists for tuples", lambda: rank(Problem([X], [A])).ranking[0].score, 0),
    ("twenty levels", lambda: rank(Problem((tower(20),), (A,))).ranking[0].score, 0),
    ("a code of one blank", lambda: one(entry={"code": " "}).code, " "),
    ("half a character", lambda: one(entry={"code": "\ud800"}).code, "\ud800"),
    ("identical alternatives", lambda: [r.rank for r in rank(twins()).ranking], [1, 1]),
    ("identical: flips", lambda: (flips(twins()).nearest, list(flips(twins()).scores)), (None, [])),
    ("one alternative: flips", lambda: (flips(problem()).nearest, list(flips(problem()).scores)), (None, [])),
    ("one alternative: transfers", lambda: weight_transfers(problem()).nearest, None),
]


def twins() -> Problem:
    return Problem((X,), (Alternative("A", scores={"X": 3}), Alternative("B", scores={"X": 3})))


@pytest.mark.parametrize(("ask", "answer"), [pytest.param(a, x, id=name) for name, a, x in DEFINED])
def test_defined(ask: Callable[[], object], answer: object) -> None:
    assert ask() == answer
