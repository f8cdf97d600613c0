"""Counsel edits a task in its row with the keyboard alone; without scripts the same editor is a form."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import TWO_LOOKS, look

TASKS = "/o/calder-ridge/tasks/"
OpenAs = Callable[..., Page]


def editor_of(page: Page, name: str) -> int:
    """Open the editor of a task with the keyboard and give the key of the task."""
    link = page.get_by_role("link", name=name, exact=True)
    link.focus()
    page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-expanded", "true")
    key = int(str(link.get_attribute("id")).removeprefix("open-"))
    expect(page.locator(f"#editor-{key}")).to_be_visible()
    return key


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_an_answer_by_keyboard_moves_row_summary_and_head(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS)
    key = editor_of(page, "Contract drafting from templates")
    page.locator(f"#level-STD-5-{key}").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f"#row-{key} .why")).to_have_text("65.8")
    expect(page.locator(f"#row-{key} td").last).to_contain_text("Pilot first")
    expect(page.locator("#task-status")).to_contain_text("12 go to the basket")
    expect(page.locator(f"#head-{key} .saved")).to_contain_text("Saved")
    assert focused(page) == f"level-STD-3-{key}"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#row-{key} .why")).to_have_text("71.8")
    page.keyboard.press("Escape")
    expect(page.locator(f"#editor-{key}")).to_have_count(0)
    assert focused(page) == f"open-{key}"


def test_a_condition_by_keyboard(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS)
    key = editor_of(page, "NDA review and turnaround")
    page.locator(f"#close-G08-1-{key}").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for typed in ("Engagement letter of 3 November", "Lena Lawyer", "Minnesota", "MN 0123", "4.5", ""):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{key} td").last).to_contain_text("2 of 3 conditions open")
    assert focused(page) == f"reopen-G08-1-{key}"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Letter was withdrawn")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{key} td").last).to_contain_text("3 conditions open")


def test_without_scripts_the_same_editor_is_a_form(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS, script=False)
    page.get_by_role("link", name="Legal invoice review").click()
    page.get_by_label("Volume a year").fill("2,700")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".alert")).to_contain_text("Saved D16: Outsource")
    expect(page.get_by_label("Volume a year")).to_have_value("2,700")
    page.get_by_label("Volume a year").fill("2,600")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".alert")).to_contain_text("Saved D16")


@pytest.mark.looks
def test_the_open_editor_in_every_look(open_as: OpenAs, problems: list[str]) -> None:
    page = open_as("counsel", TASKS)
    editor_of(page, "M&A due-diligence document review")
    look(page, problems)


def test_what_is_used_less_stands_in_a_menu_for_the_keyboard(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS)
    more = page.locator("[data-menu] > summary")
    grid = page.get_by_role("link", name="Task grid")
    expect(grid).to_be_hidden()
    more.focus()
    page.keyboard.press("Enter")
    expect(grid).to_be_visible()
    page.keyboard.press("Tab")
    expect(grid).to_be_focused()
    page.keyboard.press("Escape")
    expect(grid).to_be_hidden()
    expect(more).to_be_focused()
    page.keyboard.press("Space")
    expect(grid).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(grid).to_be_hidden()


@pytest.mark.parametrize(("width", "buttons", "lines"), [(1280, 1, 2), (390, 2, 4)])
def test_the_head_of_the_tasks_leaves_its_sentence_room(
    open_as: OpenAs, width: int, buttons: int, lines: int
) -> None:
    page = open_as("counsel", TASKS, width=width)
    found = page.evaluate(
        """() => {
          const row = (one) => Math.round(one.getBoundingClientRect().top);
          const shown = [...document.querySelectorAll(".page-head .actions > *")];
          const status = document.querySelector(".page-head .status");
          const line = parseFloat(getComputedStyle(status).lineHeight);
          return [new Set(shown.map(row)).size, Math.round(status.getBoundingClientRect().height / line)];
        }"""
    )
    assert found[0] <= buttons
    assert found[1] <= lines


def test_the_menu_works_without_scripts(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS, script=False)
    page.locator("[data-menu] > summary").click()
    page.get_by_role("link", name="Add one task").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Add")


def test_labels_of_bubbles_do_not_cover_each_other_on_a_phone(open_as: OpenAs) -> None:
    page = open_as("counsel", TASKS, width=390)
    expect(page.locator("#quadrant[data-drawn] .main-svg").first).to_be_visible()
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".scatterlayer .text text")]
          .filter((label) => getComputedStyle(label).visibility === "visible")
          .map((label) => label.getBoundingClientRect())
          .map((box) => [box.left, box.top, box.right, box.bottom])"""
    )
    assert len(boxes) > 9
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            is_apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert is_apart, (one, other)


@pytest.mark.looks
def test_the_open_menu_and_what_a_paste_may_leave_out(open_as: OpenAs, problems: list[str]) -> None:
    page = open_as("counsel", TASKS)
    page.locator("[data-menu] > summary").click()
    look(page, problems, TWO_LOOKS)
    page.goto(f"{TASKS}paste/")
    page.get_by_label("Legal tasks, one a line").fill("NDA review and turnaround\nWork without a name yet")
    page.get_by_role("button", name="Check the list").click()
    look(page, problems, TWO_LOOKS)
    page.get_by_role("button", name="Skip this row").click()
    expect(page.get_by_role("button", name="Save 1 legal task")).to_be_visible()
    look(page, problems, TWO_LOOKS)
