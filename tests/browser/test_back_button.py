"""Who sits down at a browser after somebody signed out finds nothing."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import Lend
from tests.browser.people import PEOPLE, sign_in
from tests.browser.server import Running

TASKS = "/o/calder-ridge/tasks/"


def _nothing_shows(page: Page) -> None:
    assert "/accounts/login/" in page.url
    assert "Patent drafting" not in page.content()


def test_the_back_button_shows_nothing_after_sign_out(server: Running, lend: Lend) -> None:
    """A sign-in of its own, because signing out ends the session for all windows."""
    context = lend(server)
    page = context.new_page()
    sign_in(page, PEOPLE["counsel"])
    page.goto(TASKS)
    assert "Patent drafting" in page.content()
    page.goto("/o/calder-ridge/providers/")
    page.locator("details.user summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/**")
    for _ in range(2):
        page.go_back()
        page.wait_for_load_state()
        _nothing_shows(page)
    page.goto(TASKS)
    _nothing_shows(page)


def test_other_windows_of_the_same_browser_are_signed_out_too(server: Running, lend: Lend) -> None:
    context = lend(server)
    first, second = context.new_page(), context.new_page()
    sign_in(first, PEOPLE["manager"])
    second.goto(TASKS)
    first.goto("/o/calder-ridge/")
    first.locator("details.user summary").click()
    first.get_by_role("button", name="Sign out").click()
    first.wait_for_url("**/accounts/**")
    second.reload()
    _nothing_shows(second)
