"""Closed conditions of gates, the lawyers who answer for them and consents; and waivers of gates."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.tenancy import OwnedModel


class Lawyer(OwnedModel):
    """A licensed lawyer whom the organisation names; need not be a member."""

    name = models.CharField(max_length=120)
    jurisdiction = models.CharField(max_length=60, help_text="Where the licence was given, as in Minnesota.")
    bar_number = models.CharField(max_length=40, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "organisation", Lower("name"), Lower("jurisdiction"), Lower("bar_number"), name="lawyer_once"
            )
        ]

    def __str__(self) -> str:
        number = f", no. {self.bar_number}" if self.bar_number else ""
        return f"{self.name} ({self.jurisdiction}{number})"


class Consent(OwnedModel):
    """Who agreed, when, and where the document is; never changed or removed afterwards.

    A task with a consent cannot be removed: the consent is about that task.
    """

    task = models.ForeignKey("assessments.TaskAssessment", on_delete=models.PROTECT, related_name="consents")
    gate = models.CharField(max_length=8)
    condition = models.CharField(max_length=300)
    given_by = models.CharField(max_length=120, help_text="The person who consented.")
    capacity = models.CharField(max_length=120, help_text="Their office or organisation.")
    given_on = models.DateField()
    document = models.CharField(max_length=300, help_text="Where the signed document is kept.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["gate", "pk"]

    def __str__(self) -> str:
        return f"{self.given_by}, {self.capacity}"


class GateClosure(OwnedModel):
    """A condition of a gate that somebody closed, with evidence.

    It counts only with all that the condition asks for (``asks``): the lawyer who answers for it, hours, a
    consent. Rows from before these were asked for stay, and do not count.
    """

    task = models.ForeignKey("assessments.TaskAssessment", on_delete=models.CASCADE, related_name="closures")
    gate = models.CharField(max_length=8)
    condition = models.CharField(max_length=300)
    evidence = models.TextField()
    counsel_note = models.TextField(blank=True)
    lawyer = models.ForeignKey(Lawyer, on_delete=models.PROTECT, null=True, related_name="closures")
    weekly_hours = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, validators=[MinValueValidator(0), MaxValueValidator(168)]
    )
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="closures")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["gate", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "gate", "condition"], name="gate_condition_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.condition}"


class Waiver(OwnedModel):
    """One person asks to waive a gate of a task, another one decides; in force while granted."""

    class State(models.TextChoices):
        """Where a waiver stands; the last three are final."""

        ASKED = "asked", "Asked for"
        GRANTED = "granted", "In force"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        ENDED = "ended", "Ended"

    OPEN = (State.ASKED, State.GRANTED)

    task = models.ForeignKey("assessments.TaskAssessment", on_delete=models.CASCADE, related_name="waivers")
    gate = models.CharField(max_length=8)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    # Nobody when it ended because the gate no longer applies.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        ordering = ["gate", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "gate"], condition=Q(state__in=["asked", "granted"]), name="waiver_one_open"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="waiver_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "refused"]) | Q(decided_by__isnull=False),
                name="waiver_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.get_state_display()}"
