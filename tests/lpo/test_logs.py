"""What is logged: one JSON line per request and job, tied by an id, and nothing that opens a door."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lpo import logs
from lpo.celery import HEADER, app
from tests.conftest import Case

TOKEN = "q8Zr2mN0xYVw3kTt5LbC7aPdE9fGhJ1u"


class Lines(io.StringIO):
    """What was logged, line by line."""

    def read_all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.read_all() if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Listen with the production format."""
    stream = Lines()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    handler.addFilter(logs.AddFacts())
    root, access, jobs = (logging.getLogger(name) for name in ("", "lpo.access", "lpo.jobs"))
    levels = [(log, log.level) for log in (root, access, jobs)]
    for log in (access, jobs):
        log.setLevel(logging.INFO)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    for log, level in levels:
        log.setLevel(level)


def test_a_request_leaves_one_line(
    lines: Lines, sample_closed: Case, client_for: Callable[..., Client]
) -> None:
    answer = client_for(sample_closed.counsel).get(
        reverse("search", args=[sample_closed.slug]), {"q": "secret words"}
    )
    (line,) = lines.of("lpo.access")
    assert list(line)[:4] == ["time", "level", "logger", "message"]
    assert line["level"] == "INFO"
    assert line["time"].endswith("+00:00")
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["path"] == f"/o/{sample_closed.slug}/search/"
    assert (line["user"], line["organisation"]) == (sample_closed.counsel.pk, sample_closed.slug)
    assert line["duration_ms"] > 0
    assert line["request_id"] == answer["X-Request-ID"]
    text = lines.getvalue()
    assert "secret words" not in text
    assert sample_closed.counsel.email not in text


def test_a_refusal_leaves_one_line_and_a_redirect_too(lines: Lines, db: None) -> None:
    client = Client()
    client.get("/o/nowhere/")
    client.get("/no/such/page/")
    statuses = [line["status"] for line in lines.read_all()]
    assert statuses == [302, 404]
    assert "user" not in lines.read_all()[0]


def test_a_broken_page_brings_its_traceback_with_the_id(
    lines: Lines,
    sample_closed: Case,
    client_for: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("Key (email)=(someone@else.example) already exists")

    monkeypatch.setattr("lpo.queries.case_page", broken)
    client = client_for(sample_closed.owner)
    client.raise_request_exception = False
    answer = client.get(reverse("case", args=[sample_closed.slug]))
    assert answer.status_code == 500
    fault, access = lines.read_all()
    assert (fault["logger"], access["logger"]) == ("django.request", "lpo.access")
    assert access["level"] == "ERROR"
    assert fault["request_id"] == access["request_id"] == answer["X-Request-ID"]
    assert "RuntimeError: Key (email)=(***" in fault["exc_info"]
    assert "someone@else.example" not in lines.getvalue()
    assert fault["organisation"] == sample_closed.slug


@pytest.mark.parametrize("path", ["/healthz", "/static/css/tokens.css"])
def test_health_checks_and_assets_leave_none(lines: Lines, db: None, path: str) -> None:
    assert Client().get(path).status_code in {200, 404}
    assert [line for line in lines.of("lpo.access") if line["status"] == 200] == []


@pytest.mark.parametrize(
    ("sent", "taken_behind"),
    [
        ("abcdef12-3456", {1, 2}),
        ("short", set()),
        ("x" * 65, set()),
        ('aaaaaaaa", "level": "x', set()),
        ("aaaaaaaa\x1b[31m", set()),
    ],
)
def test_the_id_of_a_proxy_is_taken_when_trusted_and_well_formed(
    lines: Lines, db: None, settings: Any, sent: str, taken_behind: set[int]
) -> None:
    for proxies in range(3):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        answer = Client(headers={"X-Request-ID": sent}).get("/accounts/login/")
        assert (answer["X-Request-ID"] == sent) is (proxies in taken_behind)
        assert lines.of("lpo.access")[-1]["request_id"] == answer["X-Request-ID"]
        assert logs.WELL_FORMED.fullmatch(answer["X-Request-ID"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"/join/{TOKEN}/", "/join/***/"),
        ("/join/abc/", "/join/***/"),
        (f"/accounts/password/reset/key/3-{TOKEN}/", "/accounts/password/reset/key/***/"),
        (f"/jion/{TOKEN}/", "/jion/***/"),
        (
            "GET /oidc/callback/?code=abc&state=def HTTP/1.1",
            "GET /oidc/callback/?code=***&state=*** HTTP/1.1",
        ),
        ("redis://:hush@host:6379/0", "redis://:***@host:6379/0"),
        ("postgres://app:hush@db/lpo", "postgres://app:***@db/lpo"),
        ("to jane.o'neill+x@legal.example now", "to jane.o'*** now"),
        ("Key (slug)=(acme) already exists", "Key (slug)=(***) already exists"),
        ("/o/calder-ridge/tasks/14/", "/o/calder-ridge/tasks/14/"),
        ("/o/a-department-with-quite-a-long-name-2026/", "/o/a-department-with-quite-a-long-name-2026/"),
        ("4f2c" * 16, "4f2c" * 16),
    ],
)
def test_what_is_masked_and_what_is_not(text: str, kept: str) -> None:
    assert logs.masked(text) == kept


