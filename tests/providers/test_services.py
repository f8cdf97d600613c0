"""Changing profiles: what is refused, what is stored, what the trail says."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from accounts.tenancy import ForeignOwnerError, opened
from providers import services
from providers.models import Answer, Certificate, Metric, Provider, Site
from tests.conftest import Case


@pytest.fixture
def provider(sample: Case) -> Provider:
    return services.add_provider(actor=sample.procurement, name="Juniper Row Legal")


def events(provider: Provider) -> list[tuple[str, str]]:
    rows = AuditEvent.objects.filter(object_type="providers.provider", object_id=str(provider.pk))
    return [(row.verb, row.object_label) for row in rows.order_by("pk")]


def test_a_new_provider_gets_the_next_code_and_an_event(sample: Case, provider: Provider) -> None:
    assert provider.code == "V9"
    assert provider.organisation == sample.organisation
    event = AuditEvent.objects.get(object_type="providers.provider", object_id=str(provider.pk))
    assert (event.actor, event.verb, event.object_label) == (
        sample.procurement,
        "added provider",
        "Juniper Row Legal",
    )
    assert event.after["code"] == "V9"


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"name": "   "}, "name", "Enter the name"),
        ({"name": "JUNIPER row legal"}, "name", "already a provider called"),
        ({"name": "New", "code": "v1"}, "code", "is taken"),
        ({"name": "New", "founded": 2999}, "founded", "Enter a year from 1800 to"),
        ({"name": "New", "delivery_headcount": -1}, "delivery_headcount", "from 0 to"),
        (
            {"name": "New", "languages": [f"Language {n}" for n in range(41)]},
            "languages",
            "40 languages at most",
        ),
    ],
)
def test_impossible_facts_are_refused_by_field(
    sample: Case, provider: Provider, facts: dict[str, object], field: str, words: str
) -> None:
    before = Provider.objects.count(), AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refused:
        services.add_provider(actor=sample.procurement, **facts)
    assert words in " ".join(refused.value.message_dict[field])
    assert (Provider.objects.count(), AuditEvent.objects.count()) == before


def test_editing_records_only_what_differs(sample: Case, provider: Provider) -> None:
    same = {"name": provider.name}
    services.edit_provider(actor=sample.procurement, provider=provider, **same)
    assert len(events(provider)) == 1
    services.edit_provider(
        actor=sample.procurement, provider=provider, founded=2011, languages=[" English "], **same
    )
    event = AuditEvent.objects.filter(object_id=str(provider.pk), verb="changed provider").get()
    assert event.before == {"founded": None, "languages": []}
    assert event.after == {"founded": 2011, "languages": ["English"]}


def test_a_site_is_added_changed_and_removed(sample: Case, provider: Provider) -> None:
    site = services.set_site(
        actor=sample.procurement, provider=provider, place=" Columbus,  Ohio ", country="United States",
        time_zone="America/New_York",
    )  # fmt: skip
    assert str(site) == "Columbus, Ohio (United States)"
    with pytest.raises(ValidationError, match="already listed"):
        services.set_site(
            actor=sample.procurement, provider=provider, place="columbus, ohio", country="united states"
        )
    services.set_site(
        actor=sample.procurement, provider=provider, place="Dayton, Ohio", country="United States", site=site
    )
    services.remove_site(actor=sample.procurement, site=site)
    assert not Site.objects.filter(provider=provider).exists()
    assert [verb for verb, _ in events(provider)[1:]] == ["added site", "changed site", "removed site"]


def test_an_unknown_time_zone_is_refused(sample: Case, provider: Provider) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "/etc/localtime"):
        with pytest.raises(ValidationError, match="not a time zone"):
            services.set_site(
                actor=sample.procurement, provider=provider, place="X", country="Y", time_zone=zone
            )


def test_a_certificate_is_kept_once(sample: Case, provider: Provider) -> None:
    row = services.set_certificate(
        actor=sample.procurement,
        provider=provider,
        name="ISO/IEC 27001",
        valid_until_on=dt.date(2027, 3, 31),
        evidence="E1",
    )
    with pytest.raises(ValidationError, match="already listed"):
        services.set_certificate(actor=sample.procurement, provider=provider, name="iso/iec 27001")
    with pytest.raises(ValidationError, match="E0 to E3"):
        services.set_certificate(actor=sample.procurement, provider=provider, name="SOC 2", evidence="E9")
    services.remove_certificate(actor=sample.procurement, certificate=row)
    assert not Certificate.objects.filter(provider=provider).exists()


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("QUAL-99", 1, "is not a sub-criterion"),
        ("COST-01", 50, "computed by the business case"),
        ("COST-02", 50, "belongs to a bid"),
        ("COMM-01", 4, "belongs to a bid"),
        ("QUAL-01", math.nan, "needs a number"),
        ("QUAL-01", math.inf, "needs a number"),
        ("QUAL-01", -0.1, "cannot be below 0"),
        ("QUAL-01", 101, "cannot be above 100"),
        ("QUAL-02", 0, "enter 1, 2, 3, 4 or 5"),
        ("QUAL-02", 6, "enter 1, 2, 3, 4 or 5"),
        ("QUAL-02", 3.5, "enter 1, 2, 3, 4 or 5"),
        ("QUAL-05", 11, "cannot be above 10"),
        ("SECU-05", -1, "cannot be below 0"),
        ("SECU-05", 1.5, "is a count"),
        ("SECU-06", 1e12, "check the unit (USD million per claim)"),
    ],
)
def test_impossible_values_are_refused_in_words(
    sample: Case, provider: Provider, code: str, value: float, words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.set_metric(actor=sample.procurement, provider=provider, sub_criterion=code, value=value)
    assert words in " ".join(refused.value.messages)
    assert not Metric.objects.filter(provider=provider).exists()
    assert len(events(provider)) == 1


def test_a_value_keeps_who_entered_it_and_its_history(sample: Case, provider: Provider) -> None:
    first = {"sub_criterion": "QUAL-01", "value": 1.2, "evidence": "E1", "source": "Report, page 4"}
    services.set_metric(actor=sample.procurement, provider=provider, **first)
    services.set_metric(actor=sample.owner, provider=provider, **first)  # nothing differs
    row = Metric.objects.get(provider=provider)
    assert (row.value, row.evidence, row.entered_by) == (1.2, "E1", sample.procurement)
    services.set_metric(actor=sample.owner, provider=provider, **{**first, "value": None})
    row.refresh_from_db()
    assert (row.value, row.entered_by) == (None, sample.owner)
    event = AuditEvent.objects.filter(object_id=str(provider.pk), verb="changed value").get()
    assert (event.before, event.after) == ({"value": 1.2}, {"value": None})
    assert event.object_label == "QUAL-01 of Juniper Row Legal"


def test_a_value_cannot_end_before_it_begins(sample: Case, provider: Provider) -> None:
    with pytest.raises(ValidationError, match="cannot end before it begins"):
        services.set_metric(
            actor=sample.procurement, provider=provider, sub_criterion="QUAL-01", value=1,
            valid_from_on=dt.date(2026, 5, 2), valid_until_on=dt.date(2026, 5, 1),
        )  # fmt: skip


def test_an_answer_is_given_changed_and_taken_back(sample: Case, provider: Provider) -> None:
    give = {"actor": sample.procurement, "provider": provider, "question": "ET-06"}
    services.set_answer(**give, value="partly", evidence="E1", comment="One matter open")
    services.set_answer(**give, value="yes", evidence="E1", comment="One matter open")
    assert Answer.objects.get(provider=provider).value == "yes"
    assert services.set_answer(**give, value="") is None
    assert not Answer.objects.filter(provider=provider).exists()
    assert [verb for verb, _ in events(provider)[1:]] == ["added answer", "changed answer", "removed answer"]


@pytest.mark.parametrize(
    ("question", "value", "words"), [("SE-01", "yes", "not a question"), ("ET-06", "maybe", "Choose yes")]
)
def test_other_questions_and_answers_are_refused(
    sample: Case, provider: Provider, question: str, value: str, words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        services.set_answer(actor=sample.procurement, provider=provider, question=question, value=value)


def test_a_foreign_provider_cannot_be_written(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        foreign = Provider.objects.first()
    assert foreign is not None
    with pytest.raises(ForeignOwnerError):
        services.set_metric(
            actor=sample.procurement, provider=foreign, sub_criterion="QUAL-01", value=1, evidence="E1"
        )
