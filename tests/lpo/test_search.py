"""Search finds rules as well, where they stand, for those who may see them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tenancy import opened
from assessments.models import Assessment, FactorSet, LegalTask, TaskAssessment
from selections.models import Bid, CriteriaSet
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def found(client: Client, case: Case, query: str) -> list[tuple[str, str, str]]:
    """Kind, name and address of each hit, in the order of the page."""
    answer = client.get(reverse("search", args=[case.slug]), {"q": query})
    assert answer.status_code == 200
    return [(hit.kind, hit.name, hit.url) for hit in answer.context["found"]]


def text(client: Client, case: Case, query: str) -> str:
    return client.get(reverse("search", args=[case.slug]), {"q": query}).content.decode()


@pytest.mark.parametrize(
    ("query", "start", "route"),
    [
        ("G04", "Gate G04 ", "assessments:gates"),
        ("g04", "Gate G04 ", "assessments:gates"),
        ("D-CONF", "Duty D-CONF Confidentiality", "assessments:duties"),
    ],
)
def test_a_code_leads_to_the_place_of_the_rule(
    sample_closed: Case, client_for: ClientFor, query: str, start: str, route: str
) -> None:
    client = client_for(sample_closed.manager)
    kind, name, url = found(client, sample_closed, query)[0]
    assert f"{kind} {name}".startswith(start)
    page, anchor = url.split("#")
    assert page == reverse(route, args=[sample_closed.slug])
    assert f'id="{anchor}"' in client.get(page).content.decode()


def test_an_open_knock_out_leads_to_the_bid_where_it_is_open(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.procurement)
    kind, name, url = found(client, sample_closed, "K03")[0]
    assert (kind, name) == ("Knock-out", "K03 Conflict checking")
    with opened(sample_closed.organisation):
        bid = Bid.objects.get(provider__answers__question="ET-06", provider__answers__value="partly")
    page = reverse("selections:bid", args=[sample_closed.slug, sample_closed.selection.pk, bid.pk])
    assert url == f"{page}#K03"
    assert 'id="K03"' in client.get(page).content.decode()


@pytest.mark.parametrize(("query", "anchor"), [("SECU-01", "SECU-01"), ("QUAL", "fold-QUAL")])
def test_a_criterion_leads_to_where_its_values_stand(
    sample_closed: Case, client_for: ClientFor, query: str, anchor: str
) -> None:
    client = client_for(sample_closed.manager)
    kind, _, url = found(client, sample_closed, query)[0]
    assert kind == "Criterion"
    page, named = url.split("#")
    assert named == anchor
    assert f'id="{anchor}"' in client.get(page).content.decode()


@pytest.mark.parametrize("query", ["privileged", "supervision", "conflict check", "Written instructions"])
def test_rules_are_found_by_what_they_say(sample_closed: Case, client_for: ClientFor, query: str) -> None:
    hits = found(client_for(sample_closed.counsel), sample_closed, query)
    assert {kind for kind, _, _ in hits} & {"Gate", "Duty", "Knock-out"}
    page = text(client_for(sample_closed.counsel), sample_closed, query)
    assert re.search(query, re.sub(r"<form.*?</form>", "", page, flags=re.DOTALL), re.IGNORECASE)


def test_factors_are_for_those_who_may_see_them(sample_closed: Case, client_for: ClientFor) -> None:
    page = reverse("assessments:factors", args=[sample_closed.slug])
    hits = found(client_for(sample_closed.counsel), sample_closed, "Repeatability")
    assert ("Factor", "STD Repeatability and standardisation", f"{page}#factors") in hits
    for person in (sample_closed.manager, sample_closed.procurement):
        hits = found(client_for(person), sample_closed, "Repeatability")
        assert "Factor" not in {kind for kind, _, _ in hits}
        said = text(client_for(person), sample_closed, "zzzz").split("looked through")[1]
        assert "factors" not in said.split("</p>", maxsplit=1)[0]


def test_the_rules_are_those_of_the_organisation(
    sample_closed: Case, twin: Case, client_for: ClientFor
) -> None:
    with opened(twin.organisation):
        theirs = FactorSet.objects.get()
        content = theirs.content
        content["gates"][0]["name"] = "Gate of the other side"
        changed = FactorSet.objects.create(version=2, name="Own", content=content)
        Assessment.objects.update(factor_set=changed)
    assert found(client_for(twin.owner), twin, "of the other side")[0][0] == "Gate"
    assert found(client_for(sample_closed.owner), sample_closed, "of the other side") == []


def test_own_criteria_are_found(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        rules = sample_closed.selection.criteria_set
        content = {**rules.content, "knock_outs": [{**rules.content["knock_outs"][0], "name": "Own test"}]}
        own = CriteriaSet.objects.create(version=2, name="Own", content=content)
        sample_closed.selection.criteria_set = own
        sample_closed.selection.save()
    assert found(client_for(sample_closed.manager), sample_closed, "own test")[0][1] == "K01 Own test"


def test_tasks_come_before_rules_that_only_mention_the_word(
    sample_closed: Case, client_for: ClientFor
) -> None:
    kinds = [kind for kind, _, _ in found(client_for(sample_closed.owner), sample_closed, "contract")]
    assert kinds[0] == "Legal task"
    assert len(set(kinds)) > 1


def test_nothing_found_says_what_was_looked_through(sample_closed: Case, client_for: ClientFor) -> None:
    page = text(client_for(sample_closed.owner), sample_closed, "zzzz")
    assert "Nothing has “zzzz” in its name or code." in page
    assert "fewer letters" not in page
    assert "Type at least two letters." in text(client_for(sample_closed.owner), sample_closed, "z")


def test_a_search_costs_the_same_queries_whatever_it_finds(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.owner)
    text(client, sample_closed, "contract")
    with CaptureQueriesContext(connection) as few:
        text(client, sample_closed, "contract")
    with opened(sample_closed.organisation):
        for number in range(15):
            task = LegalTask.objects.create(code=f"X{number}", name=f"More contract work {number}")
            TaskAssessment.objects.create(assessment=sample_closed.assessment, legal_task=task)
    text(client, sample_closed, "contract")  # counts the tasks anew
    with CaptureQueriesContext(connection) as many:
        text(client, sample_closed, "contract")
    assert len(many) == len(few)
