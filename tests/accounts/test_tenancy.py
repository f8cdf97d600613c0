"""The wall: what is not ours cannot be read, written or pointed at."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from accounts import audit
from accounts.tenancy import ForeignOwnerError, NoOrganisationOpenError, opened
from assessments.models import Assessment, FactorAnswer, LegalTask, TaskAssessment
from providers.models import Provider
from tests.conftest import Case


def test_nothing_is_read_while_no_organisation_is_open(sample_closed: Case) -> None:
    with pytest.raises(NoOrganisationOpenError):
        LegalTask.objects.count()
    with pytest.raises(NoOrganisationOpenError):
        sample_closed.assessment.tasks.count()


def test_the_same_code_means_another_row_in_each_organisation(sample: Case, twin: Case) -> None:
    ours = LegalTask.objects.get(code="D01")
    with opened(twin.organisation):
        theirs = LegalTask.objects.get(code="D01")
        assert not LegalTask.objects.filter(pk=ours.pk).exists()
    assert ours.pk != theirs.pk
    assert not LegalTask.objects.filter(pk=theirs.pk).exists()


def test_relations_and_prefetches_stop_at_the_wall(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        theirs = Assessment.objects.get()
    assert list(theirs.tasks.all()) == []
    assert list(TaskAssessment.objects.filter(assessment=theirs.pk).prefetch_related("answers")) == []


def test_a_foreign_key_into_another_organisation_is_refused(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        theirs = TaskAssessment.objects.first()
    assert theirs is not None
    with pytest.raises(ForeignOwnerError, match="FactorAnswer.task"):
        FactorAnswer.objects.create(task=theirs, factor="STD", level=3)
    with pytest.raises(ForeignOwnerError):
        FactorAnswer.objects.create(task_id=theirs.pk, factor="STD", level=3)
    with pytest.raises(ForeignOwnerError):
        FactorAnswer.objects.bulk_create([FactorAnswer(task_id=theirs.pk, factor="STD", level=3)])
    with pytest.raises(ForeignOwnerError):
        FactorAnswer.objects.update(task=theirs)


def test_a_row_never_changes_its_organisation(sample: Case, twin: Case) -> None:
    provider = Provider.objects.get(code="V1")
    provider.organisation = twin.organisation
    with pytest.raises(ForeignOwnerError):
        provider.save()
    with pytest.raises(ForeignOwnerError):
        Provider.objects.update(organisation=twin.organisation)


def test_a_foreign_row_cannot_be_saved_or_deleted(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        theirs = Provider.objects.get(code="V1")
    with pytest.raises(ForeignOwnerError):
        theirs.save()
    with opened(twin.organisation):
        assert Provider.objects.filter(pk=theirs.pk).exists()


def test_the_system_checks_find_no_hole(sample: Case) -> None:
    assert run_checks() == []


def test_an_audit_event_keeps_who_what_and_the_difference(sample: Case) -> None:
    provider = Provider.objects.get(code="V1")
    before, after = audit.changes({"name": "A", "founded": 2009}, {"name": "B", "founded": 2009})
    event = audit.record(
        actor=sample.procurement, verb="edited provider", obj=provider, before=before, after=after
    )
    assert (event.before, event.after) == ({"name": "A"}, {"name": "B"})
    assert event.object_type == "providers.provider"
    assert event.object_label == provider.name
