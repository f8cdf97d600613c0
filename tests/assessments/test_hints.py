"""Answers that contradict the flags are said beside the flag and among what is to check; no score changes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import opened
from assessments import services
from assessments.hints import PAIRS, flags_with_hints, hints
from assessments.models import TaskAssessment
from assessments.reference import catalogue, factor_rules
from assessments.rulebook import Rulebook
from tests.conftest import Case

HTMX = {"HTTP_HX_REQUEST": "true"}
SENTENCE = (
    "Privilege exposure is at level 3, but the flag Privileged is off. Set it, or leave it if no privileged "
    "item reaches the provider."
)


@pytest.fixture
def rulebook() -> Rulebook:
    return Rulebook(factor_rules())


def said(rulebook: Rulebook, levels: dict[str, int | None], *flags: str) -> list[str]:
    return [hint.factor for hint in hints(rulebook, levels=levels, flags=flags)]


def test_the_pairs_name_factors_and_flags_that_there_are(rulebook: Rulebook) -> None:
    factors = {factor.code for factor in rulebook.factors}
    flags = {flag.code for flag in rulebook.flags}
    for pair in PAIRS:
        assert pair.factor in factors
        assert set(pair.flags) <= flags
    assert flags_with_hints() == {"privileged"}


@pytest.mark.parametrize(
    ("levels", "flags", "expected"),
    [
        ({"PRV": 1}, (), []),
        ({"PRV": None}, (), []),
        ({"PRV": 2}, (), ["PRV"]),
        ({"PRV": 5}, (), ["PRV"]),
        ({"PRV": 3}, ("privileged",), []),
        ({"PRV": 3}, ("phi",), ["PRV"]),
        ({"UPL": 4}, (), []),
        ({"UPL": 5}, (), ["UPL"]),
        ({"UPL": 5}, ("settlement_authority",), []),
        ({"XFR": 2}, (), []),
        ({"XFR": 3}, ("mnpi",), ["XFR"]),
        ({"XFR": 5}, ("phi",), []),
        ({"CNF": 4}, (), []),
        ({"CNF": 5}, ("independence_sensitive",), ["CNF"]),
        ({"CNF": 5}, ("mnpi",), []),
        ({"CNF": 5, "PRV": 4, "UPL": 5, "XFR": 4}, (), ["PRV", "UPL", "XFR", "CNF"]),
    ],
)
def test_which_answers_contradict_which_flags(
    rulebook: Rulebook, levels: dict[str, int | None], flags: tuple[str, ...], expected: list[str]
) -> None:
    assert said(rulebook, levels, *flags) == expected


def test_the_sentence_says_what_to_do(rulebook: Rulebook) -> None:
    assert hints(rulebook, levels={"PRV": 3}, flags=())[0].sentence == SENTENCE
    assert hints(rulebook, levels={"UPL": 5}, flags=())[0].sentence == (
        "Practice-of-law exposure and licence need is at level 5, but none of the flags Court appearance, "
        "Final legal advice and Settlement authority is on. Set what applies, or leave them if our own "
        "lawyers appear, advise and decide."
    )


def test_a_set_without_the_factor_or_the_flags_says_nothing() -> None:
    content = factor_rules()
    content["factors"] = [factor for factor in content["factors"] if factor["code"] != "PRV"]
    content["flags"] = [flag for flag in content["flags"] if flag["code"] != "settlement_authority"]
    smaller = Rulebook(content)
    assert said(smaller, {"PRV": 5, "UPL": 5}) == ["UPL"]
    assert "Settlement" not in hints(smaller, levels={"UPL": 5}, flags=())[0].sentence
    content["flags"] = []
    assert said(Rulebook(content), {"UPL": 5}) == []


def test_a_hint_changes_no_score_and_no_outcome(sample: Case) -> None:
    """Every task of the catalogue is judged the same, whatever is said of it."""
    made = services.add_from_catalogue(
        actor=sample.counsel,
        assessment=sample.assessment,
        codes=[
            one.code
            for one in catalogue()
            if not TaskAssessment.objects.filter(legal_task__name=one.name).exists()
        ],
    )
    assert made
    rules = Rulebook(sample.assessment.factor_set.content)
    for task in made:
        before = (task.score, task.outcome, task.result)
        levels = dict(task.answers.values_list("factor", "level"))
        hints(rules, levels=levels, flags=task.flags)
        services.change_task(actor=sample.counsel, task=task, facts={"note": "Seen"})
        task.refresh_from_db()
        assert (task.score, task.outcome, task.result) == before


def test_the_page_says_it_twice_and_an_answer_in_place_brings_and_takes_it(
    client_for: Callable[[User], Client], sample_closed: Case
) -> None:
    counsel = client_for(sample_closed.counsel)
    with opened(sample_closed.organisation):
        key = TaskAssessment.objects.get(legal_task__code="D07").pk
    base = f"/o/{sample_closed.slug}/tasks/{key}/"
    counsel.post(f"{base}save/", {"level-PRV": "1"}, **HTMX)
    assert "Privilege exposure is at level" not in counsel.get(base).content.decode()
    answer = counsel.post(f"{base}save/?place=page", {"level-PRV": "3"}, **HTMX).content.decode()
    assert answer.count(SENTENCE) == 2
    assert re.search(rf'id="hint-privileged-{key}" hx-swap-oob="true"><svg', answer)
    page = counsel.get(base).content.decode()
    assert page.count(SENTENCE) == 2
    assert f'aria-describedby="hint-privileged-{key}"' in page
    # The flags stand before the sum and the class of work, behind the factors that are answered by keys.
    places = [page.index(text) for text in ('name="level-GAP"', 'name="flags"', 'class="sum"')]
    assert places == sorted(places)
    flags = {"has-flags": "1", "flags": ["privileged"]}
    answer = counsel.post(f"{base}save/?place=page", flags, **HTMX).content.decode()
    assert SENTENCE not in answer
    assert f'id="hint-privileged-{key}" hx-swap-oob="true"></span>' in answer
