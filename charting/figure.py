"""``ChartSpec`` to a Plotly figure as plain dicts (Plotly's Python package is not needed to build one).

Colours are CSS variables ("var(--c-cost)"); ``static/js/charts.js`` resolves them for the theme that shows.
Plotly reads a small markup in its texts, so every text is escaped here and arrives literally.
"""

from typing import Any

from charting.canvas import Canvas, radius
from charting.markup import escape
from charting.placement import Place, wrap
from charting.shapes import bubble_places
from charting.spec import Bars, ChartSpec, Points, Series, Whiskers
from charting.theme import PAGE, css_colour

Json = dict[str, Any]
_NOMINAL_WIDTH = 760.0
_NAME_WIDTH = 150.0
_BUBBLE_OPACITY = 0.22
_PLACES: dict[Place, str] = {
    "inside": "middle center",
    "right": "middle right",
    "left": "middle left",
    "above": "top center",
    "below": "bottom center",
    "above right": "top right",
    "above left": "top left",
    "below right": "bottom right",
    "below left": "bottom left",
}
_SYMBOLS = {"circle": "circle", "square": "square", "diamond": "diamond", "bar": "line-ns-open"}


def to_plotly(spec: ChartSpec) -> Json:
    """``{"data": […], "layout": {…}, "config": {…}}`` for ``Plotly.react``."""
    canvas = Canvas(spec, PAGE, _NOMINAL_WIDTH, _NOMINAL_WIDTH * 0.46)
    return {
        "data": [_trace(canvas, index, series) for index, series in enumerate(spec.series)],
        "layout": _layout(canvas),
        "config": {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False},
    }


def _trace(canvas: Canvas, index: int, series: Series) -> Json:
    common: Json = {
        "name": escape(series.name),
        "hovertext": [escape(text) for text in series.hovers],
        "hoverinfo": "text",
        "showlegend": series.in_legend and bool(series.hovers),
    }
    if isinstance(series, Bars):
        return common | _bars(series, is_thin=canvas.spec.kind == "tornado")
    if isinstance(series, Whiskers):
        return common | _whiskers(series)
    return common | (_markers(series) if canvas.spec.is_by_row else _bubbles(canvas, index, series))


def _bars(series: Bars, *, is_thin: bool) -> Json:
    hatched = series.fill == "hatch"
    colours = [css_colour(colour) for colour in series.colours]
    marker: Json = {"color": colours, "line": {"color": css_colour("surface"), "width": 1}}
    if hatched:
        pattern = {
            "shape": "/",
            "size": 6,
            "solidity": 0.2,
            "fgcolor": colours,
            "bgcolor": css_colour("sunken"),
        }
        marker = {"color": css_colour("sunken"), "pattern": pattern}
        marker["line"] = {"color": css_colour("faint"), "width": 1}
    return {
        "type": "bar",
        "orientation": "h",
        "x": list(series.values),
        "y": list(range(len(series.values))),
        "base": list(series.starts),
        "width": 0.26 if is_thin else 0.6,
        "text": [escape(label) for label in series.labels],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "inside",
        "textfont": {"color": css_colour("on-fill"), "size": 12},
        "marker": marker,
    }


def _whiskers(series: Whiskers) -> Json:
    pairs = list(zip(series.lows, series.middles, series.highs, strict=True))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(series.middles),
        "y": list(series.ys),
        "customdata": [[low, middle, high] for low, middle, high in pairs],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - middle for _, middle, high in pairs],
            "arrayminus": [middle - low for low, middle, _ in pairs],
            "color": css_colour(series.colour),
            "thickness": 1.5,
            "width": 5,
        },
        "marker": {"size": 9 if series.has_dot else 1, "color": css_colour(series.colour)},
    }


def _markers(series: Points) -> Json:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": list(series.xs),
        "y": list(series.ys),
        "text": [escape(label) for label in series.labels],
        "textposition": "top center",
        "textfont": {"color": css_colour("ink"), "size": 12},
        "cliponaxis": False,
        "marker": {
            "symbol": _SYMBOLS[series.shape],
            "size": 20,
            "color": [css_colour(colour) for colour in series.colours],
            "line": {"width": 3, "color": [css_colour(colour) for colour in series.colours]},
        },
    }


def _bubbles(canvas: Canvas, index: int, series: Points) -> Json:
    places = bubble_places(canvas)
    every = tuple(size for other in canvas.spec.series if isinstance(other, Points) for size in other.sizes)
    radii = [max(PAGE.text / 4, radius(size, every, PAGE.bubble)) for size in series.sizes]
    stretch = 1.772 if series.shape == "square" else 2.0
    colours = [css_colour(colour) for colour in series.colours]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": list(series.xs),
        "y": list(series.ys),
        "customdata": list(series.sizes),
        "meta": {"fill_share": _BUBBLE_OPACITY},
        "text": [escape(label) for label in series.labels],
        "textposition": [_PLACES[places[index, at]] for at in range(len(series.xs))],
        "textfont": {"color": css_colour("ink"), "size": 12},
        "cliponaxis": False,
        "marker": {
            "symbol": _SYMBOLS[series.shape],
            "size": [stretch * reach for reach in radii],
            "sizemode": "diameter",
            "opacity": 1,
            "color": colours,
            "line": {"width": 1.5, "color": colours},
        },
    }


