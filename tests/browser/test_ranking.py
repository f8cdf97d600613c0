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


def test_other_weights_are_kept_with_a_reason_and_the_page_says_what_changes(
    open_as: Open, problems: list[str]
) -> None:
    page = open_as("procurement", f"{RANKING}?w-COST=45")
    page.get_by_role("link", name="Keep this ranking").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text(
        "This changes the first place from Ashgrove Legal Services to Banyan Quay LPO."
    )
    page.get_by_role("button", name="Keep this ranking").click()
    expect(page.locator("#div_id_reason")).to_contain_text(
        "Say why: keeping this ranking changes the adopted weights."
    )
    expect(page.get_by_label("Why is this ranking kept?")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Cost: 30 → 45")).to_be_visible()
    assert all("422" in problem for problem in problems)  # the browser notes a refused form as an error
    problems.clear()
    assert findings(page, problems) == []


def test_the_adopted_weights_stay_in_sight_of_a_what_if(open_as: Open) -> None:
    page = open_as("manager", RANKING)
    page.get_by_label(COST_SLIDER).focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    first = page.locator(".rank tbody tr").first
    expect(first).to_contain_text("was 82.5")
    expect(first).to_contain_text("was 2")
    expect(page.locator("#h-COST")).to_contain_text("Adopted 30.")
    expect(page.locator(".adopted-tick")).to_have_count(4)
    page.get_by_role("link", name="Compare side by side").click()
    expect(page.get_by_role("main")).to_contain_text("Ranked with what-if weights")
    page.get_by_role("link", name="Compare with the adopted weights").click()
    expect(page.get_by_role("main")).to_contain_text("Ranked with the adopted weights.")


def test_the_verdict_leads_to_the_price_rules(open_as: Open) -> None:
    page = open_as("manager", RANKING)
    verdict = page.locator("#ranking-statement")
    expect(verdict).to_contain_text("Banyan Quay would be first under every rule.")
    verdict.get_by_role("link", name="See the price rules").click()
    expect(page.get_by_role("heading", name="Does the price rule decide?")).to_be_in_viewport()
