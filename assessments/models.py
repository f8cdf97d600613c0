"""Legal tasks and how suitable they are for outsourcing."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.tenancy import OwnedManager, OwnedModel, OwnedQuerySet
from assessments import (  # noqa: F401  (models of this app, in files of their own)
    models_duties,
    models_needs,
    models_split,
)
from assessments.models_answers import FactorAnswer, FactorOpinion
from assessments.models_factors import FactorDraft, FactorSet
from assessments.models_gates import Consent, GateClosure, Lawyer, Waiver
from assessments.models_life import LegalHold, State, StateChange

__all__ = [
    "BASKET_OUTCOMES",
    "FILTERED",
    "OUTCOME_ORDER",
    "SORTED",
    "SUMMED",
    "Assessment",
    "Consent",
    "FactorAnswer",
    "FactorDraft",
    "FactorOpinion",
    "FactorSet",
    "GateClosure",
    "Lawyer",
    "LegalHold",
    "LegalTask",
    "Outcome",
    "PracticeClass",
    "RoleRate",
    "State",
    "StateChange",
    "TaskAssessment",
    "TaskAssessmentQuerySet",
    "Waiver",
    "default_retention",
    "new_stamp",
]


def new_stamp() -> str:
    """Give a text that never comes again."""
    return uuid.uuid4().hex


def default_retention() -> int:
    """Give the years that a new assessment is kept (the setting ``RETENTION_YEARS``)."""
    years: int = settings.RETENTION_YEARS
    return years


class PracticeClass(models.TextChoices):
    """Who may do the work."""

    ADMINISTRATIVE = "administrative", "Administrative"
    SUPERVISED = "supervised", "Supervised by a US lawyer"
    LICENSED = "licensed", "Licensed lawyer only"


class Outcome(models.TextChoices):
    """What the assessment says about a task; see engine.suitability."""

    OUTSOURCE = "OUTSOURCE", "Outsource"
    PILOT = "PILOT", "Pilot first"
    COSOURCE = "COSOURCE", "Co-source"
    RETAIN = "RETAIN", "Retain"
    PREPARE_FIRST = "PREPARE_FIRST", "Prepare first"


BASKET_OUTCOMES = (Outcome.OUTSOURCE, Outcome.PILOT)
# The order in which outcomes sort; a task without one comes last.
OUTCOME_ORDER = (*Outcome.values, "")


class Assessment(OwnedModel):
    """A suitability assessment of one period; what it starts from is in ``models_needs``.

    The row outlives its content: once deleted it is the empty place that history and tombstone belong to.
    """

    Status = State

    period = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    factor_set = models.ForeignKey(FactorSet, on_delete=models.PROTECT, related_name="assessments")
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    created_at = models.DateTimeField(auto_now_add=True)
    retention_years = models.PositiveSmallIntegerField(
        default=default_retention, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    retention_basis = models.CharField(max_length=200, blank=True)
    # Where the period starts: the last change of state that ends or confirms it; empty counts from creation.
    kept_from_on = models.DateField(null=True)
    # New after every change of a task; triggers write it (see assessments.kept). It says nothing elsewhere.
    stamp = models.CharField(max_length=36, default=new_stamp, editable=False, serialize=False)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(status=State.APPROVED),
                name="assessment_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.period if self.version == 1 else f"{self.period}, version {self.version}"

    @property
    def is_draft(self) -> bool:
        """Whether it can be worked on."""
        return self.status == State.DRAFT

    @property
    def kept_from(self) -> dt.date:
        """The day from which the retention period counts."""
        return self.kept_from_on or timezone.localdate(self.created_at)

    @property
    def keep_until_on(self) -> dt.date:
        """The last day of the retention period."""
        start = self.kept_from
        year = min(start.year + self.retention_years, dt.MAXYEAR)
        try:
            return start.replace(year=year)
        except ValueError:  # 29 February
            return dt.date(year, 3, 1)


class RoleRate(OwnedModel):
    """Loaded cost of an hour of one in-house or outside role."""

    class Kind(models.TextChoices):
        """Whether an hour saved is cash."""

        INTERNAL = "internal", "Salaried"
        EXTERNAL_CASH = "external_cash", "Outside spend (cash)"

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="role_rates")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    hourly_amount = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    kind = models.CharField(max_length=14, choices=Kind)
    basis = models.CharField(
        max_length=200, blank=True, help_text="What the loaded rate holds and where it comes from."
    )
    # The period of which the rate is, until somebody confirms it for this one; empty when it is of this one.
    carried_from = models.CharField(max_length=60, blank=True, default="")

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "code"], name="role_rate_once"),
            models.CheckConstraint(condition=models.Q(hourly_amount__gte=0), name="role_rate_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class LegalTask(OwnedModel):
    """A kind of legal work, the same across the years."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    practice_area = models.CharField(max_length=80, blank=True)
    catalogue_code = models.CharField(max_length=12, blank=True)

    class Meta(OwnedModel.Meta):
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="legal_task_code_once"),
            models.UniqueConstraint("organisation", Lower("name"), name="legal_task_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def as_listed(self) -> dict[str, str]:
        """Give the copies by which lists sort and search (see ``TaskAssessment``), in lower case."""
        return {
            "list_code": self.code,
            "list_name": self.name.casefold()[:160],
            "search_text": "\n".join((self.code, self.name, self.practice_area)).casefold()[:320],
        }


class TaskAssessmentQuerySet(OwnedQuerySet["TaskAssessment"]):
    """Reads of assessed tasks that chain."""

    def with_task(self) -> TaskAssessmentQuerySet:
        """Join the identity of the task."""
        return self.select_related("legal_task")

    def candidates(self) -> TaskAssessmentQuerySet:
        """Keep tasks whose outcome is to go out (OUTSOURCE or PILOT)."""
        return self.filter(outcome__in=BASKET_OUTCOMES)


# Columns of the index that answers what stands above the list.
SUMMED = [
    *("organisation", "assessment", "outcome", "gate_codes", "baseline_amount", "score"),
    *("open_conditions", "is_profile_assumed", "turnaround_days", "id"),
]
# Columns by which the list sorts, and what it filters and searches by. Each sort has an index that holds all
# of this, so that the slice of a page, filtered or not, is read from one index without touching wide rows.
# The key stands in it too because PostgreSQL does not keep it with every index as SQLite does.
SORTED = {
    "list_code": "task_list",
    "list_name": "task_by_name",
    "annual_volume": "task_by_volume",
    "annual_hours": "task_by_hours",
    "baseline_amount": "task_by_cost",
    "score": "task_by_score",
    "outcome_place": "task_by_outcome",
}
FILTERED = ("outcome", "open_conditions", "score", "gate_codes", "search_text")


def _sort_indexes() -> list[models.Index]:
    return [
        models.Index(
            fields=list(dict.fromkeys(("organisation", "assessment", column, "list_code", "id", *FILTERED))),
            name=name,
        )
        for column, name in SORTED.items()
    ]


TaskAssessmentRows = OwnedManager.from_queryset(TaskAssessmentQuerySet)


class TaskAssessment(OwnedModel):
    """One legal task in one assessment: volumes, effort, flags and the stored result."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="tasks")
    legal_task = models.ForeignKey(LegalTask, on_delete=models.PROTECT, related_name="assessments")
    practice_of_law = models.CharField(max_length=16, choices=PracticeClass, default=PracticeClass.SUPERVISED)
    annual_volume = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    unit = models.CharField(max_length=40, blank=True)
    hours_per_unit = models.DecimalField(
        max_digits=12, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    staffing_mix = models.JSONField(default=dict, help_text="Share of each role, summing to 1.")
    flags = models.JSONField(default=list, help_text="Codes of the flags that are set.")
    note = models.TextField(blank=True)
    counsel_note = models.TextField(blank=True)
    # The profile came from the catalogue, or from another period, and nobody has confirmed it yet.
    is_profile_assumed = models.BooleanField(default=False)
    # The period from which volumes, staffing, flags and class were taken over, until somebody confirms them.
    carried_from = models.CharField(max_length=60, blank=True)
    turnaround_days = models.DecimalField(
        max_digits=6, decimal_places=1, null=True, blank=True, validators=[MinValueValidator(0)]
    )  # working days from the request to the finished work, as it is today
    # What rounding the parts of a split task would lose or add: see ``scoring``.
    rounding = models.JSONField(default=dict, editable=False)
    # The name under which it was approved: the legal task may be renamed in a later year.
    approved_name = models.CharField(max_length=160, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    # Stored result of engine.suitability and of the baseline, so that lists sort and filter in the database.
    score = models.FloatField(null=True)
    score_low = models.FloatField(null=True)
    score_high = models.FloatField(null=True)
    band = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    restriction = models.CharField(max_length=24, blank=True)
    gates = models.JSONField(default=list, help_text="Codes of the gates that fire, in code order.")
    open_conditions = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    annual_hours = models.FloatField(null=True)
    baseline_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cash_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    # What lists sort, filter and search by, in columns of this table, so that an index alone answers for
    # 100,000 tasks. The first three copy the identity (``claim`` and the renaming service write them), the
    # others repeat the stored result (``scoring`` writes them).
    list_code = models.CharField(max_length=12, default="", editable=False)
    list_name = models.CharField(max_length=160, default="", editable=False)
    search_text = models.CharField(max_length=320, default="", editable=False)
    gate_codes = models.CharField(
        max_length=400, default="", editable=False
    )  # as in " G08 G11 ~G11 " (waived)
    outcome_place = models.PositiveSmallIntegerField(default=len(OUTCOME_ORDER) - 1, editable=False)

    objects = TaskAssessmentRows()  # type: ignore[assignment, misc]  # narrower than the base, same wall

    class Meta(OwnedModel.Meta):
        ordering = ["legal_task__code"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "legal_task"], name="task_once_per_assessment"),
            models.CheckConstraint(
                condition=models.Q(annual_volume__isnull=True) | models.Q(annual_volume__gte=0),
                name="task_volume_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_unit__isnull=True) | models.Q(hours_per_unit__gte=0),
                name="task_hours_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(turnaround_days__isnull=True) | models.Q(turnaround_days__gte=0),
                name="task_turnaround_not_negative",
            ),
        ]
        indexes = [
            # Counted on every page (the rail), and summed above the list.
            models.Index(fields=SUMMED, name="task_totals"),
            *_sort_indexes(),
        ]

    def __str__(self) -> str:
        return str(self.legal_task)

    def claim(self) -> None:
        """Take over the identity that lists show, when the row is new."""
        super().claim()
        if self._state.adding:
            self.take_identity()

    def take_identity(self) -> None:
        """Copy what lists show of the legal task."""
        for name, text in self.legal_task.as_listed().items():
            setattr(self, name, text)

    @property
    def is_candidate(self) -> bool:
        """Whether the task goes out to bid."""
        return self.outcome in BASKET_OUTCOMES

    @property
    def is_awardable(self) -> bool:
        """Whether it goes out and every condition of its gates is closed, or its gate waived."""
        return self.is_candidate and self.open_conditions == 0
