"""Weight moved from one criterion to another, solved by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from engine import Problem, leaf_transfers, weight_transfers
from engine.transfers import Transfer, Transfers
from tests.engine.small import decision, flat, group, leaf


def siblings(document: dict[str, Any]) -> Transfers:
    return weight_transfers(Problem.from_decision(document))


def amounts(found: Transfers) -> dict[tuple[str, str], Any]:
    return {
        (row.from_, row.to): None if row.amount is None else (pytest.approx(row.amount), row.winner)
        for row in found
    }


def test_by_hand() -> None:
    """A leads B by 0.04; a share t from X to Y costs A 0.9 t (0.9 t to 0.2 t against 0.5 t to 0.7 t)."""
    assert amounts(siblings(flat())) == {("X", "Y"): (0.04 / 0.9, "B"), ("Y", "X"): None}
    nearest = siblings(flat()).nearest
    assert nearest == Transfer("X", "Y", pytest.approx(0.04 / 0.9), pytest.approx(0.04 / 0.9), "B")


def three() -> dict[str, Any]:
    """A 0.5 × 0.8 + 0.3 × 0.4 + 0.2 × 0.5 = 0.62 against B 0.5 × 0.4 + 0.3 × 0.8 + 0.2 × 0.6 = 0.56."""
    scores = {"A": {"X": 8, "Y": 4, "Z": 5}, "B": {"X": 4, "Y": 8, "Z": 6}}
    return decision([leaf("X", 5), leaf("Y", 3), leaf("Z", 2)], scores)


def test_a_third_criterion_keeps_its_weight() -> None:
    """B gains 0.8 on A for each share from X to Y, 0.5 from X to Z, 0.3 from Z to Y; 0.06 are needed."""
    assert amounts(siblings(three())) == {
        ("X", "Y"): (0.06 / 0.8, "B"),
        ("X", "Z"): (0.06 / 0.5, "B"),
        ("Y", "X"): None,
        ("Y", "Z"): None,
        ("Z", "X"): None,
        ("Z", "Y"): None,
    }
    document = three()
    document["alternatives"][0]["scores"]["X"] = 6.9
    assert amounts(siblings(document))["Z", "Y"] == (pytest.approx(0.005 / 0.3), "B")


def test_a_deeper_transfer_moves_less_of_the_total() -> None:
    tree = [group("G", 1, leaf("X", 1), leaf("Y", 1)), leaf("Z", 3)]
    document = decision(tree, {"A": {"X": 8, "Y": 2, "Z": 5}, "B": {"X": 2, "Y": 7, "Z": 5}})
    rows = {(row.from_, row.to): row for row in siblings(document)}
    assert set(rows) == {("G", "Z"), ("Z", "G"), ("X", "Y"), ("Y", "X")}
    assert rows["X", "Y"] == Transfer("X", "Y", pytest.approx(0.05 / 1.1), pytest.approx(0.0125 / 1.1), "B")
    assert rows["G", "Z"].amount is None


def test_the_smallest_share_of_the_total_may_be_another_than_the_smallest_share() -> None:
    """A is ahead by 0.045. Z to U: 0.045 / 0.3. X to Y: 0.045 / (0.1 × 1.6), a tenth of that of the total."""
    tree = [group("G", 1, leaf("X", 1), leaf("Y", 1)), leaf("Z", 4.5), leaf("U", 4.5)]
    scores = {"A": {"X": 9, "Y": 1, "Z": 7, "U": 5}, "B": {"X": 1, "Y": 9, "Z": 5, "U": 6}}
    found = siblings(decision(tree, scores))
    assert found.nearest == Transfer("Z", "U", pytest.approx(0.15), pytest.approx(0.15), "B")
    assert found.nearest_of_total == Transfer("X", "Y", pytest.approx(0.28125), pytest.approx(0.028125), "B")


def test_leaves_exchange_weight_across_groups() -> None:
    """A is ahead by 0.1; from X in G to U in H, A loses 0.6 and B gains 0.4 for each share of the total."""
    tree = [group("G", 1, leaf("X", 1), leaf("Y", 1)), group("H", 1, leaf("Z", 1), leaf("U", 1))]
    scores = {"A": {"X": 9, "Y": 7, "Z": 5, "U": 3}, "B": {"X": 3, "Y": 5, "Z": 5, "U": 7}}
    found = leaf_transfers(Problem.from_decision(decision(tree, scores)))
    assert len(found) == 12
    assert {(row.from_, row.to) for row in found} >= {("X", "Z"), ("U", "Y")}
    nearest = found.nearest
    assert nearest == Transfer("X", "U", pytest.approx(0.1), pytest.approx(0.1), "B")
    assert found.nearest_of_total == nearest


def test_a_leaf_without_weight_can_take_and_not_give() -> None:
    document = decision([leaf("X", 1), leaf("Y", 0)], {"A": {"X": 4, "Y": 0}, "B": {"X": 3, "Y": 1}})
    assert amounts(siblings(document)) == {("X", "Y"): (0.5, "B"), ("Y", "X"): None}
    assert amounts(leaf_transfers(Problem.from_decision(document))) == amounts(siblings(document))


def test_what_was_left_out_takes_no_part() -> None:
    tree = [group("G", 1, group("H", 0, leaf("X", 1))), leaf("Y", 1), leaf("Z", 1)]
    document = decision(tree, {"A": {"X": 0, "Y": 9, "Z": 4}, "B": {"X": 9, "Y": 4, "Z": 8}})
    assert [pair for pair, amount in amounts(siblings(document)).items() if amount] == [("Y", "Z")]
    assert {(row.from_, row.to) for row in leaf_transfers(Problem.from_decision(document))} == {
        ("Y", "Z"),
        ("Z", "Y"),
    }


def test_nothing_to_move_or_nobody_to_win() -> None:
    tied = decision([leaf("X"), leaf("Y")], {"A": {"X": 4, "Y": 6}, "B": {"X": 6, "Y": 4}})
    alone = decision([leaf("X"), leaf("Y")], {"A": {"X": 4, "Y": 6}})
    failed = flat()
    for entry in failed["alternatives"]:
        entry["gates"] = [{"code": "K", "outcome": "failed"}]
    for document in (tied, alone, failed):
        found = siblings(document)
        assert [row.amount for row in found] == [None, None]
        assert (found.nearest, found.nearest_of_total) == (None, None)
    only = siblings(decision([leaf("X")], {"A": {"X": 4}, "B": {"X": 6}}))
    assert (list(only), only.nearest) == ([], None)


def test_many_pairs_are_solved_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    document = decision(
        [leaf(f"L{k}", k + 1) for k in range(6)],
        {code: {f"L{k}": (k * step) % 11 for k in range(6)} for code, step in (("A", 3), ("B", 5), ("C", 7))},
    )
    whole = siblings(document)
    monkeypatch.setattr("engine.transfers._CELLS_AT_ONCE", 10)
    assert siblings(document) == whole
    assert whole.nearest is not None


def test_the_result_is_a_frozen_sequence() -> None:
    found = siblings(flat())
    assert found[0] == next(iter(found))
    assert found[:1] == [found[0]]
    assert hash(found) == hash(siblings(flat()))
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.nodes = ()  # it is this that must fail
