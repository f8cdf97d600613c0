"""What must hold for any decision."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Problem, dominated, flips, rank, weighted_sum
from tests.engine.small import decisions, live, reweighted

CALM = settings(deadline=None, max_examples=40)


def scores_of(document: dict[str, Any]) -> dict[str, float]:
    ranking = rank(Problem.from_decision(document))
    return {row.code: row.score for row in (*ranking.ranking, *ranking.excluded)}


@CALM
@given(decisions())
def test_contributions_are_the_score(document: dict[str, Any]) -> None:
    ranking = rank(Problem.from_decision(document))
    for row in (*ranking.ranking, *ranking.excluded):
        assert sum(row.contributions.values()) == row.score
        assert -1e-9 <= row.score <= 100 + 1e-9
        top = [node["code"] for node in document["criteria"] if live(node)]
        shares = ranking.weights["local"]
        assert sum(shares[c] * row.by_criterion[c] for c in top) == pytest.approx(row.score, abs=1e-9)


@CALM
@given(decisions(), st.randoms(use_true_random=False))
def test_permuting_alternatives_permutes_results(document: dict[str, Any], random: Any) -> None:
    shuffled = copy.deepcopy(document)
    random.shuffle(shuffled["alternatives"])
    before, after = (rank(Problem.from_decision(d)) for d in (document, shuffled))
    assert before.ranking == after.ranking
    assert {row.code: row for row in before.excluded} == {row.code: row for row in after.excluded}
    assert before.lead == after.lead


@CALM
@given(decisions(), st.sampled_from([1e-6, 0.5, 3, 1e6]))
def test_scaling_weights_changes_nothing(document: dict[str, Any], factor: float) -> None:
    scaled = copy.deepcopy(document)

    def scale(nodes: list[dict[str, Any]]) -> None:
        for node in nodes:
            node["weight"] *= factor
            scale(node.get("criteria", []))

    scale(scaled["criteria"])
    before, after = scores_of(document), scores_of(scaled)
    assert all(after[code] == pytest.approx(score, abs=1e-9) for code, score in before.items())


@CALM
@given(decisions(), st.integers(0, 5))
def test_removing_an_alternative_never_moves_the_others(document: dict[str, Any], place: int) -> None:
    fewer = copy.deepcopy(document)
    if len(fewer["alternatives"]) == 1:
        return
    gone = fewer["alternatives"].pop(place % len(fewer["alternatives"]))["code"]
    before = [row for row in rank(Problem.from_decision(document)).ranking if row.code != gone]
    after = rank(Problem.from_decision(fewer)).ranking
    assert [(row.code, row.score) for row in before] == [(row.code, row.score) for row in after]


@CALM
@given(decisions())
def test_gates_always_win(document: dict[str, Any]) -> None:
    failed = {
        entry["code"]
        for entry in document["alternatives"]
        if any(gate["outcome"] == "failed" for gate in entry.get("gates", []))
    }
    ranking = rank(Problem.from_decision(document))
    assert {row.code for row in ranking.excluded} == failed
    assert not failed & {row.code for row in ranking.ranking}
    winners = {row.low_winner for row in flips(Problem.from_decision(document)).weights}
    assert not failed & winners


@CALM
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=8))
def test_a_dominated_alternative_never_beats_its_dominator(rows: list[list[int]]) -> None:
    values = [[value / 4 for value in row] for row in rows]
    for weights in ([1, 1, 1], [5, 0, 1], [0, 0, 1]):
        scores = weighted_sum(values, weights)
        assert all(scores[worse] <= scores[better] + 1e-12 for worse, better in dominated(values))


@CALM
@given(decisions(exact=True))
def test_a_weight_flip_is_the_point(document: dict[str, Any]) -> None:
    """Just inside the first stays first, just outside the named winner is ahead of it."""
    problem = Problem.from_decision(document)
    ranking = rank(problem)
    first = ranking.ranking[0]
    for row in flips(problem).weights:
        ends = ((row.low, row.low_winner, -1), (row.high, row.high_winner, 1))
        for end, winner, outward in ends:
            if winner is None:
                assert end == (0 if outward < 0 else 1)
                continue
            inside = end - outward * 1e-4 * abs(end - row.weight)
            room = end if outward < 0 else 1 - end
            outside = end + outward * min(1e-3, room)
            within = scores_of(reweighted(document, row.code, inside))
            beyond = scores_of(reweighted(document, row.code, outside))
            assert within[first.code] >= max(within.values()) - 1e-9
            assert room < 1e-6 or beyond[winner] > beyond[first.code]


@CALM
@given(decisions(exact=True))
def test_without_a_winner_the_first_stays_first_to_the_end(document: dict[str, Any]) -> None:
    problem = Problem.from_decision(document)
    ranking = rank(problem)
    if ranking.ranking[0].tied:
        return
    for row in flips(problem).weights:
        if not 0 < row.weight < 1:
            continue
        for end, winner in ((0.0, row.low_winner), (1.0, row.high_winner)):
            if winner is None:
                at_end = scores_of(reweighted(document, row.code, end))
                assert at_end[ranking.ranking[0].code] >= max(at_end.values()) - 1e-9


@CALM
@given(decisions(exact=True))
def test_a_score_flip_is_the_point(document: dict[str, Any]) -> None:
    """With that one score set to `to`, the winner is level with the first."""
    problem = Problem.from_decision(document)
    ranking = rank(problem).ranking
    first = next(
        e["code"] for e in document["alternatives"] if e["code"] in {r.code for r in ranking if r.rank == 1}
    )
    for row in itertools.islice(flips(problem).scores, 12):
        changed = copy.deepcopy(document)
        entry = next(e for e in changed["alternatives"] if e["code"] == row.alternative)
        assert entry["scores"][row.criterion] == row.from_
        entry["scores"][row.criterion] = row.to
        scores = scores_of(changed)
        assert scores[row.winner] == pytest.approx(scores[first], abs=1e-7)
        assert row.winner != first
