"""Passwords: what is a good one, changing it, the link from the command line, and how guessing is slowed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from accounts.models import User
from lpo.logs import JsonLines, masked
from tests.conftest import Case

SIGN_IN, CHANGE = "/accounts/login/", "/accounts/password/change/"
OLD, NEW = "a long enough password", "four words make it"


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@firm.example", OLD, name="Ada Advocateuse")


def _signed_in(password: str = OLD, **meta: str) -> Client:
    client = Client(**meta)
    client.post(SIGN_IN, {"login": "ada@firm.example", "password": password})
    return client


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get("/accounts/").status_code == 200


def _change(client: Client, new: str, again: str | None = None, old: str = OLD) -> object:
    sent = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post(CHANGE, sent)


# Changing ---------------------------------------------------------------------------------------


def test_a_change_ends_the_other_sessions_at_once(ada: User) -> None:
    here, there = _signed_in(), _signed_in()
    key_there = there.session.session_key
    assert _change(here, NEW).status_code == 302
    # Gone from the store, not merely refused at the next request.
    assert set(UserSession.objects.values_list("session_key", flat=True)) == {here.session.session_key}
    assert not Session.objects.filter(session_key=key_there).exists()
    assert (_is_in(here), _is_in(there)) == (True, False)
    assert not _is_in(_signed_in())
    assert _is_in(_signed_in(NEW))
    assert here.get("/accounts/sessions/").content.count(b"This browser") == 1


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("short", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("password12345", "too common"),
        ("ada@firm.example", "too similar"),
        ("Ada Advocateuse", "too similar"),
        ("x" * 257, "at most 256"),
        ("x" * 100_000, "at most 256"),
        ("", "required"),
    ],
)
def test_weak_passwords_are_refused_beside_the_field(ada: User, new: str, words: str) -> None:
    answer = _change(_signed_in(), new)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page.replace("&#x27;", "'")
    assert 'id="id_password1-error"' in page
    assert _is_in(_signed_in())


@pytest.mark.parametrize(
    "new",
    [
        "correct horse battery",
        "ЖЖЖ длинный пароль",
        "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
        " twelve spaces ",
        "y7" * 128,
    ],
)
def test_good_passwords_of_any_script_are_taken(ada: User, new: str) -> None:
    assert _change(_signed_in(), new).status_code == 302
    assert _is_in(_signed_in(new))


def test_the_current_password_is_asked_for_and_both_new_ones_must_agree(ada: User) -> None:
    client = _signed_in()
    assert b"not your current password" in _change(client, NEW, old="wrong").content
    assert b'id="id_password2-error"' in _change(client, NEW, again=NEW + "x").content
    assert _is_in(_signed_in())


def test_people_without_a_password_are_told_where_theirs_is(
    ada: User, client_for: Callable[[User], Client]
) -> None:
    ada.set_unusable_password()
    ada.save()
    client = client_for(ada)
    assert b"You have no password here" in client.get(CHANGE).content
    _change(client, NEW, old="")
    ada.refresh_from_db()
    assert not ada.has_usable_password()


def test_what_is_not_needed_is_not_there() -> None:
    """No reset by mail, no setting without the old one, no e-mail addresses to add."""
    for name in ("account_reset_password", "account_set_password", "account_email", "socialaccount_signup"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


# The link from the command line -----------------------------------------------------------------


def _link(email: str = "ada@firm.example", **options: str) -> str:
    """Print a link; give it without the address that a machine without settings has."""
    out = StringIO()
    call_command("reset_password", email, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip().removeprefix("http://127.0.0.1:8000")


def _open(link: str) -> tuple[Client, str]:
    """Open a link; give the browser and the address without the key to which it leads."""
    client = Client()
    answer = client.get(link)
    assert answer.status_code == 302, answer.content
    return client, answer["Location"]


def test_the_link_sets_a_password_once_and_ends_every_session(ada: User) -> None:
    open_before, link = _signed_in(), _link("ADA@firm.example")
    client, form = _open(link)
    assert link.rsplit("-", 1)[1] not in form
    assert client.get(form).status_code == 200
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert not UserSession.objects.exists()
    assert b"Your new password is set" in client.get(answer["Location"]).content
    assert not _is_in(client)
    assert not _is_in(open_before)
    assert _is_in(_signed_in(NEW))
    for again in (link, form):
        assert b"does not work any more" in Client().get(again).content


def test_the_link_names_the_server_where_it_is_told(ada: User) -> None:
    assert _link(base_url="https://lpo.example/").startswith(
        "https://lpo.example/accounts/password/reset/key/"
    )


def test_the_link_stands_in_no_log(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    link = _link()
    key = link.rstrip("/").split("-", 1)[1]
    assert key in link
    assert key not in masked(f"GET {link} 302")
    with caplog.at_level(logging.DEBUG):
        _open(link)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("/password/reset/key/" in line for line in lines)
    assert not any(key in line for line in lines)


def test_the_link_asks_for_a_good_password_too(ada: User) -> None:
    client, form = _open(_link())
    answer = client.post(form, {"password1": "short", "password2": "short"})
    assert answer.status_code == 422
    assert b"at least 12 characters" in answer.content
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302


def test_the_link_is_over_after_a_day_a_change_or_a_sign_in(ada: User, settings: Settings) -> None:
    link = _link()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert b"does not work any more" in Client().get(link).content
    settings.PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
    assert Client().get(link).status_code == 302
    _change(_signed_in(), NEW)
    assert b"does not work any more" in Client().get(link).content


def test_the_link_of_one_person_is_not_that_of_another(ada: User) -> None:
    bob = User.objects.create_user("bob@firm.example", OLD)
    stolen = re.sub(r"key/[0-9a-z]+-", f"key/{bob.pk:x}-", _link())
    assert b"does not work any more" in Client().get(stolen).content


@pytest.mark.parametrize("link", ["1-set-password", "1-x", "zzzzzzzzzzzzz-x", "0-0-0", "1-" + "a" * 100])
def test_an_invented_link_is_told_from_nothing(ada: User, link: str) -> None:
    answer = Client().get(f"/accounts/password/reset/key/{link}/")
    assert b"does not work any more" in answer.content


def test_the_link_leads_out_of_another_persons_session(ada: User) -> None:
    User.objects.create_user("bob@firm.example", OLD)
    client = Client()
    client.post(SIGN_IN, {"login": "bob@firm.example", "password": OLD})
    form = client.get(_link())["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert _is_in(_signed_in(NEW))
    assert not _is_in(client)


def test_there_is_no_link_for_nobody_or_for_a_closed_account(ada: User) -> None:
    with pytest.raises(CommandError, match="no account"):
        _link("nobody@firm.example")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    with pytest.raises(CommandError, match="closed"):
        _link()


def test_a_link_does_not_open_a_sample_account_beyond_loopback(
    sample_closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LPO_LISTENS_ON", "0.0.0.0")
    client, form = _open(_link("owner@calderridge.example"))
    client.post(form, {"password1": NEW, "password2": NEW})
    client.post(SIGN_IN, {"login": "owner@calderridge.example", "password": NEW})
    assert not _is_in(client)


# How guessing is slowed -------------------------------------------------------------------------


def _wrong(times: int, address: str = "192.0.2.1", email: str = "ada@firm.example") -> str:
    sent = {"login": email, "password": "wrong"}
    answers = [Client(REMOTE_ADDR=address).post(SIGN_IN, sent) for _ in range(times)]
    return answers[-1].content.decode()


def test_a_stranger_at_one_address_does_not_keep_the_owner_out(ada: User) -> None:
    assert "are not correct" in _wrong(5)
    assert "Too many failed" in _wrong(1)
    assert _is_in(_signed_in(REMOTE_ADDR="198.51.100.7"))
    # At the stranger's own address even the right password waits.
    assert not _is_in(_signed_in(REMOTE_ADDR="192.0.2.1"))


def test_many_addresses_together_are_stopped(ada: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_account": "6/h/key"}
    for number in range(6):
        assert "are not correct" in _wrong(1, f"192.0.2.{number}")
    assert "Too many failed" in _wrong(1, "198.51.100.1")
    assert not _is_in(_signed_in(REMOTE_ADDR="198.51.100.7"))
    # Another account is not touched.
    assert "are not correct" in _wrong(1, "192.0.2.250", "bob@firm.example")


def test_the_limits_fit_together(settings: Settings) -> None:
    """What one address may try in an hour stays below what shuts an account for everybody."""
    per_address, window = map(
        int, re.findall(r"(\d+)/(\d+)m/key", settings.ACCOUNT_RATE_LIMITS["login_failed"])[0]
    )
    for_all = int(settings.ACCOUNT_RATE_LIMITS["login_failed_account"].removesuffix("/h/key"))
    assert per_address * 60 / window < for_all


def test_right_passwords_are_not_counted(ada: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_account": "3/h/key"}
    for _ in range(6):
        assert _is_in(_signed_in())


def test_addresses_of_one_ipv6_network_count_together(ada: User) -> None:
    for number in range(5):
        _wrong(1, f"2001:db8::{number}")
    assert "Too many failed" in _wrong(1, "2001:db8::99")
    assert "are not correct" in _wrong(1, "2001:db8:1::1")


def test_the_link_lets_in_at_once_after_failed_attempts(ada: User) -> None:
    _wrong(6, "127.0.0.1")
    client, form = _open(_link())
    client.post(form, {"password1": NEW, "password2": NEW})
    assert _is_in(_signed_in(NEW))


def test_proving_and_changing_are_limited(ada: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ada)
    answers = [client.post("/accounts/confirm/", {"password": "wrong"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert b"Too many failed" in answers[9].content
    changes = [_change(client, NEW, old="wrong") for _ in range(6)]
    assert [answer.status_code for answer in changes] == [422] * 5 + [429]
    assert b"too many attempts" in changes[5].content


def test_proving_does_not_lock_the_sign_in_elsewhere(ada: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(ada)
    for _ in range(6):
        client.post("/accounts/confirm/", {"password": "wrong"})
    assert _is_in(_signed_in(REMOTE_ADDR="198.51.100.7"))


def test_sign_ins_and_links_are_limited_by_address(ada: User) -> None:
    answers = [Client().post(SIGN_IN, {"login": "", "password": ""}).status_code for _ in range(31)]
    assert answers[30] == 429
    links = [Client().post("/accounts/password/reset/key/1-x/").status_code for _ in range(21)]
    assert (links[19], links[20]) == (200, 429)
