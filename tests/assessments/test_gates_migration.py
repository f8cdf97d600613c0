"""Data from before lawyers were named: what was closed without one is open again, and counted so."""

from __future__ import annotations

import importlib

from django.apps import apps

from assessments.models import GateClosure, TaskAssessment
from tests.conftest import Case
from tests.gates import unprepared

MIGRATION = importlib.import_module("assessments.migrations.0004_gates_that_hold")


def test_what_no_lawyer_answers_for_is_open_again(sample: Case) -> None:
    task = unprepared(sample)
    rules = {gate["code"]: gate for gate in sample.assessment.factor_set.content["gates"]}
    for gate in ("G09", "G11"):
        for condition in rules[gate]["conditions"]:
            GateClosure.objects.create(
                task=task, gate=gate, condition=condition, evidence="Memo", closed_by=sample.owner
            )
    TaskAssessment.objects.filter(pk=task.pk).update(open_conditions=0)
    untouched = TaskAssessment.objects.get(legal_task__code="D01").open_conditions
    MIGRATION._open_what_no_lawyer_answers_for(apps, None)
    assert TaskAssessment.objects.get(pk=task.pk).open_conditions == 2  # G09; G11 takes evidence alone
    assert TaskAssessment.objects.get(legal_task__code="D01").open_conditions == untouched
    assert GateClosure.objects.filter(task=task).count() == 3
