"""What a record that is out of date says about why, and what the ranking page says about the basket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FactorAnswer, LegalTask, RoleRate, TaskAssessment
from providers.models import Answer, Metric, Provider
from selections import services
from selections.models import Bid, BidLine, RankingRecord, Selection, Weight
from selections.queries import since as since_module
from selections.queries.inputs import read_inputs
from selections.queries.since import Since, results_today, since
from selections.words.basket import named
from tests.selections.test_ranking_page import text, url


def answer_like(code: str, other: str) -> None:
    """Answer the factors of one task as those of another: D15 goes out, D02 does not."""
    for factor, level in FactorAnswer.objects.filter(task__legal_task__code=other).values_list(
        "factor", "level"
    ):
        FactorAnswer.objects.filter(task__legal_task__code=code, factor=factor).update(level=level)


def task_name(code: str) -> str:
    return f"{code} {LegalTask.objects.get(code=code).name}"


def now(sample: Any) -> Since:
    selection = Selection.objects.select_related("assessment__factor_set", "criteria_set").get(
        pk=sample.selection.pk
    )
    inputs = read_inputs(selection)
    record = RankingRecord.objects.get(number=1)
    return since(bytes(record.content), inputs, results_today(inputs))


CHANGES: dict[str, Callable[[], Any]] = {
    "": lambda: None,
    "legal tasks": lambda: TaskAssessment.objects.filter(legal_task__code="D07").update(annual_volume=901),
    "bids": lambda: Bid.objects.create(
        selection=Selection.objects.get(name="Routine legal work"),
        provider=Provider.objects.create(code="V9", name="Ninth"),
    ),
    "prices": lambda: BidLine.objects.filter(bid__provider__code="V1").update(price_amount=9),
    "scores": lambda: Metric.objects.filter(sub_criterion="QUAL-02").update(value=1),
    "knock-out answers": lambda: Answer.objects.filter(question="ET-06").update(value="no"),
    "names of providers": lambda: Provider.objects.filter(code="V1").update(name="Another name"),
    "role rates": lambda: RoleRate.objects.update(hourly_amount=99),
    "assumptions": lambda: Selection.objects.update(assumptions={}),
    "criteria and knock-outs": lambda: Selection.objects.update(tie_margin=4),
    "weights": lambda: Weight.objects.filter(code="COST").update(value=31),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_what_changed_is_named(sample: Any, changed: str) -> None:
    CHANGES[changed]()
    assert now(sample) == Since(changed, "")


def test_several_are_listed_and_the_basket_comes_first(sample: Any) -> None:
    answer_like("D11", "D15")
    answer_like("D07", "D02")
    CHANGES["prices"]()
    CHANGES["weights"]()
    found = now(sample)
    assert found.changed == "basket, prices and weights"
    assert found.basket == f"{task_name('D11')} joined the basket; {task_name('D07')} left it"


def test_a_record_that_is_too_large_or_of_another_shape_is_not_opened(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = read_inputs(sample.selection)
    assert since(b'{"decision":{}}', inputs, None) == Since("", "")
    monkeypatch.setattr(since_module, "LARGEST", 10)
    assert now(sample) == Since("", "")


def test_the_page_says_it_beside_the_record_and_on_the_record(sample: Any, client_for: Any) -> None:
    client = client_for(sample.manager)
    CHANGES["scores"]()
    for page in (client.get(url(sample)), client.get(url(sample, "record", number=1))):
        assert "Out of date: scores changed since" in text(page)
    Selection.objects.update(assumptions={})
    assert "Out of date: scores and assumptions changed since" in text(
        client.get(url(sample, "record", number=1))
    )


def test_a_banner_names_who_joined_and_left_and_what_nobody_prices(sample: Any, client_for: Any) -> None:
    client = client_for(sample.manager)
    assert "basket-news" not in client.get(url(sample)).content.decode()
    answer_like("D11", "D15")
    answer_like("D07", "D02")
    words = text(client.get(url(sample)))
    assert f"Since record 1: {task_name('D11')} joined the basket; {task_name('D07')} left it." in words
    assert f"No bid prices {task_name('D11')}: the work stays in-house in every bid." in words
    assert "Out of date: basket changed since" in words
    BidLine.objects.filter(legal_task__code="D08").delete()
    answer_like("D07", "D15")
    words = text(client.get(url(sample)))
    assert f"No bid prices {task_name('D08')} and {task_name('D11')}" in words
    assert f"{task_name('D07')} left" not in words


def test_old_records_cost_no_query_more(sample: Any, client_for: Any) -> None:
    client = client_for(sample.manager)
    for number in range(3):
        services.keep_ranking(
            selection=sample.selection,
            weights={"COST": 31.0 + number},
            reason="Try",
            actor=sample.procurement,
        )
    fresh = _queries(client, url(sample))
    answer_like("D11", "D15")
    assert _queries(client, url(sample)) == fresh


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_many_tasks_are_named_up_to_six() -> None:
    tasks = [{"code": f"D{n:02}", "name": "Work"} for n in range(1, 10)]
    codes = {task["code"] for task in tasks}
    assert named(codes, tasks) == "D01 Work, D02 Work, D03 Work, D04 Work, D05 Work and 4 more"
    assert named(["D02", "D01"], tasks) == "D01 Work and D02 Work"
    assert named(["X1"], tasks) == "X1"
