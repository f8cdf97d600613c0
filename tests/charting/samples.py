"""One chart of every kind; ``name`` lets a test put any string where a reader's text goes."""

from xml.etree import ElementTree

from charting import (
    Band,
    ChartSpec,
    ContributionRow,
    Criterion,
    IntervalRow,
    QuadrantPoint,
    Step,
    TornadoRow,
    contributions,
    intervals,
    quadrant,
    tornado,
    waterfall,
)

SVG = "{http://www.w3.org/2000/svg}"

CRITERIA = (
    Criterion("Cost", "C", "cost"),
    Criterion("Quality", "Q", "qual"),
    Criterion("Security", "S", "secu"),
    Criterion("Communication", "M", "comm"),
)


def parsed(svg: str) -> ElementTree.Element:
    """The drawing as a tree; a drawing that is not well-formed XML fails here."""
    return ElementTree.fromstring(svg)


def _row(name: str, *parts: float, is_ranked: bool = True, remark: str = "") -> ContributionRow:
    total = sum(parts)
    labels = tuple(f"{part:.1f}" for part in parts)
    return ContributionRow(name, total, f"{total:.1f}", parts, labels, is_ranked, remark)


def stacked(name: str = "Ashgrove") -> ChartSpec:
    rows = (
        _row(name, 23.7, 26.22, 20.57, 13.13),
        _row("Banyan Quay", 26.07, 24.06, 21.3, 11.1, remark="tie"),
        _row(name, 0.0, 2.5, 0.1, 3.25),
        _row("Cobalt Harbor", 29.1, 21.9, 17.2, 16.1, is_ranked=False, remark="not ranked"),
    )
    return contributions(
        rows, CRITERIA, title=name, summary=name, lead=83.62, tie_margin=3, tie_label="within 3 points"
    )


def bubbles(name: str = "First-level review") -> ChartSpec:
    points = (
        QuadrantPoint("D01", name, 76.25, 426624, 2640, "76.2", "426,624", "2,640", "Outsource", "outsource"),
        QuadrantPoint(
            "D05", "Pleadings", 47.25, 408170, 980, "47.2", "408,170", "980", "Co-source", "cosource"
        ),
        QuadrantPoint(name, "Court", 18.75, 187200, 360, "18.8", "187,200", "360", "Retain", "retain", True),
        QuadrantPoint("D18", "Idle", 50.0, 0, 0, "50.0", "0", "0", "Co-source", "cosource"),
    )
    bands = (Band(0, 42, "Retain"), Band(42, 55, name), Band(55, 68, "Pilot"), Band(68, 100, "Out", True))
    return quadrant(
        points, bands, title=name, summary=name, cost_unit="USD a year", tick_label=lambda at: f"{at:,.0f}"
    )


def flips(name: str = "Cost") -> ChartSpec:
    rows = (
        TornadoRow(name, "cost", 0.3, 0.196, 0.384, "30 %", "19.6 to 38.4 %", f"below: {name}", "above: V2"),
        TornadoRow("Security", "secu", 0.25, 0, 0.422, "25 %", "0 to 42.2 %", "", "above 42.2 %: V4"),
        TornadoRow("Only", "ink", 1, 0, 1, "100 %", "0 to 100 %"),
    )
    return tornado(rows, title=name, summary=name, first="Ashgrove")


def money(name: str = "Provider fees", saving: float = 1244124) -> ChartSpec:
    steps = (
        Step("In-house baseline", 2735237, "2,735,237", "total"),
        Step(name, saving - 2735237, f"{saving - 2735237:,.0f}", "change"),
        Step("Annual saving", saving, f"{saving:,.0f}", "result"),
    )
    return waterfall(
        steps,
        title=name,
        summary=name,
        unit="USD a year",
        tick_label=lambda at: f"{at:,.0f}",
        low=(saving - 400000, "low"),
        high=(saving + 200000, "high"),
    )


def ranges(name: str = "Ashgrove") -> ChartSpec:
    rows = (
        IntervalRow(name, 805207, 1244124, 1475973, "805,207", "1,244,124", "1,475,973"),
        IntervalRow("Low", -35207, 44124, 175973, "−35,207", "44,124", "175,973"),
    )
    return intervals(rows, title=name, summary=name, unit="USD a year", tick_label=lambda at: f"{at:,.0f}")


KINDS = {
    "contributions": stacked,
    "quadrant": bubbles,
    "tornado": flips,
    "waterfall": money,
    "intervals": ranges,
}
