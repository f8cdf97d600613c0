"""After a refusal one goes on in the first field that is wrong; the rail follows the answers."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize, expect

OpenAs = Callable[..., Page]
NARROW: ViewportSize = {"width": 390, "height": 844}


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def test_a_refused_page_leads_to_its_first_faulty_field(open_as: OpenAs) -> None:
    page = open_as("outsider", "/o/northlake/tasks/add/")
    page.get_by_role("button", name="Add legal task").click()
    expect(page.locator("[aria-invalid=true]")).to_be_focused()
    assert _focused(page) == "name"


def test_a_refused_invitation_leads_to_the_address(open_as: OpenAs) -> None:
    page = open_as("outsider", "/o/northlake/people/")
    page.get_by_role("button", name="Make an invitation link").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    assert _focused(page) == "email"


def test_a_page_without_a_fault_takes_no_focus(open_as: OpenAs) -> None:
    page = open_as("outsider", "/o/northlake/tasks/add/")
    assert _focused(page) == "BODY"


def test_the_rail_follows_the_last_answer_and_the_focus_the_key(open_as: OpenAs) -> None:
    page = open_as("outsider", "/o/northlake/tasks/add/")
    page.get_by_label("Legal task").fill("Answered to the end")
    page.get_by_role("button", name="Add legal task").click()
    page.wait_for_url("**/tasks/*/**")
    key = page.url.split("/tasks/")[1].split("/")[0]
    expect(page.locator("#step-2")).to_contain_text("scored")
    before = page.locator("#step-2 .detail").inner_text()
    page.locator(f"#level-STD-1-{key}").focus()
    for _ in range(14):
        page.keyboard.press("4")
    expect(page.locator("#step-2 .detail")).not_to_have_text(before)
    last = page.locator(".editor-box fieldset.scale").last.locator("input[value='4']")
    expect(last).to_be_checked()
    expect(last).to_be_focused()
    now = page.locator("#step-2 .detail").inner_text()
    page.reload()
    expect(page.locator("#step-2 .detail")).to_have_text(now)


def test_keys_are_not_offered_where_there_is_no_keyboard(open_as: OpenAs) -> None:
    page = open_as("outsider", "/o/northlake/tasks/")
    page.goto(page.locator("a[data-editor]").first.get_attribute("href") or "")
    expect(page.locator(".key-legend")).to_be_visible()
    page.set_viewport_size(NARROW)
    expect(page.locator(".key-legend")).to_be_hidden()


def test_the_arithmetic_of_a_total_fits_a_phone(open_as: OpenAs) -> None:
    page = open_as("procurement", "/o/calder-ridge/")
    page.get_by_role("link", name="See the ranking").click()
    page.set_viewport_size(NARROW)
    page.locator("a.why[data-dialog]").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("tbody a[data-dialog]").nth(1).click()
    expect(dialog.get_by_role("columnheader", name="Answer, evidence")).to_be_visible()
    for name in ("Value", "× Weight", "= Points"):
        box = dialog.get_by_role("columnheader", name=name).bounding_box()
        assert box
        assert box["x"] + box["width"] <= NARROW["width"]
    table = dialog.locator(".table-scroll").first
    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth")


def test_an_odd_last_tile_takes_the_row(open_as: OpenAs) -> None:
    page = open_as("procurement", "/o/calder-ridge/")
    page.set_viewport_size(NARROW)
    first, last = page.locator(".stat").first.bounding_box(), page.locator(".stat").last.bounding_box()
    assert first
    assert last
    assert last["width"] > 1.8 * first["width"]
