"""Bars, whiskers, markers and bubbles of a chart as SVG, each with its numbers as ``data-…`` attributes."""

from charting.canvas import Canvas, radius
from charting.markup import escape, merged, number, tag
from charting.placement import Bubble, Place, place_labels, text_width
from charting.spec import Bars, Points, Whiskers
from charting.theme import Theme

_TEXT_CLASS = {"ink": "svg-t", "muted": "svg-m", "on-fill": "svg-on"}


def text_at(theme: Theme, x: float, y: float, text: str, *, ink: str = "ink", anchor: str = "start") -> str:
    """One line of text with its baseline at y."""
    base: dict[str, str] = {"x": number(x), "y": number(y)}
    if anchor != "start":
        base["text-anchor"] = anchor
    if theme.name == "page":
        base["class"] = _TEXT_CLASS[ink]
    else:
        base |= {"font-size": number(theme.text), **theme.fill(ink)}
    return tag("text", merged(base), escape(text))


Spot = tuple[float, float]


def line_at(theme: Theme, colour: str, start: Spot, end: Spot, **more: str) -> str:
    """A stroke from ``start`` to ``end`` (x, y)."""
    place = dict(zip(("x1", "y1", "x2", "y2"), map(number, (*start, *end)), strict=True))
    return tag("line", merged(place, theme.stroke(colour), {"stroke-width": number(theme.line)}, more))


def series_shapes(canvas: Canvas, index: int) -> list[str]:
    """All shapes of one series."""
    series = canvas.spec.series[index]
    if isinstance(series, Bars):
        return [piece for row in range(len(series.values)) for piece in _bar(canvas, index, series, row)]
    if isinstance(series, Whiskers):
        return [_whisker(canvas, index, series, at) for at in range(len(series.ys))]
    if canvas.spec.is_by_row:
        return [_marker(canvas, index, series, at) for at in range(len(series.xs))]
    return _bubbles(canvas, index, series)


def _bar(canvas: Canvas, index: int, series: Bars, row: int) -> list[str]:
    value, theme = series.values[row], canvas.theme
    if value is None:
        return []
    start = series.starts[row]
    left, right = sorted((canvas.x(start), canvas.x(start + value)))
    thickness = theme.bar * (0.45 if canvas.spec.kind == "tornado" else 1)
    middle, colour = canvas.y(row), series.colours[row]
    place = {"x": number(left), "y": number(middle - thickness / 2), "width": number(right - left)}
    place |= {"height": number(thickness), "stroke-width": number(theme.line)}
    data = {"data-series": str(index), "data-row": str(row), "data-start": repr(start)}
    data |= {"data-value": repr(value), "data-label": series.labels[row]}
    hatched = series.fill == "hatch"
    paint = theme.outlined("sunken", "faint") if hatched else theme.outlined(colour, "surface")
    if hatched:
        paint = paint | {"stroke-dasharray": "3 2"}
    pieces = [tag("rect", merged(place, data, paint), tag("title", {}, escape(series.hovers[row])))]
    label = series.labels[row]
    if label and not hatched and text_width(label, theme.text) + theme.text * 0.5 < right - left:
        x, y = left + theme.text * 0.3, middle + theme.text * 0.36
        pieces.append(text_at(theme, x, y, label, ink="on-fill"))
    return pieces


def _whisker(canvas: Canvas, index: int, series: Whiskers, at: int) -> str:
    theme, y = canvas.theme, canvas.y(series.ys[at])
    low, middle, high = series.lows[at], series.middles[at], series.highs[at]
    cap = theme.text * 0.4
    start, end = (canvas.x(low), y), (canvas.x(high), y)
    halo = line_at(theme, "surface", start, end, **{"stroke-width": number(theme.line * 4)})
    pieces = [halo, line_at(theme, series.colour, start, end)]
    pieces += [
        line_at(theme, series.colour, (canvas.x(limit), y - cap), (canvas.x(limit), y + cap))
        for limit in (low, high)
    ]
    if series.has_dot:
        dot: dict[str, str | float] = {"cx": canvas.x(middle), "cy": y, "r": theme.text * 0.34}
        pieces.append(tag("circle", merged(theme.outlined(series.colour, "surface")) | dot))
    data = {"data-series": str(index), "data-row": repr(series.ys[at]), "data-low": repr(low)}
    data |= {"data-middle": repr(middle), "data-high": repr(high)}
    return tag("g", merged(data), tag("title", {}, escape(series.hovers[at])), *pieces)


