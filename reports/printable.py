"""Text that the report can print: what has no glyph becomes a visible ``[U+4E2D]``."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from reports.fonts import printable_characters

_BLANKS = {"\t", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"}
# Controls, formatting characters (they would hide or turn text), private use, surrogates, unassigned.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn"}
_LISTED = 12

T = TypeVar("T")


class Printer:
    """Rewrites text and remembers which characters had to be written as their codes."""

    def __init__(self) -> None:
        self.replaced: dict[str, int] = {}

    def text(self, text: str) -> str:
        """The text with every unprintable character as its code; line breaks and tabs become spaces."""
        return "".join(map(self._character, text))

    def _character(self, character: str) -> str:
        if character in _BLANKS:
            return " "
        is_visible = unicodedata.category(character) not in _INVISIBLE
        if is_visible and ord(character) in printable_characters():
            return character
        self.replaced[character] = self.replaced.get(character, 0) + 1
        return f"[U+{ord(character):04X}]"

    def content(self, value: T) -> T:
        """The same content (frozen dataclasses, tuples, strings) with every string rewritten."""
        rewritten: T = self._walk(value)
        return rewritten

    def _walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(self._walk(entry) for entry in value)
        if is_dataclass(value) and not isinstance(value, type):
            changes = {field.name: self._walk(getattr(value, field.name)) for field in fields(value)}
            return replace(value, **changes)
        return value

    def notes(self) -> tuple[str, ...]:
        """One sentence for the reader when anything was replaced, else nothing."""
        if not self.replaced:
            return ()
        count = sum(self.replaced.values())
        shown = ", ".join(_named(character) for character in sorted(self.replaced)[:_LISTED])
        more = len(self.replaced) - _LISTED
        rest = f" and {more} other kinds" if more > 0 else ""
        characters = "1 character has" if count == 1 else f"{count} characters have"
        return (
            f"{characters} no glyph in the font of this report, or no visible form, and "
            f"{'is' if count == 1 else 'are'} printed as codes in square brackets: {shown}{rest}.",
        )


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")
