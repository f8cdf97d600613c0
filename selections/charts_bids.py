"""The waterfall of a business case as a chart description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from charting import ChartSpec, Step, waterfall


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
        summary=_summary(business, name),
        unit="USD a year",
        tick_label=figures.money,
        low=(span["low"], figures.money(span["low"])) if span["low"] is not None else None,
        high=(span["high"], figures.money(span["high"])) if span["high"] is not None else None,
    )


def _summary(business: Mapping[str, Any], name: str) -> str:
    saving, percent = business["annual_saving"], figures.percent(business["saving_pct"])
    if saving < 0:
        return f"{name} would cost {figures.money(-saving)} a year more than the same work in-house."
    return (
        f"{name} saves {figures.money(saving)} a year of the in-house baseline of "
        f"{figures.money(business['baseline'])} ({percent}) on the tasks it serves."
    )
