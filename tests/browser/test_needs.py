"""Step 1 without a mouse: an objective is added, refused, measured, moved and removed."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.addresses import Addresses
from tests.browser.keys import Keys

Open = Callable[..., Page]


def test_an_objective_is_written_down_and_removed(open_as: Open, addresses: Addresses) -> None:
    page = open_as("outsider", addresses["twin"]["assessments:needs"])
    keys = Keys(page)
    keys.follow("Add an objective")
    keys.follow("Save")  # nothing typed: refused, with the fault beside the field
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(page.get_by_text("Say in a sentence what is to be reached.")).to_be_visible()
    keys.fill("What is to be reached", "Answer contract requests sooner")
    keys.fill("Measure", "Turnaround of requests")
    keys.fill("Unit", "days")
    keys.fill("Value today", "5")
    keys.fill("Target", "2")
    keys.fill("Place in the list", "1")
    keys.follow("Save")
    row = page.get_by_role("region", name="Table of objectives").get_by_role("row").nth(1)
    expect(row).to_contain_text("Answer contract requests sooner")
    expect(row).to_contain_text("3 lower than today")
    expect(row).to_contain_text("Missing: day of that value, source of that value and date")
    keys.follow("Answer contract requests sooner")
    keys.use("Remove this objective")
    keys.follow("Remove objective")
    expect(page.locator("#messages")).to_contain_text("Removed: Answer contract requests sooner")
    expect(page.get_by_role("region", name="Table of objectives")).not_to_contain_text("sooner")
