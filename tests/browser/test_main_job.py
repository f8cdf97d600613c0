"""The main job from sign-in to the board report, on a server of its own because it changes the sample.

In order: counsel assesses, procurement ranks and keeps, the manager takes the report home; then the same
without scripts, and with the keyboard alone.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browsers, Lend, Problems
from tests.browser.people import PEOPLE
from tests.browser.server import PASSWORD, ROOT, running_server

CASE = "/o/calder-ridge/"
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def own_server(browsers: Browsers) -> Iterator[str]:
    with running_server() as address:
        yield address
        browsers.forget(address)


@pytest.fixture
def enter(own_server: str, lend: Lend, problems: Problems) -> Enter:
    """Sign in through the page itself; ``enter("counsel", script=False)``."""

    def sign_in(role: str, *, script: bool = True) -> Page:
        page = lend(own_server, script=script).new_page()
        page.set_viewport_size({"width": 1280, "height": 720})
        problems.listen(page)
        page.goto("/")
        page.get_by_label("Work e-mail").fill(PEOPLE[role])
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Routine legal work")).to_be_visible()
        return page

    return sign_in


def _level(page: Page, factor: str, level: str) -> None:
    page.get_by_role("group", name=factor).get_by_role("radio", name=re.compile(f"^{level}")).check(
        force=True
    )


def test_counsel_changes_an_answer_in_the_row(enter: Enter) -> None:
    page = enter("counsel")
    page.get_by_role("link", name="Suitability").first.click()
    page.get_by_role("link", name="Privilege review and privilege log").click()
    row = page.get_by_role("row", name=re.compile("^D02"))
    expect(row).to_contain_text("42.2")
    _level(page, "Complexity and legal judgement", "5")
    # The row and the summary follow without a page load: 12 × 1/4 points less, and the band is another one.
    expect(row).to_contain_text("39.2")
    expect(row).to_contain_text("Retain")
    expect(page.get_by_role("main")).to_contain_text("12 go to the basket, 2 are split, 4 stay")
    expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d")).first).to_be_visible()
    _level(page, "Complexity and legal judgement", "4")
    expect(row).to_contain_text("42.2")
    page.reload()
    expect(page.get_by_role("row", name=re.compile("^D02"))).to_contain_text("Co-source")


def test_a_flag_fires_its_gate_at_once(enter: Enter) -> None:
    page = enter("counsel")
    page.goto(f"{CASE}tasks/")
    page.get_by_role("link", name="Obligation tracking and renewals").click()
    row = page.get_by_role("row", name=re.compile("^D12"))
    flag = page.get_by_role("checkbox", name=re.compile("^Export-controlled"))
    flag.check()
    expect(row).to_contain_text("US persons only")
    expect(page.get_by_text("Limit to US persons in US facilities")).to_be_visible()
    flag.uncheck()  # a gate never goes without somebody saying why
    expect(page.get_by_text(re.compile("fires G03: say why it is wrong"))).to_be_visible()
    expect(row).to_contain_text("US persons only")
    page.get_by_label("If you take a flag away").fill("Public product data only")
    page.keyboard.press("Tab")
    expect(row).not_to_contain_text("US persons only")


def test_a_paste_is_checked_before_anything_is_saved(enter: Enter) -> None:
    page = enter("counsel")
    page.goto(f"{CASE}tasks/paste/")
    box = page.get_by_label("Legal tasks, one a line")
    box.fill(
        "Task\tVolume a year\tHours each\nLobby register filings\t-5\t1\nIP docketing and annuities\tmany\t2"
    )
    page.get_by_role("button", name="Check the list").click()
    preview = page.get_by_role("region", name="Rows of the paste")
    expect(preview).to_contain_text("Lobby register filings")
    expect(preview.locator(".fault")).to_have_count(3)  # below zero, not a number, there already
    expect(page.get_by_role("button", name=re.compile("^Save"))).to_have_count(0)
    page.get_by_label("Legal tasks, one a line").fill("Lobby register filings\t40\t1.5\nGift register\t12\t2")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_role("button", name="Save 2 legal tasks").click()
    expect(page.get_by_role("row", name=re.compile("Lobby register filings"))).to_be_visible()


def test_a_task_from_the_catalogue_stays_marked_until_confirmed(enter: Enter) -> None:
    page = enter("counsel")
    page.goto(f"{CASE}tasks/catalogue/")
    page.get_by_role("checkbox", name="Add Multi-state law surveys").check()
    page.get_by_role("button", name="Add what is ticked").click()
    row = page.get_by_role("row", name=re.compile(r"^D\d+ Multi-state law surveys"))
    expect(row).to_contain_text("typical answers, not confirmed")
    row.get_by_role("link", name="Multi-state law surveys").click()
    page.get_by_role("button", name="Confirm all as ours").click()
    expect(row).not_to_contain_text("typical answers")


def test_counsel_closes_a_condition_with_evidence(enter: Enter) -> None:
    page = enter("counsel")
    page.goto(f"{CASE}tasks/")
    page.get_by_role("link", name="Legal invoice review").click()
    condition = "Seek a Rule 502(d) order in federal matters"
    page.locator("summary").filter(has_text=condition).filter(has_text="Close with evidence").click()
    page.get_by_label("What shows that it is met?").locator("visible=true").fill(
        "Order of 3 March 2026, file 12"
    )
    for label, text in (("Name", "Lee Lawson"), ("Licensed in", "Minnesota")):
        page.get_by_role("textbox", name=label).locator("visible=true").fill(text)
    page.get_by_role("button", name="Close condition").locator("visible=true").click()
    expect(page.get_by_text("Order of 3 March 2026, file 12")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^D16"))).to_contain_text("3 of 4 conditions open")


def test_procurement_tries_a_weight_and_keeps_the_ranking(enter: Enter) -> None:
    page = enter("procurement")
    page.get_by_role("link", name="Selection").first.click()
    page.get_by_label("Cost", exact=True).fill("45")
    expect(page.locator("#ranking-statement")).to_contain_text("Banyan Quay leads Ashgrove")
    page.get_by_role("link", name="Keep this ranking").click()
    page.get_by_label("Why").fill("The board asked for more weight on cost")
    page.get_by_role("button", name="Keep this ranking").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Record 2")
    expect(page.get_by_role("main")).to_contain_text("The board asked for more weight on cost")


def test_the_manager_watches_and_takes_the_report_and_the_record(
    enter: Enter, own_server: str, tmp_path: Path
) -> None:
    page = enter("manager")
    page.get_by_role("link", name="Board report").first.click()
    page.get_by_role("button", name="Make board report").click()
    expect(page.get_by_role("heading", name="Ready")).to_be_visible(timeout=60_000)
    with page.expect_download() as pdf:
        page.get_by_role("link", name="Download PDF").click()
    assert pdf.value.path().read_bytes().startswith(b"%PDF-1.7")
    with page.expect_download() as record:
        page.get_by_role("link", name="Download record (JSON)").click()
    target = tmp_path / "record.json"
    record.value.save_as(target)
    assert json.loads(target.read_bytes())["schema"] == "lpo.record/1"
    printed = page.locator("code.hash").first.inner_text()
    command = [sys.executable, "manage.py", "verify", str(target), "--hash", printed]
    verified = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_the_main_flow_works_without_scripts(enter: Enter) -> None:
    counsel = enter("counsel", script=False)
    counsel.get_by_role("link", name="Suitability").first.click()
    counsel.get_by_role("link", name="NDA review and turnaround").click()
    _level(counsel, "Cost gap", "5")
    counsel.get_by_role("button", name="Save").first.click()
    expect(counsel.get_by_text("Saved D07", exact=False)).to_be_visible()
    expect(counsel.get_by_role("main")).to_contain_text("82.2")
    buyer = enter("procurement", script=False)
    buyer.get_by_role("link", name="Selection").first.click()
    buyer.get_by_label("Communication", exact=True).fill("60")
    buyer.get_by_role("button", name="Apply").click()
    expect(buyer.get_by_role("main")).to_contain_text("Dunmore leads")
    manager = enter("manager", script=False)
    manager.get_by_role("link", name="Board report").first.click()
    board = manager.get_by_role("region", name="New board report")
    board.get_by_label("Paper").select_option("a4")
    manager.get_by_role("button", name="Make board report").click()
    for _ in range(40):
        if manager.get_by_role("link", name="Download PDF").count():
            break
        manager.wait_for_timeout(250)
        manager.get_by_role("link", name="Look again").click()
    with manager.expect_download() as pdf:
        manager.get_by_role("link", name="Download PDF").click()
    assert pdf.value.path().read_bytes().startswith(b"%PDF-1.7")


FOCUSED = """() => {
  const e = document.activeElement;
  const label = e.labels && e.labels[0] ? e.labels[0].textContent : "";
  return [e.getAttribute("aria-label") || "", label, e.textContent || e.value || ""].join("|");
}"""


def _tab_to(page: Page, text: str, limit: int = 120) -> None:
    """Press Tab until the focused control carries this text or label."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if text in focused:
            return
    raise AssertionError(f"{text!r} cannot be reached with the Tab key")


