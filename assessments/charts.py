"""The quadrant of legal tasks: suitability across, in-house cost up, hours as area, stop gates as squares."""

from __future__ import annotations

from collections.abc import Sequence

import figures
from assessments import words
from assessments.models import BASKET_OUTCOMES
from assessments.queries_dearest import Line
from assessments.queries_totals import Totals
from assessments.rulebook import Rulebook
from charting import Band, Chart, ChartSpec, QuadrantPoint, outcome_colour, quadrant


def task_quadrant(*, shown: Sequence[Line], found: Totals, rulebook: Rulebook, currency: str) -> Chart | None:
    """Draw the dearest tasks that have a score and a cost; None when there is none."""
    if not shown:
        return None
    spec: ChartSpec = quadrant(
        [point(line, rulebook) for line in shown],
        bands(rulebook),
        title="Which work goes out?",
        summary=_summary(found, len(shown)),
        cost_unit=f"{currency}/year",
        tick_label=tick,
    )
    return Chart("quadrant", spec)


def bands(rulebook: Rulebook) -> list[Band]:
    """Give the strips of scores with the outcomes they stand for."""
    starts = [band.start for band in rulebook.bands]
    return [
        Band(band.start, end, words.OUTCOMES[band.code], is_shaded=band.code == "OUTSOURCE")
        for band, end in zip(rulebook.bands, [*starts[1:], 100.0], strict=True)
    ]


def point(line: Line, rulebook: Rulebook) -> QuadrantPoint:
    """Give the bubble of one task."""
    verdict = words.verdict(outcome=line.outcome, restriction=line.restriction)
    return QuadrantPoint(
        label=line.code,
        name=line.name,
        score=line.score,
        cost=line.cost,
        hours=line.hours or 0.0,
        score_label=figures.score(line.score),
        cost_label=figures.money(line.cost),
        hours_label=figures.hours(line.hours),
        outcome=verdict.text,
        colour=outcome_colour(line.outcome),
        has_stop=any(rulebook.gates[code].is_stop for code in line.gates if code in rulebook.gates),
    )


def tick(amount: float) -> str:
    """Label a round amount on an axis."""
    return f"{figures.count(amount / 1000)}k" if amount >= 1000 else figures.count(amount)


def _summary(found: Totals, drawn: int) -> str:
    drawable = found.sum("drawable")
    said = [*_going(found), "Across: score; up: cost; area: hours."]
    if drawn < drawable:
        said.append(f"Drawn are the {drawn} that cost most; the table below has all.")
    placed, _cost = found.drawable_basket
    left = found.total - drawable - (found.sum("count", BASKET_OUTCOMES) - placed)
    if left:
        noun = "other task" if left == 1 else "other tasks"
        said.append(
            f"{figures.count(left)} {noun} without score or cost {'is' if left == 1 else 'are'} not drawn."
        )
    return " ".join(said)


def _going(found: Totals) -> list[str]:
    """Say how many tasks go out, as the head of the page counts them, and which of those have no place."""
    goes = found.sum("count", BASKET_OUTCOMES)
    placed, cost = found.drawable_basket
    first = f"{figures.count(goes)} of {figures.count(found.total)} tasks go out"
    amount = f"{figures.money(cost)} a year in-house today"
    if placed == goes:
        return [f"{first}, {amount}."]
    more = goes - placed - len(found.placeless_codes)
    named = ", ".join(found.placeless_codes) + (f" and {figures.count(more)} more" if more else "")
    verb = "has" if goes - placed == 1 else "have"
    without_cost = goes - found.sum("costed", BASKET_OUTCOMES)
    lacks = "no cost" if without_cost == goes - placed else "no score or no cost"
    return [
        f"{first}.",
        f"{figures.count(placed)} of the {figures.count(goes)} that go out have a place here, {amount}; "
        f"{named} {verb} {lacks}.",
    ]
