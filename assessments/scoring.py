"""Gates, score, outcome and baseline of legal tasks, stored beside what they come from (room: services)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db import transaction

from assessments.ending import end_idle
from assessments.kept import hold
from assessments.models import (
    OUTCOME_ORDER,
    Assessment,
    FactorAnswer,
    GateClosure,
    RoleRate,
    TaskAssessment,
    Waiver,
)
from assessments.rulebook import CLOSURE, WAIVED, Rulebook, gates_in_force
from assessments.saving import save_columns
from engine import FactorLine, FiredGate, Suitability, SuitabilityRules, in_house_cost, suitability

SCORED_FIELDS = (
    "score",
    "score_low",
    "score_high",
    "band",
    "outcome",
    "restriction",
    "gates",
    "open_conditions",
    "result",
    "annual_hours",
    "baseline_amount",
    "cash_amount",
    "gate_codes",
    "outcome_place",
)
Closed = Set[tuple[str, str]]


@dataclass(frozen=True)
class Scorer:
    """The rules and rates of one assessment, read once for any number of tasks."""

    rules: SuitabilityRules
    rulebook: Rulebook
    rates: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, assessment: Assessment) -> Scorer:
        """Read the factor set and the role rates of an assessment."""
        return cls.under(assessment.factor_set.content, assessment)

    @classmethod
    def under(cls, content: Mapping[str, Any], assessment: Assessment) -> Scorer:
        """Take another factor set than the one the assessment uses, with its role rates."""
        rates = {
            rate.code: {"usd_per_hour": float(rate.hourly_amount), "kind": rate.kind}
            for rate in RoleRate.objects.filter(assessment=assessment)
        }
        return cls(SuitabilityRules.from_dict(content), Rulebook(content), rates)

    def fill(
        self,
        task: TaskAssessment,
        *,
        answers: Mapping[str, int | None],
        closed: Closed,
        waived: Collection[str] = (),
    ) -> None:
        """Compute every stored field of a task; the row is not saved. Raises ``engine.InvalidInput``.

        ``waived``: the gates with a granted waiver. One that cannot be waived (any more) has its full effect.
        """
        told = self.rulebook.known_answers(answers)
        given = {"answers": told, "flags": task.flags, "practice_of_law": task.practice_of_law}
        may_be = sorted(code for code in waived if self.rulebook.may_be_waived(code))
        result = suitability({**given, "waived": may_be}, self.rules)
        task.gates = [gate.code for gate in result.gates]
        codes = [code for gate in result.gates for code in _codes(gate)]
        task.gate_codes = f" {' '.join(codes)} " if codes else ""
        conditions = self.rulebook.conditions_of(gate.code for gate in result.gates if not gate.waived)
        task.score = result.score
        task.score_low, task.score_high = result.score_range or (None, None)
        task.band = result.band or ""
        task.outcome = result.outcome or ""
        task.outcome_place = OUTCOME_ORDER.index(task.outcome)
        task.restriction = result.restriction or ""
        task.open_conditions = sum(1 for condition in conditions if condition not in closed)
        task.result = _stored(result, conditions=len(conditions))
        self.fill_baseline(task)

    def fill_baseline(self, task: TaskAssessment) -> None:
        """In-house cost of a year in whole currency units; unknown without volume, hours, mix or a rate."""
        task.annual_hours = task.baseline_amount = task.cash_amount = None
        if task.annual_volume is None or task.hours_per_unit is None:
            return
        row = {
            "code": "task",
            "annual_volume": float(task.annual_volume),
            "hours_per_unit": float(task.hours_per_unit),
            "staffing_mix": task.staffing_mix if set(task.staffing_mix) <= set(self.rates) else {},
        }
        found = in_house_cost(row, self.rates)
        task.annual_hours = found.hours
        if found.cost is not None and found.cash_part is not None:
            cost, cash = Decimal(found.cost), Decimal(found.cash_part)
            task.baseline_amount, task.cash_amount = _with_rest(task.rounding, cost, cash)


def _with_rest(rounding: Mapping[str, Any], cost: Decimal, cash: Decimal) -> tuple[Decimal, Decimal]:
    """Add what rounding took from the part that stays of a split task, while its cost is the one of then.

    Each cost is a whole number, so those of two parts may miss that of the whole by one.
    """
    if rounding.get("of") != [f"{cost:f}", f"{cash:f}"]:
        return cost, cash
    more_cost, more_cash = rounding["plus"]
    return cost + more_cost, cash + more_cash


def _codes(gate: FiredGate) -> tuple[str, ...]:
    return (gate.code, f"{WAIVED}{gate.code}") if gate.waived else (gate.code,)


def _stored(result: Suitability, *, conditions: int) -> dict[str, Any]:
    """The parts of the result that pages explain and that have no column of their own."""
    return {
        "gates": [
            {key: value for key, value in _flat(gate).items() if key != "waived" or value}
            for gate in result.gates
        ],
        "factors": [_flat(line) for line in result.factors],
        "unknown": list(result.unknown),
        "band_range": list(result.band_range) if result.band_range else None,
        "conditions": conditions,
    }


def _flat(one: FiredGate | FactorLine) -> dict[str, Any]:
    """Both hold plain values only, so that nothing has to be copied in depth."""
    return {field.name: getattr(one, field.name) for field in fields(one)}


def rescore(task: TaskAssessment) -> None:
    """Compute and save one task from the answers, closures and waivers in the database."""
    scorer = Scorer.of(task.assessment)
    answers = dict(task.answers.values_list("factor", "level"))
    closed = scorer.rulebook.closed(task.closures.values_list(*CLOSURE))
    waivers = list(task.waivers.filter(state__in=Waiver.OPEN))
    scorer.fill(task, answers=answers, closed=closed, waived=_granted(waivers))
    task.save(update_fields=[*SCORED_FIELDS, "updated_at"])
    end_idle(task, waivers, scorer.rulebook)


def _granted(waivers: Iterable[Waiver]) -> set[str]:
    return {waiver.gate for waiver in waivers if waiver.state == Waiver.State.GRANTED}


@transaction.atomic
def recount_conditions(*, assessment: Assessment) -> int:
    """Count the open conditions of every task anew, from its gates and closures; gives how many were wrong.

    For rows that came from elsewhere, or from before a condition asked for more: a count is never believed.
    """
    hold(assessment.pk)
    rulebook = Rulebook(assessment.factor_set.content)
    closures = _closures({"task__assessment": assessment})
    wrong = 0
    rows = TaskAssessment.objects.filter(assessment=assessment).order_by("pk")
    for pk, codes, counted in rows.values_list("pk", "gate_codes", "open_conditions"):
        in_force = [code for code in gates_in_force(codes) if code in rulebook.gates]
        still_open = set(rulebook.conditions_of(in_force)) - rulebook.closed(closures.get(pk, ()))
        if counted != len(still_open):
            TaskAssessment.objects.filter(pk=pk).update(open_conditions=len(still_open))
            wrong += 1
    return wrong


def _closures(among: Mapping[str, Any]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = GateClosure.objects.filter(**among)
    for pk, *closure in rows.values_list("task_id", *CLOSURE):
        found[pk].append(tuple(closure))
    return found


@transaction.atomic
def rescore_all(*, assessment: Assessment) -> int:
    """Compute every task of an assessment anew, after its rates or rules changed; gives their number."""
    hold(assessment.pk)
    tasks = list(TaskAssessment.objects.filter(assessment=assessment))
    scorer = Scorer.of(assessment)
    waivers = fill_all(tasks, scorer, among={"task__assessment": assessment})
    save_columns(tasks, SCORED_FIELDS)
    end_all_idle(tasks, waivers, scorer)
    return len(tasks)


def fill_all(
    tasks: Sequence[TaskAssessment], scorer: Scorer, *, among: Mapping[str, Any]
) -> Mapping[int, list[Waiver]]:
    """Compute many tasks from the answers, closures and waivers in the database; the rows are not saved.

    ``among``: a filter of answers, closures and waivers that leaves at least those of these tasks. Gives the
    open waivers by task: hand them to ``end_all_idle`` once the rows are saved.
    """
    answers: dict[int, dict[str, int | None]] = defaultdict(dict)
    for pk, factor, level in FactorAnswer.objects.filter(**among).values_list("task_id", "factor", "level"):
        answers[pk][factor] = level
    waivers: dict[int, list[Waiver]] = defaultdict(list)
    for waiver in Waiver.objects.filter(**among, state__in=Waiver.OPEN):
        waivers[waiver.task_id].append(waiver)
    closures = _closures(among)
    for task in tasks:
        closed = scorer.rulebook.closed(closures[task.pk])
        scorer.fill(task, answers=answers[task.pk], closed=closed, waived=_granted(waivers[task.pk]))
    return waivers


def end_all_idle(
    tasks: Sequence[TaskAssessment], waivers: Mapping[int, list[Waiver]], scorer: Scorer
) -> None:
    """End the waivers of many scored tasks that have nothing to waive any more."""
    for task in tasks:
        end_idle(task, waivers[task.pk], scorer.rulebook)
