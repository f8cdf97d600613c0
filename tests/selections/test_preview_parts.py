"""What pages do not calculate: pinned by counting calls, since times depend on the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

import records
from accounts.models import User
from accounts.tenancy import opened
from selections import services
from selections.models import Bid
from tests.conftest import Case
from tests.selections.test_comparison import arranged
from tests.selections.test_comparison import row as find_row

TESTS = ("flips", "robustness", "potential_margins", "unknowns", "cross_checks")
CASE = ("suitability", "knock_outs", "read_basket", "basket_case")
DECISION = ("decision_faults",)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count what is asked of the engine, by name."""
    found: Counter[str] = Counter()

    def counted(module: str, name: str) -> None:
        work = getattr(import_module(module), name)

        def count(*args: Any, **more: Any) -> Any:
            found[name] += 1
            return work(*args, **more)

        monkeypatch.setattr(f"{module}.{name}", count)

    for name in (*TESTS, "rank"):
        counted("records.decisions", name)
    for name in CASE:
        counted("records.case", name)
    for name in DECISION:
        counted("engine.problem", name)
    return found


@pytest.fixture
def client(sample_closed: Case, client_for: Callable[[User], Client]) -> Client:
    return client_for(sample_closed.manager)


def _address(case: Case, name: str, **more: Any) -> str:
    kwargs = {"organisation": case.slug, "pk": case.selection.pk, **more}
    return reverse(f"selections:{name}", kwargs=kwargs)


@pytest.mark.parametrize(
    "name", ["comparison", "comparison_csv", "ranking_csv", "bids", "bid", "why"], ids=lambda name: name
)
def test_a_page_that_says_who_is_where_calculates_no_more(
    sample_closed: Case, client: Client, calls: Counter[str], name: str
) -> None:
    with opened(sample_closed.organisation):
        bid_pk = Bid.objects.order_by("pk").values_list("pk", flat=True)[0]
    more = {"bid": {"bid_pk": bid_pk}, "why": {"bid_pk": bid_pk, "code": "total"}}.get(name, {})
    assert client.get(_address(sample_closed, name, **more)).status_code == 200
    assert calls["rank"] == 1
    assert not any(calls[test] for test in TESTS)


def test_the_ranking_page_calculates_everything_once(
    sample_closed: Case, client: Client, calls: Counter[str]
) -> None:
    assert client.get(_address(sample_closed, "ranking")).status_code == 200
    assert {calls[name] for name in (*TESTS, *DECISION, "rank")} == {1}
    assert (calls["read_basket"], calls["basket_case"]) == (1, 8)


def test_a_what_if_ranks_with_the_adopted_weights_too_and_tests_them_not(
    sample_closed: Case, client: Client, calls: Counter[str]
) -> None:
    assert client.get(_address(sample_closed, "ranking") + "?w-COST=40").status_code == 200
    assert calls["rank"] == 2
    assert {calls[test] for test in TESTS} == {1}
    assert (calls["read_basket"], calls["basket_case"]) == (1, 8)


def test_the_page_of_a_record_calculates_nothing(
    sample_closed: Case, client: Client, calls: Counter[str]
) -> None:
    assert client.get(_address(sample_closed, "record", number=1)).status_code == 200
    assert not calls


def test_what_is_asked_for_alone_is_what_the_whole_result_says(sample: Case) -> None:
    preview = services.preview_ranking(selection=sample.selection)
    assert preview.ranked is not None
    assert preview.result is not None
    assert preview.decision is not None
    assert preview.ranked.result.items() <= preview.result.items()
    assert preview.result == records.decide_document(preview.decision)


HOSTILE = """<b>"O'Neil" & co</b>"""
ESCAPED = "&lt;b&gt;&quot;O&#x27;Neil&quot; &amp; co&lt;/b&gt;"


def test_cells_are_escaped(sample: Case) -> None:
    row = find_row(arranged(sample), "K01")
    cells = tuple(replace(cell, shown=HOSTILE, plain=HOSTILE, title=HOSTILE) for cell in row.cells)
    for node in ("", HOSTILE):
        hostile = replace(row, node=node, anchor=HOSTILE, cells=cells)
        page = Template("{% load case_tables %}{% compared_cells row base query bids %}").render(
            Context({"row": hostile, "base": HOSTILE, "query": HOSTILE, "bids": HOSTILE})
        )
        assert ESCAPED in page
        assert "<b>" not in page
        assert "O'Neil" not in page
