"""The assumptions of the business case, and what pages of an organisation without anything say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organisation, User
from accounts.tenancy import opened
from lpo.setup import start_organisation
from providers.models import Provider
from selections.forms.assumptions import PARTS, AssumptionsForm, stored_assumptions
from selections.models import Bid, Selection
from tests.conftest import Case


@pytest.fixture
def client(sample_closed: Case, client_for: Callable[[User], Client]) -> Client:
    return client_for(sample_closed.procurement)


def address(case: Case, tail: str) -> str:
    return f"/o/{case.slug}/selection/{case.selection.pk}/{tail}"


def bid_page(case: Case) -> str:
    with opened(case.organisation):
        return address(case, f"bids/{Bid.objects.get(provider__code='V1').pk}/")


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def full_assumptions(**changed: str) -> dict[str, str]:
    given = {
        "oversight_rate": "175",
        "rework_rate": "130",
        "rework_hours_share": "50",
        "governance_hours_per_year": "420",
        "governance_rate": "150",
        "tooling_per_year": "20,000",
        "transition_internal_hours": "700",
        "transition_internal_rate": "150",
        "parallel_run_weeks": "4",
        "parallel_run_share": "50 %",
        "year1_ramp": "70",
        "discount_rate": "9%",
        "term_years": "3",
        "fte_hours_per_year": "1650",
        "internal_redeployment_share": "70%",
        "ratio-1": "3",
        "ratio-2": "5",
        "ratio-3": "8%",
        "ratio-4": "15",
        "ratio-5": "30",
    }
    return given | changed


def test_assumptions_are_saved_together_and_say_who_changed_what(sample_closed: Case, client: Client) -> None:
    before = text(client.get(bid_page(sample_closed)))
    assert "1,244,124" in before
    response = client.post(
        address(sample_closed, "assumptions/edit/"), full_assumptions(oversight_rate="200")
    )
    assert response.status_code == 302
    page = text(client.get(address(sample_closed, "assumptions/")))
    assert "Rate of the supervising lawyer: 175 → 200" in page
    assert "Supervision, level 3: 8%" in page
    assert "1,244,124" not in text(client.get(bid_page(sample_closed)))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"year1_ramp": "150"}, "Enter a percentage from 0% to 100%."),
        ({"term_years": "2.5"}, "enter a whole number"),
        ({"term_years": "0"}, "enter a number from 1 to 100"),
        ({"oversight_rate": "-1"}, "enter a number from 0"),
        ({"oversight_rate": "NaN"}, "is not a number"),
        ({"governance_rate": ""}, "Enter a number; 0 if there is none."),
        ({"ratio-3": "1,100"}, "Enter a percentage from 0% to 1,000%."),
        ({"ratio-3": "-5"}, "Enter a percentage from 0% to 1,000%."),
        ({"discount_rate": "-100"}, "Enter a percentage from −99% to 1,000%."),
        ({"year1_ramp": "0.7"}, "“0.7” can be read in two ways: type 0.7% or 70%, with the sign."),
        ({"year1_ramp": "most"}, "“most” is not a number"),
        ({"tooling_per_year": "20 %"}, "has a percent sign"),
    ],
)
def test_a_wrong_assumption_saves_none(
    sample_closed: Case, client: Client, changed: dict[str, str], words: str
) -> None:
    with opened(sample_closed.organisation):
        before = Selection.objects.get().assumptions
    response = client.post(address(sample_closed, "assumptions/edit/"), full_assumptions(**changed))
    assert response.status_code == 422
    assert words in text(response)
    with opened(sample_closed.organisation):
        assert Selection.objects.get().assumptions == before


def test_percentages_are_stored_as_fractions_and_shown_as_they_are_typed(
    sample_closed: Case, client: Client
) -> None:
    typed = full_assumptions(year1_ramp="0.5%", parallel_run_share="12.5", tooling_per_year="20000")
    assert client.post(address(sample_closed, "assumptions/edit/"), typed).status_code == 302
    with opened(sample_closed.organisation):
        kept = Selection.objects.get().assumptions
    assert (kept["year1_ramp"], kept["parallel_run_share"], kept["discount_rate"]) == (0.005, 0.125, 0.09)
    assert kept["oversight_ratio_by_UPL"] == {"1": 0.03, "2": 0.05, "3": 0.08, "4": 0.15, "5": 0.3}
    page = text(client.get(address(sample_closed, "assumptions/")))
    for shown in ('class="num">0.5%<', 'class="num">12.5%<', 'class="num">20,000<', 'class="num">1,650<'):
        assert shown in page
    assert "fraction" not in page


def test_a_form_that_is_sent_as_it_came_changes_nothing(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        before = Selection.objects.get().assumptions
    form = AssumptionsForm(initial=stored_assumptions(before))
    shown = {name: form[name].value() for name in form.fields}
    assert (shown["year1_ramp"], shown["tooling_per_year"]) == ("70%", "20,000")
    given = {name: value or "" for name, value in shown.items()}
    assert client.post(address(sample_closed, "assumptions/edit/"), given).status_code == 302
    with opened(sample_closed.organisation):
        assert Selection.objects.get().assumptions == before


def test_what_cannot_be_read_stays_in_its_field(sample_closed: Case, client: Client) -> None:
    given = full_assumptions(year1_ramp="most of it", tooling_per_year="20 000,5")
    page = text(client.post(address(sample_closed, "assumptions/edit/"), given))
    assert 'value="most of it"' in page
    assert 'value="20 000,5"' in page
    assert 'value="50 %"' in page


def test_an_empty_organisation_says_what_to_do_next(db: None, client_for: Callable[[User], Client]) -> None:
    owner = User.objects.create_user("owner@new.example", name="New Owner")
    empty: Organisation = start_organisation(name="New Legal", period="FY 2027", owner=owner)
    with opened(empty):
        selection = Selection.objects.get()
    client, base = client_for(owner), f"/o/{empty.slug}/selection/{selection.pk}/"
    assert "Add the first provider" in text(client.get(base + "bids/"))
    assert "Side by side needs bids" in text(client.get(base + "comparison/"))
    assert "No assumption has been entered yet" in text(client.get(base + "assumptions/"))
    assert client.get(base + "comparison/comparison.csv").status_code == 404
    with opened(empty):
        provider = Provider.objects.create(code="V1", name="The first")
    sent = {"provider": provider.pk, "productivity_factor": "1.1"}
    page = text(client.post(base + "bids/add/", sent, follow=True))
    assert "The business case needs its assumptions" in page
    assert "Not tested yet" in page
    assert client.post(base + "assumptions/edit/", full_assumptions()).status_code == 302
    page = text(client.get(base + "bids/"))
    assert "Missing: the bid offers no task of the basket" in page
    assert "not computable" in page
    assert client.get(base + "comparison/").status_code == 200


def test_every_assumption_has_its_place_on_the_page() -> None:
    placed = [name for names in PARTS.values() for name in names]
    assert sorted(placed) == sorted(AssumptionsForm().fields)
