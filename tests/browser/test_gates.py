"""Gates with the keyboard alone: a waiver by two people, a wrong flag, a closing that is refused first.

All of it happens in the twin of the sample organisation, which no other browser test reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.keys import Keys

Open = Callable[..., Page]
TASKS = "/o/northlake/tasks/"


def _task(open_as: Open, who: str, name: str) -> Keys:
    """The page of a task of the twin."""
    keys = Keys(open_as(who, TASKS))
    link = keys.page.get_by_role("link", name=name, exact=True)
    keys.page.goto(link.get_attribute("href") or "")
    return keys


def test_two_people_waive_a_gate(open_as: Open) -> None:
    asking = _task(open_as, "outsider", "Obligation tracking and renewals")
    page = asking.page
    asking.to("Documented, most tools accessible")
    asking.press("Enter")
    asking.to("4: Documented, most tools")
    asking.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
    expect(page.locator(".fig-outcome")).to_contain_text("Prepare first")
    asking.use("Ask for a waiver", limit=80)
    asking.fill("Why need this gate not hold here?", "A pilot writes the playbook", limit=3)
    asking.use("Ask for waiver", limit=3)
    expect(page.get_by_text("another owner or counsel has to decide")).to_be_visible()
    stop = asking.landed()  # the section was drawn again; the focus stays on the same gate
    assert "Withdraw" in stop.name

    deciding = _task(open_as, "second", "Obligation tracking and renewals")
    deciding.use("Grant or refuse")
    deciding.fill("Why? The board reads it.", "Watched week by week", limit=3)
    deciding.use("Grant waiver", limit=3)
    expect(deciding.page.locator(".fig-outcome")).to_contain_text("G11 waived")
    expect(deciding.page.get_by_text("Granted by Sana Second")).to_be_visible()


def test_a_wrong_flag_is_taken_away_with_a_reason(open_as: Open) -> None:
    keys = _task(open_as, "outsider", "Deposition and transcript summaries")
    page = keys.page
    keys.to("Privileged")
    keys.press("Space")
    expect(page.get_by_text(re.compile("fires G04: say why it is wrong"))).to_be_visible()
    stop = keys.landed()  # the box shows what is kept, and the focus is where the reason goes
    assert "If you take a flag away" in stop.name
    expect(page.get_by_role("checkbox", name="Privileged").first).to_be_checked()
    page.keyboard.type("Public transcripts only")
    keys.press("Tab")
    expect(page.get_by_role("checkbox", name="Privileged").first).not_to_be_checked()
    expect(page.locator(".gate-line")).to_have_count(1)
    page.reload()
    expect(page.get_by_text("because: Public transcripts only")).to_be_visible()


def test_a_refused_closing_leads_to_the_field(open_as: Open) -> None:
    keys = _task(open_as, "outsider", "Contract drafting from templates")
    page = keys.page
    keys.use("Close with evidence", limit=160)
    keys.fill("What shows that it is met?", "Plan of 3 November 2026", limit=3)
    keys.fill("Hours a week", "200", limit=8)
    keys.use("Close condition", limit=4)
    expect(page.get_by_text("Say how many hours a week")).to_have_count(1)  # beside its field alone
    keys.landed()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    expect(page.get_by_label("What shows that it is met?").first).to_have_value("Plan of 3 November 2026")
