"""The provider pages: who may, what shows, what is refused, how many queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, User
from accounts.tenancy import opened
from lpo.setup import start_organisation
from providers import services
from providers.models import Certificate, Metric, Provider, Site
from tests.conftest import Case

HOSTILE = '<script>alert(1)</script> & "Co" 中文'
FORMULA = '=HYPERLINK("http://example.test")'


@pytest.fixture
def client(sample_closed: Case, client_for: Callable[[User], Client]) -> Client:
    return client_for(sample_closed.procurement)


def address(case: Case, tail: str = "") -> str:
    return f"/o/{case.slug}/providers/{tail}"


def first(case: Case) -> Provider:
    with opened(case.organisation):
        return Provider.objects.get(code="V1")


def text(response: object) -> str:
    return response.content.decode()


def crowd(case: Case, count: int) -> None:
    with opened(case.organisation):
        providers = Provider.objects.bulk_create(
            Provider(code=f"P{n:03}", name=f"Provider {n:03}") for n in range(count)
        )
        Site.objects.bulk_create(Site(provider=p, place="Pune", country="India") for p in providers)
        Certificate.objects.bulk_create(
            Certificate(provider=p, name="ISO/IEC 27001", valid_until_on=dt.date(2026, 12, 1))
            for p in providers
        )
        Metric.objects.bulk_create(
            Metric(provider=p, sub_criterion="QUAL-01", value=1.0, evidence="E0") for p in providers
        )


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_list_costs_the_same_queries_for_one_and_thirty(sample_closed: Case, client: Client) -> None:
    alone = queries(client, address(sample_closed, "?q=Ashgrove"))
    crowd(sample_closed, 30)
    assert queries(client, address(sample_closed)) == alone
    assert queries(client, address(sample_closed, "providers.csv")) <= alone


def test_a_profile_costs_the_same_queries_however_much_it_holds(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        bare = services.add_provider(actor=sample_closed.procurement, name="Bare")
    assert queries(client, address(sample_closed, f"{bare.pk}/")) == queries(
        client, address(sample_closed, f"{first(sample_closed).pk}/")
    )


def test_the_list_filters_sorts_and_pages(sample_closed: Case, client: Client) -> None:
    crowd(sample_closed, 60)
    page = text(
        client.get(address(sample_closed, "?q=pune&certificate=ISO/IEC 27001&expiry=soon&sort=name&down=1"))
    )
    assert "Provider 059" in page
    assert "Ashgrove" not in page
    assert "Rows 1–50 of 60 providers" in page
    assert page.index("Provider 059") < page.index("Provider 058")
    assert "Expires 1 Dec 2026" in page
    second = text(client.get(address(sample_closed, "?q=pune&expiry=soon&sort=name&down=1&page=2")))
    assert "Provider 000" in second
    claims = text(client.get(address(sample_closed, "?evidence=claims&sort=name")))
    assert "Cobalt Harbor" in claims
    assert "Banyan Quay" not in claims


@pytest.mark.parametrize("query", ["?page=nonsense", "?page=-4", "?sort=password", "?expiry=x&evidence=y"])
def test_unreadable_addresses_lead_to_the_list(sample_closed: Case, client: Client, query: str) -> None:
    assert client.get(address(sample_closed, query)).status_code == 200


def test_htmx_gets_only_the_table(sample_closed: Case, client: Client) -> None:
    piece = text(client.get(address(sample_closed), headers={"HX-Request": "true"}))
    assert "<html" not in piece
    assert 'id="providers"' in piece


def test_the_file_holds_what_the_filters_leave_and_no_formula(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        provider = services.add_provider(actor=sample_closed.procurement, name=FORMULA, delivery_headcount=12)
        services.set_site(actor=sample_closed.procurement, provider=provider, place="+1", country="@x")
    response = client.get(address(sample_closed, "providers.csv?q=hyperlink"))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["Code"] for row in rows] == ["V9"]
    assert rows[0]["Provider"] == f"'{FORMULA}"
    assert rows[0]["Sites"] == "'+1 (@x)"
    assert rows[0]["Delivery staff"] == "12"


def test_hostile_words_come_out_as_text(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        provider = services.add_provider(actor=sample_closed.procurement, name=HOSTILE, summary=HOSTILE)
        services.set_site(actor=sample_closed.procurement, provider=provider, place=HOSTILE, country=HOSTILE)
        services.set_certificate(
            actor=sample_closed.procurement, provider=provider, name=HOSTILE, scope=HOSTILE
        )
        services.set_metric(
            actor=sample_closed.procurement,
            provider=provider,
            sub_criterion="QUAL-01",
            value=1,
            source=HOSTILE,
        )
        services.set_answer(
            actor=sample_closed.procurement, provider=provider, question="ET-01", value="no", comment=HOSTILE
        )
    for tail in ("", f"{provider.pk}/", f"{provider.pk}/history/", f"{provider.pk}/values/QUAL-01/",
                 f"{provider.pk}/answers/ET-01/", f"{provider.pk}/edit/"):  # fmt: skip
        page = text(client.get(address(sample_closed, tail)))
        assert "<script>alert" not in page, tail
        assert "&lt;script&gt;alert(1)" in page, tail


def test_a_profile_says_what_is_missing(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        bare = services.add_provider(actor=sample_closed.procurement, name="Bare")
    page = text(client.get(address(sample_closed, f"{bare.pk}/")))
    for words in (
        "0 of 17 known",
        "0 of 12 answered",
        "No place of delivery recorded",
        "Not answered",
        "Unknown",
    ):
        assert words in page
    assert "Expiry not recorded" in text(client.get(address(sample_closed, f"{first(sample_closed).pk}/")))


def test_the_dialog_gets_the_piece(sample_closed: Case, client: Client) -> None:
    pk = first(sample_closed).pk
    for tail in (
        f"{pk}/values/QUAL-01/",
        f"{pk}/answers/ET-01/",
        f"{pk}/values/QUAL-01/edit/",
        f"{pk}/sites/add/",
    ):
        piece = text(client.get(address(sample_closed, tail), headers={"X-Dialog": "1"}))
        assert "<html" not in piece
        assert "<h2>" in piece


@pytest.mark.parametrize("code", ["COST-01", "COST-02", "NOPE"])
def test_values_that_a_profile_does_not_keep_have_no_page(
    sample_closed: Case, client: Client, code: str
) -> None:
    pk = first(sample_closed).pk
    assert client.get(address(sample_closed, f"{pk}/values/{code}/")).status_code == 404
    assert client.get(address(sample_closed, f"{pk}/values/{code}/edit/")).status_code == 404
    assert client.get(address(sample_closed, f"{pk}/answers/{code}/edit/")).status_code == 404


EDITS = {
    "add/": {"name": "Not allowed"},
    "{pk}/edit/": {"name": "Not allowed"},
    "{pk}/sites/add/": {"place": "Not", "country": "allowed"},
    "{pk}/sites/{site}/": {"place": "Not", "country": "allowed"},
    "{pk}/sites/{site}/remove/": {},
    "{pk}/certificates/add/": {"name": "Not allowed", "evidence": "E3"},
    "{pk}/certificates/{certificate}/": {"name": "Not allowed", "evidence": "E3"},
    "{pk}/certificates/{certificate}/remove/": {},
    "{pk}/values/QUAL-01/edit/": {"value": "0", "evidence": "E3"},
    "{pk}/answers/ET-01/edit/": {"value": "no", "evidence": "E3"},
}


def filled(case: Case, tail: str) -> str:
    with opened(case.organisation):
        provider = Provider.objects.get(code="V1")
        return address(case, tail.format(
            pk=provider.pk, site=provider.sites.first().pk, certificate=provider.certificates.first().pk
        ))  # fmt: skip


@pytest.mark.parametrize("role", ["counsel", "manager"])
@pytest.mark.parametrize("tail", EDITS)
def test_counsel_and_manager_cannot_change_profiles(
    sample_closed: Case, client_for: Callable[[User], Client], role: str, tail: str
) -> None:
    client, url = client_for(getattr(sample_closed, role)), filled(sample_closed, tail)
    assert client.post(url, EDITS[tail]).status_code == 403
    if not tail.endswith("remove/"):
        assert client.get(url).status_code == 403
    page = text(client.get(address(sample_closed, f"{first(sample_closed).pk}/")))
    assert "Edit profile" not in page
    assert "Add site" not in page
    with opened(sample_closed.organisation):
        assert Provider.objects.get(code="V1").name == "Ashgrove Legal Services (sample)"
        assert not Provider.objects.filter(name="Not allowed").exists()


@pytest.mark.parametrize("tail", EDITS)
def test_an_outsider_finds_nothing(
    sample_closed: Case, twin: Case, client_for: Callable[[User], Client], tail: str
) -> None:
    assert client_for(twin.owner).post(filled(sample_closed, tail), EDITS[tail]).status_code == 404


@pytest.mark.parametrize("tail", EDITS)
def test_procurement_can_and_comes_back_to_the_profile(
    sample_closed: Case, client: Client, tail: str
) -> None:
    response = client.post(filled(sample_closed, tail), EDITS[tail])
    assert response.status_code == 302
    assert client.get(response.url.split("#")[0]).status_code == 200


@pytest.mark.parametrize(
    ("tail", "sent", "words"),
    [
        ("add/", {"name": "Ashgrove legal services (SAMPLE)"}, "already a provider called"),
        ("add/", {"name": "New", "founded": "MCMXC"}, "Enter a year"),
        ("{pk}/values/QUAL-02/edit/", {"value": "9", "evidence": "E1"}, "enter 1, 2, 3, 4 or 5"),
        ("{pk}/values/QUAL-01/edit/", {"value": "NaN", "evidence": "E1"}, "is not a number"),
        ("{pk}/values/QUAL-01/edit/", {"value": "1,2", "evidence": "E1"}, "can be read in two ways"),
        ("{pk}/values/QUAL-01/edit/", {"value": "-1", "evidence": "E1"}, "cannot be below 0"),
        ("{pk}/values/QUAL-01/edit/", {"value": "1", "evidence": "E7"}, "not one of the available choices"),
        (
            "{pk}/values/QUAL-01/edit/",
            {"value": "1", "evidence": "E1", "valid_until_on": "soon"},
            "year-month-day",
        ),
        ("{pk}/certificates/add/", {"name": "iso/iec 27001", "evidence": "E1"}, "already listed"),
        ("{pk}/sites/add/", {"place": "Pune", "country": "India", "time_zone": "Moon"}, "not a time zone"),
    ],
)
def test_bad_input_is_answered_in_words_and_nothing_is_saved(
    sample_closed: Case, client: Client, tail: str, sent: dict[str, str], words: str
) -> None:
    def state() -> list[object]:
        with opened(sample_closed.organisation):
            return [
                list(model.objects.order_by("pk").values()) for model in (Provider, Site, Certificate, Metric)
            ]

    before = state()
    response = client.post(filled(sample_closed, tail), sent)
    assert response.status_code == 422
    assert words in text(response)
    assert "Nothing was saved" in text(response)
    assert state() == before


def test_an_empty_organisation_says_what_to_do_next(db: None, client_for: Callable[[User], Client]) -> None:
    owner = User.objects.create_user("owner@new.example", name="New Owner")
    empty: Organisation = start_organisation(name="New Legal", period="FY 2027", owner=owner)
    client = client_for(owner)
    page = text(client.get(f"/o/{empty.slug}/providers/"))
    assert "No provider yet" in page
    assert f"/o/{empty.slug}/providers/add/" in page
    watcher = User.objects.create_user("watch@new.example", name="Watcher")
    Membership.objects.create(user=watcher, organisation=empty, role="manager")
    page = text(client_for(watcher).get(f"/o/{empty.slug}/providers/"))
    assert "Procurement adds providers" in page
    assert "providers/add/" not in page
    made = client.post(f"/o/{empty.slug}/providers/add/", {"name": "The first"})
    assert text(client.get(made.url)).count("The first") > 1
