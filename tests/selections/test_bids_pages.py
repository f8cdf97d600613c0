"""Pages of bids: figures of the worked example, who may, what is refused, how many queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments.models import LegalTask
from providers.models import Provider
from selections import services
from selections.models import Bid, BidLine, Score, Selection
from tests.conftest import Case

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def client(sample_closed: Case, client_for: Callable[[User], Client]) -> Client:
    return client_for(sample_closed.procurement)


def address(case: Case, tail: str) -> str:
    return f"/o/{case.slug}/selection/{case.selection.pk}/{tail}"


def bid_address(case: Case, code: str, tail: str = "") -> str:
    with opened(case.organisation):
        return address(case, f"bids/{Bid.objects.get(provider__code=code).pk}/{tail}")


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def extra_bids(case: Case, count: int) -> None:
    with opened(case.organisation):
        task = LegalTask.objects.get(code="D07")
        for n in range(count):
            provider = Provider.objects.create(code=f"P{n:03}", name=f"Provider {n:03}")
            bid = Bid.objects.create(selection=case.selection, provider=provider)
            BidLine.objects.create(
                bid=bid, legal_task=task, model="per_unit", price_amount=40, unit="agreement"
            )


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("tail", ["bids/", "comparison/", "comparison/comparison.csv"])
def test_pages_cost_the_same_queries_for_more_bids(sample_closed: Case, client: Client, tail: str) -> None:
    few = queries(client, address(sample_closed, tail))
    extra_bids(sample_closed, 30)
    assert queries(client, address(sample_closed, tail)) == few


def test_a_bid_costs_the_same_queries_for_one_price_and_twelve(sample_closed: Case, client: Client) -> None:
    extra_bids(sample_closed, 1)
    assert queries(client, bid_address(sample_closed, "P000")) == queries(
        client, bid_address(sample_closed, "V1")
    )


def test_the_list_says_standing_scope_money_and_what_is_open(sample_closed: Case, client: Client) -> None:
    page = text(client.get(address(sample_closed, "bids/")))
    for words in (
        "1,184,093", "57.8", "805,207", "1,244,124", "1,475,973",  # V1 in the worked example
        "Excluded: K01", "K01 Independent security assurance is 2; at least 3 is needed",
        "K12 failed: cannot be given D04",
        "11 of 12", "partial bid", "Conditional: K03",
        "K03 Conflict checking is answered partly", "Clear before award: K03",
    ):  # fmt: skip
        assert words in page, words
    assert (
        page.index("Ashgrove")
        < page.index("Banyan Quay")
        < page.index("Dunmore")
        < page.index("Cobalt Harbor")
    )


def test_a_bid_shows_the_worked_example(sample_closed: Case, client: Client) -> None:
    page = text(client.get(bid_address(sample_closed, "V1")))
    for words in (
        "83.6", "72.9", "57.8", "1,244,124", "805,207 to 1,475,973", "−261,613",  # stats
        "79.0", "87.4", "82.3", "87.5",  # criteria
        "2,735,237", "−1,184,093", "−208,899", "−15,121", "−83,000",  # waterfall
        "269,406", "3.7 months", "13,418", "12 of 12 basket tasks",
        "Not tested", "No basket task carries the gate", "Looks at D04 only",
        "governance hours 420", "ramp 70.0%",
    ):  # fmt: skip
        assert words in page, words
    assert "Partial bid" not in page


def test_a_partial_bid_is_shown_on_its_own_scope_and_with_the_rest_added_back(
    sample_closed: Case, client: Client
) -> None:
    page = text(client.get(bid_address(sample_closed, "V3")))
    for words in (
        "Partial bid: 11 of 12 tasks",
        "left in-house: D04",
        "2,735,237 USD/year",
        "own scope 63.6%",
    ):
        assert words in page, words
    assert "Excluded by a knock-out: not part of this bid’s scope" in page


def test_a_high_minimum_commitment_is_warned_about(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        bid = Bid.objects.select_related("selection", "provider").get(provider__code="V1")
        services.give_value(
            actor=sample_closed.procurement,
            bid=bid,
            sub_criterion="COST-06",
            value=85,
            reason="Draft agreement",
        )
    page = text(client.get(bid_address(sample_closed, "V1")))
    assert "The minimum commitment of 85% is above the low case, 80% of the forecast volume" in page
    assert "85% is above the low case" in text(client.get(address(sample_closed, "bids/")))


def test_a_failed_insurance_test_offers_the_written_acceptance(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        provider = Provider.objects.get(code="V1")
        provider.metrics.filter(sub_criterion="SECU-06").update(value=3)
    url = bid_address(sample_closed, "V1")
    assert "Record a written acceptance" in text(client.get(url))
    response = client.post(url + "acceptance/K07/", {"reason": "Extra cover agreed on 3 Nov 2026"})
    assert response.status_code == 302
    page = text(client.get(url))
    assert "Accepted in writing: Extra cover agreed on 3 Nov 2026" in page
    assert "Conditional: K07" in page
    assert client.get(url + "acceptance/K01/").status_code == 404


OFFERS: list[dict[str, str]] = [
    {"model": "hourly", "price_amount": "64", "expected_hours": "1,250"},
    {"model": "blended", "price_amount": "USD 42"},
    {"model": "per_unit", "price_amount": "46.74"},
    {"model": "fte", "price_amount": "7,710.00", "fte": "2.5"},
    {"model": "fixed_fee", "price_amount": "82600", "included_volume": "1000", "overage_amount": "22.29"},
]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer["model"])
def test_each_pricing_model_goes_through_the_form(
    sample_closed: Case, client: Client, offer: dict[str, str]
) -> None:
    url, task = _unpriced(sample_closed)
    response = client.post(url + "prices/add/", {"legal_task": task, **offer})
    assert response.status_code == 302, text(response)
    with opened(sample_closed.organisation):
        line = BidLine.objects.get(bid__provider__code="P000", legal_task__code="D08")
        stored = {name: getattr(line, name) for name in offer}
    assert {name: float(value) for name, value in stored.items() if name != "model"} == {
        name: float(value.replace(",", "").removeprefix("USD "))
        for name, value in offer.items()
        if name != "model"
    }
    page = text(client.get(url))
    assert line.get_model_display() in page
    changed = client.post(f"{url}prices/{line.pk}/", {"legal_task": task, **offer, "price_amount": "12.5"})
    assert changed.status_code == 302
    assert client.post(f"{url}prices/{line.pk}/remove/").status_code == 302
    with opened(sample_closed.organisation):
        assert not BidLine.objects.filter(pk=line.pk).exists()


def _unpriced(case: Case) -> tuple[str, int]:
    extra_bids(case, 1)
    with opened(case.organisation):
        return bid_address(case, "P000"), LegalTask.objects.get(code="D08").pk


@pytest.mark.parametrize(
    ("offer", "words"),
    [
        ({"model": "per_unit", "price_amount": "-1"}, "cannot be below 0"),
        ({"model": "per_unit", "price_amount": "NaN"}, "is not a number"),
        ({"model": "per_unit", "price_amount": "1.234,5"}, "can be read in two ways"),
        ({"model": "per_unit", "price_amount": "EUR 7"}, "is not in US dollars"),
        ({"model": "per_unit", "price_amount": ""}, "Enter the price."),
        ({"model": "per_unit", "price_amount": "0.12345"}, "four decimals"),
        ({"model": "fte", "price_amount": "7000"}, "needs the number of people"),
        ({"model": "fixed_fee", "price_amount": "7000"}, "needs the volume that it includes"),
        ({"model": "per_unit", "price_amount": "7", "fte": "2"}, "belongs to a price per person-month"),
        ({"model": "barter", "price_amount": "7"}, "not one of the available choices"),
        ({"model": "per_unit", "price_amount": "7", "legal_task": "999999"}, "Choose a task of the basket"),
    ],
)
def test_a_bad_price_is_answered_in_words_and_nothing_is_saved(
    sample_closed: Case, client: Client, offer: dict[str, str], words: str
) -> None:
    url, task = _unpriced(sample_closed)
    response = client.post(url + "prices/add/", {"legal_task": task, **offer})
    assert response.status_code == 422
    assert words in text(response)
    with opened(sample_closed.organisation):
        assert BidLine.objects.filter(bid__provider__code="P000").count() == 1


def test_a_foreign_task_or_provider_is_not_a_choice(sample_closed: Case, twin: Case, client: Client) -> None:
    with opened(twin.organisation):
        foreign_task, foreign_provider = LegalTask.objects.get(code="D08"), Provider.objects.first()
    url, _ = _unpriced(sample_closed)
    sent = {"legal_task": foreign_task.pk, "model": "per_unit", "price_amount": "1"}
    assert client.post(url + "prices/add/", sent).status_code == 422
    sent = {"provider": foreign_provider.pk, "productivity_factor": "1"}
    assert client.post(address(sample_closed, "bids/add/"), sent).status_code == 422


def test_values_of_a_bid_are_given_with_a_reason(sample_closed: Case, client: Client) -> None:
    url = bid_address(sample_closed, "V1", "values/COST-04/")
    refused = client.post(url, {"value": "4", "evidence": "E1"})
    assert refused.status_code == 422
    assert "Say in a few words why" in text(refused)
    refused = client.post(url, {"value": "140", "evidence": "E1", "reason": "x"})
    assert "cannot be above 100" in text(refused)
    given = client.post(url, {"value": "4", "evidence": "E2", "reason": HOSTILE})
    assert given.status_code == 302
    page = text(client.get(url))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    with opened(sample_closed.organisation):
        values = list(
            Score.objects.filter(bid__provider__code="V1", sub_criterion="COST-04")
            .order_by("pk")
            .values_list("value", flat=True)
        )
    assert values == [5.0, 4.0]
    assert "gave score" in text(client.get(bid_address(sample_closed, "V1")))
    for code in ("COST-01", "NOPE"):
        assert client.get(bid_address(sample_closed, "V1", f"values/{code}/")).status_code == 404


EDITS: dict[str, dict[str, str]] = {
    "bids/add/": {"productivity_factor": "1"},
    "bids/{bid}/edit/": {"productivity_factor": "2"},
    "bids/{bid}/remove/": {},
    "bids/{bid}/prices/add/": {"model": "per_unit", "price_amount": "1"},
    "bids/{bid}/prices/paste/": {"rows": "D04\tPer unit\t1", "step": "save"},
    "bids/{bid}/prices/{line}/": {"model": "per_unit", "price_amount": "1"},
    "bids/{bid}/prices/{line}/remove/": {},
    "bids/{bid}/values/COST-04/": {"value": "1", "evidence": "E1", "reason": "no"},
    "bids/{bid}/acceptance/K07/": {"reason": "no"},
    "assumptions/edit/": {"term_years": "1"},
}


def filled(case: Case, tail: str) -> str:
    with opened(case.organisation):
        line = BidLine.objects.filter(bid__provider__code="V1").first()
        assert line is not None
        return address(case, tail.format(bid=line.bid_id, line=line.pk))


@pytest.mark.parametrize("role", ["counsel", "manager"])
@pytest.mark.parametrize("tail", EDITS)
def test_counsel_and_manager_cannot_change_bids(
    sample_closed: Case, client_for: Callable[[User], Client], role: str, tail: str
) -> None:
    client = client_for(getattr(sample_closed, role))
    with opened(sample_closed.organisation):
        before = AuditEvent.objects.count(), Selection.objects.get().version
    assert client.post(filled(sample_closed, tail), EDITS[tail]).status_code == 403
    with opened(sample_closed.organisation):
        assert (AuditEvent.objects.count(), Selection.objects.get().version) == before


@pytest.mark.parametrize("role", ["counsel", "manager"])
def test_counsel_and_manager_see_bids_without_buttons(
    sample_closed: Case, client_for: Callable[[User], Client], role: str
) -> None:
    client = client_for(getattr(sample_closed, role))
    for url in (
        address(sample_closed, "bids/"),
        bid_address(sample_closed, "V1"),
        address(sample_closed, "assumptions/"),
    ):
        page = text(client.get(url))
        for words in (
            "Add a bid",
            "Add a price",
            "Paste prices",
            "Edit terms",
            "prices/add/",
            "prices/paste/",
            "assumptions/edit/",
            "/values/",
        ):
            assert words not in page, (url, words)


@pytest.mark.parametrize(
    "tail", [*EDITS, "bids/", "bids/{bid}/", "comparison/", "comparison/comparison.csv", "assumptions/"]
)
def test_an_outsider_finds_nothing(
    sample_closed: Case, twin: Case, client_for: Callable[[User], Client], tail: str
) -> None:
    client = client_for(twin.owner)
    assert client.get(filled(sample_closed, tail)).status_code in {404, 405}
    own = filled(sample_closed, tail).replace(sample_closed.slug, twin.slug)
    assert client.get(own).status_code in {404, 405}


def test_removing_a_bid_that_is_on_record_says_why_not(sample_closed: Case, client: Client) -> None:
    response = client.post(bid_address(sample_closed, "V1", "remove/"), follow=True)
    assert "can no longer be removed" in text(response)
    with opened(sample_closed.organisation):
        assert Bid.objects.filter(provider__code="V1").exists()


def test_a_profile_leads_to_the_bid_or_to_the_bids(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        has, has_not = Provider.objects.get(code="V1"), Provider.objects.create(code="P9", name="No bid")
    go = f"/o/{sample_closed.slug}/selection/bid-of/"
    assert client.get(f"{go}{has.pk}/").url == bid_address(sample_closed, "V1")
    assert client.get(f"{go}{has_not.pk}/").url == address(sample_closed, "bids/")
