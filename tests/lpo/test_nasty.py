"""What nobody types by accident, sent to every address: it is refused in words, and never breaks anything.

The addresses, ids and good bodies come from the wall table; the names of further fields are read off the
pages themselves, so that a new field is covered from the day it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from tests.conftest import Case
from tests.lpo.test_wall import WALLED, one_of_each
from tests.lpo.wall_table import ROWS
from tests.security.rows import read_whole

ClientFor = Callable[[User], Client]

LONG_NUMBER = "9" * 40
MARKUP = "'\"><script>alert(1)</script>{{ 7|add:1 }}%s%(x)s\\"
NUL = "nul\x00inside"
FORM = "application/x-www-form-urlencoded"
# Sent in all fields of a form at once, and in the whole query of a page.
NASTY = (
    "",
    LONG_NUMBER,
    "NaN",
    NUL,
    "\ufeff\u202eright to left\u2028\ud7ff\U0010ffff",
    MARKUP,
    "x" * 70_000,
)
# Sent in one field after the other, beside good ones.
NASTY_ALONE = (LONG_NUMBER, MARKUP)
# Where the form of a posted address is drawn, if not at that address itself.
DRAWN_AT = {
    "assessments:save": "assessments:task",
    "assessments:close": "assessments:task",
    "assessments:reopen": "assessments:task",
    "assessments:save_rates": "assessments:rates",
}
# What some page reads from its address.
QUERY_NAMES = re.findall(
    r"\S+",
    "q page sort down show gate country certificate expiry evidence record task place next "
    "w-COST w-COST-01 slide v providers columns",
)
HUGE = (0, 2**63, 10**30)
REFUSED_IN_WORDS = {200, 302, 400, 404, 422}

_NAME = re.compile(r'<(?:input|select|textarea)[^>]*? name="([^"]+)"')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
GETS = sorted(name for name, row in ROWS.items() if row.get)
POSTS = sorted(name for name, row in ROWS.items() if row.body)


@pytest.fixture
def client(sample_closed: Case, client_for: ClientFor) -> Client:
    """The owner, who may do everything; an error of ours becomes an answer that the tests look at."""
    client = client_for(sample_closed.owner)
    client.raise_request_exception = False
    return client


def _url(name: str, case: Case, **changed: Any) -> str:
    return reverse(name, kwargs={"organisation": case.slug, **_ids(name, case), **changed})


def _ids(name: str, case: Case) -> dict[str, Any]:
    with opened(case.organisation):
        return ROWS[name].ids(case)


def _body(name: str, case: Case) -> dict[str, Any]:
    with opened(case.organisation):
        return (ROWS[name].body or dict)(case)


def _fields(name: str, case: Case, client: Client) -> list[str]:
    """The fields of a form: those of the good body and those that are drawn, one of each family of fields."""
    drawn_at = DRAWN_AT.get(name, name)
    drawn: list[str] = []
    if ROWS[drawn_at].get == 200:
        page = client.get(_url(drawn_at, case)).content.decode()
        if drawn_at != name:  # a page of many forms: those that go to this address
            page = "".join(form for form in _FORM.findall(page) if f'"{_url(name, case)}' in form)
            assert page, name
        drawn = _NAME.findall(page)
    wanted = [field for field in (*_body(name, case), *drawn) if field not in {"csrfmiddlewaretoken", "q"}]
    return one_of_each(set(wanted))


def _status(answer: Any) -> int:
    read_whole(answer)
    return int(answer.status_code)


def _bad_posts(name: str, case: Case, client: Client) -> Iterator[tuple[str, str, int]]:
    url, good, fields = _url(name, case), _body(name, case), _fields(name, case, client)
    for value in NASTY if fields else ("",):
        yield "all fields", value, _status(client.post(url, dict.fromkeys(fields, value)))
    for field in fields:
        for value in NASTY_ALONE:
            yield field, value, _status(client.post(url, {**good, field: value}))


@pytest.mark.parametrize("name", POSTS)
def test_no_form_breaks_over_what_is_typed(sample_closed: Case, client: Client, name: str) -> None:
    broken = [
        (field, value[:40], status)
        for field, value, status in _bad_posts(name, sample_closed, client)
        if status not in REFUSED_IN_WORDS
    ]
    assert broken == []


@pytest.mark.parametrize("name", GETS)
def test_no_page_breaks_over_its_query(sample_closed: Case, client: Client, name: str) -> None:
    url = _url(name, sample_closed)
    asked = {value: client.get(url, dict.fromkeys(QUERY_NAMES, value)) for value in (LONG_NUMBER, MARKUP)}
    assert {value: _status(answer) for value, answer in asked.items()}.items() <= {
        (value, status) for value in asked for status in REFUSED_IN_WORDS
    }


@pytest.mark.parametrize("name", sorted(ROWS))
def test_ids_that_cannot_be_are_not_found(sample_closed: Case, client: Client, name: str) -> None:
    method = client.get if ROWS[name].get else client.post
    for key, value in _ids(name, sample_closed).items():
        wrong = HUGE if isinstance(value, int) else ("NOT-THERE", "x" * 3_000)
        for one in wrong:
            assert method(_url(name, sample_closed, **{key: one})).status_code == 404, (key, str(one)[:20])


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_address_takes_only_its_methods(sample_closed: Case, client: Client, name: str) -> None:
    row, url = ROWS[name], _url(name, sample_closed)
    refused = ["put", "patch", "delete", "options"]
    refused += [] if row.get else ["get", "head"]
    refused += [] if row.body else ["post"]
    if name == "assessments:rates":  # its form posts to an address of its own
        assert ROWS["assessments:save_rates"].body is not None
    assert {method: getattr(client, method)(url).status_code for method in refused} == dict.fromkeys(
        refused, 405
    )


@pytest.mark.parametrize("name", POSTS)
def test_no_form_is_taken_without_its_token(sample_closed: Case, name: str) -> None:
    """Neither from another site nor with the headers of htmx."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(sample_closed.owner)
    url, body = _url(name, sample_closed), _body(name, sample_closed)
    with opened(sample_closed.organisation):
        before = AuditEvent.objects.count()
    assert client.post(url, body).status_code == 403
    assert client.post(url, body, headers={"HX-Request": "true"}).status_code == 403
    with opened(sample_closed.organisation):
        assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", POSTS)
