"""The portfolio by keyboard: a threshold, a filter, what a wrong number says; the same without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keys import Keys
from tests.browser.looks import TWO_LOOKS, look

PORTFOLIO = "/o/calder-ridge/tasks/portfolio/"
OpenAs = Callable[..., Page]


def test_thresholds_and_filters_by_keyboard(open_as: OpenAs) -> None:
    page = open_as("manager", "/o/calder-ridge/tasks/")
    keys = Keys(page)
    keys.follow("Portfolio")
    expect(page.get_by_role("heading", level=1)).to_have_text("Portfolio")
    keys.fill("Suited from a score of", "68")
    keys.press("Enter")
    summary = page.locator("#portfolio-quadrant .chart-summary")
    expect(summary).to_contain_text("reach a score of 68")
    expect(page).to_have_url(re.compile("score=68"))
    stop = keys.landed()
    assert (stop.id, stop.value) == ("p-score", "68")  # the focus stays where the person typed
    expect(page.locator("#portfolio-quadrant[data-drawn] .main-svg").first).to_be_visible()
    keys.fill("Much at stake from", "-5")
    keys.press("Enter")
    expect(page.locator("#fault-p-cost")).to_have_text("Enter an amount of 0 or more a year.")
    keys.to("Only tasks that go out")
    keys.press("Space")
    expect(page.locator("#sensitivity .say")).to_contain_text("Of 12 scored tasks")
    stop = keys.landed()
    assert stop.id == "p-goes"
    keys.to("Outcome", back=True)
    page.keyboard.type("Pilot")
    expect(page.locator("#portfolio > p[role=status]")).to_have_text("3 of 18 legal tasks")


def test_without_scripts_the_same_form_is_an_address(open_as: OpenAs) -> None:
    page = open_as("manager", PORTFOLIO, script=False)
    page.get_by_label("Gate", exact=True).select_option("G10")
    page.get_by_label("Suited from a score of").fill("30")
    page.get_by_role("button", name="Apply").first.click()
    expect(page.locator("#portfolio > p[role=status]")).to_have_text("1 of 18 legal tasks")
    expect(page.get_by_label("Suited from a score of")).to_have_value("30")
    page.get_by_label("Only tasks that go out").check()
    page.get_by_role("button", name="Apply").last.click()
    expect(page.locator("#sensitivity .say")).to_have_text(
        "No task here has a score, so nothing can change yet."
    )


@pytest.mark.looks
@pytest.mark.parametrize("query", ["?score=x&cost=-1", "?outcome=PREPARE_FIRST", "?goes=1&area=Litigation"])
def test_states_of_the_page(open_as: OpenAs, problems: list[str], query: str) -> None:
    look(open_as("manager", PORTFOLIO + query), problems, TWO_LOOKS)
