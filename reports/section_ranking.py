"""The ranking: who leads, from what, and which weights are new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from charting import (
    ChartSpec,
    ContributionRow,
    Criterion,
    contributions,
    criterion_colour,
)
from reports.content import Block, Bullets, Cell, Column, Figure, Mark, Paragraph, Row, Section, Table
from reports.earlier import weights_since
from reports.source import Source
from selections import words
from selections.words import measures


def ranking_section(source: Source) -> Section:
    """Sentence, bars, totals, and weights that are not those of the record before."""
    blocks: list[Block] = [Paragraph(words.lead_words(source.reading), "lead")]
    if source.providers:
        blocks.append(Figure(_bars(source)))
        blocks.append(_totals(source))
    blocks += weights_since(source)
    notes = tuple(_named(source, note) for note in source.reading.result["notes"])
    if notes:
        blocks += [Paragraph("Notes of the calculation", "heading"), Bullets(notes)]
    return Section("Ranking", tuple(blocks))


def _named(source: Source, note: str) -> str:
    """A note of the engine with names for its codes: "V3, COST-01: …" → "Cobalt Harbor, Cost index: …"."""
    place, found, words_of_note = note.partition(": ")
    code, _, leaf = place.partition(", ")
    if not found or code not in source.reading.short or leaf not in source.reading.nodes:
        return note
    return f"{source.reading.short[code]}, {source.reading.nodes[leaf].name}: {words_of_note}"


def _letter(name: str, code: str) -> str:
    return {"COST": "C", "QUAL": "Q", "SECU": "S", "COMM": "M"}.get(code, name[:1].upper())


def _points(source: Source, row: Mapping[str, Any], code: str) -> float:
    """Points that a criterion of the first level adds to the total of 100."""
    return float(source.reading.local.get(code, 0.0) * row["by_criterion"].get(code, 0.0))


def _bars(source: Source) -> ChartSpec:
    reading = source.reading
    criteria = [
        Criterion(node.name, _letter(node.name, node.code), criterion_colour(node.code, place))
        for place, node in enumerate(reading.top)
    ]
    rows = []
    for code in source.providers:
        row = reading.rows[code]
        parts = tuple(_points(source, row, node.code) for node in reading.top)
        is_ranked = "rank" in row
        standing = source.standing(code).status
        remark = "" if is_ranked and standing == "eligible" else standing if is_ranked else "not ranked"
        rows.append(
            ContributionRow(
                name=reading.short[code],
                total=row["score"],
                total_label=figures.score(row["score"]),
                parts=parts,
                part_labels=tuple(figures.score(part) for part in parts),
                is_ranked=is_ranked,
                remark=remark,
            )
        )
    margin = measures.trimmed(reading.tie_margin, 2)
    return contributions(
        rows,
        criteria,
        title="Contribution of each criterion to the total",
        summary="Points by criterion, weight × score; each bar adds up to the total.",
        lead=float(reading.ranking[0]["score"]) if reading.ranking else None,
        tie_margin=reading.tie_margin if len(reading.ranking) > 1 else 0,
        tie_label=f"within {margin} points of the lead",
    )


def _totals(source: Source) -> Table:
    reading = source.reading
    cautious = {row["code"]: row["score"] for row in reading.result.get("cautious") or ()}
    columns = (
        Column("Rank", is_number=True),
        Column("Provider", share=1),
        *(
            Column(node.name, f"weight {measures.weight(reading.local.get(node.code, 0))}", True)
            for node in reading.top
        ),
        Column("Total", "of 100", True),
        Column("Cautious", "by evidence", True),
    )
    rows = []
    for code in source.providers:
        row = reading.rows[code]
        is_ranked = "rank" in row
        mark: Mark = "excluded" if not is_ranked else "conditional" if row["status"] == "conditional" else ""
        lowered = cautious.get(code, row.get("cautious_score"))
        missing = len(row["missing"])
        below = f"not known: {missing} value{'' if missing == 1 else 's'}" if missing else ""
        cells = (
            Cell(str(row["rank"]) if is_ranked else figures.DASH),
            Cell(source.full_name(code), mark, below),
            *(
                Cell(figures.score(row["by_criterion"].get(node.code), none=figures.DASH))
                for node in reading.top
            ),
            Cell(figures.score(row["score"]), is_strong=is_ranked),
            Cell(figures.score(lowered, none=figures.DASH)),
        )
        rows.append(Row(cells, "plain" if is_ranked else "quiet"))
    note = (
        "Scores of 0 to 100 on fixed scales; a total is the sum of weight × score. Cautious: every "
        "value pulled towards the worst by the weakness of its evidence."
    )
    return Table("Scores by criterion", columns, tuple(rows), note)