def test_other_kinds_of_content_change_nothing(sample_closed: Case, client: Client, name: str) -> None:
    url = _url(name, sample_closed)
    for content, kind in (
        (b'{"name": 1}', "application/json"),
        (b"\xff\xfe=\x80&%C3%28=%ff", "application/x-www-form-urlencoded"),
        (b"name=x", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\nnot a part", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
    ):
        assert _status(client.post(url, content, content_type=kind)) in REFUSED_IN_WORDS, kind


@pytest.mark.parametrize(
    ("body", "kind", "status", "title"),
    [
        ({f"field-{number}": "1" for number in range(5_001)}, None, 413, b"This is too much at once"),
        ({"rows": "x" * (5 * 1024 * 1024)}, FORM, 413, b"This is too much at once"),
        ({"rows": "x" * (5 * 1024 * 1024)}, None, 413, b"This is too much at once"),
        ({"rows": NUL}, None, 400, b"This could not be read"),
    ],
    ids=["5001 fields", "5 MiB and a name", "the same in parts", "NUL"],
)
def test_what_cannot_be_read_is_told_so_in_our_look(  # noqa: PLR0917  (fixtures and parameters)
    sample_closed: Case, client: Client, body: dict[str, str], kind: str | None, status: int, title: bytes
) -> None:
    url = _url("assessments:paste", sample_closed)
    content = "&".join(f"{name}={value}" for name, value in body.items())
    answer = client.post(url, content, content_type=kind) if kind else client.post(url, body)
    assert answer.status_code == status
    assert title in answer.content
    assert b"Nothing was changed" in answer.content


def test_a_nul_in_an_address_is_refused(sample_closed: Case, client: Client) -> None:
    assert client.get(_url("search", sample_closed), {"q": NUL}).status_code == 400
    assert client.get(_url("search", sample_closed), {NUL: "q"}).status_code == 400
    address = _url("selections:why", sample_closed).removesuffix("COST-01/")
    assert client.get(f"{address}a%00b/").status_code == 400


def test_the_tables_name_what_exists() -> None:
    assert set(DRAWN_AT) | set(DRAWN_AT.values()) <= set(WALLED)
