"""The bubble quadrant: suitability score across, annual cost up, area for hours or cost, shape for gates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from charting.spec import Axis, ChartSpec, DataTable, Points, Shape, Threshold, Zone
from charting.ticks import labelled, nice_ticks

# More labels than this cover each other; every bubble still names itself when pointed at, and in the table.
LABELLED_AT_MOST = 40


@dataclass(frozen=True)
class Band:
    """A strip of scores [start, end) with its name."""

    start: float
    end: float
    name: str
    is_shaded: bool = False


@dataclass(frozen=True)
class QuadrantPoint:
    """``label`` stands at the bubble (a short code), ``name`` is the full name.

    ``score`` is 0 to 100, ``cost`` an amount a year, ``hours`` hours a year; the three ``…_label`` are the
    same figures as text. ``has_stop`` draws a square instead of a circle. ``outcome`` is a finished word.
    """

    label: str
    name: str
    score: float
    cost: float
    hours: float
    score_label: str
    cost_label: str
    hours_label: str
    outcome: str
    colour: str
    has_stop: bool = False


def quadrant(
    points: Sequence[QuadrantPoint],
    bands: Sequence[Band],
    *,
    title: str,
    summary: str,
    cost_unit: str,
    tick_label: Callable[[float], str],
    area: Literal["hours", "cost"] = "hours",
    cut: tuple[float, float] | None = None,
) -> ChartSpec:
    """Bubbles over the score bands; the boundaries of the bands are the ticks of the score axis.

    ``cut``: the score and the cost at which two dashed lines make four quadrants; a line that would lie
    outside the drawing is not drawn.
    """
    ticks = nice_ticks(0, max((point.cost for point in points), default=1) or 1)
    edges = sorted({0.0, 100.0, *(band.start for band in bands)})
    draw = partial(_points, points, cost_unit, area, with_code=_with_code(points))
    return ChartSpec(
        kind="quadrant",
        title=title,
        summary=summary,
        x=Axis(
            title="suitability score, 0 to 100",
            low=0,
            high=100,
            ticks=labelled(tuple(edges), lambda edge: f"{edge:g}"),
        ),
        y=Axis(title=cost_unit, low=0, high=ticks[-1], ticks=labelled(ticks, tick_label)),
        series=(
            draw(has_stop=False, name="no stop gate", shape="circle"),
            draw(has_stop=True, name="stop gate", shape="square"),
        ),
        thresholds=(Threshold(cut[0], ""),) if cut and 0 <= cut[0] <= 100 else (),
        levels=(Threshold(cut[1], ""),) if cut and 0 <= cut[1] <= ticks[-1] else (),
        zones=tuple(Zone(band.start, band.end, band.name, band.is_shaded) for band in bands),
        table=_table(points, cost_unit),
    )


def _table(points: Sequence[QuadrantPoint], cost_unit: str) -> DataTable:
    return DataTable(
        headers=("Code", "Task", "Score", cost_unit, "Hours a year", "Outcome"),
        rows=tuple(
            (one.label, one.name, one.score_label, one.cost_label, one.hours_label, one.outcome)
            for one in points
        ),
    )


def _with_code(points: Sequence[QuadrantPoint]) -> frozenset[str]:
    """Give the codes of the dearest tasks: these carry their code in the drawing."""
    dearest = sorted(points, key=lambda point: -point.cost)[:LABELLED_AT_MOST]
    return frozenset(point.label for point in dearest)


def _points(
    points: Sequence[QuadrantPoint],
    cost_unit: str,
    area: Literal["hours", "cost"],
    *,
    has_stop: bool,
    name: str,
    shape: Shape,
    with_code: frozenset[str],
) -> Points:
    shown = [point for point in points if point.has_stop is has_stop]
    return Points(
        name=name,
        colours=tuple(point.colour for point in shown),
        shape=shape,
        xs=tuple(point.score for point in shown),
        ys=tuple(point.cost for point in shown),
        labels=tuple(point.label if point.label in with_code else "" for point in shown),
        hovers=tuple(
            f"{point.label} {point.name}: score {point.score_label}, {point.cost_label} {cost_unit}, "
            f"{point.hours_label} hours a year, {point.outcome}"
            for point in shown
        ),
        sizes=tuple(point.cost if area == "cost" else point.hours for point in shown),
    )
