"""Counts and sums over all tasks of an assessment, made by the database from its indexes alone.

They are kept until a task changes (``assessments.kept``), so pages of 100,000 tasks do not count them anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from assessments.kept import kept
from assessments.models import BASKET_OUTCOMES, Assessment, TaskAssessment
from assessments.rulebook import DECIDING_EFFECTS, WAIVED, Gate, Rulebook, gates_in_force

NAMED_STOPS = 3


@dataclass(frozen=True)
class Group:
    """The tasks of one outcome. ``cost`` is a year's in-house cost where known, None when none is known.

    ``waiting``: tasks with an open condition; ``conditions``: how many those are. ``drawable``: tasks with
    score, outcome and cost, and ``drawable_cost`` what they cost.
    """

    count: int = 0
    cost: Decimal | None = None
    costed: int = 0
    waiting: int = 0
    conditions: int = 0
    edge: int = 0
    assumed: int = 0
    drawable: int = 0
    drawable_cost: Decimal = Decimal(0)

    def joined(self, other: Group) -> Group:
        """Give this group and another one as one."""
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Group(
            cost=sum(costs, Decimal(0)) if costs else None,
            **{part: getattr(self, part) + getattr(other, part) for part in _ADDED},
        )


_ADDED = [field.name for field in fields(Group) if field.name != "cost"]
NOTHING = Group()


@dataclass(frozen=True)
class Totals:
    """What is said about all tasks at once: by outcome, and which gates fire anywhere.

    ``stops``: how often a stop gate fires; ``stopped``: how many tasks that hits; ``stopped_codes``: the
    first of them. ``fired`` and ``waived``: on how many tasks each gate fires, and is waived.
    ``placeless_codes``: the first tasks that go out and have no place in the quadrant.
    """

    groups: Mapping[str, Group]
    gates: tuple[Gate, ...]
    stops: int
    stopped: int
    stopped_codes: tuple[str, ...]
    fired: Mapping[str, int]
    waived: Mapping[str, int]
    placeless_codes: tuple[str, ...] = ()

    def of(self, outcome: str) -> Group:
        """Give the tasks of one outcome."""
        return self.groups.get(outcome, NOTHING)

    def sum(self, part: str, outcomes: Iterable[str] | None = None) -> int:
        """Add a count up over some outcomes, or all."""
        groups = self.groups.values() if outcomes is None else [self.of(outcome) for outcome in outcomes]
        return sum(getattr(group, part) for group in groups)

    def cost(self, outcomes: Iterable[str]) -> float | None:
        """Add up what is known; None when nothing is, which is not 0."""
        known = [group.cost for group in map(self.of, outcomes) if group.cost is not None]
        return float(sum(known)) if known else None

    @property
    def total(self) -> int:
        """All tasks."""
        return self.sum("count")

    @property
    def scored(self) -> tuple[str, ...]:
        """The outcomes that occur."""
        return tuple(outcome for outcome in self.groups if outcome)

    @property
    def drawable_basket(self) -> tuple[int, float]:
        """Number and cost of the tasks that go out and have a place in the quadrant."""
        groups = [self.of(outcome) for outcome in BASKET_OUTCOMES]
        return sum(group.drawable for group in groups), float(sum(group.drawable_cost for group in groups))


def near_edge(rulebook: Rulebook) -> Q:
    """Tasks whose score one answer could move across the edge of a band."""
    step = rulebook.largest_step
    near = Q(score__lt=-1)  # none, where a factor set has one band
    for band in rulebook.bands:
        if band.start > 0:
            near |= Q(score__gt=band.start - step, score__lt=band.start + step)
    return near


def outcome_counts(assessment_id: int, *, stamp: str | None = None) -> Mapping[str, int]:
    """Count the tasks of each outcome: at most two queries. ``stamp``: as for ``kept``."""

    def count() -> dict[str, int]:
        rows = TaskAssessment.objects.filter(assessment=assessment_id).order_by()
        return dict(rows.values_list("outcome").annotate(number=Count("pk")))

    return kept(assessment_id, "outcomes", count, stamp=stamp)


def totals(*, assessment: Assessment, rulebook: Rulebook) -> Totals:
    """Read the totals of an assessment: at most four queries, however many tasks there are.

    One walk through one index counts by outcome and set of gates; a few hundred such rows are added up here.
    """
    return kept(assessment.pk, f"totals:{assessment.factor_set_id}", lambda: _counted(assessment, rulebook))


def _counted(assessment: Assessment, rulebook: Rulebook) -> Totals:
    rows = TaskAssessment.objects.filter(assessment=assessment).order_by()
    drawable = Q(score__isnull=False, baseline_amount__isnull=False) & ~Q(outcome="")
    grouped = rows.values_list("outcome", "gate_codes").annotate(
        count=Count("pk"),
        cost=Sum("baseline_amount"),
        costed=Count("baseline_amount"),
        waiting=Count("pk", filter=Q(open_conditions__gt=0)),
        conditions=Sum("open_conditions"),
        edge=Count("pk", filter=near_edge(rulebook)),
        assumed=Count("pk", filter=Q(is_profile_assumed=True)),
        drawable=Count("pk", filter=drawable),
        drawable_cost=Sum("baseline_amount", filter=drawable, default=Decimal(0)),
    )
    groups: dict[str, Group] = {}
    together: Counter[str] = Counter()
    for outcome, codes, *numbers in grouped:
        group = Group(*numbers)
        groups[outcome] = groups.get(outcome, NOTHING).joined(group)
        together[codes] += group.count
    fired, waived = _by_gate(together)
    gates = [gate for code, gate in rulebook.gates.items() if fired[code]]
    stops = {gate.code for gate in gates if gate.is_stop}
    hits = {codes: len(stops.intersection(gates_in_force(codes))) for codes in together}
    first = rows.filter(_any_of(gates), outcome__in=DECIDING_EFFECTS).order_by("list_code")
    return Totals(
        groups=groups,
        gates=tuple(gates),
        stops=sum(together[codes] * number for codes, number in hits.items()),
        stopped=sum(together[codes] for codes, number in hits.items() if number),
        stopped_codes=tuple(first.values_list("list_code", flat=True)[:NAMED_STOPS]),
        fired=dict(fired),
        waived=dict(waived),
        placeless_codes=_placeless(rows, groups),
    )


def _placeless(rows: QuerySet[TaskAssessment], groups: Mapping[str, Group]) -> tuple[str, ...]:
    """Name the first tasks that go out without a score or a cost; asks only where there is one."""
    going = [groups.get(outcome, NOTHING) for outcome in BASKET_OUTCOMES]
    if all(group.count == group.drawable for group in going):
        return ()
    found = rows.filter(Q(score__isnull=True) | Q(baseline_amount__isnull=True), outcome__in=BASKET_OUTCOMES)
    return tuple(found.order_by("list_code").values_list("list_code", flat=True)[:NAMED_STOPS])


def _by_gate(together: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    """On how many tasks each gate fires, and is waived; ``together`` counts what fires on the same task."""
    fired: Counter[str] = Counter()
    waived: Counter[str] = Counter()
    for codes, number in together.items():
        for code in codes.split():
            counted = waived if code.startswith(WAIVED) else fired
            counted[code.removeprefix(WAIVED)] += number
    return fired, waived


def _any_of(gates: Iterable[Gate]) -> Q:
    """Tasks that a stop gate holds, and no waiver lifts."""
    found = Q(outcome="none")  # there is no such outcome: without gates nothing is found
    for gate in gates:
        if gate.is_stop:
            holds = Q(gate_codes__contains=f" {gate.code} ")
            lifted = Q(gate_codes__contains=f" {WAIVED}{gate.code} ")
            found |= holds & ~lifted if gate.may_be_waived else holds
    return found
