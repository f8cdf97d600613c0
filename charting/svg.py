"""``ChartSpec`` to SVG with real text: for print, and for pages before (or without) scripts."""

from charting.canvas import Canvas
from charting.markup import escape, merged, number, tag
from charting.placement import text_width
from charting.shapes import line_at, series_shapes, text_at
from charting.spec import Bars, ChartSpec, Points
from charting.theme import THEMES, Theme, ThemeName

_FONT = "Inter, system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
_ASPECT = 0.46


def to_svg(
    spec: ChartSpec,
    *,
    theme: ThemeName = "print",
    width: float = 720,
    height: float | None = None,
    uid: str = "chart",
) -> str:
    """A standalone ``<svg>``; shapes carry their numbers as ``data-…`` attributes.

    ``width`` and ``height`` are user units (pixels on a page, points on paper); charts by row derive their
    height. ``uid`` must be unique on the page. The page theme uses classes of ``charts.css`` and no colours.
    """
    canvas = Canvas(spec, THEMES[theme], width, height or width * _ASPECT)
    head = (
        tag("title", {"id": f"{uid}-title"}, escape(spec.title)),
        tag("desc", {"id": f"{uid}-desc"}, escape(spec.summary)),
    )
    attributes: dict[str, str | float] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {number(width)} {number(canvas.height)}",
        "role": "img",
        "aria-labelledby": f"{uid}-title {uid}-desc",
    }
    attributes |= {"class": "chart-svg"} if theme == "page" else {"font-family": _FONT, "width": width}
    if theme == "print":
        attributes["height"] = canvas.height
    shapes = [piece for index, _ in enumerate(spec.series) for piece in series_shapes(canvas, index)]
    body = (*_zones(canvas), *_frame(canvas), *_legend(canvas), *shapes, *_thresholds(canvas))
    return tag("svg", attributes, *head, *body)


def _zones(canvas: Canvas) -> list[str]:
    theme, pieces = canvas.theme, []
    for zone in canvas.spec.zones:
        left, right = canvas.x(zone.start), canvas.x(zone.end)
        area = {"x": number(left), "y": number(canvas.top), "width": number(right - left)}
        area |= {"height": number(canvas.bottom - canvas.top), "data-zone": f"{zone.start!r} {zone.end!r}"}
        colour = theme.fill("sunken" if zone.is_shaded else "surface")
        pieces.append(tag("rect", merged(area, colour if zone.is_shaded else {"fill": "none"})))
        if canvas.spec.is_by_row:
            continue
        pieces.append(line_at(theme, "line", (left, canvas.top), (left, canvas.bottom)))
        if text_width(zone.label, theme.text) < right - left:
            middle = canvas.top + theme.text * 1.3
            pieces.append(text_at(theme, left + theme.text / 2, middle, zone.label, ink="muted"))
    return pieces


def _frame(canvas: Canvas) -> list[str]:
    return _row_frame(canvas) if canvas.spec.is_by_row else _plane_frame(canvas)


def _row_frame(canvas: Canvas) -> list[str]:
    theme, spec = canvas.theme, canvas.spec
    size, pieces = theme.text, []
    for place, label in spec.x.ticks:
        x = canvas.x(place)
        pieces.append(line_at(theme, "line", (x, canvas.top), (x, canvas.bottom)))
        pieces.append(text_at(theme, x, canvas.top - size * 0.5, label, ink="muted", anchor="middle"))
    for index, name in enumerate(canvas.names):
        middle = canvas.y(index)
        edge = middle + canvas.row_heights[index] / 2
        pieces.append(line_at(theme, "line", (0, edge), (canvas.width, edge)))
        pieces += _lines(theme, 0, middle, name, "start")
        if canvas.notes:
            pieces += _lines(theme, canvas.width, middle, canvas.notes[index], "end")
    if spec.x.low < 0:
        pieces.append(line_at(theme, "line-strong", (canvas.x(0), canvas.top), (canvas.x(0), canvas.bottom)))
    return pieces


def _lines(theme: Theme, x: float, middle: float, lines: tuple[str, ...], anchor: str) -> list[str]:
    step = theme.text * 1.25
    first = middle + theme.text * 0.35 - step * (len(lines) - 1) / 2
    tokens = ["ink"] + ["ink" if anchor == "start" else "muted"] * len(lines)
    return [
        text_at(theme, x, first + step * index, line, ink=tokens[index], anchor=anchor)
        for index, line in enumerate(lines)
    ]


