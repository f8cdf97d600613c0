"""A range so small that it fits a table cell: a whisker with a dot on a hairline, zero marked."""

from charting.markup import merged, number, tag
from charting.shapes import line_at
from charting.theme import PRINT


def to_strip(
    low: float, base: float, high: float, *, axis: tuple[float, float], width: float = 92, height: float = 11
) -> str:
    """Print SVG of ``low``–``base``–``high`` between the ends of ``axis``; the cell gives the words."""
    start, end = axis

    def x(value: float) -> float:
        return 2 + (value - start) / ((end - start) or 1) * (width - 4)

    middle, cap = height * 0.45, height * 0.28
    pieces = [line_at(PRINT, "line-2", (0, height - 0.5), (width, height - 0.5))]
    if start < 0 < end:
        pieces.append(line_at(PRINT, "line-strong", (x(0), 0), (x(0), height)))
    pieces.append(line_at(PRINT, "ink", (x(low), middle), (x(high), middle)))
    pieces += [
        line_at(PRINT, "ink", (x(value), middle - cap), (x(value), middle + cap)) for value in (low, high)
    ]
    dot: dict[str, str | float] = {"cx": x(base), "cy": middle, "r": height * 0.22}
    pieces.append(tag("circle", merged(PRINT.fill("ink")) | dot))
    box = f"0 0 {number(width)} {number(height)}"
    data = {"data-low": repr(low), "data-middle": repr(base), "data-high": repr(high)}
    size: dict[str, str | float] = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "width": width}
    return tag("svg", size | {"height": height, **data}, *pieces)
