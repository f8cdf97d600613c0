"""Row charts from plain numbers and finished labels: contributions, tornado, waterfall, intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from charting.spec import Axis, Bars, ChartSpec, DataTable, Points, Threshold, Whiskers, Zone
from charting.ticks import labelled, nice_ticks

SCORE_TICKS = ((0.0, "0"), (25.0, "25"), (50.0, "50"), (75.0, "75"), (100.0, "100"))
SHARE_TICKS = ((0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100"))
_NAMELESS = Axis(title="", low=-0.5, high=0.5)


@dataclass(frozen=True)
class Criterion:
    """One colour of the stacked bars; ``letter`` stands inside the segment beside the number."""

    name: str
    letter: str
    colour: str


@dataclass(frozen=True)
class ContributionRow:
    """``parts`` are points of the total in the order of the criteria (0 to 100 in all).

    An excluded row (``is_ranked`` false) is one hatched bar as long as its raw total.
    """

    name: str
    total: float
    total_label: str
    parts: tuple[float, ...]
    part_labels: tuple[str, ...]
    is_ranked: bool = True
    remark: str = ""


@dataclass(frozen=True)
class TornadoRow:
    """``now``, ``low`` and ``high`` are local shares (0 to 1); between low and high the first stays first.

    ``below`` and ``above`` say who would be first beyond each end, in finished words; "" where nobody.
    """

    name: str
    colour: str
    now: float
    low: float
    high: float
    now_label: str
    hold_label: str
    below: str = ""
    above: str = ""


@dataclass(frozen=True)
class Step:
    """One row of a waterfall: a total stands on zero, a change hangs from where the row above ended."""

    name: str
    amount: float
    label: str
    role: Literal["total", "change", "result"]
    colour: str = ""  # a token, where the step has a colour of its own


@dataclass(frozen=True)
class IntervalRow:
    """A range with its middle value."""

    name: str
    low: float
    base: float
    high: float
    low_label: str
    base_label: str
    high_label: str


def contributions(
    rows: Sequence[ContributionRow],
    criteria: Sequence[Criterion],
    *,
    title: str,
    summary: str,
    lead: float | None = None,
    tie_margin: float = 0,
    tie_label: str = "",
) -> ChartSpec:
    """Stacked bars on a fixed scale of 0 to 100; ``tie_margin`` points below ``lead`` are a tie."""
    tie = lead is not None and tie_margin > 0
    return ChartSpec(
        kind="contributions",
        title=title,
        summary=summary,
        x=Axis(title="points of 100", low=0, high=100, ticks=SCORE_TICKS),
        y=_NAMELESS,
        categories=tuple(row.name for row in rows),
        row_notes=tuple((row.total_label, row.remark) if row.remark else (row.total_label,) for row in rows),
        series=(
            *(_segment(rows, criteria, index) for index in range(len(criteria))),
            *_excluded(rows),
        ),
        zones=(Zone(max(0.0, lead - tie_margin), lead, tie_label, True, True),) if lead and tie else (),
        thresholds=(Threshold(lead, ""),) if lead is not None else (),
        table=DataTable(
            headers=("Provider", *(criterion.name for criterion in criteria), "Total", "Remark"),
            rows=tuple((row.name, *row.part_labels, row.total_label, row.remark) for row in rows),
        ),
    )


def _segment(rows: Sequence[ContributionRow], criteria: Sequence[Criterion], index: int) -> Bars:
    criterion = criteria[index]
    return Bars(
        name=criterion.name,
        colours=(criterion.colour,) * len(rows),
        starts=tuple(sum(row.parts[:index]) if row.is_ranked else 0.0 for row in rows),
        values=tuple(row.parts[index] if row.is_ranked else None for row in rows),
        labels=tuple(f"{criterion.letter} {row.part_labels[index]}".strip() for row in rows),
        hovers=tuple(
            f"{row.name}: {criterion.name} {row.part_labels[index]} of {row.total_label}" for row in rows
        ),
    )


def _excluded(rows: Sequence[ContributionRow]) -> tuple[Bars, ...]:
    if all(row.is_ranked for row in rows):
        return ()
    return (
        Bars(
            name="not ranked",
            colours=("faint",) * len(rows),
            starts=(0.0,) * len(rows),
            values=tuple(None if row.is_ranked else row.total for row in rows),
            labels=("",) * len(rows),
            hovers=tuple(f"{row.name}: {row.total_label}, {row.remark or 'not ranked'}" for row in rows),
            fill="hatch",
        ),
    )


def tornado(rows: Sequence[TornadoRow], *, title: str, summary: str, first: str) -> ChartSpec:
    """Per criterion the share now and the interval of shares in which ``first`` stays first."""
    places = tuple(float(index) for index in range(len(rows)))
    return ChartSpec(
        kind="tornado",
        title=title,
        summary=summary,
        x=Axis(title="weight, of 100", low=0, high=1, ticks=SHARE_TICKS),
        y=_NAMELESS,
        categories=tuple(row.name for row in rows),
        row_notes=tuple(tuple(text for text in (row.below, row.above) if text) for row in rows),
        series=(
            Bars(
                name=f"{first} stays first",
                colours=tuple(row.colour for row in rows),
                starts=tuple(row.low for row in rows),
                values=tuple(row.high - row.low for row in rows),
                labels=("",) * len(rows),
                hovers=tuple(f"{row.name}: {first} stays first in {row.hold_label}" for row in rows),
                in_legend=False,
            ),
            Points(
                name="weight now",
                colours=("ink",) * len(rows),
                shape="bar",
                xs=tuple(row.now for row in rows),
                ys=places,
                labels=tuple(row.now_label for row in rows),
                hovers=tuple(f"{row.name}: {row.now_label} now" for row in rows),
            ),
        ),
        table=DataTable(
            headers=("Criterion", "Weight now", f"{first} stays first", "Below it", "Above it"),
            rows=tuple(
                (row.name, row.now_label, row.hold_label, row.below or "nobody", row.above or "nobody")
                for row in rows
            ),
        ),
    )


def waterfall(
    steps: Sequence[Step],
    *,
    title: str,
    summary: str,
    unit: str,
    tick_label: Callable[[float], str],
    low: tuple[float, str] | None = None,
    high: tuple[float, str] | None = None,
) -> ChartSpec:
    """Rows from baseline to result; ``low`` and ``high`` (amount, label) put a whisker on the last row."""
    starts = _hang(steps)
    ends = [start + step.amount for start, step in zip(starts, steps, strict=True)]
    reach = [*starts, *ends, *(end[0] for end in (low, high) if end)]
    ticks = nice_ticks(min(reach), max(reach))
    return ChartSpec(
        kind="waterfall",
        title=title,
        summary=summary,
        x=Axis(title=unit, low=ticks[0], high=ticks[-1], ticks=labelled(ticks, tick_label)),
        y=_NAMELESS,
        categories=tuple(step.name for step in steps),
        row_notes=tuple((step.label,) for step in steps),
        series=(
            Bars(
                name=unit,
                colours=tuple(_step_colour(step) for step in steps),
                starts=tuple(starts),
                values=tuple(step.amount for step in steps),
                labels=("",) * len(steps),
                hovers=tuple(f"{step.name}: {step.label} {unit}" for step in steps),
                in_legend=False,
            ),
            *_range_of_last(steps, low, high),
        ),
        table=_steps_table(steps, unit, low, high),
    )


def _hang(steps: Sequence[Step]) -> list[float]:
    starts, level = [], 0.0
    for step in steps:
        start = level if step.role == "change" else 0.0
        starts.append(start)
        level = start + step.amount
    return starts


def _step_colour(step: Step) -> str:
    if step.colour:
        return step.colour
    if step.role == "result":
        return "outsource" if step.amount >= 0 else "danger"
    return "retain" if step.role == "total" else "faint"


def _range_of_last(
    steps: Sequence[Step], low: tuple[float, str] | None, high: tuple[float, str] | None
) -> tuple[Whiskers, ...]:
    if low is None or high is None or not steps:
        return ()
    return (
        Whiskers(
            name="low to high",
            colour="ink",
            ys=(float(len(steps) - 1),),
            lows=(low[0],),
            middles=(steps[-1].amount,),
            highs=(high[0],),
            hovers=(f"{steps[-1].name}: {low[1]} to {high[1]}, base {steps[-1].label}",),
        ),
    )


def _steps_table(
    steps: Sequence[Step], unit: str, low: tuple[float, str] | None, high: tuple[float, str] | None
) -> DataTable:
    rows = [(step.name, step.label) for step in steps]
    if low and high:
        rows += [("Low case", low[1]), ("High case", high[1])]
    return DataTable(headers=("Step", unit), rows=tuple(rows))


def intervals(
    rows: Sequence[IntervalRow],
    *,
    title: str,
    summary: str,
    unit: str,
    tick_label: Callable[[float], str],
) -> ChartSpec:
    """Low, base and high per row; zero is always on the axis so that lengths compare honestly."""
    reach = [0.0, *(end for row in rows for end in (row.low, row.base, row.high))]
    ticks = nice_ticks(min(reach), max(reach))
    return ChartSpec(
        kind="intervals",
        title=title,
        summary=summary,
        x=Axis(title=unit, low=ticks[0], high=ticks[-1], ticks=labelled(ticks, tick_label)),
        y=_NAMELESS,
        categories=tuple(row.name for row in rows),
        row_notes=tuple((row.base_label,) for row in rows),
        series=(
            Whiskers(
                name="low, base, high",
                colour="ink",
                ys=tuple(float(index) for index in range(len(rows))),
                lows=tuple(row.low for row in rows),
                middles=tuple(row.base for row in rows),
                highs=tuple(row.high for row in rows),
                hovers=tuple(
                    f"{row.name}: {row.low_label} to {row.high_label}, base {row.base_label}" for row in rows
                ),
                in_legend=False,
            ),
        ),
        table=DataTable(
            headers=("", f"Low, {unit}", f"Base, {unit}", f"High, {unit}"),
            rows=tuple((row.name, row.low_label, row.base_label, row.high_label) for row in rows),
        ),
    )
