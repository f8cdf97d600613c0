"""Page 1: what goes out, what is piloted, split and kept; money, certainty, gates, waivers."""

from __future__ import annotations

import figures
from assessments.models import Outcome
from assessments.words import NOT_SCORED
from reports.content import Cell, Column, Fact, Mark, Row, SuitabilityPage, Table
from reports.first_page import assessment, gate_off_lines, marks, rule_set, waiver_lines
from reports.section_tasks import MARKS
from reports.source import counted, number_word, sentence
from reports.suitability.source import SuitabilitySource, TaskFacts, added
from selections.words.names import listed

NO_ADVICE = (
    "This is no legal advice. The report orders facts and judgements that people of the company entered; it "
    "gives no opinion on the law. The rules named in it are summaries: before anybody relies on them, a "
    "lawyer licensed in the jurisdictions concerned confirms the current text and that it applies."
)
# What becomes of the tasks of an outcome, as it reads after their number.
GOES = {
    "OUTSOURCE": ("can go out", "can go out"),
    "PILOT": ("goes out on a pilot first", "go out on a pilot first"),
    "COSOURCE": ("is split", "are split"),
    "RETAIN": ("stays", "stay"),
    "PREPARE_FIRST": ("is prepared first", "are prepared first"),
    "": ("has no outcome yet", "have no outcome yet"),
}
NAMED = 6


def first_page(source: SuitabilitySource) -> SuitabilityPage:
    """Everything on page 1."""
    return SuitabilityPage(
        says=says(source),
        marks=marks(source.options, source.inputs.get("which_assessment")),
        because=because(source),
        money=money(source),
        sure=tuple(sure(source)),
        gates=tuple(gates(source)),
        assessment=assessment(source.options.period, source.inputs.get("which_assessment"), source.day),
        gates_off=gate_off_lines(source.gates_off),
        waivers=waiver_lines(source.waivers, source.gates),
        advice=NO_ADVICE,
    )


def says(source: SuitabilitySource) -> str:
    """The outcome in one sentence: "Of 14 legal tasks five can go out, two …"."""
    parts = []
    for outcome in (*Outcome.values, ""):
        count = len(source.of(outcome))
        if count:
            one, many = GOES[outcome]
            parts.append(f"{number_word(count)} {one if count == 1 else many}")
    total = len(source.tasks)
    return f"Of {counted(total, 'legal task')}, {listed(parts)}."


def because(source: SuitabilitySource) -> tuple[str, ...]:
    """What the basket costs today and how much of that is cash; what blocks the award."""
    basket = source.basket
    if not basket:
        return ("No task may be put out to bid: each stays, is split, is prepared first or has no outcome.",)
    cost, cash = added(task.cost for task in basket), added(task.cash for task in basket)
    said = []
    if cost:
        said.append(
            f"The {counted(len(basket), 'task')} that may be put out to bid cost "
            f"{figures.money(cost)} {source.unit} a year today; {figures.money(cash)} of that is cash paid "
            "outside, the rest salaried time that would be freed and not paid out."
        )
    still = sum(task.still_open for task in basket)
    if still:
        waiting = sum(bool(task.still_open) for task in basket)
        verb = "waits" if waiting == 1 else "wait"
        said.append(
            f"{sentence(counted(waiting, 'of these tasks', 'of these tasks'))} {verb} for "
            f"{counted(still, 'condition')} that must be closed with evidence before an award."
        )
    else:
        said.append("Every condition of their gates is closed with evidence.")
    return (" ".join(said),)


def money(source: SuitabilitySource) -> Table:
    """In-house cost of a year by outcome, the cash part apart."""
    columns = (
        Column("Outcome", share=1.6),
        Column("Tasks", is_number=True, share=0.5),
        Column("Effort", "hours a year", is_number=True, share=0.7),
        Column("In-house cost", f"{source.unit} a year", is_number=True, share=0.8),
        Column("of it cash", f"{source.unit} a year", is_number=True, share=0.8),
        Column("of it salaried", f"{source.unit} a year", is_number=True, share=0.8),
    )
    rows = [
        _money_row(Outcome(outcome).label, MARKS[outcome], source.of(outcome))
        for outcome in Outcome.values
        if source.of(outcome)
    ]
    if source.of(""):
        rows.append(_money_row(NOT_SCORED, "open", source.of("")))
    rows.append(_money_row("All legal tasks", "", source.tasks, style_total=True))
    uncosted = sum(task.cost is None for task in source.tasks)
    verb = "is" if uncosted == 1 else "are"
    left = (
        f" {sentence(counted(uncosted, 'task'))} without a computable cost {verb} not in the sums."
        if uncosted
        else ""
    )
    return Table("What the work costs in-house today, by outcome", columns, tuple(rows), _MONEY_NOTE + left)


