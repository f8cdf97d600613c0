"""Answers that nobody has confirmed: listed with all that confirming takes over, and confirmed together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import services
from assessments.models import FactorAnswer, TaskAssessment
from assessments.queries_confirm import confirm_page
from assessments.reference import catalogue
from assessments.rulebook import Rulebook
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def add(case: Case, count: int) -> list[TaskAssessment]:
    """Add some that the sample does not have yet."""
    there = set(TaskAssessment.objects.values_list("legal_task__name", flat=True))
    codes = [entry.code for entry in catalogue() if entry.name not in there][:count]
    return services.add_from_catalogue(actor=case.counsel, assessment=case.assessment, codes=codes)


def ticks(tasks: list[TaskAssessment]) -> list[str]:
    return [f"{task.pk}@{task.updated_at.isoformat()}" for task in tasks]


def address(case: Case) -> str:
    return f"/o/{case.slug}/tasks/to-confirm/"


def test_the_page_shows_each_level_and_whose_it_is(sample: Case) -> None:
    (task,) = add(sample, 1)
    services.answer_factor(actor=sample.counsel, task=task, factor="STD", level=2)
    services.answer_factor(actor=sample.counsel, task=task, factor="CPX", level=None)
    rulebook = Rulebook(sample.assessment.factor_set.content)
    (line,) = confirm_page(assessment=sample.assessment, rulebook=rulebook, number=1).lines
    assert line.origin == "typical answers, not confirmed"
    levels = {level.factor.code: level for level in line.levels}
    assert len(levels) == len(rulebook.factors)
    assert (levels["STD"].shown, levels["STD"].is_assumed) == ("2", False)
    assert (levels["CPX"].shown, levels["CPX"].said) == ("?", "don’t know, yours")
    rest = [level for code, level in levels.items() if code not in {"STD", "CPX"}]
    assert all(level.is_assumed and level.said.endswith(", to confirm") for level in rest)


def test_what_is_ticked_is_confirmed_and_the_rest_is_not(sample: Case, client_for: ClientFor) -> None:
    first, second, third = add(sample, 3)
    answer = client_for(sample.counsel).post(address(sample), {"tasks": ticks([first, third])}, follow=True)
    assert "Confirmed 2 legal tasks." in answer.content.decode()
    waiting = TaskAssessment.objects.filter(is_profile_assumed=True)
    assert list(waiting) == [second]
    assert not first.answers.filter(source__in=FactorAnswer.ASSUMED).exists()
    assert set(first.answers.values_list("assessor", flat=True)) == {sample.counsel.pk}
    events = AuditEvent.objects.filter(verb="confirmed typical answers")
    assert {event.object_id for event in events} == {str(first.pk), str(third.pk)}


def test_confirming_together_is_confirming_one_by_one(sample: Case) -> None:
    one, other = add(sample, 2)
    services.confirm_profile(actor=sample.counsel, task=one)
    count = services.confirm_profiles(
        actor=sample.counsel, assessment=sample.assessment, seen={other.pk: other.updated_at}
    )
    assert count == 1
    alone, together = (
        AuditEvent.objects.get(verb="confirmed typical answers", object_id=str(task.pk))
        for task in (one, other)
    )
    assert (alone.before, set(alone.after or {})) == (together.before, set(together.after or {}))


def test_what_was_changed_after_it_was_seen_is_not_confirmed(sample: Case, client_for: ClientFor) -> None:
    first, second = add(sample, 2)
    seen = ticks([first, second])
    services.answer_factor(actor=sample.owner, task=first, factor="STD", level=1)
    answer = client_for(sample.counsel).post(address(sample), {"tasks": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"since this page was opened: {first.legal_task.code}. Nothing was confirmed." in page
    assert page.count(" checked>") == 2
    assert TaskAssessment.objects.filter(is_profile_assumed=True).count() == 2


@pytest.mark.parametrize(
    "tasks", [[], ["x"], ["1"], ["1@yesterday"], ["-1@2026-01-01T00:00:00+00:00"], ["1@2026-01-01T00:00:00"]]
)
def test_what_no_page_of_ours_sends_confirms_nothing(
    sample: Case, client_for: ClientFor, tasks: list[str]
) -> None:
    add(sample, 1)
    answer = client_for(sample.counsel).post(address(sample), {"tasks": tasks})
    assert answer.status_code == 422
    assert "Tick at least one legal task." in answer.content.decode()


def test_tasks_of_nobody_and_of_others_are_refused(sample: Case) -> None:
    (task,) = add(sample, 1)
    gone = {task.pk: task.updated_at, 10**9: task.updated_at}
    with pytest.raises(ValidationError, match="1 of them is not in the assessment any more"):
        services.confirm_profiles(actor=sample.counsel, assessment=sample.assessment, seen=gone)
    many = {10**9 + n: task.updated_at for n in range(101)}
    with pytest.raises(ValidationError, match="At most 100"):
        services.confirm_profiles(actor=sample.counsel, assessment=sample.assessment, seen=many)
    later = {task.pk: task.updated_at + timedelta(seconds=1)}
    with pytest.raises(ValidationError, match=r"since this page was opened: \w+\."):
        services.confirm_profiles(actor=sample.counsel, assessment=sample.assessment, seen=later)


def test_a_task_of_another_organisation_is_not_there(
    sample_closed: Case, twin: Case, client_for: ClientFor
) -> None:
    with opened(twin.organisation):
        (theirs,) = add(twin, 1)
    answer = client_for(sample_closed.counsel).post(address(sample_closed), {"tasks": ticks([theirs])})
    assert answer.status_code == 422
    assert "1 of them is not in the assessment any more" in answer.content.decode()
    with opened(twin.organisation):
        assert TaskAssessment.objects.get(pk=theirs.pk).is_profile_assumed


def test_the_list_asks_the_same_for_one_task_and_for_forty(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.counsel)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address(sample)).status_code == 200
        return len(asked)

    add(sample, 1)
    queries()  # fills what is kept
    one = queries()
    add(sample, 20)
    queries()
    assert queries() == one


def test_with_nothing_to_confirm_the_page_says_so(sample: Case, client_for: ClientFor) -> None:
    page = client_for(sample.counsel).get(address(sample)).content.decode()
    assert "Nothing is left to confirm." in page
