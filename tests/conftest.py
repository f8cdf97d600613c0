"""What every test may ask for: the two sample organisations, loaded once, and a browser-less client."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Organisation, User
from accounts.tenancy import opened
from assessments.models import Assessment
from lpo.sample import CALDER, NORTHLAKE, load_sample
from selections.models import Selection
from tests.roles import Owner, become_the_application, become_the_owner

# Continuous integration tries the same cases each time, so that it judges the change and not the day's luck;
# on a developer's machine every run tries new ones.
hypothesis_settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis_settings.load_profile("ci")


@dataclass(frozen=True)
class Case:
    """One sample organisation with its people and its case."""

    organisation: Organisation
    owner: User
    counsel: User
    procurement: User
    manager: User
    assessment: Assessment
    selection: Selection

    @property
    def slug(self) -> str:
        return self.organisation.slug


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Owner | None]:
    """Load both sample organisations once; each test runs in a transaction on top of them.

    On PostgreSQL the owner has migrated by now, and the tests connect as the application does.
    """
    with django_db_blocker.unblock():
        load_sample()
        owner = become_the_application()
    yield owner
    with django_db_blocker.unblock():
        become_the_owner(owner)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what a second round would only repeat; browser tests come last.

    They do because Playwright keeps an event loop, in which Django refuses the database.
    """
    for item in items:
        if _is_apart(item):
            item.add_marker(pytest.mark.apart)
        if _is_served(item):
            item.add_marker(pytest.mark.served)
    yield
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


# Of two rounds, continuous integration runs the whole one where PostgreSQL, Redis and a worker are. On SQLite
# it leaves out what is decided before the database: the tables of all addresses, pages asked for without a
# browser, and all flows in a browser but the few that a newcomer meets first.
TABLES = {"test_wall", "test_nasty", "test_hostile_texts", "test_portability"}
FIRST_FLOWS = {"test_main_job", "test_from_nothing", "test_signin"}


def _is_served(item: pytest.Item) -> bool:
    """Whether one round of two is enough for a test; ``make test`` runs all of them."""
    folder, name = item.path.parent.name, item.path.stem
    if "client_for" in getattr(item, "fixturenames", ()) or (folder == "lpo" and name in TABLES):
        return True
    return folder == "browser" and name not in FIRST_FLOWS


def _is_apart(item: pytest.Item) -> bool:
    """Whether the configured database and queue mean nothing to a test: arithmetic, drawings, others."""
    if item.path.parent.name in {"queue", "postgresql"} or "browser" in item.path.parts[-2:]:
        return False
    asked = {"db", "transactional_db"}
    return not asked & set(getattr(item, "fixturenames", ())) and not item.get_closest_marker("django_db")


def _case(slug: str) -> Case:
    organisation = Organisation.objects.get(slug=slug)
    members = {
        m.role: m.user for m in Membership.objects.filter(organisation=organisation).select_related("user")
    }
    owner = members["owner"]
    with opened(organisation):
        selection = Selection.objects.select_related("assessment").get()
    return Case(
        organisation=organisation,
        owner=owner,
        counsel=members.get("counsel", owner),
        procurement=members.get("procurement", owner),
        manager=members.get("manager", owner),
        assessment=selection.assessment,
        selection=selection,
    )


@pytest.fixture
def sample(db: None) -> Iterator[Case]:
    """The sample company, opened for the length of the test."""
    case = _case(CALDER)
    with opened(case.organisation):
        yield case


@pytest.fixture
def sample_closed(db: None) -> Case:
    """The sample company, not opened: for views, jobs and commands, which must open it themselves."""
    return _case(CALDER)


@pytest.fixture
def twin(db: None) -> Case:
    """The other organisation, which holds the same objects."""
    return _case(NORTHLAKE)


@pytest.fixture
def client_for(db: None) -> Callable[[User], Client]:
    """Give a signed-in test client for a user."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture(autouse=True)
def _sample_accounts_may_sign_in(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample accounts are refused unless the server is known to listen on loopback."""
    settings.SAMPLE_SIGNINS = True  # type: ignore[attr-defined]
    monkeypatch.setenv("LPO_LISTENS_ON", "127.0.0.1")
