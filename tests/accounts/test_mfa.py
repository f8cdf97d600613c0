"""The second factor: set up, asked for, replayed, guessed, lost, required."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.signin.second_factor import BEFORE_SECOND_FACTOR
from tests.accounts.codes import code_of
from tests.conftest import Case
from tests.lpo.test_wall import MAP, OPEN

SIGN_IN, CODE, SET_UP = "/accounts/login/", "/accounts/second-factor/code/", "/accounts/second-factor/set-up/"
RECOVERY, NEW_CODES = "/accounts/recovery-codes/", "/accounts/recovery-codes/new/"
OFF, PROVE = "/accounts/second-factor/switch-off/", "/accounts/second-factor/confirm/"
PASSWORD = "a long enough password"


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@firm.example", PASSWORD, name="Ada Advocate")


def _signed_in() -> Client:
    client = Client()
    client.post(SIGN_IN, {"login": "ada@firm.example", "password": PASSWORD})
    return client


def _set_up(client: Client) -> str:
    """Set it up like a person; give the key."""
    page = client.get(SET_UP).content.decode()
    found = re.search(r'class="secret" id="key">([A-Z2-7]+)<', page)
    assert found is not None, page
    answer = client.post(SET_UP, {"code": code_of(found[1])})
    assert answer.status_code == 302, answer.content
    return found[1]


def _recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", client.get(RECOVERY).content.decode())


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Move the clock by which codes are judged."""
    now = time.time()
    monkeypatch.setattr(totp.time, "time", lambda: now + seconds)


@pytest.fixture
def key(ada: User) -> str:
    """Ada with a second factor, set up on a browser that signed out again."""
    client = _signed_in()
    made = _set_up(client)
    client.post("/accounts/logout/")
    return made


# Set up -----------------------------------------------------------------------------------------


def test_setting_up_shows_a_picture_that_the_policy_allows_and_then_the_recovery_codes(ada: User) -> None:
    client = _signed_in()
    answer = client.get(SET_UP)
    found = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', answer.content.decode())
    assert found is not None
    assert b"<svg" in base64.b64decode(found[1])
    assert "img-src 'self' data:" in answer["Content-Security-Policy"]
    assert "style=" not in answer.content.decode()
    _set_up(client)
    assert len(set(_recovery_codes(client))) == 10
    assert client.get("/accounts/second-factor/").status_code == 200
    assert client.get(SET_UP)["Location"] == OFF


def test_a_wrong_code_keeps_the_same_key_and_saves_nothing(ada: User) -> None:
    client = _signed_in()
    shown = client.get(SET_UP).context["form"].secret
    answer = client.post(SET_UP, {"code": "000000" if code_of(shown) != "000000" else "000001"})
    assert answer.status_code == 422
    assert b"This code is wrong" in answer.content
    assert shown.encode() in answer.content
    assert not Authenticator.objects.exists()


def test_two_setups_at_once_leave_one_factor(ada: User) -> None:
    first, second = _signed_in(), _signed_in()
    a, b = (client.get(SET_UP).context["form"].secret for client in (first, second))
    assert first.post(SET_UP, {"code": code_of(a)}).status_code == 302
    assert second.post(SET_UP, {"code": code_of(b)})["Location"] == OFF
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_secrets_are_encrypted_and_former_keys_still_open_them(
    ada: User, key: str, settings: Settings
) -> None:
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert key not in stored
    assert not any(code in stored for code in codes)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one " * 6, [former]
    client = _signed_in()
    client.post(CODE, {"code": code_of(key)})
    assert _is_in(client)


def test_a_lost_key_of_the_server_is_said_in_words(ada: User, key: str, settings: Settings) -> None:
    settings.SECRET_KEY = "another one " * 6
    client = _signed_in()
    answer = client.post(CODE, {"code": code_of(key)})
    assert answer.status_code == 422
    assert b"can no longer be read" in answer.content
    call_command("remove_second_factor", "ada@firm.example", stdout=StringIO())
    assert _is_in(_signed_in())


# Asked for --------------------------------------------------------------------------------------


def test_the_password_alone_does_not_sign_in(ada: User, key: str) -> None:
    client = _signed_in()
    assert not _is_in(client)
    assert client.get("/")["Location"].startswith(SIGN_IN)
    assert client.get("/accounts/")["Location"].startswith(SIGN_IN)
    before = client.session.session_key
    client.post(CODE, {"code": code_of(key)})
    assert _is_in(client)
    assert client.session.session_key != before


def test_where_somebody_was_going_survives_the_code(ada: User, key: str) -> None:
    client = Client()
    client.post(SIGN_IN, {"login": ada.email, "password": PASSWORD, "next": "/o/x/tasks/"})
    assert client.post(CODE, {"code": code_of(key)})["Location"] == "/o/x/tasks/"


def test_the_page_of_the_code_is_nothing_without_the_password(ada: User, key: str) -> None:
    assert Client().get(CODE)["Location"] == SIGN_IN
    assert Client().post(CODE, {"code": code_of(key)})["Location"] == SIGN_IN


