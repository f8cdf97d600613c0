"""Where things are in an SVG: margins from the lengths of the texts, and the scales of both axes."""

from dataclasses import dataclass
from functools import cached_property

from charting.placement import text_width, wrap
from charting.spec import ChartSpec
from charting.theme import Theme

_GUTTER = 0.34  # at most this part of the width for the names on the left


@dataclass(frozen=True)
class Canvas:
    """The plot area inside a picture ``width`` wide; row charts derive their height from their rows."""

    spec: ChartSpec
    theme: Theme
    width: float
    wanted_height: float

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        """Category names broken into lines that fit the left gutter."""
        room = self.width * _GUTTER - self.theme.text
        return tuple(wrap(name, self.theme.text, room) for name in self.spec.categories)

    @cached_property
    def notes(self) -> tuple[tuple[str, ...], ...]:
        """Row notes broken into lines that fit the right gutter."""
        room = self.width * _GUTTER - self.theme.text
        return tuple(
            tuple(line for note in row for line in wrap(note, self.theme.text, room))
            for row in self.spec.row_notes
        )

    @cached_property
    def left(self) -> float:
        """x of the left edge of the plot."""
        if not self.spec.is_by_row:
            labels = [label for _, label in self.spec.y.ticks]
            return max((text_width(label, self.theme.text) for label in labels), default=0) + self.theme.text
        widest = max((text_width(line, self.theme.text) for lines in self.names for line in lines), default=0)
        return widest + self.theme.text

    @cached_property
    def right(self) -> float:
        """x of the right edge of the plot."""
        widest = max((text_width(line, self.theme.text) for lines in self.notes for line in lines), default=0)
        return self.width - (widest + self.theme.text * 1.5 if widest else self.theme.text)

    @cached_property
    def top(self) -> float:
        """y of the upper edge of the plot, below the legend and the ticks of row charts."""
        legend = 1.5 * (max(1, len(self.legend_lines)) - 1)
        return self.theme.text * ((3.9 if self.spec.is_by_row else 2.4) + legend)

    @cached_property
    def legend_lines(self) -> tuple[tuple[str, ...], ...]:
        """Names of the legend, broken into lines; the first leaves room for the title of the axis."""
        title = self.spec.x.title if self.spec.is_by_row else self.spec.y.title
        room = self.width - text_width(title, self.theme.text) - 2 * self.theme.text
        lines: list[list[str]] = [[]]
        used = 0.0
        for name in legend_names(self.spec):
            step = self.theme.text * 2.6 + text_width(name, self.theme.text)
            if lines[-1] and used + step > room:
                lines.append([])
                used, room = 0.0, self.width
            lines[-1].append(name)
            used += step
        return tuple(tuple(line) for line in lines)

    @cached_property
    def row_heights(self) -> tuple[float, ...]:
        """Height of each row, more where a name or a note takes several lines."""
        line = self.theme.text * 1.25
        least = self.theme.row * (1.4 if self.spec.kind == "tornado" else 1)
        notes = self.notes or ((),) * len(self.names)
        return tuple(
            max(least, (max(len(name), len(note)) + 0.6) * line)
            for name, note in zip(self.names, notes, strict=True)
        )

    @cached_property
    def bottom(self) -> float:
        """y of the lower edge of the plot."""
        if self.spec.is_by_row:
            return self.top + sum(self.row_heights)
        return self.wanted_height - self.theme.text * 3.2

    @property
    def height(self) -> float:
        """Height of the whole picture."""
        return self.bottom + self.theme.text * 0.5 if self.spec.is_by_row else self.wanted_height

    def x(self, value: float) -> float:
        """Place of a value on the x axis."""
        axis = self.spec.x
        return self.left + (value - axis.low) / (axis.high - axis.low) * (self.right - self.left)

    def y(self, value: float) -> float:
        """Place of a value on the y axis, or of a row by its index."""
        if self.spec.is_by_row:
            index = int(value)
            return self.top + sum(self.row_heights[:index]) + self.row_heights[index] / 2
        axis = self.spec.y
        return self.bottom - (value - axis.low) / (axis.high - axis.low) * (self.bottom - self.top)


def legend_names(spec: ChartSpec) -> list[str]:
    """What the legend explains: series that are drawn, then strips that carry a name."""
    shown = [series.name for series in spec.series if series.in_legend and series.hovers]
    return [*shown, *(zone.label for zone in spec.zones if zone.in_legend and zone.label)]


def radius(size: float, sizes: tuple[float, ...], largest: float) -> float:
    """Radius whose area is proportional to ``size``; the largest of ``sizes`` gets ``largest``."""
    most = max(sizes, default=0)
    return largest * (size / most) ** 0.5 if most > 0 else largest / 3
