"""Pages on paper: printed by Chromium from a dark screen, on both paper sizes.

The sheets are white, carry who and when, leave out what only works on a screen, and hold whole tables: every
column on every sheet under a repeated head, every row, the charts as the server drew them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.browser.addresses import Addresses

pytestmark = pytest.mark.looks
Open = Callable[..., Page]
ON_SCREEN_ONLY = ("Sign out", "Skip to content", "Export CSV", "Paste tasks", "Keep this ranking", "Apply")
PRINTED = [
    ("case", "Letter", ["Seven steps", "Recent activity"]),
    ("assessments:tasks", "A4", ["Which work goes out?", "Legal advice to the board", "suitability score"]),
    ("selections:ranking", "A4", ["What could flip it?", "Eastmark Manila", "Cobalt Harbor Review"]),
    ("selections:comparison", "Letter", ["Responsiveness", "Cobalt Harbor", "Excluded"]),
    ("selections:comparison", "A4", ["Responsiveness", "Cobalt Harbor", "Excluded"]),
    ("selections:bid", "Letter", ["Fees", "Net"]),
    ("selections:record", "A4", ["SHA-256", "Weights"]),
    ("providers:profile", "Letter", ["Knock-out questions", "Certificates"]),
    ("audit:list", "A4", ["Audit trail"]),
]
INCH = 72
SIZES = {"Letter": (8.5 * INCH, 11 * INCH), "A4": (8.27 * INCH, 11.69 * INCH)}


@dataclass(frozen=True)
class Sheet:
    """One printed sheet: its words, its size in points, how white it is, and where its ink ends."""

    words: str
    size: tuple[float, float]
    white: float
    ends_at: float


def _sheet(page: pypdfium2.PdfPage) -> Sheet:
    picture = page.render(scale=0.5).to_numpy()[..., :3]
    inked = (picture < 200).any(axis=(0, 2)).nonzero()[0]
    words = " ".join(page.get_textpage().get_text_bounded().split())
    return Sheet(
        words=words,
        size=page.get_size(),
        white=float((picture > 240).all(axis=2).mean()),
        ends_at=float(inked.max() / picture.shape[1]) if inked.size else 0.0,
    )


def _printed(page: Page, paper: str) -> list[Sheet]:
    document = pypdfium2.PdfDocument(page.pdf(format=paper, prefer_css_page_size=True))
    try:
        return [_sheet(one) for one in document]
    finally:
        document.close()


@pytest.mark.parametrize(("name", "paper", "words"), PRINTED)
def test_a_page_on_paper(
    open_as: Open, addresses: Addresses, name: str, paper: str, words: list[str]
) -> None:
    sheets = _printed(open_as("owner", addresses["sample"][name], dark=True), paper)
    text = " ".join(sheet.words for sheet in sheets)
    assert "Calder Ridge Instruments" in sheets[0].words
    assert "printed" in sheets[0].words
    assert [word for word in words if word not in text] == []
    assert [word for word in ON_SCREEN_ONLY if word in text] == []
    for sheet in sheets:
        assert sorted(sheet.size) == pytest.approx(sorted(SIZES[paper]), abs=2)
        assert sheet.white > 0.6
        assert sheet.ends_at < 0.97, "cut at the right"
        assert sheet.words, "an empty sheet"


def test_the_comparison_has_all_its_columns_on_every_sheet(open_as: Open, addresses: Addresses) -> None:
    page = open_as("owner", addresses["sample"]["selections:comparison"])
    names = page.locator(".compare thead th b").all_inner_texts()
    sheets = _printed(page, "Letter")
    assert len(names) == 8
    for sheet in sheets:
        assert sheet.size[0] > sheet.size[1], "on its side"
        squeezed = sheet.words.replace(" ", "")
        assert [name for name in names if name.replace(" ", "") not in squeezed] == []


def test_no_task_is_lost_between_two_sheets(open_as: Open, addresses: Addresses) -> None:
    page = open_as("owner", addresses["sample"]["assessments:tasks"])
    codes = page.locator(".tasks tbody td.code").all_inner_texts()
    sheets = _printed(page, "Letter")
    rows = [sheet for sheet in sheets if "In-house cost" in sheet.words]
    assert len(rows) > 1
    assert len(codes) > 10
    assert [code for code in codes if sum(code in sheet.words for sheet in rows) == 0] == []