_MONEY_NOTE = (
    "Volume × hours per unit × the loaded rates of the people who do the work. Cash is the share of outside "
    "roles. This is the cost of today, not a saving: that depends on bids."
)


def _money_row(name: str, mark: Mark, tasks: tuple[TaskFacts, ...], *, style_total: bool = False) -> Row:
    cost, cash = added(task.cost for task in tasks), added(task.cash for task in tasks)
    salaried = None if cost is None or cash is None else cost - cash
    return Row(
        (
            Cell(name, mark),
            Cell(figures.count(len(tasks))),
            Cell(figures.hours(added(task.hours for task in tasks), none=figures.DASH)),
            *(Cell(figures.money(amount, none=figures.DASH)) for amount in (cost, cash, salaried)),
        ),
        "total" if style_total else "plain",
    )


def sure(source: SuitabilitySource) -> list[Fact]:
    """How firm the outcomes are."""
    tasks = source.tasks
    unknown = [task for task in tasks if task.unknown]
    edge = [task.code for task in tasks if is_near_edge(source, task)]
    assumed = [task.code for task in tasks if task.data["is_profile_assumed"]]
    uncosted = [task.code for task in tasks if task.cost is None]
    answers = sum(len(task.unknown) for task in unknown)
    rates = source.inputs["role_rates"].values()
    carried = sum(bool(rate.get("carried_from")) for rate in rates)
    return [
        Fact("Answers that are not known, over all tasks", _count(answers)),
        Fact("Tasks whose score is a range for that reason", _named([task.code for task in unknown])),
        Fact("Tasks that one answer could move across the edge of a band", _named(edge)),
        Fact("Tasks with answers that nobody has confirmed", _named(assumed)),
        Fact(
            "Role rates of another period that nobody has confirmed",
            f"{carried} of {len(rates)}" if carried else "None",
        ),
        Fact("Tasks whose cost cannot be computed", _named(uncosted)),
    ]


def is_near_edge(source: SuitabilitySource, task: TaskFacts) -> bool:
    """Whether one level of the heaviest factor could carry the score into another band."""
    step = source.rulebook.largest_step
    edges = [band.start for band in source.rulebook.bands if band.start > 0]
    score = task.score
    return score is not None and any(edge - step < score < edge + step for edge in edges)


def gates(source: SuitabilitySource) -> list[Fact]:
    """What gates do: stops, limits, conditions; and which rules nobody has confirmed yet."""
    tasks = source.tasks
    limited = [task.code for task in tasks if any(one.gate.is_limit and not one.waiver for one in task.gates)]
    conditions = [
        condition
        for task in source.basket
        for one in task.gates
        if not one.waiver
        for condition in one.conditions
    ]
    still = sum(not condition.is_closed for condition in conditions)
    unseen = sorted(code for code in source.fired if not source.rulebook.gates[code].is_verified)
    return [
        Fact("Tasks that a gate stops", _named([task.code for task in tasks if task.has_stop])),
        Fact("Tasks limited in where or by whom they may be done", _named(limited)),
        Fact(
            "Conditions of the basket still open", f"{still} of {len(conditions)}" if conditions else "None"
        ),
        Fact("Gates in use whose rule was not seen in its source", _named(unseen)),
        Fact("Gates waived", _count(len(tuple(source.waivers)))),
        Fact("Shipped gates turned off", _count(len(source.gates_off))),
        *rule_set(source.options),
    ]


def _count(number: int) -> str:
    return figures.count(number) if number else "None"


def _named(codes: list[str]) -> str:
    if not codes:
        return "None"
    return listed(codes) if len(codes) <= NAMED else figures.count(len(codes))
