"""Joining by a link: each way in, each way out, and that opening it uses nothing up."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts import services
from accounts.models import AuditEvent, Invitation, Membership, User
from accounts.services.invitations import InvitationGoneError, find
from accounts.tenancy import opened
from tests.accounts.people import (
    NEWCOMER,
    PASSWORD,
    fresh,
    invited,
    joining,
    link,
    member,
    real_user,
    with_link,
)
from tests.conftest import Case

ClientFor = Callable[[User], Client]
GONE = b"This link does not work"


@pytest.fixture(autouse=True)
def _counts_start_at_zero(db: None) -> None:
    cache.clear()


def _session(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_newcomer_makes_an_account_and_sees_the_case(sample_closed: Case) -> None:
    made = invited(sample_closed)
    client = with_link(made)
    page = client.get("/join/").content.decode()
    assert "Orla Owner asks you in as <b>Counsel</b>" in page
    assert NEWCOMER in page
    answer = joining(client, name="  Anna   New ")
    assert (answer.status_code, answer["Location"]) == (302, f"/o/{sample_closed.slug}/")
    user = User.objects.get(email=NEWCOMER)
    joined = member(sample_closed, user)
    assert (user.name, joined.role, user.check_password(PASSWORD)) == ("Anna New", "counsel", True)
    assert joined.joined_at is not None
    case = client.get(answer["Location"]).content.decode()
    assert "Welcome. You are Counsel of" in case
    row = fresh(made.invitation)
    assert row.accepted_by == user
    with opened(sample_closed.organisation):
        event = AuditEvent.objects.first()
    assert event is not None
    assert (event.verb, event.actor) == ("accepted invitation", user)
    assert event.after == {"role": "counsel", "invitation": row.pk}


def test_the_new_account_signs_in_with_its_password(sample_closed: Case) -> None:
    joining(with_link(invited(sample_closed)))
    client = Client()
    answer = client.post("/accounts/login/", {"login": NEWCOMER, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(f"/o/{sample_closed.slug}/").status_code == 200


def test_opening_a_link_uses_nothing_up(sample_closed: Case) -> None:
    made = invited(sample_closed)
    for client in (Client(), Client()):
        for _ in range(3):
            with_link(made, client)
            assert client.get("/join/").status_code == 200
            assert client.head(link(made)).status_code == 302
    assert Client().post(link(made)).status_code in {403, 405}
    assert find(made.token) is not None


def test_the_token_stands_on_no_page_and_in_no_address_that_follows(sample_closed: Case) -> None:
    made = invited(sample_closed)
    client = Client()
    answer = client.get(link(made))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"].startswith("no-store")
    assert made.token not in answer["Location"]
    assert made.token not in client.get("/join/").content.decode()
    assert made.token not in repr(dict(client.session.items()))
    assert client.session["joining_invitation"] == made.invitation.pk


def test_the_session_is_another_one_after_joining(sample_closed: Case) -> None:
    client = with_link(invited(sample_closed))
    planted = _session(client)
    joining(client)
    assert _session(client) != planted
    assert "joining_invitation" not in client.session
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert stranger.get(f"/o/{sample_closed.slug}/").status_code == 302


@pytest.mark.parametrize("how", ["used", "revoked", "replaced", "expired", "tampered", "unknown", "empty"])
def test_a_dead_link_shows_the_same_plain_page_whatever_killed_it(sample_closed: Case, how: str) -> None:
    made = invited(sample_closed)
    url = link(made)
    if how == "used":
        joining(with_link(made))
    elif how in {"revoked", "replaced"}:
        with opened(sample_closed.organisation):
            do = services.revoke if how == "revoked" else services.renew
            do(actor=sample_closed.owner, invitation=made.invitation)
    elif how == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    elif how == "tampered":
        url = f"/join/{made.token[:-1]}{'A' if made.token[-1] != 'A' else 'B'}/"
    elif how == "unknown":
        url = f"/join/{'x' * 43}/"
    else:
        url = "/join/"
    client = Client()
    answer = client.get(url, follow=True)
    assert answer.status_code == 404
    assert GONE in answer.content
    assert sample_closed.organisation.name not in answer.content.decode()
    assert NEWCOMER not in answer.content.decode()
    assert joining(client).status_code == 404
    text = re.sub(r'(value|data-csrf)="[^"]{40,}"', "", answer.content.decode())
    other = re.sub(r'(value|data-csrf)="[^"]{40,}"', "", Client().get("/join/").content.decode())
    assert text == other


def test_a_dead_link_closes_the_door_that_an_earlier_one_opened(sample_closed: Case) -> None:
    client = with_link(invited(sample_closed))
    client.get("/join/nonsense/")
    assert client.get("/join/").status_code == 404


def test_an_open_page_does_not_outlive_its_invitation(sample_closed: Case) -> None:
    made = invited(sample_closed)
    client = with_link(made)
    client.get("/join/")
    with opened(sample_closed.organisation):
        services.revoke(actor=sample_closed.owner, invitation=made.invitation)
    assert joining(client).status_code == 404
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_the_same_link_twice_makes_one_member(sample_closed: Case) -> None:
    made = invited(sample_closed)
    first, second = with_link(made), with_link(made)
    assert joining(first).status_code == 302
    answer = joining(second, name="Somebody Else")
    assert answer.status_code == 404
    assert User.objects.get(email=NEWCOMER).name == "Anna New"
    with pytest.raises(InvitationGoneError):
        services.join(invitation=made.invitation, name="X", password=PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Enter your name."),
        ("name", "x" * 121, "at most 120"),
        ("password", "short", "too short"),
        ("password", "password1234", "too common"),
        ("password", "anna@firm.example", "too similar"),
        ("password", "x" * 5000, "at most 4096"),
        ("password", "", "Choose a password."),
        ("repeated", "another password entirely", "not the same password"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    sample_closed: Case, field: str, value: str, sentence: str
) -> None:
    made = invited(sample_closed)
    client = with_link(made)
    changed = {field: value} | ({"repeated": value} if field == "password" else {})
    answer = joining(client, **changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert re.search(
        rf'aria-invalid="true"[^>]*id="id_{field}"|id="id_{field}"[^>]*aria-invalid="true"', page
    )
    assert PASSWORD not in page
    assert not User.objects.filter(email=NEWCOMER).exists()
    assert find(made.token) is not None
    assert joining(client).status_code == 302  # nothing was used up


def test_somebody_with_an_account_signs_in_and_comes_back(sample_closed: Case) -> None:
    user = real_user()
    client = with_link(invited(sample_closed))
    page = client.get("/join/").content.decode()
    assert 'href="/accounts/login/?next=/join/"' in page
    assert "id_password" not in page  # no second account, and no password of theirs on this page
    assert joining(client).status_code == 200  # the form of a newcomer does nothing here
    assert not Membership.objects.filter(user=user).exists()
    before = _session(client)
    answer = client.post("/accounts/login/", {"login": NEWCOMER, "password": PASSWORD, "next": "/join/"})
    assert answer["Location"] == "/join/"
    assert _session(client) != before
    assert b"You are signed in as anna@firm.example" in client.get("/join/").content
    assert not Membership.objects.filter(user=user).exists()  # looking is not joining
    answer = client.post("/join/")
    assert answer["Location"] == f"/o/{sample_closed.slug}/"
    assert member(sample_closed, user).role == "counsel"


def test_another_account_is_told_to_sign_out_and_cannot_take_it(
    sample_closed: Case, client_for: ClientFor, twin: Case
) -> None:
    made = invited(sample_closed)
    client = with_link(made, client_for(twin.owner))
    for answer in (client.get("/join/"), client.post("/join/")):
        assert b"This invitation is for anna@firm.example" in answer.content
    with pytest.raises(ValidationError, match="is for anna@firm.example"):
        services.accept(invitation=made.invitation, user=twin.owner)
    assert not Membership.objects.filter(user=twin.owner, organisation=sample_closed.organisation).exists()
    assert find(made.token) is not None
    answer = client.post("/join/other-account/")
    assert answer["Location"] == "/join/"
    assert "_auth_user_id" not in client.session
    assert joining(client).status_code == 302


def test_signing_out_on_the_way_needs_a_post(client_for: ClientFor, sample_closed: Case) -> None:
    client = client_for(sample_closed.owner)
    assert client.get("/join/other-account/").status_code == 405
    assert "_auth_user_id" in client.session


def test_somebody_who_is_a_member_by_now_is_told(sample_closed: Case, client_for: ClientFor) -> None:
    made, user = invited(sample_closed), real_user()
    Membership.objects.create(user=user, organisation=sample_closed.organisation, role="manager")
    answer = with_link(made, client_for(user)).post("/join/")
    assert answer.status_code == 422
    assert b"You are a member already." in answer.content
    assert member(sample_closed, user).role == "manager"


def test_an_account_made_in_the_same_moment_is_not_overwritten(sample_closed: Case) -> None:
    made = invited(sample_closed)
    known = real_user()
    with pytest.raises(ValidationError, match="has an account by now"):
        services.join(invitation=made.invitation, name="X", password="another good password")
    known.refresh_from_db()
    assert known.check_password(PASSWORD)
    assert find(made.token) is not None


def test_the_role_of_the_row_counts_not_what_was_passed_around(sample_closed: Case) -> None:
    made = invited(sample_closed, role="manager")
    made.invitation.role = "owner"
    services.accept(invitation=made.invitation, user=real_user())
    assert Membership.objects.get(user__email=NEWCOMER).role == "manager"


def test_a_form_of_another_site_is_refused(sample_closed: Case) -> None:
    made = invited(sample_closed)
    client = with_link(made, Client(enforce_csrf_checks=True))
    assert joining(client).status_code == 403
    assert find(made.token) is not None


def test_links_are_opened_thirty_times_a_minute_and_no_more(sample_closed: Case) -> None:
    made = invited(sample_closed)
    client = Client()
    for _ in range(30):
        assert client.get("/join/guess/")["Location"] == "/join/"
    answer = client.get(link(made), follow=True)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert b"Wait a minute" in answer.content
    assert Client(REMOTE_ADDR="192.0.2.9").get(link(made))["Location"] == "/join/"


def test_accounts_are_tried_fifteen_times_a_minute_and_no_more(sample_closed: Case) -> None:
    client = with_link(invited(sample_closed))
    for _ in range(15):
        assert joining(client, password="short", repeated="short").status_code == 422
    assert joining(client)["Location"] == "/join/?wait=1"
    assert not User.objects.filter(email=NEWCOMER).exists()


def test_the_name_of_the_newcomer_never_becomes_markup(sample_closed: Case, client_for: ClientFor) -> None:
    joining(with_link(invited(sample_closed)), name="<script>alert(1)</script>")
    page = client_for(sample_closed.owner).get(reverse("people:people", args=[sample_closed.slug]))
    assert b"&lt;script&gt;alert(1)" in page.content
    assert b"<script>alert(1)" not in page.content


def test_where_a_second_factor_is_required_a_newcomer_sets_one_up_first(
    sample_closed: Case, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    client = with_link(invited(sample_closed))
    answer = joining(client)
    assert answer.status_code == 302
    assert member(sample_closed, User.objects.get(email=NEWCOMER)).role == "counsel"
    answer = client.get(answer["Location"])
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))
