"""A person without a mouse: Tab and Shift+Tab to a control, keys to use it, and a look at where the focus is.

Every stop is checked: the focus is drawn (outline, or the ring of the label or the bar that stands for the
control), and it is not hidden behind what stays on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

# What the focus is on: its name as a reader hears it, its ring, and whether something covers it.
STOP = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body || focused === document.documentElement) return null;
  const label = [...(focused.labels || [])].map((one) => one.textContent).join(" ");
  const labelled = (focused.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const text = focused.matches("input[type=submit]") ? focused.value
    : focused.matches("input, select, textarea") ? "" : focused.textContent;
  const name = (labelled || focused.getAttribute("aria-label") || label || text).replace(/\\s+/g, " ").trim();
  const ringed = (element) => {
    const own = getComputedStyle(element);
    return own.outlineStyle !== "none" && parseFloat(own.outlineWidth) >= 1.5
      && !/^rgba\\(.*, 0\\)$/.test(own.outlineColor);
  };
  const inked = (element) => [...element.querySelectorAll(".seg")].some(
    (part) => parseFloat(getComputedStyle(part).strokeWidth) >= 3);
  const stands_for = [focused, focused.closest("label")].filter(Boolean);
  const box = (stands_for[1] && !focused.offsetWidth ? stands_for[1] : focused).getBoundingClientRect();
  const inside = (x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && stands_for.some((one) => one.contains(top) || top.contains(one));
  };
  const at = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.1, 0.9].map(
    (y) => [box.left + box.width * x, box.top + box.height * y]));
  return { name, id: focused.id, tag: focused.tagName, value: focused.value ?? "",
    is_ringed: stands_for.some(ringed) || inked(focused),
    is_seen: at.some(([x, y]) => inside(x, y)) };
}"""


@dataclass(frozen=True)
class Stop:
    """Where the focus is."""

    name: str
    id: str
    tag: str
    value: str
    is_ringed: bool
    is_seen: bool


class Keys:
    """The keyboard on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def stop(self) -> Stop | None:
        """Say where the focus is; None when it is on nothing."""
        found: dict[str, Any] | None = self.page.evaluate(STOP)
        return Stop(**found) if found else None

    def checked(self) -> Stop | None:
        """Give the stop after checking that it is drawn and in sight."""
        stop = self.stop()
        if stop:
            assert stop.is_ringed, f"the focus on {stop.name!r} ({stop.tag}) is not drawn"
            assert stop.is_seen, f"the focus on {stop.name!r} ({stop.tag}) is hidden behind something"
        return stop

    def landed(self) -> Stop:
        """Wait until a piece that was drawn again has given the focus back, and check where it is."""
        expect(self.page.locator(":focus")).to_be_attached()
        stop = self.checked()
        assert stop
        return stop

    def press(self, *names: str) -> None:
        """Press keys one after the other."""
        for name in names:
            self.page.keyboard.press(name)

    def to(self, name: str, *, back: bool = False, limit: int = 150) -> Stop:
        """Go on with Tab (or back) until a control carries this name."""
        seen: list[str] = []
        for _ in range(limit):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            stop = self.checked()
            if stop and name in stop.name:
                return stop
            seen.append(stop.name if stop else "(nothing)")
        raise AssertionError(f"{name!r} cannot be reached; passed {seen[-40:]}")

    def use(self, name: str, key: str = "Enter", **how: Any) -> None:
        """Go to a control and press it."""
        self.to(name, **how)
        self.page.keyboard.press(key)

    def fill(self, name: str, text: str, **how: Any) -> None:
        """Go to a field and type into it, over what is there."""
        self.to(name, **how)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def follow(self, name: str, **how: Any) -> None:
        """Go to a link or a button and press Enter; wait for the page that it leads to."""
        self.to(name, **how)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def walk(self, limit: int = 600) -> list[Stop]:
        """Go through the whole page once and give every stop; fails when the end is never reached."""
        stops: list[Stop] = []
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            stop = self.checked()
            if stop is None or (stops and stop == stops[0]):
                return stops
            stops.append(stop)
        raise AssertionError(f"no end after {limit} stops; the last were {[one.name for one in stops[-6:]]}")
