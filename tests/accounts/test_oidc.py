"""The company's own sign-in, tried against a real provider on this machine: who comes in and who does not."""

from __future__ import annotations

import datetime as dt
import html
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Invitation, Membership, User
from accounts.services import invitations
from accounts.signin.oidc_door import JOINING
from accounts.signin.oidc_provider import NotProvenError, read_id_token
from accounts.tenancy import opened
from tests.accounts import issuer as provider
from tests.accounts.issuer import Issuer, running_issuer
from tests.conftest import Case

EMAIL = "ada@firm.example"
START, BACK = "/accounts/company/", "/accounts/company/back/"


@pytest.fixture
def issuer(db: None, settings: Settings) -> Iterator[Issuer]:
    """A provider that knows Ada, and an installation that trusts it."""
    with running_issuer(sub="ada-1", email=EMAIL, email_verified=True, name="Ada  Advocate") as one:
        settings.OIDC_ISSUER = one.address
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = provider.CLIENT_ID, provider.CLIENT_SECRET
        settings.OIDC_NAME = "Firm ID"
        yield one


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user(EMAIL, "a long enough password")


def _leave(client: Client, **sent: str) -> str:
    """Start; give the address of the provider to which our page leads."""
    answer = client.post(START, sent)
    assert answer.status_code == 200, answer.content
    found = re.search(r'url=([^"]+)"', answer.content.decode())
    assert found is not None
    return html.unescape(found[1])


