"""Charts: one description (``ChartSpec``), two renderers (Plotly JSON, SVG)."""

from charting.bars import (
    ContributionRow,
    Criterion,
    IntervalRow,
    Step,
    TornadoRow,
    contributions,
    intervals,
    tornado,
    waterfall,
)
from charting.chart import Chart
from charting.figure import to_plotly
from charting.quadrant import Band, QuadrantPoint, quadrant
from charting.spec import ChartError, ChartSpec, DataTable
from charting.strip import to_strip
from charting.svg import to_svg
from charting.theme import criterion_colour, outcome_colour

__all__ = [
    "Band",
    "Chart",
    "ChartError",
    "ChartSpec",
    "ContributionRow",
    "Criterion",
    "DataTable",
    "IntervalRow",
    "QuadrantPoint",
    "Step",
    "TornadoRow",
    "contributions",
    "criterion_colour",
    "intervals",
    "outcome_colour",
    "quadrant",
    "to_plotly",
    "to_strip",
    "to_svg",
    "tornado",
    "waterfall",
]
