"""What the ranking page prints, row by row, from one reading of the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import figures
from charting import criterion_colour
from selections.queries.inputs import BidFacts, CaseInputs
from selections.words import measures
from selections.words.names import listed, without_mark
from selections.words.reading import Node, Reading
from selections.words.standing import exclusion_words

LETTERS = {"COST": "C", "QUAL": "Q", "SECU": "S", "COMM": "M"}
# Points of 100 below which a segment has no room for its figure, or for letter and figure.
ROOM_FOR_LABEL = 6.0
ROOM_FOR_LETTER = 12.5


@dataclass(frozen=True)
class CriterionHead:
    """One criterion of the first level as legends and headers show it."""

    code: str
    name: str
    letter: str
    colour: str


@dataclass(frozen=True)
class Segment:
    """One piece of a contribution bar; ``x`` and ``width`` are percentages of the bar."""

    head: CriterionHead
    x: str
    width: str
    label: str
    has_letter: bool
    weight: str
    score: str
    points: str


@dataclass(frozen=True)
class RankRow:
    """One provider; ``place`` is empty for those that are not ranked.

    ``was_total`` and ``was_place`` say in a what-if what the adopted weights give; "" where it is the same.
    """

    code: str
    name: str
    bid: BidFacts
    place: str
    total: str
    remark: str
    cautious: str
    segments: tuple[Segment, ...]
    raw_width: str
    missing: tuple[str, ...]
    was_total: str = ""
    was_place: str = ""


@dataclass(frozen=True)
class ScoreCell:
    """A score of 0 to 100 in the score table; an unknown value is marked."""

    bid: BidFacts
    text: str
    is_missing: bool


@dataclass(frozen=True)
class ScoreLine:
    """One criterion or sub-criterion across all providers."""

    node: Node
    weight: str
    cells: tuple[ScoreCell, ...]
    below: tuple[ScoreLine, ...]
    colour: str


@dataclass(frozen=True)
class RankingTable:
    """Bars and scores of one ranking; ``lead_at`` and ``tie_*`` are percentages, "" without a lead."""

    heads: tuple[CriterionHead, ...]
    ranked: tuple[RankRow, ...]
    excluded: tuple[RankRow, ...]
    lead_at: str
    tie_from: str
    tie_width: str
    columns: tuple[RankRow, ...]
    lines: tuple[ScoreLine, ...]


def criterion_heads(reading: Reading) -> tuple[CriterionHead, ...]:
    """Name, letter and colour of each criterion; the shipped four keep theirs everywhere."""
    return tuple(
        CriterionHead(
            code=node.code,
            name=node.name,
            letter=LETTERS.get(node.code, node.name[:1].upper()),
            colour=criterion_colour(node.code, place),
        )
        for place, node in enumerate(reading.top)
    )


def ranking_table(reading: Reading, inputs: CaseInputs, before: Reading | None = None) -> RankingTable:
    """Arrange one ranking for the page; ``before``: the same case with the adopted weights, in a what-if."""
    heads = criterion_heads(reading)
    bids = {bid.code: bid for bid in inputs.bids}
    cautious = {row["code"]: row["score"] for row in reading.result.get("cautious") or ()}
    rows = [_ranked_row(reading, row, bids, heads, cautious) for row in reading.ranking]
    ranked = tuple(_compared(row, before) for row in rows)
    excluded = tuple(_compared(_excluded_row(reading, row, bids), before) for row in reading.excluded)
    best = float(reading.ranking[0]["score"]) if reading.ranking else 0.0
    shows_tie = len(reading.ranking) > 1 and reading.tie_margin > 0
    columns = (*ranked, *excluded)
    return RankingTable(
        heads=heads,
        ranked=ranked,
        excluded=excluded,
        lead_at=_percent(best) if reading.ranking else "",
        tie_from=_percent(max(0.0, best - reading.tie_margin)) if shows_tie else "",
        tie_width=_percent(min(best, reading.tie_margin)) if shows_tie else "",
        columns=columns,
        lines=tuple(
            _line(reading, node, columns, head.colour) for node, head in zip(reading.top, heads, strict=True)
        ),
    )


def _compared(row: RankRow, before: Reading | None) -> RankRow:
    """Add what the adopted weights give, where the reader would see another figure."""
    was = before.rows.get(row.code) if before else None
    if was is None:
        return row
    total, place = figures.score(was["score"]), str(was.get("rank", ""))
    return replace(
        row,
        was_total=total if total != row.total else "",
        was_place=place if place != row.place else "",
    )


def _percent(points: float) -> str:
    return f"{points:.2f}%"


def _ranked_row(
    reading: Reading,
    row: Mapping[str, Any],
    bids: Mapping[str, BidFacts],
    heads: Sequence[CriterionHead],
    cautious: Mapping[str, float],
) -> RankRow:
    code = row["code"]
    return RankRow(
        code=code,
        name=without_mark(bids[code].name),
        bid=bids[code],
        place=str(row["rank"]),
        total=figures.score(row["score"]),
        remark=_remark(reading, row),
        cautious=figures.score(cautious.get(code)),
        segments=tuple(_segments(reading, row, heads)),
        raw_width="",
        missing=tuple(reading.nodes[leaf].name for leaf in row["missing"]),
    )


def _remark(reading: Reading, row: Mapping[str, Any]) -> str:
    """Say where a row stands against the first: "leads", "level", "−1.1, tie", "−4.3"."""
    if row["rank"] == 1:
        return "leads" if len(reading.firsts) == 1 else "level"
    gap = reading.ranking[0]["score"] - row["score"]
    text = f"−{figures.score(gap)}"
    return f"{text}, tie" if gap < reading.tie_margin else text


def _segments(reading: Reading, row: Mapping[str, Any], heads: Sequence[CriterionHead]) -> Sequence[Segment]:
    """Place the pieces one behind the other in the fixed order of the criteria."""
    start = 0.0
    made: list[Segment] = []
    for head in heads:
        share = reading.local.get(head.code, 0.0)
        score = row["by_criterion"].get(head.code, 0.0)
        points = share * score
        made.append(
            Segment(
                head=head,
                x=_percent(start),
                width=_percent(points),
                label=figures.score(points) if points >= ROOM_FOR_LABEL else "",
                has_letter=points >= ROOM_FOR_LETTER,
                weight=measures.weight(share),
                score=figures.score(score),
                points=figures.score(points),
            )
        )
        start += points
    return made


def _excluded_row(reading: Reading, row: Mapping[str, Any], bids: Mapping[str, BidFacts]) -> RankRow:
    code = row["code"]
    return RankRow(
        code=code,
        name=without_mark(bids[code].name),
        bid=bids[code],
        place="",
        total=figures.score(row["score"]),
        remark="raw, no rank",
        cautious=figures.score(row.get("cautious_score")),
        segments=(),
        raw_width=_percent(row["score"]),
        missing=tuple(reading.nodes[leaf].name for leaf in row["missing"]),
    )


def _line(reading: Reading, node: Node, columns: Sequence[RankRow], colour: str) -> ScoreLine:
    return ScoreLine(
        node=node,
        weight=measures.weight(reading.local.get(node.code, 0.0)),
        cells=tuple(_cell(reading, node, row) for row in columns),
        below=tuple(_line(reading, reading.nodes[code], columns, colour) for code in node.children),
        colour=colour,
    )


def _cell(reading: Reading, node: Node, row: RankRow) -> ScoreCell:
    facts = reading.rows[row.code]
    return ScoreCell(
        bid=row.bid,
        text=figures.score(facts["by_criterion"].get(node.code), none=figures.DASH),
        is_missing=node.code in facts["missing"],
    )


@dataclass(frozen=True)
class Reason:
    """Why a provider is not ranked, is conditional, or cannot be given some tasks."""

    name: str
    text: str


def reasons(case: Mapping[str, Any], reading: Reading) -> tuple[Reason, ...]:
    """Say below the bars what the knock-outs found, the excluded first."""
    order = sorted(reading.rows, key=lambda code: case["knock_outs"][code]["status"] != "excluded")
    found: list[Reason] = []
    for code in order:
        tests = case["knock_outs"][code]
        failed, still_open = set(tests["failed"]), set(tests["conditional"])
        for test in tests["tests"]:
            told = f"{test['code']} {test['name'].lower()}: {test['reason']}"
            if test["code"] in failed:
                found.append(Reason(reading.short[code], f"{told}. {test['consequence']}."))
            elif test["code"] in still_open:
                scope = f" ({listed(test['tasks'])})" if test["tasks"] else ""
                found.append(
                    Reason(
                        reading.short[code], f"{told}{scope}. Ranked, but not to be awarded until cleared."
                    )
                )
        found += [
            Reason(reading.short[code], f"{exclusion_words(exclusion)}.")
            for exclusion in tests["task_exclusions"]
        ]
    return tuple(found)
