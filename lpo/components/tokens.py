"""The design tokens, read from the stylesheet and the sprite themselves, so that the page cannot go stale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings

_COLOUR = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
_STEP = re.compile(r"--((?:fs|s)-[\w]+):\s*([\d.]+)rem")
_ICON = re.compile(r'id="i-([\w-]+)"')
_TEXT_AT_LEAST = 4.5


@dataclass(frozen=True)
class Colour:
    """One colour in both schemes, with its contrast against the surface of the scheme (WCAG 2.2 ratio)."""

    name: str
    light: str
    dark: str
    on_light: str
    on_dark: str
    is_text: bool


@dataclass(frozen=True)
class Step:
    """One step of the type scale or of the spacing, in CSS pixels."""

    name: str
    pixels: float
    is_type: bool


@cache
def colours() -> tuple[Colour, ...]:
    """Every colour token of tokens.css in its order there."""
    pairs = {name: (light, dark) for name, light, dark in _COLOUR.findall(_read("static/css/tokens.css"))}
    paper = pairs["surface"]
    return tuple(_colour(name, pair, paper) for name, pair in pairs.items())


def _colour(name: str, pair: tuple[str, str], paper: tuple[str, str]) -> Colour:
    light, dark = (contrast(colour, behind) for colour, behind in zip(pair, paper, strict=True))
    is_text = min(light, dark) >= _TEXT_AT_LEAST
    return Colour(name, pair[0], pair[1], f"{light:.1f}", f"{dark:.1f}", is_text)


@cache
def steps() -> tuple[Step, ...]:
    """The type scale and the spacing of tokens.css."""
    found = _STEP.findall(_read("static/css/tokens.css"))
    return tuple(Step(name, float(size) * 16, name.startswith("fs-")) for name, size in found)


@cache
def icons() -> tuple[str, ...]:
    """The names that ``{% icon %}`` knows."""
    return tuple(_ICON.findall(_read("templates/_icons.html")))


def contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(path: str) -> str:
    text: str = (settings.BASE_DIR / path).read_text(encoding="utf-8")
    return text
