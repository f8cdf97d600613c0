"""Rank acceptability of a decision: gates, leaves without weight, uncertain scores on their own scale."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from engine import InvalidInput, Problem, rank_acceptability, robustness, unknowns
from tests.engine.small import decision, decisions, flat, group, leaf

FALLING = [[110, 0], [80, 0.35], [50, 0.75], [28, 1]]


def found(document: dict[str, Any], **settings_: Any) -> Any:
    return robustness(Problem.from_decision(document), **settings_)


def test_by_code_it_is_the_rank_acceptability_of_the_values() -> None:
    """A leads B where 0.4 w > 0.5 (1 − w), whatever weights the tree has."""
    result = found(flat(), samples=20_000, seed=3)
    bare = rank_acceptability([[0.9, 0.2], [0.5, 0.7], [0.2, 0.2]], samples=20_000, seed=3)
    assert (result.samples, result.seed, result.half_width) == (20_000, 3, 0.98 / math.sqrt(20_000))
    assert [list(row) for row in result.acceptability.values()] == bare.acceptability.tolist()
    assert (
        list(result.acceptability) == list(result.pairwise) == list(result.pairwise["A"]) == ["A", "B", "C"]
    )
    assert result.acceptability["A"][0] == pytest.approx(4 / 9, abs=result.half_width)
    assert result.pairwise["A"] == dict(zip("ABC", bare.pairwise[0].tolist(), strict=True))
    assert result.pairwise["C"]["C"] == 0.5
    assert result.central_weights["A"] == dict(zip("XY", bare.central_weights[0].tolist(), strict=True))
    assert (result.confidence["A"], result.confidence["C"], result.central_weights["C"]) == (1, None, None)


def test_the_tree_plays_no_part_but_for_leaves_without_weight() -> None:
    tree = [group("G", 9, leaf("X", 5), leaf("N", 0)), leaf("Y", 1), group("H", 1, leaf("M", 0))]
    scores = {"A": {"X": 9, "Y": 2, "N": 0, "M": 0}, "B": {"X": 5, "Y": 7, "N": 10, "M": None}}
    result = found(decision(tree, scores))
    assert result.acceptability["A"][0] == found(flat()).acceptability["A"][0]
    assert list(result.central_weights["A"]) == ["X", "N", "Y", "M"]
    assert result.central_weights["A"]["N"] == result.central_weights["A"]["M"] == 0
    assert sum(result.central_weights["A"].values()) == pytest.approx(1)


def test_who_failed_a_gate_takes_no_part() -> None:
    document = flat()
    document["alternatives"][1]["gates"] = [{"code": "K", "outcome": "failed"}]
    document["alternatives"][2]["gates"] = [{"code": "K", "outcome": "conditional"}]
    result = found(document)
    assert result.acceptability == {"A": (1, 0), "C": (0, 1)}
    assert result.pairwise == {"A": {"A": 0.5, "C": 1}, "C": {"A": 0, "C": 0.5}}
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    nobody = found(document, samples=100, seed=9)
    parts = (nobody.acceptability, nobody.central_weights, nobody.confidence, nobody.pairwise)
    assert parts == ({}, {}, {}, {})
    assert (nobody.samples, nobody.seed, nobody.half_width) == (100, 9, 0.098)


def test_uncertain_scores_are_drawn_on_their_scale_and_then_valued() -> None:
    """On a scale from 110 down to 28, a score below 65 has a value above 0.55."""
    tree = [leaf("K", 1, FALLING)]
    level = {"K": 65}
    chances = [
        ({"low": 60, "high": 80}, 0.25),
        ({"low": -500, "high": 1000}, 565 / 1500),
        ({"low": 60, "mode": 60, "high": 80}, 1 - (15 / 20) ** 2),
        ({"mean": 70, "sd": 10}, 0.5 * math.erfc(0.5 / math.sqrt(2))),
        ({"mean": 60, "sd": 0}, 1),
        ({"low": 65, "high": 65}, 0.5),
        (None, 0.45),
    ]
    for score, chance in chances:
        result = found(decision(tree, {"A": {"K": score}, "B": level}, missing="midpoint"))
        assert result.pairwise["A"]["B"] == pytest.approx(chance, abs=2 * result.half_width)
        if 0 < chance < 1 and chance != 0.5:
            assert result.confidence["A"] == result.pairwise["A"]["B"]


def test_scores_beyond_the_scale_count_with_its_end() -> None:
    scores = {"A": {"K": {"low": 0, "high": 20}}, "B": {"K": {"mean": -900, "sd": 1}}, "C": {"K": 28}}
    result = found(decision([leaf("K", 1, FALLING)], scores), samples=50)
    assert result.acceptability["A"] == pytest.approx((1 / 3, 1 / 3, 1 / 3))


def test_the_same_seed_gives_the_same() -> None:
    document = decision([leaf("X"), leaf("Y")], {"A": {"X": {"low": 2, "high": 9}}, "B": {"X": 4, "Y": 4}})
    once, again, other = (found(document, samples=500, seed=seed) for seed in (1, 1, 2))
    assert once.acceptability == again.acceptability != other.acceptability
    assert once.pairwise == again.pairwise
    with pytest.raises(dataclasses.FrozenInstanceError):
        once.seed = 2


@settings(deadline=None, max_examples=30)
@given(decisions())
def test_what_must_hold(document: dict[str, Any]) -> None:
    result = found(document, samples=200)
    kept = [
        entry["code"]
        for entry in document["alternatives"]
        if all(gate["outcome"] != "failed" for gate in entry.get("gates", []))
    ]
    assert list(result.acceptability) == kept
    shares = np.array(list(result.acceptability.values())).reshape(len(kept), len(kept))
    assert shares.sum(axis=0) == pytest.approx(np.ones(len(kept)))
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(kept)))
    for code in kept:
        weights = result.central_weights[code]
        assert (weights is None) == (result.confidence[code] is None) == (result.acceptability[code][0] == 0)
        assert weights is None or sum(weights.values()) == pytest.approx(1)
        assert all(
            result.pairwise[code][one] + result.pairwise[one][code] == pytest.approx(1) for one in kept
        )


@pytest.mark.parametrize(
    ("settings_", "message"),
    [({"samples": 0}, "samples: 0 is below 1"), ({"seed": -1}, "seed: a whole number of at least 0")],
)
def test_refusals(settings_: dict[str, Any], message: str) -> None:
    for outcome in ("passed", "failed"):
        document = flat()
        for entry in document["alternatives"]:
            entry["gates"] = [{"code": "K", "outcome": outcome}]
        with pytest.raises(InvalidInput, match=message):
            found(document, **settings_)


def test_anything_but_a_problem_is_refused() -> None:
    for ask in (robustness, unknowns):
        with pytest.raises(InvalidInput, match="problem"):
            ask(flat())


def test_many_alternatives_are_paired_when_asked_for() -> None:
    random = np.random.default_rng(0)
    scores = {
        f"A{k}": {"X": float(random.random() * 10), "Y": float(random.random() * 10)} for k in range(220)
    }
    result = found(decision([leaf("X"), leaf("Y")], scores), samples=300)
    assert result._found._leads is None
    assert result.pairwise["A0"]["A1"] + result.pairwise["A1"]["A0"] == pytest.approx(1)
    assert sum(result.pairwise["A7"].values()) - 0.5 == pytest.approx(
        sum(share * (219 - place) for place, share in enumerate(result.acceptability["A7"]))
    )
