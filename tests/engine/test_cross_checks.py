"""Other methods beside the weighted sum: what they say of the first place, and why."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from engine import (
    Alternative,
    Criterion,
    CrossCheck,
    Problem,
    cross_checks,
    promethee2,
    rank,
    topsis,
    vikor,
)
from engine.cross_reasons import Field, agreement, difference
from tests.engine.small import decision, decisions, group, leaf

CALM = settings(deadline=None, max_examples=40)


def checks_of(document: dict[str, Any]) -> dict[str, CrossCheck]:
    return {check.method: check for check in cross_checks(Problem.from_decision(document))}


def two(a: tuple[float, float], b: tuple[float, float], *more: tuple[float, float]) -> dict[str, CrossCheck]:
    """Alternatives A, B, … on two criteria of equal weight."""
    rows = dict(zip("ABCDE", (a, b, *more), strict=False))
    return checks_of(decision([leaf("X"), leaf("Y")], {c: {"X": x, "Y": y} for c, (x, y) in rows.items()}))


def test_the_same_values_and_weights_go_into_each_method() -> None:
    """A leaf without weight and an alternative that failed a gate take no part."""
    tree = [group("G", 3, leaf("X", 1), leaf("N", 0)), leaf("Y", 1)]
    scores = {"A": {"X": 9, "N": 0, "Y": 2}, "F": {"X": 10, "Y": 10}, "B": {"X": 5, "N": 9, "Y": None}}
    document = decision(tree, scores, missing="midpoint")
    document["alternatives"][1]["gates"] = [{"code": "K", "outcome": "failed"}]
    values, weights = [[0.9, 0.2], [0.5, 0.5]], [0.75, 0.25]
    given: Any = {"benefit": [True, True]}
    found = checks_of(document)
    flows = promethee2(values, weights, preference=[("linear", 0.05, 0.5)] * 2, **given)
    expected = {
        "topsis": topsis(values, weights),
        "vikor": vikor(values, weights, **given).q,
        "promethee2": flows.phi,
    }
    assert list(found) == list(expected)
    for method, scores_ in expected.items():
        assert list(found[method].scores) == ["A", "B"]
        assert list(found[method].scores.values()) == pytest.approx(scores_.tolist(), abs=1e-15)


def test_each_variant_is_named_with_its_parameters() -> None:
    names = {check.method: check.name for check in two((9, 2), (5, 5)).values()}
    assert names == {
        "topsis": "TOPSIS, fixed ideals: 1 and 0 on every criterion",
        "vikor": "VIKOR, v = 0.5, best and worst of each criterion among those that are ranked",
        "promethee2": "PROMETHEE II, linear preference on every criterion, q = 0.05 and p = 0.5 of the scale "
        "from 0 to 1",
    }


def test_agreement_tells_the_distance_to_the_next() -> None:
    """B 0.9, A 0.55, C 0.2."""
    found = two((5.5, 5.5), (9, 9), (2, 2))
    assert all(check.agrees for check in found.values())
    assert {check.order for check in found.values()} == {("B", "A", "C")}
    assert (
        found["topsis"].because == "B comes first here too: closeness to the ideal 0.900 against 0.550 for A."
    )
    assert found["vikor"].because == (
        "B comes first here too: compromise index (lower is better) 0.000 against 0.500 for A."
    )
    assert found["promethee2"].because == "B comes first here too: net flow 0.833 against 0.000 for A."
    assert found["vikor"].compromise == ("B",)
    assert found["topsis"].compromise is None
    assert [check.better for check in found.values()] == ["higher", "lower", "higher"]


def test_topsis_punishes_a_weak_spot() -> None:
    """Sums 0.60 and 0.58; distances to the ideal 0.4 and 0.297, to the worst 0.510 and 0.410."""
    check = two((10, 2), (5.8, 5.8))["topsis"]
    assert (check.first, check.agrees) == (("B",), False)
    assert check.because == (
        "B comes first here and not A: closeness to the ideal 0.580 against 0.560. "
        "TOPSIS squares distances, so that one weak spot costs more than several small ones. "
        "What decides is Y, where A has 20 of 100 and B 58: with the same value there, A would be ahead."
    )


def test_topsis_rewards_a_strong_point_of_weak_alternatives() -> None:
    """Sums 0.42 and 0.40; B is farther from the ideal (0.510 to 0.410) and farther from the worst."""
    check = two((4.2, 4.2), (8, 0))["topsis"]
    assert (check.first, check.agrees) == (("B",), False)
    assert check.because == (
        "B comes first here and not A: closeness to the ideal 0.440 against 0.420. "
        "TOPSIS squares distances, so that one strong point earns more than several middling ones. "
        "What decides is X, where A has 42 of 100 and B 80: with the same value there, A would be ahead."
    )


def test_vikor_punishes_the_largest_shortfall() -> None:
    """Sums A 0.6, B 0.58, C 0.05. On Y from 0.1 (C) to 0.58 (B), A has gone 38/48 of the way: 39.6 of 50.

    S 0.396, 0.21, 1 and R 0.396, 0.21, 0.5: Q of A = ½ · 0.186/0.79 + ½ · 0.186/0.29, less than DQ = ½.
    """
    check = two((10, 2), (5.8, 5.8), (0, 1))["vikor"]
    assert (check.first, check.agrees, check.compromise) == (("B",), False, ("B", "A"))
    assert check.because == (
        "B comes first here and not A: compromise index (lower is better) 0.000 against 0.438. "
        "VIKOR counts the largest single shortfall besides the sum of all: for A it is 39.6 of 100 points of "
        "weight, on Y, for B 21.0. It proposes both as a compromise. "
        "What decides is Y, where A has 20 of 100 and B 58: with the same value there, A would be ahead."
    )


def test_vikor_stretches_what_hardly_differs() -> None:
    """Sums A 0.4, B 0.12. Of two, one is the best and one the worst of each: S 0.6 and 0.4, R 0.4."""
    rows = {"A": {"X": 10, "Y": 0, "Z": 0}, "B": {"X": 0, "Y": 2, "Z": 2}}
    check = checks_of(decision([leaf("X", 4), leaf("Y", 4), leaf("Z", 2)], rows))["vikor"]
    assert (check.first, check.agrees, check.compromise) == (("B",), False, ("B", "A"))
    assert check.because == (
        "B comes first here and not A: compromise index (lower is better) 0.000 against 0.500. "
        "VIKOR measures each criterion from the worst to the best of those that are ranked, which stretches "
        "small differences. It proposes both as a compromise. "
        "What decides is Y, where A has 0 of 100 and B 20: with the same value there, A would be ahead."
    )


def test_vikor_may_not_propose_the_first_of_the_weighted_sum() -> None:
    """The same with C to F far behind, so that less is needed for an acceptable advantage."""
    check = two((10, 2), (5.8, 5.8), (0, 1), (0, 1), (0, 1))["vikor"]
    assert (check.first, check.agrees, check.compromise) == (("B",), False, ("B",))
    assert "for B 21.0. What decides is Y, " in check.because


def test_promethee_cuts_large_leads_off() -> None:
    """Sums A 0.6, B 0.5; of A's lead of 100 on X only 50 count, and B leads by 30 on Y and by 30 on Z."""
    rows = {"A": {"X": 10, "Y": 1, "Z": 1}, "B": {"X": 0, "Y": 5, "Z": 5}}
    check = checks_of(decision([leaf("X"), leaf("Y"), leaf("Z")], rows))["promethee2"]
    assert (check.first, check.agrees) == (("B",), False)
    assert check.scores == pytest.approx({"A": (1 - 2 * 35 / 45) / 3, "B": (2 * 35 / 45 - 1) / 3})
    assert check.because == (
        "B comes first here and not A: net flow 0.185 against -0.185. "
        "PROMETHEE II compares pairs: a difference of up to 5 points of 100 counts nothing and one of 50 or "
        "more in full, so that large leads are cut off. "
        "What decides is Y, where A has 10 of 100 and B 50: with the same value there, A would be ahead."
    )


