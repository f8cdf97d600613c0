"""Accessibility findings of a page, one line each.

Colour contrast takes most of axe's time, and a table of five hundred cells asks it the same question five
hundred times. Contrast depends on the colour, size and weight of a text and on what is painted behind it,
so one question is asked for each such look, and for the same tag and class only. Every other rule sees
everything.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Page

# Ways to look: "all" once a page, then at each other look what can differ there.
EVERY_RULE = "everything"
LAYOUT = "layout"
CONTRAST = "contrast"

_RUN = """async (rules) => {
  const known = new Map();
  const behind = (element) => {
    if (!element) return "";
    if (!known.has(element)) {
      const own = getComputedStyle(element);
      const clear = own.backgroundColor === "rgba(0, 0, 0, 0)" && own.backgroundImage === "none"
        && own.opacity === "1" && own.filter === "none" && own.mixBlendMode === "normal";
      const paint = clear ? "" : [own.backgroundColor, own.backgroundImage, own.opacity, own.filter].join();
      known.set(element, `${behind(element.parentElement)}|${paint}`.replace(/[|]+$/, ""));
    }
    return known.get(element);
  };
  const look = (element) => {
    const own = getComputedStyle(element);
    return [element.tagName, element.className.baseVal ?? element.className, own.color, own.fill,
      own.fontSize, own.fontWeight, own.textShadow, behind(element)].join("|");
  };
  const has_text = (element) => element.matches("input, select, textarea")
    || [...element.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  const one_of_each_look = () => {
    const looks = new Map();
    for (const element of document.body.querySelectorAll("*")) {
      if (has_text(element) && element.checkVisibility({ visibilityProperty: true })) {
        const name = look(element);
        if (!looks.has(name)) looks.set(name, element);
      }
    }
    return [...looks.values()];
  };
  const found = [];
  const run = async (where, options) => {
    const answer = await axe.run(where, { resultTypes: ["violations"], preload: false, ...options });
    for (const rule of answer.violations)
      for (const node of rule.nodes) found.push(`${rule.id}: ${node.target} ${node.failureSummary}`);
  };
  if (rules === "everything") await run(document, { rules: { "color-contrast": { enabled: false } } });
  if (rules === "layout") await run(document, { runOnly: [
    "target-size", "scrollable-region-focusable", "empty-heading", "button-name", "link-name", "label",
    "aria-hidden-focus", "region", "landmark-unique", "page-has-heading-one"] });
  await run({ include: one_of_each_look() }, { runOnly: ["color-contrast"] });
  return found;
}"""


@cache
def _script() -> str:
    return Path(AXE_FILE_PATH).read_text(encoding="utf-8")


def findings(page: Page, problems: list[str], rules: str = EVERY_RULE) -> list[str]:
    """Give what axe found; the console messages that axe itself causes do not count.

    ``rules``: EVERY_RULE, or LAYOUT for another width of a page that was looked at already (what is shown,
    its size and its names), or CONTRAST for its other colours. Contrast is always among them.
    """
    before = list(problems)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    found: list[Any] = page.evaluate(_RUN, rules)
    problems[:] = before
    return [str(line) for line in found]
