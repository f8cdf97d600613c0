"""Colour tokens and sizes. Pages take the colour from the CSS variable, print takes the day value."""

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["page", "print"]

# token: (CSS custom property of the page, day value for paper)
TOKENS: dict[str, tuple[str, str]] = {
    "cost": ("--c-cost", "#0067a3"),
    "qual": ("--c-qual", "#00795a"),
    "secu": ("--c-secu", "#b4540a"),
    "comm": ("--c-comm", "#a94f86"),
    "outsource": ("--o-outsource", "#1d5f6b"),
    "pilot": ("--o-pilot", "#3a7480"),
    "cosource": ("--o-cosource", "#5d6670"),
    "retain": ("--o-retain", "#3d3a35"),
    "ink": ("--ink", "#1c1b19"),
    "muted": ("--muted", "#5f5b54"),
    "faint": ("--faint", "#8c877c"),
    "line": ("--line", "#e4e1da"),
    "line-2": ("--line-2", "#cfcbc2"),
    "line-strong": ("--line-strong", "#8c877c"),
    "sunken": ("--sunken", "#f1efea"),
    "surface": ("--surface", "#ffffff"),
    "on-fill": ("--on-fill", "#ffffff"),
    "danger": ("--danger", "#a62b1f"),
    "warn": ("--warn", "#7a5200"),
    "ok": ("--ok", "#1f6b45"),
}

_CRITERIA = {"COST": "cost", "QUAL": "qual", "SECU": "secu", "COMM": "comm"}
_FURTHER = ("outsource", "retain", "faint", "cosource", "warn", "ok")
_OUTCOMES = {
    "OUTSOURCE": "outsource",
    "PILOT": "pilot",
    "COSOURCE": "cosource",
    "PREPARE_FIRST": "faint",
    "RETAIN": "retain",
}


def criterion_colour(code: str, position: int) -> str:
    """The token of a criterion: fixed for the four shipped ones, by position for an organisation's own."""
    return _CRITERIA.get(code, _FURTHER[position % len(_FURTHER)])


def outcome_colour(outcome: str) -> str:
    """The token of a suitability outcome; an unknown one is drawn faint."""
    return _OUTCOMES.get(outcome, "faint")


def css_colour(token: str) -> str:
    """The colour as a page names it, for example ``var(--c-cost)``; the client script resolves it."""
    return f"var({TOKENS[token][0]})"


@dataclass(frozen=True)
class Theme:
    """Sizes in SVG user units: pixels on a page, points on paper."""

    name: ThemeName
    text: float
    row: float
    bar: float
    bubble: float
    line: float

    def fill(self, token: str) -> dict[str, str]:
        """Attributes that fill a shape."""
        return {"class": f"f-{token}"} if self.name == "page" else {"fill": TOKENS[token][1]}

    def stroke(self, token: str) -> dict[str, str]:
        """Attributes that draw an outline."""
        return {"class": f"s-{token}"} if self.name == "page" else {"stroke": TOKENS[token][1]}

    def outlined(self, fill: str, stroke: str) -> dict[str, str]:
        """Attributes for a filled shape with an outline."""
        if self.name == "page":
            return {"class": f"f-{fill} s-{stroke}"}
        return {"fill": TOKENS[fill][1], "stroke": TOKENS[stroke][1]}


PAGE = Theme(name="page", text=12, row=40, bar=24, bubble=24, line=1)
PRINT = Theme(name="print", text=8, row=21, bar=14, bubble=15, line=0.6)
THEMES: dict[ThemeName, Theme] = {"page": PAGE, "print": PRINT}
