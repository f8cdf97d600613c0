"""The wall, walked through the whole URL map with twin organisations that hold the same objects.

A page counts only if a permitted role gets its expected answer with that very id; then the outsider gets
404, the wrong role 403, a stranger the sign-in page, and a foreign id never works. A URL that is missing
from the table fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AuditEvent, Membership, User
from accounts.roles import CAN, Role
from accounts.tenancy import opened
from tests.conftest import Case
from tests.lpo.wall_table import ROWS, Row

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


def _member(case: Case, role: Role) -> User:
    """A member of the case with exactly this role."""
    user = User.objects.create_user(f"wall-{role}@{case.slug}.example", "wall wall wall wall")
    Membership.objects.create(user=user, organisation=case.organisation, role=role)
    return user


def _url(name: str, row: Row, case: Case, ids_of: Case | None = None) -> str:
    source = ids_of or case
    with opened(source.organisation):
        return reverse(name, kwargs={"organisation": case.slug, **row.ids(source)})


def _send(client: Client, method: str, url: str, row: Row, case: Case) -> Any:
    with opened(case.organisation):
        body = row.body(case) if row.body else {}
    answer = client.get(url) if method == "get" else client.post(url, body)
    if answer.streaming:
        answer.close()
    return answer


def _methods(row: Row) -> list[tuple[str, tuple[int, ...]]]:
    methods: list[tuple[str, tuple[int, ...]]] = [("get", (row.get,))] if row.get else []
    return methods + ([("post", row.posted)] if row.body else [])


CASES = [(name, method, expected) for name, row in sorted(ROWS.items()) for method, expected in _methods(row)]


@pytest.mark.parametrize(("name", "method", "expected"), CASES, ids=[f"{n}-{m}" for n, m, _ in CASES])
def test_the_wall(  # noqa: PLR0917  (fixtures and parameters)
    sample_closed: Case, twin: Case, client_for: ClientFor, name: str, method: str, expected: tuple[int, ...]
) -> None:
    row, can = ROWS[name], CAN[WALLED[name].required_action]
    url = _url(name, row, sample_closed)

    anonymous = _send(Client(), method, url, row, sample_closed)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/accounts/login/")

    outsider = _send(client_for(_member(twin, Role.OWNER)), method, url, row, sample_closed)
    assert outsider.status_code == 404

    for role in Role:
        if role not in can:
            refused = _send(client_for(_member(sample_closed, role)), method, url, row, sample_closed)
            assert refused.status_code == 403, role

    permitted = client_for(_member(sample_closed, sorted(can)[0]))
    if _has_foreign_ids(row, sample_closed, twin):
        foreign = _send(permitted, method, _url(name, row, sample_closed, ids_of=twin), row, sample_closed)
        assert foreign.status_code == 404

    answer = _send(permitted, method, url, row, sample_closed)
    assert answer.status_code in expected, url


def _has_foreign_ids(row: Row, case: Case, twin: Case) -> bool:
    with opened(case.organisation):
        ours = row.ids(case)
    with opened(twin.organisation):
        theirs = row.ids(twin)
    return ours != theirs


FOREIGN = [(name, field) for name, row in sorted(ROWS.items()) for field in row.keys]


@pytest.mark.parametrize(("name", "field"), FOREIGN, ids=[f"{n}-{f}" for n, f in FOREIGN])
def test_a_foreign_id_in_a_form_is_refused(
    sample_closed: Case, twin: Case, client_for: ClientFor, name: str, field: str
) -> None:
    row, can = ROWS[name], CAN[WALLED[name].required_action]
    client = client_for(_member(sample_closed, sorted(can)[0]))
    with opened(twin.organisation):
        theirs = (row.body or dict)(twin)[field]
        before_there = AuditEvent.objects.count()
    with opened(sample_closed.organisation):
        body = {**(row.body or dict)(sample_closed), field: theirs}
        before_here = AuditEvent.objects.count()
    answer = client.post(_url(name, row, sample_closed), body)
    assert answer.status_code in {200, 400, 404, 422}
    with opened(sample_closed.organisation):
        assert AuditEvent.objects.count() == before_here
    with opened(twin.organisation):
        assert AuditEvent.objects.count() == before_there
