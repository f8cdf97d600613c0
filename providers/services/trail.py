"""What every change of a profile has in common: what is checked, saved and put on the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts import audit
from accounts.models import User
from providers.models import Answer, Certificate, EvidenceLevel, Metric, Provider, Site
from providers.services.counting import recount


def hold(provider: Provider) -> None:
    """Let changes of one profile happen one after the other."""
    Provider.objects.select_for_update(no_key=True).filter(pk=provider.pk).first()


def save_with_event(
    *,
    actor: User,
    provider: Provider,
    row: Site | Certificate | Metric | Answer,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    what: str,
    name: str,
) -> None:
    """Save and record on the provider, so that one read gives the whole history of a profile."""
    if before == after:
        return
    row.save()
    old, new = audit.changes(before or {}, after)
    audit.record(
        actor=actor,
        verb=f"{'changed' if before is not None else 'added'} {what}",
        obj=provider,
        label=f"{name} of {provider.name}",
        before=old if before is not None else None,
        after=new,
    )
    provider.save(update_fields=["updated_at"])
    recount(provider=provider)


def remove(
    *,
    actor: User,
    provider: Provider,
    row: Site | Certificate | Answer,
    what: str,
    facts: Mapping[str, Any],
    name: str = "",
) -> None:
    """Delete and record on the provider."""
    label = f"{name or row} of {provider.name}"
    row.delete()
    audit.record(actor=actor, verb=f"removed {what}", obj=provider, label=label, before=facts)
    provider.save(update_fields=["updated_at"])
    recount(provider=provider)


def grade(evidence: str) -> str:
    """Let only the four evidence grades through."""
    if evidence not in EvidenceLevel.values:
        raise ValidationError({"evidence": "Choose an evidence grade from E0 to E3."})
    return evidence


def words(text: str) -> str:
    """Give one line without doubled spaces."""
    return " ".join(text.split())


def require(fields: Mapping[str, str]) -> None:
    """Refuse empty fields, by name."""
    missing = {field: f"Enter the {field}." for field, text in fields.items() if not text}
    if missing:
        raise ValidationError(missing)
