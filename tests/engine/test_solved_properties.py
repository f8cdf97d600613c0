"""What is solved holds just inside and fails just outside, whatever the decision. The judge is `judge.py`."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    Problem,
    evidenced_only,
    flips,
    leaf_transfers,
    leave_out_alternatives,
    leave_out_criteria,
    proofs,
    rank,
    weight_transfers,
)
from tests.engine import judge
from tests.engine.small import decisions

CALM = settings(deadline=None, max_examples=60)
TIE = Fraction(1, 10**9)
ROUNDING = Fraction(1, 10**10)
NEAR = Fraction(1, 10**7)


class Case:
    """A decision, what the engine makes of it and what the judge does."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.problem = Problem.from_decision(document)
        self.tree = judge.tree_of(document)
        self.totals = judge.totals(self.tree, document)
        level = judge.leaders(self.totals, TIE) if self.totals else set()
        self.first = next((entry["code"] for entry in document["alternatives"] if entry["code"] in level), "")
        self.is_tied = len(level) > 1

    def after(self, tree: judge.Tree) -> dict[str, Fraction]:
        return judge.totals(tree, self.document)

    def stays(self, tree: judge.Tree, tie: Fraction = Fraction(0)) -> bool:
        """The first is first, alone or (with a tie allowed) among others."""
        found = judge.leaders(self.after(tree), tie)
        return found == {self.first} if tie == 0 else self.first in found

    def is_passed_by(self, winner: str | None, tree: judge.Tree) -> bool:
        found = self.after(tree)
        return winner is not None and found[winner] > found[self.first]


@CALM
@given(decisions())
def test_the_ranking_is_the_judges(document: dict[str, Any]) -> None:
    case = Case(document)
    ranking = rank(case.problem).ranking
    assert {row.code for row in ranking} == set(case.totals)
    for row in ranking:
        assert abs(Fraction(row.score) - case.totals[row.code]) < ROUNDING
        assert row.rank == 1 + sum(total > case.totals[row.code] + TIE for total in case.totals.values())
        assert 0 <= row.score <= 100
        assert all(0 <= score <= 100 for score in row.by_criterion.values())


def outcomes(document: dict[str, Any]) -> Case | None:
    """None where there is no first place to lose."""
    case = Case(document)
    return None if case.is_tied or not case.first else case


@CALM
@given(decisions())
def test_the_interval_of_a_weight_is_exact(document: dict[str, Any]) -> None:
    if (case := outcomes(document)) is None:
        return
    now = judge.shares(case.tree)
    for row in flips(case.problem).weights:
        if now.get(row.code, 1) == 1 or sum(n.weight for n in _siblings(case.tree, row.code)) == 0:
            assert (row.low, row.high, row.low_winner, row.high_winner) == (0, 1, None, None)
            continue
        for end, winner, outward in ((row.low, row.low_winner, -1), (row.high, row.high_winner, 1)):
            at, step = Fraction(end), abs(Fraction(end) - now[row.code]) * NEAR
            if winner is None:
                assert case.stays(judge.with_share(case.tree, row.code, at), 2 * TIE)
                continue
            beyond = min(max(at + outward * (step + ROUNDING), Fraction(0)), Fraction(1))
            assert case.stays(judge.with_share(case.tree, row.code, at - outward * step))
            assert case.is_passed_by(winner, judge.with_share(case.tree, row.code, beyond))


def _siblings(tree: judge.Tree, code: str) -> list[judge.Node]:
    group = next(group for group in judge.groups(tree) if any(node.code == code for node in group))
    return [node for node in group if node.code != code]


@CALM
@given(decisions())
def test_the_amount_of_a_transfer_is_exact(document: dict[str, Any]) -> None:
    if (case := outcomes(document)) is None:
        return
    now = judge.shares(case.tree)
    for row in weight_transfers(case.problem):
        if row.from_ not in now or row.to not in now:
            assert row.amount is None
            continue
        _check_transfer(
            case, row, now[row.from_], lambda t, r=row: judge.with_transfer(case.tree, r.from_, r.to, t)
        )


@CALM
@given(decisions())
def test_the_amount_between_leaves_is_exact(document: dict[str, Any]) -> None:
    if (case := outcomes(document)) is None:
        return
    now = judge.overall(case.tree)
    for row in leaf_transfers(case.problem):
        _check_transfer(
            case,
            row,
            now[row.from_],
            lambda t, r=row: judge.with_overall(case.tree, {r.from_: -t, r.to: t}),
        )


def _check_transfer(case: Case, row: Any, most: Fraction, moved: Any) -> None:
    if row.amount is None:
        assert case.stays(moved(most), 2 * TIE)
        return
    amount = Fraction(row.amount)
    assert case.stays(moved(amount * (1 - NEAR)))
    assert case.is_passed_by(row.winner, moved(min(most, amount * (1 + NEAR) + ROUNDING)))


@CALM
@given(decisions(exact=True))
def test_a_score_flip_is_exact_and_none_is_left_out(document: dict[str, Any]) -> None:
    """Just before `to` the first is ahead, at `to` they are level; where none is listed, none can be."""
    if (case := outcomes(document)) is None:
        return
    found = flips(case.problem)
    listed = {(row.alternative, row.criterion): row for row in found.scores}
    for entry in document["alternatives"]:
        for node in (node for node in judge.nodes(case.tree) if node.points):
            row = listed.get((entry["code"], node.code))
            worst_or_best = node.points[0 if entry["code"] == case.first else -1][0]
            if row is None:
                assert case.first in judge.leaders(_scored(case, entry["code"], node.code, worst_or_best), 0)
                continue
            at = Fraction(row.to)
            level = _scored(case, entry["code"], node.code, at)
            assert abs(level[row.winner] - level[case.first]) < 2 * TIE
            before = _scored(case, entry["code"], node.code, at + (Fraction(row.from_) - at) / 10**4)
            assert judge.leaders(before) == {case.first}
    assert (found.nearest_score is None) == (not listed)


