"""Recent activity: many events of one hand are one line; the trail keeps each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.models import AuditEvent, User
from assessments import services
from assessments.models import TaskAssessment
from lpo import activity
from tests.conftest import Case


def newest(number: int = 1, *, may_see_notes: bool = True) -> list[str]:
    return [line.says for line in activity.recent(may_see_notes=may_see_notes)[:number]]


def task(code: str = "D01") -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task").get(list_code=code)


def note(actor: User | None, verb: str, code: str = "D01", **more: Any) -> None:
    audit.record(actor=actor, verb=verb, obj=task(code), **more)


def test_answers_to_the_factors_of_a_task_are_one_line(sample: Case) -> None:
    codes = list(task().answers.values_list("factor", flat=True))
    for factor in codes:
        note(sample.counsel, "answered factors", after={factor: "3"})
    note(sample.counsel, "answered factors", after={codes[0]: "4"})  # again: still one factor
    assert newest() == [f"Answered 14 factors of {task()}"]
    assert AuditEvent.objects.filter(verb="answered factors").count() == 15


def test_one_answer_is_one_factor(sample: Case) -> None:
    note(sample.counsel, "answered factors", after={"STD": "3"})
    assert newest() == [f"Answered 1 factor of {task()}"]


def test_answers_to_many_tasks_are_one_line(sample: Case) -> None:
    for code in ("D01", "D02", "D03"):
        note(sample.counsel, "answered factors", code, after={"STD": "3", "RISK": "2"})
    assert len({line for line in newest(3) if line.startswith("Answered 2 factors of D0")}) == 3
    note(sample.counsel, "answered factors", "D04", after={"STD": "3"})
    assert newest() == ["Answered 7 factors of 4 legal tasks"]


def test_a_paste_is_one_line(sample: Case) -> None:
    text = "\n".join(f"Pasted work {number}" for number in range(20))
    services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text=text)
    assert newest() == ["Pasted 20 legal tasks"]
    assert AuditEvent.objects.filter(verb="added legal task by pasting").count() == 20


def test_the_same_action_on_the_same_thing_is_counted(sample: Case) -> None:
    for _ in range(3):
        note(sample.counsel, "changed legal task")
    assert newest() == [f"Changed legal task: {task()}, 3 times"]


def test_many_things_of_another_kind_are_named_by_the_newest(sample: Case) -> None:
    for code in ("D01", "D02", "D03", "D04", "D05"):
        note(sample.counsel, "changed legal task", code)
    assert newest() == [f"Changed legal task: {task('D05')} and 4 more"]


def test_people_and_hours_stay_apart(sample: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    at = dt.datetime(2027, 3, 1, 15, 10, tzinfo=dt.UTC)
    for person, moment in (
        (sample.counsel, at),
        (sample.owner, at),
        (sample.counsel, at + dt.timedelta(minutes=20)),
        (sample.counsel, at + dt.timedelta(hours=1)),
        (None, at + dt.timedelta(hours=1)),
    ):
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        note(person, "changed legal task")
    found = [(line.who, line.says) for line in activity.recent(may_see_notes=True)[:4]]
    assert found == [
        ("System", f"Changed legal task: {task()}"),
        (str(sample.counsel), f"Changed legal task: {task()}"),
        (str(sample.counsel), f"Changed legal task: {task()}, 2 times"),
        (str(sample.owner), f"Changed legal task: {task()}"),
    ]


def test_notes_of_counsel_are_for_counsel(sample: Case) -> None:
    note(sample.counsel, "changed counsel note", is_counsel_only=True)
    assert newest() == [f"Changed counsel note: {task()}"]
    assert "counsel note" not in newest(may_see_notes=False)[0]


def test_what_reaches_past_the_window_is_more_than_was_counted(
    sample: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "WINDOW", 10)
    text = "\n".join(f"Pasted work {number}" for number in range(20))
    services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text=text)
    assert newest(9) == ["Pasted more than 10 legal tasks"]


def test_the_number_of_queries_does_not_grow(sample: Case) -> None:
    counts = []
    for _ in range(2):
        for code in ("D01", "D02", "D03", "D04"):
            note(sample.counsel, "answered factors", code, after={"STD": "3"})
        with CaptureQueriesContext(connection) as seen:
            activity.recent(may_see_notes=True)
        counts.append(len(seen))
    assert counts == [3, 3]
