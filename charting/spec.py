"""What a chart says, once: both renderers (Plotly on pages, SVG in print and without scripts) read only this.

Every string that a reader sees arrives here formatted. Nothing downstream rounds, formats or orders.
Row charts (stacked bars, tornado, waterfall, intervals) list their categories top-down, so the y of a
point in them is the index of its row. Colours are token names of ``charting.theme``, never hex values.
"""

import math
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["contributions", "quadrant", "tornado", "waterfall", "intervals"]
Shape = Literal["circle", "square", "diamond", "bar"]
Fill = Literal["solid", "hatch"]
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BLANKS = {"\t", "\n", "\r", "\x0b", "\x0c", "\u2028", "\u2029"}


class ChartError(ValueError):
    """A chart was described with lists of unequal length or with numbers that cannot be drawn."""


def plain_text(text: str) -> str:
    """One line that XML and JSON can both carry: breaks become spaces, other control characters U+FFFD."""
    if text.isprintable():  # nearly every text of a chart
        return text
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character in _BLANKS:
        return " "
    forbidden = unicodedata.category(character) in {"Cc", "Cs"} or ord(character) & 0xFFFE == 0xFFFE
    return REPLACEMENT if forbidden else character


@dataclass(frozen=True)
class Axis:
    """``low`` to ``high`` is what shows; ``ticks`` are places with their finished labels."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Bars:
    """One horizontal bar per category from ``start`` over ``value`` (may be negative); None draws no bar."""

    name: str
    colours: tuple[str, ...]
    starts: tuple[float, ...]
    values: tuple[float | None, ...]
    labels: tuple[str, ...]
    hovers: tuple[str, ...]
    fill: Fill = "solid"
    in_legend: bool = True


@dataclass(frozen=True)
class Points:
    """Marks at (x, y). ``sizes`` are quantities drawn as area (all equal: a mark of fixed size)."""

    name: str
    colours: tuple[str, ...]
    shape: Shape
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    labels: tuple[str, ...]
    hovers: tuple[str, ...]
    sizes: tuple[float, ...] = ()
    in_legend: bool = True


@dataclass(frozen=True)
class Whiskers:
    """A range ``lows`` to ``highs`` around ``middles`` on the rows ``ys``."""

    name: str
    colour: str
    ys: tuple[float, ...]
    lows: tuple[float, ...]
    middles: tuple[float, ...]
    highs: tuple[float, ...]
    hovers: tuple[str, ...]
    has_dot: bool = True
    in_legend: bool = True


@dataclass(frozen=True)
class Zone:
    """A vertical strip of the x axis with its name; ``is_shaded`` tells it from its neighbours."""

    start: float
    end: float
    label: str
    is_shaded: bool = False
    in_legend: bool = False


@dataclass(frozen=True)
class Threshold:
    """A dashed line across the drawing: vertical in ``thresholds``, level in ``levels``."""

    at: float
    label: str


@dataclass(frozen=True)
class DataTable:
    """The same content as text: what a reader without the picture gets. All cells are finished strings."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Series = Bars | Points | Whiskers


@dataclass(frozen=True)
class ChartSpec:
    """See the module. ``row_notes`` are the lines at the right end of each row, usually its figure."""

    kind: Kind
    title: str
    summary: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    table: DataTable
    categories: tuple[str, ...] = ()
    row_notes: tuple[tuple[str, ...], ...] = ()
    zones: tuple[Zone, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    levels: tuple[Threshold, ...] = ()

    def __post_init__(self) -> None:
        """Raise ChartError for unequal lengths and for numbers that are not finite."""
        rows = len(self.categories)
        if self.row_notes and len(self.row_notes) != rows:
            raise ChartError(f"{len(self.row_notes)} row notes for {rows} rows")
        for series in self.series:
            _check_lengths(series, rows)
            _check_numbers(series)
        width = len(self.table.headers)
        if any(len(row) != width for row in self.table.rows):
            raise ChartError("a row of the data table is not as wide as its headers")

    @property
    def is_by_row(self) -> bool:
        """True when the y axis lists categories instead of a quantity."""
        return self.kind != "quadrant"


def _check_lengths(series: Series, rows: int) -> None:
    columns = {
        name: len(value)
        for name, value in vars(series).items()
        if isinstance(value, tuple) and not (name == "sizes" and not value)
    }
    wanted = rows if isinstance(series, Bars) else columns["ys"]
    wrong = [name for name, length in columns.items() if length != wanted]
    if wrong:
        raise ChartError(f"series {series.name!r}: {', '.join(wrong)} should hold {wanted} entries")


def _check_numbers(series: Series) -> None:
    for name in ("starts", "values", "xs", "ys", "sizes", "lows", "middles", "highs"):
        numbers: tuple[float | None, ...] = getattr(series, name, ())
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise ChartError(f"series {series.name!r}: {name} holds a number that is not finite")
