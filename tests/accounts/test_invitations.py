"""Invitations as use cases and on the people page: who may, what is kept, what ends them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import AuditEvent, Invitation, Membership, User
from accounts.services.invitations import find, live
from accounts.tenancy import opened
from tests.accounts.people import NEWCOMER, fresh, invited, real_user, second_owner
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def _page(case: Case) -> str:
    return reverse("people:people", args=[case.slug])


def test_the_link_is_shown_once_and_only_its_hash_is_kept(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.owner)
    answer = client.post(_page(sample_closed), {"email": f" {NEWCOMER.upper()} ", "role": "counsel"})
    assert answer.status_code == 200
    (token,) = set(re.findall(r"http://testserver/join/([\w-]{43})/", answer.content.decode()))
    row = Invitation.objects.get(organisation=sample_closed.organisation)
    assert (row.email, row.role, row.invited_by) == (NEWCOMER, "counsel", sample_closed.owner)
    assert find(token) == row
    assert dt.timedelta(days=6.99) < row.expires_at - timezone.now() < dt.timedelta(days=7)
    assert token not in client.get(_page(sample_closed)).content.decode()
    assert answer["Cache-Control"].startswith("no-store")


def test_the_token_is_nowhere_in_the_database(sample_closed: Case) -> None:
    made = invited(sample_closed)
    assert made.token not in repr(made)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert made.token not in repr(cursor.fetchall()), table


def test_tokens_are_long_and_never_the_same(sample: Case) -> None:
    made = [
        services.invite(actor=sample.owner, email=f"n{number}@firm.example", role="manager")
        for number in range(20)
    ]
    assert len({one.token for one in made}) == 20
    assert all(len(one.token) == 43 for one in made)  # 32 bytes in base 64


@pytest.mark.parametrize("role", ["counsel", "procurement", "manager"])
def test_only_an_owner_invites(sample_closed: Case, client_for: ClientFor, role: str) -> None:
    user = getattr(sample_closed, role)
    answer = client_for(user).post(_page(sample_closed), {"email": NEWCOMER, "role": "owner"})
    assert answer.status_code == 403
    with opened(sample_closed.organisation), pytest.raises(PermissionDenied):
        services.invite(actor=user, email=NEWCOMER, role="owner")
    assert not Invitation.objects.exists()


def test_an_owner_who_waits_and_is_demoted_meanwhile_may_no_longer(sample: Case) -> None:
    second = second_owner(sample.organisation)
    mine = Membership.objects.get(user=sample.owner, organisation=sample.organisation)
    services.change_role(actor=second, membership=mine, role="manager")
    with pytest.raises(PermissionDenied):
        services.invite(actor=sample.owner, email=NEWCOMER, role="owner")


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        ("", "counsel", "Enter an e-mail address"),
        ("nobody", "counsel", "Enter an e-mail address"),
        ("a@b", "counsel", "Enter an e-mail address"),
        (f"{'x' * 250}@firm.example", "counsel", "at most 254"),
        (NEWCOMER, "", "Choose a role."),
        (NEWCOMER, "king", "Choose one of these roles."),
        ("Counsel@CalderRidge.example", "owner", "is a member already: Counsel."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    sample_closed: Case, client_for: ClientFor, email: str, role: str, sentence: str
) -> None:
    answer = client_for(sample_closed.owner).post(_page(sample_closed), {"email": email, "role": role})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Invitation.objects.exists()


def test_the_use_case_refuses_unknown_roles_and_addresses_by_itself(sample: Case) -> None:
    for email, role, field in [(NEWCOMER, "king", "role"), ("nobody", "owner", "email")]:
        with pytest.raises(ValidationError) as refused:
            services.invite(actor=sample.owner, email=email, role=role)
        assert list(refused.value.message_dict) == [field]


def test_one_open_invitation_a_person(sample_closed: Case, client_for: ClientFor) -> None:
    first = invited(sample_closed)
    answer = client_for(sample_closed.owner).post(
        _page(sample_closed), {"email": NEWCOMER, "role": "manager"}
    )
    assert answer.status_code == 422
    assert "is invited already" in answer.content.decode()
    assert find(first.token) is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            organisation=sample_closed.organisation,
            email=NEWCOMER,
            role="manager",
            token_hash="0" * 64,
            expires_at=timezone.now(),
        )


def test_the_other_organisation_may_invite_the_same_person(sample_closed: Case, twin: Case) -> None:
    ours, theirs = invited(sample_closed), invited(twin, actor=twin.owner)
    assert find(ours.token) != find(theirs.token)


def test_an_expired_invitation_gives_way_to_a_new_one(sample_closed: Case) -> None:
    first = invited(sample_closed)
    Invitation.objects.update(expires_at=timezone.now())
    assert find(first.token) is None
    assert live(first.invitation.pk) is None
    second = invited(sample_closed)
    assert find(second.token) == second.invitation
    assert fresh(first.invitation).revoked_at is not None


def test_a_new_link_ends_the_old_one(sample_closed: Case, client_for: ClientFor) -> None:
    old = invited(sample_closed)
    url = reverse("people:renew", args=[sample_closed.slug, old.invitation.pk])
    answer = client_for(sample_closed.owner).post(url)
    (token,) = set(re.findall(r"/join/([\w-]{43})/", answer.content.decode()))
    assert find(old.token) is None
    assert live(old.invitation.pk) is None  # a browser that had opened the old link is out, too
    new = find(token)
    assert new is not None
    assert (new.email, new.role) == (NEWCOMER, "counsel")
    assert client_for(sample_closed.owner).post(url).status_code == 404  # the old row is gone from the list


def test_a_revoked_link_is_dead_and_revoking_twice_is_not_found(
    sample_closed: Case, client_for: ClientFor
) -> None:
    made = invited(sample_closed)
    url = reverse("people:revoke", args=[sample_closed.slug, made.invitation.pk])
    client = client_for(sample_closed.owner)
    assert client.get(url).status_code == 200
    assert find(made.token) is not None  # asking changes nothing
    assert client.post(url).status_code == 302
    assert find(made.token) is None
    assert client.post(url).status_code == 404
    with opened(sample_closed.organisation), pytest.raises(ValidationError, match="accepted or revoked"):
        services.revoke(actor=sample_closed.owner, invitation=made.invitation)


@pytest.mark.parametrize("name", ["people:renew", "people:revoke"])
def test_another_owner_cannot_touch_it(
    sample_closed: Case, twin: Case, client_for: ClientFor, name: str
) -> None:
    made = invited(sample_closed)
    client = client_for(twin.owner)
    for slug in (sample_closed.slug, twin.slug):
        assert client.post(reverse(name, args=[slug, made.invitation.pk])).status_code == 404
    with opened(twin.organisation), pytest.raises(ValidationError, match="accepted or revoked"):
        services.revoke(actor=twin.owner, invitation=made.invitation)
    with opened(twin.organisation), pytest.raises(ValidationError, match="accepted or revoked"):
        services.renew(actor=twin.owner, invitation=made.invitation)
    assert find(made.token) is not None


def test_every_step_is_on_the_audit_trail_without_the_token(sample: Case) -> None:
    first = services.invite(actor=sample.owner, email=NEWCOMER, role="counsel")
    second = services.renew(actor=sample.owner, invitation=first.invitation)
    services.revoke(actor=sample.owner, invitation=second.invitation)
    third = services.invite(actor=None, email=NEWCOMER, role="manager")
    services.accept(invitation=third.invitation, user=real_user())
    events = list(AuditEvent.objects.filter(object_label=NEWCOMER).order_by("pk"))
    assert [(event.verb, event.actor) for event in events] == [
        ("invited", sample.owner),
        ("made new invitation link", sample.owner),
        ("revoked invitation", sample.owner),
        ("invited", None),
        ("accepted invitation", User.objects.get(email=NEWCOMER)),
    ]
    told = json.dumps([[event.before, event.after] for event in events])
    for made in (first, second, third):
        assert made.token not in told
        assert fresh(made.invitation).token_hash not in told


def test_a_failing_audit_trail_takes_the_change_along(sample: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr("accounts.audit.record", broken)
    with pytest.raises(RuntimeError):
        services.invite(actor=sample.owner, email=NEWCOMER, role="counsel")
    assert not Invitation.objects.exists()


def test_the_page_costs_the_same_for_a_few_and_for_thirty(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(_page(sample_closed)).status_code == 200
        return len(seen)

    client.get(_page(sample_closed))
    few = cost()
    for number in range(30):
        user = User.objects.create_user(f"m{number}@firm.example", name=f"Member {number}")
        Membership.objects.create(user=user, organisation=sample_closed.organisation, role="manager")
        invited(sample_closed, email=f"i{number}@firm.example")
    assert cost() == few
    assert 8 <= few <= 14
