"""The ranking without one criterion and without one alternative."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Problem, leave_out_alternatives, leave_out_criteria
from engine.checks import Array
from engine.leave_out import Place, WithoutAlternative, WithoutCriterion
from engine.model import Model
from engine.places import Lead
from engine.scoring import Scored, score_all
from tests.engine.small import decision, flat, group, leaf


def without(document: dict[str, Any]) -> dict[str, WithoutCriterion]:
    return {row.code: row for row in leave_out_criteria(Problem.from_decision(document))}


def rows_of(found: WithoutCriterion) -> list[tuple[str, int, float]]:
    return [(place.code, place.rank, round(place.score, 9)) for place in found.ranking]


def test_by_hand() -> None:
    found = without(flat())
    assert list(found) == ["X", "Y"]
    assert rows_of(found["X"]) == [("B", 1, 70), ("A", 2, 20), ("C", 2, 20)]
    assert found["X"].ranking[1:] == (
        Place("A", 2, pytest.approx(20), True),
        Place("C", 2, pytest.approx(20), True),
    )
    assert (found["X"].first, found["X"].changes_first, found["X"].changes_order) == (("B",), True, True)
    assert found["X"].lead == Lead(pytest.approx(50), False)
    assert rows_of(found["Y"]) == [("A", 1, 90), ("B", 2, 50), ("C", 3, 20)]
    assert (found["Y"].also, found["Y"].changes_first, found["Y"].changes_order) == ((), False, False)


def test_a_group_that_is_left_without_weight_goes_too() -> None:
    tree = [
        group("G", 3, group("H", 1, leaf("X", 2), leaf("Y", 0))),
        group("I", 1, leaf("Z", 1), leaf("U", 1)),
    ]
    document = decision(tree, {"A": {"X": 8, "Y": 3, "Z": 2, "U": 4}, "B": {"X": 4, "Y": 9, "Z": 4, "U": 6}})
    found = without(document)
    for code, also in (("X", ("H", "G")), ("H", ("G",)), ("G", ())):
        assert found[code].also == also
        assert rows_of(found[code]) == [("B", 1, 50), ("A", 2, 30)]
    assert rows_of(found["Y"]) == [("A", 1, 67.5), ("B", 2, 42.5)]
    assert rows_of(found["Z"]) == [("A", 1, 70), ("B", 2, 45)]
    assert rows_of(found["I"]) == [("A", 1, 80), ("B", 2, 40)]


def test_what_counts_for_nothing_changes_nothing() -> None:
    tree = [group("G", 1, group("H", 0, leaf("U"))), leaf("X"), group("I", 0, leaf("Y"))]
    document = decision(tree, {"A": {"X": 8, "Y": 1, "U": 0}, "B": {"X": 4, "Y": 9, "U": 9}})
    found = without(document)
    for code in ("G", "H", "U", "I", "Y"):
        assert rows_of(found[code]) == [("A", 1, 80), ("B", 2, 40)]
    assert found["Y"].also == ("I",)
    assert [found[code].also for code in ("G", "H", "U", "I")] == [(), (), ("H",), ()]


def test_without_the_last_criterion_there_is_no_ranking() -> None:
    document = decision([group("G", 1, leaf("X")), leaf("Y", 0)], {"A": {"X": 8}, "B": {"X": 4}})
    assert without(document)["X"] == WithoutCriterion("X", ("G",), (), (), None, False, False)
    assert without(document)["G"] == WithoutCriterion("G", (), (), (), None, False, False)
    assert without(document)["Y"].first == ("A",)


def test_excluded_alternatives_are_not_ranked_here_either() -> None:
    document = flat()
    document["alternatives"][1]["gates"] = [{"code": "K", "outcome": "failed"}]
    assert rows_of(without(document)["X"]) == [("A", 1, 20), ("C", 1, 20)]
    assert without(document)["X"].changes_first
    for entry in document["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    assert without(document)["X"] == WithoutCriterion("X", (), (), (), None, False, False)


def others(document: dict[str, Any]) -> list[WithoutAlternative]:
    return list(leave_out_alternatives(Problem.from_decision(document)))


def test_without_the_first_the_second_is_next() -> None:
    assert others(flat()) == [
        WithoutAlternative("A", ("B",), Lead(pytest.approx(38), False), True, True),
        WithoutAlternative("B", ("A",), Lead(pytest.approx(42), False), False, True),
        WithoutAlternative("C", ("A",), Lead(pytest.approx(4), False), False, True),
    ]


def test_without_a_failed_one_nothing_changes_and_without_the_only_one_nobody_is_first() -> None:
    document = flat()
    document["alternatives"][0]["gates"] = [{"code": "K", "outcome": "failed"}]
    document["alternatives"].pop()
    assert others(document) == [
        WithoutAlternative("A", ("B",), None, False, True),
        WithoutAlternative("B", (), None, True, True),
    ]
    assert others(decision([leaf("X")], {"A": {"X": 1}})) == [WithoutAlternative("A", (), None, True, True)]


def test_order_kept_would_tell_if_a_score_hung_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_the_best(model: Model, values: Array) -> Scored:
        return score_all(model, values / values.max())

    monkeypatch.setattr("engine.leave_out.score_all", by_the_best)
    assert [row.order_kept for row in others(flat())] == [False, False, False]


def test_without_one_of_two_tied_the_other_stays() -> None:
    document = decision([leaf("X")], {"A": {"X": 5}, "B": {"X": 5}, "C": {"X": 1}})
    assert [(row.first, row.changes_first) for row in others(document)] == [
        (("B",), True),
        (("A",), True),
        (("A", "B"), False),
    ]
