"""Search: legal tasks, providers and reports by name or code; rules by what they say as well.

Rules are the few dozen gates, factors, criteria, knock-outs and duties of the organisation's own sets. They
are read whole and looked through here; tasks and providers are found by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from accounts.tenancy import current
from assessments.models import Assessment, State, TaskAssessment
from assessments.queries import current_assessment
from assessments.queries_adoption import duties_in_force
from assessments.queries_factor_sets import in_force
from lpo.rail import Counts
from lpo.standing import rules_of
from providers.models import Provider
from reports.queries import with_records
from selections.models import CriteriaSet, Selection

FOUND_AT_MOST = 20
SHORTEST = 2
_DETAIL = 160


@dataclass(frozen=True)
class Hit:
    """One thing that a search found."""

    kind: str
    name: str
    detail: str
    url: str


@dataclass(frozen=True)
class _Rule:
    """A rule with everything it says; ``url`` leads to where it stands."""

    kind: str
    code: str
    name: str
    texts: tuple[str, ...]
    url: str

    def rank(self, text: str) -> int | None:
        """Say how well it fits: by code, by name, by what it says; None when it does not."""
        if text == self.code.casefold():
            return 0
        if text in f"{self.code} {self.name}".casefold():
            return 1
        return 2 if self._saying(text) else None

    def hit(self, text: str) -> Hit:
        """Give it with the sentence that fits, or the first."""
        detail = self._saying(text) or next(iter(self.texts), "")
        return Hit(self.kind, f"{self.code} {self.name}", Truncator(detail).chars(_DETAIL), self.url)

    def _saying(self, text: str) -> str:
        return next((one for one in self.texts if text in one.casefold()), "")


def search(query: str, *, may: Callable[[str], bool], case: Selection | None, counts: Counts) -> list[Hit]:
    """Find what has the query in its name or code, in the open organisation, as far as a role may see it."""
    if len(query) < SHORTEST:
        return []
    text = query.casefold()
    rules = _rules_with(text, _rules(may, case, counts))
    by_code = [rule.hit(text) for rank, rule in rules if rank == 0]
    others = [rule.hit(text) for rank, rule in rules if rank > 0]
    return [*by_code, *_rows_with(query, text), *others]


def _rows_with(query: str, text: str) -> Iterator[Hit]:
    slug = current().slug
    for task in _tasks_with(text):
        state = f"{task.assessment}, {task.assessment.get_status_display().lower()}"
        yield Hit("Legal task", str(task.legal_task), state, _url("assessments:task", slug, task.pk))
    for provider in Provider.objects.filter(Q(name__icontains=query) | Q(code__iexact=query))[:FOUND_AT_MOST]:
        yield Hit("Provider", provider.name, provider.summary, _url("providers:profile", slug, provider.pk))
    if any(text in name for name in ("board reports", "suitability reports")):
        for report in with_records()[:FOUND_AT_MOST]:
            url = _url("reports:report", slug, report.pk)
            yield Hit("Report", str(report), report.get_status_display(), url)


def _tasks_with(text: str) -> list[TaskAssessment]:
    """Find the newest first: their keys from the index of the list, then the few rows that show."""
    gone = Assessment.objects.filter(status=State.DELETED).values("pk")
    found = TaskAssessment.objects.filter(search_text__contains=text).exclude(assessment__in=gone)
    found = found.order_by("-assessment_id", "list_code")
    keys = list(found.values_list("pk", flat=True)[:FOUND_AT_MOST])
    tasks = TaskAssessment.objects.select_related("legal_task", "assessment").in_bulk(keys)
    return [tasks[pk] for pk in keys if pk in tasks]


def _rules_with(text: str, rules: Iterable[_Rule]) -> list[tuple[int, _Rule]]:
    """Give the rules that fit, best first, otherwise in their published order."""
    ranked = [(rule.rank(text), rule) for rule in rules]
    fitting = [(rank, rule) for rank, rule in ranked if rank is not None]
    return sorted(fitting, key=lambda pair: pair[0])[:FOUND_AT_MOST]


def _rules(may: Callable[[str], bool], case: Selection | None, counts: Counts) -> Iterator[_Rule]:
    """Give the rules of the organisation's own sets: three queries, four for those who may see factors."""
    slug = current().slug
    assessment = current_assessment()
    if assessment is not None:
        yield from _gates(assessment.factor_set.content, reverse("assessments:gates", args=[slug]))
        yield from _duties(duties_in_force()[1], reverse("assessments:duties", args=[slug]))
    newest = in_force() if may("see_factors") else None
    if newest is not None:
        yield from _factors(newest.content, reverse("assessments:factors", args=[slug]))
    if case is not None:
        yield from _of_the_case(slug, case, counts)


def _gates(content: Mapping[str, Any], page: str) -> Iterator[_Rule]:
    for row in content["gates"]:
        texts = (row.get("rule", ""), *row.get("conditions", ()))
        yield _Rule("Gate", row["code"], row.get("name", ""), texts, f"{page}#{row['code']}")


def _factors(content: Mapping[str, Any], page: str) -> Iterator[_Rule]:
    for row in content["factors"]:
        texts = (row.get("question", ""), *row.get("anchors", {}).values())
        yield _Rule("Factor", row["code"], row.get("name", ""), texts, f"{page}#factors")


def _duties(content: Mapping[str, Any], page: str) -> Iterator[_Rule]:
    for row in content["duties"]:
        texts = (row.get("requirement", ""), row.get("model_rules", ""), *row["checklist"])
        yield _Rule("Duty", row["code"], row["name"], texts, f"{page}#{row['code']}")


def _of_the_case(slug: str, case: Selection, counts: Counts) -> Iterator[_Rule]:
    """Knock-outs and criteria stand on the page of a bid, criteria of the first level in the comparison."""
    bid_page = _bid_page(slug, case, counts.tested.first)
    open_at = {code: met.bid for met in reversed(counts.tested.open) for code in met.codes}
    for row in rules_of(case):
        code = row["code"]
        page = _bid_page(slug, case, open_at.get(code, counts.tested.first))
        texts = (row.get("fails_when", ""), row.get("consequence", ""))
        yield _Rule("Knock-out", code, row.get("name", ""), texts, f"{page}#{code}")
    comparison = reverse("selections:comparison", args=[slug, case.pk])
    for group in _criteria(case):
        below = group.get("sub_criteria", ())
        yield _Rule("Criterion", group["code"], group["name"], (), f"{comparison}#fold-{group['code']}")
        for row in below:
            texts = (row.get("metric", ""), f"Part of {group['name']}")
            yield _Rule("Criterion", row["code"], row["name"], texts, f"{bid_page}#{row['code']}")


def _bid_page(slug: str, case: Selection, bid: int | None) -> str:
    if bid is None:
        return reverse("selections:bids", args=[slug, case.pk])
    return reverse("selections:bid", args=[slug, case.pk, bid])


def _criteria(case: Selection) -> list[dict[str, Any]]:
    rows = CriteriaSet.objects.filter(pk=case.criteria_set_id)
    found: list[dict[str, Any]] = rows.values_list("content__criteria", flat=True)[0]
    return found


def _url(name: str, slug: str, pk: int) -> str:
    return reverse(name, args=[slug, pk])
