"""The audit trail as files: CSV with one line for each changed field, JSON Lines with one event a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from django.utils import timezone

import tabular
from accounts.models import AuditEvent
from lpo.trail import words

EXPORT_LIMIT = 50_000
CUT = f"Cut after {EXPORT_LIMIT:,} events: narrow the dates and export the earlier ones too."
_OF_EVENT = ("time", "person", "e-mail", "what", "kind", "object", "object id")
_OF_CHANGE = ("field", "before", "after", "counsel only")


def csv_stream(events: Iterable[AuditEvent], zone: ZoneInfo) -> Iterator[bytes]:
    """Give the CSV line by line, times in ``zone``; the last line says so when it was cut."""
    yield tabular.csv_bytes((*_OF_EVENT, *_OF_CHANGE), ())
    for number, event in enumerate(events):
        if number == EXPORT_LIMIT:
            yield tabular.write_csv((CUT,), ()).encode()
            return
        with timezone.override(zone):
            yield "".join(_lines(event)).encode()


def _lines(event: AuditEvent) -> Iterator[str]:
    head = (
        timezone.localtime(event.at).isoformat(timespec="milliseconds"),
        event.actor.name if event.actor else words.SYSTEM,
        event.actor.email if event.actor else "",
        event.verb,
        words.kind(event.object_type),
        event.object_label,
        event.object_id,
    )
    for change in words.changes(event, for_a_file=True) or (words.Change("", "", ""),):
        line = (*head, change.field, change.before, change.after, event.is_counsel_only)
        yield tabular.write_rows([line])


def json_stream(events: Iterable[AuditEvent]) -> Iterator[bytes]:
    """Give one JSON object a line, values as they are stored, times in UTC."""
    for number, event in enumerate(events):
        if number == EXPORT_LIMIT:
            yield json.dumps({"cut": CUT}).encode() + b"\n"
            return
        row = {
            "at": event.at.astimezone(UTC).isoformat(),
            "person": event.actor.name if event.actor else None,
            "email": event.actor.email if event.actor else None,
            "verb": event.verb,
            "object_type": event.object_type,
            "object_id": event.object_id,
            "object_label": event.object_label,
            "before": event.before,
            "after": event.after,
            "is_counsel_only": event.is_counsel_only,
        }
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
