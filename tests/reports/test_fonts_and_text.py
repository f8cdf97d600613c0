"""Which characters are printable, and what becomes of the others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.content import Cell, Row
from reports.fonts import FontError, printable_characters, read_cmap
from reports.printable import Printer


def test_the_font_prints_what_reports_need_and_lacks_what_we_think_it_lacks() -> None:
    characters = printable_characters()
    needed = "AZaz09 ÄÖÜß éèñ ŁŐ ΑΩ Жя −–—…×≤≥≈ΣµΔ→·•’“”€£¥§%‰✓"
    assert not [character for character in needed if ord(character) not in characters]
    assert not [character for character in "契中🙂ا\x07" if ord(character) in characters]


def test_a_file_that_is_no_font_is_refused() -> None:
    with pytest.raises(FontError, match="cmap"):
        read_cmap(b"\x00\x01\x00\x00\x00\x00" + b"\x00" * 32)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain <script> #panic() {{x}}", "plain <script> #panic() {{x}}"),
        ("契約", "[U+5951][U+7D04]"),
        ("ok 🙂", "ok [U+1F642]"),
        ("bell\x07null\x00", "bell[U+0007]null[U+0000]"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("\u202eevil\u200b", "[U+202E]evil[U+200B]"),
        ("\ud800", "[U+D800]"),
    ],
)
def test_unprintable_characters_become_visible_codes(text: str, printed: str) -> None:
    assert Printer().text(text) == printed


def test_the_note_counts_and_names_them() -> None:
    printer = Printer()
    assert printer.notes() == ()
    printer.text("契契🙂")
    (note,) = printer.notes()
    assert note.startswith("3 characters have no glyph")
    assert "U+5951" in note
    assert "U+1F642 (slightly smiling face)" in note
    many = Printer()
    many.text("".join(map(chr, range(0x4E00, 0x4E00 + 40))))
    assert "and 28 other kinds" in many.notes()[0]


def test_all_strings_of_a_content_are_rewritten_and_numbers_are_kept() -> None:
    row = Row((Cell("契", below="x"), Cell("y")), "total")
    assert Printer().content(row) == Row((Cell("[U+5951]", below="x"), Cell("y")), "total")


@settings(deadline=None, max_examples=60)
@given(st.text())
def test_what_is_printed_has_a_glyph(text: str) -> None:
    printed = Printer().text(text)
    assert all(ord(character) in printable_characters() for character in printed)
