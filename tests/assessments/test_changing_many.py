"""Changing many tasks at once leaves what changing each alone would leave."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from accounts.models import AuditEvent
from accounts.tenancy import opened
from assessments import services
from assessments.models import LegalTask, TaskAssessment
from assessments.services.changing_many import NameTakenError, change_many
from tests.conftest import Case

FACTS: dict[str, dict[str, Any]] = {
    "D01": {"annual_volume": Decimal("5.00"), "note": "=1+1"},
    "D02": {"name": "Privilege calls", "practice_area": "É"},
    "D06": {"practice_of_law": "supervised", "staffing_mix": {"counsel": 1.0}},
    "D07": {"unit": "agreement"},  # as it is
    "D12": {"hours_per_unit": None, "unit": ""},
}
LEFT_OUT = {"updated_at"}


def state() -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[Any, ...]]]:
    tasks = [
        {key: value for key, value in row.items() if key not in LEFT_OUT}
        for row in TaskAssessment.objects.order_by("pk").values()
    ]
    events = AuditEvent.objects.order_by("object_id").filter(verb="changed legal task")
    told = list(events.values_list("object_id", "object_label", "before", "after", "actor"))
    return tasks, list(LegalTask.objects.order_by("pk").values()), told


def test_many_at_once_are_as_one_after_the_other(sample: Case) -> None:
    later = services.start_assessment(
        actor=sample.counsel, period="FY 2027", factor_set=sample.assessment.factor_set
    )
    services.paste_confirm(actor=sample.counsel, assessment=later, text="Privilege review and privilege log")
    found = TaskAssessment.objects.filter(assessment=sample.assessment)
    tasks = {task.list_code: task for task in found.filter(list_code__in=FACTS)}
    with transaction.atomic():
        for code, facts in FACTS.items():
            services.change_task(actor=sample.counsel, task=tasks[code], facts=facts)
        alone = state()
        transaction.set_rollback(True)
    facts_by_key = {tasks[code].pk: facts for code, facts in FACTS.items()}
    stamps = dict(found.values_list("pk", "updated_at"))
    assert change_many(actor=sample.counsel, assessment=sample.assessment, facts=facts_by_key) == 4
    for name, many, one in zip(("tasks", "works", "events"), state(), alone, strict=True):
        for left, right in zip(many, one, strict=True):
            assert left == right, name
    moved = {pk for pk, at in found.values_list("pk", "updated_at") if at != stamps[pk]}
    assert moved == {tasks[code].pk for code in FACTS} - {tasks["D07"].pk}
    copies = TaskAssessment.objects.filter(assessment=later).values_list("list_name", flat=True)
    assert list(copies) == ["privilege calls"]


@pytest.mark.parametrize("name", ["nda REVIEW and turnaround", "Court appearances and oral argument"])
def test_a_name_of_another_task_is_refused_whole(sample: Case, name: str) -> None:
    tasks = dict(TaskAssessment.objects.values_list("list_code", "pk"))
    before = state()
    with pytest.raises(NameTakenError, match="already has this name") as taken:
        change_many(
            actor=sample.counsel,
            assessment=sample.assessment,
            facts={tasks["D01"]: {"note": "x"}, tasks["D02"]: {"name": name}},
        )
    assert taken.value.task_pk == tasks["D02"]
    assert state() == before


def test_the_same_name_in_other_letters_is_its_own(sample: Case) -> None:
    pk = TaskAssessment.objects.get(list_code="D07").pk
    facts = {pk: {"name": "NDA Review and Turnaround"}}
    assert change_many(actor=sample.counsel, assessment=sample.assessment, facts=facts) == 1
    assert TaskAssessment.objects.get(pk=pk).legal_task.name == "NDA Review and Turnaround"


def test_tasks_of_others_are_not_reached(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        foreign = TaskAssessment.objects.get(list_code="D07").pk
    facts = {foreign: {"unit": "mine"}}
    assert change_many(actor=sample.counsel, assessment=sample.assessment, facts=facts) == 0
    with opened(twin.organisation):
        assert TaskAssessment.objects.get(pk=foreign).unit == "agreement"