def _data_of(index: int, series: Points, at: int) -> dict[str, str]:
    data = {"data-series": str(index), "data-x": repr(series.xs[at]), "data-y": repr(series.ys[at])}
    if series.sizes:
        data["data-size"] = repr(series.sizes[at])
    return data | {"data-label": series.labels[at]}


def _marker(canvas: Canvas, index: int, series: Points, at: int) -> str:
    theme, reach = canvas.theme, canvas.theme.bar / 2
    x, y = canvas.x(series.xs[at]), canvas.y(series.ys[at])
    halo = line_at(
        theme, "surface", (x, y - reach), (x, y + reach), **{"stroke-width": number(theme.line * 6)}
    )
    core = line_at(
        theme, series.colours[at], (x, y - reach), (x, y + reach), **{"stroke-width": number(theme.line * 3)}
    )
    label = text_at(theme, x, y - reach - theme.text * 0.2, series.labels[at], ink="ink", anchor="middle")
    return tag(
        "g",
        merged(_data_of(index, series, at)),
        tag("title", {}, escape(series.hovers[at])),
        halo,
        core,
        label,
    )


def bubble_places(canvas: Canvas) -> dict[tuple[int, int], Place]:
    """(series, point) → place of its label; all bubbles of the chart are placed together."""
    keys, bubbles = [], []
    every = all_sizes(canvas)
    for index, series in enumerate(canvas.spec.series):
        if not isinstance(series, Points):
            continue
        for at in range(len(series.xs)):
            reach = bubble_radius(canvas, every, series.sizes[at])
            width = text_width(series.labels[at], canvas.theme.text)
            keys.append((index, at))
            bubbles.append(Bubble(canvas.x(series.xs[at]), canvas.y(series.ys[at]), reach, width))
    places = place_labels(bubbles, width=canvas.width, height=canvas.bottom, text=canvas.theme.text)
    return dict(zip(keys, places, strict=True))


def all_sizes(canvas: Canvas) -> tuple[float, ...]:
    """Sizes of all bubbles of the chart: areas compare over all series."""
    return tuple(size for series in canvas.spec.series if isinstance(series, Points) for size in series.sizes)


def bubble_radius(canvas: Canvas, every: tuple[float, ...], size: float) -> float:
    """Radius in user units of a bubble among ``every`` size of its chart."""
    return max(canvas.theme.text / 4, radius(size, every, canvas.theme.bubble))


def _bubbles(canvas: Canvas, index: int, series: Points) -> list[str]:
    places, every = bubble_places(canvas), all_sizes(canvas)
    order = sorted(range(len(series.xs)), key=lambda at: (-series.sizes[at], at))
    return [
        _bubble(
            canvas,
            index,
            series,
            at,
            reach=bubble_radius(canvas, every, series.sizes[at]),
            place=places[index, at],
        )
        for at in order
    ]


def _bubble(canvas: Canvas, index: int, series: Points, at: int, *, reach: float, place: Place) -> str:
    theme = canvas.theme
    x, y = canvas.x(series.xs[at]), canvas.y(series.ys[at])
    paint = merged(
        theme.outlined(series.colours[at], series.colours[at]),
        {"fill-opacity": "0.22", "stroke-width": number(theme.line * 1.5)},
    )
    if series.shape == "square":
        side = reach * 1.772  # the same area as the circle
        corner: dict[str, str | float] = {"x": x - side / 2, "y": y - side / 2, "width": side, "height": side}
        shape = tag("rect", paint | corner)
    else:
        shape = tag("circle", paint | {"cx": x, "cy": y, "r": reach})
    label = _bubble_label(theme, (x, y), reach, place, series.labels[at])
    title = tag("title", {}, escape(series.hovers[at]))
    return tag("g", merged(_data_of(index, series, at)), title, shape, label)


def _bubble_label(theme: Theme, centre: Spot, reach: float, place: Place, label: str) -> str:
    x, y = centre
    offset, down = reach + 3, theme.text * 0.36
    corner = reach * 0.71 + 2
    spots: dict[Place, tuple[float, float, str]] = {
        "inside": (x, y + down, "middle"),
        "right": (x + offset, y + down, "start"),
        "left": (x - offset, y + down, "end"),
        "above": (x, y - offset, "middle"),
        "below": (x, y + offset + theme.text * 0.8, "middle"),
        "above right": (x + corner, y - corner, "start"),
        "above left": (x - corner, y - corner, "end"),
        "below right": (x + corner, y + corner + theme.text * 0.72, "start"),
        "below left": (x - corner, y + corner + theme.text * 0.72, "end"),
    }
    across, up, anchor = spots[place]
    return text_at(theme, across, up, label, anchor=anchor)
