"""Small decisions to try things on, and a hypothesis strategy for larger ones."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

TEN = [[0, 0], [10, 1]]


def leaf(code: str, weight: float = 1, points: Any = None) -> dict[str, Any]:
    return {"code": code, "name": code, "weight": weight, "points": copy.deepcopy(points or TEN)}


def group(code: str, weight: float, *children: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "name": code, "weight": weight, "criteria": list(children)}


def decision(criteria: list[Any], alternatives: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """`alternatives`: code → scores by leaf."""
    entries = [{"code": code, "scores": scores} for code, scores in alternatives.items()]
    return {"schema": "lpo.decision/1", "criteria": criteria, "alternatives": entries, **settings}


def flat() -> dict[str, Any]:
    """Two criteria, three alternatives: A 62, B 58, C 20."""
    return decision(
        [leaf("X", 60), leaf("Y", 40)],
        {"A": {"X": 9, "Y": 2}, "B": {"X": 5, "Y": 7}, "C": {"X": 2, "Y": 2}},
    )


_share = st.integers(0, 20).map(float)
_metric = st.integers(-10, 110).map(lambda n: n / 10)
_score = st.one_of(
    _metric,
    st.none(),
    st.tuples(_metric, _metric).map(lambda ends: {"low": min(ends), "high": max(ends)}),
    st.tuples(_metric, _metric, _metric).map(
        lambda three: dict(zip(("low", "mode", "high"), sorted(three), strict=True))
    ),
    st.tuples(_metric, st.integers(0, 3)).map(lambda pair: {"mean": pair[0], "sd": pair[1]}),
)
_gate = st.sampled_from([None, None, None, "failed", "conditional", "passed"])
_POINTS = (
    [[0, 0], [10, 1]],
    [[10, 0], [0, 1]],
    [[0, 0], [3, 0.6], [10, 1]],
    [[9, 0], [6, 0], [4, 0.5], [1, 1]],
)


@st.composite
def decisions(draw: st.DrawFn, *, exact: bool = False) -> dict[str, Any]:
    """A tree of one to three levels, one to six alternatives; `exact`: plain numbers and no gates."""
    numbers = iter(range(1000))

    def node(depth: int) -> dict[str, Any]:
        code = f"N{next(numbers)}"
        if depth == 3 or draw(st.integers(0, 2)) > 0:
            return leaf(code, draw(_share), draw(st.sampled_from(_POINTS)))
        return group(code, draw(_share), *(node(depth + 1) for _ in range(draw(st.integers(1, 3)))))

    criteria = [node(1) for _ in range(draw(st.integers(1, 4)))]
    criteria.append(leaf("LAST", 5))
    codes = leaf_codes(criteria)
    names = draw(st.permutations("ABCDEF"))[: draw(st.integers(1, 6))]
    entries = []
    for name in names:
        scores = {code: draw(_metric if exact else _score) for code in codes}
        entry: dict[str, Any] = {"code": name, "scores": scores}
        outcome = None if exact else draw(_gate)
        if outcome is not None:
            entry["gates"] = [{"code": "K1", "outcome": outcome, "reason": "as drawn"}]
        entries.append(entry)
    policy = draw(st.sampled_from(["worst", "midpoint"]))
    return {"schema": "lpo.decision/1", "missing": policy, "criteria": criteria, "alternatives": entries}


def leaf_codes(nodes: list[dict[str, Any]]) -> list[str]:
    found = []
    for node in nodes:
        found += leaf_codes(node["criteria"]) if "criteria" in node else [node["code"]]
    return found


def reweighted(document: dict[str, Any], code: str, share: float) -> dict[str, Any]:
    """The decision with the local share of one node set and its siblings rescaled in proportion."""
    changed = copy.deepcopy(document)

    def visit(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            visit(node.get("criteria", []))
        if code in [node["code"] for node in nodes]:
            rest = sum(node["weight"] for node in nodes if node["code"] != code and live(node))
            for node in nodes:
                is_it = node["code"] == code
                node["weight"] = share if is_it else node["weight"] / rest * (1 - share) if live(node) else 0

    visit(changed["criteria"])
    return changed


def live(node: dict[str, Any]) -> bool:
    """Whether a node has a value: a leaf, or a group with a weighted live child."""
    return "points" in node or any(child["weight"] > 0 and live(child) for child in node["criteria"])
