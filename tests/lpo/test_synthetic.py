"""The invented organisation: the same seed gives the same rows, and only its own organisation is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from accounts.models import AuditEvent, Organisation
from accounts.tenancy import opened
from assessments.models import FactorAnswer, GateClosure, TaskAssessment
from assessments.scoring import SCORED_FIELDS
from assessments.services import rescore_all
from lpo.synthetic import ForeignOrganisationError, load_synthetic
from providers.models import Answer, Certificate, Metric, Provider, Site
from providers.services import recount
from records import verify_record
from selections.models import BidLine, RankingRecord, Selection
from tests.conftest import Case

OURS = {"id", "organisation_id", "updated_at", "answered_at", "closed_at", "entered_at"}


def rows(model: type[Model], *order: str, **names: str) -> list[dict[str, Any]]:
    """Rows without keys and times; ``names``: a foreign key and the path to what identifies its target."""
    fields = [field.attname for field in model._meta.concrete_fields if field.attname not in OURS]
    kept = [field for field in fields if not field.endswith("_id")]
    return list(model.objects.order_by(*order).values(*kept, *names.values()))  # type: ignore[attr-defined]


def content() -> list[list[dict[str, Any]]]:
    task, provider = {"task": "task__list_code"}, {"provider": "provider__code"}
    return [
        rows(TaskAssessment, "list_code", legal_task="legal_task__name"),
        rows(FactorAnswer, "task__list_code", "factor", **task),
        rows(GateClosure, "task__list_code", "gate", "condition", **task),
        rows(Provider, "code"),
        rows(Site, "provider__code", "place", **provider),
        rows(Certificate, "provider__code", "name", **provider),
        rows(Metric, "provider__code", "sub_criterion", **provider),
        rows(Answer, "provider__code", "question", **provider),
        rows(BidLine, "bid__provider__code", "legal_task__code", bid="bid__provider__code"),
    ]


@pytest.fixture
def made(db: None) -> Iterator[Organisation]:
    organisation = load_synthetic(tasks=60, providers=12).organisation
    with opened(organisation):
        yield organisation


def test_the_same_seed_gives_the_same_rows(made: Organisation) -> None:
    with opened(load_synthetic(tasks=60, providers=12, slug="again").organisation):
        again = content()
    with opened(load_synthetic(tasks=60, providers=12, slug="other", seed=2).organisation):
        other = content()
    assert [len(part) for part in again][:1] == [60]
    assert all(again)
    assert content() == again
    assert content() != other


def test_filling_up_in_steps_gives_the_same_as_at_once(made: Organisation) -> None:
    load_synthetic(tasks=20, providers=5, slug="steps")
    first = load_synthetic(tasks=60, providers=12, slug="steps")
    assert (first.tasks, first.providers) == (40, 7)
    with opened(first.organisation):
        assert content()[1:8] == content_of(made)[1:8]
    again = load_synthetic(tasks=60, providers=12, slug="steps")
    assert (again.tasks, again.providers, again.bids) == (0, 0, 0)


def content_of(organisation: Organisation) -> list[list[dict[str, Any]]]:
    with opened(organisation):
        return content()


def test_what_is_stored_is_what_the_engine_gives(made: Organisation) -> None:
    fields = ("list_code", *SCORED_FIELDS)
    before = list(TaskAssessment.objects.order_by("list_code").values_list(*fields))
    assessment = Selection.objects.select_related("assessment__factor_set").get().assessment
    assert rescore_all(assessment=assessment) == 60
    after = list(TaskAssessment.objects.order_by("list_code").values_list(*fields))
    for stored, computed in zip(before, after, strict=True):
        assert dict(zip(fields, stored, strict=True)) == dict(zip(fields, computed, strict=True))
    outcomes = {row[fields.index("outcome")] for row in before}
    assert {"OUTSOURCE", "PILOT", "COSOURCE", "RETAIN"} <= outcomes
    counts = list(Provider.objects.order_by("pk").values_list("values_known", "claims", "answers_given"))
    recount()
    assert counts == list(
        Provider.objects.order_by("pk").values_list("values_known", "claims", "answers_given")
    )


def test_the_kept_ranking_verifies(made: Organisation) -> None:
    record = RankingRecord.objects.get()
    found = verify_record(bytes(record.content), record.sha256)
    assert found.is_same
    assert found.bytes_match


def test_an_organisation_of_somebody_else_is_left_alone(sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        before = (TaskAssessment.objects.count(), Provider.objects.count(), AuditEvent.objects.count())
    with pytest.raises(ForeignOrganisationError, match="was not made by this command"):
        load_synthetic(tasks=100, providers=100, slug=sample_closed.slug)
    with pytest.raises(CommandError, match="Choose another --organisation"):
        call_command("load_synthetic", tasks=100, providers=100, organisation=sample_closed.slug)
    with opened(sample_closed.organisation):
        after = (TaskAssessment.objects.count(), Provider.objects.count(), AuditEvent.objects.count())
    assert before == after


def test_the_command_says_what_it_added(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_synthetic", "--tasks", "12", "--providers", "3", "--organisation", "small")
    assert "Added 12 legal tasks, 3 providers and 3 bids to /o/small/" in capsys.readouterr().out
    with pytest.raises(CommandError, match="a whole number from 0 to 999,999"):
        call_command("load_synthetic", "--tasks", "-1", "--providers", "3")
