"""What is printed in a report: display strings, tables and charts, and nothing to be computed.

``reports.build`` makes this from a stored record; ``reports.pdf`` typesets it. Every number is text already.
"""

from dataclasses import dataclass
from typing import Literal

from charting import ChartSpec

Mark = Literal[
    "", "excluded", "conditional", "ok", "outsource", "pilot", "cosource", "retain", "prepare", "open"
]
RowStyle = Literal["plain", "total", "group", "heading", "quiet"]
PRIVILEGE_LINE = "Privileged & confidential – prepared at the direction of counsel"
RANGE_LABEL = "scenario range, not a probability"


@dataclass(frozen=True)
class Column:
    """Head of a column; ``share`` is its part of the free width (0: as narrow as its text allows)."""

    title: str
    unit: str = ""
    is_number: bool = False
    share: float = 0


@dataclass(frozen=True)
class Cell:
    """Text with an optional mark before it and an optional second line in grey.

    ``rows``: how many rows it spans; 0 for a place that a cell above takes.
    """

    text: str
    mark: Mark = ""
    below: str = ""
    is_strong: bool = False
    rows: int = 1


@dataclass(frozen=True)
class Row:
    """One table row; a ``group`` or ``heading`` has a single cell that spans the table.

    A ``heading`` is never alone at the foot of a page, and stands again on the next one.
    """

    cells: tuple[Cell, ...]
    style: RowStyle = "plain"


@dataclass(frozen=True)
class Table:
    """A table with a caption; its head repeats on every page."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Running text; a ``note`` is small and grey, a ``lead`` is set apart."""

    text: str
    tone: Literal["plain", "note", "lead", "heading", "formula"] = "plain"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """A chart; its title is the caption, its summary the text for readers who cannot see it."""

    chart: ChartSpec


@dataclass(frozen=True)
class Signatures:
    """Lines to sign on, kept on one page."""

    title: str
    signers: tuple[str, ...]


Block = Table | Paragraph | Bullets | Figure | Signatures


@dataclass(frozen=True)
class Section:
    """A numbered chapter."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class MoneyRow:
    """Page 1, one option. ``low``, ``base`` and ``high`` draw the range; the labels are what is printed."""

    name: str
    score: str
    low_label: str
    base_label: str
    high_label: str
    cash: str
    transition: str
    payback: str
    range_text: str
    low: float | None = None
    base: float | None = None
    high: float | None = None
    mark: Mark = ""


@dataclass(frozen=True)
class Money:
    """The money table of page 1; ``unit`` is the currency, amounts are a year unless the head says once.

    ``baseline`` says the cost of today with its unit. ``axis`` holds the ends of the little range drawings,
    ``axis_label`` says them.
    """

    baseline: str
    unit: str
    rows: tuple[MoneyRow, ...]
    note: str
    axis: tuple[float, float]
    axis_label: str


@dataclass(frozen=True)
class Fact:
    """A line with its answer at the right end; a mark makes the answer a badge."""

    text: str
    answer: str
    mark: Mark = ""


@dataclass(frozen=True)
class RiskLine:
    """A main risk of page 1."""

    title: str
    rating: str
    limited_by: str


@dataclass(frozen=True)
class FirstPage:
    """The page a board reads.

    ``marks`` stand beside what is asked: what it does not rest on yet. ``assessment`` says who approved what
    it rests on. ``price_rule``: what the first place hangs on besides the scores, or "". ``gates_off`` and
    ``waivers``: all of them, one line for waivers granted alike; ``has_many_waivers`` counts both.
    """

    asked: str
    marks: tuple[Cell, ...]
    because: tuple[str, ...]
    money: Money
    price_rule: str
    flip: str
    sure: tuple[Fact, ...]
    compliance: tuple[Fact, ...]
    assessment: str
    gates_off: tuple[str, ...]
    waivers: tuple[str, ...]
    has_many_waivers: bool
    risks: tuple[RiskLine, ...]
    signers: tuple[str, ...]


@dataclass(frozen=True)
class SuitabilityPage:
    """The first page of a suitability report; ``advice``: what the report is not; ``marks`` as of a board."""

    says: str
    marks: tuple[Cell, ...]
    because: tuple[str, ...]
    money: Table
    sure: tuple[Fact, ...]
    gates: tuple[Fact, ...]
    assessment: str
    gates_off: tuple[str, ...]
    waivers: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class RecordLine:
    """The foot of every page and what is needed to check the record."""

    number: str
    sha256: str
    versions: str
    kept: str


@dataclass(frozen=True)
class ReportContent:
    """A whole report."""

    title: str
    organisation: str
    subject: str
    date: str
    is_sample: bool
    has_privilege_line: bool
    rule_set: str
    first_page: FirstPage | SuitabilityPage
    sections: tuple[Section, ...]
    record: RecordLine
    kind: Literal["board", "suitability"] = "board"
