"""Several assessors: blind until one has given one's own, then side by side, and settled with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import services
from assessments.models import FactorAnswer, FactorOpinion, TaskAssessment
from assessments.queries_opinions import disagreements, opinion_page
from assessments.services import OpinionGiven
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def get(code: str = "D14") -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task", "assessment__factor_set").get(
        legal_task__code=code
    )


def give(user: User, code: str = "D14", **levels: int | None) -> None:
    services.give_opinions(
        actor=user,
        task=get(code),
        opinions={
            factor: OpinionGiven(level, f"{factor} as {user} sees it") for factor, level in levels.items()
        },
    )


def test_an_opinion_moves_no_score(sample: Case) -> None:
    before = get()
    give(sample.owner, STD=1, CPX=None)
    after = get()
    assert (after.score, after.outcome, after.updated_at) == (before.score, before.outcome, before.updated_at)
    assert FactorAnswer.objects.filter(task=after, assessor=sample.owner).count() == 0


def test_others_are_seen_only_after_ones_own(sample: Case) -> None:
    give(sample.owner, STD=1, CPX=2)
    blind = opinion_page(get(), sample.counsel)
    assert (blind.open, blind.waiting, blind.others, blind.scores) == ((), 2, 1, ())
    give(sample.counsel, STD=4)
    half = opinion_page(get(), sample.counsel)
    assert [(line.factor.code, [view.level for view in line.views]) for line in half.open] == [
        ("STD", [4, 1])
    ]
    assert half.waiting == 1
    # A score under the other's answers would tell what they think of CPX.
    assert [one.who for one in half.scores] == ["The answers that count", str(sample.counsel)]
    give(sample.counsel, CPX=2)
    assert [one.who for one in opinion_page(get(), sample.counsel).scores][-1] == str(sample.owner)


def test_no_trail_tells_a_level_before_the_factor_is_settled(sample: Case) -> None:
    give(sample.owner, STD=1)
    told = json.dumps([event.after for event in AuditEvent.objects.filter(verb="gave own assessment")])
    assert json.loads(told) == [{"factors": ["STD"]}]


def test_far_apart_comes_first_and_settled_last(sample: Case) -> None:
    services.change_task(
        actor=sample.counsel, task=get(), levels={"STD": 3, "CPX": 3}, reasons={"STD": "New", "CPX": "New"}
    )
    give(sample.owner, STD=3, CPX=5)
    give(sample.counsel, STD=4, CPX=3)
    lines = opinion_page(get(), sample.counsel).open
    assert [(line.factor.code, line.spread, line.is_far) for line in lines] == [
        ("CPX", 2, True),
        ("STD", 1, False),
    ]
    services.settle_factor(actor=sample.counsel, task=get(), factor="CPX", level=5, reason="Talked it over")
    assert [(line.factor.code, line.is_settled) for line in opinion_page(get(), sample.counsel).open] == [
        ("STD", False),
        ("CPX", True),
    ]
    answer = get().answers.get(factor="CPX")
    assert (answer.level, answer.reason, answer.assessor) == (5, "Talked it over", sample.counsel)
    event = AuditEvent.objects.get(verb="settled factor")
    assert event.before is not None
    assert event.is_counsel_only
    assert sorted(event.before["opinions"]) == sorted([f"{sample.owner}: 5", f"{sample.counsel}: 3"])


def test_settling_on_the_level_that_counts_confirms_it(sample: Case) -> None:
    FactorAnswer.objects.filter(task=get(), factor="STD").update(source=FactorAnswer.Source.CATALOGUE)
    answer = get().answers.get(factor="STD")
    give(sample.counsel, STD=answer.level)
    services.settle_factor(actor=sample.owner, task=get(), factor="STD", level=answer.level, reason="Agreed")
    assert get().answers.get(factor="STD").source == FactorAnswer.Source.COUNSEL


def test_settling_needs_a_reason_and_an_opinion(sample: Case) -> None:
    with pytest.raises(ValidationError, match="Nobody has given"):
        services.settle_factor(actor=sample.owner, task=get(), factor="STD", level=3, reason="Because")
    give(sample.counsel, STD=2)
    with pytest.raises(ValidationError, match="Say why this answer counts"):
        services.settle_factor(actor=sample.owner, task=get(), factor="STD", level=3, reason=" ")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(sample: Case) -> None:
    with pytest.raises(ValidationError) as caught:
        services.give_opinions(
            actor=sample.counsel,
            task=get(),
            opinions={"STD": OpinionGiven(3), "XYZ": OpinionGiven(2), "CPX": OpinionGiven(9)},
        )
    assert set(caught.value.message_dict) == {"level-XYZ", "level-CPX"}
    assert not FactorOpinion.objects.exists()


def test_the_list_is_blind_too_and_counts_the_answer_that_counts(sample: Case) -> None:
    counting = get().answers.get(factor="STD").level
    assert counting is not None
    far = 1 if counting > 2 else 5
    give(sample.owner, STD=far)
    assert not disagreements(assessment=sample.assessment, viewer=sample.counsel, number=1).object_list
    mine = disagreements(assessment=sample.assessment, viewer=sample.owner, number=1).object_list
    assert [(line.code, line.spread) for line in mine] == [("STD", abs(counting - far))]
    give(sample.counsel, STD=None)
    (line,) = disagreements(assessment=sample.assessment, viewer=sample.counsel, number=1).object_list
    assert f"{sample.owner} {far}" in line.views
    assert f"{sample.counsel} don’t know" in line.views


def test_the_pages_ask_as_many_queries_for_many_as_for_one(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.counsel)
    url = f"/o/{sample.slug}/tasks/opinions/"

    def count() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(url).status_code == 200
        return len(found)

    with opened(sample.organisation):
        give(sample.owner, STD=1)
        give(sample.counsel, STD=5)
    one = count()
    with opened(sample.organisation):
        for task in TaskAssessment.objects.exclude(legal_task__code="D14")[:15]:
            code = task.list_code
            give(sample.owner, code, STD=1, CPX=1)
            give(sample.counsel, code, STD=5, CPX=5)
    assert count() == one


def test_a_form_that_is_refused_shows_what_was_typed(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.counsel)
    url = f"/o/{sample.slug}/tasks/{get().pk}/opinions/"
    answer = client.post(url, {"level-STD": "7", "reason-STD": "Kept text", "reason-CPX": "No level"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept text" in page
    assert "A level from 1 to 5 or “don’t know” is needed, not “7”." in page
    assert "Choose a level, or “don’t know”, for what you wrote here." in page
    assert (
        client.post(url, {"level-STD": "unknown", "reason-STD": "", "note-STD": "Privileged"}).status_code
        == 302
    )
    with opened(sample.organisation):
        mine = FactorOpinion.objects.get(assessor=sample.counsel)
    assert (mine.level, mine.counsel_note) == (None, "Privileged")
