"""Every flow with the keyboard alone, from sign-in to sign-out.

Each stop on the way is checked for a drawn ring and for being in sight (tests/browser/keys.py). After a piece
of a page was replaced, the focus is where the person left it. What changes something happens in the twin of
the sample organisation, which no other browser test reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import Addresses
from tests.browser.conftest import Lend, Problems
from tests.browser.keys import Keys
from tests.browser.people import PEOPLE
from tests.browser.server import PASSWORD

CASE = "/o/calder-ridge/"
SELECTION = f"{CASE}selection/1/"
Open = Callable[..., Page]
Paths = dict[str, str]


@pytest.fixture
def twin(addresses: Addresses) -> Paths:
    """The pages of the other organisation, which holds the same objects; its owner may do everything."""
    return addresses["twin"]


def test_signing_in_and_out(server: str, lend: Lend, problems: Problems) -> None:
    page = lend(server).new_page()
    problems.listen(page)
    page.goto("/")
    keys = Keys(page)
    stop = keys.landed()
    assert "Work e-mail" in stop.name  # the page puts the focus where typing begins
    page.keyboard.type(PEOPLE["counsel"])
    keys.fill("Password", PASSWORD)
    keys.to("Keep me signed in")
    keys.press("Space")
    keys.follow("Sign in")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Routine legal work"))
    keys.to("Signed in as")
    keys.press("Enter")
    expect(page.locator(".user-menu")).to_be_visible()
    keys.follow("Sign out")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_skip_link_goes_past_the_frame(open_as: Open) -> None:
    keys = Keys(open_as("counsel", f"{CASE}tasks/"))
    keys.to("Skip to content", limit=1)
    keys.press("Enter")
    keys.press("Tab")
    keys.landed()
    assert keys.page.evaluate("document.querySelector('main').contains(document.activeElement)")
    back = keys.to("Search tasks", back=True, limit=40)
    assert back.tag == "INPUT"


def test_tasks_are_pasted(open_as: Open, twin: Paths) -> None:
    page = open_as("outsider", twin["assessments:tasks"])
    keys = Keys(page)
    keys.follow("Paste tasks")
    keys.to("Legal tasks, one a line")
    for line in ("Task\tVolume a year", "Trade mark watch\t-4"):
        page.keyboard.insert_text(line)  # as a paste does: a tab character, not the key
        page.keyboard.press("Enter")
    keys.follow("Check the list")
    expect(page.get_by_role("region", name="Rows of the paste").locator(".fault").first).to_be_visible()
    keys.to("Legal tasks, one a line")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Trade mark watch\t40\t1.5")
    keys.follow("Check the list")
    keys.follow("Save 1 legal task")
    expect(page.get_by_role("row", name=re.compile("Trade mark watch"))).to_be_visible()


def test_factors_are_answered_and_a_condition_is_closed(open_as: Open, twin: Paths) -> None:
    page = open_as("outsider", twin["assessments:tasks"])
    keys = Keys(page)
    opener = keys.to("Legal invoice review")
    keys.press("Enter")
    key = opener.id.removeprefix("open-")
    row = page.locator(f"#row-{key}")
    expect(page.locator(f"#editor-{key}")).to_be_visible()
    before = row.locator(".why").first.inner_text()
    keys.to("5: Fully scripted steps", limit=60)
    keys.press("ArrowLeft")
    expect(row.locator(".why").first).not_to_have_text(before)
    after = keys.landed()
    assert after.id.startswith("level-")  # the swap of row and summary left the focus on the answer
    keys.press("ArrowRight")
    expect(row.locator(".why").first).to_have_text(before)
    keys.use("Close with evidence", limit=60)
    keys.fill("What shows that it is met?", "Letter of 3 November 2026")
    keys.fill("Name", "Lena Lawyer", limit=2)
    keys.fill("Licensed in", "Minnesota", limit=2)
    keys.use("Close condition", limit=4)
    expect(page.get_by_text("Letter of 3 November 2026")).to_be_visible()
    reopen = keys.landed()  # on the same condition, which can be opened again
    assert "Reopen" in reopen.name
    keys.press("Escape")
    expect(page.locator(f"#editor-{key}")).to_have_count(0)
    closed = keys.stop()
    assert closed
    assert closed.id == opener.id


def test_a_provider_is_added_and_bids(open_as: Open, twin: Paths) -> None:
    page = open_as("outsider", twin["providers:list"])
    keys = Keys(page)
    keys.follow("Add provider")
    keys.follow("Add provider")  # nothing typed: refused, with the fault beside the field
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved")
    keys.fill("Name", "Keystone Legal Support")
    keys.follow("Add provider")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Keystone")
    page.goto(twin["selections:bids"])
    keys.follow("Add a bid")
    keys.to("Provider*")
    page.keyboard.type("Keystone")
    keys.follow("Add bid")
    keys.follow("Add a price")
    keys.to("Legal task*")
    keys.press("ArrowDown")
    keys.to("Pricing model")
    page.keyboard.type("Per unit")
    keys.fill("Price", "12.50")
    keys.follow("Save")
    expect(page.get_by_role("main")).to_contain_text("12.50")


def test_a_weight_is_tried_and_the_ranking_kept(open_as: Open, twin: Paths) -> None:
    page = open_as("outsider", twin["selections:ranking"])
    keys = Keys(page)
    keys.to("Cost, share of 100")
    keys.press(*["ArrowRight"] * 4)
    expect(page).to_have_url(re.compile(r"w-COST=32"))
    stop = keys.landed()
    assert "Cost, share of 100" in stop.name
    keys.use("weight 3", limit=80)  # a piece of a bar
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(12):  # the dialog keeps the focus, round and round
        keys.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || "
            "document.querySelector('#dialog').contains(document.activeElement)"
        )
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    back = keys.landed()
    assert "weight 3" in back.name
    keys.follow("Keep this ranking", back=True)
    keys.fill("Why", "A trial from the keyboard")
    keys.follow("Keep this ranking")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Record")
    expect(page.get_by_role("main")).to_contain_text("A trial from the keyboard")


def test_a_report_is_made_and_taken_home(open_as: Open, twin: Paths) -> None:
    page = open_as("outsider", twin["case"])
    keys = Keys(page)
    keys.follow("Board report")
    keys.to("Paper")
    keys.press("ArrowDown")
    keys.follow("Make board report")
    expect(page.get_by_role("heading", name="Ready")).to_be_visible(timeout=60_000)
    keys.to("Download PDF")
    with page.expect_download() as pdf:
        keys.press("Enter")
    assert pdf.value.suggested_filename.endswith(".pdf")


def test_the_comparison_is_folded_filtered_and_explained(open_as: Open) -> None:
    page = open_as("manager", f"{SELECTION}comparison/")
    keys = Keys(page)
    keys.use("First three")
    expect(page.locator(".compare thead th")).to_have_count(5)
    stop = keys.landed()
    assert stop.id == "show-first"
    keys.use("Cost 6 rows")
    expect(page.locator("#fold-COST")).to_have_attribute("aria-expanded", "false")
    stop = keys.landed()
    assert stop.id == "fold-COST"
    keys.use("83.6")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("83.6")
    keys.use("Close", limit=20)
    expect(dialog).to_be_hidden()
    stop = keys.landed()
    assert stop.name == "83.6"


def test_a_search_finds_and_leads_on(open_as: Open) -> None:
    keys = Keys(open_as("counsel", CASE))
    keys.fill("Search tasks", "privilege log")
    with keys.page.expect_navigation():
        keys.press("Enter")
    keys.follow("Privilege review and privilege log", limit=60)
    expect(keys.page.get_by_role("heading", level=1)).to_contain_text("Privilege review")


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("counsel", CASE),
        ("counsel", f"{CASE}tasks/14/"),
        ("procurement", f"{SELECTION}ranking/"),
        ("procurement", f"{SELECTION}bids/1/"),
        ("procurement", f"{CASE}providers/1/"),
        ("manager", f"{SELECTION}comparison/"),
    ],
)
def test_every_stop_of_a_page_is_drawn_and_none_is_a_trap(open_as: Open, role: str, path: str) -> None:
    page = open_as(role, path)
    keys = Keys(page)
    stops = keys.walk()
    assert len(stops) > 15
    assert stops[0].name == "Skip to content"
    assert all(stop.name for stop in stops), [stop for stop in stops if not stop.name]
    last = keys.to(stops[-1].name, back=True, limit=3)
    assert last.id == stops[-1].id
