"""Lists of an organisation that fills many pages: the database pages, filters, sums; nothing reads all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pytest_django import DjangoDbBlocker

from accounts.models import Organisation, User
from accounts.tenancy import opened
from assessments import queries, queries_dearest, queries_summary, queries_totals, services
from assessments.models import BASKET_OUTCOMES, OUTCOME_ORDER, Assessment, LegalTask, Outcome, TaskAssessment
from assessments.queries import EDGE, SORTS, Filters, Listed
from assessments.rulebook import Rulebook
from lpo.synthetic import load_synthetic
from providers import services as provider_services
from providers.models import Provider
from selections.models import Selection
from selections.queries import inputs
from selections.services import preview_ranking
from tests.conftest import Case

ClientFor = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
TASKS, PROVIDERS = 130, 120
PAGES = (
    *("", "search/", "search/?q=contract", "tasks/", "tasks/?sort=cost&down=1", "tasks/?show=RETAIN&q=s0"),
    *("tasks/?gate=G08&page=2", "providers/", "providers/?sort=values&page=2", "providers/?q=pune"),
    *("providers/?evidence=claims&expiry=expired",),
)


@pytest.fixture(scope="module")
def _loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Organisation]:
    """One large organisation for this file: the transaction of a test stands inside the one that made it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_synthetic(tasks=TASKS, providers=PROVIDERS).organisation
        transaction.set_rollback(True)


@pytest.fixture
def large(_loaded: Organisation, db: None) -> Iterator[Organisation]:
    with opened(_loaded):
        yield _loaded


def person(role: str, slug: str = "synthetic") -> User:
    return User.objects.get(email=f"{role}@{slug}.example")


@pytest.fixture
def counsel(large: Organisation, client_for: ClientFor) -> Client:
    return client_for(person("counsel"))


def assessment() -> Assessment:
    return Assessment.objects.select_related("factor_set").get()


def listed(**filters: Any) -> Listed:
    own = assessment()
    return Listed(assessment=own, filters=Filters(**filters), rulebook=Rulebook(own.factor_set.content))


def codes(client: Client, query: str) -> list[str]:
    answer = client.get(f"/o/synthetic/tasks/{query}")
    assert answer.status_code == 200
    return re.findall(r'<td class="code" role="cell">(\w+)</td>', answer.content.decode())


def cost_of(client: Client, address: str, **headers: str) -> int:
    client.get(address, **headers)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, **headers).status_code == 200
    return len(seen)


def test_three_thousand_tasks_cost_the_queries_of_thirty(db: None, client_for: ClientFor) -> None:
    organisation = load_synthetic(tasks=80, providers=80, slug="grows").organisation
    client = client_for(person("counsel", "grows"))
    addresses = [f"/o/grows/{page}" for page in PAGES]

    def measured() -> list[int]:
        with opened(organisation):
            task = TaskAssessment.objects.order_by("list_code").first()
            assert task is not None
        client.post(f"/o/grows/tasks/{task.pk}/save/?place=table", {"level-STD": "2"}, **HTMX)
        with CaptureQueriesContext(connection) as saving:
            address = f"/o/grows/tasks/{task.pk}/save/?place=table"
            assert client.post(address, {"level-STD": "3"}, **HTMX).status_code == 200
        return [*(cost_of(client, address) for address in addresses), len(saving)]

    few = measured()
    load_synthetic(tasks=3_000, providers=400, slug="grows")
    assert measured() == few


