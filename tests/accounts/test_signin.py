"""Signing in: who may, where the published password is refused, and what closes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.backends import sample_signins_allowed
from accounts.models import User
from tests.conftest import Case

SIGN_IN = "/accounts/login/"


def _sign_in(email: str, password: str = "sample-only") -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": email, "password": password})
    return client


def test_a_member_signs_in_and_lands_on_the_case(sample_closed: Case) -> None:
    client = _sign_in("Counsel@CalderRidge.example")
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("case", args=[sample_closed.slug])


def test_a_wrong_password_says_so_and_keeps_the_address(sample_closed: Case) -> None:
    answer = Client().post(SIGN_IN, {"login": "counsel@calderridge.example", "password": "wrong"})
    assert answer.status_code == 200
    assert b"counsel@calderridge.example" in answer.content
    assert b"are not correct" in answer.content


@pytest.mark.parametrize("listens_on", ["0.0.0.0", "10.1.2.3", "127.0.0.1,0.0.0.0", "unix", ""])
def test_the_published_password_works_on_loopback_only(
    sample_closed: Case, monkeypatch: pytest.MonkeyPatch, listens_on: str
) -> None:
    client = _sign_in("counsel@calderridge.example")
    monkeypatch.setenv("LPO_LISTENS_ON", listens_on)
    assert not sample_signins_allowed()
    # Neither a new sign-in nor a session from before gets through.
    assert "_auth_user_id" not in _sign_in("counsel@calderridge.example").session
    assert client.get(reverse("case", args=[sample_closed.slug])).status_code == 302


@pytest.mark.parametrize("listens_on", ["127.0.0.1", "::1", "localhost", "127.0.0.1,::1"])
def test_loopback_in_each_spelling_is_allowed(
    sample_closed: Case, monkeypatch: pytest.MonkeyPatch, listens_on: str
) -> None:
    monkeypatch.setenv("LPO_LISTENS_ON", listens_on)
    assert sample_signins_allowed()


def test_the_published_password_needs_the_switch(sample_closed: Case, settings: object) -> None:
    settings.SAMPLE_SIGNINS = False  # type: ignore[attr-defined]
    assert "_auth_user_id" not in _sign_in("counsel@calderridge.example").session


def test_a_real_account_signs_in_wherever_the_server_listens(
    sample_closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("real@firm.example", "a long enough password")
    monkeypatch.setenv("LPO_LISTENS_ON", "0.0.0.0")
    client = _sign_in("real@firm.example", "a long enough password")
    assert "_auth_user_id" in client.session
    assert b"not a member" in client.get("/").content


def test_nobody_signs_up(sample_closed: Case) -> None:
    answer = Client().post(
        "/accounts/signup/", {"email": "new@firm.example", "password1": "x" * 20, "password2": "x" * 20}
    )
    assert b"Nobody signs up here" in answer.content
    assert not User.objects.filter(email="new@firm.example").exists()


def test_signing_out_needs_a_post(sample_closed: Case) -> None:
    client = _sign_in("manager@calderridge.example")
    assert b"Sign out" in client.get("/accounts/logout/").content
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_an_inactive_account_is_out_at_the_next_request(sample_closed: Case) -> None:
    client = _sign_in("manager@calderridge.example")
    User.objects.filter(email="manager@calderridge.example").update(is_active=False)
    assert client.get(reverse("case", args=[sample_closed.slug])).status_code == 302


def _failed(email: str, times: int, **meta: str) -> bytes:
    """The last of several answers to a wrong password."""
    answers = [Client().post(SIGN_IN, {"login": email, "password": "wrong"}, **meta) for _ in range(times)]
    return bytes(answers[-1].content)


def test_guessing_is_stopped_after_five_attempts_even_with_the_right_password(sample_closed: Case) -> None:
    assert b"are not correct" in _failed("owner@calderridge.example", 5)
    assert b"Too many failed" in _failed("owner@calderridge.example", 1)
    assert "_auth_user_id" not in _sign_in("owner@calderridge.example").session
    assert "_auth_user_id" in _sign_in("counsel@calderridge.example").session


def test_another_port_in_the_name_of_the_host_does_not_count_anew(sample_closed: Case) -> None:
    for number in range(5):
        _failed("owner@calderridge.example", 1, HTTP_HOST=f"localhost:{number + 1}")
    assert b"Too many failed" in _failed("owner@calderridge.example", 1, HTTP_HOST="localhost:9")


def test_an_invented_forwarding_header_does_not_reset_the_count(sample_closed: Case) -> None:
    for number in range(10):
        _failed(f"nobody{number}@firm.example", 1, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert b"Too many failed" in _failed("one-more@firm.example", 1, HTTP_X_FORWARDED_FOR="10.0.0.99")


def test_behind_a_known_proxy_each_address_is_counted_by_itself(
    sample_closed: Case, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(10):
        _failed(f"nobody{number}@firm.example", 1, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert b"Too many failed" in _failed("one-more@firm.example", 1, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert b"are not correct" in _failed("one-more@firm.example", 1, HTTP_X_FORWARDED_FOR="192.0.2.8")


@pytest.mark.parametrize(
    "target",
    ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "///evil.example"],
)
def test_signing_in_never_leads_to_another_site(sample_closed: Case, target: str) -> None:
    sent = {"login": "owner@calderridge.example", "password": "sample-only", "next": target}
    answer = Client().post(SIGN_IN, sent)
    assert answer.status_code == 302
    assert answer["Location"] == "/"


@pytest.mark.parametrize("key", ["", "abc", '"abc\\000defghijklmnopqrstuvwx"', "\u00e9" * 32, "A" * 32])
def test_a_session_that_cannot_be_ours_is_nobody(sample_closed: Case, settings: Settings, key: str) -> None:
    client = Client(HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={key}")
    assert client.get(reverse("case", args=[sample_closed.slug])).status_code == 302
