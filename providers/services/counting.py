"""How much of a profile is known, counted where it changes and stored with the provider.

The list sorts and filters by these counts; with 10,000 providers it cannot count them anew for every page.
"""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from providers.models import Answer, EvidenceLevel, Metric, Provider
from providers.reference import knock_out_questions, provider_codes


def recount(*, provider: Provider | None = None) -> int:
    """Count the known values, the mere claims and the answers of one provider, or of all; gives how many."""
    known = Metric.objects.filter(value__isnull=False, sub_criterion__in=provider_codes())
    answers = Answer.objects.filter(question__in=list(knock_out_questions()))
    rows = Provider.objects.all() if provider is None else Provider.objects.filter(pk=provider.pk)
    return rows.update(
        values_known=_count(known),
        claims=_count(known.filter(evidence=EvidenceLevel.E0)),
        answers_given=_count(answers),
    )


def _count(rows: QuerySet[Metric] | QuerySet[Answer]) -> Coalesce:
    counted = rows.filter(provider=OuterRef("pk")).order_by().values("provider").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
