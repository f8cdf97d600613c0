"""Providers, bids and the comparison in a browser: keyboard, dialogs, no scripts."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

ORGANISATION = "/o/calder-ridge/"
CASE = f"{ORGANISATION}selection/1/"
Open = Callable[..., Page]


def test_a_group_folds_by_keyboard_and_keeps_the_focus(open_as: Open) -> None:
    page = open_as("manager", f"{CASE}comparison/")
    fold = page.locator("#fold-QUAL")
    fold.focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(fold).to_be_focused()
    expect(page).to_have_url(f"{page.url.split('/o/')[0]}{CASE}comparison/?shut=QUAL")
    expect(page.get_by_role("link", name="Export CSV")).to_have_attribute(
        "href", f"{CASE}comparison/comparison.csv?shut=QUAL"
    )
    expect(page.get_by_role("rowheader", name="Reference score")).to_have_count(0)


def test_a_number_opens_its_arithmetic_and_gives_the_focus_back(open_as: Open) -> None:
    page = open_as("manager", f"{CASE}comparison/")
    number = page.get_by_role("link", name="83.6")
    number.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("83.6")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(number).to_be_focused()


def test_the_price_form_shows_the_quantities_of_its_model(open_as: Open) -> None:
    page = open_as("procurement", f"{CASE}bids/4/prices/add/")
    people = page.get_by_label("People (FTE)")
    expect(people).to_be_hidden()
    page.get_by_label("Pricing model").select_option("fte")
    expect(people).to_be_visible()
    people.fill("2.5")
    page.get_by_label("Pricing model").select_option("per_unit")
    expect(people).to_be_visible()  # what was typed stays in sight, so that a refusal can be understood


def test_comparison_and_profile_work_without_scripts(open_as: Open, problems: list[str]) -> None:
    page = open_as("procurement", f"{CASE}comparison/", script=False)
    page.locator("#fold-COST").click()
    expect(page.locator("#fold-COST")).to_have_attribute("aria-expanded", "false")
    page.get_by_role("link", name="First three").click()
    expect(page.locator(".compare thead th")).to_have_count(5)
    page.goto(f"{ORGANISATION}providers/2/")
    page.get_by_role("link", name="QUAL-05").click()
    page.get_by_role("link", name="Change value").click()
    page.get_by_label("Value").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("QUAL-05 cannot be above 10")).to_be_visible()
    assert all("422" in problem for problem in problems)  # the browser notes a refused form as an error
    problems.clear()


def test_knock_outs_open_without_scripts_and_closed_show_what_is_failed_or_open(open_as: Open) -> None:
    page = open_as("manager", f"{CASE}comparison/", script=False)
    fold = page.locator("#fold-KO")
    expect(fold).to_have_attribute("aria-expanded", "false")
    first = page.locator(".compare tr.group").first
    expect(first).to_contain_text("Result")
    expect(page.get_by_role("rowheader", name="K01")).to_be_visible()
    expect(page.get_by_role("rowheader", name="K02")).to_have_count(0)
    fold.click()
    expect(page.locator("#fold-KO")).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("rowheader", name="K02")).to_be_visible()


def test_the_head_of_the_comparison_stays_below_the_bar(open_as: Open) -> None:
    page = open_as("manager", f"{CASE}comparison/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#fold-COMM").scroll_into_view_if_needed()
    page.mouse.wheel(0, 2_000)
    head = page.locator(".compare thead th").nth(2)
    expect(head).to_be_in_viewport()
    bar = page.locator(".topbar").bounding_box()
    top = head.bounding_box()
    assert bar is not None
    assert top is not None
    assert abs(top["y"] - (bar["y"] + bar["height"])) <= 2


def test_nothing_of_the_bids_is_cut(open_as: Open) -> None:
    page = open_as("procurement", f"{CASE}bids/")
    box = page.get_by_role("region", name="Bids, table")
    for width in (390, 768, 1160, 1280, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        cut = box.evaluate("box => box.scrollWidth - box.clientWidth")
        assert cut <= 0, f"{cut} px at {width}"
    expect(box).not_to_contain_text("(sample)")
