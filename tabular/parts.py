"""The parts of a workbook, read a block at a time and never further than somebody needs.

A workbook is a zip of XML. What a small file can make of a reader is bounded here: bytes and elements of all
parts that are read, depth, and no document type, which could hold entities that grow or name other files.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import figures
from tabular.reading import TableFault

MAX_PARTS = 500
MAX_UNPACKED_BYTES = 40 * 1024 * 1024  # of the whole file, though most of it is never looked at
MAX_READ_BYTES = 10 * 1024 * 1024  # of what is read: the sheet, its texts, its formats
MAX_SMALL_BYTES = 1024 * 1024  # of a part that only says how the others hang together, or how cells look
MAX_ELEMENTS = 1_500_000  # the largest table that can be read has half of it
LONGEST_TEXT = 32_767  # characters of a cell; the format allows no more
NO_WORKBOOK = "This is not an .xlsx workbook. Save the sheet as .xlsx or CSV and try again."
DAMAGED = "The workbook cannot be read; it may be damaged or locked. Save it again as .xlsx, or as CSV."

_DEEPEST = 60
_BLOCK = 64 * 1024
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack a block to a hundred megabytes at once
_LANGUAGES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/package/2006/relationships",
)
_NAMES = (
    *("sheet", "workbookPr", "Relationship", "numFmts", "numFmt", "cellXfs", "xf"),
    *("si", "rPh", "t", "sheetData", "row", "c", "v"),
)
_KNOWN = {f"{language} {name}": name for language in _LANGUAGES for name in _NAMES}


class Elements:
    """What is taken from one part: told of each element that means something to us, and of all text."""

    def start(self, name: str, given: dict[str, str]) -> None:
        """Begin an element, with its attributes."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, data: str) -> None:
        """Take text, as much of it as came at once."""


@dataclass
class Parts:
    """An opened workbook."""

    archive: zipfile.ZipFile
    _read: int = 0
    _elements: list[int] = field(default_factory=lambda: [0])

    def __contains__(self, name: str) -> bool:
        return name in self.archive.NameToInfo

    def read(self, name: str, elements: Elements, *, most: int = MAX_READ_BYTES) -> Iterator[None]:
        """Hand a part on element by element; gives control back after each block.

        Raises ``TableFault`` for a part of more than ``most`` bytes, before any of it is read.
        """
        info = self.archive.getinfo(name)
        self._read += info.file_size
        if info.file_size > most or self._read > MAX_READ_BYTES:
            raise TableFault(_too_large(min(most, MAX_READ_BYTES)))
        parser = _parser(elements, self._elements)
        with self.archive.open(info) as part:
            while block := part.read(_BLOCK):
                parser.Parse(block, False)
                yield
        parser.Parse(b"", True)
        yield

    def read_all(self, name: str, elements: Elements, *, most: int = MAX_READ_BYTES) -> None:
        """Hand a whole part on."""
        for _ in self.read(name, elements, most=most):
            pass


def opened_parts(data: bytes) -> Parts:
    """Open a workbook; raises ``TableFault`` for what is none, or is too large altogether."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise TableFault(DAMAGED) from fault
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED_BYTES:
        raise TableFault(_too_large(MAX_UNPACKED_BYTES))
    if not any(info.filename == "xl/workbook.xml" for info in infos):
        raise TableFault(NO_WORKBOOK)
    if any(info.compress_type not in _PACKINGS for info in infos):
        raise TableFault(DAMAGED)
    return Parts(archive)


def part_of(target: str) -> str:
    """Give the name of the part that a relation of the workbook leads to."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _too_large(most: int) -> str:
    if most <= MAX_SMALL_BYTES:
        return (
            "The workbook holds more cell formats, sheets or names than can be read. Copy the rows into a "
            "new workbook, or save the one sheet as CSV."
        )
    megabytes = figures.count(most // 1024 // 1024)
    return (
        f"The workbook is too large when unpacked: at most {megabytes} MB. Save the one sheet as CSV, "
        "in parts if it is long."
    )


def _parser(elements: Elements, counted: list[int]) -> Any:
    """A parser that tells of what is known, and stops at what no spreadsheet writes."""
    depth = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        counted[0] += 1
        if counted[0] > MAX_ELEMENTS:
            raise TableFault(_too_large(MAX_READ_BYTES))
        if depth > _DEEPEST:
            raise TableFault(DAMAGED)
        if known := _KNOWN.get(name):
            elements.start(known, given)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if known := _KNOWN.get(name):
            elements.end(known)

    def no_document_type(*_: Any) -> None:
        raise TableFault(NO_WORKBOOK)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = elements.text
    parser.StartDoctypeDeclHandler = no_document_type
    return parser
