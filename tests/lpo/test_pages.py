"""The pages that span apps: case, search, home, errors; sample and empty organisation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organisation, User
from accounts.tenancy import opened
from assessments.models import LegalTask, TaskAssessment
from lpo.sample import load_sample
from lpo.setup import start_organisation
from providers.models import Provider
from selections.models import RankingRecord, Weight
from tests.conftest import Case

ClientFor = Callable[[User], Client]


@pytest.fixture
def empty(db: None) -> Organisation:
    owner = User.objects.create_user("owner@new.example", "long enough password")
    return start_organisation(name="New Department", period="FY 2027", owner=owner)


def _get(client: Client, name: str, organisation: Organisation, query: str = "") -> str:
    answer = client.get(reverse(name, args=[organisation.slug]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_case_page_shows_the_money_of_the_kept_record(sample_closed: Case, client_for: ClientFor) -> None:
    page = _get(client_for(sample_closed.manager), "case", sample_closed.organisation)
    for figure in ("2,735,237", "1,244,124", "−261,613", "13,418", "9,393", "3.7", "805,207", "1,475,973"):
        assert figure in page
    assert "Ashgrove leads Banyan Quay by 1.1 points: a tie." in page
    assert "Plan a paid pilot with Ashgrove and Banyan Quay" in page


def test_steps_that_are_not_built_are_plain_text(sample_closed: Case, client_for: ClientFor) -> None:
    page = _get(client_for(sample_closed.manager), "case", sample_closed.organisation)
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    assert rail.count('class="step-text"') == 3  # Terms, Transition, Outcomes
    assert rail.count("<li class=") == 7


def test_an_empty_organisation_is_told_where_to_start(empty: Organisation, client_for: ClientFor) -> None:
    page = _get(client_for(User.objects.get(email="owner@new.example")), "case", empty)
    assert "Add the legal tasks you think of sending out" in page
    assert reverse("assessments:tasks", args=[empty.slug]) in page


def test_starting_an_organisation_fills_in_no_facts(empty: Organisation) -> None:
    with opened(empty):
        weights = {weight.code: weight.value for weight in Weight.objects.all()}
        assert (weights["COST"], weights["QUAL-01"], len(weights)) == (30, 30, 28)
        assert not TaskAssessment.objects.exists()
        assert Weight.objects.first().selection.assumptions == {}  # type: ignore[union-attr]
    with pytest.raises(IntegrityError):
        start_organisation(name="New Department", period="FY 2027", owner=None)


def test_the_case_costs_the_same_queries_however_much_it_holds(
    sample_closed: Case, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = client_for(sample_closed.manager), reverse("case", args=[sample_closed.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    few = len(seen)
    with opened(sample_closed.organisation):
        for number in range(30):
            task = LegalTask.objects.create(code=f"X{number}", name=f"More work {number}")
            TaskAssessment.objects.create(assessment=sample_closed.assessment, legal_task=task)
            Provider.objects.create(code=f"P{number}", name=f"More provider {number}")
    client.get(url)  # counts anew what changed; from then on as before
    with django_assert_num_queries(few):
        client.get(url)


def test_search_finds_tasks_providers_and_reports_of_this_organisation_only(
    sample_closed: Case, twin: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.procurement)
    with opened(twin.organisation):
        Provider.objects.create(code="V77", name="Ashgrove of the other side")
    page = _get(client, "search", sample_closed.organisation, "?q=ashgrove")
    assert "Ashgrove Legal Services" in page
    assert "other side" not in page
    assert "Patent drafting" in _get(client, "search", sample_closed.organisation, "?q=D14")
    assert "Board report of Record 1" in _get(client, "search", sample_closed.organisation, "?q=report")
    assert "Nothing has" in _get(client, "search", sample_closed.organisation, "?q=zzzz")


def test_a_search_for_markup_is_shown_as_text(sample_closed: Case, client_for: ClientFor) -> None:
    page = _get(client_for(sample_closed.manager), "search", sample_closed.organisation, "?q=<script>x")
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_home_lets_a_member_of_two_organisations_choose(sample_closed: Case, twin: Case) -> None:
    Membership.objects.create(user=sample_closed.manager, organisation=twin.organisation, role="manager")
    client = Client()
    client.force_login(sample_closed.manager)
    page = client.get("/").content.decode()
    assert "Northlake Robotics" in page
    assert "Calder Ridge" in page


@pytest.mark.parametrize(("path", "status"), [("/nothing/", 404), ("/o/not-there/", 404)])
def test_what_does_not_exist_says_so_in_our_look(
    sample_closed: Case, client_for: ClientFor, path: str, status: int
) -> None:
    answer = client_for(sample_closed.manager).get(path)
    assert answer.status_code == status
    assert b"There is no such page" in answer.content


def test_a_page_that_is_not_there_sets_no_cookie_for_somebody_not_signed_in(client: Client) -> None:
    # A browser asks for /favicon.ico when it likes to: a new token would end a sign-in that is being sent.
    answer = client.get("/favicon.ico")
    assert answer.status_code == 404
    assert not answer.cookies


def test_an_address_that_only_takes_what_a_button_sends_says_so_when_opened(client: Client) -> None:
    path = reverse("join_other_account")
    answer = client.get(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert b"This cannot be opened on its own" in answer.content
    piece = client.get(path, headers={"HX-Request": "true"})
    assert piece.status_code == 405
    assert piece["Content-Type"].startswith("text/plain")
    assert not client.head(path).content


def test_an_error_of_ours_shows_no_details(
    sample_closed: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("lpo.queries.case_page", fail)
    client = client_for(sample_closed.manager)
    client.raise_request_exception = False
    answer = client.get(reverse("case", args=[sample_closed.slug]))
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"secret detail" not in answer.content


def test_every_page_carries_the_strict_policy(sample_closed: Case, client_for: ClientFor) -> None:
    answer = client_for(sample_closed.manager).get(reverse("case", args=[sample_closed.slug]))
    policy = answer["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"


def test_the_sample_is_loaded_once(sample_closed: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert load_sample() is False
    call_command("load_sample")
    assert "already" in capsys.readouterr().out


def test_the_twin_ranks_the_same_on_its_own_rows(sample: Case, twin: Case) -> None:
    ours = RankingRecord.objects.get()
    with opened(twin.organisation):
        theirs = RankingRecord.objects.get()
    assert ours.pk != theirs.pk
    assert ours.number == theirs.number == 1
