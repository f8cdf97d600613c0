"""The ranking of what is evidenced well enough."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine import InvalidInput, Problem, evidenced_only, rank
from tests.engine.small import decision, flat, leaf

CLAIM, DOCUMENT, VERIFIED = 0.6, 0.8, 1.0


def claimed() -> dict[str, Any]:
    """A 62, of which 54 rest on a claim; B 58; C 20 and failed."""
    document = flat()
    document["alternatives"][0]["confidence"] = {"X": CLAIM, "Y": DOCUMENT}
    document["alternatives"][1]["confidence"] = {"X": VERIFIED, "Y": DOCUMENT}
    document["alternatives"][2]["gates"] = [{"code": "K", "outcome": "failed"}]
    return document


@pytest.mark.parametrize(
    ("limit", "policy", "scores"),
    [
        (0, "worst", {"A": 62, "B": 58}),
        (CLAIM, "worst", {"A": 62, "B": 58}),
        (DOCUMENT, "worst", {"B": 58, "A": 8}),
        (DOCUMENT, "midpoint", {"B": 58, "A": 38}),
        (1, "worst", {"B": 30, "A": 0}),
        (1, "midpoint", {"A": 50, "B": 50}),
    ],
)
def test_scores_below_the_limit_count_as_missing(limit: float, policy: str, scores: dict[str, float]) -> None:
    found = evidenced_only(Problem.from_decision(claimed() | {"missing": policy}), at_least=limit)
    assert {row.code: round(row.score, 9) for row in found.ranking} == scores
    assert found.at_least == limit
    assert found.first_now == ("A",)


def test_what_is_left_out_is_named() -> None:
    found = evidenced_only(Problem.from_decision(claimed()), at_least=DOCUMENT)
    assert (found.first, found.changes_first) == (("B",), True)
    assert found.left_out == {"A": ("X",), "B": ()}
    assert found.counted == {"A": pytest.approx(0.4), "B": pytest.approx(1)}
    assert found.lead is not None
    assert found.lead.points == pytest.approx(50)
    rows = {row.code: row for row in found.ranking}
    assert (rows["A"].missing, rows["B"].missing) == (("X",), ())
    assert rows["A"].contributions == {"X": 0, "Y": pytest.approx(8)}


def test_what_is_unknown_anyway_is_missing_and_not_left_out() -> None:
    document = decision([leaf("X", 1), leaf("Y", 1), leaf("Z", 0)], {"A": {"X": 12, "Y": None, "Z": 12}})
    document["alternatives"][0]["confidence"] = {"X": 0.5, "Y": 0.1, "Z": 0.1}
    found = evidenced_only(Problem.from_decision(document), at_least=0.5)
    assert found.left_out == {"A": ()}
    assert found.counted == {"A": 0.5}
    assert (found.ranking[0].missing, found.ranking[0].clipped) == (("Y",), ("X",))
    found = evidenced_only(Problem.from_decision(document), at_least=0.6)
    assert found.left_out == {"A": ("X",)}
    assert (found.ranking[0].missing, found.ranking[0].clipped) == (("X", "Y"), ())


def test_without_confidences_everything_counts() -> None:
    problem = Problem.from_decision(flat())
    found = evidenced_only(problem, at_least=1)
    assert found.ranking == rank(problem).ranking
    assert (found.changes_first, found.counted["A"]) == (False, 1)


def test_nobody_left_to_rank() -> None:
    document = claimed()
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    found = evidenced_only(Problem.from_decision(document), at_least=1)
    assert (found.ranking, found.lead, found.first, found.changes_first) == ((), None, (), False)


@pytest.mark.parametrize("limit", [-0.1, 1.1, math.nan, math.inf, True, "1", None, [1]])
def test_a_limit_is_a_share(limit: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^at_least: "):
        evidenced_only(Problem.from_decision(claimed()), at_least=limit)
