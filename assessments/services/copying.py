"""A new assessment from one that is approved: a new version of the same period, or a copy for another one.

A new version corrects the same findings: answers, closed conditions and waivers go along with their people
and dates. In another period nobody has found anything yet: answers and figures are marked as those of the
earlier period until somebody confirms them, every condition is open again and no waiver is in force.
Closing a condition says that a licensed lawyer answers for it and a waiver that two people take a risk on
themselves; neither said so for another year. The earlier evidence is shown beside each open condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import (
    Assessment,
    FactorAnswer,
    FactorSet,
    GateClosure,
    RoleRate,
    State,
    StateChange,
    TaskAssessment,
    Waiver,
)
from assessments.models_life import UNFINISHED
from assessments.models_needs import Limit, MustStay, Objective
from assessments.rulebook import Rulebook
from assessments.services import checking
from assessments.services.states import held

BATCH = 200
_FACTS = (
    *("practice_of_law", "annual_volume", "unit", "hours_per_unit", "staffing_mix", "note", "counsel_note"),
    *("turnaround_days", "rounding"),
)
_NEEDS: tuple[type[Objective | Limit | MustStay], ...] = (Objective, Limit, MustStay)


@transaction.atomic
def start_version(*, actor: User, assessment: Assessment) -> Assessment:
    """Start a new version of an approved assessment, to be changed and approved again.

    Raises ``ValidationError``: it is not approved, or another draft or review is under way.
    """
    hold_names()
    old = held(assessment, State.APPROVED)
    versions = Assessment.objects.filter(period=old.period).aggregate(last=Max("version"))
    return _copied(actor, old, old.period, versions["last"] + 1, old.factor_set)


@transaction.atomic
def copy_to_period(*, actor: User, assessment: Assessment, period: str) -> Assessment:
    """Copy an approved assessment to a new period; see above for what is taken over.

    Raises ``ValidationError`` by field.
    """
    hold_names()
    old = held(assessment, State.APPROVED)
    try:
        cleaned = checking.short(period, 40)
    except ValidationError as fault:
        raise ValidationError({"period": fault.messages}) from fault
    if not cleaned:
        raise ValidationError({"period": "Say which period the new assessment is for, as in FY 2027."})
    alive = Assessment.objects.exclude(status__in=(State.SET_ASIDE, State.DELETED))
    if cleaned.casefold() in {name.casefold() for name in alive.values_list("period", flat=True)}:
        raise ValidationError(
            {"period": f"There is an assessment of {cleaned} already. Start a new version of that one."}
        )
    versions = Assessment.objects.filter(period=cleaned).aggregate(last=Max("version", default=0))
    newest = FactorSet.objects.order_by("-version").first() or old.factor_set
    return _copied(actor, old, cleaned, versions["last"] + 1, newest)


def _copied(actor: User, old: Assessment, period: str, version: int, factor_set: FactorSet) -> Assessment:
    unfinished = Assessment.objects.filter(status__in=UNFINISHED).order_by("-pk").first()
    if unfinished is not None:
        raise ValidationError(
            f"{unfinished} is under way ({unfinished.get_status_display().lower()}). "
            "Finish it or set it aside."
        )
    new = Assessment.objects.create(
        period=period,
        version=version,
        factor_set=factor_set,
        supersedes=old,
        retention_years=old.retention_years,
        retention_basis=old.retention_basis,
    )
    copy = _Copy(old, new, is_same_period=period == old.period)
    copy.make()
    scoring.rescore_all(assessment=new)
    StateChange.objects.create(
        assessment=new, before="", after=State.DRAFT, by=actor, comment=f"From {old}.", facts=copy.facts
    )
    verb = "started new version" if copy.is_same_period else "copied to another period"
    audit.record(
        actor=actor, verb=verb, obj=new, before={"from": str(old)}, after={"to": str(new), **copy.facts}
    )
    return new


@dataclass
class _Copy:
    """One copy under way; ``facts`` counts what was taken over and what was left."""

    old: Assessment
    new: Assessment
    is_same_period: bool
    facts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def make(self) -> None:
        self._lists()
        self._book = Rulebook(self.new.factor_set.content)
        keys = list(
            TaskAssessment.objects.filter(assessment=self.old).order_by("pk").values_list("pk", flat=True)
        )
        for start in range(0, len(keys), BATCH):
            self._tasks(keys[start : start + BATCH])
        self.facts = dict(self.facts)

    def _lists(self) -> None:
        """Role rates, marked in another period; and needs, whose rows say of which day they are."""
        rates = list(RoleRate.objects.filter(assessment=self.old))
        copies = [self._row(row, assessment=self.new) for row in rates]
        if not self.is_same_period:
            for copy in copies:
                copy.carried_from = str(self.old)
        self.facts["rates"] = len(RoleRate.objects.bulk_create(copies))
        for model in _NEEDS:
            rows: Any = model.objects
            old = rows.filter(assessment=self.old).select_related(
                *(["legal_task"] if model is MustStay else [])
            )
            self.facts["needs"] += len(rows.bulk_create(self._row(row, assessment=self.new) for row in old))

    def _row(self, row: Any, **changed: Any) -> Any:
        """Give an unsaved copy of a row."""
        made = type(row)()
        for one in row._meta.concrete_fields:
            if not one.primary_key and one.name not in changed:
                setattr(made, one.attname, getattr(row, one.attname))
                if one.is_relation and one.is_cached(row):
                    one.set_cached_value(made, one.get_cached_value(row))
        for name, value in changed.items():
            setattr(made, name, value)
        return made

    def _tasks(self, keys: Sequence[int]) -> None:
        flags = {flag.code for flag in self._book.flags}
        old = list(TaskAssessment.objects.with_task().filter(pk__in=keys).order_by("pk"))
        made = TaskAssessment.objects.bulk_create(
            TaskAssessment(
                assessment=self.new,
                legal_task=task.legal_task,
                flags=[flag for flag in task.flags if flag in flags],
                is_profile_assumed=task.is_profile_assumed or not self.is_same_period,
                carried_from=task.carried_from if self.is_same_period else str(self.old),
                **{name: getattr(task, name) for name in _FACTS},
            )
            for task in old
        )
        self.facts["tasks"] += len(made)
        of = {task.pk: copy for task, copy in zip(old, made, strict=True)}
        self._answers(of)
        if self.is_same_period:
            self._findings(of)
        else:
            self.facts["left_closures"] += GateClosure.objects.filter(task__in=keys).count()
            granted = Waiver.objects.filter(task__in=keys, state=Waiver.State.GRANTED)
            self.facts["left_waivers"] += granted.count()

    def _answers(self, of: dict[int, TaskAssessment]) -> None:
        """What the catalogue proposed and nobody confirmed stays just that."""
        factors = {factor.code for factor in self._book.factors}
        found = FactorAnswer.objects.filter(task__in=list(of)).order_by("pk")
        made = [self._row(row, task=of[row.task_id]) for row in found if row.factor in factors]
        for answer in made:
            if not self.is_same_period and answer.source == FactorAnswer.Source.COUNSEL:
                answer.source = FactorAnswer.Source.EARLIER
        self.facts["answers"] += len(_with_times(FactorAnswer, made, "answered_at"))

    def _findings(self, of: dict[int, TaskAssessment]) -> None:
        """Closures with the consent that they rest on (which is about the earlier task), and open waivers."""
        closures = GateClosure.objects.filter(task__in=list(of)).select_related("lawyer", "consent")
        made = [self._row(row, task=of[row.task_id]) for row in closures.order_by("pk")]
        self.facts["closures"] += len(_with_times(GateClosure, made, "closed_at"))
        waivers = Waiver.objects.filter(task__in=list(of), state__in=Waiver.OPEN).order_by("pk")
        made = [self._row(row, task=of[row.task_id]) for row in waivers]
        self.facts["waivers"] += len(_with_times(Waiver, made, "asked_at"))


def _with_times(model: Any, rows: list[Any], name: str) -> list[Any]:
    """Create rows that keep a time which creating would set to now."""
    times = [getattr(row, name) for row in rows]
    made: list[Any] = model.objects.bulk_create(rows)
    for row, moment in zip(made, times, strict=True):
        setattr(row, name, moment)
    model.objects.bulk_update(made, [name], batch_size=BATCH)
    return made
