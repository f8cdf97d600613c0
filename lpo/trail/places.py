"""Where the object of an event can be seen, and what it is called today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.urls import reverse

from accounts.models import AuditEvent
from accounts.tenancy import OwnedModel
from assessments.models import Assessment, FactorSet, LegalTask, TaskAssessment
from assessments.models_duties import DutyMark, DutySet, Jurisdiction, RuleAdoption
from assessments.models_needs import Limit, MustStay, Objective
from providers.models import Provider
from reports.models import Report
from selections.models import Bid, RankingRecord, Score, Selection

Key = tuple[str, str]  # kind and id of an object

# Kind of object: its model, the page that shows it, and what that page is addressed by.
_PAGES: dict[str, tuple[type[OwnedModel], str, tuple[str, ...]]] = {
    "assessments.assessment": (Assessment, "assessments:assessment", ("pk",)),
    # The page of the version itself is for owners and counsel; this one is for everybody who reads the trail.
    "assessments.factorset": (FactorSet, "assessments:gates", ()),
    "assessments.objective": (Objective, "assessments:needs", ()),
    "assessments.limit": (Limit, "assessments:needs", ()),
    "assessments.muststay": (MustStay, "assessments:needs", ()),
    "assessments.jurisdiction": (Jurisdiction, "assessments:duties", ()),
    "assessments.dutyset": (DutySet, "assessments:duties", ()),
    "assessments.dutymark": (DutyMark, "assessments:duties", ()),
    "assessments.ruleadoption": (RuleAdoption, "assessments:duties", ()),
    "assessments.taskassessment": (TaskAssessment, "assessments:task", ("pk",)),
    # A kind of work has no page of its own; each year it is assessed has one, the newest comes last.
    "assessments.legaltask": (LegalTask, "assessments:task", ("assessments__pk",)),
    "providers.provider": (Provider, "providers:profile", ("pk",)),
    "selections.selection": (Selection, "selections:ranking", ("pk",)),
    "selections.bid": (Bid, "selections:bid", ("selection_id", "pk")),
    "selections.score": (Score, "selections:bid", ("bid__selection_id", "bid_id")),
    "selections.rankingrecord": (RankingRecord, "selections:record", ("selection_id", "number")),
    "reports.report": (Report, "reports:report", ("pk",)),
}


def places(events: Iterable[AuditEvent], slug: str) -> Mapping[Key, str]:
    """Give the address of each object that still has a page, in as many queries as there are kinds."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        # Objects that were gone before an organisation was brought here have no number.
        if event.object_id.isdecimal() and len(event.object_id) < 19:
            wanted[event.object_type].add(int(event.object_id))
    found: dict[Key, str] = {}
    for kind, keys in wanted.items():
        for key, url in _of_kind(kind, keys, slug).items():
            found[kind, str(key)] = url
    return found


def _of_kind(kind: str, keys: set[int], slug: str) -> dict[int, str]:
    if kind not in _PAGES:
        return {}
    model, route, columns = _PAGES[kind]
    rows = model.objects.filter(pk__in=keys).order_by("pk", *columns).values_list("pk", *columns)
    return {row[0]: reverse(route, args=[slug, *row[1:]]) for row in rows if None not in row}