@pytest.mark.parametrize("is_descending", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_shows_each_task_once_in_a_steady_order(
    large: Organisation, sort: str, is_descending: bool
) -> None:
    """Slices before and behind the middle join to the order that Python gives; unknown values come last."""
    found = listed(sort=sort, is_descending=is_descending)
    sliced = [key for start in range(0, TASKS, 20) for key in found[start : start + 20]]
    rows = list(TaskAssessment.objects.values("pk", "list_code", SORTS[sort]))
    rows.sort(key=lambda row: row["list_code"])
    known = [row for row in rows if row[SORTS[sort]] is not None]
    known.sort(key=lambda row: row[SORTS[sort]], reverse=is_descending)
    unknown = [row for row in rows if row[SORTS[sort]] is None]
    assert sliced == [row["pk"] for row in known + unknown]
    assert found.keys() == sliced


@pytest.mark.parametrize(
    ("typed", "number"),  # not "page", which is Playwright's
    [("0", 3), ("-1", 3), ("99999", 3), ("x", 1), ("", 1), ("2", 2), ("1e9", 1), ("9" * 400, 3)],
)
def test_a_page_that_does_not_exist_is_the_nearest(counsel: Client, typed: str, number: int) -> None:
    text = counsel.get("/o/synthetic/tasks/", {"page": typed}).content.decode()
    start = 50 * (number - 1) + 1
    assert f"Rows {start}–{min(start + 49, TASKS)} of {TASKS} legal tasks" in text


def test_pages_keep_filter_and_sort_in_the_address(counsel: Client) -> None:
    text = counsel.get("/o/synthetic/tasks/?q=s0&sort=cost&down=1&page=2").content.decode()
    for name, page in (("first", 1), ("previous", 1), ("next", 3), ("last", 3)):
        assert re.search(
            rf'id="page-{name}"[^>]* href="\?q=s0&amp;sort=cost&amp;down=1&amp;page={page}"', text
        )
    assert 'id="page-next"' not in counsel.get("/o/synthetic/tasks/?page=3").content.decode()
    assert 'id="page-first"' not in counsel.get("/o/synthetic/tasks/").content.decode()
    three = [code for page in (1, 2, 3) for code in codes(counsel, f"?sort=cost&down=1&page={page}")]
    assert len(three) == len(set(three)) == TASKS


def test_filters_and_pages_agree_with_the_rows(counsel: Client) -> None:
    for outcome in Outcome.values:
        wanted = TaskAssessment.objects.filter(outcome=outcome).count()
        assert len(listed(show=outcome)) == wanted
    gate = [task for task in TaskAssessment.objects.all() if "G08" in task.gates]
    assert sorted(listed(gate="G08").keys()) == sorted(task.pk for task in gate)
    both = [task.pk for task in gate if task.outcome == "PILOT" and task.open_conditions]
    assert set(both) <= set(listed(gate="G08", show="PILOT").keys())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s000007", ["S000007"]),
        ("S00000", [f"S00000{number}" for number in range(1, 10)]),
        (" 000042", ["S000042"]),
        ("%", []),
        ("_", []),
        ("nobody does this", []),
    ],
)
def test_search_finds_codes_names_and_parts_of_words(counsel: Client, text: str, expected: list[str]) -> None:
    assert codes(counsel, f"?q={text.replace('%', '%25')}") == expected


def test_search_knows_the_case_of_every_letter_and_follows_a_new_name(large: Organisation) -> None:
    task = TaskAssessment.objects.get(list_code="S000003")
    services.edit_task(
        actor=person("counsel"), task=task, name="Prüfung der ÜBERGABE Straße", practice_area="Ñandú"
    )
    for text in ("übergabe", "STRASSE", "prüf", "ñANDÚ", "s000003"):
        assert listed(text=text).keys() == [task.pk], text


def test_a_new_name_reaches_the_other_years(large: Organisation) -> None:
    legal_task = LegalTask.objects.get(code="S000003")
    last_year = Assessment.objects.create(period="FY 2026", factor_set=assessment().factor_set)
    old = TaskAssessment.objects.create(assessment=last_year, legal_task=legal_task)
    task = legal_task.assessments.exclude(pk=old.pk).get()
    services.edit_task(actor=person("counsel"), task=task, name="Quite another name")
    old.refresh_from_db()
    assert (old.list_name, old.list_code) == ("quite another name", "S000003")
    assert "quite another name" in old.search_text


def test_markup_in_a_search_is_shown_as_text(counsel: Client) -> None:
    hostile = '"><script>alert(1)</script>'
    for page in ("tasks/", "providers/", "search/"):
        text = counsel.get(f"/o/synthetic/{page}", {"q": hostile}).content.decode()
        assert "<script>alert" not in text
        assert escape(hostile) in text