def test_ties_are_respected() -> None:
    """A and B are level in the weighted sum; a method that puts one of them first agrees."""
    found = two((10, 2), (6, 6))
    assert (found["topsis"].first, found["topsis"].agrees) == (("B",), True)
    assert found["topsis"].because == (
        "B comes first here too, which the weighted sum has level with A: "
        "closeness to the ideal 0.600 against 0.560 for A."
    )
    mirrored = two((8, 4), (4, 8), (1, 1))
    for check in mirrored.values():
        assert (check.first, check.order, check.agrees) == (("A", "B"), ("A", "B", "C"), True)
        assert check.because.startswith("A and B come first here too: ")


def test_level_with_another_here() -> None:
    """Weights 3 and 2: sums 0.6 and 0.4; VIKOR with two alternatives: both best by one measure."""
    rows = {"A": {"X": 10, "Y": 10, "Z": 0}, "B": {"X": 0, "Y": 0, "Z": 10}}
    check = checks_of(decision([leaf("X", 3), leaf("Y", 3), leaf("Z", 4)], rows))["vikor"]
    assert (check.first, check.agrees, check.compromise) == (("A", "B"), True, ("A", "B"))
    assert check.because == "A comes first here too, level with B."


def test_alone_and_nobody() -> None:
    document = decision([leaf("X")], {"A": {"X": 3}})
    for check in checks_of(document).values():
        assert (check.first, check.order, check.agrees) == (("A",), ("A",), True)
        assert check.because == "A is the only one that is ranked."
    document["alternatives"][0]["gates"] = [{"code": "K", "outcome": "failed"}]
    assert checks_of(document) == {}