def _to_the_provider(address: str) -> str:
    """Sign in there; give the path to which the browser is sent back."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    parts = urlsplit(answer.headers["Location"])
    assert parts.netloc == "testserver"
    return f"{parts.path}?{parts.query}"


def _sign_in(client: Client, **sent: str) -> Any:
    return client.get(_to_the_provider(_leave(client, **sent)))


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def _refused(answer: Any, client: Client, words: str) -> None:
    assert answer.status_code == 403
    assert words in html.unescape(answer.content.decode())
    assert not _is_in(client)


# Where none is set up -----------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("get", START), ("post", START), ("get", BACK), ("post", BACK)])
def test_nothing_is_there_unless_it_is_set_up(db: None, method: str, path: str) -> None:
    answer = getattr(Client(), method)(path)
    assert answer.status_code in {404, 405}
    assert b"company/" not in Client().get("/accounts/login/").content


def test_a_provider_in_the_database_counts_for_nothing(db: None) -> None:
    SocialApp.objects.create(provider="openid_connect", provider_id="x", name="X", client_id="x")
    assert Client().post(START).status_code == 404


# Coming in ----------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_it(issuer: Issuer) -> None:
    page = Client().get("/accounts/login/?next=/o/calder-ridge/").content.decode()
    assert "Sign in with Firm ID" in page
    assert page.count('name="next" value="/o/calder-ridge/"') == 2


def test_an_account_is_found_by_verified_email_once_and_by_the_id_from_then_on(
    issuer: Issuer, ada: User
) -> None:
    client = Client()
    assert _sign_in(client).status_code == 302
    assert client.session["_auth_user_id"] == str(ada.pk)
    row = SocialAccount.objects.get()
    assert (row.user, row.uid, row.provider) == (ada, "ada-1", issuer.address)
    # Another address at the provider changes nothing.
    issuer.person |= {"email": "someone.else@firm.example", "email_verified": False}
    again = Client()
    _sign_in(again)
    assert again.session["_auth_user_id"] == str(ada.pk)
    assert SocialAccount.objects.count() == 1


def test_the_first_use_ends_a_password_and_sessions_that_nobody_proved(issuer: Issuer, ada: User) -> None:
    """Whoever opened the invitation first chose the password; it need not have been Ada."""
    stranger = Client()
    stranger.post("/accounts/login/", {"login": EMAIL, "password": "a long enough password"})
    assert stranger.get("/accounts/").status_code == 200
    client = Client()
    page = _sign_in(client)
    assert _is_in(client)
    assert "no longer works" in html.unescape(client.get(page["Location"], follow=True).content.decode())
    assert stranger.get("/accounts/").status_code == 302
    again = Client()
    again.post("/accounts/login/", {"login": EMAIL, "password": "a long enough password"})
    assert not _is_in(again)
    # The next use finds nothing to end: this session goes on beside it.
    _sign_in(Client())
    assert client.get("/accounts/").status_code == 200


def test_capitals_in_the_address_do_not_matter(issuer: Issuer, ada: User) -> None:
    issuer.person["email"] = "Ada@Firm.Example"
    client = Client()
    _sign_in(client)
    assert _is_in(client)


def test_the_address_may_come_from_the_user_information(issuer: Issuer, ada: User) -> None:
    issuer.in_userinfo, issuer.person = dict(issuer.person), {"sub": "ada-1"}
    client = Client()
    _sign_in(client)
    assert _is_in(client)


def test_no_token_and_no_more_than_the_address_is_kept(issuer: Issuer, ada: User) -> None:
    issuer.person["groups"] = ["board", "secret"]
    _sign_in(Client())
    assert not SocialToken.objects.exists()
    assert SocialAccount.objects.get().extra_data == {"email": EMAIL}


def test_it_leads_on_to_where_somebody_was_going_but_never_to_another_site(issuer: Issuer, ada: User) -> None:
    assert _sign_in(Client(), next="/o/calder-ridge/tasks/")["Location"] == "/o/calder-ridge/tasks/"
    assert _sign_in(Client(), next="https://evil.example/")["Location"] == "/"


def test_what_is_asked_of_the_provider_is_not_up_to_the_address(issuer: Issuer, ada: User) -> None:
    client = Client()
    answer = client.post(f"{START}?scope=offline_access&auth_params=prompt%3Dnone&process=connect&action=x")
    found = re.search(r'url=([^"]+)"', answer.content.decode())
    assert found is not None
    sent = parse_qs(urlsplit(html.unescape(found[1])).query)
    assert set(sent["scope"][0].split()) == {"openid", "profile", "email"}
    assert set(sent) == {
        *("client_id", "redirect_uri", "scope", "response_type", "state"),
        *("nonce", "code_challenge", "code_challenge_method"),
    }


def test_the_session_gets_a_new_key(issuer: Issuer, ada: User) -> None:
    client = Client()
    address = _leave(client)
    before = client.session.session_key
    client.get(_to_the_provider(address))
    assert client.session.session_key != before


def test_our_second_factor_is_asked_for_all_the_same(issuer: Issuer, ada: User, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    client = Client()
    _sign_in(client)
    assert client.get("/")["Location"] == "/accounts/second-factor/set-up/"
    Authenticator.objects.create(user=ada, type="totp", data={"secret": "x"})
    other = Client()
    assert _sign_in(other)["Location"] == "/accounts/second-factor/code/"
    assert not _is_in(other)


# Who does not come in -----------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [False, None, "false", "no", 0, 1.5, [], "True "])
def test_an_address_that_is_not_verified_counts_for_nothing(issuer: Issuer, ada: User, verified: Any) -> None:
    issuer.person["email_verified"] = verified
    client = Client()
    _refused(_sign_in(client), client, "verified e-mail address")
    assert not SocialAccount.objects.exists()


def test_no_address_at_all(issuer: Issuer, ada: User) -> None:
    del issuer.person["email"]
    client = Client()
    _refused(_sign_in(client), client, "verified e-mail address")


def test_nobody_signs_up_by_it(issuer: Issuer) -> None:
    client = Client()
    _refused(_sign_in(client), client, "no account for your e-mail")
    assert not User.objects.filter(email=EMAIL).exists()


def test_another_person_with_the_same_address_is_refused(issuer: Issuer, ada: User) -> None:
    _sign_in(Client())
    issuer.person["sub"] = "ada-2"
    client = Client()
    _refused(_sign_in(client), client, "another person")
    # After disconnecting, which needs a password and asks who it is, the next use connects again.
    ada.set_password("a long enough password")
    ada.save()
    owner = Client()
    owner.post("/accounts/login/", {"login": EMAIL, "password": "a long enough password"})
    owner.post("/accounts/company/disconnect/")
    assert not SocialAccount.objects.exists()
    _sign_in(client)
    assert _is_in(client)


def test_disconnecting_asks_who_it_is_and_needs_a_password(
    issuer: Issuer, ada: User, client_for: Callable[[User], Client]
) -> None:
    _sign_in(Client())
    ada.set_password("a long enough password")
    ada.save()
    assert "/confirm/" in client_for(ada).post("/accounts/company/disconnect/")["Location"]
    ada.set_unusable_password()
    ada.save()
    client = Client()
    _sign_in(client)
    client.post("/accounts/company/disconnect/")
    assert SocialAccount.objects.filter(user=ada).exists()


def test_a_closed_account_stays_closed(issuer: Issuer, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    client = Client()
    _refused(_sign_in(client), client, "closed")


@pytest.mark.parametrize("is_connected", [False, True])
def test_sample_accounts_never_come_in_beyond_loopback(
    issuer: Issuer, sample_closed: Case, monkeypatch: pytest.MonkeyPatch, is_connected: bool
) -> None:
    issuer.person["email"] = "owner@calderridge.example"
    if is_connected:
        _sign_in(Client())
        assert SocialAccount.objects.exists()
    monkeypatch.setenv("LPO_LISTENS_ON", "0.0.0.0")
    client = Client()
    _refused(_sign_in(client), client, "closed")


def test_an_account_connected_at_another_provider_is_not_taken_over(issuer: Issuer, ada: User) -> None:
    """The same id at another issuer is another person."""
    SocialAccount.objects.create(user=ada, provider="https://former.example", uid="mallory")
    issuer.person = {"sub": "mallory", "email": "mallory@firm.example", "email_verified": True}
    client = Client()
    _refused(_sign_in(client), client, "no account")


# Invitations --------------------------------------------------------------------------------------


def _invite(case: Case, email: str) -> Invitation:
    with opened(case.organisation):
        return invitations.invite(actor=case.owner, email=email, role="counsel").invitation


def _holding(invitation: Invitation) -> Client:
    client = Client()
    session = client.session
    session[JOINING] = invitation.pk
    session.save()
    return client


def test_an_invited_person_joins_by_it(issuer: Issuer, sample_closed: Case) -> None:
    client = _holding(_invite(sample_closed, EMAIL))
    _sign_in(client)
    user = User.objects.get(email=EMAIL)
    assert (client.session["_auth_user_id"], user.name) == (str(user.pk), "Ada Advocate")
    assert not user.has_usable_password()
    assert Membership.objects.get(user=user).role == "counsel"
    assert EmailAddress.objects.get(user=user).verified
    assert JOINING not in client.session
    assert client.get("/", follow=True).status_code == 200


@pytest.mark.parametrize("how", ["other address", "unverified", "expired", "revoked", "not in this session"])
def test_an_invitation_opens_for_that_verified_address_while_it_is_live(
    issuer: Issuer, sample_closed: Case, how: str
) -> None:
    invitation = _invite(sample_closed, "bob@firm.example" if how == "other address" else EMAIL)
    if how == "unverified":
        issuer.person["email_verified"] = False
    if how == "expired":
        Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    if how == "revoked":
        with opened(sample_closed.organisation):
            invitations.revoke(actor=sample_closed.owner, invitation=invitation)
    client = Client() if how == "not in this session" else _holding(invitation)
    _refused(_sign_in(client), client, "verified e-mail" if how == "unverified" else "no account")
    assert not User.objects.filter(email=EMAIL).exists()


# What the provider's answer must hold -------------------------------------------------------------

FAULTS: dict[str, dict[str, Any]] = {
    "issuer": {"claims": {"iss": "https://other.example"}},
    "no issuer": {"claims": {"iss": None}},
    "audience": {"claims": {"aud": "another-client"}},
    "no audience": {"claims": {"aud": None}},
    "made for another": {"claims": {"aud": [provider.CLIENT_ID, "b"], "azp": "b"}},
    "nonce": {"claims": {"nonce": "of another sign-in"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": int(time.time()) - 3600}},
    "no expiry": {"claims": {"exp": None}},
    "from the future": {"claims": {"nbf": int(time.time()) + 3600}},
    "no subject": {"claims": {"sub": None}},
    "signature": {"signed_by": "bad"},
    "unsigned": {"algorithm": "none"},
    "signed with a public value": {"algorithm": "HS256"},
    "no ID token": {"without_id_token": True},
    "subject is no text": {"claims": {"sub": 7}},
    "subject is empty": {"claims": {"sub": ""}},
    "subject without end": {"claims": {"sub": "x" * 192}},
    "ID token is a list": {"token_answer": {"id_token": ["x"]}},
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_an_answer_that_does_not_hold_lets_nobody_in(issuer: Issuer, ada: User, fault: str) -> None:
    client = Client()
    back = _to_the_provider(_leave(client))
    for name, value in FAULTS[fault].items():
        setattr(issuer, name, value)
    _refused(client.get(back), client, "could not be trusted")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "told", [{"sub": "mallory", "email": EMAIL, "email_verified": True}, ["x"], {"x": 1}]
)
def test_user_information_about_somebody_else(issuer: Issuer, ada: User, told: Any) -> None:
    issuer.in_userinfo, issuer.person = told, {"sub": "ada-1"}
    client = Client()
    _refused(_sign_in(client), client, "could not be trusted")


@pytest.mark.parametrize("email", [["ada@firm.example"], {"x": 1}, 7, "", "no address", "a@b\x00.example"])
def test_an_address_that_is_none(issuer: Issuer, ada: User, email: Any) -> None:
    issuer.person["email"] = email
    client = Client()
    _refused(_sign_in(client), client, "verified e-mail address")


def test_a_token_answer_may_hold_odd_things_that_nobody_reads(issuer: Issuer, ada: User) -> None:
    issuer.token_answer = {"expires_in": "soon", "refresh_token": ["x"]}
    client = Client()
    _sign_in(client)
    assert _is_in(client)


def test_a_description_that_changes_on_the_way(issuer: Issuer, ada: User) -> None:
    client = Client()
    back = _to_the_provider(_leave(client))
    issuer.discovery = {"issuer": "https://other.example"}
    _refused(client.get(back), client, "does not answer")


@pytest.mark.parametrize(
    "endpoint", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
@pytest.mark.parametrize("address", ["http://provider.example/x", "ftp://127.0.0.1/x", "", "//x"])
def test_addresses_of_the_provider_must_be_https(issuer: Issuer, endpoint: str, address: str) -> None:
    issuer.discovery = {endpoint: address}
    client = Client()
    _refused(client.post(START), client, "does not answer")


def test_an_answer_counts_once(issuer: Issuer, ada: User) -> None:
    client = Client()
    back = _to_the_provider(_leave(client))
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    _refused(client.get(back), client, "too old")
    assert len(issuer.redeemed) == 1


def test_an_answer_belongs_to_the_browser_that_asked(issuer: Issuer, ada: User) -> None:
    """Somebody's answer, planted in another browser, signs nobody in (state)."""
    back = _to_the_provider(_leave(Client()))
    victim = Client()
    _leave(victim)
    _refused(victim.get(back), victim, "too old")
    assert issuer.redeemed == []


