"""Roles that change and members who go: at the next request, everywhere, and never the last owner."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import AuditEvent, Invitation, Membership, Organisation, User
from accounts.roles import Role
from accounts.services.invitations import find
from accounts.tenancy import opened
from assessments.models import TaskAssessment
from providers.models import Provider
from reports.models import Report
from tests.accounts.people import NEWCOMER, invited, member, second_owner
from tests.conftest import Case

ClientFor = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def _url(case: Case, name: str, *args: object) -> str:
    return reverse(f"people:{name}", args=[case.slug, *args])


def _everything(case: Case) -> dict[str, tuple[str, str]]:
    """A page, a piece, a file, a dialog and a change: what a session may have open, by method and address."""
    with opened(case.organisation):
        report = Report.objects.get()
        task = TaskAssessment.objects.get(legal_task__code="D14")
        provider = Provider.objects.get(code="V1")
    at = {"organisation": case.slug}
    return {
        "page": ("get", reverse("case", kwargs=at)),
        "piece": ("get", reverse("reports:report", kwargs=at | {"pk": report.pk})),
        "file": ("get", reverse("reports:download", kwargs=at | {"pk": report.pk})),
        "record": ("get", reverse("reports:record", kwargs=at | {"pk": report.pk})),
        "csv": ("get", reverse("providers:csv", kwargs=at)),
        "what-if": (
            "get",
            reverse("selections:ranking", kwargs=at | {"pk": case.selection.pk}) + "?w-COST=40",
        ),
        "change": ("post", reverse("assessments:save", kwargs=at | {"pk": task.pk})),
        "edit": ("post", reverse("providers:edit", kwargs=at | {"pk": provider.pk})),
        "people": ("get", reverse("people:people", kwargs=at)),
    }


def _statuses(case: Case, client: Client) -> dict[str, int]:
    found = {}
    for name, (method, url) in _everything(case).items():
        body = {"name": "Ashgrove", "level-CPX": "4"} if method == "post" else {}
        answer = getattr(client, method)(url, body, headers=HTMX if name in {"piece", "what-if"} else {})
        found[name] = answer.status_code
    return found


def test_a_removed_member_is_out_at_the_next_request_everywhere(
    sample_closed: Case, client_for: ClientFor
) -> None:
    second_owner(sample_closed.organisation)
    client = client_for(sample_closed.owner)
    assert set(_statuses(sample_closed, client).values()) <= {200, 302}
    mine = member(sample_closed, sample_closed.owner)
    with opened(sample_closed.organisation):
        services.remove_member(actor=User.objects.get(email="second@firm.example"), membership=mine)
        kept = Report.objects.filter(requested_by=sample_closed.manager).count()
    assert set(_statuses(sample_closed, client).values()) == {404}
    assert client.get("/").status_code == 200  # still signed in, member of nothing
    assert kept == 1


def test_a_changed_role_holds_at_the_next_request(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.counsel)
    before = _statuses(sample_closed, client)
    assert (before["change"], before["edit"], before["people"]) == (302, 403, 403)
    with opened(sample_closed.organisation):
        services.change_role(
            actor=sample_closed.owner,
            membership=member(sample_closed, sample_closed.counsel),
            role=Role.PROCUREMENT,
        )
    after = _statuses(sample_closed, client)
    assert (after["change"], after["edit"], after["people"]) == (403, 302, 403)
    assert (after["page"], after["file"]) == (200, 200)


def test_a_new_owner_reaches_the_people_page_without_signing_in_again(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.manager)
    assert client.get(_url(sample_closed, "people")).status_code == 403
    assert b'/people/"' not in client.get(f"/o/{sample_closed.slug}/").content
    url = _url(sample_closed, "role", member(sample_closed, sample_closed.manager).pk)
    answer = client_for(sample_closed.owner).post(url, {"role": "owner"})
    assert answer["Location"] == _url(sample_closed, "people")
    assert client.get(_url(sample_closed, "people")).status_code == 200
    assert b'/people/"' in client.get(f"/o/{sample_closed.slug}/").content


@pytest.mark.parametrize("act", ["role", "remove", "leave"])
def test_the_last_owner_stays(sample_closed: Case, client_for: ClientFor, act: str) -> None:
    mine = member(sample_closed, sample_closed.owner)
    url = _url(sample_closed, act, *([] if act == "leave" else [mine.pk]))
    answer = client_for(sample_closed.owner).post(url, {"role": "manager"})
    assert answer.status_code == 422
    assert b"Orla Owner is the only owner. Make somebody else an owner first." in answer.content
    assert member(sample_closed, sample_closed.owner).role == "owner"
    with opened(sample_closed.organisation):
        assert not AuditEvent.objects.filter(object_type="accounts.membership").exists()


def test_an_owner_whose_account_is_closed_does_not_count(sample_closed: Case) -> None:
    closed = second_owner(sample_closed.organisation)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with opened(sample_closed.organisation), pytest.raises(ValidationError, match="only owner"):
        services.leave(actor=sample_closed.owner)


def test_an_owner_may_go_when_another_one_stays(sample_closed: Case, client_for: ClientFor) -> None:
    second_owner(sample_closed.organisation)
    client = client_for(sample_closed.owner)
    answer = client.post(_url(sample_closed, "leave"), follow=True)
    assert b"You left Calder Ridge" in answer.content
    assert client.get(_url(sample_closed, "people")).status_code == 404


def test_an_owner_who_demotes_themselves_lands_where_they_may_be(
    sample_closed: Case, client_for: ClientFor
) -> None:
    second_owner(sample_closed.organisation)
    url = _url(sample_closed, "role", member(sample_closed, sample_closed.owner).pk)
    answer = client_for(sample_closed.owner).post(url, {"role": "counsel"}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"/o/{sample_closed.slug}/"


@pytest.mark.parametrize("role", ["counsel", "procurement", "manager"])
def test_everybody_may_leave_and_nobody_else_is_touched(
    sample_closed: Case, client_for: ClientFor, role: str
) -> None:
    user = getattr(sample_closed, role)
    client = client_for(user)
    menu = client.get(f"/o/{sample_closed.slug}/").content.decode()
    assert f'href="{_url(sample_closed, "leave")}"' in menu
    before = Membership.objects.filter(organisation=sample_closed.organisation).count()
    assert client.get(_url(sample_closed, "leave")).status_code == 200
    assert Membership.objects.filter(organisation=sample_closed.organisation).count() == before
    client.post(_url(sample_closed, "leave"))
    assert not Membership.objects.filter(user=user, organisation=sample_closed.organisation).exists()
    assert Membership.objects.filter(organisation=sample_closed.organisation).count() == before - 1
    assert User.objects.filter(pk=user.pk, is_active=True).exists()


@pytest.mark.parametrize("role", ["counsel", "procurement", "manager"])
def test_nobody_but_an_owner_changes_people(sample_closed: Case, role: str) -> None:
    user, victim = getattr(sample_closed, role), member(sample_closed, sample_closed.owner)
    mine = member(sample_closed, user)
    with opened(sample_closed.organisation):
        for act in (
            lambda: services.change_role(actor=user, membership=mine, role="owner"),
            lambda: services.change_role(actor=user, membership=victim, role="manager"),
            lambda: services.remove_member(actor=user, membership=victim),
            lambda: services.change_organisation(actor=user, name="X", time_zone="UTC"),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_a_member_of_the_other_organisation_is_out_of_reach(
    sample_closed: Case, twin: Case, client_for: ClientFor
) -> None:
    theirs = member(twin, twin.owner)
    client = client_for(sample_closed.owner)
    for act, body in (("role", {"role": "manager"}), ("remove", {})):
        assert client.post(_url(sample_closed, act, theirs.pk), body).status_code == 404
        assert client.post(_url(twin, act, theirs.pk), body).status_code == 404
    with opened(sample_closed.organisation), pytest.raises(ValidationError, match="not a member any more"):
        services.remove_member(actor=sample_closed.owner, membership=theirs)
    assert member(twin, twin.owner).role == "owner"


def test_a_former_owner_leaves_no_way_back_open(sample_closed: Case, client_for: ClientFor) -> None:
    second = second_owner(sample_closed.organisation)
    made = invited(sample_closed, email="back@door.example", role="owner", actor=second)
    others = invited(sample_closed)
    url = _url(sample_closed, "remove", member(sample_closed, second).pk)
    answer = client_for(sample_closed.owner).post(url, follow=True)
    assert b"1 invitation was revoked too" in answer.content
    assert find(made.token) is None
    assert find(others.token) is not None
    with opened(sample_closed.organisation):
        event = AuditEvent.objects.get(verb="revoked invitation")
    assert event.after == {"role": "owner", "reason": "second@firm.example is no longer an owner"}


def test_changes_are_on_the_audit_trail(sample: Case) -> None:
    row = member(sample, sample.manager)
    services.change_role(actor=sample.owner, membership=row, role="counsel")
    services.change_role(actor=sample.owner, membership=row, role="counsel")  # nothing changed, nothing said
    services.remove_member(actor=sample.owner, membership=row)
    events = AuditEvent.objects.filter(object_type="accounts.membership").order_by("pk")
    told = [(event.verb, event.object_label, event.before, event.after) for event in events]
    assert told[0] == (
        "changed role",
        "manager@calderridge.example",
        {"role": "manager"},
        {"role": "counsel"},
    )
    verb, label, before, after = told[1]
    assert (verb, label, after) == ("removed member", "manager@calderridge.example", None)
    assert before is not None
    assert before["role"] == "counsel"
    assert len(told) == 2


def test_an_unknown_role_is_refused(sample_closed: Case, client_for: ClientFor) -> None:
    row = member(sample_closed, sample_closed.manager)
    answer = client_for(sample_closed.owner).post(_url(sample_closed, "role", row.pk), {"role": "king"})
    assert answer.status_code == 422
    assert b"Choose one of these roles." in answer.content
    with opened(sample_closed.organisation), pytest.raises(ValidationError, match="Owner, Counsel"):
        services.change_role(actor=sample_closed.owner, membership=row, role="king")


def test_the_page_says_who_has_a_second_factor(sample_closed: Case, client_for: ClientFor) -> None:
    Authenticator.objects.create(user=sample_closed.counsel, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=sample_closed.manager, type=Authenticator.Type.RECOVERY_CODES, data={})
    page = client_for(sample_closed.owner).get(_url(sample_closed, "people")).content.decode()
    assert page.count('"badge ok"') == 1
    assert "3 sign in with a password alone." in page


def test_pieces_for_a_dialog_and_pages_say_the_same(sample_closed: Case, client_for: ClientFor) -> None:
    client, row = client_for(sample_closed.owner), member(sample_closed, sample_closed.manager)
    made = invited(sample_closed)
    for name, pk in (("role", row.pk), ("remove", row.pk), ("revoke", made.invitation.pk)):
        page = client.get(_url(sample_closed, name, pk)).content.decode()
        piece = client.get(_url(sample_closed, name, pk), headers={"X-Dialog": "1"}).content.decode()
        assert "<html" in page
        assert "<html" not in piece
        assert "<form" in piece


def test_the_organisation_is_renamed_and_shown_in_its_time_zone(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.owner)
    url = _url(sample_closed, "organisation")
    answer = client.post(url, {"name": " Calder  Ridge ", "time_zone": "Asia/Kolkata", "head_office": "Pune"})
    assert answer.status_code == 302
    row = Organisation.objects.get(slug=sample_closed.slug)
    assert (row.name, row.time_zone, row.head_office) == ("Calder Ridge", "Asia/Kolkata", "Pune")
    with opened(row):
        event = AuditEvent.objects.get(verb="changed organisation")
        assert event.after == {"name": "Calder Ridge", "time_zone": "Asia/Kolkata", "head_office": "Pune"}
    assert "IST" in client.get(f"/o/{sample_closed.slug}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter the name"),
        ("name", "x" * 161, "at most 160"),
        ("time_zone", "Mars/One", "Choose a time zone"),
        ("time_zone", "../../etc/passwd", "Choose a time zone"),
        ("head_office", "x" * 161, "at most 160"),
    ],
)
def test_a_wrong_fact_about_the_organisation_is_said_beside_its_field(
    sample_closed: Case, client_for: ClientFor, field: str, value: str, sentence: str
) -> None:
    body = {"name": "Calder Ridge", "time_zone": "UTC", field: value}
    answer = client_for(sample_closed.owner).post(_url(sample_closed, "organisation"), body)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with opened(sample_closed.organisation), pytest.raises(ValidationError) as refused:
        services.change_organisation(actor=sample_closed.owner, **body)
    assert list(refused.value.message_dict) == [field]
    assert Organisation.objects.get(slug=sample_closed.slug).time_zone != "UTC"


def test_nothing_of_an_invitation_is_left_when_people_pages_are_refused(
    sample_closed: Case, client_for: ClientFor
) -> None:
    invited(sample_closed)
    for role in ("counsel", "procurement", "manager"):
        client = client_for(getattr(sample_closed, role))
        assert NEWCOMER.encode() not in client.get(_url(sample_closed, "people")).content
    assert Invitation.objects.count() == 1


def test_the_time_zone_in_force_is_the_one_that_is_chosen(sample_closed: Case, client_for: ClientFor) -> None:
    client, url = client_for(sample_closed.owner), _url(sample_closed, "organisation")
    page = client.get(url).content.decode()
    assert page.count("<option") > 300
    assert re.findall(r'<option value="([^"]+)" selected>', page) == ["America/Chicago"]
    refused = client.post(url, {"name": "", "time_zone": "Asia/Tokyo"}).content.decode()
    assert re.findall(r'<option value="([^"]+)" selected>', refused) == ["Asia/Tokyo"]
    Organisation.objects.filter(pk=sample_closed.organisation.pk).update(time_zone="EST")
    assert re.findall(r'<option value="([^"]+)" selected>', client.get(url).content.decode()) == ["EST"]
