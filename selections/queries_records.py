"""Rankings that were kept: what the list and the page of one record print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from selections.inputs import CaseInputs, fingerprint
from selections.models import RankingRecord, Selection
from selections.reading import Reading

LISTED = 10


@dataclass(frozen=True)
class KeptRow:
    """One record in the list. ``state``: "current", "weights" (other weights adopted since) or "old"."""

    number: int
    pk: int
    kept_at: datetime
    by: str
    reason: str
    sha256: str
    state: str

    @property
    def short_hash(self) -> str:
        """The first digits of the hash."""
        return self.sha256[:12]


@dataclass(frozen=True)
class KeptRecord:
    """One record, read from its stored bytes alone."""

    record: RankingRecord
    reading: Reading
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
        inputs=document["case"]["inputs"],
        versions=document["versions"],
    )


def kept_rows(selection: Selection, inputs: CaseInputs) -> list[KeptRow]:
    """List the newest records and say whether each still shows what the case says now."""
    records = RankingRecord.objects.filter(selection=selection).select_related("kept_by")
    return [_row(record, inputs) for record in records.order_by("-number")[:LISTED]]


def _row(record: RankingRecord, inputs: CaseInputs) -> KeptRow:
    return KeptRow(
        number=record.number,
        pk=record.pk,
        kept_at=record.kept_at,
        by=str(record.kept_by or ""),
        reason=record.reason,
        sha256=record.sha256,
        state=record_state(read_record(record), inputs),
    )


def record_state(kept: KeptRecord, inputs: CaseInputs) -> str:
    """Compare a record with the case of today: "current", "weights" or "old" (scores or rules changed)."""
    scored = {name: value for name, value in kept.inputs.items() if name != "weights"}
    if fingerprint(scored) != inputs.fingerprint:
        return "old"
    return "current" if kept.weights == inputs.adopted else "weights"
