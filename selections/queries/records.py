"""Rankings that were kept: what the list and the page of one record print."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import figures
import records
from selections.models import PastBasis, RankingRecord, Selection
from selections.queries.inputs import CaseInputs
from selections.queries.since import UNREAD, Since, since
from selections.words import measures
from selections.words.basket import unpriced, unpriced_words
from selections.words.names import without_mark
from selections.words.reading import Node, Reading
from selections.words.standing import Standing, standing

LISTED = 10

# Which assessment a record rests on: a member of its inputs for the reader that moves no figure. The name
# sorts behind "weights" (see ``record_state``).
BASIS = "which_assessment"


@dataclass(frozen=True)
class KeptRow:
    """One record in the list. ``state``: "current", "weights" (other weights adopted since) or "old".

    ``since`` says of an old one what has changed.
    """

    number: int
    pk: int
    kept_at: datetime
    by: str
    reason: str
    sha256: str
    state: str
    since: Since

    @property
    def short_hash(self) -> str:
        """The first digits of the hash."""
        return self.sha256[:12]


@dataclass(frozen=True)
class KeptRecord:
    """One record, read from its stored bytes alone; ``case`` holds the results of the stored case."""

    record: RankingRecord
    reading: Reading
    case: Mapping[str, Any]
    inputs: Mapping[str, Any]
    versions: Mapping[str, str]

    @property
    def weights(self) -> Mapping[str, float]:
        """The weights of the record by code."""
        found: Mapping[str, float] = self.inputs.get("weights", {})
        return found


def read_record(record: RankingRecord) -> KeptRecord:
    """Open the stored bytes."""
    document = json.loads(bytes(record.content))
    return KeptRecord(
        record=record,
        reading=Reading(document["decision"], document["result"]),
        case=document["case"]["results"],
        inputs=document["case"]["inputs"],
        versions=document["versions"],
    )


def kept_rows(
    selection: Selection, inputs: CaseInputs, results: Mapping[str, Any] | None = None
) -> list[KeptRow]:
    """List the newest records and say whether each still shows what the case says now.

    ``results``: those of the case of today, by which the baskets are compared.
    """
    kept = RankingRecord.objects.filter(selection=selection).select_related("kept_by")
    return [_row(record, inputs, results) for record in kept.order_by("-number")[:LISTED]]


def _row(record: RankingRecord, inputs: CaseInputs, results: Mapping[str, Any] | None) -> KeptRow:
    state = record_state(record, inputs)
    return KeptRow(
        number=record.number,
        pk=record.pk,
        kept_at=record.kept_at,
        by=str(record.kept_by or ""),
        reason=record.reason,
        sha256=record.sha256,
        state=state,
        since=since(bytes(record.content), inputs, results) if state == "old" else UNREAD,
    )


def record_state(record: RankingRecord, inputs: CaseInputs) -> str:
    """Compare a record with the case of today: "current", "weights" or "old" (scores or rules changed).

    Canonical JSON sorts its keys; "weights" and then ``BASIS`` come last, so a record that was made from the
    same case holds the bytes of that case, then the weights. Nothing needs to be parsed.
    """
    content = bytes(record.content)
    case = inputs.canonical_case[:-1] + b',"weights":'
    place = content.find(case)
    if place < 0:
        return "old"
    same = content.startswith(records.canonical(inputs.adopted), place + len(case))
    return "current" if same else "weights"


@dataclass(frozen=True)
class BasketNews:
    """What a reader of the ranking must know of the basket: each a sentence, or ""."""

    moved: str
    unpriced: str


def basket_news(
    rows: Sequence[KeptRow], results: Mapping[str, Any] | None, inputs: CaseInputs
) -> BasketNews | None:
    """Say which tasks joined or left the basket since the newest record, and which no bid prices."""
    newest = rows[0] if rows else None
    moved = f"Since record {newest.number}: {newest.since.basket}." if newest and newest.since.basket else ""
    codes = unpriced(results, inputs.case["bids"]) if results else ()
    news = BasketNews(moved, unpriced_words(codes, inputs.case["tasks"]))
    return news if news.moved or news.unpriced else None


@dataclass(frozen=True)
class RecordRow:
    """One provider in a kept ranking."""

    place: str
    name: str
    total: str
    cautious: str
    standing: Standing


def record_rows(kept: KeptRecord) -> tuple[RecordRow, ...]:
    """List ranked and excluded providers of a record, in its own words."""
    reading = kept.reading
    cautious = {row["code"]: row["score"] for row in reading.result.get("cautious") or ()}
    ranked = [(str(row["rank"]), row, cautious.get(row["code"])) for row in reading.ranking]
    excluded = [("", row, row.get("cautious_score")) for row in reading.excluded]
    return tuple(
        RecordRow(
            place=place,
            name=without_mark(reading.names[row["code"]]),
            total=figures.score(row["score"]),
            cautious=figures.score(careful, none=figures.DASH),
            standing=standing(kept.case, row["code"]),
        )
        for place, row, careful in (*ranked, *excluded)
    )


@dataclass(frozen=True)
class WeightGroup:
    """A criterion with its weight among its siblings and those of its sub-criteria, of 100."""

    name: str
    weight: str
    below: tuple[WeightGroup, ...]


def weight_groups(reading: Reading) -> tuple[WeightGroup, ...]:
    """List the weights of a record."""
    return tuple(_weight_group(reading, node) for node in reading.top)


def _weight_group(reading: Reading, node: Node) -> WeightGroup:
    return WeightGroup(
        name=node.name,
        weight=measures.weight(reading.local.get(node.code, 0.0)),
        below=tuple(_weight_group(reading, reading.nodes[code]) for code in node.children),
    )


def period_of(record: RankingRecord, parsed: Mapping[str, Any]) -> str:
    """Name the assessment that a record rests on; one from before this was written into it is looked up."""
    found = parsed.get("case", {}).get("inputs", {}).get(BASIS)
    if found is not None:
        version = found["version"]
        return str(found["period"]) if version == 1 else f"{found['period']}, version {version}"
    past = PastBasis.objects.filter(selection=record.selection, last_record__gte=record.number)
    basis = past.select_related("assessment").first()
    return str(basis.assessment if basis else record.selection.assessment)