def test_a_line_stays_json_whatever_is_in_it(lines: Lines) -> None:
    logging.getLogger("any").error('"\\\nsomeone@else.example"\x00 %s', TOKEN, extra={"path": "a\nb@c.de"})
    (line,) = lines.read_all()
    assert line["message"] == '"\\\n***"\x00 ***'
    assert line["path"] == "a\n***"


@app.task(name="tests.say")
def say(fails: bool = False) -> str:
    logging.getLogger("tests.said").warning("said")
    if fails:
        raise ValueError("as asked")
    return logs.request_id()


def test_a_job_carries_the_id_of_its_request(lines: Lines) -> None:
    with logs.told("request-1234", dict):
        assert say.apply_async().result == "request-1234"
    said, done = lines.read_all()
    assert said["request_id"] == done["request_id"] == "request-1234"
    assert (said["job"], done["message"], done["outcome"]) == ("tests.say", "job", "done")
    assert done["job_id"]
    assert logs.request_id() == ""


def test_a_job_that_nobody_asked_for_has_an_id_of_its_own_and_no_line_when_it_went_well(lines: Lines) -> None:
    assert say.apply_async().result
    assert [line["message"] for line in lines.read_all()] == ["said"]
    assert say.apply_async(headers={HEADER: "given-by-hand"}).result == "given-by-hand"


def test_a_failed_job_says_so(lines: Lines) -> None:
    with pytest.raises(ValueError, match="as asked"):
        say.apply_async([True])
    assert [line["outcome"] for line in lines.of("lpo.jobs")] == ["failed"]
    assert logs.request_id() == ""


def test_the_format_follows_the_terminal_and_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert logs.configuration()["handlers"]["stderr"]["formatter"] == "plain"
    assert logs.configuration()["loggers"]["lpo.access"]["level"] == "WARNING"
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert logs.configuration()["handlers"]["stderr"]["formatter"] == "json"
    assert logs.configuration()["loggers"]["lpo.access"]["level"] == "INFO"


def test_the_plain_format_masks_too() -> None:
    record = logging.LogRecord("any", logging.ERROR, "", 1, "to %s", ("someone@else.example",), None)
    assert logs.PlainLines().format(record).endswith("ERROR any to ***")


@pytest.mark.parametrize(
    "piece",
    ["a", "a.", "a@", "Key (", "&code", "?token", "://", "a://b", "A1-", "a://b:c", "/join/a", "%41"],
)
def test_a_long_text_of_a_stranger_is_masked_at_once(piece: str) -> None:
    started = time.perf_counter()
    logs.masked(piece * (60_000 // len(piece)))
    assert time.perf_counter() - started < 0.5
