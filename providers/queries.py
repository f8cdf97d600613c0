"""Reads of the provider list: filtered, sorted, paged, always in the same number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.tenancy import OwnedModel
from providers.expiry import SOON, Expiry, expiry
from providers.models import Certificate, Provider, Site
from providers.reference import knock_out_questions, provider_codes

PAGE_SIZE = 50
BATCH = 500

Found = QuerySet[Provider]

# Column of the list -> fields that order it; the code always breaks ties.
SORTS: dict[str, tuple[str, ...]] = {
    "code": ("code",),
    "name": ("name",),
    "staff": ("delivery_headcount",),
    "values": ("values_known",),
    "answers": ("answers_given",),
    "updated": ("updated_at",),
}
EVIDENCE_FILTERS: dict[str, str] = {
    "claims": "Some values are claims only",
    "gaps": "Some values are missing",
    "complete": "All values with a document or better",
}
CERTIFICATE_FILTERS: dict[str, str] = {
    "soon": "Expires within 90 days",
    "expired": "Expired",
    "unknown": "Expiry not recorded",
    "none": "No certificate",
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to and sorted by; every field may be empty."""

    text: str = ""
    country: str = ""
    certificate: str = ""
    expiry: str = ""
    evidence: str = ""
    sort: str = "code"
    is_descending: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return any((self.text, self.country, self.certificate, self.expiry, self.evidence))


@dataclass(frozen=True)
class CertificateCell:
    """A certificate as the list shows it."""

    name: str
    expiry: Expiry


@dataclass(frozen=True)
class ProviderRow:
    """One line of the list. Counts are of the values and answers that a profile keeps."""

    pk: int
    code: str
    name: str
    summary: str
    is_sample: bool
    places: tuple[str, ...]
    certificates: tuple[CertificateCell, ...]
    delivery_headcount: int | None
    values_known: int
    claims: int
    answers_given: int
    updated_at: datetime


@dataclass(frozen=True)
class ProviderPage:
    """One page of the list with what its filters offer."""

    rows: tuple[ProviderRow, ...]
    page: Page[Any]
    total: int
    values_asked: int
    answers_asked: int
    countries: tuple[str, ...]
    certificates: tuple[str, ...]


def provider_page(*, filters: Filters, number: str | int = 1) -> ProviderPage:
    """Give one page of 50; a page number that does not exist gives the nearest one."""
    page = Paginator(_found(filters), PAGE_SIZE).get_page(number)
    return ProviderPage(
        rows=_rows(page),
        page=page,
        total=Provider.objects.count(),
        values_asked=len(provider_codes()),
        answers_asked=len(knock_out_questions()),
        countries=_offered(Site, "country"),
        certificates=_offered(Certificate, "name"),
    )


def found_keys(*, filters: Filters) -> list[int]:
    """Give the keys of every provider that the filters leave, in the order of the list."""
    return list(_found(filters).values_list("pk", flat=True))


def all_rows(keys: Sequence[int]) -> Iterator[tuple[ProviderRow, ...]]:
    """Give the lines of some providers in batches, for the file."""
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        providers = Provider.objects.in_bulk(batch)
        yield _rows([providers[pk] for pk in batch if pk in providers])


def _offered(model: type[OwnedModel], field: str) -> tuple[str, ...]:
    values = model.objects.order_by(field).values_list(field, flat=True).distinct()
    return tuple(str(value) for value in values)


def _rows(found: Iterable[Any]) -> tuple[ProviderRow, ...]:
    """Three queries for any number of rows; plain values, because a list makes hundreds of them."""
    providers = list(found)
    keys = [provider.pk for provider in providers]
    places: dict[int, list[str]] = defaultdict(list)
    for key, place, country in Site.objects.filter(provider__in=keys).values_list(
        "provider_id", "place", "country"
    ):
        places[key].append(f"{place} ({country})")
    today = timezone.localdate()
    certificates: dict[int, list[CertificateCell]] = defaultdict(list)
    for key, name, until in Certificate.objects.filter(provider__in=keys).values_list(
        "provider_id", "name", "valid_until_on"
    ):
        certificates[key].append(CertificateCell(name, expiry(until, today)))
    return tuple(
        _row(provider, tuple(places[provider.pk]), tuple(certificates[provider.pk])) for provider in providers
    )


def _row(provider: Any, places: tuple[str, ...], certificates: tuple[CertificateCell, ...]) -> ProviderRow:
    return ProviderRow(
        pk=provider.pk,
        code=provider.code,
        name=provider.name,
        summary=provider.summary,
        is_sample=provider.is_sample,
        places=places,
        certificates=certificates,
        delivery_headcount=provider.delivery_headcount,
        values_known=provider.values_known,
        claims=provider.claims,
        answers_given=provider.answers_given,
        updated_at=provider.updated_at,
    )


def _found(filters: Filters) -> Found:
    query = _with_text(Provider.objects.all(), filters.text)
    query = _with_evidence(_with_expiry(query, filters.expiry), filters.evidence)
    if filters.country:
        query = query.filter(pk__in=Site.objects.filter(country=filters.country).values("provider"))
    if filters.certificate:
        query = query.filter(pk__in=Certificate.objects.filter(name=filters.certificate).values("provider"))
    sign = "-" if filters.is_descending else ""
    return query.order_by(*(f"{sign}{field}" for field in SORTS.get(filters.sort, ("code",))), "code", "pk")


def _with_text(query: Found, text: str) -> Found:
    for word in text.split():
        places = Site.objects.filter(Q(place__icontains=word) | Q(country__icontains=word)).values("provider")
        query = query.filter(
            Q(name__icontains=word) | Q(code__iexact=word) | Q(summary__icontains=word) | Q(pk__in=places)
        )
    return query


def _with_expiry(query: Found, wanted: str) -> Found:
    today = timezone.localdate()
    conditions = {
        "soon": Q(valid_until_on__range=(today, today + SOON)),
        "expired": Q(valid_until_on__lt=today),
        "unknown": Q(valid_until_on__isnull=True),
    }
    if wanted == "none":
        return query.exclude(pk__in=Certificate.objects.values("provider"))
    if wanted not in conditions:
        return query
    return query.filter(pk__in=Certificate.objects.filter(conditions[wanted]).values("provider"))


def _with_evidence(query: Found, wanted: str) -> Found:
    asked = len(provider_codes())
    if wanted == "claims":
        return query.filter(claims__gt=0)
    if wanted == "gaps":
        return query.filter(values_known__lt=asked)
    if wanted == "complete":
        return query.filter(values_known=asked, claims=0)
    return query
