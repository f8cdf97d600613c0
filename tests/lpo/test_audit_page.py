"""The audit trail page: what it shows to whom, its filters, its pages, its files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import services as task_services
from assessments.models import GateClosure, LegalTask, TaskAssessment
from lpo.trail import files, queries, words
from providers import services as provider_services
from providers.models import Provider
from selections.models import Bid, RankingRecord, Score
from tests.conftest import Case
from tests.gates import closing

ClientFor = Callable[[User], Client]
MARK = "MARKEDNOTE"
ROLES = ["owner", "counsel", "procurement", "manager"]


def _url(case: Case, page: str = "list", /, **query: Any) -> str:
    return reverse(f"audit:{page}", kwargs={"organisation": case.slug}, query=query or None)


def _page(client: Client, case: Case, **query: Any) -> str:
    answer = client.get(_url(case, **query))
    assert answer.status_code == 200
    return str(answer.content.decode())


def _file(client: Client, case: Case, page: str, /, **query: Any) -> str:
    return b"".join(client.get(_url(case, page, **query))).decode("utf-8-sig")


def _csv(client: Client, case: Case, **query: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_file(client, case, "csv", **query))))


def _task(code: str = "D14") -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task").get(legal_task__code=code)


def _note(case: Case, obj: models.Model, **event: Any) -> AuditEvent:
    return audit.record(**({"actor": case.counsel, "verb": "noted", "obj": obj} | event))


def _bulk(case: Case, number: int, **fields: Any) -> None:
    """Many events, a second apart, the last one now."""
    now = datetime.now(UTC)
    with opened(case.organisation):
        task = _task()
        rows = [
            AuditEvent(
                actor=case.counsel, verb="noted", object_type="assessments.taskassessment",
                object_id=str(task.pk), object_label=f"Number {place}", after={"place": place}, **fields,
            )
            for place in range(number)
        ]  # fmt: skip
        field = AuditEvent._meta.get_field("at")
        field.auto_now_add = False  # type: ignore[attr-defined]
        try:
            for place, row in enumerate(rows):
                row.at = now - timedelta(seconds=number - place)
            AuditEvent.objects.bulk_create(rows)
        finally:
            field.auto_now_add = True  # type: ignore[attr-defined]


def test_a_change_stands_there_in_plain_words(sample: Case, client_for: ClientFor) -> None:
    task = _task()
    task_services.change_task(
        actor=sample.counsel,
        task=task,
        facts={
            "annual_volume": Decimal("1900.50"),
            "practice_of_law": "licensed",
            "name": "Marked <b>task</b>",
        },
        levels={"STD": None},
        why={"practice_of_law": "The bar’s opinion of May"},
    )
    text = _page(client_for(sample.manager), sample, kind="assessments.taskassessment", object=task.pk)
    assert "Volume a year" in text
    assert "1,900.5" in text
    assert "Licensed lawyer only" in text
    assert "The bar’s opinion of May" in text
    assert "Repeatability and standardisation (STD)" in text
    assert "Carmen Counsel" in text
    assert "Marked &lt;b&gt;task&lt;/b&gt;" in text
    assert reverse("assessments:task", kwargs={"organisation": sample.slug, "pk": task.pk}) in text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("annual_volume", "1900.50", "1,900.5"),
        ("hours_per_unit", "0.0125", "0.0125"),
        ("founded", 1998, "1998"),
        ("delivery_headcount", 1998, "1,998"),
        ("name", "2026", "2026"),
        ("staffing_mix", {"senior_counsel": 0.125}, "senior counsel 12.5%"),
        ("has_privilege_line", True, "Yes"),
        ("valid_until_on", "2026-11-02", "2 Nov 2026"),
        ("joined_at", "2026-11-02T14:30:00Z", "2 Nov 2026, 14:30 UTC"),
        ("flags", ["phi"], "Health information"),
        ("role", "owner", "Owner"),
        ("value", None, "—"),
        ("value", -3.5, "−3.5"),
    ],
)
def test_values_in_words(name: str, value: Any, shown: str) -> None:
    event = AuditEvent(verb="x", before={name: "other"}, after={name: value})
    assert words.changes(event)[0].after == shown


def test_weights_have_one_decimal_on_the_page_and_all_of_them_in_a_file(
    sample: Case, client_for: ClientFor
) -> None:
    weight = {"QUAL": 25.714285714285715, "COMM": 15.0}
    event = _note(
        sample, sample.selection, verb="adopted weights", before={"QUAL": 30.0, "COMM": None}, after=weight
    )
    shown = {change.field: (change.before, change.after) for change in words.changes(event)}
    assert shown == {"Quality (QUAL)": ("30", "25.7"), "Communication (COMM)": ("—", "15")}
    exact = {change.field: change.after for change in words.changes(event, for_a_file=True)}
    assert exact["Quality (QUAL)"] == "25.714285714285715"
    assert ">25.7</span>" in _page(client_for(sample.owner), sample)


def test_every_kind_leads_to_its_page(sample: Case, client_for: ClientFor) -> None:
    task, record = _task(), RankingRecord.objects.get()
    for obj in (
        task, LegalTask.objects.get(code="D14"), Provider.objects.get(code="V1"), record.reports.get(),
        record,
        Bid.objects.get(provider__code="V1"), Score.objects.first(), sample.selection, sample.assessment,
    ):  # fmt: skip
        assert obj is not None
        _note(sample, obj)
    client = client_for(sample.owner)
    page = client.get(_url(sample, verb="noted")).context["page"]
    urls = {line.url for line in page.lines}
    assert len(page.lines) == 9
    assert "" not in urls
    assert {client.get(url).status_code for url in urls} == {200}


def test_a_gone_object_and_one_from_elsewhere_have_no_link(
    sample: Case, twin: Case, client_for: ClientFor
) -> None:
    with opened(twin.organisation):
        foreign = Provider.objects.get(code="V1")
    for key in (str(foreign.pk), "gone-1", "9" * 40):
        AuditEvent.objects.create(
            verb="noted", object_type="providers.provider", object_id=key, object_label="Strange"
        )
    page = client_for(sample.owner).get(_url(sample, verb="noted")).context["page"]
    assert [line.url for line in page.lines] == ["", "", ""]


# Counsel notes --------------------------------------------------------------------------------------------


def _fill_notes(case: Case) -> None:
    """Every way in which a counsel note gets into the database, once each and changed again."""
    task = _task("D17")
    for text in (f"{MARK} one", f"{MARK} two"):
        task_services.change_task(
            actor=case.counsel, task=task, facts={"counsel_note": text, "note": text[-3:]}
        )
    gated = TaskAssessment.objects.filter(open_conditions__gt=0).first()
    assert gated is not None
    gate = next(iter(gated.result["gates"]))["code"]
    rules = {rule["code"]: rule for rule in gated.assessment.factor_set.content["gates"]}
    condition = rules[gate]["conditions"][0]
    task_services.close_condition(
        actor=case.counsel,
        task=gated,
        gate=gate,
        condition=condition,
        closing=closing("Memo", counsel_note=MARK),
    )
    assert GateClosure.objects.get(counsel_note=MARK)
    task_services.reopen_condition(
        actor=case.counsel, task=gated, gate=gate, condition=condition, reason="Withdrawn"
    )
    task_services.remove_task(actor=case.counsel, task=_unpriced(case))


def _unpriced(case: Case) -> TaskAssessment:
    """A task with a note that no bid names, to be removed."""
    task = task_services.add_task(actor=case.counsel, assessment=case.assessment, name="To be removed")
    return task_services.change_task(actor=case.counsel, task=task, facts={"counsel_note": MARK})


def test_no_service_writes_a_counsel_note_into_an_open_event(sample: Case) -> None:
    _fill_notes(sample)
    holding = [event for event in AuditEvent.objects.all() if MARK in json.dumps([event.before, event.after])]
    assert len(holding) >= 4
    assert all(event.is_counsel_only for event in holding)
    assert not any(MARK in event.object_label for event in AuditEvent.objects.all())


@pytest.mark.parametrize("role", ROLES)
def test_counsel_notes_reach_only_those_who_may_read_them(
    sample: Case, client_for: ClientFor, role: str
) -> None:
    _fill_notes(sample)
    client = client_for(getattr(sample, role))
    may = role in {"owner", "counsel"}
    seen = [_page(client, sample), _page(client, sample, name="D17"), _page(client, sample, verb="noted")]
    seen += [_file(client, sample, "csv"), _file(client, sample, "jsonl")]
    assert any(MARK in text for text in seen) is may
    # Not counted, not offered as a filter, not reachable by one, not even as a place to go on from.
    hidden = AuditEvent.objects.filter(is_counsel_only=True)
    offered = queries.offered(may_see_notes=may)
    assert ("changed counsel note" in dict(offered.verbs)) is may
    page = client.get(_url(sample, verb="changed counsel note")).context["page"]
    assert page.count == (hidden.count() if may else 0)
    total = client.get(_url(sample)).context["page"].count
    assert total == AuditEvent.objects.count() - (0 if may else hidden.count())
    newest = hidden[0]
    after = client.get(_url(sample, before=newest.pk)).context["page"]
    assert (after.later is not None) is may
    assert len(_csv(client, sample, verb="changed counsel note")) == (page.count and _fields(hidden))


def _fields(events: models.QuerySet[AuditEvent]) -> int:
    return sum(len(words.changes(event)) or 1 for event in events)


# Filters --------------------------------------------------------------------------------------------------


def test_each_filter_narrows_page_and_file_alike(sample: Case, client_for: ClientFor) -> None:
    provider = Provider.objects.get(code="V1")
    provider_services.edit_provider(actor=sample.procurement, provider=provider, name="Ashgrove, renamed")
    client = client_for(sample.manager)
    for query, expected in (
        ({"person": sample.procurement.pk}, {"actor": sample.procurement}),
        ({"person": "system"}, {"actor": None}),
        ({"kind": "reports.report"}, {"object_type": "reports.report"}),
        ({"kind": "providers.provider", "object": provider.pk}, {"object_id": str(provider.pk)}),
        ({"verb": "kept ranking"}, {"verb": "kept ranking"}),
        ({"name": "ASHGROVE, ren"}, {"object_label__icontains": "Ashgrove, ren"}),
        (
            {"person": sample.procurement.pk, "verb": "changed provider", "name": "renamed"},
            {"verb": "changed provider"},
        ),
    ):
        wanted = AuditEvent.objects.filter(is_counsel_only=False, **expected)
        if "object" in query:
            wanted = wanted.filter(object_type="providers.provider")
        page = client.get(_url(sample, **query)).context["page"]
        assert [line.event.pk for line in page.lines] == [event.pk for event in wanted] != [], query
        assert page.count == wanted.count()
        assert len(_file(client, sample, "jsonl", **query).splitlines()) == page.count
        assert len(_csv(client, sample, **query)) == _fields(wanted)


def test_days_are_those_of_the_organisation(sample: Case, client_for: ClientFor) -> None:
    """In New York the 1st of November 2026 begins at 04:00 UTC and has 25 hours."""
    sample.organisation.time_zone = "America/New_York"
    sample.organisation.save()
    moments = ["2026-11-01T03:59:59+00:00", "2026-11-01T04:00:00+00:00", "2026-11-02T04:59:59+00:00",
               "2026-11-02T05:00:00+00:00"]  # fmt: skip
    field: Any = AuditEvent._meta.get_field("at")
    field.auto_now_add = False
    try:
        for moment in moments:
            AuditEvent.objects.create(
                verb="noted", object_type="x.y", object_id="1", object_label=moment,
                at=datetime.fromisoformat(moment),
            )  # fmt: skip
    finally:
        field.auto_now_add = True
    client = client_for(sample.manager)
    page = client.get(_url(sample, since="2026-11-01", until="2026-11-01")).context["page"]
    assert [line.event.object_label for line in page.lines] == [moments[2], moments[1]]
    assert "2026-11-01T23:59:59.000-05:00" in _file(
        client, sample, "csv", since="2026-11-01", until="2026-11-01"
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "yesterday"}, "Enter a date like 2026-11-23."),
        ({"until": "9999-12-31"}, "Enter a year from 1900 to 9998."),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "The last day lies before the first."),
        ({"name": "x" * 81}, "at most 80"),
    ],
)
def test_unreadable_filters_are_said_and_kept(
    sample: Case, client_for: ClientFor, query: dict[str, str], sentence: str
) -> None:
    client = client_for(sample.manager)
    answer = client.get(_url(sample, **query))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert next(iter(query.values()))[:80] in answer.content.decode()
    assert client.get(_url(sample, "csv", **query)).status_code == 404


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "²", "0"])
def test_a_place_that_does_not_exist_is_the_newest_page(
    sample: Case, client_for: ClientFor, before: str
) -> None:
    page = client_for(sample.manager).get(_url(sample, before=before)).context["page"]
    assert page.later is None
    assert page.lines


# Pages ----------------------------------------------------------------------------------------------------


def _walk(client: Client, case: Case, direction: str, **query: Any) -> list[list[int]]:
    pages, url = [], _url(case, **query)
    while True:
        page = client.get(url).context["page"]
        pages.append([line.event.pk for line in page.lines])
        key = page.earlier if direction == "before" else page.later
        if key is None:
            return pages
        url = _url(case, **query, **{direction: key})


def test_pages_follow_each_other_without_gaps_both_ways(sample: Case, client_for: ClientFor) -> None:
    _bulk(sample, 125)
    client = client_for(sample.manager)
    pages = _walk(client, sample, "before", verb="noted")
    every = list(AuditEvent.objects.filter(verb="noted").values_list("pk", flat=True))
    assert [len(page) for page in pages] == [50, 50, 25]
    assert list(chain(*pages)) == every
    # An event that happens meanwhile does not move the others.
    _note(sample, _task())
    last = pages[-1]
    back = client.get(_url(sample, verb="noted", after=last[0])).context["page"]
    assert [line.event.pk for line in back.lines] == pages[1]
    first = client.get(_url(sample, verb="noted", after=back.later)).context["page"]
    assert first.later is not None  # the new one
    assert [line.event.pk for line in first.lines] == pages[0]


def test_a_search_looks_through_a_window_and_goes_on(
    sample: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bulk(sample, 100)
    monkeypatch.setattr(queries, "WINDOW", 40)
    client = client_for(sample.manager)
    answer = client.get(_url(sample, verb="noted", name="Number 7"))
    page = answer.context["page"]
    assert page.stopped
    assert "Look through earlier events" in answer.content.decode()
    pages = _walk(client, sample, "before", verb="noted", name="Number 7")
    assert len(list(chain(*pages))) == 11  # 7 and 70 to 79
    assert len(_csv(client, sample, verb="noted", name="Number 7")) == 11


def test_the_number_of_queries_does_not_grow(sample: Case, client_for: ClientFor) -> None:
    client = client_for(sample.counsel)
    counts = []
    for more in (0, 60):
        _bulk(sample, more)
        with CaptureQueriesContext(connection) as seen:
            _page(client, sample, kind="assessments.taskassessment")
        counts.append(len(seen))
    _note(sample, _task())
    with CaptureQueriesContext(connection) as seen:
        _page(client, sample)
    assert counts[1] <= counts[0] + 1  # the first of a kind asks for its addresses
    assert len(seen) < 35


def test_more_than_a_thousand_are_not_counted(sample: Case, client_for: ClientFor) -> None:
    _bulk(sample, 1_001)
    assert "More than 1,000 events" in _page(client_for(sample.manager), sample)


# Files ----------------------------------------------------------------------------------------------------


def test_cells_never_become_formulas(sample: Case, client_for: ClientFor) -> None:
    _note(sample, _task(), label="=1+1", before={"name": "+x"}, after={"name": "@y", "price": "-3.50"})
    (name, price) = _csv(client_for(sample.manager), sample, verb="noted")
    assert (name["object"], name["before"], name["after"]) == ("'=1+1", "'+x", "'@y")
    assert price["after"] == "-3.50"


def test_a_file_that_is_cut_says_so(
    sample: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bulk(sample, 5)
    monkeypatch.setattr(files, "EXPORT_LIMIT", 3)
    client = client_for(sample.manager)
    rows = _csv(client, sample, verb="noted")
    assert [row["object"] for row in rows[:3]] == ["Number 4", "Number 3", "Number 2"]
    assert rows[3]["time"].startswith("Cut after")
    assert len(rows) == 4
    lines = _file(client, sample, "jsonl", verb="noted").splitlines()
    assert "cut" in json.loads(lines[-1])
    assert len(lines) == 4


def test_json_lines_hold_what_is_stored(sample: Case, client_for: ClientFor) -> None:
    event = _note(sample, _task(), before={"a": [1, None]}, after={"a": {"b": "ü"}})
    (line,) = _file(client_for(sample.manager), sample, "jsonl", verb="noted").splitlines()
    row = json.loads(line)
    assert (row["before"], row["after"]) == ({"a": [1, None]}, {"a": {"b": "ü"}})
    assert datetime.fromisoformat(row["at"]) == event.at
    assert row["email"] == sample.counsel.email


@pytest.mark.parametrize("page", ["assessments:task", "providers:history"])
def test_histories_lead_to_the_whole_trail(sample: Case, client_for: ClientFor, page: str) -> None:
    row = _task() if page == "assessments:task" else Provider.objects.get(code="V1")
    url = reverse(page, kwargs={"organisation": sample.slug, "pk": row.pk})
    text = client_for(sample.manager).get(url).content.decode()
    assert _url(sample, kind=row._meta.label_lower, object=row.pk).replace("&", "&amp;") in text
