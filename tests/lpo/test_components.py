"""The figures of the components page, and that the page is away in production."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from lpo.components import tokens

# Tokens that carry text somewhere, against what tokens.css promises in its comments.
TEXT = {
    "ink",
    "muted",
    "accent",
    "danger",
    "warn",
    "ok",
    "c-cost",
    "c-qual",
    "c-secu",
    "c-comm",
    "o-outsource",
}
EDGES = {"line-strong", "faint", "focus"}


def test_it_is_not_there_unless_asked_for() -> None:
    assert not settings.COMPONENTS_PAGE
    with pytest.raises(NoReverseMatch):
        reverse("components:all")


def test_contrast_is_the_ratio_of_the_standard() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert tokens.contrast("#ffffff", "#ffffff") == 1


def test_the_colours_keep_what_the_stylesheet_promises() -> None:
    found = {colour.name: colour for colour in tokens.colours()}
    assert found.keys() >= TEXT | EDGES
    assert {name for name in TEXT if not found[name].is_text} == set()
    for name in EDGES:
        assert min(float(found[name].on_light), float(found[name].on_dark)) >= 3, name


def test_steps_and_icons_are_read_from_their_files() -> None:
    assert {step.name: step.pixels for step in tokens.steps()}["fs-md"] == 14
    assert {"check", "cross", "search"} <= set(tokens.icons())
