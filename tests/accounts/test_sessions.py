"""Sessions: listed, ended, and never given away."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as real_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Membership, User
from accounts.signin.sessions import browser_in_words, open_sessions
from tests.conftest import Case

SIGN_IN, LIST = "/accounts/login/", "/accounts/sessions/"
PASSWORD = "a long enough password"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.1 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@firm.example", PASSWORD, name="Ada Advocate")


def _signed_in(email: str = "ada@firm.example", **meta: str) -> Client:
    client = Client(**meta)
    client.post(SIGN_IN, {"login": email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def _is_in(client: Client) -> bool:
    return bool(client.get("/accounts/").status_code == 200)


def _pk(client: Client) -> int:
    return int(UserSession.objects.get(session_key=client.session.session_key).pk)


def test_the_list_names_browser_address_and_time(ada: User) -> None:
    _signed_in(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="192.0.2.7")
    page = _signed_in(HTTP_USER_AGENT=SAFARI).get(LIST).content.decode()
    assert "Firefox on Windows" in page
    assert "192.0.2.7" in page
    assert page.count("This browser") == 1
    assert page.index("This browser") < page.index("Firefox on Windows")


def test_the_list_names_the_zone(ada: User, sample_closed: Case) -> None:
    assert re.search(r"since \d+ \w{3} \d{4}, \d\d:\d\d UTC;", _signed_in().get(LIST).content.decode())
    Membership.objects.create(user=ada, organisation=sample_closed.organisation, role="manager")
    page = _signed_in().get(LIST).content.decode()
    assert re.search(r"since \d+ \w{3} \d{4}, \d\d:\d\d (CST|CDT|EST|EDT);", page)
    assert "UTC" not in page


def test_ending_one_is_felt_at_its_next_request(ada: User) -> None:
    here, there, elsewhere = _signed_in(), _signed_in(), _signed_in()
    assert here.post(f"{LIST}{_pk(there)}/end/")["Location"] == LIST
    assert (_is_in(here), _is_in(there), _is_in(elsewhere)) == (True, False, True)
    assert here.get(LIST).content.decode().count("/end/") == 1


def test_ending_all_others_keeps_this_one(ada: User) -> None:
    here, others = _signed_in(), [_signed_in() for _ in range(3)]
    here.post(LIST)
    assert _is_in(here)
    assert not any(_is_in(other) for other in others)
    assert b"End all other sessions" not in here.get(LIST).content


def test_nobody_sees_or_ends_sessions_of_others(ada: User) -> None:
    User.objects.create_user("bob@firm.example", PASSWORD)
    hers, his = _signed_in(HTTP_USER_AGENT=FIREFOX), _signed_in("bob@firm.example")
    assert b"Firefox" not in his.get(LIST).content
    assert his.post(f"{LIST}{_pk(hers)}/end/").status_code == 404
    his.post(LIST)
    assert _is_in(hers)


def test_a_session_ends_by_post_with_a_token_alone(ada: User) -> None:
    here, there = _signed_in(), _signed_in()
    assert here.get(f"{LIST}{_pk(there)}/end/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = here.cookies
    assert strict.post(f"{LIST}{_pk(there)}/end/").status_code == 403
    assert strict.post(LIST).status_code == 403
    assert _is_in(there)
    assert here.post(f"{LIST}999999999999999999999/end/").status_code == 404


def test_signing_out_takes_it_off_the_list(ada: User) -> None:
    here, there = _signed_in(), _signed_in()
    there.post("/accounts/logout/")
    assert len(open_sessions(user=ada, this_key=here.session.session_key)) == 1


def test_sessions_that_stopped_counting_are_not_listed(ada: User) -> None:
    here = _signed_in()
    _signed_in()
    ada.set_password("another long password")
    ada.save()
    assert open_sessions(user=ada, this_key=here.session.session_key) == ()
    assert not _is_in(here)


def test_after_a_change_of_the_servers_key_sessions_made_with_the_former_are_listed(
    ada: User, settings: Settings
) -> None:
    here = _signed_in()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 20, [settings.SECRET_KEY]
    assert len(open_sessions(user=ada, this_key=here.session.session_key)) == 1


def test_the_list_costs_the_same_for_one_and_for_thirty(ada: User) -> None:
    here = _signed_in()
    here.get(LIST)
    counts = []
    for count in (1, 30):
        while UserSession.objects.count() < count:
            _signed_in(REMOTE_ADDR=f"192.0.2.{UserSession.objects.count()}")
        with CaptureQueriesContext(connection) as seen:
            answer: Any = here.get(LIST)
        assert answer.content.count(b"session-when") == count
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Mobile Safari on iOS"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("x" * 5000, "Unknown browser"),
    ],
)
def test_browsers_in_words(sent: str, shown: str) -> None:
    assert browser_in_words(sent) == shown


def test_a_browser_that_says_nothing_or_too_much_still_signs_in(ada: User) -> None:
    for agent in ("", "x" * 5000, "<script>"):
        page = _signed_in(HTTP_USER_AGENT=agent).get(LIST)
        assert page.status_code == 200
        assert b"<script>" not in page.content.replace(b"<script src=", b"")


# What a session is worth ------------------------------------------------------------------------


def test_the_key_changes_at_sign_in_so_that_a_planted_one_is_worth_nothing(ada: User) -> None:
    attacker = Client()
    session = attacker.session
    session["planted"] = "yes"
    session.save()
    victim = Client()
    victim.cookies[real_settings.SESSION_COOKIE_NAME] = session.session_key
    victim.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert _is_in(victim)
    assert victim.session.session_key != session.session_key
    attacker.cookies[real_settings.SESSION_COOKIE_NAME] = session.session_key
    assert not _is_in(attacker)


def test_an_invented_key_is_not_taken_over(ada: User) -> None:
    client = Client()
    client.cookies[real_settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert client.cookies[real_settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_signing_in_as_somebody_else_leaves_nothing_of_the_first(ada: User) -> None:
    User.objects.create_user("bob@firm.example", PASSWORD)
    client = _signed_in()
    session = client.session
    session["of_ada"] = "secret"
    session.save()
    client.post("/accounts/logout/")
    client.post(SIGN_IN, {"login": "bob@firm.example", "password": PASSWORD})
    assert "of_ada" not in client.session


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(ada: User, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True  # what HTTPS=1 sets
    client = Client()
    answer = client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD}, secure=True)
    cookie = answer.cookies[real_settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == ""  # ends with the browser
    assert client.session.get_expiry_age() <= 12 * 60 * 60
    kept = Client()
    kept.post(SIGN_IN, {"login": ada.email, "password": PASSWORD, "remember": "on"})
    assert kept.cookies[real_settings.SESSION_COOKIE_NAME]["max-age"] == 12 * 60 * 60


def test_the_cookies_are_secure_where_the_server_is_https() -> None:
    import os
    import subprocess
    import sys

    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    env = {**os.environ, "HTTPS": "1", "DJANGO_SETTINGS_MODULE": "lpo.settings"}
    out = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["True", "True"]


# The account page -------------------------------------------------------------------------------


def test_the_account_page_says_who_where_and_how(sample_closed: Case) -> None:
    client = Client()
    client.force_login(sample_closed.counsel)
    page = client.get("/accounts/").content.decode()
    assert sample_closed.counsel.email in page
    assert sample_closed.organisation.name in page
    assert "Counsel" in page
    assert "/accounts/" in client.get("/", follow=True).content.decode()


@pytest.mark.parametrize("name", ["Ada <b>L</b>ovelace", "  Ada   ", "ß" * 120, "وكيل", "'; DROP TABLE"])
def test_one_changes_ones_own_name(ada: User, name: str) -> None:
    client = _signed_in()
    assert client.post("/accounts/", {"name": name}).status_code == 302
    ada.refresh_from_db()
    assert ada.name == name.strip()
    assert b"<b>L</b>" not in client.get("/accounts/").content


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_name_that_is_none_or_too_long_is_refused_beside_the_field(ada: User, name: str) -> None:
    answer = _signed_in().post("/accounts/", {"name": name})
    assert answer.status_code == 422
    assert b'id="id_name-error"' in answer.content
    ada.refresh_from_db()
    assert ada.name == "Ada Advocate"


def test_nothing_but_the_name_changes(ada: User) -> None:
    _signed_in().post("/accounts/", {"name": "Ada", "email": "x@y.example", "is_sample": "1", "id": "1"})
    ada.refresh_from_db()
    assert (ada.email, ada.is_sample) == ("ada@firm.example", False)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "sessions/",
        "second-factor/",
        "second-factor/set-up/",
        "password/change/",
        "confirm/",
        "recovery-codes/",
    ],
)
def test_strangers_are_sent_to_the_sign_in(db: None, path: str) -> None:
    assert Client().get(f"/accounts/{path}")["Location"].startswith(SIGN_IN)


def test_the_log_says_who_came_went_and_failed_without_what_was_typed(
    ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="accounts.security"):
        client = _signed_in(REMOTE_ADDR="192.0.2.7")
        client.post("/accounts/logout/")
        for typed in (ada.email, "hunter2-typed-into@the.wrong.field"):
            Client().post(SIGN_IN, {"login": typed, "password": "hunter2"})
    records = [r for r in caplog.records if r.name == "accounts.security"]
    assert [r.getMessage() for r in records] == [
        f"signed in: user={ada.pk} address=192.0.2.7 by=password",
        f"signed out: user={ada.pk} address=192.0.2.7",
        f"sign-in failed: user={ada.pk} address=127.0.0.1",
        "sign-in failed: user=none address=127.0.0.1",
    ]
    assert [r.levelname for r in records] == ["INFO", "INFO", "WARNING", "WARNING"]
    assert records[0].__dict__["user_id"] == ada.pk
