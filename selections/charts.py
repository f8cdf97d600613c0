"""Engine results as chart descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from charting import Chart, ChartSpec, Step, TornadoRow, criterion_colour, tornado, waterfall
from selections.words import measures, nearest_ends, threshold, weight_ends
from selections.words.reading import Reading


def tornado_chart(reading: Reading, *, uid: str = "tornado") -> Chart | None:
    """Show in which interval each weight may move; None where there is no order to change."""
    spec = tornado_spec(reading)
    return Chart(uid, spec) if spec is not None else None


def tornado_spec(reading: Reading) -> ChartSpec | None:
    """Describe the interval of every weight of the first level, the narrowest on top."""
    if len(reading.ranking) < 2 or len(reading.firsts) > 1:
        return None
    colours = {node.code: criterion_colour(node.code, place) for place, node in enumerate(reading.top)}
    rows = [_row(reading, code, colours[code]) for code in colours if code in reading.flips]
    rows.sort(key=_room)
    return tornado(
        rows,
        title="What could flip it?",
        summary=_flip_summary(reading),
        first=reading.short[reading.ranking[0]["code"]],
    )


def _flip_summary(reading: Reading) -> str:
    first = reading.short[reading.ranking[0]["code"]]
    ends = nearest_ends(reading)
    if not ends:
        return f"{first} stays first whatever one of these weights is."
    room = figures.score(ends[0].distance * 100)
    return f"Within each bar {first} stays first. {ends[0].node.name} has the least room: {room} points."


def _room(row: TornadoRow) -> float:
    """How far the weight may move before the first place changes."""
    down = row.now - row.low if row.below else 2.0
    up = row.high - row.now if row.above else 2.0
    return min(down, up)


def _row(reading: Reading, code: str, colour: str) -> TornadoRow:
    flip, node = reading.flips[code], reading.nodes[code]
    ends = weight_ends(reading, [node])
    low = next((end for end in ends if end.is_below), None)
    high = next((end for end in ends if not end.is_below), None)
    return TornadoRow(
        name=node.name,
        colour=colour,
        now=flip["weight"],
        low=flip["low"],
        high=flip["high"],
        now_label=measures.weight(flip["weight"]),
        hold_label=f"{threshold(low) if low else '0'}–{threshold(high) if high else '100'}",
        below=f"below {threshold(low)}: {reading.short[low.winner]}" if low else "",
        above=f"above {threshold(high)}: {reading.short[high.winner]}" if high else "",
    )


def money_waterfall(business: Mapping[str, Any], *, name: str) -> ChartSpec | None:
    """Draw where the saving of one bid comes from; None while the case cannot be computed.

    ``business``: the business case of one bid as ``records.compute_case`` gives it.
    """
    saving, span = business["annual_saving"], business["range"]
    if saving is None:
        return None
    costs = (
        ("Provider fees", business["fees"]),
        ("Oversight", business["oversight"]),
        ("Rework", business["rework"]),
        ("Governance and tooling", business["governance"]),
    )
    baseline = business["baseline"]
    steps = [
        Step("In-house baseline", baseline, figures.money(baseline), "total"),
        *(Step(label, -cost, figures.money(-cost), "change") for label, cost in costs),
        Step("Annual saving", saving, figures.money(saving), "result"),
    ]
    return waterfall(
        steps,
        title="Where the money comes from",
        summary=_money_summary(business, name),
        unit="USD a year",
        tick_label=figures.money,
        low=(span["low"], figures.money(span["low"])) if span["low"] is not None else None,
        high=(span["high"], figures.money(span["high"])) if span["high"] is not None else None,
    )


def _money_summary(business: Mapping[str, Any], name: str) -> str:
    saving, percent = business["annual_saving"], figures.percent(business["saving_pct"])
    if saving < 0:
        return f"{name} would cost {figures.money(-saving)} a year more than the same work in-house."
    return (
        f"{name} saves {figures.money(saving)} a year of the in-house baseline of "
        f"{figures.money(business['baseline'])} ({percent}) on the tasks it serves."
    )
