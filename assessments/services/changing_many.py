"""Changing facts of many legal tasks at once: what one change does, in a few statements for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts import audit
from accounts.models import User
from assessments import scoring
from assessments.cells import OF_THE_LEGAL_TASK, fact
from assessments.models import Assessment, LegalTask, TaskAssessment
from assessments.services import corrections
from assessments.services.drafting import hold_draft

_OWN = [
    *(
        "annual_volume",
        "unit",
        "hours_per_unit",
        "turnaround_days",
        "practice_of_law",
        "staffing_mix",
        "note",
    ),
    "updated_at",
]
_COPIES = ["list_name", "search_text"]


class NameTakenError(ValueError):
    """A new name belongs to another legal task; nothing was saved. The message is fit for a page."""

    def __init__(self, task_pk: int, code: str) -> None:
        self.task_pk = task_pk
        super().__init__(f"{code} already has this name; choose another.")


@transaction.atomic
def change_many(*, actor: User, assessment: Assessment, facts: Mapping[int, Mapping[str, Any]]) -> int:
    """Change checked facts of tasks, by their keys; gives how many really changed, each with its event.

    Facts: the columns of ``cells`` without the code. Call ``hold_names`` first. Raises ``NameTakenError``;
    ``ValidationError`` for a change that takes a gate away, which needs a reason, one task at a time.
    """
    hold_draft(assessment.pk)
    rows = TaskAssessment.objects.select_for_update(of=("self",)).with_task()
    tasks = rows.filter(assessment=assessment).in_bulk(list(facts))
    _refuse_taken_names(tasks, facts)
    done = []
    for pk, task in tasks.items():
        task.assessment = assessment  # or each look at its rules asks for them
        corrections.wanted(task, facts[pk], {}, {})
        before = {key: fact(task, key) for key in facts[pk]}
        old, new = audit.changes(before, facts[pk])
        if new:
            _set(task, new)
            done.append((task, old, new))
    changed = [task for task, _, _ in done]
    _save(changed, assessment)
    _save_identities([task for task, _, new in done if set(new) & set(OF_THE_LEGAL_TASK)])
    for task, old, new in done:
        audit.record(actor=actor, verb="changed legal task", obj=task, before=old, after=new)
    return len(done)


def _refuse_taken_names(tasks: Mapping[int, TaskAssessment], facts: Mapping[int, Mapping[str, Any]]) -> None:
    wanted = {str(given["name"]).lower(): pk for pk, given in facts.items() if "name" in given}
    # SQLite lowers ASCII alone.
    lowered = {_ascii_lower(str(given["name"])) for given in facts.values() if "name" in given}
    named = LegalTask.objects.annotate(lower=Lower("name")).filter(lower__in=[*wanted, *lowered])
    for name, other, code in named.values_list("name", "pk", "code"):
        pk = wanted.get(name.lower())
        if pk is not None and pk in tasks and tasks[pk].legal_task_id != other:
            raise NameTakenError(pk, code)


def _ascii_lower(text: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _set(task: TaskAssessment, new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        setattr(task.legal_task if key in OF_THE_LEGAL_TASK else task, key, value)
    task.take_identity()
    task.updated_at = timezone.now()


def _save(tasks: Sequence[TaskAssessment], assessment: Assessment) -> None:
    """One statement for each row: for so many columns that is faster than one for many rows."""
    scorer = scoring.Scorer.of(assessment)
    waivers = scoring.fill_all(tasks, scorer, among={"task__in": [task.pk for task in tasks]})
    fields = [*_OWN, *_COPIES, *scoring.SCORED_FIELDS]
    for task in tasks:
        task.assessment = assessment  # or each save asks whether it is ours
        task.save(update_fields=fields)
    scoring.end_all_idle(tasks, waivers, scorer)


def _save_identities(tasks: Sequence[TaskAssessment]) -> None:
    """Names and areas, also in the copies that other years keep of them."""
    LegalTask.objects.bulk_update([task.legal_task for task in tasks], OF_THE_LEGAL_TASK, batch_size=500)
    for task in tasks:
        TaskAssessment.objects.filter(legal_task=task.legal_task).update(**task.legal_task.as_listed())