def test_the_main_flow_works_with_the_keyboard_alone(enter: Enter) -> None:
    page = enter("counsel")
    _tab_to(page, "Skip to content")
    _tab_to(page, "Suitability")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/")
    _tab_to(page, "Legal invoice review")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Repeatability and standardisation")).to_be_visible()
    _tab_to(page, "5: Fully scripted steps")
    page.keyboard.press("ArrowLeft")
    row = page.get_by_role("row", name=re.compile("^D16"))
    expect(row).to_contain_text("73.5")
    # The focus stays on the control that was changed.
    assert page.evaluate("document.activeElement.value") == "4"
    page.keyboard.press("ArrowRight")
    expect(row).to_contain_text("76.5")

    manager = enter("manager")
    _tab_to(manager, "Board report")
    manager.keyboard.press("Enter")
    manager.wait_for_url("**/reports/")
    _tab_to(manager, "Make board report")
    manager.keyboard.press("Enter")
    expect(manager.get_by_role("heading", name="Ready")).to_be_visible(timeout=60_000)
    _tab_to(manager, "Download PDF")
    with manager.expect_download() as pdf:
        manager.keyboard.press("Enter")
    assert pdf.value.suggested_filename.endswith(".pdf")


def test_an_outsider_sees_nothing_of_the_other_organisation(own_server: str, lend: Lend) -> None:
    page = lend(own_server).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Work e-mail").fill(PEOPLE["outsider"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Northlake Robotics", exact=True)).to_be_visible()
    for path in (CASE, f"{CASE}tasks/", f"{CASE}selection/1/ranking/", f"{CASE}reports/1/download/"):
        assert page.goto(path).status == 404  # type: ignore[union-attr]
