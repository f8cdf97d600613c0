"""What the tests of people share: invite, and follow a link as a browser does."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import Invitation, Membership, Organisation, User
from accounts.services.invitations import NewInvitation
from accounts.tenancy import opened
from tests.conftest import Case

PASSWORD = "correct horse battery staple"
NEWCOMER = "anna@firm.example"


def invited(
    case: Case, email: str = NEWCOMER, role: str = "counsel", actor: User | None = None
) -> NewInvitation:
    with opened(case.organisation):
        return services.invite(actor=actor or case.owner, email=email, role=role)


def link(made: NewInvitation) -> str:
    return reverse("join_link", args=[made.token])


def with_link(made: NewInvitation, client: Client | None = None) -> Client:
    """A browser that has opened the link."""
    client = client or Client()
    answer = client.get(link(made))
    assert (answer.status_code, answer["Location"]) == (302, "/join/")
    return client


def joining(client: Client, **changed: str) -> object:
    body = {"name": "Anna New", "password": PASSWORD, "repeated": PASSWORD, **changed}
    return client.post("/join/", body)


def member(case: Case, user: User) -> Membership:
    return Membership.objects.get(organisation=case.organisation, user=user)


def real_user(email: str = NEWCOMER) -> User:
    return User.objects.create_user(email, PASSWORD, name="Anna Known")


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


def second_owner(organisation: Organisation) -> User:
    user = User.objects.create_user("second@firm.example", PASSWORD, name="Sam Second")
    Membership.objects.create(user=user, organisation=organisation, role="owner")
    return user
