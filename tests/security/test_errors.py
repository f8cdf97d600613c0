"""What an error shows: our look and a sentence, never a detail, also when the database is away."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tenancy import opened
from assessments.models import TaskAssessment
from lpo.logs import JsonLines, PlainLines
from tests.conftest import Case

ClientFor = Callable[[User], Client]
INVITATION = reverse("join_link", args=["q1w2e3r4t5y6u7i8o9p0"])
PASSWORD_LINK = reverse(
    "account_reset_password_from_key",
    kwargs={"uidb36": "1a", "key": "c8k3xy-0a1b2c3d4e5f60718293a4b5c6d7e8f9"},
)
HTMX = {"HX-Request": "true"}
SECRETS = ("hunter2-hunter2", "COUNSELNOTE privileged", "a-secret-of-the-database")


@pytest.fixture
def client(sample_closed: Case, client_for: ClientFor) -> Client:
    """The owner; errors of ours become answers."""
    client = client_for(sample_closed.owner)
    client.raise_request_exception = False
    return client


def _case(case: Case) -> str:
    return reverse("case", args=[case.slug])


def _break(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def broken(**_: object) -> None:
        raise fault

    monkeypatch.setattr("lpo.queries.case_page", broken)


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError(SECRETS[2]),
        IntegrityError(f"DETAIL: Key (name)=({SECRETS[2]})"),
        OperationalError(f"could not connect to {SECRETS[2]}"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_is_told_without_details(
    sample_closed: Case, client: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    is_away = isinstance(fault, OperationalError)
    _break(monkeypatch, fault)
    page = client.get(_case(sample_closed))
    piece = client.get(_case(sample_closed), headers=HTMX)
    assert page.status_code == piece.status_code == (503 if is_away else 500)
    words = "The database does not answer" if is_away else "Something went wrong on our side"
    assert f"<h1>{words}</h1>" in page.content.decode()
    assert piece["Content-Type"].startswith("text/plain")
    for answer in (page, piece):
        assert answer.has_header("Retry-After") is is_away
        for detail in (SECRETS[2], "Traceback", "RuntimeError", "Error at", "/lpo/", "site-packages"):
            assert detail not in answer.content.decode()


def test_the_page_of_a_fault_asks_the_database_for_nothing(
    sample_closed: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All queries of the request come before the view fails; the error page adds none."""
    counts: list[int] = []

    def broken(**_: object) -> None:
        counts.append(len(connection.queries_log))
        raise RuntimeError

    monkeypatch.setattr("lpo.queries.case_page", broken)
    with CaptureQueriesContext(connection) as asked:
        first = len(connection.queries_log)
        assert client.get(_case(sample_closed)).status_code == 500
    assert len(asked) == counts[0] - first > 0


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nothing/", "/o/calder-ridge/"])
def test_without_a_database_every_page_says_so(
    sample_closed: Case, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def away(*_: object, **__: object) -> Any:
        raise OperationalError(SECRETS[2])

    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", away)
        answer = client.get(path)
    assert answer.status_code == 503
    assert b"The database does not answer" in answer.content
    assert SECRETS[2] not in answer.content.decode()


def test_when_even_the_template_fails_there_is_a_sentence(
    sample_closed: Case, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _break(monkeypatch, RuntimeError(SECRETS[2]))

    def no_template(*_: object, **__: object) -> None:
        raise OSError("no such file")

    monkeypatch.setattr(engines["django"], "get_template", no_template)
    answer = client.get(_case(sample_closed))
    assert answer.status_code == 500
    assert answer.content.decode().startswith("Something went wrong on our side.")
    assert answer["Content-Type"].startswith("text/plain")


def test_a_form_without_its_token_is_told_what_to_do(sample_closed: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sample_closed.owner)
    answer = client.post(reverse("providers:add", args=[sample_closed.slug]), {"name": "X"})
    assert answer.status_code == 403
    assert b"This page is too old to send" in answer.content
    assert b"CSRF" not in answer.content
    assert b"Origin" not in answer.content


def test_a_refused_role_is_said_once(sample_closed: Case, client_for: ClientFor) -> None:
    answer = client_for(sample_closed.manager).get(reverse("providers:add", args=[sample_closed.slug]))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert page[page.index("<main") :].count("Your role may not do this") == 1


def test_a_refused_role_is_a_sentence_for_htmx(sample_closed: Case, client_for: ClientFor) -> None:
    url = reverse("providers:add", args=[sample_closed.slug])
    answer = client_for(sample_closed.manager).post(url, {"name": "X"}, headers=HTMX)
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().startswith("Your role may not do this.")


def test_logs_of_a_failing_form_hold_nothing_that_was_typed(
    sample_closed: Case, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**typed: object) -> None:
        raise RuntimeError("the service failed")

    monkeypatch.setattr("assessments.services.change_task", broken)
    monkeypatch.setattr("accounts.backends.EmailBackend.authenticate", broken)
    with caplog.at_level(logging.DEBUG):
        task = reverse(
            "assessments:save", kwargs={"organisation": sample_closed.slug, "pk": _task(sample_closed)}
        )
        assert client.post(task, {"counsel_note": SECRETS[1], "name": SECRETS[1]}).status_code in {302, 500}
        stranger = Client(raise_request_exception=False)
        sent = {"login": "owner@calderridge.example", "password": SECRETS[0]}
        assert stranger.post("/accounts/login/", sent).status_code == 500
    lines = "\n".join(_formatted(record) for record in caplog.records)
    assert "the service failed" in lines
    for secret in SECRETS:
        assert secret not in lines


def _task(case: Case) -> int:
    with opened(case.organisation):
        return TaskAssessment.objects.order_by("pk").values_list("pk", flat=True)[0]


def _formatted(record: logging.LogRecord) -> str:
    """As a terminal and as a collector of logs get it."""
    return "\n".join(form.format(record) for form in (PlainLines(), JsonLines()))


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"Not Found: {INVITATION}", "q1w2e3r4t5y6u7i8o9p0"),
        (f"Not Found: {PASSWORD_LINK}", "0a1b2c3d4e5f"),
        ("GET /accounts/company/back/?code=abc.def&state=ghi", "abc.def"),
        ("could not connect to postgres://lpo:pa55word@db/lpo", "pa55word"),
        ("DETAIL:  Key (name)=(Privileged matter) already exists.", "Privileged matter"),
        ("DETAIL:  Failing row contains (1, 2, Privileged matter, null).", "Privileged matter"),
    ],
)
def test_a_line_hides_what_opens_doors(line: str, secret: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, line, None, None)
    assert secret not in _formatted(record)
