"""What the page of one bid prints: values in use, knock-outs with what was read, prices, history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

import figures
from accounts.models import AuditEvent
from assessments.models import TaskAssessment
from charting import criterion_colour
from providers.models import Answer, EvidenceLevel
from providers.reference import bid_codes, knock_out_questions, shown_value, sub_criteria
from selections.models import Bid, BidLine, Score
from selections.queries.cells import Cell
from selections.words.measures import with_unit

ORIGINS = {
    "score": "this bid",
    "profile": "profile",
    "computed": "computed",
    "none": "nothing entered",
}
OUTCOMES = {
    "passed": ("Passed", "check", "t-ok"),
    "failed": ("Failed", "cross", "t-danger"),
    "conditional": ("Open", "half", "t-warn"),
    "not tested": ("Not tested", "open", "none"),
}
EVIDENCE_NAMES = dict(EvidenceLevel.choices)
HISTORY_LENGTH = 50


@dataclass(frozen=True)
class ValueLine:
    """One sub-criterion of a bid with the value in use."""

    code: str
    name: str
    unit: str
    shown: str
    evidence: str
    source: str
    origin: str
    by: str
    at: datetime | None
    is_with_bid: bool
    is_editable: bool


@dataclass(frozen=True)
class ValueGroup:
    """The sub-criteria of one criterion."""

    code: str
    name: str
    colour: str
    lines: tuple[ValueLine, ...]


@dataclass(frozen=True)
class KnockOutLine:
    """One knock-out: what it asks, what was read, and what came out."""

    code: str
    name: str
    outcome: str
    icon: str
    style: str
    reason: str
    consequence: str
    fails_when: str
    reads: str
    question: str
    answer: str
    evidence: str
    comment: str
    tasks: tuple[str, ...]
    acceptance: str
    is_acceptable: bool


@dataclass(frozen=True)
class GivenValue:
    """A value that was given to a bid, as it is written; empty where it was given as unknown."""

    row: Score
    shown: str


@dataclass(frozen=True)
class OfferLine:
    """The price of one legal task; ``line`` is None where the bid names none."""

    task: TaskAssessment
    line: BidLine | None
    quantity: str
    note: str


def value_groups(
    criteria: Mapping[str, Any], cells: Mapping[str, Cell], business: Mapping[str, Any] | None
) -> tuple[ValueGroup, ...]:
    """Give every sub-criterion with the value in use; the cost index comes from the business case."""
    return tuple(
        ValueGroup(
            code=criterion["code"],
            name=criterion["name"],
            colour=criterion_colour(criterion["code"], place),
            lines=tuple(_value_line(sub, cells[sub["code"]], business) for sub in criterion["sub_criteria"]),
        )
        for place, criterion in enumerate(criteria["criteria"])
    )


def _value_line(sub: Mapping[str, Any], cell: Cell, business: Mapping[str, Any] | None) -> ValueLine:
    is_computed = cell.origin == "computed"
    return ValueLine(
        code=sub["code"],
        name=sub["name"],
        unit=sub["unit"],
        shown=figures.index(business["cost_index"]) if is_computed and business else shown_cell(cell),
        evidence=cell.evidence,
        source=cell.source,
        origin=ORIGINS[cell.origin],
        by=cell.by,
        at=cell.at,
        is_with_bid=sub["code"] in bid_codes(),
        is_editable=not is_computed,
    )


def shown_cell(cell: Cell, digits: int | None = None) -> str:
    """Write a value as entered, or with so many decimals; a range with both ends; empty when unknown."""
    return _shown(cell.value, cell.low, cell.high, digits)


def _shown(value: float | None, low: float | None, high: float | None, digits: int | None = None) -> str:
    def write(number: float | None) -> str:
        return shown_value(number) if digits is None else figures.plain(number, digits)

    if low is not None and high is not None:
        return f"{write(low)}–{write(high)}"
    return write(value)


def knock_out_lines(
    *,
    bid: Bid,
    rules: list[dict[str, Any]],
    tests: Mapping[str, Any],
    cells: Mapping[str, Cell],
    acceptable: Collection[str],
) -> tuple[KnockOutLine, ...]:
    """Join each test with the rule behind it and with what it read. One query.

    ``acceptable``: the knock-outs whose failure may be accepted in writing.
    """
    answers = {row.question: row for row in Answer.objects.filter(provider_id=bid.provider_id)}
    by_code = {rule["code"]: rule for rule in rules}
    lines = []
    for test in tests["tests"]:
        line = _knock_out(test, by_code[test["code"]], answers, cells, bid.acceptances)
        may_accept = line.code in acceptable and (test["outcome"] == "failed" or bool(line.acceptance))
        lines.append(replace(line, is_acceptable=may_accept))
    return tuple(lines)


def _knock_out(
    test: Mapping[str, Any],
    rule: Mapping[str, Any],
    answers: Mapping[str, Answer],
    cells: Mapping[str, Cell],
    acceptances: Mapping[str, str],
) -> KnockOutLine:
    outcome, icon, style = OUTCOMES[test["outcome"]]
    read = _read_answer(rule["params"], answers) or _read_value(rule["params"], cells)
    return KnockOutLine(
        code=test["code"],
        name=test["name"],
        outcome=outcome,
        icon=icon,
        style=style,
        reason=test["reason"],
        consequence=test["consequence"],
        fails_when=rule["fails_when"],
        tasks=tuple(test["tasks"]),
        acceptance=acceptances.get(test["code"], ""),
        is_acceptable=False,
        **read,
    )


def _read_answer(params: Mapping[str, Any], answers: Mapping[str, Answer]) -> dict[str, str]:
    code = params.get("question")
    if code is None:
        return {}
    question, given = knock_out_questions().get(code), answers.get(code)
    return {
        "reads": code,
        "question": question.text if question else "",
        "answer": given.get_value_display() if given else "Not answered",
        "evidence": given.evidence if given else "",
        "comment": given.comment if given else "",
    }


def _read_value(params: Mapping[str, Any], cells: Mapping[str, Cell]) -> dict[str, str]:
    code = params["sub_criterion"]
    cell, sub = cells.get(code), sub_criteria().get(code)
    shown = shown_cell(cell) if cell else ""
    return {
        "reads": code,
        "question": f"{sub.name}, at least {params['min']:g}" if sub else "",
        "answer": with_unit(shown, sub.unit if sub else "") if shown else "Not known",
        "evidence": cell.evidence if cell and shown else "",
        "comment": cell.source if cell else "",
    }


def offer_lines(bid: Bid, basket: list[str], excluded: tuple[str, ...]) -> tuple[OfferLine, ...]:
    """Give each basket task with its price, then prices of tasks that are not in the basket. Two queries."""
    lines = {row.legal_task_id: row for row in BidLine.objects.filter(bid=bid).select_related("legal_task")}
    tasks = (
        TaskAssessment.objects.filter(assessment_id=bid.selection.assessment_id)
        .filter(Q(list_code__in=basket) | Q(legal_task__in=list(lines)))
        .with_task()
    )
    shown = []
    for task in tasks.order_by("legal_task__code"):
        line = lines.get(task.legal_task_id)
        is_in_basket = task.legal_task.code in basket
        if is_in_basket or line:
            note = _offer_note(task, line, is_in_basket, excluded)
            shown.append(OfferLine(task, line, quantity_words(line, task) if line else "", note))
    return tuple(shown)


def _offer_note(
    task: TaskAssessment, line: BidLine | None, is_in_basket: bool, excluded: tuple[str, ...]
) -> str:
    if task.legal_task.code in excluded:
        return "Excluded by a knock-out: not part of this bid’s scope"
    if not is_in_basket:
        return "Not in the basket: priced, but not counted"
    return "" if line else "No price: stays in-house in this bid"


def quantity_words(line: BidLine, task: TaskAssessment) -> str:
    """Say what the price is multiplied with."""
    if line.model in (BidLine.Model.HOURLY, BidLine.Model.BLENDED):
        stated = line.expected_hours
        return f"{figures.hours(stated)} h" if stated is not None else "hours from productivity"
    if line.model == BidLine.Model.FTE:
        return f"{shown_value(line.fte)} FTE × 12" if line.fte is not None else "team from productivity"
    if line.model == BidLine.Model.FIXED_FEE:
        included = figures.count(line.included_volume, none="all")
        return f"{included} included"
    return figures.count(task.annual_volume)


def value_history(bid: Bid, code: str) -> list[GivenValue]:
    """Every value that was given to a bid for one sub-criterion, newest first."""
    rows = Score.objects.filter(bid=bid, sub_criterion=code).select_related("given_by").order_by("-pk")
    return [GivenValue(row, _shown(row.value, row.low, row.high)) for row in rows]


def bid_history(bid: Bid) -> list[AuditEvent]:
    """The newest events of a bid and of its values; notes of counsel are never among them."""
    scores = [str(pk) for pk in Score.objects.filter(bid=bid).values_list("pk", flat=True)]
    events = AuditEvent.objects.filter(
        Q(object_type=Bid._meta.label_lower, object_id=str(bid.pk))
        | Q(object_type=Score._meta.label_lower, object_id__in=scores),
        is_counsel_only=False,
    )
    return list(events.select_related("actor")[:HISTORY_LENGTH])