def _layout(canvas: Canvas) -> Json:
    spec, by_row = canvas.spec, canvas.spec.is_by_row
    has_legend = any(series.in_legend and series.hovers for series in spec.series)
    top = (72 if has_legend else 44) if by_row else 40
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": css_colour("ink"), "size": 12, "family": "inherit"},
        "barmode": "overlay",
        "uniformtext": {"mode": "hide", "minsize": 11},
        "meta": {"by_row": by_row, "names": [escape(name) for name in spec.categories]},
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": css_colour("surface"),
            "bordercolor": css_colour("line-strong"),
            "font": {"color": css_colour("ink")},
            "align": "left",
        },
        "margin": {"l": 8, "r": _right_margin(canvas), "t": top, "b": 8 if by_row else 48},
        "height": canvas.height - canvas.top + top + (10 if by_row else 20),
        "showlegend": has_legend,
        "legend": _legend(by_row=by_row),
        "xaxis": _x_axis(spec),
        "yaxis": _row_axis(spec) if by_row else _y_axis(spec),
        "shapes": _shapes(spec),
        "annotations": [*_row_notes(canvas), *_zone_names(spec)],
    }


def _legend(*, by_row: bool) -> Json:
    return {
        "orientation": "h",
        "xref": "container",
        "x": 0 if by_row else 1,
        "xanchor": "left" if by_row else "right",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "itemclick": False,
        "itemdoubleclick": False,
        "traceorder": "normal",
        "font": {"color": css_colour("muted")},
    }


def _right_margin(canvas: Canvas) -> int:
    return max(12, round(canvas.width - canvas.right)) if canvas.notes else 12


def _axis(title: str, ticks: tuple[tuple[float, str], ...]) -> Json:
    return {
        "title": {"text": escape(title), "font": {"color": css_colour("muted"), "size": 12}, "standoff": 6},
        "tickmode": "array",
        "tickvals": [place for place, _ in ticks],
        "ticktext": [escape(label) for _, label in ticks],
        "tickfont": {"color": css_colour("muted")},
        "gridcolor": css_colour("line"),
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
    }


def _x_axis(spec: ChartSpec) -> Json:
    axis = _axis(spec.x.title, spec.x.ticks) | {"range": [spec.x.low, spec.x.high]}
    return axis | {"side": "top"} if spec.is_by_row else axis | {"linecolor": css_colour("line-strong")}


def _y_axis(spec: ChartSpec) -> Json:
    return _axis(spec.y.title, spec.y.ticks) | {"range": [spec.y.low, spec.y.high]}


def _row_axis(spec: ChartSpec) -> Json:
    """Rows are numbered so that equal names stay apart; the reversed range puts the first row on top."""
    rows = len(spec.categories)
    names = ["<br>".join(map(escape, wrap(name, PAGE.text, _NAME_WIDTH))) for name in spec.categories]
    return {
        "tickmode": "array",
        "tickvals": list(range(rows)),
        "ticktext": names,
        "range": [rows - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "tickfont": {"color": css_colour("ink")},
        "ticks": "outside",
        "ticklen": 8,
        "tickcolor": "rgba(0,0,0,0)",
    }


def _shapes(spec: ChartSpec) -> list[Json]:
    strips: list[Json] = [
        {
            "type": "rect",
            "layer": "below",
            "xref": "x",
            "yref": "paper",
            "x0": zone.start,
            "x1": zone.end,
            "y0": 0,
            "y1": 1,
            "line": {"width": 1 if not spec.is_by_row else 0, "color": css_colour("line")},
            "fillcolor": css_colour("sunken") if zone.is_shaded else "rgba(0,0,0,0)",
            "showlegend": zone.in_legend and bool(zone.label),
            "name": escape(zone.label),
        }
        for zone in spec.zones
    ]
    dashes: list[Json] = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": mark.at,
            "x1": mark.at,
            "y0": 0,
            "y1": 1,
            "line": {"width": 1, "dash": "dot", "color": css_colour("ink")},
        }
        for mark in spec.thresholds
    ]
    levels: list[Json] = [
        {
            "type": "line",
            "xref": "paper",
            "yref": "y",
            "x0": 0,
            "x1": 1,
            "y0": mark.at,
            "y1": mark.at,
            "line": {"width": 1, "dash": "dot", "color": css_colour("ink")},
        }
        for mark in spec.levels
    ]
    return strips + dashes + levels


def _row_notes(canvas: Canvas) -> list[Json]:
    return [
        {
            "name": "note",
            "xref": "paper",
            "x": 1,
            "xanchor": "right",
            "xshift": _right_margin(canvas),
            "yref": "y",
            "y": row,
            "showarrow": False,
            "align": "right",
            "text": "<br>".join(escape(line) for line in lines),
            "font": {"color": css_colour("ink")},
        }
        for row, lines in enumerate(canvas.notes)
        if lines
    ]


def _zone_names(spec: ChartSpec) -> list[Json]:
    return [
        {
            "name": "zone",
            "xref": "x",
            "x": zone.start,
            "xanchor": "left",
            "yref": "paper",
            "y": 1,
            "yanchor": "top",
            "showarrow": False,
            "text": escape(zone.label),
            "font": {"color": css_colour("muted")},
        }
        for zone in spec.zones
        if zone.label and not spec.is_by_row
    ]