def test_a_code_of_another_sign_in_is_not_taken(issuer: Issuer, ada: User) -> None:
    """A stolen code with the victim's own state fails at the provider (PKCE) and would fail here (nonce)."""
    stolen = parse_qs(urlsplit(_to_the_provider(_leave(Client()))).query)["code"][0]
    victim = Client()
    state = parse_qs(urlsplit(_leave(victim)).query)["state"][0]
    _refused(victim.get(BACK, {"code": stolen, "state": state}), victim, "could not be trusted")
    assert issuer.redeemed == []


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"code": "x"},
        {"state": "x"},
        {"error": "access_denied", "state": "x"},
        {"code": "x", "state": "y"},
    ],
)
def test_an_answer_to_nothing(issuer: Issuer, query: dict[str, str]) -> None:
    client = Client()
    _refused(client.get(BACK, query), client, "Start again")


def test_cancelled_at_the_provider(issuer: Issuer) -> None:
    client = Client()
    state = parse_qs(urlsplit(_leave(client)).query)["state"][0]
    _refused(client.get(BACK, {"error": "access_denied", "state": state}), client, "cancelled")


def test_a_provider_that_is_away(ada: User, settings: Settings) -> None:
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = provider.CLIENT_ID, provider.CLIENT_SECRET
    client = Client()
    with running_issuer(sub="ada-1", email=EMAIL, email_verified=True) as one:
        settings.OIDC_ISSUER = one.address
        back = _to_the_provider(_leave(client))
    _refused(client.get(back), client, "does not answer")
    _refused(client.post(START), client, "does not answer")
    client.post("/accounts/login/", {"login": EMAIL, "password": "a long enough password"})
    assert _is_in(client)


