"""What the case page and the rail say of the seven steps, and of what changed since a ranking was kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.tenancy import opened
from assessments.models import Assessment, LegalTask, State, TaskAssessment
from lpo import standing
from lpo.setup import start_organisation
from lpo.since import Changed, changed
from providers import services as provider_services
from providers.models import Answer, Provider
from selections import services as selection_services
from selections.models import Bid, BidLine, Selection
from selections.services import preview_ranking
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def text_of(client: Client, case: Case | Organisation, name: str = "case") -> str:
    answer = client.get(reverse(name, args=[case.slug]))
    assert answer.status_code == 200
    return words_of(answer.content.decode())


def words_of(page: str) -> str:
    page = re.sub(r"<(svg|script|form)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def row_of(client: Client, case: Case, step: str) -> str:
    """The words of one line of the table of steps."""
    page = client.get(reverse("case", args=[case.slug])).content.decode()
    found = re.search(rf'<th scope="row" role="rowheader">(?:<a [^>]*>)?{step}.*?</tr>', page, re.DOTALL)
    assert found
    return words_of(found.group()).strip()


def rail_of(client: Client, case: Case, step: str) -> str:
    page = client.get(reverse("search", args=[case.slug])).content.decode()
    found = re.search(rf'<span class="name">{step}.*?</li>', page, re.DOTALL)
    assert found
    return words_of(found.group()).strip()


def set_state(case: Case, state: State) -> None:
    with opened(case.organisation):
        Assessment.objects.filter(pk=case.assessment.pk).update(status=state)


def joins(case: Case, code: str = "D19", *, priced: bool = False) -> None:
    """One more task goes out."""
    with opened(case.organisation):
        task = LegalTask.objects.create(code=code, name=f"Work {code}")
        TaskAssessment.objects.create(assessment=case.assessment, legal_task=task, outcome="OUTSOURCE")
        if priced:
            bid = Bid.objects.filter(selection=case.selection)[0]
            BidLine.objects.create(bid=bid, legal_task=task, model="per_unit", price_amount=4, unit="each")


# States of the steps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "in_the_rail", "in_the_table"),
    [
        (State.DRAFT, "Suitability , in progress Scored, draft", "Scored, draft"),
        (State.REVIEW, "Suitability , in progress In review", "In review"),
        (State.APPROVED, "Suitability , done 18 tasks, 12 go out", "Done"),
    ],
)
def test_suitability_is_done_when_it_is_approved(
    sample_closed: Case, client_for: ClientFor, state: State, in_the_rail: str, in_the_table: str
) -> None:
    client = client_for(sample_closed.manager)
    set_state(sample_closed, state)
    assert rail_of(client, sample_closed, "Suitability") == in_the_rail
    assert row_of(client, sample_closed, "Suitability").endswith(f" {in_the_table}")


def test_the_sample_as_it_is_loaded(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.manager)
    assert row_of(client, sample, "Suitability") == (
        "Suitability 18 legal tasks; 12 go out 56 conditions of gates Scored, draft"
    )
    assert row_of(client, sample, "Providers") == (
        "Providers 8 profiles, 8 bids; 1 knocked out (K01) K03 open at Hexa In progress"
    )
    assert row_of(client, sample, "Selection") == (
        "Selection Record 1: lead 1.1 points, inside the tie margin of 3 Break the tie In progress"
    )
    assert row_of(client, sample, "Terms").endswith("— Not started")
    assert rail_of(client, sample, "Providers") == "Providers , in progress K03 open at Hexa"
    assert rail_of(client, sample, "Selection") == "Selection , in progress Tie to break"


def test_providers_are_done_when_no_knock_out_is_open(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.procurement)
    with opened(sample.organisation):
        answer = Answer.objects.select_related("provider").get(question="ET-06", value="partly")
        provider_services.set_answer(
            actor=sample.procurement, provider=answer.provider, question="ET-06", value="yes", evidence="E1"
        )
    assert rail_of(client, sample, "Providers") == "Providers , done 8 profiles, 1 knocked out"
    assert row_of(client, sample, "Providers").endswith("None Done")


def test_many_open_knock_outs_are_counted(sample: Case, client_for: ClientFor) -> None:
    with opened(sample.organisation):
        Answer.objects.filter(question__in=["ET-01", "ET-09"]).delete()
    found = rail_of(client_for(sample.manager), sample, "Providers")
    assert re.fullmatch(r"Providers , in progress \d+ knock-outs open", found)


def test_the_rail_tests_knock_outs_as_the_ranking_does(sample: Case) -> None:
    with opened(sample.organisation):
        Answer.objects.filter(question__in=["PR-04", "SE-11"], provider__code__in=["V1", "V2"]).delete()
        Answer.objects.filter(question="CO-03", provider__code="V3").update(value="no")
        Bid.objects.filter(provider__code="V3").update(acceptances={"K13": "Parent guarantee"})
        case = standing.current_case()
        found = standing.tested(case)
        computed = preview_ranking(selection=sample.selection)
        assert computed.case is not None
        assert computed.ranked is not None
        knock_outs, short = computed.case["knock_outs"], computed.ranked.short
    assert {met.name: list(met.codes) for met in found.open} == {
        short[code]: one["conditional"] for code, one in knock_outs.items() if one["status"] == "conditional"
    }
    assert {met.name: list(met.codes) for met in found.excluded} == {
        short[code]: one["failed"] for code, one in knock_outs.items() if one["status"] == "excluded"
    }


def test_a_value_that_cannot_be_judged_leaves_the_pages_standing(sample: Case, client_for: ClientFor) -> None:
    with opened(sample.organisation):
        bid = Bid.objects.filter(selection=sample.selection)[0]
        bid.scores.create(sub_criterion="SECU-01", low=2, high=4)
    assert rail_of(client_for(sample.manager), sample, "Providers") == "Providers , done 8 profiles"


def test_parts_of_the_needs_that_are_missing_are_counted(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.manager)
    row = row_of(client, sample_closed, "Needs")
    assert "4 parts missing" in row
    assert "4 of 8 parts complete" in text_of(client, sample_closed, "assessments:needs")
    assert "of 8 parts" not in row


def test_an_empty_organisation_reaches_what_needs_no_tasks(db: None, client_for: ClientFor) -> None:
    owner = User.objects.create_user("owner@new.example", "long enough password")
    empty = start_organisation(name="New Department", period="FY 2027", owner=owner)
    client = client_for(owner)
    page = client.get(reverse("assessments:tasks", args=[empty.slug])).content.decode()
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    for name in ("duties", "factors", "rates", "portfolio", "assessments", "needs"):
        url = reverse(f"assessments:{name}", args=[empty.slug])
        assert f'href="{url}"' in rail
        assert client.get(url).status_code == 200


# What changed since the record -----------------------------------------------------------------------------


def test_a_task_that_joined_the_basket_and_has_no_price_is_the_next_step(
    sample_closed: Case, client_for: ClientFor
) -> None:
    joins(sample_closed)
    client = client_for(sample_closed.procurement)
    page = text_of(client, sample_closed)
    assert "D19 joined the basket after record 1; no bid prices it." in page
    assert "Ask the bidders what D19 would cost" in page
    assert "Record 1, out of date: Ashgrove leads Banyan Quay" in page
    assert "The money of record 1 Out of date" in page
    assert "Plan a paid pilot" not in page
    assert "Record 1 out of date In progress" in row_of(client, sample_closed, "Selection")


def test_a_priced_task_that_joined_asks_for_a_new_ranking(sample_closed: Case, client_for: ClientFor) -> None:
    joins(sample_closed, priced=True)
    page = text_of(client_for(sample_closed.procurement), sample_closed)
    assert "Check the ranking and keep it again" in page
    assert "D19 joined the basket after record 1." in page


def test_a_task_that_left_the_basket_is_said(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        task = TaskAssessment.objects.candidates().order_by("list_code")[0]
        TaskAssessment.objects.filter(pk=task.pk).update(outcome="RETAIN")
    page = text_of(client_for(sample_closed.procurement), sample_closed)
    assert f"{task.list_code} left the basket after record 1." in page
    assert "Plan a paid pilot" not in page


def test_a_basket_task_that_lost_its_prices_is_said(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        BidLine.objects.filter(legal_task__code="D01").delete()
    page = text_of(client_for(sample_closed.procurement), sample_closed)
    assert "No bid prices D01. Values that the ranking reads changed after record 1 was kept." in page


def test_a_changed_value_makes_the_money_that_of_the_record(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        TaskAssessment.objects.filter(list_code="D01").update(annual_volume=1)
    page = text_of(client_for(sample_closed.procurement), sample_closed)
    assert "Values that the ranking reads changed after record 1 was kept." in page
    assert "Out of date" in page


def test_adopted_weights_are_said(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        selection_services.adopt_weights(
            selection=sample_closed.selection, weights={"COST": 45.0}, actor=sample_closed.procurement
        )
    page = text_of(client_for(sample_closed.procurement), sample_closed)
    assert "Other weights were adopted after record 1 was kept." in page


def test_a_record_as_the_case_is_now_says_nothing(sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        case = standing.current_case()
        assert case is not None
        assert changed(case, standing.last_record(case)).words == ""


def test_many_tasks_are_counted_and_not_all_named() -> None:
    codes = ("D19", "D20", "D21", "D22", "D23")
    said = Changed(1, "old", joined=codes, unpriced=5, unpriced_codes=codes).words
    assert said == "D19, D20, D21 and 2 more joined the basket after record 1; no bid prices them."
    said = Changed(2, "old", joined=("D19",), left=("D01", "D02"), unpriced=1, unpriced_codes=("D19",)).words
    assert said == "D19 joined the basket and D01 and D02 left the basket after record 2. No bid prices D19."


def test_of_a_very_large_assessment_only_priced_tasks_join(
    sample_closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "WHOLE_UP_TO", 10)
    joins(sample_closed)
    with opened(sample_closed.organisation):
        case = standing.current_case()
        assert case is not None
        found = changed(case, standing.last_record(case))
    assert (found.joined, found.unpriced, found.unpriced_codes) == ((), 1, ("D19",))


def test_the_frame_costs_the_same_queries_for_more_bids(sample_closed: Case, client_for: ClientFor) -> None:
    client, url = client_for(sample_closed.manager), reverse("search", args=[sample_closed.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    with opened(sample_closed.organisation):
        for number in range(20):
            provider = Provider.objects.create(code=f"P{number}", name=f"More provider {number}")
            Bid.objects.create(selection=sample_closed.selection, provider=provider)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def test_the_case_page_counts_its_steps_once(sample_closed: Case, client_for: ClientFor) -> None:
    client, url = client_for(sample_closed.manager), reverse("case", args=[sample_closed.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert sum("providers_answer" in query["sql"] for query in seen) == 2  # the knock-outs and the comparison


def test_bids_of_another_case_are_not_tested_with_it(sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        older = sample_closed.selection
        newer = Selection.objects.create(
            name="Second", assessment=older.assessment, criteria_set=older.criteria_set
        )
        hexa = Provider.objects.get(answers__question="ET-06", answers__value="partly")
        Bid.objects.create(selection=newer, provider=hexa)
        found = standing.tested(standing.current_case())
    assert (found.bids, [met.name for met in found.open]) == (1, ["Hexa"])
