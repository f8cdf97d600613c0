"""Look at one open page as its readers may: wide and narrow, light and dark."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.axe import CONTRAST, EVERY_RULE, LAYOUT, findings

Looks = tuple[tuple[int, bool, str], ...]
LOOKS: Looks = (
    (1440, False, EVERY_RULE),
    (1440, True, CONTRAST),
    (390, True, LAYOUT),
    (390, False, CONTRAST),
)
TWO_LOOKS = (LOOKS[0], LOOKS[2])  # for another state of a page that is looked at in all four
# Drawn means drawn for this width: charts follow a change of width a moment later.
DRAWN = """() => document.readyState === "complete" && (!window.Plotly
  || [...document.querySelectorAll("figure[data-chart]")].every(
    (figure) => figure.dataset.drawn === String(figure.clientWidth)))"""


def look(page: Page, problems: list[str], looks: Looks = LOOKS) -> None:
    """Look at an open page in every width and colour scheme."""
    for width, dark, rules in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.wait_for_function(DRAWN)
        where = f"{page.url} at {width} px, {'dark' if dark else 'light'}"
        found = findings(page, problems, rules)
        assert found == [], f"{where}: {found}"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{where}: too wide"
        )
    assert page.locator("h1").count() == 1