def _scored(case: Case, alternative: str, leaf: str, score: Fraction) -> dict[str, Fraction]:
    changed = copy.deepcopy(case.document)
    entry = next(entry for entry in changed["alternatives"] if entry["code"] == alternative)
    entry["scores"][leaf] = score
    return judge.totals(case.tree, changed)


@CALM
@given(decisions(), st.data())
def test_what_is_proven_holds(document: dict[str, Any], data: st.DataObject) -> None:
    """Any weights, any value within the ranges, any single score: tried where they are said not to matter."""
    if (case := outcomes(document)) is None:
        return
    found = proofs(case.problem)
    now = judge.shares(case.tree)
    for row in found.fixed_weights:
        if row.code in now and sum(node.weight for node in _siblings(case.tree, row.code)) > 0:
            share = Fraction(data.draw(st.integers(0, 100)), 100)
            assert case.stays(judge.with_share(case.tree, row.code, share), 2 * TIE)
    leaves = [node.code for node in judge.nodes(case.tree) if node.points]
    if found.any_weights:
        weights = dict(zip(leaves, data.draw(st.permutations(range(len(leaves)))), strict=True))
        for only in leaves:
            assert case.stays(judge.with_leaf_weights(case.tree, {only: Fraction(1)}), 2 * TIE)
        if len(leaves) > 1:
            drawn = {code: Fraction(weight) for code, weight in weights.items()}
            assert case.stays(judge.with_leaf_weights(case.tree, drawn), 2 * TIE)
    if found.dominates:
        changed = copy.deepcopy(document)
        for entry in changed["alternatives"]:
            for code, score in entry["scores"].items():
                entry["scores"][code] = data.draw(st.sampled_from(_extremes(score)))
        assert case.first in judge.leaders(judge.totals(case.tree, changed), 2 * TIE)
    _check_order_of_strength(found)


def _extremes(score: Any) -> list[Any]:
    """The ends of what a score may turn out to be; of no bounds, one end of every scale there is."""
    if isinstance(score, float):
        return [score]
    if score is None or "mean" in score:
        return [-100, 100] if score is None or score["sd"] > 0 else [score["mean"]]
    return [score["low"], score["high"]]


def _check_order_of_strength(found: Any) -> None:
    assert found.any_weights or not found.dominates
    assert not found.any_weights or (found.no_leaf_transfer and found.no_transfer and found.no_single_weight)


@CALM
@given(decisions())
def test_the_ranking_without_a_criterion_is_that_of_the_smaller_decision(document: dict[str, Any]) -> None:
    case = Case(document)
    for row in leave_out_criteria(case.problem):
        smaller = judge.without(case.tree, row.code)
        if not case.totals or not any(node.weight > 0 for node in smaller):
            assert row.ranking == ()
            continue
        expected = case.after(smaller)
        assert {place.code for place in row.ranking} == set(expected)
        for place in row.ranking:
            assert abs(Fraction(place.score) - expected[place.code]) < ROUNDING
            assert place.rank == 1 + sum(total > expected[place.code] + TIE for total in expected.values())
        assert set(row.first) == judge.leaders(expected, TIE)


@CALM
@given(decisions())
def test_without_an_alternative_the_others_are_where_they_were(document: dict[str, Any]) -> None:
    case = Case(document)
    for row in leave_out_alternatives(case.problem):
        others = {code: total for code, total in case.totals.items() if code != row.code}
        assert row.order_kept
        assert set(row.first) == (judge.leaders(others, TIE) if others else set())


@CALM
@given(decisions(), st.data())
def test_the_evidenced_ranking_is_that_without_the_scores_that_do_not_count(
    document: dict[str, Any], data: st.DataObject
) -> None:
    limit = data.draw(st.sampled_from([0, 0.5, 1]))
    bare = copy.deepcopy(document)
    for entry, plain in zip(document["alternatives"], bare["alternatives"], strict=True):
        entry["confidence"] = {code: data.draw(st.sampled_from([0.2, 0.5, 1.0])) for code in entry["scores"]}
        for code, confidence in entry["confidence"].items():
            if confidence < limit:
                plain["scores"][code] = None
    found = evidenced_only(Problem.from_decision(document), at_least=limit)
    expected = rank(Problem.from_decision(bare)).ranking
    assert found.ranking == expected
    assert set(found.first) == {row.code for row in expected if row.rank == 1}


@CALM
@given(decisions(), st.sampled_from([1e-6, 3.0, 1e6]))
def test_scaling_the_weights_moves_no_answer(document: dict[str, Any], factor: float) -> None:
    scaled = copy.deepcopy(document)

    def scale(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            node["weight"] *= factor
            scale(node.get("criteria", []))

    scale(scaled["criteria"])
    before, after = (list(weight_transfers(Problem.from_decision(d))) for d in (document, scaled))
    for old, new in zip(before, after, strict=True):
        assert (old.from_, old.to, old.winner) == (new.from_, new.to, new.winner)
        assert new.amount == (None if old.amount is None else pytest.approx(old.amount, abs=1e-9))