def test_giving_up_leads_back_to_the_sign_in(ada: User, key: str) -> None:
    client = _signed_in()
    client.post("/accounts/logout/")
    assert client.post(CODE, {"code": code_of(key)})["Location"] == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_off_does_not_matter(ada: User, key: str, steps: int) -> None:
    client = _signed_in()
    client.post(CODE, {"code": code_of(key, steps=steps)})
    assert _is_in(client)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_codes_further_away_are_refused(ada: User, key: str, steps: int) -> None:
    client = _signed_in()
    assert client.post(CODE, {"code": code_of(key, steps=steps)}).status_code == 422
    assert not _is_in(client)


@pytest.mark.parametrize("seconds", [0, 31, 59])
def test_a_code_counts_once_for_as_long_as_it_could_be_valid(
    ada: User, key: str, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    from django.core.cache import cache

    now = (time.time() // 30) * 30 + 0.5
    monkeypatch.setattr(totp.time, "time", lambda: now)
    code = code_of(key, steps=1, at=now)
    _signed_in().post(CODE, {"code": code})
    # allauth's own memory of used codes is over by then
    cache.delete(f"allauth.mfa.totp.used?user={ada.pk}&code={code}")
    monkeypatch.setattr(totp.time, "time", lambda: now + seconds)
    replay = _signed_in()
    spaced = f"{code[:3]} {code[3:]}"
    assert replay.post(CODE, {"code": spaced}).status_code == 422
    assert not _is_in(replay)


@pytest.mark.parametrize("sent", ["", " ", "abc", "1" * 5000, "½½½½½½", "-1", "０００００００"])
def test_what_is_no_code_is_refused_in_words(ada: User, key: str, sent: str) -> None:
    client = _signed_in()
    answer = client.post(CODE, {"code": sent})
    assert answer.status_code == 422
    assert b'id="id_code-error"' in answer.content
    assert client.post(CODE, {}).status_code == 422
    assert not _is_in(client)


def test_guessing_codes_stops_after_five_even_with_the_right_one(ada: User, key: str) -> None:
    client = _signed_in()
    for _ in range(5):
        assert b"This code is wrong" in client.post(CODE, {"code": "abcdef"}).content
    answer = client.post(CODE, {"code": code_of(key)})
    assert b"Too many failed" in answer.content
    assert not _is_in(client)
    # A fresh sign-in and another address change nothing: the count is the account's.
    other = Client(REMOTE_ADDR="192.0.2.9")
    other.post(SIGN_IN, {"login": ada.email, "password": PASSWORD})
    assert b"Too many failed" in other.post(CODE, {"code": code_of(key)}).content


def test_guessing_codes_for_days_stops_after_fifty(ada: User, key: str, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "1000/m/key"}
    client = _signed_in()
    for _ in range(50):
        assert b"This code is wrong" in client.post(CODE, {"code": "abcdef"}).content
    assert b"Too many wrong codes today" in client.post(CODE, {"code": code_of(key)}).content


def test_right_codes_are_not_counted_as_wrong(ada: User, key: str, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "second_factor_failed": "2/d/key"}
    for code in Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[:4]:
        client = _signed_in()
        client.post(CODE, {"code": code})
        assert _is_in(client)


# Recovery codes ---------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once(ada: User, key: str) -> None:
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[3]
    client = _signed_in()
    client.post(CODE, {"code": code})
    assert _is_in(client)
    assert code not in _recovery_codes(client)
    again = _signed_in()
    assert again.post(CODE, {"code": code}).status_code == 422


def test_recovery_codes_ask_who_it_is_and_come_as_a_file(
    ada: User, key: str, client_for: Callable[[User], Client]
) -> None:
    cold = client_for(ada)  # a session that proved nothing lately
    for path in (RECOVERY, NEW_CODES, "/accounts/recovery-codes/file/", OFF):
        assert cold.get(path)["Location"].startswith("/accounts/confirm/?next="), path
    cold.post("/accounts/confirm/", {"password": PASSWORD})
    file = cold.get("/accounts/recovery-codes/file/")
    assert "attachment" in file["Content-Disposition"]
    assert file["Content-Type"].startswith("text/plain")
    assert set(re.findall(r"^\d{8}$", file.content.decode(), re.M)) == set(_recovery_codes(cold))
    assert file["Cache-Control"] == "no-store, private"


def test_new_recovery_codes_replace_the_old(
    ada: User, key: str, client_for: Callable[[User], Client]
) -> None:
    client = _signed_in()
    client.post(CODE, {"code": code_of(key)})
    old = _recovery_codes(client)
    assert client.post(NEW_CODES)["Location"] == RECOVERY
    new = _recovery_codes(client)
    assert len(new) == 10
    assert not set(old) & set(new)
    assert _signed_in().post(CODE, {"code": old[0]}).status_code == 422


def test_there_are_no_recovery_codes_without_a_factor(ada: User) -> None:
    client = _signed_in()
    assert client.get(RECOVERY).status_code == 404
    client.post(NEW_CODES)
    assert not Authenticator.objects.exists()


# Switch off and prove ---------------------------------------------------------------------------


def test_switching_off_takes_the_recovery_codes_along(ada: User, key: str) -> None:
    client = _signed_in()
    client.post(CODE, {"code": code_of(key)})
    assert b"Your password alone" in client.get(OFF).content
    client.post(OFF)
    assert not Authenticator.objects.exists()
    assert _is_in(_signed_in())


def test_a_code_proves_who_it_is(ada: User, key: str, client_for: Callable[[User], Client]) -> None:
    client = client_for(ada)
    assert client.post(PROVE, {"code": "abcdef", "next": OFF}).status_code == 422
    assert client.post(PROVE, {"code": code_of(key), "next": OFF})["Location"] == OFF
    assert client.get(OFF).status_code == 200


def test_proving_lasts_for_five_minutes(ada: User, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _signed_in()
    client.post(CODE, {"code": code_of(key)})
    assert client.get(RECOVERY).status_code == 200
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    assert client.get(RECOVERY).status_code == 302


def test_the_factor_of_somebody_else_is_out_of_reach(ada: User, key: str) -> None:
    User.objects.create_user("bob@firm.example", PASSWORD)
    client = Client()
    client.post(SIGN_IN, {"login": "bob@firm.example", "password": PASSWORD})
    assert client.get(OFF).status_code == 404
    assert client.post(OFF).status_code == 404
    assert client.get(RECOVERY).status_code == 404
    assert Authenticator.objects.filter(user=ada).count() == 2


# Lost -------------------------------------------------------------------------------------------


def test_whoever_runs_the_server_removes_a_lost_factor_and_ends_the_sessions(ada: User, key: str) -> None:
    client = _signed_in()
    client.post(CODE, {"code": code_of(key)})
    call_command("remove_second_factor", "Ada@Firm.example", stdout=StringIO())
    assert client.get("/accounts/").status_code == 302
    assert _is_in(_signed_in())
    for email in ("ada@firm.example", "nobody@firm.example"):
        with pytest.raises(CommandError):
            call_command("remove_second_factor", email)


# Required ---------------------------------------------------------------------------------------


@pytest.fixture
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def _path(name: str) -> str:
    pattern = MAP[name][0]
    with_slug = re.sub(r"<slug:organisation>", "calder-ridge", pattern)
    return "/" + re.sub(r"<[^>]+>", "1", with_slug)


EVERYWHERE = sorted(set(MAP) - {"account_reset_password_from_key"})


@pytest.mark.parametrize("name", EVERYWHERE)
def test_every_other_page_is_closed_until_a_factor_is_set_up(
    required: None, sample_closed: Case, client_for: Callable[[User], Client], name: str
) -> None:
    """Walks the whole address map, so a page added later is closed too."""
    client = client_for(sample_closed.owner)
    if name in BEFORE_SECOND_FACTOR:
        assert client.get(_path(name)).status_code in {200, 302}
        return
    for method in ("get", "post"):
        plain = getattr(client, method)(_path(name))
        assert (plain.status_code, plain["Location"]) == (302, SET_UP)
        piece = getattr(client, method)(_path(name), headers={"HX-Request": "true"})
        assert (piece["HX-Redirect"], piece.content) == (SET_UP, b"")


def test_the_open_names_exist(required: None) -> None:
    assert BEFORE_SECOND_FACTOR <= OPEN


def test_setting_up_opens_everything(required: None, sample_closed: Case) -> None:
    client = Client()
    client.post(SIGN_IN, {"login": "owner@calderridge.example", "password": "sample-only"})
    assert client.get("/")["Location"] == SET_UP
    assert b"Everybody needs one here" in client.get(SET_UP).content
    _set_up(client)
    assert client.get("/", follow=True).status_code == 200
    # The old phone is given up for a new one: closed again until that is set up.
    client.post(OFF)
    assert client.get(reverse("case", args=[sample_closed.slug]))["Location"] == SET_UP


def test_recovery_codes_alone_are_no_factor(
    required: None, ada: User, client_for: Callable[[User], Client]
) -> None:
    Authenticator.objects.create(user=ada, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert client_for(ada).get("/")["Location"] == SET_UP


def test_signing_out_stays_open(required: None, ada: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ada)
    client.post("/accounts/logout/")
    assert not _is_in(client)


def test_requiring_costs_one_query_and_only_where_it_is_required(
    sample_closed: Case,
    client_for: Callable[[User], Client],
    settings: Settings,
) -> None:
    Authenticator.objects.create(user=sample_closed.owner, type="totp", data={"secret": "x"})
    client, path = client_for(sample_closed.owner), reverse("search", args=[sample_closed.slug])
    counts = []
    for is_required in (False, True):
        settings.REQUIRE_MFA = is_required
        with CaptureQueriesContext(connection) as seen:
            answer: Any = client.get(path)
        assert answer.status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[0] + 1
