"""Inviting and joining with the keyboard alone, on a server of its own for it changes who belongs here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import findings
from tests.browser.conftest import HEIGHT, PEOPLE, WIDTH, Browsers, Lend, Problems
from tests.browser.server import PASSWORD, running_server

PEOPLE_PAGE = "/o/calder-ridge/people/"
LONG = "correct horse battery staple"
Fresh = Callable[..., Page]


@pytest.fixture(scope="module")
def own_server(browsers: Browsers) -> Iterator[str]:
    with running_server() as address:
        yield address
        browsers.forget(address)


@pytest.fixture
def fresh(own_server: str, lend: Lend, problems: Problems) -> Fresh:
    """A browser that nobody is signed in with: ``fresh(script=False)``."""

    def start(*, script: bool = True, width: int = WIDTH) -> Page:
        page = lend(own_server, script=script).new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        problems.listen(page)
        return page

    return start


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted control has the focus, as somebody without a mouse does."""
    wanted.wait_for()
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with Tab")


def _sign_in(page: Page, email: str, password: str, *, at: str = "/accounts/login/") -> None:
    if at:
        page.goto(at)
    _tab_to(page, page.get_by_label("Work e-mail"))
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def _invite(page: Page, email: str, *, role_keys: int) -> str:
    """Fill in the form on the people page; the role is ``role_keys`` below Owner."""
    page.goto(PEOPLE_PAGE)
    _tab_to(page, page.get_by_label("E-mail", exact=False))
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(role_keys):
        page.keyboard.press("ArrowDown")
    _tab_to(page, page.get_by_role("button", name="Make an invitation link"))
    page.keyboard.press("Enter")
    field = page.get_by_label("Invitation link")
    expect(field).to_be_focused()
    return field.input_value()


def test_an_owner_invites_and_a_newcomer_joins_by_keyboard(fresh: Fresh, problems: list[str]) -> None:
    owner = fresh()
    _sign_in(owner, PEOPLE["owner"], PASSWORD)
    expect(owner.get_by_role("heading", level=1, name="Routine legal work")).to_be_visible()
    link = _invite(owner, "anna@firm.example", role_keys=1)
    assert "/join/" in link
    assert findings(owner, problems) == []
    _tab_to(owner, owner.get_by_role("button", name="Copy"))
    owner.keyboard.press("Enter")
    expect(owner.locator("#copied")).not_to_be_empty()

    newcomer = fresh()
    newcomer.goto(link)
    expect(newcomer).to_have_url(f"{link.split('/join/')[0]}/join/")
    expect(newcomer.get_by_text("as Counsel")).to_be_visible()
    assert findings(newcomer, problems) == []
    _tab_to(newcomer, newcomer.get_by_label("Your name"))
    newcomer.keyboard.type("Anna Newcomer")
    for _ in range(2):
        newcomer.keyboard.press("Tab")
        newcomer.keyboard.type(LONG)
    newcomer.keyboard.press("Enter")
    expect(newcomer.get_by_role("heading", level=1, name="Routine legal work")).to_be_visible()
    expect(newcomer.locator("#messages")).to_contain_text("Welcome. You are Counsel of")
    expect(newcomer.get_by_role("link", name="People")).to_have_count(0)

    again = fresh()
    again.goto(link)
    expect(again.get_by_role("heading", level=1)).to_have_text("This link does not work")
    problems[:] = [line for line in problems if "status of 404" not in line]

    owner.goto(PEOPLE_PAGE)
    expect(owner.get_by_role("row", name="Anna Newcomer")).to_contain_text("Counsel")
    _tab_to(owner, owner.get_by_role("link", name="Change role of Anna Newcomer"))
    owner.keyboard.press("Enter")
    dialog = owner.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Role of Anna Newcomer")).to_be_focused()
    assert findings(owner, problems) == []
    _tab_to(owner, dialog.get_by_role("radio", name="Counsel assesses"))
    owner.keyboard.press("ArrowDown")
    owner.keyboard.press("ArrowDown")
    _tab_to(owner, dialog.get_by_role("button", name="Save role"))
    owner.keyboard.press("Enter")
    expect(owner.locator("#messages")).to_contain_text("Anna Newcomer is Manager from now on.")

    newcomer.goto("/o/calder-ridge/tasks/paste/")
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("Your role may not do this")
    problems[:] = [line for line in problems if "status of 403" not in line]

    _tab_to(owner, owner.get_by_role("link", name="Remove Anna Newcomer"))
    owner.keyboard.press("Enter")
    _tab_to(owner, dialog.get_by_role("button", name="Remove"))
    owner.keyboard.press("Enter")
    expect(owner.locator("#messages")).to_contain_text("Anna Newcomer is no longer a member.")
    newcomer.goto("/o/calder-ridge/")
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("There is no such page")
    problems[:] = [line for line in problems if "status of 404" not in line]


def test_somebody_with_an_account_joins_by_keyboard_and_without_scripts(
    fresh: Fresh, problems: list[str]
) -> None:
    owner = fresh(script=False, width=390)
    owner.goto("/accounts/login/")
    owner.get_by_label("Work e-mail").fill(PEOPLE["owner"])
    owner.get_by_label("Password").fill(PASSWORD)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", level=1, name="Routine legal work")).to_be_visible()
    owner.goto(PEOPLE_PAGE)
    owner.get_by_label("E-mail").fill(PEOPLE["outsider"])
    owner.get_by_role("radio", name="Manager").check()
    owner.get_by_role("button", name="Make an invitation link").click()
    expect(owner.get_by_role("button", name="Copy")).to_be_hidden()
    link = owner.get_by_label("Invitation link").input_value()

    guest = fresh(width=390)
    guest.goto(link)
    _tab_to(guest, guest.get_by_role("link", name="Sign in"))
    guest.keyboard.press("Enter")
    _sign_in(guest, PEOPLE["outsider"], PASSWORD, at="")
    button = guest.get_by_role("button", name="Join")
    _tab_to(guest, button)
    guest.keyboard.press("Enter")
    expect(guest.locator("#messages")).to_contain_text("Welcome. You are Manager of")

    menu = guest.locator("details.user > summary")
    menu.press("Enter")
    _tab_to(guest, guest.get_by_role("link", name="Leave Calder Ridge"))
    guest.keyboard.press("Enter")
    _tab_to(guest, guest.get_by_role("button", name="Leave"))
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("heading", level=1)).not_to_contain_text("Leave")
    guest.goto("/o/calder-ridge/")
    expect(guest.get_by_role("heading", level=1)).to_have_text("There is no such page")
    problems[:] = [line for line in problems if "status of 404" not in line]


def test_a_link_for_another_account_signs_out_and_goes_on(fresh: Fresh, problems: list[str]) -> None:
    owner = fresh()
    _sign_in(owner, PEOPLE["owner"], PASSWORD)
    expect(owner.get_by_role("heading", level=1, name="Routine legal work")).to_be_visible()
    link = _invite(owner, "bert@firm.example", role_keys=2)
    owner.goto(link)
    expect(owner.get_by_text("You are signed in as owner@calderridge.example.")).to_be_visible()
    assert findings(owner, problems) == []
    _tab_to(owner, owner.get_by_role("button", name="Sign out and go on"))
    owner.keyboard.press("Enter")
    expect(owner.get_by_label("Your name")).to_be_visible()
    assert findings(owner, problems) == []
