"""Every page in light and dark, wide and narrow, sample and empty: no axe findings, no sideways scroll.

The pages come from the address map and the wall table, so a new page is looked at without a line here. One
load serves all four looks: the colours and the width of the open page are changed, as a person's system
would. What is drawn does not depend on the database, so the round on PostgreSQL and Redis leaves this file
out: ``pytest -m "browser and not looks"`` runs the flows alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page

from tests.browser.addresses import Addresses
from tests.browser.conftest import Lend, Problems
from tests.browser.looks import LOOKS, TWO_LOOKS, Looks, look
from tests.browser.people import code_now, sign_in
from tests.lpo.test_wall import OPEN
from tests.lpo.wall_table import ROWS

pytestmark = pytest.mark.looks
Open = Callable[..., Page]
CASE = "/o/calder-ridge/"
RANKING = f"{CASE}selection/1/ranking/"
READABLE = sorted(name for name, row in ROWS.items() if row.get == 200)
# Pages that a role without the controls sees differently.
READ_ONLY = [
    "assessments:tasks",
    "assessments:task",
    "providers:profile",
    "selections:bid",
    "selections:ranking",
]
# What an organisation that has just started cannot have.
NOTHING_YET = {
    "selections:ranking_csv",
    "selections:comparison_csv",
    "selections:record",
    "selections:record_file",
}
# States of a page that only a query or a refusal shows.
STATES = [
    ("procurement", f"{RANKING}?w-COST=-1", 200),
    ("procurement", f"{RANKING}?w-COST=60", 200),
    ("procurement", f"{CASE}selection/1/keep/?w-COST=45", 200),
    ("procurement", f"{CASE}selection/1/comparison/?passed=1&w-COST=45", 200),
    ("counsel", f"{CASE}search/?q=review", 200),
    ("counsel", f"{CASE}search/?q=qqqqq", 200),
    ("outsider", f"{CASE}tasks/", 404),
    ("manager", f"{CASE}tasks/paste/", 403),
    ("manager", f"{CASE}search/?q=%00", 400),
]


def _refusals_are_meant(problems: Problems) -> None:
    """A refused page is an answer too; the browser notes its status as an error."""
    problems[:] = [line for line in problems if "the server responded with a status of 4" not in line]


def _is_file(page: Page, path: str) -> bool:
    """Say whether an address gives a file; one that is no page of ours must be an attachment or text."""
    answer = page.context.request.get(path, max_redirects=0)
    kind, disposition = answer.headers.get("content-type", ""), answer.headers.get("content-disposition", "")
    return answer.ok and "text/html" not in kind and (disposition.startswith("attachment") or not disposition)


def _walk(page: Page, path: str, problems: Problems, looks: Looks = LOOKS) -> None:
    """Look at one address; what the browser takes as a download must be a file."""
    try:
        answer = page.goto(path)
    except Error:
        assert _is_file(page, path), path
        return
    assert answer is not None
    assert answer.status == 200, path
    assert "text/html" in answer.headers["content-type"], path
    look(page, problems, looks)


@pytest.mark.parametrize("name", READABLE)
def test_a_page_of_the_sample(new_page: Open, addresses: Addresses, problems: Problems, name: str) -> None:
    _walk(new_page("owner"), addresses["sample"][name], problems)


@pytest.mark.parametrize("name", READ_ONLY)
def test_a_page_without_its_controls(
    new_page: Open, addresses: Addresses, problems: Problems, name: str
) -> None:
    _walk(new_page("manager"), addresses["sample"][name], problems, TWO_LOOKS)


def test_the_pages_of_an_organisation_that_has_just_started(
    new_page: Open, addresses: Addresses, problems: Problems
) -> None:
    page = new_page("empty")
    assert len(addresses["empty"]) > 10
    for name, path in addresses["empty"].items():
        if ROWS[name].get == 200 and name not in NOTHING_YET:
            _walk(page, path, problems)


@pytest.mark.parametrize(("role", "path", "status"), STATES)
def test_a_state_of_a_page(new_page: Open, problems: Problems, role: str, path: str, status: int) -> None:
    page = new_page(role)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status
    look(page, problems, TWO_LOOKS)
    _refusals_are_meant(problems)


@pytest.fixture(scope="module")
def looked_at() -> set[tuple[str | None, str]]:
    """Who looked at which address: several lead to the same page."""
    return set()


@pytest.mark.parametrize("name", sorted(OPEN))
def test_a_page_outside_the_organisations(
    new_page: Open,
    addresses: Addresses,
    problems: Problems,
    looked_at: set[tuple[str | None, str]],
    name: str,
) -> None:
    """Look at whatever a stranger and a member of two organisations are led to, once each; files are no
    pages."""
    for role in (None, "empty"):
        page = new_page(role)
        try:
            answer = page.goto(addresses["open"][name])
        except Error:
            continue  # the browser shows nothing: a file
        assert answer is not None
        is_elsewhere = answer.request.redirected_from is not None and "/login/" in page.url
        is_known = (role, page.url) in looked_at
        if "text/html" in answer.headers.get("content-type", "") and not is_elsewhere and not is_known:
            looked_at.add((role, page.url))
            look(page, problems)
    _refusals_are_meant(problems)


def test_the_pages_of_the_second_factor(
    looked_server: str, lend: Lend, addresses: Addresses, problems: Problems
) -> None:
    """They need a fresh sign-in, and some of them a factor that is set up."""
    paths = addresses["open"]
    context = lend(looked_server)
    page = context.new_page()
    problems.listen(page)
    sign_in(page, "factor@empty.example")
    page.goto(paths["mfa_activate_totp"])
    look(page, problems)
    page.get_by_label("code").fill(code_now(page.locator("#key").inner_text()))
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_url(lambda url: not url.endswith(paths["mfa_activate_totp"]))
    for name in (
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_index",
        "mfa_deactivate_totp",
    ):
        page.goto(paths[name])
        assert page.url.endswith(paths[name])
        look(page, problems)
    page.goto(paths["mfa_reauthenticate"])
    look(page, problems)
    context.clear_cookies()
    sign_in(page, "factor@empty.example")
    assert page.url.endswith(paths["mfa_authenticate"])
    look(page, problems)
