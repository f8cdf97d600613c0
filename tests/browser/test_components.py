"""The page with every component: all pieces in every look, and it is not there unless it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from lpo.components import tokens
from tests.browser.looks import look

pytestmark = pytest.mark.looks
Open = Callable[..., Page]


def test_every_component_in_every_look(open_as: Open, problems: list[str]) -> None:
    page = open_as(None, "/components/")
    for name in tokens.icons():
        assert page.locator(f"use[href='#i-{name}']").count(), name
    assert page.locator("figure[data-chart]").count() == 5
    assert page.locator(".invalid-feedback").count() == 2
    look(page, problems)


def test_the_dialog_leads_on_and_gives_the_focus_back(open_as: Open) -> None:
    page = open_as(None, "/components/")
    opener = page.get_by_role("link", name="Open the arithmetic of a number")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    with page.expect_response("**/components/dialog/"):
        dialog.get_by_role("link", name="leads on").click()
    expect(dialog.get_by_role("heading")).to_have_text("Ashgrove, Cost 79.0 → 23.7 points")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_dialog_that_was_closed_stays_closed(open_as: Open) -> None:
    """An answer that comes after the reader closed the dialog must not open it again."""
    page = open_as(None, "/components/")
    opener = page.get_by_role("link", name="Open the arithmetic of a number")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/components/dialog/", hold)
    dialog.get_by_role("link", name="leads on").click()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    with page.expect_response("**/components/dialog/"):
        held[0].continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done, 50))")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
