"""The commands about people: start an organisation, invite, change a role; wrong input ends in a sentence."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, Invitation, Membership, Organisation, User
from accounts.services.invitations import find
from accounts.tenancy import opened
from assessments.models import Assessment
from selections.models import Selection
from tests.accounts.people import PASSWORD, joining, member
from tests.conftest import Case

ROOT = Path(__file__).resolve().parent.parent.parent
BOSS = "boss@northwind.example"


def _said(*words: str, **options: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def _token(said: str) -> str:
    (token,) = re.findall(r"/join/([\w-]{43})/", said)
    return str(token)


def test_the_owner_follows_the_printed_link_into_the_new_organisation(sample_closed: Case) -> None:
    said = _said("create_organisation", "  Northwind   Legal ", owner="Boss@Northwind.example")
    assert "Northwind Legal is ready at http://127.0.0.1:8000/o/northwind-legal/" in said
    assert f"Invitation for {BOSS} as Owner:" in said
    organisation = Organisation.objects.get(slug="northwind-legal")
    assert not Membership.objects.filter(organisation=organisation).exists()
    with opened(organisation):
        assert re.fullmatch(r"FY 20\d\d", Assessment.objects.get().period)
        assert Selection.objects.count() == 1
        assert list(AuditEvent.objects.order_by("pk").values_list("verb", "actor")) == [
            ("started organisation", None),
            ("invited", None),
        ]
    client = Client()
    client.get(f"/join/{_token(said)}/")
    assert b"You are asked in as <b>Owner</b>" in client.get("/join/").content
    assert joining(client)["Location"] == "/o/northwind-legal/"
    assert client.get("/o/northwind-legal/people/").status_code == 200
    assert client.get(f"/o/{sample_closed.slug}/").status_code == 404


def test_period_slug_zone_and_address_can_be_said(db: None) -> None:
    said = _said(
        "create_organisation",
        "Northwind",
        owner=BOSS,
        period="2027 H1",
        slug="NW",
        time_zone="Europe/Paris",
        base_url="https://lpo.firm.example/",
    )
    assert "https://lpo.firm.example/o/nw/" in said
    assert f"https://lpo.firm.example/join/{_token(said)}/" in said
    organisation = Organisation.objects.get(slug="nw")
    assert organisation.time_zone == "Europe/Paris"
    with opened(organisation):
        assert Assessment.objects.get().period == "2027 H1"


@pytest.mark.parametrize(
    ("hosts", "https", "start"),
    [
        (["lpo.firm.example", "127.0.0.1"], True, "https://lpo.firm.example/join/"),
        (["lpo.firm.example"], False, "http://lpo.firm.example/join/"),
        (["*"], False, "http://127.0.0.1:8000/join/"),
        ([".firm.example", "[::1]"], False, "http://[::1]:8000/join/"),
    ],
)
def test_without_an_address_the_first_allowed_host_is_taken(
    db: None, settings: Settings, hosts: list[str], https: bool, start: str
) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS = hosts, https
    assert start in _said("create_organisation", "Northwind", owner=BOSS)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("Northwind", {"owner": "nobody"}, "Enter an e-mail address"),
        ("Northwind", {"slug": "calder-ridge"}, "There is an organisation at /o/calder-ridge/ already."),
        ("Northwind", {"slug": "a b"}, "letters a-z, digits and hyphens only"),
        ("Northwind", {"slug": "x" * 61}, "60 characters at most"),
        ("Northwind", {"slug": " "}, "Choose one with --slug"),
        ("律所", {}, "Choose one with --slug"),
        ("  ", {}, "NAME takes 1 to 160"),
        ("x" * 161, {}, "NAME takes 1 to 160"),
        ("Northwind", {"period": "x" * 41}, "--period takes 1 to 40"),
        ("Northwind", {"period": "  "}, "--period takes 1 to 40"),
        ("Northwind", {"time_zone": "Mars/One"}, "Choose a time zone"),
        ("Northwind", {"base_url": "lpo.firm.example"}, "is no address"),
        ("Northwind", {"base_url": "ftp://lpo.firm.example"}, "is no address"),
        ("Northwind", {"base_url": "https://lpo.firm.example/?x=1"}, "is no address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    sample_closed: Case, name: str, options: dict[str, str], sentence: str
) -> None:
    before = Organisation.objects.count()
    with pytest.raises(CommandError, match=re.escape(sentence)) as refused:
        _said("create_organisation", name, **({"owner": BOSS} | options))
    assert refused.value.returncode == 1
    assert Organisation.objects.count() == before
    assert not Invitation.objects.exists()


def test_on_the_command_line_a_refusal_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "create_organisation", "律所", "--owner", BOSS],
        cwd=ROOT,
        env={"LPO_VAR": str(tmp_path), "PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "lpo.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith("for example --slug legal.")
    assert "Traceback" not in done.stderr


def test_a_lost_owner_is_followed_by_a_new_one(sample_closed: Case) -> None:
    said = _said("invite", BOSS, organisation=sample_closed.slug, role="owner")
    again = _said("invite", BOSS, organisation=sample_closed.slug, role="owner")
    assert find(_token(said)) is None  # there is always one link, the newest
    client = Client()
    client.get(f"/join/{_token(again)}/")
    joining(client, password=PASSWORD)
    user = User.objects.get(email=BOSS)
    assert member(sample_closed, user).role == "owner"
    with opened(sample_closed.organisation):
        actors = AuditEvent.objects.filter(object_label=BOSS).order_by("pk").values_list("verb", "actor")
    assert list(actors) == [
        ("invited", None),
        ("revoked invitation", None),
        ("invited", None),
        ("accepted invitation", user.pk),
    ]


@pytest.mark.parametrize(
    ("email", "slug", "sentence"),
    [
        (BOSS, "nowhere", "There is no organisation nowhere. There is: calder-ridge, northlake."),
        ("nobody", "calder-ridge", "Enter an e-mail address"),
        ("counsel@calderridge.example", "calder-ridge", "is a member already: Counsel."),
    ],
)
def test_who_cannot_be_invited_is_said(sample_closed: Case, email: str, slug: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        _said("invite", email, organisation=slug, role="owner")


def test_a_member_becomes_owner_where_none_is_left(sample_closed: Case) -> None:
    said = _said("change_role", "Counsel@CalderRidge.example", organisation="calder-ridge", role="owner")
    assert said.startswith("counsel@calderridge.example is Owner of Calder Ridge")
    assert member(sample_closed, sample_closed.counsel).role == "owner"
    with opened(sample_closed.organisation):
        event = AuditEvent.objects.get(verb="changed role")
    assert event.actor is None


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("nobody@firm.example", "nobody@firm.example is no member of"),
        ("owner@calderridge.example", "Orla Owner is the only owner."),
    ],
)
def test_a_role_that_cannot_be_changed_is_said(sample_closed: Case, email: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        _said("change_role", email, organisation="calder-ridge", role="manager")
