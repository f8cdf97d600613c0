"""Rows of one selection as the JSON-able case from which everything about its ranking is computed.

The number of queries does not depend on the number of bids, tasks or values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

import records
from assessments.models import Assessment, FactorAnswer, GateClosure, RoleRate, TaskAssessment
from assessments.rulebook import CLOSURE, Rulebook
from providers.models import Answer, Site
from selections.models import Bid, BidLine, Selection, Weight
from selections.queries.cells import Cell, cells_in_use
from selections.queries.waived import waivers_in_force
from selections.tree import proposed_weights

# An assessment with more legal tasks than this is not ranked as a whole.
WHOLE_UP_TO = 1_000

TaskRows = QuerySet[TaskAssessment]


@dataclass(frozen=True)
class BidFacts:
    """Who bids, for pages."""

    pk: int
    provider_pk: int
    code: str
    name: str
    places: str


@dataclass(frozen=True)
class CaseInputs:
    """The case as data, and what pages say about where its values came from.

    ``case`` is what ``records.compute_case`` takes, JSON-able. ``weights`` are those in force here,
    ``adopted`` the stored ones; both by code, relative to siblings. ``left_out``: how many legal tasks of a
    very large assessment the case does not take in, because no bid prices them (see ``WHOLE_UP_TO``).
    """

    case: dict[str, Any]
    bids: tuple[BidFacts, ...]
    cells: dict[str, dict[str, Cell]]
    weights: dict[str, float]
    adopted: dict[str, float]
    left_out: int = 0

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with anything that is ranked; weights are not part of it."""
        return records.sha256(self.canonical_case)[:12]

    @cached_property
    def canonical_case(self) -> bytes:
        """The case as canonical JSON: two cases with the same bytes give the same scores."""
        return records.canonical(self.case)

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """The criteria of the set in force, each with its ``sub_criteria``."""
        found: list[dict[str, Any]] = self.case["criteria_rules"]["criteria"]
        return found

    @property
    def is_what_if(self) -> bool:
        """Whether the weights in force differ from the adopted ones."""
        return self.weights != self.adopted


def read_inputs(selection: Selection, weights: Mapping[str, float] | None = None) -> CaseInputs:
    """Read one selection; ``weights`` (by code) replace the adopted ones where given."""
    adopted = adopted_weights(selection)
    bids = list(Bid.objects.filter(selection=selection).select_related("provider").order_by("provider__code"))
    cells = cells_in_use(selection, bids)
    tasks, left_out = _tasks_of_case(selection)
    return CaseInputs(
        case=_case(selection, bids, cells, tasks),
        bids=tuple(_facts(bids)),
        cells=cells,
        weights={**adopted, **(weights or {})},
        adopted=adopted,
        left_out=left_out,
    )


def adopted_weights(selection: Selection) -> dict[str, float]:
    """Give the stored weights by code; what has none yet counts as the criteria set proposes."""
    stored = {row.code: row.value for row in Weight.objects.filter(selection=selection)}
    proposed = proposed_weights(selection.criteria_set.content)
    return {code: stored.get(code, weight) for code, weight in proposed.items()}


def _tasks_of_case(selection: Selection) -> tuple[TaskRows, int]:
    """Give the legal tasks that the case takes in, and how many of the assessment it leaves out.

    All of them, up to a thousand. Beyond that only those that some bid prices: a ranking, its record and its
    report carry every task of the case, and with 100,000 of them nobody could calculate or read one.
    """
    rows = TaskAssessment.objects.filter(assessment=selection.assessment)
    total = rows.count()
    if total <= WHOLE_UP_TO:
        return rows, 0
    priced = BidLine.objects.filter(bid__selection=selection).order_by().values("legal_task").distinct()
    taken = rows.filter(legal_task__in=priced)
    return taken, total - priced.count()


def _case(
    selection: Selection, bids: list[Bid], cells: dict[str, dict[str, Cell]], tasks: TaskRows
) -> dict[str, Any]:
    assessment = selection.assessment
    content = selection.criteria_set.content
    return {
        "factor_rules": assessment.factor_set.content,
        "criteria_rules": content,
        "knock_out_rules": content["knock_outs"],
        "tasks": _tasks(tasks, Rulebook(assessment.factor_set.content)),
        "role_rates": _role_rates(assessment),
        "assumptions": selection.assumptions,
        "bids": _bids(selection, bids, cells),
        "missing": selection.missing,
        "tie_margin": selection.tie_margin,
    }


