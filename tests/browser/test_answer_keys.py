"""A whole task is answered with the keyboard: the keys are counted, the focus is never lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

OpenAs = Callable[..., Page]
FACTORS = 14
# One key for each factor, and one to get to the first.
MOST_KEYS = FACTORS + 1


def _new_task(open_as: OpenAs, name: str) -> tuple[Page, int]:
    page = open_as("outsider", "/o/northlake/tasks/add/")
    page.get_by_label("Legal task").fill(name)
    page.get_by_role("button", name="Add").last.click()
    page.goto(page.url.split("/tasks/")[0] + f"/tasks/?q={name}")
    page.get_by_role("link", name=name, exact=True).first.wait_for()
    key = page.locator("a[data-editor]").first.get_attribute("id")
    return page, int(str(key).removeprefix("open-"))


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_task_with_a_key_for_each_factor(open_as: OpenAs) -> None:
    page, key = _new_task(open_as, "Answered by keyboard")
    page.goto(page.url.split("/tasks/")[0] + f"/tasks/{key}/")
    pressed = 0
    page.locator(f"#level-STD-1-{key}").focus()
    pressed += 1
    for place in range(FACTORS):
        sign = "0" if place == 3 else "?" if place == 5 else str(1 + place % 5)
        page.keyboard.press(sign)
        pressed += 1
        assert _focused(page).startswith("level-")
    assert pressed <= MOST_KEYS
    expect(page.locator(f"#sum-{key}")).to_contain_text(f"{FACTORS - 2} of {FACTORS} answered")
    expect(page.locator(f"#certainty-{key}")).to_contain_text("ertain")
    assert _focused(page).startswith("level-")
    page.reload()
    expect(page.locator(f"#sum-{key}")).to_contain_text(f"{FACTORS - 2} of {FACTORS} answered")
    expect(page.locator(f"#level-CPX-unknown-{key}")).to_be_checked()


def test_enter_finds_what_is_open_and_other_fields_keep_their_keys(open_as: OpenAs) -> None:
    page, key = _new_task(open_as, "Left open")
    page.goto(page.url.split("/tasks/")[0] + f"/tasks/{key}/")
    page.locator(f"#level-STD-1-{key}").focus()
    page.keyboard.press("4")
    assert _focused(page) == f"level-VOL-1-{key}"
    page.keyboard.press("Enter")
    assert _focused(page) == f"level-VAR-1-{key}"
    page.locator(f"#volume-{key}").focus()
    page.keyboard.type("15")
    expect(page.locator(f"#volume-{key}")).to_have_value("15")
    expect(page.locator(f"#level-VAR-1-{key}")).not_to_be_checked()
