"""The grid without a mouse: move, type over, paste, fill down, undo; two people on one cell; narrow, dark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.axe import findings
from tests.browser.conftest import Problems
from tests.browser.people import PEOPLE, sign_in
from tests.browser.server import ROOT, Running, running_server, wait_for
from tests.installation import installation
from tests.services import free_port

GRID = "/o/calder-ridge/tasks/grid/"
# A clipboard with text in it, as the browser hands it to the page.
PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
COPY = """() => {
  const clipboardData = new DataTransfer();
  document.activeElement.dispatchEvent(
    new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
  return clipboardData.getData("text/plain");
}"""


@pytest.fixture(scope="module")
def grid_server() -> Iterator[Running]:
    """A server of its own: other tests count on the sample's tasks."""
    with running_server() as address:
        yield address


@pytest.fixture
def open_grid(grid_server: Running, browser: Browser, problems: Problems) -> Iterator[Callable[..., Page]]:
    """Open the grid as somebody, in a browser of their own."""
    kept: list[BrowserContext] = []

    def make(person: str, **look: Any) -> Page:
        context = browser.new_context(base_url=grid_server, reduced_motion="reduce", **look)
        kept.append(context)
        page = context.new_page()
        problems.listen(page)
        sign_in(page, PEOPLE[person])
        page.goto(GRID)
        expect(page.locator("#grid")).to_have_attribute("data-ready", "1")
        return page

    yield make
    for context in kept:
        context.close()


class Restarted:
    """A server that a test kills and starts again at the same address."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.address = f"http://127.0.0.1:{env['PORT']}"
        self._env, self._log = env, log
        self._web: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as out:
            self._web = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "lpo/gunicorn_conf.py"],
                cwd=ROOT, env=self._env, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        wait_for(self.address, self._web, self._log)

    def kill(self) -> None:
        """Take it away without a word, with all its processes."""
        if self._web is not None:
            os.killpg(self._web.pid, signal.SIGKILL)
            self._web.wait()
        self._web = None


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[Restarted]:
    """A server on an installation of its own."""
    with installation(tmp_path, PORT=str(free_port())) as env:
        server = Restarted(env, tmp_path / "web.log")
        server.start()
        yield server
        server.kill()


def cell(page: Page, code: str, key: str) -> Locator:
    """A cell by the code of its row."""
    row = page.locator(".tabulator-row", has=page.get_by_role("rowheader", name=code, exact=True))
    return row.locator(f"[tabulator-field={key}]")


def into(page: Page, code: str, key: str) -> None:
    """Put the focus on a cell; how one gets there by keys is a test of its own."""
    cell(page, code, key).scroll_into_view_if_needed()
    cell(page, code, key).click()
    expect(cell(page, code, key)).to_be_focused()


def press(page: Page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def all_is_saved(page: Page) -> None:
    """Wait until the server has acknowledged everything."""
    expect(page.locator("[data-state='unsaved'], [data-state='saving']")).to_have_count(0)
    expect(page.locator("#grid-state")).to_contain_text("Saved ")


def test_keys_move_and_leave_as_in_a_spreadsheet(open_grid: Callable[..., Page]) -> None:
    page = open_grid("counsel")
    page.locator(".filter-form button").focus()
    press(page, "Tab")  # both buttons are off, so the grid comes next
    expect(page.locator(":focus")).to_have_attribute("tabulator-field", "name")
    press(page, "ArrowDown", "ArrowRight", "ArrowRight")
    expect(cell(page, "D02", "annual_volume")).to_be_focused()
    press(page, "Tab", "Shift+Tab", "Shift+Tab")
    expect(cell(page, "D02", "practice_area")).to_be_focused()
    press(page, "End")
    expect(cell(page, "D02", "note")).to_be_focused()
    press(page, "Tab")  # the next row begins
    expect(cell(page, "D03", "name")).to_be_focused()
    press(page, "Control+End")
    expect(page.locator(":focus")).to_have_attribute("tabulator-field", "note")
    expect(page.locator(":focus")).to_have_text("")  # the row to type into
    press(page, "Control+Home")
    expect(cell(page, "D01", "name")).to_be_focused()
    press(page, "Escape", "Shift+Tab")
    expect(page.locator(".filter-form button")).to_be_focused()
    press(page, "Tab", "Escape", "Tab")  # out at the other end: no trap
    expect(page.locator("#grid :focus")).to_have_count(0)


def test_typing_over_and_into_cells(open_grid: Callable[..., Page]) -> None:
    page = open_grid("counsel")
    into(page, "D05", "annual_volume")
    page.keyboard.type("150")
    press(page, "Enter")
    expect(cell(page, "D06", "annual_volume")).to_be_focused()
    expect(cell(page, "D05", "annual_volume")).to_have_text("150")
    into(page, "D05", "unit")
    press(page, "F2")
    press(page, "Home")
    page.keyboard.type("court ")
    press(page, "ArrowLeft")  # inside the text, arrows move the caret
    press(page, "Tab")
    expect(cell(page, "D05", "unit")).to_have_text("court document")
    expect(cell(page, "D05", "hours_per_unit")).to_be_focused()
    page.keyboard.type("9")
    press(page, "Escape")
    expect(cell(page, "D05", "hours_per_unit")).to_have_text("7")
    page.keyboard.type("8")
    press(page, "ArrowRight")  # typed over: an arrow leaves the cell
    expect(cell(page, "D05", "turnaround_days")).to_be_focused()
    into(page, "D08", "practice_of_law")
    page.keyboard.type("sup")
    press(page, "Tab")
    all_is_saved(page)
    expect(cell(page, "D08", "practice_of_law")).to_have_text("Supervised by a US lawyer")
    page.reload()
    expect(cell(page, "D05", "annual_volume")).to_have_text("150")
    expect(cell(page, "D05", "hours_per_unit")).to_have_text("8")


def test_a_fault_stands_in_the_cell_and_the_text_stays(open_grid: Callable[..., Page]) -> None:
    page = open_grid("counsel")
    into(page, "D04", "annual_volume")
    page.keyboard.type("many")
    press(page, "Enter")
    expect(cell(page, "D04", "annual_volume").locator(".fault")).to_contain_text("“many” is not a number")
    expect(page.locator("#grid-problems")).to_contain_text("D04, Volume a year")
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="All legal tasks").first.click()
    assert asked.value.type == "beforeunload"
    assert page.url.endswith(GRID)
    page.get_by_role("button", name="Go to the cell").focus()
    press(page, "Enter")
    expect(cell(page, "D04", "annual_volume")).to_be_focused()
    page.keyboard.type("230")
    press(page, "Enter")
    all_is_saved(page)
    expect(page.locator("#grid-problems")).to_be_hidden()


def test_a_block_is_pasted_filled_down_copied_and_undone(open_grid: Callable[..., Page]) -> None:
    page = open_grid("counsel")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if request.method == "POST" else None)
    before = [cell(page, f"D{number}", "unit").inner_text() for number in (10, 11, 12)]
    into(page, "D10", "practice_area")
    block = 'Buying\t1,000\tdeal\t3\nBuying\t400\t"deal, with\n""notes"""\t5.25\nRenewals\t4,000\t\t0.25'
    page.evaluate(PASTE, block)
    all_is_saved(page)
    assert len(requests) == 1
    expect(cell(page, "D11", "hours_per_unit")).to_have_text("5.25")
    expect(cell(page, "D11", "unit")).to_have_text('deal, with "notes"')
    expect(cell(page, "D12", "unit")).to_have_text("")
    expect(cell(page, "D10", "practice_area")).to_be_focused()
    assert page.evaluate(COPY) == (
        'Buying\t1,000\tdeal\t3\nBuying\t400\t"deal, with ""notes"""\t5.25\nRenewals\t4,000\t\t0.25'
    )
    into(page, "D10", "unit")
    press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Control+d")
    all_is_saved(page)
    expect(cell(page, "D12", "unit")).to_have_text("deal")
    press(page, "Control+z")
    all_is_saved(page)
    expect(cell(page, "D11", "unit")).to_have_text('deal, with "notes"')
    expect(cell(page, "D12", "unit")).to_have_text("")
    press(page, "Control+z")
    all_is_saved(page)
    assert [cell(page, f"D{number}", "unit").inner_text() for number in (10, 11, 12)] == before
    press(page, "Control+y")
    all_is_saved(page)
    expect(cell(page, "D12", "hours_per_unit")).to_have_text("0.25")
    press(page, "Control+z")
    all_is_saved(page)
    page.reload()
    expect(cell(page, "D10", "unit")).to_have_text(before[0])


def test_new_rows_at_the_bottom_are_tasks_and_undo_takes_them_out(open_grid: Callable[..., Page]) -> None:
    page = open_grid("counsel")
    into(page, "D01", "name")
    press(page, "Control+End", "Home")
    page.keyboard.type("Lease abstraction")
    press(page, "Tab")
    page.keyboard.type("Real estate")
    press(page, "Tab")
    all_is_saved(page)
    expect(cell(page, "D19", "practice_area")).to_have_text("Real estate")
    press(page, "Control+End", "Home")
    page.evaluate(PASTE, "Legal holds\tLitigation\t300\nMinutes\tCorporate\t12")
    all_is_saved(page)
    expect(cell(page, "D21", "annual_volume")).to_have_text("12")
    press(page, "Control+z")
    expect(cell(page, "D20", "name")).to_have_count(0)
    all_is_saved(page)
    expect(cell(page, "D19", "name")).to_have_text("Lease abstraction")
    page.reload()
    expect(cell(page, "D19", "name")).to_have_text("Lease abstraction")
    expect(cell(page, "D20", "name")).to_have_count(0)


def test_twenty_tasks_as_fast_as_keys_come(open_grid: Callable[..., Page]) -> None:
    """Nobody waits for the server between rows; the time is a figure of docs/adr/0014, not a limit."""
    page = open_grid("counsel")
    into(page, "D01", "name")
    press(page, "Control+End", "Home")
    for number in range(20):
        for text in (f"Fast work {number}", "Fast", f"{number + 1},000", "page", "0.5"):
            page.keyboard.type(text)
            press(page, "Tab")
        press(page, "ArrowDown", "Home")
    all_is_saved(page)
    page.reload()
    rows = page.evaluate("JSON.parse(document.getElementById('grid-data').textContent).rows")
    made = [row for row in rows if row["name"].startswith("Fast work")]
    assert [(row["name"], row["annual_volume"], row["hours_per_unit"]) for row in made] == [
        (f"Fast work {number}", f"{number + 1},000", "0.5") for number in range(20)
    ]


def test_two_people_on_one_cell_lose_nothing(open_grid: Callable[..., Page]) -> None:
    counsel, owner = open_grid("counsel"), open_grid("owner")
    for who, text in ((owner, "2,650"), (counsel, "2,700")):
        into(who, "D16", "annual_volume")
        who.keyboard.type(text)
        press(who, "Enter")
    all_is_saved(owner)
    conflict = cell(counsel, "D16", "annual_volume")
    expect(conflict.locator(".theirs")).to_contain_text("Orla Owner wrote “2,650” at ")
    expect(conflict).to_contain_text("2,700")
    press(counsel, "ArrowUp", "Enter")  # Enter on a conflict goes to the choice
    expect(counsel.get_by_role("button", name="Keep mine")).to_be_focused()
    press(counsel, "Tab", "Enter")
    expect(conflict).to_have_text("2,650")
    expect(conflict).to_be_focused()
    press(counsel, "Control+z")
    all_is_saved(counsel)
    expect(conflict).to_have_text("2,700")
    # And the other way round: mine is kept, after I saw theirs.
    into(owner, "D16", "annual_volume")
    owner.keyboard.type("2,800")
    press(owner, "Enter")
    expect(cell(owner, "D16", "annual_volume").locator(".theirs")).to_contain_text("2,700")
    owner.get_by_role("button", name="Keep mine").click()
    all_is_saved(owner)
    counsel.reload()
    expect(cell(counsel, "D16", "annual_volume")).to_have_text("2,800")


def test_without_the_server_nothing_typed_is_lost(open_grid: Callable[..., Page], problems: Problems) -> None:
    page = open_grid("counsel")
    page.route("**/grid/save/", lambda route: route.abort())
    into(page, "D17", "note")
    page.keyboard.type("Kept")
    press(page, "Enter")
    expect(page.locator("#grid-state")).to_contain_text("could not be reached")
    expect(cell(page, "D17", "note")).to_contain_text("Kept")
    problems.clear()  # the browser notes the request that we broke
    page.unroute_all(behavior="wait")
    page.get_by_role("button", name="Save again").click()
    all_is_saved(page)
    page.reload()
    expect(cell(page, "D17", "note")).to_have_text("Kept")


def test_an_answer_that_is_lost_doubles_nothing(open_grid: Callable[..., Page], problems: Problems) -> None:
    """The server has saved, and the page does not know."""
    page = open_grid("counsel")

    def lose(route: Route) -> None:
        assert route.fetch().ok
        route.abort()

    page.route("**/grid/save/", lose)
    into(page, "D01", "name")
    press(page, "Control+End", "Home")
    page.keyboard.type("Lost on its way")
    press(page, "Tab")
    page.keyboard.type("Nowhere")
    press(page, "Tab")
    expect(page.locator("#grid-state")).to_contain_text("could not be reached")
    page.unroute_all(behavior="wait")
    problems.clear()  # the browser notes the request that we broke
    page.get_by_role("button", name="Save again").click()
    all_is_saved(page)
    page.reload()
    rows = page.evaluate("JSON.parse(document.getElementById('grid-data').textContent).rows")
    assert [row["practice_area"] for row in rows if row["name"] == "Lost on its way"] == ["Nowhere"]


def test_a_server_that_is_restarted_in_the_middle_loses_and_doubles_nothing(
    restarted: Restarted, browser: Browser
) -> None:
    """Killed while rows come in; what was typed is sent again once it is back."""
    with closing(browser.new_context(base_url=restarted.address)) as context:
        page = context.new_page()
        sign_in(page, PEOPLE["counsel"])
        page.goto(GRID)
        into(page, "D01", "name")
        press(page, "Control+End", "Home")
        for number in range(12):
            for text in (f"Typed {number}", "Area", str(number + 1)):
                page.keyboard.type(text)
                press(page, "Tab")
            press(page, "ArrowDown", "Home")
            if number == 5:
                restarted.kill()
        expect(page.locator("#grid-state")).to_contain_text("could not be reached")
        restarted.start()
        page.get_by_role("button", name="Save again").click()
        all_is_saved(page)
        page.reload()
        rows = page.evaluate("JSON.parse(document.getElementById('grid-data').textContent).rows")
        made = [(row["name"], row["annual_volume"]) for row in rows if row["name"].startswith("Typed")]
        assert made == [(f"Typed {number}", str(number + 1)) for number in range(12)]


def test_narrow_dark_and_with_open_problems_it_is_accessible(
    open_grid: Callable[..., Page], problems: Problems
) -> None:
    page = open_grid("counsel", viewport={"width": 390, "height": 844}, color_scheme="dark")
    other = open_grid("owner")
    for who, text in ((other, "41"), (page, "42")):
        into(who, "D06", "annual_volume")
        who.keyboard.type(text)
        press(who, "Enter")
        if who is other:
            all_is_saved(other)
    expect(cell(page, "D06", "annual_volume").locator(".theirs")).to_be_visible()
    into(page, "D03", "hours_per_unit")
    page.keyboard.type("x")
    press(page, "Enter")
    expect(cell(page, "D03", "hours_per_unit").locator(".fault")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert findings(page, problems) == []
    into(page, "D06", "note")
    press(page, "F2")
    assert findings(page, problems) == []


def test_without_scripts_the_page_says_where_to_go(
    grid_server: Running, browser: Browser, problems: Problems
) -> None:
    context = browser.new_context(base_url=grid_server, java_script_enabled=False)
    page = context.new_page()
    problems.listen(page)
    page.goto("/accounts/login/")
    page.get_by_label("Work e-mail").fill(PEOPLE["counsel"])
    page.get_by_label("Password").fill("sample-only")
    page.get_by_role("button", name="Sign in").click()
    page.goto(GRID)
    expect(page.get_by_role("link", name="Paste rows")).to_be_visible()
    expect(page.locator("#grid")).to_be_hidden()
    context.close()
