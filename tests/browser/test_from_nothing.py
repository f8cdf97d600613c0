"""From an empty organisation to 25 assessed legal tasks, as a new user does it; clicks and keys counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Problems
from tests.browser.people import PEOPLE, sign_in
from tests.browser.server import Running, running_server
from tests.browser.test_grid import PASTE, all_is_saved

MOST_CLICKS, MOST_KEYS = 60, 500
PASTING = 2  # Control and V
TASKS = 25
# What a person does, and not what scripts or labels send on; it outlives the pages.
COUNTING = """() => {
  const count = (what) => sessionStorage.setItem(what, 1 + Number(sessionStorage.getItem(what) || 0));
  addEventListener("pointerdown", () => count("clicks"), true);
  addEventListener("keydown", () => count("keys"), true);
}"""


@pytest.fixture(scope="module")
def own_server() -> Iterator[Running]:
    """A server of its own: other tests look at the empty organisation."""
    with running_server() as address:
        yield address


@pytest.fixture
def page(own_server: Running, browser: Browser, problems: Problems) -> Iterator[Page]:
    context = browser.new_context(base_url=own_server, reduced_motion="reduce")
    page = context.new_page()
    problems.listen(page)
    sign_in(page, PEOPLE["empty"])
    page.add_init_script(f"({COUNTING})()")
    page.goto("/o/empty/tasks/")
    yield page
    context.close()


def counted(page: Page, what: str) -> int:
    return int(page.evaluate("(what) => sessionStorage.getItem(what) || 0", what))


def enter_rates(page: Page) -> None:
    page.get_by_role("link", name="Enter role rates").click()
    page.get_by_label("Name of role 1").click()
    for text in ("Counsel", "150"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_label("Name of role 2").click()
    for text in ("Paralegal", "60"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Save role rates").click()
    page.get_by_role("link", name="Suitability").first.click()


def pick(page: Page) -> None:
    page.get_by_role("link", name="Open the catalogue").click()
    boxes = page.get_by_role("checkbox", name=re.compile("^Add "))
    for number in range(TASKS):
        boxes.nth(number).click()
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page.get_by_role("main")).to_contain_text(f"{TASKS} of {TASKS} tasks scored")


def paste_facts(page: Page) -> None:
    """Volume, unit, hours, turnaround, who may do it and who does it, copied from a spreadsheet."""
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Task grid").click()
    expect(page.locator("#grid")).to_have_attribute("data-ready", "1")
    page.locator(".tabulator-row").first.locator("[tabulator-field=annual_volume]").click()
    rows = [
        f"{100 * number}\tmatters\t1.5\t5\tSupervised by a US lawyer\tCounsel 40%, Paralegal 60%"
        for number in range(1, TASKS + 1)
    ]
    page.evaluate(PASTE, "\n".join(rows))
    all_is_saved(page)


def test_twenty_five_assessed_tasks_take_few_clicks_and_keys(page: Page) -> None:
    enter_rates(page)
    pick(page)
    paste_facts(page)
    page.get_by_role("link", name="Tasks", exact=True).click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"{TASKS} of {TASKS} tasks scored")
    # 100 + 200 … 2,500 units × 1.5 hours × (40 % of 150 + 60 % of 60)
    expect(main).to_contain_text("4,680,000")
    clicks, keys = counted(page, "clicks"), counted(page, "keys") + PASTING
    assert clicks <= MOST_CLICKS, clicks
    assert keys <= MOST_KEYS, keys
    assert clicks > TASKS  # they were counted
    assert keys > len("Counsel150Paralegal60")