def test_the_summary_is_the_sum_of_its_parts(large: Organisation) -> None:
    """What the database adds up equals what a loop over every row adds up."""
    rulebook = Rulebook(assessment().factor_set.content)
    found = queries_totals.totals(assessment=assessment(), rulebook=rulebook)
    tasks = list(TaskAssessment.objects.order_by("list_code"))
    costs = {task.pk: float(task.baseline_amount) for task in tasks if task.baseline_amount is not None}
    said = queries_summary.summary(found)
    basket = [task for task in tasks if task.outcome in BASKET_OUTCOMES]
    assert said.total == len(tasks)
    assert said.scored_cost == sum(costs.get(task.pk, 0) for task in tasks if task.outcome)
    assert said.basket_cost == sum(costs.get(task.pk, 0) for task in basket)
    assert said.without_cost == len(tasks) - len(costs) > 0
    assert said.open_conditions == sum(task.open_conditions for task in basket)
    assert said.assumed == sum(task.is_profile_assumed for task in tasks) > 0
    assert {row.key: row.count for row in said.mix}.items() >= {
        key: sum(task.outcome == key for task in tasks) for key in ("OUTSOURCE", "PILOT", "RETAIN", "")
    }.items()
    stops = {task.list_code: sum(rulebook.gates[gate].is_stop for gate in task.gates) for task in tasks}
    stopped = [code for code, number in stops.items() if number]
    assert said.stops == f"{sum(stops.values())}, on {', '.join(stopped[:3])} and {len(stopped) - 3} more"
    near = [
        task.pk
        for task in tasks
        if task.score is not None
        and any(abs(task.score - band.start) < rulebook.largest_step for band in rulebook.bands if band.start)
    ]
    assert listed(show=EDGE).keys() == near
    assert found.sum("edge") == len(near)
    assert {gate.code for gate in found.gates} == {gate for task in tasks for gate in task.gates}
    drawable = [task for task in tasks if task.outcome and task.score is not None and task.pk in costs]
    assert found.sum("drawable") == len(drawable)
    dearest = sorted(drawable, key=lambda task: (-costs[task.pk], task.list_code))[:40]
    shown = queries_dearest.dearest(assessment=assessment())
    assert [line.code for line in shown] == sorted(task.list_code for task in dearest)


def test_the_stored_cost_follows_volume_mix_and_rates(large: Organisation) -> None:
    task = TaskAssessment.objects.filter(list_code="S000005").get()
    actor = person("counsel")
    services.edit_task(
        actor=actor,
        task=task,
        annual_volume=Decimal(100),
        hours_per_unit=Decimal(2),
        staffing_mix={"counsel": 1.0},
    )
    task.refresh_from_db()
    assert task.baseline_amount == 100 * 2 * 175
    entries = [
        services.RateEntry(rate.name, rate.hourly_amount * 2, rate.kind, rate.code)
        for rate in assessment().role_rates.all()
    ]
    services.set_role_rates(actor=actor, assessment=assessment(), rates=entries)
    task.refresh_from_db()
    assert task.baseline_amount == 100 * 2 * 350
    services.edit_task(actor=actor, task=task, annual_volume=None)
    task.refresh_from_db()
    assert task.baseline_amount is None


def test_a_saved_answer_moves_the_totals_in_the_same_answer(counsel: Client) -> None:
    task = TaskAssessment.objects.filter(outcome="OUTSOURCE").order_by("list_code").first()
    assert task is not None
    form = {f"level-{factor}": "unknown" for factor in task.answers.values_list("factor", flat=True)}
    answer = counsel.post(f"/o/synthetic/tasks/{task.pk}/save/?place=table", form, **HTMX)
    waiting = TaskAssessment.objects.filter(outcome="").count()
    assert f"{waiting} wait for answers" in answer.content.decode()


