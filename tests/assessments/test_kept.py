"""What is counted over all tasks holds until one changes, however it is changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import queries_totals
from assessments.models import Assessment, LegalTask, TaskAssessment
from assessments.rulebook import Rulebook
from tests.conftest import Case

CHANGES: dict[str, Callable[[TaskAssessment], object]] = {
    "saved": lambda task: task.save(update_fields=["outcome"]),
    "updated": lambda task: TaskAssessment.objects.filter(pk=task.pk).update(outcome="RETAIN"),
    "updated together": lambda task: TaskAssessment.objects.bulk_update([task], ["outcome"]),
    "removed": lambda task: task.delete(),
    "removed together": lambda task: TaskAssessment.objects.filter(pk=task.pk).delete(),
    "changed by hand": lambda task: connection.cursor().execute(
        "UPDATE assessments_taskassessment SET score = 1 WHERE id = %s", [task.pk]
    ),
    "the assessment itself": lambda task: task.assessment.save(),
}


def stamp(case: Case) -> str:
    return Assessment.objects.values_list("stamp", flat=True).get(pk=case.assessment.pk)


def lone_task(case: Case) -> TaskAssessment:
    """A task that nothing points to."""
    identity = LegalTask.objects.create(code="Z99", name="Nothing points to this")
    return TaskAssessment.objects.create(assessment=case.assessment, legal_task=identity)


@pytest.mark.parametrize("change", CHANGES)
def test_every_kind_of_change_makes_a_new_stamp(sample: Case, change: str) -> None:
    task = lone_task(sample)
    task.assessment.refresh_from_db()
    before = stamp(sample)
    CHANGES[change](task)
    after = stamp(sample)
    assert after not in {"", before}


def test_new_tasks_make_a_new_stamp(sample: Case) -> None:
    identities = [LegalTask.objects.create(code=f"Z{n}", name=f"New work {n}") for n in range(2)]
    before = stamp(sample)
    TaskAssessment.objects.bulk_create(
        TaskAssessment(assessment=sample.assessment, legal_task=identity) for identity in identities
    )
    assert stamp(sample) not in {"", before}


def test_a_task_that_moves_changes_both_assessments(sample: Case) -> None:
    task = lone_task(sample)
    other = Assessment.objects.create(period="Other", factor_set=sample.assessment.factor_set)
    before = stamp(sample)
    TaskAssessment.objects.filter(pk=task.pk).update(assessment=other)
    assert stamp(sample) != before
    assert Assessment.objects.get(pk=other.pk).stamp != other.stamp


def test_an_assessment_that_was_read_before_a_change_cannot_bring_the_old_stamp_back(sample: Case) -> None:
    stale = Assessment.objects.get(pk=sample.assessment.pk)
    lone_task(sample)
    stale.save()
    assert stamp(sample) != stale.stamp


def test_what_was_counted_is_kept_until_a_task_changes(sample: Case) -> None:
    assessment = Assessment.objects.select_related("factor_set").get(pk=sample.assessment.pk)
    rulebook = Rulebook(assessment.factor_set.content)

    def asked() -> tuple[queries_totals.Totals, int]:
        with CaptureQueriesContext(connection) as seen:
            found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
        return found, len(seen)

    first, _ = asked()
    again, queries = asked()
    assert again == first
    assert queries == 1
    lone_task(sample)
    changed, queries = asked()
    assert changed.total == first.total + 1
    assert queries == 3
