"""Typesets a report with Typst: one JSON document in, one tagged PDF/UA file out."""

import json
import re
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from charting import to_strip, to_svg
from reports.content import (
    PRIVILEGE_LINE,
    Bullets,
    Figure,
    Money,
    Paragraph,
    ReportContent,
    Section,
    Signatures,
    Table,
)
from reports.fonts import font_folder
from reports.printable import Printer

PaperName = Literal["letter", "a4"]
TEMPLATES = Path(__file__).parent / "typst"
NOTES_TITLE = "Characters that could not be printed"

_PAPERS: dict[PaperName, tuple[str, float]] = {"letter": ("us-letter", 511.2), "a4": ("a4", 494.4)}
_KINDS = {Table: "table", Paragraph: "paragraph", Bullets: "bullets", Signatures: "signatures"}
_POINTS_OF_FIRST_AXIS = 92
_PAGES = re.compile(rb"/Type/Pages/Count (\d+)")


class TypesettingError(RuntimeError):
    """Typst refused the document; the message says why."""


@dataclass(frozen=True)
class Pdf:
    """The file, how many pages it has, sentences about it, and whether it declares PDF/UA-1."""

    content: bytes
    pages: int
    notes: tuple[str, ...]
    is_ua: bool


def render(content: ReportContent, paper: PaperName, *, made_at: datetime | None = None) -> Pdf:
    """Typeset ``content``. The same content, paper and ``made_at`` (aware) give the same bytes."""
    printer = Printer()
    clean = printer.content(content)
    notes = printer.notes()
    data = _document(_with_notes(clean, notes), paper)
    try:
        made = typst.compile(
            TEMPLATES / "report.typ",
            root=TEMPLATES,
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=made_at and made_at.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError as fault:
        raise TypesettingError(f"Typst: {fault.message}") from fault
    return Pdf(content=made, pages=_page_count(made), notes=notes, is_ua=b"pdfuaid:part" in made)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])


def _with_notes(content: ReportContent, notes: tuple[str, ...]) -> ReportContent:
    if not notes:
        return content
    *others, last = content.sections
    blocks = (*last.blocks, Paragraph(NOTES_TITLE, "heading"), *(Paragraph(note) for note in notes))
    return replace(content, sections=(*others, Section(last.title, blocks)))


def _document(content: ReportContent, paper: PaperName) -> dict[str, Any]:
    name, width = _PAPERS[paper]
    data: dict[str, Any] = _plain(content, width)
    data["paper"] = name
    data["privilege_line"] = PRIVILEGE_LINE if content.has_privilege_line else ""
    return data


def _plain(value: Any, width: float) -> Any:
    if isinstance(value, tuple):
        return [_plain(entry, width) for entry in value]
    if isinstance(value, Figure):
        svg = to_svg(value.chart, theme="print", width=width)
        return {"kind": "figure", "title": value.chart.title, "alt": value.chart.summary, "svg": svg}
    if not is_dataclass(value):
        return value
    data = {field.name: _plain(getattr(value, field.name), width) for field in fields(value)}
    if type(value) in _KINDS:
        data["kind"] = _KINDS[type(value)]
    if isinstance(value, Money):
        data["axis"] = value.axis_label
        for row, source in zip(data["rows"], value.rows, strict=True):
            row["strip"] = _strip(source.low, source.base, source.high, value.axis)
    return data


def _strip(low: float | None, base: float | None, high: float | None, axis: tuple[float, float]) -> str:
    if low is None or base is None or high is None:
        return ""
    return to_strip(low, base, high, axis=axis, width=_POINTS_OF_FIRST_AXIS)


def _page_count(pdf: bytes) -> int:
    found = _PAGES.search(pdf)
    if found is None:
        raise TypesettingError("the file lists no pages")
    return int(found.group(1))