def _plane_frame(canvas: Canvas) -> list[str]:
    theme, spec, pieces = canvas.theme, canvas.spec, []
    for place, label in spec.y.ticks:
        y = canvas.y(place)
        pieces.append(line_at(theme, "line", (canvas.left, y), (canvas.right, y)))
        pieces.append(
            text_at(
                theme, canvas.left - theme.text / 2, y + theme.text * 0.35, label, ink="muted", anchor="end"
            )
        )
    for place, label in spec.x.ticks:
        pieces.append(
            text_at(
                theme, canvas.x(place), canvas.bottom + theme.text * 1.4, label, ink="muted", anchor="middle"
            )
        )
    pieces.append(line_at(theme, "line-strong", (canvas.left, canvas.bottom), (canvas.right, canvas.bottom)))
    pieces.append(
        text_at(
            theme, canvas.right, canvas.bottom + theme.text * 2.8, spec.x.title, ink="muted", anchor="end"
        )
    )
    pieces.append(text_at(theme, 0, theme.text * 1.1, spec.y.title, ink="muted"))
    return pieces


def _legend(canvas: Canvas) -> list[str]:
    theme, size = canvas.theme, canvas.theme.text
    by_row = canvas.spec.is_by_row
    swatches = iter(_legend_entries(canvas))
    pieces: list[str] = []
    if by_row:
        title = canvas.spec.x.title
        pieces.append(text_at(theme, canvas.width, size * 1.1, title, ink="muted", anchor="end"))
    for line, names in enumerate(canvas.legend_lines):
        y = size * (1.1 + 1.5 * line)
        x = 0.0 if by_row else canvas.width - sum(size * 2.6 + text_width(name, size) for name in names)
        for name in names:
            swatch, _ = next(swatches)
            pieces.append(f'<g transform="translate({number(x)} {number(y - size * 0.8)})">{swatch}</g>')
            pieces.append(text_at(theme, x + size * 1.2, y, name, ink="muted"))
            x += size * 2.6 + text_width(name, size)
    return pieces


def _legend_entries(canvas: Canvas) -> list[tuple[str, str]]:
    theme, size, entries = canvas.theme, canvas.theme.text, []
    square = {"width": number(size * 0.8), "height": number(size * 0.8)}
    for series in canvas.spec.series:
        if not (series.in_legend and series.hovers):
            continue
        if isinstance(series, Bars):
            hatched = theme.outlined("sunken", "faint") if series.fill == "hatch" else None
            entries.append(
                (tag("rect", merged(square, hatched or theme.fill(series.colours[0]))), series.name)
            )
        elif isinstance(series, Points):
            entries.append((_mark(theme, series.shape, size * 0.4, size * 0.4, size * 0.4), series.name))
        else:
            entries.append(
                (line_at(theme, series.colour, (0, size * 0.4), (size * 0.8, size * 0.4)), series.name)
            )
    for zone in canvas.spec.zones:
        if zone.in_legend and zone.label:
            entries.append((tag("rect", merged(square, theme.outlined("sunken", "line-2"))), zone.label))
    return entries


def _mark(theme: Theme, shape: str, x: float, y: float, reach: float) -> str:
    paint = merged(theme.stroke("muted"), {"fill": "none", "stroke-width": number(theme.line * 1.5)})
    if shape == "circle":
        return tag("circle", paint | {"cx": x, "cy": y, "r": reach * 0.9})
    if shape == "bar":
        return tag("line", paint | {"x1": x, "x2": x, "y1": y - reach, "y2": y + reach})
    return tag("rect", paint | {"x": x - reach, "y": y - reach, "width": 2 * reach, "height": 2 * reach})


def _thresholds(canvas: Canvas) -> list[str]:
    return [
        line_at(
            canvas.theme,
            "ink",
            (canvas.x(mark.at), canvas.top),
            (canvas.x(mark.at), canvas.bottom),
            **{"stroke-dasharray": "2 2", "data-at": repr(mark.at)},
        )
        for mark in canvas.spec.thresholds
    ] + [
        line_at(
            canvas.theme,
            "ink",
            (canvas.left, canvas.y(mark.at)),
            (canvas.right, canvas.y(mark.at)),
            **{"stroke-dasharray": "2 2", "data-level": repr(mark.at)},
        )
        for mark in canvas.spec.levels
    ]
