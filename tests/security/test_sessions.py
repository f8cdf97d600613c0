"""Sessions and forms in the whole product: fixation, cookies, ending, tokens of other sites, redirects."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import CAN
from accounts.tenancy import opened
from tests.conftest import Case
from tests.lpo.test_wall import POSTS, WALLED, member
from tests.lpo.wall_table import ROWS
from tests.security.rows import held

ClientFor = Callable[[User], Client]

SIGN_IN = "/accounts/login/"
WHO = "owner@calderridge.example"


def _signed_in(client: Client | None = None, **more: Any) -> Client:
    client = client or Client()
    client.post(SIGN_IN, {"login": WHO, "password": "sample-only"}, **more)
    assert "_auth_user_id" in client.session
    return client


def _cookie(client: Client, name: str) -> Morsel[str]:
    return client.cookies[name]


def _is_in(client: Client, case: Case) -> bool:
    return client.get(reverse("case", args=[case.slug])).status_code == 200


def test_a_session_that_somebody_planted_is_not_the_one_that_signs_in(sample_closed: Case) -> None:
    victim = Client()
    victim.get(SIGN_IN)
    session = victim.session
    session["planted"] = True
    session.save()
    victim.cookies[django_settings.SESSION_COOKIE_NAME] = planted = session.session_key
    _signed_in(victim)
    assert _cookie(victim, django_settings.SESSION_COOKIE_NAME).value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    attacker = Client()
    attacker.cookies[django_settings.SESSION_COOKIE_NAME] = planted
    assert not _is_in(attacker, sample_closed)


def test_a_made_up_session_key_is_never_taken_over(sample_closed: Case) -> None:
    client = Client()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    _signed_in(client)
    assert _cookie(client, django_settings.SESSION_COOKIE_NAME).value != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


def test_the_token_of_forms_changes_at_sign_in(sample_closed: Case) -> None:
    client = Client()
    client.get(SIGN_IN)
    before = _cookie(client, django_settings.CSRF_COOKIE_NAME).value
    assert _cookie(_signed_in(client), django_settings.CSRF_COOKIE_NAME).value != before


def test_signing_out_kills_the_session_on_the_server(sample_closed: Case) -> None:
    client = _signed_in()
    key = client.session.session_key
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = key
    assert _is_in(thief, sample_closed)
    client.post("/accounts/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert not _is_in(thief, sample_closed)


def test_a_changed_password_ends_every_other_session(sample_closed: Case) -> None:
    here, there = _signed_in(), _signed_in()
    new = "a much longer password 7"
    sent = {"oldpassword": "sample-only", "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), sent).status_code == 302
    assert _is_in(here, sample_closed)
    assert not _is_in(there, sample_closed)
    assert Session.objects.filter(session_key=there.session.session_key or "").count() == 0


def test_cookies_are_for_this_host_alone_and_for_no_script(sample_closed: Case, settings: Any) -> None:
    """As HTTPS=1 sets them (tests/security/test_deployment.py reads that from the real settings)."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(SIGN_IN, secure=True)
    _signed_in(client, secure=True, headers={"Referer": "https://testserver/"})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = _cookie(client, name)
        assert cookie["secure"] is True, name
        assert cookie["httponly"] is True, name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["domain"], cookie["path"]) == ("", "/"), name


@pytest.mark.parametrize("name", POSTS)
def test_the_token_of_somebody_else_opens_no_form(sample_closed: Case, twin: Case, name: str) -> None:
    """In the form, in the header of htmx, and with a foreign origin although the token is right."""
    row = ROWS[name]
    with opened(sample_closed.organisation):
        url = reverse(name, kwargs={"organisation": sample_closed.slug, **row.ids(sample_closed)})
        body = row.body(sample_closed) if row.body else {}
    client, attacker = Client(enforce_csrf_checks=True), Client()
    client.force_login(member(sample_closed, sorted(CAN[WALLED[name].required_action])[0]))
    attacker.force_login(twin.owner)
    theirs = attacker.get(reverse("case", args=[twin.slug])).context["csrf_token"]
    ours = client.get(reverse("case", args=[sample_closed.slug])).context["csrf_token"]
    before = held(sample_closed, twin)
    foreign = {"Origin": "https://evil.example"}
    refused = (
        client.post(url, {**body, "csrfmiddlewaretoken": str(theirs)}),
        client.post(url, body, headers={"HX-Request": "true", "X-CSRFToken": str(theirs)}),
        client.post(url, {**body, "csrfmiddlewaretoken": str(ours)}, headers=foreign),
        client.post(url, body, headers={"X-CSRFToken": str(ours), **foreign}),
        client.post(url, body, headers={"X-CSRFToken": str(ours), "Origin": "null"}),
    )
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert held(sample_closed, twin) == before
    assert client.post(url, body, headers={"X-CSRFToken": str(ours)}).status_code in row.posted


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/x",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
    ],
)
def test_no_page_leads_to_another_site(sample_closed: Case, target: str) -> None:
    """By the parameter that sign-in and sign-out read, whether it comes in the address or in the form."""
    for url in (SIGN_IN, "/accounts/logout/"):
        client = Client() if url == SIGN_IN else _signed_in()
        sent = {"login": WHO, "password": "sample-only", "next": target}
        answer = client.post(f"{url}?next={target}", sent)
        assert answer.status_code == 302
        asked = "https://lpo.example/accounts/"
        assert urlsplit(urljoin(asked, answer["Location"].replace("\\", "/"))).netloc == "lpo.example"
