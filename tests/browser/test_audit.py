"""The audit trail with the keyboard, without scripts, narrow, and as a file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings
from tests.browser.looks import look

AUDIT = "/o/calder-ridge/audit/"
OpenAs = Callable[..., Page]


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(e => ((e.labels || [])[0] || e).innerText || e.ariaLabel)(document.activeElement)"
        )
        if (here or "").strip() == name:
            return
    raise AssertionError(f"No Tab leads to {name}")


def _rows(page: Page) -> list[str]:
    return page.locator(".audit tbody tr:not(.group)").all_inner_texts()


@pytest.mark.parametrize("script", [True, False])
def test_filter_by_keyboard_and_export_exactly_that(open_as: OpenAs, tmp_path: Path, script: bool) -> None:
    page = open_as("manager", AUDIT, script=script)
    _tab_to(page, "What was done")
    page.keyboard.type("kept")
    _tab_to(page, "Filter")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("verb=kept(\\+|%20)ranking"))
    expect(page.get_by_role("status").first).to_contain_text("match")
    assert _rows(page)
    assert all("kept ranking" in row for row in _rows(page))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Export CSV").click()
    path = tmp_path / "trail.csv"
    waiting.value.save_as(path)
    assert waiting.value.suggested_filename.startswith("calder-ridge-audit-trail-")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["what"] for row in rows} == {"kept ranking"}
    with page.expect_download() as waiting:
        page.get_by_role("link", name="JSON", exact=True).click()
    waiting.value.save_as(tmp_path / "trail.jsonl")
    events = [
        json.loads(line) for line in (tmp_path / "trail.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(events) == len(_rows(page))


def test_an_event_leads_to_its_object_and_to_its_own_trail(open_as: OpenAs) -> None:
    page = open_as("manager", f"{AUDIT}?kind=selections.rankingrecord")
    page.get_by_role("link", name=re.compile("^Only events of Kept ranking")).first.click()
    expect(page.get_by_text("Only Kept ranking")).to_be_visible()
    page.get_by_role("link", name="Show other objects too").click()
    expect(page).to_have_url(re.compile("/audit/$"))
    page.locator(".audit .what > a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).not_to_have_url(re.compile("/audit/"))


def test_the_way_there_is_in_the_rail(open_as: OpenAs) -> None:
    page = open_as("counsel", "/o/calder-ridge/")
    page.locator(".rail").get_by_role("link", name="Audit trail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Audit trail")
    expect(page.locator(".rail").get_by_role("link", name="Audit trail")).to_have_attribute(
        "aria-current", "page"
    )


@pytest.mark.looks
@pytest.mark.parametrize(
    "query", ["", "?kind=selections.rankingrecord&object=1", "?since=x", "?name=nothing+has+it"]
)
def test_how_it_looks(open_as: OpenAs, problems: list[str], query: str) -> None:
    look(open_as("counsel", f"{AUDIT}{query}"), problems)


def test_the_trail_of_an_organisation_that_has_just_started(open_as: OpenAs, problems: list[str]) -> None:
    page = open_as("empty", "/o/empty/audit/")
    expect(page.locator(".audit tbody")).to_contain_text("started organisation")
    assert findings(page, problems) == []