def _role_rates(assessment: Assessment) -> dict[str, dict[str, Any]]:
    return {
        rate.code: {"usd_per_hour": float(rate.hourly_amount), "kind": rate.kind}
        for rate in RoleRate.objects.filter(assessment=assessment)
    }


def _tasks(rows: TaskRows, rulebook: Rulebook) -> list[dict[str, Any]]:
    answers: dict[int, dict[str, int | None]] = defaultdict(dict)
    given = FactorAnswer.objects.filter(task__in=rows.order_by()).order_by("pk")
    for task_pk, factor, level in given.values_list("task_id", "factor", "level"):
        answers[task_pk][factor] = level
    closed: dict[int, list[list[str]]] = defaultdict(list)
    closures = GateClosure.objects.filter(task__in=rows.order_by()).order_by("gate", "condition")
    for task_pk, *closure in closures.values_list("task_id", *CLOSURE):
        closed[task_pk] += [list(pair) for pair in rulebook.closed([tuple(closure)])]
    waivers = waivers_in_force(rows, rulebook)
    tasks = rows.order_by("legal_task__code")
    return [
        {
            "code": code,
            "name": name,
            "practice_of_law": practice,
            "annual_volume": _number(volume),
            "unit": unit,
            "hours_per_unit": _number(hours),
            "staffing_mix": mix,
            "flags": sorted(flags),
            "answers": rulebook.known_answers(answers[pk]),
            "closed": closed[pk],
            **waivers.get(pk, {}),
        }
        for pk, code, name, practice, volume, unit, hours, mix, flags in tasks.values_list(
            "pk",
            "legal_task__code",
            "legal_task__name",
            "practice_of_law",
            "annual_volume",
            "unit",
            "hours_per_unit",
            "staffing_mix",
            "flags",
        )
    ]


def _bids(selection: Selection, bids: list[Bid], cells: dict[str, dict[str, Cell]]) -> list[dict[str, Any]]:
    offers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    lines = BidLine.objects.filter(bid__selection=selection).order_by("legal_task__code")
    for bid_pk, *stated in lines.values_list("bid", *_STATED):
        offers[bid_pk].append(_offer(*stated))
    providers = [bid.provider_id for bid in bids]
    answers: dict[int, dict[str, str]] = defaultdict(dict)
    given = Answer.objects.filter(provider__in=providers).order_by("question")
    for provider, question, value in given.values_list("provider_id", "question", "value"):
        answers[provider][question] = value
    return [
        {
            "code": bid.provider.code,
            "name": bid.provider.name,
            "productivity_factor": bid.productivity_factor,
            "offers": offers[bid.pk],
            "metrics": {code: cell.score for code, cell in cells[bid.provider.code].items()},
            "evidence": {
                code: cell.evidence
                for code, cell in cells[bid.provider.code].items()
                if cell.origin != "none"
            },
            "answers": answers[bid.provider_id],
            "acceptances": bid.acceptances,
        }
        for bid in bids
    ]


# Plain tuples: a case has hundreds of lines and values, and a preview is made at every move of a slider.
_STATED = {
    "legal_task__code": "task",
    "model": "model",
    "price_amount": "price",
    "unit": "unit",
    "expected_hours": "expected_hours",
    "fte": "fte",
    "included_volume": "included_volume",
    "overage_amount": "overage_price",
}


def _offer(*stated: Any) -> dict[str, Any]:
    """One bid line, its columns in the order of ``_STATED``; what the bid leaves open is left out."""
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in zip(_STATED.values(), stated, strict=True)
        if value is not None
    }


def _facts(bids: list[Bid]) -> Iterable[BidFacts]:
    places: dict[int, list[str]] = defaultdict(list)
    for site in Site.objects.filter(provider__in=[bid.provider_id for bid in bids]).order_by("pk"):
        places[site.provider_id].append(f"{site.place} ({site.country})")
    for bid in bids:
        yield BidFacts(
            pk=bid.pk,
            provider_pk=bid.provider_id,
            code=bid.provider.code,
            name=bid.provider.name,
            places=", ".join(places[bid.provider_id]),
        )


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
