"""Which characters the report's font can print: read from the font itself, before anything is typeset.

PDF/UA refuses a whole document when one character has no glyph, so the decision is taken here. Only the
``cmap`` table is read (formats 4 and 12 of the OpenType specification, both big-endian).
"""

import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path

REGULAR = "Inter[opsz,wght].ttf"


class FontError(RuntimeError):
    """The font of the report is not installed or cannot be read."""


def font_folder() -> Path:
    """The folder of the Inter wheel that holds the font files."""
    found = find_spec("fontpkg_inter")
    for folder in (found.submodule_search_locations or []) if found else []:
        path = Path(folder) / "files"
        if (path / REGULAR).is_file():
            return path
    raise FontError("fontpkg-inter is not installed: install requirements.txt")


@cache
def printable_characters() -> frozenset[int]:
    """Code points that have a glyph."""
    return frozenset(read_cmap((font_folder() / REGULAR).read_bytes()))


def read_cmap(font: bytes) -> set[int]:
    """All code points that an OpenType font maps to a glyph other than 0."""
    start = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    mapped: set[int] = set()
    for index in range(count):
        platform, _, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * index)
        (form,) = struct.unpack_from(">H", font, start + offset)
        if platform in {0, 3} and form == 4:
            mapped |= _segments(font, start + offset)
        elif platform in {0, 3} and form == 12:
            mapped |= _groups(font, start + offset)
    return mapped


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == name:
            return int(offset)
    raise FontError(f"the font has no {name.decode()} table")


def _segments(font: bytes, at: int) -> set[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, at + 14)
    starts = struct.unpack_from(f">{count}H", font, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, at + 16 + 2 * doubled)
    ranges_at = at + 16 + 3 * doubled
    mapped: set[int] = set()
    for index in range(count):
        (reach,) = struct.unpack_from(">H", font, ranges_at + 2 * index)
        for code in range(starts[index], ends[index] + 1):
            glyph = code
            if reach:
                place = ranges_at + 2 * index + reach + 2 * (code - starts[index])
                (glyph,) = struct.unpack_from(">H", font, place)
            if (glyph or not reach) and (glyph + deltas[index]) % 0x10000 and code != 0xFFFF:
                mapped.add(code)
    return mapped


def _groups(font: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    mapped: set[int] = set()
    for index in range(count):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * index)
        mapped |= {code for code in range(first, last + 1) if glyph + code - first}
    return mapped
