"""The arithmetic behind one number of the ranking, with the actual values in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import figures
from charting import criterion_colour
from providers.models import EvidenceLevel
from selections.models import Score
from selections.queries.cells import COMPUTED, Cell
from selections.queries.inputs import BidFacts, CaseInputs
from selections.words import measures
from selections.words.reading import Node, Reading

TOTAL = "total"
VALUE_RULE = "Value: 0 is worst and 1 is best, along the published points."
ROUNDING = "Each figure is rounded once, from its exact value, so shown parts may miss a shown sum by 0.1."


@dataclass(frozen=True)
class WhyRow:
    """One line of a sum; ``code`` opens the arithmetic of the part."""

    code: str
    name: str
    answer: str
    evidence: str
    value: str
    weight: str
    points: str


@dataclass(frozen=True)
class Origin:
    """Where a raw value came from."""

    evidence: str
    evidence_words: str
    confidence: str
    source: str
    by: str
    at: datetime | None
    kind: str


@dataclass(frozen=True)
class Earlier:
    """A value that was given for this bid, newest first."""

    value: str
    evidence: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Arithmetic:
    """Everything the page or dialog of one number prints; parts that do not apply are empty."""

    provider: str
    code: str
    title: str
    colour: str
    lines: tuple[str, ...]
    rows: tuple[WhyRow, ...] = ()
    total: WhyRow | None = None
    has_answers: bool = False
    points: tuple[tuple[str, str], ...] = ()
    origin: Origin | None = None
    earlier: tuple[Earlier, ...] = ()
    remarks: tuple[str, ...] = ()
    rounding: str = ROUNDING


def arithmetic(reading: Reading, inputs: CaseInputs, bid: BidFacts, code: str) -> Arithmetic | None:
    """Explain the total (``TOTAL``), a criterion or a sub-criterion of one bid; None for an unknown code."""
    if bid.code not in reading.rows:
        return None
    if code == TOTAL:
        return _total(reading, bid)
    node = reading.nodes.get(code)
    if node is None:
        return None
    return _group(reading, inputs, bid, node) if node.children else _leaf(reading, inputs, bid, node)


def _colour(reading: Reading, node: Node) -> str:
    top = node
    while top.parent:
        top = reading.nodes[top.parent]
    return criterion_colour(top.code, reading.top.index(top))


def _value(share: float) -> str:
    return figures.plain(share, 3)


def _total(reading: Reading, bid: BidFacts) -> Arithmetic:
    row, name = reading.rows[bid.code], reading.short[bid.code]
    rows = tuple(
        WhyRow(
            code=node.code,
            name=node.name,
            answer="",
            evidence="",
            value=figures.score(row["by_criterion"].get(node.code)),
            weight=measures.weight(reading.local.get(node.code, 0.0)),
            points=figures.score(reading.local.get(node.code, 0.0) * row["by_criterion"].get(node.code, 0.0)),
        )
        for node in reading.top
    )
    total = figures.score(row["score"])
    return Arithmetic(
        provider=name,
        code=TOTAL,
        title=f"{name}: total {total}",
        colour="",
        lines=("Total = sum of weight × score over the criteria; the weights are scaled to sum to 100.",),
        rows=rows,
        total=WhyRow("", "Total", "", "", "", "100", total),
        remarks=tuple(_gate_remarks(row)),
    )


def _gate_remarks(row: Mapping[str, Any]) -> Sequence[str]:
    words = {"failed": "failed, so the bid is not ranked", "conditional": "open, so the bid is conditional"}
    return [
        f"{gate['code']} {words[gate['outcome']]}. {gate['reason']}."
        for gate in row["gates"]
        if gate["outcome"] in words
    ]


def _group(reading: Reading, inputs: CaseInputs, bid: BidFacts, node: Node) -> Arithmetic:
    row, name = reading.rows[bid.code], reading.short[bid.code]
    score, share = row["by_criterion"].get(node.code, 0.0), reading.overall.get(node.code, 0.0)
    rows = tuple(_part(reading, inputs, bid, reading.nodes[code]) for code in node.children)
    points = figures.score(share * score)
    return Arithmetic(
        provider=name,
        code=node.code,
        title=f"{name}, {node.name} {figures.score(score)} → {points} points",
        colour=_colour(reading, node),
        lines=(f"{measures.weight(share)} of 100 × {figures.score(score)} = {points}. {VALUE_RULE}",),
        rows=rows,
        total=WhyRow("", node.name, "", "", "", "100", figures.score(score)),
        has_answers=True,
    )


def _part(reading: Reading, inputs: CaseInputs, bid: BidFacts, node: Node) -> WhyRow:
    row, cell = reading.rows[bid.code], inputs.cells[bid.code][node.code]
    local, score = reading.local.get(node.code, 0.0), row["by_criterion"].get(node.code, 0.0)
    return WhyRow(
        code=node.code,
        name=node.name,
        answer=answer_words(reading.scores[bid.code].get(node.code), node),
        evidence=cell.evidence,
        value=_value(score / 100),
        weight=measures.weight(local),
        points=figures.score(local * score),
    )


def answer_words(score: Any, node: Node) -> str:
    """Write what went in: a number with its unit, a range, or "not known"."""
    if isinstance(score, Mapping):
        ends = f"{measures.trimmed(score['low'], 2)} to {measures.trimmed(score['high'], 2)}"
        return measures.with_unit(ends, node.unit)
    return measures.measure(score, node.unit)


def _leaf(reading: Reading, inputs: CaseInputs, bid: BidFacts, node: Node) -> Arithmetic:
    row, name = reading.rows[bid.code], reading.short[bid.code]
    raw, value = reading.scores[bid.code].get(node.code), row["by_criterion"].get(node.code, 0.0) / 100
    local, share = reading.local.get(node.code, 0.0), reading.overall.get(node.code, 0.0)
    parent = reading.nodes[node.parent].name if node.parent else "the total"
    lines = [
        value_words(reading, node, raw, value),
        f"{_value(value)} × {measures.weight(local)} of 100 within {parent} = "
        f"{figures.score(local * value * 100)}.",
        f"{_value(value)} × {measures.trimmed(share * 100, 2)} of 100 in the total = "
        f"{figures.score(share * value * 100)} points.",
    ]
    cell = inputs.cells[bid.code][node.code]
    return Arithmetic(
        provider=name,
        code=node.code,
        title=f"{name}, {node.name}: {answer_words(raw, node)}",
        colour=_colour(reading, node),
        lines=tuple(lines),
        points=tuple((measures.trimmed(x, 2), measures.trimmed(v, 3)) for x, v in node.points),
        origin=_origin(inputs, cell, node),
        earlier=tuple(_earlier(bid, node)),
        remarks=_leaf_remarks(row, node),
    )


def _leaf_remarks(row: Mapping[str, Any], node: Node) -> tuple[str, ...]:
    if node.code in row["clipped"]:
        return ("The value lies outside the published scale; the end of the scale counts.",)
    return ()


def value_words(reading: Reading, node: Node, raw: Any, value: float) -> str:
    """Say how the raw value became a value from 0 to 1."""
    if raw is None:
        policy = "the middle of the scale" if reading.decision["missing"] == "midpoint" else "the worst value"
        return f"Not known: counts as {policy}, {_value(value)}."
    if isinstance(raw, Mapping):
        return f"The middle of the range counts: {_value(value)}."
    shown = measures.trimmed(raw, 2)
    for (x0, v0), (x1, v1) in zip(node.points, node.points[1:], strict=False):
        if raw in (x0, x1):
            return f"{shown} is a published point: {_value(v0 if raw == x0 else v1)}."
        if min(x0, x1) < raw < max(x0, x1):
            return (
                f"{shown} lies between {_point(x0, v0)} and {_point(x1, v1)}: {measures.trimmed(v0, 3)} + "
                f"({_difference(x0, raw)}) ÷ ({_difference(x0, x1)}) × ({measures.trimmed(v1, 3)} − "
                f"{measures.trimmed(v0, 3)}) = {_value(value)}."
            )
    return f"{shown} lies outside the scale, so its end counts: {_value(value)}."


def _point(x: float, v: float) -> str:
    return f"{measures.trimmed(x, 2)} (value {measures.trimmed(v, 3)})"


def _difference(one: float, other: float) -> str:
    """Write a difference of two raw values so that it is positive: "8 − 5.6"."""
    high, low = max(one, other), min(one, other)
    return f"{measures.trimmed(high, 2)} − {measures.trimmed(low, 2)}"


def _origin(inputs: CaseInputs, cell: Cell, node: Node) -> Origin:
    levels = {
        level["code"]: level["confidence"] for level in inputs.case["criteria_rules"]["evidence_levels"]
    }
    kinds = {
        "score": "Given in this selection",
        "profile": "From the provider’s profile",
        "computed": "Computed by the business case from the bid and the assumptions",
        "none": "Nobody has entered a value yet",
    }
    return Origin(
        evidence=cell.evidence,
        evidence_words=str(EvidenceLevel(cell.evidence).label),
        confidence=measures.trimmed(float(levels.get(cell.evidence, 0.0)), 2),
        source=cell.source,
        by=cell.by,
        at=cell.at,
        kind=kinds[cell.origin],
    )


def _earlier(bid: BidFacts, node: Node) -> Sequence[Earlier]:
    """List what was given before; the newest row is the one in use."""
    if node.code == COMPUTED:
        return []
    rows = Score.objects.filter(bid=bid.pk, sub_criterion=node.code).select_related("given_by")
    return [
        Earlier(measures.measure(row.value), row.evidence, row.reason, str(row.given_by or ""), row.given_at)
        for row in rows.order_by("-pk")[1:11]
    ]
