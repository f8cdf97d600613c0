"""The wall, walked through the whole URL map with twin organisations that hold the same objects.

A page counts only if every role that may gets its expected answer with that very id; then the outsider gets
404, the wrong role 403, a stranger the sign-in page, and a foreign id never works: not in the path, not in
any field of a form, not in any filter. What was refused changed no row of either organisation. A URL that is
missing from the table fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.forms import BaseForm
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import CAN, Role
from accounts.tenancy import OwnedChoiceField, opened
from assessments.models import FactorOpinion, LegalHold, LegalTask, StateChange, TaskAssessment, Waiver
from assessments.models_needs import MustStay
from assessments.models_split import SplitClosure, TaskSplit
from assessments.services import close_condition
from reports.services import request_suitability_report
from selections.models import PastBasis
from tests.conftest import Case
from tests.factor_sets import weighted
from tests.gates import closing
from tests.lpo.wall_table import CONDITION, ROWS, Row, adopted
from tests.security.rows import FOREIGN, MARK, ledger, owned_models, plant, read_whole

ClientFor = Callable[[User], Client]


def _patterns(resolver: Any, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path, (*names, entry.namespace) if entry.namespace else names)
        elif isinstance(entry, URLPattern):
            yield ":".join((*names, entry.name or "")), path, entry.callback


MAP = {name: (path, view) for name, path, view in _patterns(get_resolver())}
WALLED = {name: view for name, (path, view) in MAP.items() if path.startswith("o/<slug:organisation>/")}
OPEN = {
    "home",
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_overview",
    "account_reauthenticate",
    "account_change_password",
    "join",
    "join_link",
    "join_other_account",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "usersessions_list",
    "usersessions_end",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "oidc_login",
    "oidc_callback",
    "oidc_disconnect",
}


def test_every_address_is_in_the_table() -> None:
    assert set(WALLED) == set(ROWS)
    assert set(MAP) - set(WALLED) == OPEN


@pytest.mark.parametrize("name", sorted(WALLED))
def test_every_walled_view_names_its_action(name: str) -> None:
    assert WALLED[name].required_action in CAN


def member(case: Case, role: Role) -> User:
    """A member of the case with exactly this role."""
    user = User.objects.create_user(f"wall-{role}@{case.slug}.example", "wall wall wall wall")
    Membership.objects.create(user=user, organisation=case.organisation, role=role)
    return user


def _url(name: str, row: Row, case: Case, **changed: Any) -> str:
    with opened(case.organisation):
        return reverse(name, kwargs={"organisation": case.slug, **row.ids(case), **changed})


def _body(row: Row, case: Case) -> dict[str, Any]:
    with opened(case.organisation):
        return row.body(case) if row.body else {}


def _send(client: Client, method: str, url: str, body: dict[str, Any], **headers: str) -> Any:
    """Send it as a browser does; ``body`` counts for a POST only."""
    if method == "post":
        answer = client.post(url, body, headers=headers)
    else:
        answer = getattr(client, method)(url, headers=headers)
    read_whole(answer)
    return answer


def _content(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@contextmanager
def _undone() -> Iterator[None]:
    """Take back what the block wrote, so that the next role finds the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _methods(row: Row) -> list[tuple[str, tuple[int, ...]]]:
    methods: list[tuple[str, tuple[int, ...]]] = [("get", (row.get,))] if row.get else []
    return methods + ([("post", row.posted)] if row.body else [])


def _alike(method: str) -> tuple[str, ...]:
    """What is refused for GET is refused for HEAD."""
    return ("get", "head") if method == "get" else (method,)


POSTS = sorted(name for name, row in ROWS.items() if row.body)
GETS = sorted(name for name, row in ROWS.items() if row.get)


def _app(name: str) -> str:
    return name.partition(":")[0] if ":" in name else "lpo"


APPS = sorted({_app(name) for name in ROWS})
by_app = pytest.mark.parametrize("app", APPS)


def _of(app: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if _app(name) == app]


@contextmanager
def _by_itself(subtests: pytest.Subtests, name: str) -> Iterator[None]:
    """Try one address of many on the same rows; what it wrote is taken back.

    Making those rows anew for each address would take longer than the requests.
    """
    with subtests.test(name), _undone():
        yield


