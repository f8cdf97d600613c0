"""The two drawings of the portfolio page: quadrants, and cost by outcome (room: charts)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import figures
from assessments import words
from assessments.charts import bands, point, tick
from assessments.models import BASKET_OUTCOMES
from assessments.queries_dearest import Line
from assessments.queries_portfolio import Cut, Part, Quadrant
from assessments.rulebook import Rulebook
from charting import Chart, Step, outcome_colour, quadrant, waterfall

# The order in which the baseline is taken apart: first what goes out, last what nobody knows yet.
ORDER = ("OUTSOURCE", "PILOT", "COSOURCE", "RETAIN", "PREPARE_FIRST", "")


def quadrant_chart(
    *, shown: Sequence[Line], parts: Sequence[Quadrant], cut: Cut, rulebook: Rulebook, currency: str
) -> Chart | None:
    """Draw the dearest tasks with the two thresholds; None when no task has a score and a cost."""
    if not shown:
        return None
    placed = sum(part.count for part in parts)
    first = parts[0]
    verb = "reaches" if first.count == 1 else "reach"
    said = [
        f"{figures.count(first.count)} of {figures.count(placed)} tasks {verb} a score of "
        f"{figures.exact(cut.score)} and {figures.money(cut.cost)} {currency} a year: together "
        f"{figures.money(first.cost)}.",
        "Across: score; up and area: in-house cost; squares: stopped by a gate.",
    ]
    if len(shown) < placed:
        said.append(f"Drawn are the {len(shown)} that cost most; the table below counts all.")
    spec = quadrant(
        [point(line, rulebook) for line in shown],
        bands(rulebook),
        title="What is suited, and what is at stake?",
        summary=" ".join(said),
        cost_unit=f"{currency}/year",
        tick_label=tick,
        area="cost",
        cut=(cut.score, cut.cost),
    )
    return Chart("portfolio-quadrant", spec)


def cost_chart(*, parts: Mapping[str, Part], currency: str) -> Chart | None:
    """Take the in-house cost apart by outcome; None when no cost is known."""
    known = {key: float(part.cost) for key in ORDER if (part := parts[key]).cost is not None}
    if not known:
        return None
    total = sum(known.values())
    steps = [
        Step("Baseline", total, figures.money(total), "total"),
        *(
            Step(_name(key), -cost, figures.money(cost), "change", colour=outcome_colour(key))
            for key, cost in known.items()
        ),
    ]
    spec = waterfall(
        steps,
        title="Where does the in-house cost lie?",
        summary=_cost_sentence(parts, known, total),
        unit=f"{currency}/year",
        tick_label=tick,
    )
    return Chart("portfolio-cost", spec)


def _name(outcome: str) -> str:
    return words.OUTCOMES.get(outcome, words.NOT_SCORED)


def _cost_sentence(parts: Mapping[str, Part], known: Mapping[str, float], total: float) -> str:
    goes = sum(known.get(str(key), 0.0) for key in BASKET_OUTCOMES)
    said = [f"Of {figures.money(total)} a year in-house, {figures.money(goes)} is work that goes out"]
    said[0] += f" ({figures.percent(100 * goes / total)})." if total else "."
    missing = [(key, part.without_cost) for key, part in parts.items() if part.without_cost]
    if missing:
        number = sum(count for _, count in missing)
        named = ", ".join(f"{figures.count(count)} {_name(key).lower()}" for key, count in missing)
        noun = "task is" if number == 1 else "tasks are"
        said.append(f"The cost of {figures.count(number)} {noun} not known and not in the drawing: {named}.")
    return " ".join(said)