def test_starting_needs_a_token_of_ours(issuer: Issuer) -> None:
    """Otherwise any site could start sign-ins."""
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert Client().get(START)["Location"] == "/accounts/login/"


def test_starting_is_limited(issuer: Issuer) -> None:
    client = Client()
    answers = [client.post(START).status_code for _ in range(31)]
    assert (answers[29], answers[30]) == (200, 429)


@pytest.mark.parametrize("sent", ["", "x", "a.b.c", None, 7, "eyJhbGciOiJSUzI1NiJ9.e30.x"])
def test_what_is_no_token_is_refused_in_words(issuer: Issuer, sent: Any) -> None:
    with pytest.raises(NotProvenError):
        read_id_token(sent, keys=provider.jwks(), client_id=provider.CLIENT_ID, nonce="n")


@pytest.mark.parametrize(
    "keys", [None, {}, [], {"keys": []}, {"keys": [{"kty": "oct", "k": "AA", "kid": "good"}]}]
)
def test_keys_that_are_none_are_refused_in_words(issuer: Issuer, keys: Any) -> None:
    sent = issuer.id_token("n")
    with pytest.raises(NotProvenError):
        read_id_token(sent, keys=keys, client_id=provider.CLIENT_ID, nonce="n")


def test_the_log_says_why_without_secrets(
    issuer: Issuer, ada: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="accounts.security"):
        _sign_in(Client())
        issuer.signed_by = "bad"
        _sign_in(Client())
    said = [record.getMessage() for record in caplog.records if record.name == "accounts.security"]
    assert any(line.startswith(f"company sign-in connected: user={ada.pk} ") for line in said)
    assert any(line.startswith(f"signed in: user={ada.pk} ") for line in said)
    assert any("company sign-in refused" in line and "does not hold" in line for line in said)
    text = "\n".join(said)
    assert provider.CLIENT_SECRET not in text
    assert "eyJ" not in text
    assert EMAIL not in text


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "accounts.E010"),
        ({"OIDC_ISSUER": ""}, "accounts.E010"),
        ({"OIDC_ISSUER": "http://login.example"}, "accounts.E011"),
        ({"OIDC_ISSUER": "https://login.example/" + "x" * 200}, "accounts.E012"),
    ],
)
def test_a_half_set_up_is_refused_at_start(
    issuer: Issuer, settings: Settings, changed: dict[str, str], expected: str
) -> None:
    assert not [found for found in run_checks() if str(found.id).startswith("accounts.E01")]
    for name, value in changed.items():
        setattr(settings, name, value)
    assert expected in {found.id for found in run_checks()}
