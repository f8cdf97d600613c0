"""The score table as rows of text: what shows on the page, with all sub-criteria open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from selections.words.reading import Node, Reading

FIXED_COLUMNS = ("Rank", "Code", "Provider", "Status", "Total", "Cautious total")


def ranking_csv_header(reading: Reading) -> list[str]:
    """Name the columns: a score for each criterion; score, value and unit for each sub-criterion."""
    header = list(FIXED_COLUMNS)
    for node in reading.nodes.values():
        header.append(f"{node.code} {node.name}, score 0-100")
        if not node.children:
            header.append(f"{node.code} value, {node.unit}" if node.unit else f"{node.code} value")
    return header


def ranking_csv_rows(reading: Reading) -> list[list[str]]:
    """Give one row for each provider, the ranked first."""
    cautious = {row["code"]: row["score"] for row in reading.result.get("cautious") or ()}
    rows: list[list[str]] = []
    for row in (*reading.ranking, *reading.excluded):
        code = row["code"]
        careful = cautious.get(code, row.get("cautious_score"))
        cells = [
            str(row.get("rank", "")),
            code,
            reading.names[code],
            row.get("status", "excluded"),
            figures.plain(row["score"], 1),
            figures.plain(careful, 1),
        ]
        for node in reading.nodes.values():
            cells += _cells(reading, row, node)
        rows.append(cells)
    return rows


def _cells(reading: Reading, row: Mapping[str, Any], node: Node) -> list[str]:
    score = figures.plain(row["by_criterion"].get(node.code), 1)
    if node.children:
        return [score]
    raw = reading.scores[row["code"]].get(node.code)
    if isinstance(raw, Mapping):
        return [score, f"{figures.plain(raw['low'])} to {figures.plain(raw['high'])}"]
    return [score, figures.plain(raw)]