def test_a_long_file_is_made_while_it_is_sent(
    counsel: Client, large: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = counsel.get("/o/synthetic/tasks/tasks.csv?sort=score&down=1")
    assert not whole.streaming
    monkeypatch.setattr(queries, "BATCH", 40)
    piecewise = counsel.get("/o/synthetic/tasks/tasks.csv?sort=score&down=1")
    assert piecewise.streaming
    pieces = list(piecewise.streaming_content)  # type: ignore[attr-defined]
    assert len(pieces) == 1 + 4
    assert b"".join(pieces) == whole.content
    rows = list(csv.DictReader(io.StringIO(whole.content.decode("utf-8-sig"))))
    assert len(rows) == TASKS
    assert [row["Code"] for row in rows][:50] == codes(counsel, "?sort=score&down=1")


def test_the_provider_file_too(
    client_for: ClientFor, large: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(person("procurement"))
    whole = client.get("/o/synthetic/providers/providers.csv?sort=name").content
    monkeypatch.setattr("providers.queries.BATCH", 50)
    answer = client.get("/o/synthetic/providers/providers.csv?sort=name")
    assert answer.streaming
    assert answer.getvalue() == whole
    assert whole.count(b"\r\n") == PROVIDERS + 1


@pytest.mark.parametrize("sort", ["code", "name", "staff", "values", "answers", "updated"])
def test_pages_of_providers_hold_each_once(large: Organisation, client_for: ClientFor, sort: str) -> None:
    client = client_for(person("manager"))
    seen: list[str] = []
    for page in (1, 2, 3):
        text = client.get(f"/o/synthetic/providers/?sort={sort}&down=1&page={page}").content.decode()
        seen += re.findall(r'<td class="code">(P\d+)</td>', text)
        assert f"of {PROVIDERS} providers" in text
    assert len(seen) == len(set(seen)) == PROVIDERS


def test_counts_of_a_profile_follow_its_evidence(large: Organisation) -> None:
    provider = Provider.objects.get(code="P00001")
    actor, before = person("procurement"), Provider.objects.get(code="P00001")
    provider_services.set_metric(
        actor=actor, provider=provider, sub_criterion="QUAL-01", value=1, evidence="E0"
    )
    provider_services.set_metric(actor=actor, provider=provider, sub_criterion="QUAL-02", value=None)
    provider_services.set_answer(actor=actor, provider=provider, question="ET-01", value="")
    provider_services.edit_provider(actor=actor, provider=provider, name="A new name for the first")
    provider.refresh_from_db()
    assert provider.values_known == before.values_known - 1
    assert provider.claims == before.claims + 1
    assert provider.answers_given == before.answers_given - 1


def test_a_search_is_counted_once_until_a_task_changes(large: Organisation) -> None:
    number = len(listed(text="S0"))
    with CaptureQueriesContext(connection) as seen:
        assert len(listed(text="s0", sort="cost")) == number
    assert not [query for query in seen if "COUNT(" in query["sql"]]
    task = TaskAssessment.objects.filter(search_text__contains="s0").select_related("legal_task")[0]
    TaskAssessment.objects.filter(pk=task.pk).update(search_text="elsewhere")
    assert len(listed(text="s0")) == number - 1


def test_outcomes_sort_in_the_order_of_the_words() -> None:
    assert list(OUTCOME_ORDER) == [*Outcome.values, ""]


def test_a_very_large_assessment_is_ranked_on_the_priced_tasks(
    large: Organisation, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get()
    whole = preview_ranking(selection=selection)
    assert len(whole.inputs.case["tasks"]) == TASKS
    assert whole.inputs.left_out == 0
    monkeypatch.setattr(inputs, "WHOLE_UP_TO", 100)
    scoped = preview_ranking(selection=selection)
    assert {task["code"] for task in scoped.inputs.case["tasks"]} == {
        offer["task"] for bid in whole.inputs.case["bids"] for offer in bid["offers"]
    }
    assert scoped.inputs.left_out == TASKS - len(scoped.inputs.case["tasks"])
    assert scoped.result is not None
    assert whole.result is not None
    assert [row["code"] for row in scoped.result["ranking"]] == [
        row["code"] for row in whole.result["ranking"]
    ]
    page = client_for(person("manager")).get(f"/o/synthetic/selection/{selection.pk}/ranking/")
    assert "too large to be ranked as a whole" in page.content.decode()


def test_the_sample_is_ranked_as_a_whole(sample: Case) -> None:
    assert preview_ranking(selection=sample.selection).inputs.left_out == 0