@by_app
def test_the_wall(
    sample_closed: Case, twin: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    ours = {role: client_for(member(sample_closed, role)) for role in Role}
    outsider = client_for(member(twin, Role.OWNER))
    with ledger(twin) as theirs:
        for name in _of(app, sorted(ROWS)):
            with _by_itself(subtests, name):
                for method, expected in _methods(ROWS[name]):
                    with _undone():
                        url, body = _url(name, ROWS[name], sample_closed), _body(ROWS[name], sample_closed)
                        theirs.forget()
                        _who_is_refused(ours, outsider, name=name, method=method, url=url, body=body)
                        assert theirs.is_untouched
                        for role in CAN[WALLED[name].required_action]:
                            with _undone():
                                answer = _send(ours[role], method, url, body)
                                assert answer.status_code in expected, (role, url)
                                assert method == "post" or theirs.is_untouched  # reading writes nothing
                                assert theirs.keys_that_cross() == []
                                assert theirs.is_unchanged()


def _who_is_refused(
    ours: Mapping[Role, Client], outsider: Client, *, name: str, method: str, url: str, body: dict[str, Any]
) -> None:
    for sent in _alike(method):
        anonymous = _send(Client(), sent, url, body)
        assert anonymous.status_code == 302
        assert anonymous["Location"].startswith("/accounts/login/")
        assert _send(outsider, sent, url, body).status_code == 404
        assert _send(outsider, sent, url, body, **{"HX-Request": "true"}).status_code == 404
        for role in set(Role) - CAN[WALLED[name].required_action]:
            assert _send(ours[role], sent, url, body).status_code == 403, role


def plant_split(twin: Case, task: TaskAssessment) -> None:
    """One split with a condition that was set aside, and somebody's own assessment."""
    first, second, third = LegalTask.objects.order_by("pk")[:3]
    split = TaskSplit.objects.create(
        assessment=twin.assessment, whole=first, out=second, stays=third, reason="Agreed", by=twin.owner
    )
    SplitClosure.objects.create(
        split=split, gate="G04", evidence="Memo", closed_by=twin.owner, closed_at=timezone.now()
    )
    FactorOpinion.objects.create(task=task, factor="STD", level=2, assessor=twin.owner)


@pytest.fixture
def planted(twin: Case) -> Case:
    """The twin with one more row in each table, all of the same id and marked; see ``plant``."""
    with opened(twin.organisation):
        task = TaskAssessment.objects.get(legal_task__code="D14")
        close_condition(actor=twin.owner, task=task, **CONDITION, closing=closing())
        Waiver.objects.create(task=task, gate="G11", reason="None", asked_by=twin.owner)
        weighted(twin, STD=20)
        MustStay.objects.create(assessment=twin.assessment, what="Patent drafting")
        request_suitability_report(assessment=twin.assessment, paper="a4", actor=twin.manager)
        adopted(twin)
        LegalHold.objects.create(assessment=twin.assessment, reason="Doe v. Northlake", set_by=twin.owner)
        StateChange.objects.create(assessment=twin.assessment, after="draft", by=twin.owner)
        plant_split(twin, task)
        PastBasis.objects.create(selection=twin.selection, assessment=twin.assessment, last_record=1)
    labels = plant(twin)
    assert set(labels) >= {
        f"{model._meta.label}" for model in owned_models() if model._meta.app_label != "accounts"
    }
    return twin


@by_app
def test_a_foreign_id_in_the_address_is_not_found(
    sample_closed: Case, planted: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    """Each id of the address by itself, and all of them together."""
    client = client_for(sample_closed.owner)
    for name in _of(app, sorted(ROWS)):
        with _by_itself(subtests, name):
            row = ROWS[name]
            with opened(sample_closed.organisation):
                ids = [key for key, value in row.ids(sample_closed).items() if isinstance(value, int)]
            changes = [*({key: FOREIGN} for key in ids), dict.fromkeys(ids, FOREIGN)] if ids else []
            urls = [_url(name, row, sample_closed, **changed) for changed in changes]
            body = _body(row, sample_closed)
            with ledger() as kept:
                for url in urls:
                    for method, _ in _methods(row):
                        assert _send(client, method, url, body).status_code == 404, url
                assert kept.is_untouched


_FIELD = re.compile(r'<(?:input|select|textarea)[^>]*? name="([^"]+)"')
_FAMILY = re.compile(r"^(w|level|reason|mix|ratio|form|factor_min|anchor|weight|band)-.*?([a-z_]*)$")
_POSTED = re.compile(r'<form\b[^>]*method="post".*?</form>', re.DOTALL)
_LINKED = re.compile(r"[?&](?:amp;)?([A-Za-z][\w.-]*)=")


def _drawn(client: Client, name: str, case: Case) -> str:
    return _content(client.get(_url(name, ROWS[name], case))).decode("utf-8", "replace")


def _fields(page: str) -> set[str]:
    return set(_FIELD.findall(page)) - {"csrfmiddlewaretoken"}


def _asked(page: str) -> set[str]:
    """What a page reads from its address: fields outside the forms that are posted, and what links ask."""
    return _fields(_POSTED.sub("", page)) | set(_LINKED.findall(page))


def one_of_each(names: set[str]) -> list[str]:
    """Of twenty weights or forty lines of a table, one stands for all."""
    return sorted({_FAMILY.sub(r"\1-\2", name): name for name in sorted(names)}.values())


def _id_fields(row: Row, body: dict[str, Any]) -> set[str]:
    """The fields whose good value is an id: they are numbers where typed fields are texts."""
    return set(row.keys) | {field for field, value in body.items() if type(value) is int}


@by_app
def test_a_foreign_id_in_any_field_reaches_nothing(
    sample_closed: Case, planted: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    client = client_for(sample_closed.owner)
    for name in _of(app, POSTS):
        with _by_itself(subtests, name):
            _try_fields(sample_closed, planted, client, name)


def _try_fields(ours: Case, planted: Case, client: Client, name: str) -> None:
    row = ROWS[name]
    url, body = _url(name, row, ours), _body(row, ours)
    ids = _id_fields(row, body)
    fields = set(body) | (_fields(_drawn(client, name, ours)) if row.get == 200 else set())
    with ledger(ours, planted) as kept:
        for field in one_of_each(fields):
            value = [FOREIGN] if isinstance(body.get(field), list) else FOREIGN
            may_be = {400, 404, 422} | (set() if field in ids else {200, 302})
            with _undone():
                answer = _send(client, "post", url, {**body, field: value})
                assert answer.status_code in may_be, field
                assert kept.is_unchanged(planted), field
                assert kept.keys_that_cross() == [], field
                assert MARK.encode() not in _content(answer), field
                assert field not in ids or kept.is_unchanged(), field


def test_every_choice_of_owned_rows_is_tried_with_a_foreign_id(sample_closed: Case) -> None:
    """Derived from the forms: a new field with owned rows must appear in the body of some address."""
    tried = {field for name in POSTS for field in _id_fields(ROWS[name], _body(ROWS[name], sample_closed))}
    offered = {
        field
        for form in _subclasses(BaseForm)
        for field, kind in getattr(form, "base_fields", {}).items()
        if isinstance(kind, OwnedChoiceField)
    }
    assert offered
    assert offered <= tried


def _subclasses(cls: type[Any]) -> set[type[Any]]:
    return {cls}.union(*(_subclasses(child) for child in cls.__subclasses__()))


@by_app
def test_a_foreign_id_in_any_filter_shows_nothing(
    sample_closed: Case, planted: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    client = client_for(sample_closed.owner)
    for name in _of(app, GETS):
        with _by_itself(subtests, name):
            fields = one_of_each(_asked(_drawn(client, name, sample_closed)))
            url = _url(name, ROWS[name], sample_closed)
            with ledger() as kept:
                for field in fields:
                    answer = client.get(url, {field: FOREIGN})
                    assert answer.status_code in {200, 302, 400, 404, 422}, field
                    assert MARK.encode() not in _content(answer), field
                assert kept.is_untouched


def test_the_planted_rows_can_be_seen_by_their_own_people(planted: Case, client_for: ClientFor) -> None:
    """Otherwise the tests above would look for a mark that is nowhere."""
    client = client_for(planted.owner)
    for name in ("assessments:tasks", "providers:list"):
        assert MARK.encode() in client.get(_url(name, ROWS[name], planted)).content


@by_app
def test_who_lost_a_role_is_refused_at_the_next_request(
    sample_closed: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    """In a session that goes on: first another role, then none; page, piece, file and form alike."""
    for name in _of(app, sorted(ROWS)):
        with _by_itself(subtests, name):
            row, can = ROWS[name], CAN[WALLED[name].required_action]
            user = member(sample_closed, sorted(can)[0])
            client, membership = client_for(user), Membership.objects.get(user=user)
            url, body = _url(name, row, sample_closed), _body(row, sample_closed)
            assert client.get(_url("case", ROWS["case"], sample_closed)).status_code == 200
            less = sorted(set(Role) - can)
            if less:
                Membership.objects.filter(pk=membership.pk).update(role=less[0])
                _all_refused(client, row, url, body, 403)
            Membership.objects.filter(pk=membership.pk).delete()
            with ledger() as kept:
                _all_refused(client, row, url, body, 404)
                assert kept.is_untouched


def _all_refused(client: Client, row: Row, url: str, body: dict[str, Any], status: int) -> None:
    for method, _ in _methods(row):
        for headers in ({}, {"HX-Request": "true"}, {"X-Dialog": "1"}):
            assert _send(client, method, url, body, **headers).status_code == status, (method, headers)


@by_app
def test_no_other_spelling_of_the_organisation_opens_a_page(
    sample_closed: Case, twin: Case, client_for: ClientFor, subtests: pytest.Subtests, app: str
) -> None:
    slug = sample_closed.slug
    outsider, member = client_for(twin.owner), client_for(sample_closed.owner)
    encoded = "".join(f"%{ord(letter):02x}" for letter in slug)
    for name in _of(app, GETS):
        with _by_itself(subtests, name):
            path = _url(name, ROWS[name], sample_closed)
            for other in (
                encoded,
                slug.replace("-", "%2D"),
                f"{twin.slug}%2F..%2F{slug}",
                f"{twin.slug}/../{slug}",
            ):
                assert outsider.get(path.replace(slug, other)).status_code == 404, other
            for other in (
                slug.upper(),
                slug.title(),
                f"{slug}%20",
                f"{slug}.",
                f"{slug}%00",
                slug.replace("-", "_"),
            ):
                assert member.get(path.replace(slug, other)).status_code in {400, 404}, other


# Pages outside every organisation that a stranger may open; all others of OPEN ask for a sign-in.
PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password_from_key",  # the link of `manage.py reset_password`
    "account_reset_password_from_key_done",
    "account_signup",  # says that nobody signs up
    "join",
    "join_link",
    "join_other_account",
    "healthz",
    "readyz",
    "oidc_login",
    "oidc_callback",
}


def test_what_is_open_and_not_public_asks_for_a_sign_in(sample_closed: Case) -> None:
    for name in sorted(OPEN - PUBLIC):
        url = _open_url(name)
        for method in ("get", "post"):
            answer = getattr(Client(), method)(url)
            assert answer.status_code in {302, 405}, (name, method)
            if answer.status_code == 302:
                assert answer["Location"].startswith("/accounts/login/"), (name, method)


def _open_url(name: str) -> str:
    """The address of a page outside every organisation; ids in it lead nowhere."""
    parts = re.findall(r"<(?:(\w+):)?(\w+)>", MAP[name][0])
    return reverse(name, kwargs={key: 1 if kind == "int" else "nowhere" for kind, key in parts})


@pytest.mark.parametrize("name", sorted(OPEN))
def test_no_open_page_takes_a_form_without_its_token(sample_closed: Case, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sample_closed.owner)
    for headers in ({}, {"HX-Request": "true"}):
        assert client.post(_open_url(name), {"login": "x"}, headers=headers).status_code in {403, 405}
