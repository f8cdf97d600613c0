"""The result of one bid as its page prints it: scores by criterion, total, rank."""

from __future__ import annotations

from dataclasses import dataclass

import figures
from charting import criterion_colour
from providers.reference import shown_value
from selections.words.names import listed
from selections.words.reading import Reading


@dataclass(frozen=True)
class ScoreLine:
    """One criterion: score of 0 to 100, weight of 100, and the points that it gives to the total."""

    code: str
    name: str
    colour: str
    score: str
    width: str
    weight: str
    points: str


@dataclass(frozen=True)
class BidResult:
    """Total and place of a bid; ``place`` is empty for a bid that a knock-out took out."""

    total: str
    place: str
    remark: str
    cautious: str
    missing: tuple[str, ...]
    lines: tuple[ScoreLine, ...]


def bid_result(reading: Reading, code: str) -> BidResult:
    """Read the result of one bid; a total that had to assume values names them."""
    row = reading.rows[code]
    cautious = {ranked["code"]: ranked["score"] for ranked in reading.result.get("cautious") or ()}
    return BidResult(
        total=figures.score(row["score"]),
        place=f"rank {row['rank']}" if row.get("rank") else "not ranked",
        remark=_remark(reading, code),
        cautious=figures.score(cautious.get(code, row.get("cautious_score"))),
        missing=tuple(reading.nodes[leaf].name for leaf in row["missing"]),
        lines=tuple(
            ScoreLine(
                code=node.code,
                name=node.name,
                colour=criterion_colour(node.code, place),
                score=figures.score(row["by_criterion"].get(node.code)),
                width=f"{row['by_criterion'].get(node.code, 0.0):.1f}%",
                weight=shown_value(round(reading.local.get(node.code, 0.0) * 100, 1)),
                points=figures.score(
                    reading.local.get(node.code, 0.0) * row["by_criterion"].get(node.code, 0.0)
                ),
            )
            for place, node in enumerate(reading.top)
        ),
    )


def _remark(reading: Reading, code: str) -> str:
    row = reading.rows[code]
    if not row.get("rank"):
        return "listed with the total it would have had"
    best = reading.ranking[0]["score"]
    near = [
        other["code"]
        for other in reading.ranking
        if other["code"] != code
        and abs(other["score"] - row["score"]) < reading.tie_margin
        and best - min(other["score"], row["score"]) < reading.tie_margin
    ]
    if near:
        return f"tie with {listed([reading.short[other] for other in near])}"
    return f"of {len(reading.ranking)} ranked"
