"""The quadrant of legal tasks: suitability across, in-house cost up, hours as area, stop gates as squares."""

from __future__ import annotations

from collections.abc import Sequence

import figures
from assessments import words
from assessments.models import BASKET_OUTCOMES
from assessments.queries import Line
from assessments.rulebook import Rulebook
from charting import Band, Chart, ChartSpec, QuadrantPoint, outcome_colour, quadrant

# More bubbles than this hide each other and cost more time than the rest of the page.
DRAWN_AT_MOST = 100


# More bubbles hide each other and nobody can point at one; the table is the complete list.
DRAWN_AT_MOST = 60


def task_quadrant(*, found: Sequence[Line], rulebook: Rulebook, currency: str) -> Chart | None:
    """Draw the dearest tasks that have a score and a cost, up to 100; None when there is none."""
    able = [line for line in found if line.score is not None and line.cost is not None and line.outcome]
    if not able:
        return None
    dearest = {line.pk for line in sorted(able, key=lambda line: -(line.cost or 0.0))[:DRAWN_AT_MOST]}
    shown = [line for line in able if line.pk in dearest]
    starts = [band.start for band in rulebook.bands]
    bands = [
        Band(band.start, end, words.OUTCOMES[band.code], is_shaded=band.code == "OUTSOURCE")
        for band, end in zip(rulebook.bands, [*starts[1:], 100.0], strict=True)
    ]
    spec: ChartSpec = quadrant(
        [_point(line, rulebook) for line in shown],
        bands,
        title="Which work goes out?",
        summary=_summary(able, len(shown), len(found)),
        cost_unit=f"{currency}/year",
        tick_label=_tick,
    )
    return Chart("quadrant", spec)


def _point(line: Line, rulebook: Rulebook) -> QuadrantPoint:
    assert line.score is not None and line.cost is not None  # noqa: S101 - filtered by the caller
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
        has_stop=any(rulebook.gates[code].is_stop for code in line.gates),
    )


def _tick(amount: float) -> str:
    return f"{figures.count(amount / 1000)}k" if amount >= 1000 else figures.count(amount)


def _summary(drawable: Sequence[Line], drawn: int, total: int) -> str:
    goes = [line for line in drawable if line.outcome in BASKET_OUTCOMES]
    cost = sum(line.cost or 0.0 for line in goes)
    said = [f"{len(goes)} of {len(drawable)} tasks go out, {figures.money(cost)} a year in-house today."]
    said.append("Across: score; up: cost; area: hours.")
    if drawn < len(drawable):
        said.append(f"Drawn are the {drawn} that cost most; the table below has all.")
    left = total - len(drawable)
    if left:
        said.append(f"{left} without score or cost {'is' if left == 1 else 'are'} not drawn.")
    return " ".join(said)
