"""Limits of size and of pace: plain words, a time to wait, and hardly any cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from lpo import limits
from tests.conftest import Case
from tests.lpo.test_wall import MAP, WALLED
from tests.security.rows import held

ClientFor = Callable[[User], Client]


@pytest.fixture
def limited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits switched on, nothing counted yet, and a clock that stands in the middle of a minute."""
    settings.REQUEST_LIMITS = True
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_015.0)
    caches["near"].clear()
    yield
    caches["near"].clear()


def _use_up(kind: limits.Limit, user: User, left: int = 0) -> None:
    for _ in range(kind.times - left):
        assert limits.seconds_to_wait(kind, user.pk) == 0


def test_every_limited_address_exists_and_every_file_is_limited() -> None:
    assert set(limits.LIMITED) <= set(WALLED)
    files = {
        name for name, (path, _) in MAP.items() if path.endswith((".csv", ".jsonl", "file/", "download/"))
    }
    assert {name for name in files if name in WALLED} <= set(limits.LIMITED)


@pytest.mark.parametrize("name", ["assessments:csv", "providers:csv", "search"])
def test_who_asks_too_often_is_told_how_long_to_wait(
    sample_closed: Case, client_for: ClientFor, limited: None, name: str
) -> None:
    client, url = client_for(sample_closed.manager), reverse(name, args=[sample_closed.slug])
    _use_up(limits.LIMITED[name], sample_closed.manager, left=1)
    assert client.get(url).status_code == 200
    answer = client.get(url)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "45"
    assert b"Wait 45 seconds, then try again" in answer.content
    piece = client.get(url, headers={"HX-Request": "true"})
    assert piece.status_code == 429
    assert piece["Content-Type"].startswith("text/plain")


def test_one_kind_counts_over_all_its_addresses_and_people_count_apart(
    sample_closed: Case, client_for: ClientFor, limited: None
) -> None:
    _use_up(limits.FILES, sample_closed.manager)
    tasks, providers = (
        reverse(name, args=[sample_closed.slug]) for name in ("assessments:csv", "providers:csv")
    )
    client = client_for(sample_closed.manager)
    assert client.get(tasks).status_code == client.get(providers).status_code == 429
    assert client.get(reverse("search", args=[sample_closed.slug])).status_code == 200
    assert client_for(sample_closed.counsel).get(tasks).status_code == 200


def test_the_next_minute_starts_from_nothing(
    sample_closed: Case, limited: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_up(limits.PASTE, sample_closed.counsel)
    assert limits.seconds_to_wait(limits.PASTE, sample_closed.counsel.pk) == 45
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_060.5)
    assert limits.seconds_to_wait(limits.PASTE, sample_closed.counsel.pk) == 0


def test_opening_the_paste_page_is_not_counted_but_reading_a_paste_is(
    sample_closed: Case, client_for: ClientFor, limited: None
) -> None:
    _use_up(limits.PASTE, sample_closed.counsel)
    client, url = client_for(sample_closed.counsel), reverse("assessments:paste", args=[sample_closed.slug])
    assert client.get(url).status_code == 200
    assert client.post(url, {"rows": "Further work\t10\t2", "step": "preview"}).status_code == 429


def test_a_stranger_is_asked_to_sign_in_and_uses_nothing_up(sample_closed: Case, limited: None) -> None:
    url = reverse("assessments:csv", args=[sample_closed.slug])
    assert {Client().get(url).status_code for _ in range(3)} == {302}
    assert not list(caches["near"]._cache)


def test_counting_costs_no_query_and_less_than_a_millisecond(sample_closed: Case, limited: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        started = time.process_time()
        for _ in range(200):
            limits.seconds_to_wait(limits.WHAT_IF, sample_closed.manager.pk)
        spent = time.process_time() - started
    assert len(asked) == 0
    assert spent / 200 < 0.001


@pytest.mark.parametrize("length", ["5242881", "99999999999999999999999", "-1", "1e3", "²"])
def test_a_body_that_announces_too_much_is_refused_unread(sample_closed: Case, length: str) -> None:
    """By anybody, at any address: the stream is not touched."""

    asked: list[object] = []

    class Unread(BytesIO):
        def read(self, *size: Any) -> bytes:
            asked.append(size)
            return super().read(*size)

    sent = {
        "wsgi.input": Unread(b"--x"),
        "CONTENT_LENGTH": length,
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    answer = Client().post("/accounts/login/", **sent)
    assert answer.status_code == 413
    assert b"This is too much at once" in answer.content
    assert asked == []


def test_a_file_in_a_form_is_not_taken(sample_closed: Case, client_for: ClientFor) -> None:
    """No page takes files; one that comes along is ignored."""
    url = reverse("assessments:add", args=[sample_closed.slug])
    sent = {"name": SimpleUploadedFile("x.html", b"<script>alert(1)</script>", "text/html")}
    before = held(sample_closed)
    answer = client_for(sample_closed.counsel).post(url, sent)
    assert b"<script>alert" not in answer.content
    assert held(sample_closed) == before