def test_all_equal() -> None:
    for check in two((3, 4), (3, 4), (3, 4)).values():
        assert (check.first, check.agrees) == (("A", "B", "C"), True)
        assert check.because == "A, B and C come first here too."


def test_no_negative_zero_is_shown() -> None:
    assert agreement(FIELD, "flow", np.array([-1e-4, -0.2]), [[0], [1]]) == (
        "A comes first here too: flow 0.000 against -0.200 for B."
    )


def test_sentences_use_names_and_the_code_where_a_name_is_not_enough() -> None:
    criteria = (
        Criterion("G", "Group", 1, criteria=(Criterion("X", "Cost", 1, [(0, 0), (10, 1)]),)),
        Criterion("Y", "", 1, [(0, 0), (10, 1)]),
    )
    named = (Alternative("A", "Ashgrove", {"X": 10, "Y": 2}), Alternative("B", "Birch", {"X": 5.8, "Y": 5.8}))
    text = cross_checks(Problem(criteria, named))[0].because
    assert text.startswith("Birch comes first here and not Ashgrove: ")
    assert "What decides is Y, where Ashgrove has" in text
    namesakes = tuple(dataclasses.replace(one, name="Ashgrove") for one in named)
    text = cross_checks(Problem(criteria, namesakes))[0].because
    assert text.startswith("Ashgrove (B) comes first here and not Ashgrove (A): ")


FIELD = Field(
    codes=("A", "B"),
    names=("A", "B"),
    criteria=("X", "Y"),
    values=np.array([[0.2, 0.333333], [0.6, 0.333334]]),
    weights=np.array([0.5, 0.5]),
    first=(0,),
)


X = "X, where A has 20 of 100 and B 60"
Y = "Y, where A has 33.3333 of 100 and B 33.3334"


@pytest.mark.parametrize(
    ("gaps", "sentence"),
    [
        ([0.1, 0.0], f"What decides is {X}: with the same value there, A would be ahead."),
        ([0.0, -0.1], f"What decides is {X}: with the same value there, they would be level."),
        ([-0.1, -0.2], f"No single criterion decides it; most of it is {X}."),
        ([-0.3, -0.2], f"No single criterion decides it; most of it is {Y}."),
    ],
)
def test_what_one_criterion_can_explain(gaps: list[float], sentence: str) -> None:
    scores = np.array([0.5, 0.50001])
    text = difference(FIELD, (0, 1), measure="index", scores=scores, mechanism="So.", gaps=np.array(gaps))
    assert text == f"B comes first here and not A: index 0.50001 against 0.50000. So. {sentence}"


def test_numbers_that_are_equal_to_the_last_decimal_are_shown_equal() -> None:
    text = agreement(FIELD, "index", np.array([0.5, 0.5]), [[0], [1]])
    assert text == "A comes first here too: index 0.50000000000 against 0.50000000000 for B."


@CALM
@given(decisions())
def test_for_any_decision(document: dict[str, Any]) -> None:
    problem = Problem.from_decision(document)
    ranking = rank(problem).ranking
    first = {row.code for row in ranking if row.rank == 1}
    found = cross_checks(problem)
    assert len(found) == (3 if ranking else 0)
    for check in found:
        assert sorted(check.order) == sorted(check.scores) == sorted(row.code for row in ranking)
        assert set(check.order[: len(check.first)]) == set(check.first)
        assert check.agrees == bool(first & set(check.first))
        assert (" here too" in check.because or "only one" in check.because) == check.agrees
        best = (max if check.better == "higher" else min)(check.scores.values())
        assert all(abs(check.scores[code] - best) <= 1e-9 for code in check.first)


@CALM
@given(decisions(exact=True))
def test_removing_an_alternative_never_moves_the_others_in_topsis(document: dict[str, Any]) -> None:
    before = checks_of(document)["topsis"].scores
    gone = document["alternatives"].pop()["code"]
    if document["alternatives"]:
        after = checks_of(document)["topsis"].scores
        assert after == {code: score for code, score in before.items() if code != gone}
