"""Every page in light and dark, wide and narrow, sample and empty: no axe findings, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.axe import findings

Open = Callable[..., Page]
CASE = "/o/calder-ridge/"
MAIN = [
    ("counsel", CASE),
    ("counsel", f"{CASE}tasks/"),
    ("counsel", f"{CASE}tasks/14/"),
    ("procurement", f"{CASE}providers/"),
    ("procurement", f"{CASE}providers/1/"),
    ("procurement", f"{CASE}selection/1/bids/1/"),
    ("procurement", f"{CASE}selection/1/comparison/"),
    ("manager", f"{CASE}reports/"),
    ("manager", f"{CASE}reports/1/"),
    (None, "/accounts/login/"),
]
OTHERS = [
    ("counsel", f"{CASE}search/?q=review"),
    ("counsel", f"{CASE}tasks/add/"),
    ("counsel", f"{CASE}tasks/paste/"),
    ("counsel", f"{CASE}tasks/catalogue/"),
    ("counsel", f"{CASE}tasks/rates/"),
    ("manager", f"{CASE}tasks/14/"),
    ("procurement", f"{CASE}providers/add/"),
    ("procurement", f"{CASE}providers/1/values/QUAL-02/"),
    ("procurement", f"{CASE}selection/1/bids/"),
    ("procurement", f"{CASE}selection/1/bids/1/edit/"),
    ("procurement", f"{CASE}selection/1/bids/1/prices/add/"),
    ("procurement", f"{CASE}selection/1/assumptions/"),
    ("procurement", f"{CASE}selection/1/assumptions/edit/"),
    ("manager", "/accounts/password/change/"),
    ("manager", "/accounts/logout/"),
    ("outsider", f"{CASE}tasks/"),  # the page that says there is no such page
    ("manager", f"{CASE}tasks/paste/"),  # the page that says the role may not
]
EMPTY = [
    ("empty", path)
    for path in (
        "/o/empty/",
        "/o/empty/tasks/",
        "/o/empty/providers/",
        "/o/empty/selection/3/ranking/",
        "/o/empty/selection/3/comparison/",
        "/o/empty/selection/3/bids/",
        "/o/empty/selection/3/assumptions/",
        "/o/empty/reports/",
    )
]
VARIANTS = [(1440, False), (1440, True), (390, False), (390, True)]


def _look(open_as: Open, problems: list[str], role: str | None, path: str, variant: tuple[int, bool]) -> None:
    width, dark = variant
    page = open_as(role, path, width=width, dark=dark)
    page.wait_for_load_state("networkidle")
    # A refused page is an answer too; its status is a message of the console.
    problems[:] = [line for line in problems if "the server responded with a status of 40" not in line]
    assert findings(page, problems) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the screen"
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("variant", VARIANTS, ids=["wide", "wide-dark", "narrow", "narrow-dark"])
@pytest.mark.parametrize(("role", "path"), MAIN)
def test_a_main_page(
    open_as: Open, problems: list[str], role: str | None, path: str, variant: tuple[int, bool]
) -> None:
    _look(open_as, problems, role, path, variant)


@pytest.mark.parametrize("variant", [VARIANTS[0], VARIANTS[3]], ids=["wide", "narrow-dark"])
@pytest.mark.parametrize(("role", "path"), OTHERS + EMPTY)
def test_another_page(
    open_as: Open, problems: list[str], role: str | None, path: str, variant: tuple[int, bool]
) -> None:
    _look(open_as, problems, role, path, variant)
