"""Prices of a bid are pasted with the keyboard alone, corrected and saved; a file needs no script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import Addresses
from tests.browser.keys import Keys
from tests.browser.looks import LOOKS, TWO_LOOKS, look

Open = Callable[..., Page]
HEAD = "Task\tPricing model\tPrice\tPeople\tIncluded volume\tOverage\n"
# Everything that can be said of a row, beside the cell that it is about.
WRONG = (
    f"{HEAD}D04\tbarter\t110\nD07\tPer unit\t12,5\nD03\tPerson-month\t7710\nX99\tPer unit\t3\n"
    "D01\tPer unit\t1.30\nD08\n"
)
GOOD = f"{HEAD}D04\tPer unit\tUSD 110\nD07\tFixed fee\t82,600.00\t\t1,000\t22.29\nD08\n"


@pytest.fixture
def paste_page(addresses: Addresses) -> str:
    """The page of a bid that prices eleven of twelve tasks, in the organisation that tests may change."""
    return addresses["twin"]["selections:paste_prices"]


def test_prices_are_pasted_corrected_and_saved(open_as: Open, paste_page: str) -> None:
    page = open_as("outsider", paste_page.removesuffix("prices/paste/"))
    keys = Keys(page)
    keys.follow("Paste prices")
    keys.to("Prices, one task a line")
    page.keyboard.insert_text(f"{HEAD}D04\tPer unit\t-4\nD07\tPer unit\t26.50\n")
    keys.follow("Check the prices")
    rows = page.get_by_role("region", name="Rows of the price sheet")
    expect(rows.get_by_role("row", name=re.compile("D04"))).to_contain_text("This cannot be below 0.")
    expect(rows.get_by_role("row", name=re.compile("D07"))).to_contain_text("has a price already")
    keys.to("Replace the prices that exist")
    keys.press("Space")
    keys.to("Prices, one task a line")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(f"{HEAD}D04\tPer unit\t4\nD07\tPer unit\t26.50\n")
    keys.follow("Check again")
    expect(page.get_by_label("Replace the prices that exist")).to_be_checked()
    expect(rows.locator(".fault")).to_have_count(0)
    keys.follow("Save 2 prices")
    expect(page.locator("#messages")).to_contain_text("2 prices saved.")
    priced = page.get_by_role("region", name="Prices, table")
    expect(priced.get_by_role("row", name=re.compile("D07"))).to_contain_text("26.50")
    expect(priced.get_by_role("row", name=re.compile("D04"))).to_contain_text("4.00")


def test_the_file_to_fill_in_comes_back_without_scripts(open_as: Open, addresses: Addresses) -> None:
    page = open_as("procurement", addresses["sample"]["selections:paste_prices"], script=False)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download as CSV").click()
    assert taken.value.suggested_filename == "prices-v3.csv"
    sheet = taken.value.path().read_text("utf-8-sig").replace(",,,,,,", ",Per unit,110,,,,")
    page.get_by_label("Or choose a file").set_input_files(
        {"name": "prices.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )
    page.get_by_role("button", name="Check the prices").click()
    expect(page.get_by_role("button", name="Save 1 price")).to_be_visible()
    page.get_by_text("Change the rows").click()
    expect(page.get_by_label("Prices, one task a line")).to_have_value(re.compile("Medical-record summaries"))


@pytest.mark.looks
@pytest.mark.parametrize("rows", [WRONG, GOOD, "D07", f"{HEAD}D07"], ids=["wrong", "good", "unknown", "none"])
def test_a_preview_in_every_look(open_as: Open, addresses: Addresses, problems: list[str], rows: str) -> None:
    page = open_as("procurement", addresses["sample"]["selections:paste_prices"])
    page.get_by_label("Prices, one task a line").fill(rows)
    page.get_by_role("button", name="Check the prices").click()
    if rows == GOOD:
        page.get_by_label("Replace the prices that exist").check()
        page.get_by_role("button", name="Show again").click()
        expect(page.get_by_role("button", name="Save 2 prices")).to_be_visible()
    look(page, problems, LOOKS if rows in {WRONG, GOOD} else TWO_LOOKS)


@pytest.mark.looks
def test_a_text_that_is_no_table_in_every_look(
    open_as: Open, addresses: Addresses, problems: list[str]
) -> None:
    page = open_as("procurement", addresses["sample"]["selections:paste_prices"])
    page.get_by_role("button", name="Check the prices").click()
    expect(page.get_by_role("alert")).to_contain_text("paste at least one row")
    look(page, problems, TWO_LOOKS)
