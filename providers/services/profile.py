"""The facts of a provider, its places of delivery and its certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from providers.models import Certificate, EvidenceLevel, Provider, Site
from providers.services.trail import grade, hold, remove, require, save_with_event, words

FIRST_YEAR = 1800
MAX_HEADCOUNT = 1_000_000
MAX_LANGUAGES = 40


@transaction.atomic
def add_provider(
    *,
    actor: User,
    name: str,
    code: str = "",
    summary: str = "",
    founded: int | None = None,
    delivery_headcount: int | None = None,
    languages: Sequence[str] = (),
    is_sample: bool = False,
) -> Provider:
    """Add a provider; without a code it gets the next free V number.

    Raises ``ValidationError`` by field for a missing or taken name or code and for impossible facts.
    """
    hold_names()
    provider = Provider(code=code.strip() or _next_code(), is_sample=is_sample)
    facts = _facts(
        provider,
        name=name,
        summary=summary,
        founded=founded,
        delivery_headcount=delivery_headcount,
        languages=languages,
    )
    _check_unique(provider)
    provider.save()
    audit.record(actor=actor, verb="added provider", obj=provider, after={"code": provider.code, **facts})
    return provider


@transaction.atomic
def edit_provider(
    *,
    actor: User,
    provider: Provider,
    name: str,
    summary: str = "",
    founded: int | None = None,
    delivery_headcount: int | None = None,
    languages: Sequence[str] = (),
) -> Provider:
    """Change the facts of a provider; nothing is written when nothing differs."""
    hold_names()
    before = _facts_of(provider)
    after = _facts(
        provider,
        name=name,
        summary=summary,
        founded=founded,
        delivery_headcount=delivery_headcount,
        languages=languages,
    )
    _check_unique(provider)
    old, new = audit.changes(before, after)
    if new:
        provider.save(update_fields=[*new, "updated_at"])
        audit.record(actor=actor, verb="changed provider", obj=provider, before=old, after=new)
    return provider


@transaction.atomic
def set_site(
    *,
    actor: User,
    provider: Provider,
    place: str,
    country: str,
    time_zone: str = "",
    site: Site | None = None,
) -> Site:
    """Add a place of delivery, or change ``site``."""
    hold(provider)
    row = site or Site(provider=provider)
    before = _site_facts(row) if site else None
    row.place, row.country, row.time_zone = words(place), words(country), _time_zone(time_zone)
    require({"place": row.place, "country": row.country})
    twins = provider.sites.filter(place__iexact=row.place, country__iexact=row.country)
    if twins.exclude(pk=row.pk).exists():
        raise ValidationError({"place": f"{row} is already listed for this provider."})
    save_with_event(
        actor=actor,
        provider=provider,
        row=row,
        before=before,
        after=_site_facts(row),
        what="site",
        name=str(row),
    )
    return row


@transaction.atomic
def remove_site(*, actor: User, site: Site) -> None:
    """Remove a place of delivery."""
    remove(actor=actor, provider=site.provider, row=site, what="site", facts=_site_facts(site))


@transaction.atomic
def set_certificate(
    *,
    actor: User,
    provider: Provider,
    name: str,
    scope: str = "",
    valid_until_on: date | None = None,
    evidence: str = EvidenceLevel.E0,
    certificate: Certificate | None = None,
) -> Certificate:
    """Add an assurance certificate or report, or change ``certificate``."""
    hold(provider)
    row = certificate or Certificate(provider=provider)
    before = _certificate_facts(row) if certificate else None
    row.name, row.scope = words(name), words(scope)
    row.valid_until_on, row.evidence = valid_until_on, grade(evidence)
    require({"name": row.name})
    if provider.certificates.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise ValidationError({"name": f"{row.name} is already listed for this provider."})
    save_with_event(
        actor=actor,
        provider=provider,
        row=row,
        before=before,
        after=_certificate_facts(row),
        what="certificate",
        name=row.name,
    )
    return row


@transaction.atomic
def remove_certificate(*, actor: User, certificate: Certificate) -> None:
    """Remove a certificate."""
    remove(
        actor=actor,
        provider=certificate.provider,
        row=certificate,
        what="certificate",
        facts=_certificate_facts(certificate),
    )


def _facts(
    provider: Provider,
    *,
    name: str,
    summary: str,
    founded: int | None,
    delivery_headcount: int | None,
    languages: Sequence[str],
) -> dict[str, Any]:
    """Check and set the plain facts; gives them as the audit trail keeps them."""
    provider.name, provider.summary = words(name), summary.strip()
    provider.founded, provider.delivery_headcount = founded, delivery_headcount
    provider.languages = list(dict.fromkeys(words(language) for language in languages if language.strip()))
    require({"name": provider.name, "code": provider.code})
    this_year = timezone.localdate().year
    if founded is not None and not FIRST_YEAR <= founded <= this_year:
        raise ValidationError({"founded": f"Enter a year from {FIRST_YEAR} to {this_year}."})
    if delivery_headcount is not None and not 0 <= delivery_headcount <= MAX_HEADCOUNT:
        raise ValidationError({"delivery_headcount": f"Enter a number from 0 to {MAX_HEADCOUNT:,}."})
    if len(provider.languages) > MAX_LANGUAGES:
        raise ValidationError({"languages": f"List {MAX_LANGUAGES} languages at most."})
    return _facts_of(provider)


def _facts_of(provider: Provider) -> dict[str, Any]:
    return {
        "name": provider.name,
        "summary": provider.summary,
        "founded": provider.founded,
        "delivery_headcount": provider.delivery_headcount,
        "languages": list(provider.languages),
    }


def _time_zone(name: str) -> str:
    name = name.strip()
    try:
        return ZoneInfo(name).key if name else ""
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValidationError(
            {"time_zone": f"“{name}” is not a time zone; write it like America/New_York."}
        ) from unknown


def _site_facts(site: Site) -> dict[str, Any]:
    return {"place": site.place, "country": site.country, "time_zone": site.time_zone}


def _certificate_facts(row: Certificate) -> dict[str, Any]:
    return {
        "name": row.name,
        "scope": row.scope,
        "valid_until_on": row.valid_until_on,
        "evidence": str(row.evidence),
    }


def _check_unique(provider: Provider) -> None:
    others = Provider.objects.exclude(pk=provider.pk)
    faults = {}
    # Compared as the database's own constraint compares, which knows more letters than "iexact" does.
    if others.filter(Exact(Lower("name"), Lower(Value(provider.name)))).exists():
        faults["name"] = f"There is already a provider called “{provider.name}”."
    if others.filter(code__iexact=provider.code).exists():
        faults["code"] = f"The code {provider.code} is taken; leave it empty for the next free one."
    if faults:
        raise ValidationError(faults)


def _next_code() -> str:
    codes = Provider.objects.filter(code__regex=r"^V[0-9]{1,9}$").values_list("code", flat=True)
    return f"V{max((int(code[1:]) for code in codes), default=0) + 1}"
