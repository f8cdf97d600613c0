"""Writing the audit trail: called by services, inside the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from accounts.models import AuditEvent, User


def record(
    *,
    actor: User | None,
    verb: str,
    obj: models.Model,
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    is_counsel_only: bool = False,
) -> AuditEvent:
    """Write one event about ``obj``; ``actor`` None means the system itself.

    ``verb`` is a past-tense phrase that reads before the label: "kept ranking". Values in ``before`` and
    ``after`` must be JSON-able (Decimal, date and datetime are). Set ``is_counsel_only`` when the values hold
    counsel notes: others never see such events.
    """
    return AuditEvent.objects.create(
        actor=actor,
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=(label or str(obj))[:200],
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        is_counsel_only=is_counsel_only,
    )


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Keep only what differs, as the pair that ``record`` takes."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}
