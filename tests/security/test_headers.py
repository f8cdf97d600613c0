"""Headers on every kind of answer: pages, pieces, files, errors, redirects, assets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.tenancy import opened
from lpo.headers import headers_alone
from tests.conftest import Case
from tests.lpo.test_wall import _undone
from tests.lpo.wall_table import ROWS
from tests.security.rows import read_whole

ClientFor = Callable[[User], Client]

EVERYWHERE = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "json": "application/json",
    "pdf": "application/pdf",
}
_NAMED = re.compile(r'attachment; filename="([\w-]+\.(\w+))"', re.ASCII)


def _url(name: str, case: Case) -> str:
    with opened(case.organisation):
        return reverse(name, kwargs={"organisation": case.slug, **ROWS[name].ids(case)})


def _is_safe(answer: Any) -> None:
    for name, value in EVERYWHERE.items():
        assert answer[name] == value, name
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert [part for part in POLICY if part not in policy] == []
    assert "unsafe" not in policy
    assert "*" not in policy


def _is_private(answer: Any) -> None:
    assert set(answer["Cache-Control"].split(", ")) >= {"no-store", "private"}


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if row.get))
def test_pages_pieces_and_files_carry_them_and_are_never_stored(
    sample_closed: Case, client_for: ClientFor, name: str
) -> None:
    client, url = client_for(sample_closed.owner), _url(name, sample_closed)
    for headers in ({}, {"HX-Request": "true"}):
        answer = read_whole(client.get(url, headers=headers))
        _is_safe(answer)
        _is_private(answer)


def test_refusals_redirects_and_the_sign_in_carry_them(sample_closed: Case, client_for: ClientFor) -> None:
    manager, stranger = client_for(sample_closed.manager), Client()
    answers = {
        404: manager.get("/nothing/"),
        403: manager.get(_url("providers:add", sample_closed)),
        302: stranger.get(_url("case", sample_closed)),
        405: manager.put(_url("case", sample_closed)),
        200: stranger.get("/accounts/login/"),
        413: stranger.post("/accounts/login/", {"login": "x" * (6 * 1024 * 1024)}),
        400: stranger.get("/accounts/login/", headers={"Host": "evil.example"}),
    }
    assert {status: answer.status_code for status, answer in answers.items()} == {s: s for s in answers}
    for answer in answers.values():
        _is_safe(answer)
        _is_private(answer)


def test_assets_carry_them_and_may_be_kept(db: None, settings: Any) -> None:
    settings.WHITENOISE_USE_FINDERS = True
    answer = Client().get("/static/css/tokens.css")
    assert answer.status_code == 200
    _is_safe(read_whole(answer))
    assert "no-store" not in answer["Cache-Control"]


def test_a_redirect_to_https_carries_them(db: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/accounts/login/")
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
    _is_safe(answer)


def test_over_https_browsers_are_told_to_stay_there(db: None, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert "max-age=31536000" in Client().get("/accounts/login/", secure=True)["Strict-Transport-Security"]


_FILES = r"\.(csv|jsonl|xlsx)$|/(file|download|record|workbook)/$"


def _files(case: Case) -> Iterator[str]:
    for name, row in ROWS.items():
        with _undone():  # what the ids of one row need is in the way of those of another
            is_file = row.get == 200 and re.search(_FILES, _url(name, case))
        if is_file:
            yield name


def test_every_file_is_saved_under_a_plain_name_with_its_own_kind(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client, seen = client_for(sample_closed.owner), set()
    for name in _files(sample_closed):
        with _undone():
            answer = read_whole(client.get(_url(name, sample_closed)))
        named = _NAMED.fullmatch(answer["Content-Disposition"])
        assert named is not None, (name, answer["Content-Disposition"])
        assert answer["Content-Type"] == KINDS[named[2]], name
        seen.add(name)
    assert seen >= {"assessments:csv", "reports:download", "reports:record", "selections:record_file"}


def test_a_page_is_never_a_file_and_a_file_never_a_page(sample_closed: Case, client_for: ClientFor) -> None:
    """Nothing but the files above comes as anything but HTML; so no typed text is ever sniffed as a page."""
    client, files = client_for(sample_closed.owner), set(_files(sample_closed))
    for name in sorted(name for name, row in ROWS.items() if row.get == 200 and name not in files):
        with _undone():
            answer = read_whole(client.get(_url(name, sample_closed)))
        assert answer["Content-Type"] == "text/html; charset=utf-8", name


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "", "a b"]
)
def test_no_page_is_drawn_for_another_host(db: None, host: str) -> None:
    answer = Client().get("/accounts/login/", headers={"Host": host}, HTTP_X_FORWARDED_HOST="127.0.0.1")
    assert answer.status_code == 400
    assert b"This could not be read" in answer.content


def test_a_forwarded_host_leads_nowhere(sample_closed: Case, client_for: ClientFor) -> None:
    """Links that are shown to be passed on (invitations) are made from the host that was asked."""
    answer = client_for(sample_closed.owner).get(
        _url("case", sample_closed), HTTP_X_FORWARDED_HOST="evil.example", HTTP_FORWARDED="host=evil.example"
    )
    assert answer.status_code == 200
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(b"page", headers={"Content-Length": "4"}),
        StreamingHttpResponse([b"pa", b"ge"], headers={"Content-Length": "4"}),
    ],
)
def test_the_answer_to_head_has_the_length_of_the_page_and_no_body(
    answer: HttpResponse | StreamingHttpResponse,
) -> None:
    answered, ask = headers_alone(lambda _: answer), RequestFactory()
    assert answered(ask.head("/"))["Content-Length"] == "4"
    assert answer.getvalue() == b""


def test_the_answer_to_get_keeps_its_body() -> None:
    answer = HttpResponse(b"page")
    headers_alone(lambda _: answer)(RequestFactory().get("/"))
    assert answer.getvalue() == b"page"
