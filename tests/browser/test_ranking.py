"""The ranking page in a browser: sliders, keyboard, dialog, no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.axe import findings

RANKING = "/o/calder-ridge/selection/1/ranking/"
COST_SLIDER = "Cost, share of 100; the others share the rest"
Open = Callable[..., Page]


def test_a_slider_ranks_again_by_keyboard_alone(open_as: Open) -> None:
    page = open_as("manager", RANKING)
    page.get_by_label(COST_SLIDER).focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    statement = page.locator("#ranking-statement")
    expect(statement).to_contain_text("Banyan Quay leads Ashgrove by 0.2 points: a tie.")
    expect(page.locator("#ranking-announce")).to_have_text("Banyan Quay leads Ashgrove by 0.2 points: a tie.")
    expect(page.get_by_label("Quality", exact=True)).to_have_value("25.7")
    expect(page.locator("#weights-sum")).to_have_text("sum 100")
    expect(page).to_have_url(re.compile(r"\?w-COST=40&"))
    expect(page.get_by_label(COST_SLIDER)).to_be_focused()
    page.go_back()
    expect(statement).to_contain_text("Ashgrove leads Banyan Quay by 1.1 points: a tie.")
    expect(page.get_by_label("Cost", exact=True)).to_have_value("30")


def test_a_wrong_weight_is_answered_beside_its_field_and_nothing_else_moves(open_as: Open) -> None:
    page = open_as("manager", RANKING)
    field = page.get_by_label("Quality", exact=True)
    field.fill("-1")
    expect(page.locator("#e-QUAL")).to_have_text("A weight cannot be below 0; 0 leaves it out.")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("-1")
    expect(page.locator("#ranking-statement")).to_contain_text("Ashgrove leads Banyan Quay by 1.1 points")
    expect(page).to_have_url(re.compile(r"/ranking/$"))
    field.fill("30")
    expect(page.locator("#e-QUAL")).to_have_text("")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_segment_of_a_bar_opens_its_arithmetic_and_gets_the_focus_back(
    open_as: Open, problems: list[str]
) -> None:
    page = open_as("manager", RANKING)
    segment = page.get_by_role("link", name=re.compile("^Ashgrove, Cost: weight 30 of 100"))
    segment.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ashgrove, Cost 79.0 → 23.7 points")
    dialog.get_by_role("link", name="All-in basket cost index").click()
    expect(dialog).to_contain_text("Governance and tooling")
    assert findings(page, problems) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(segment).to_be_focused()


def test_sub_criteria_stay_open_when_a_slider_moves(open_as: Open) -> None:
    page = open_as("manager", RANKING)
    scores = page.get_by_role("region", name="Scores, table")
    expect(scores.get_by_text("Blended hourly rate")).to_be_hidden()
    page.get_by_role("button", name=re.compile("^Cost")).click()
    expect(scores.get_by_text("Blended hourly rate")).to_be_visible()
    page.get_by_label(COST_SLIDER).focus()
    page.keyboard.press("End")
    expect(page.locator("#ranking-statement")).not_to_contain_text("Ashgrove leads Banyan Quay by 1.1")
    expect(scores.get_by_text("Blended hourly rate")).to_be_visible()


def test_apply_and_the_score_table_work_without_scripts(open_as: Open) -> None:
    page = open_as("procurement", RANKING, script=False)
    expect(
        page.get_by_role("region", name="Scores, table").get_by_text("Blended hourly rate")
    ).to_be_visible()
    expect(page.get_by_label(COST_SLIDER)).to_be_hidden()
    page.get_by_label("Cost", exact=True).fill("60")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#ranking-statement")).to_contain_text("Banyan Quay leads Ashgrove")
    page.get_by_role("link", name="Keep this ranking").click()
    expect(page.get_by_text("Cost: 30 → 60")).to_be_visible()
    page.get_by_role("link", name="Back to the ranking").click()
    expect(page.locator("#ranking-statement")).to_contain_text("Banyan Quay leads Ashgrove")
