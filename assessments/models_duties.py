"""Ethics duties: where the lawyers are licensed, what was done about each duty, who adopted the rules."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.tenancy import OwnedModel


class Jurisdiction(OwnedModel):
    """A place where lawyers of the organisation are licensed; those of named lawyers count without a row."""

    name = models.CharField(max_length=60)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("organisation", Lower("name"), name="jurisdiction_once")]

    def __str__(self) -> str:
        return self.name


class DutySet(OwnedModel):
    """The organisation's copy of the shipped duties (reference/ethics_duties.json); never changed.

    Version 1 is made when somebody first decides something by it; a newer shipped set is a further row.
    """

    version = models.PositiveIntegerField()
    content = models.JSONField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="duty_set_version_once")
        ]

    def __str__(self) -> str:
        return f"Ethics duties, version {self.version}"


class DutyMark(OwnedModel):
    """What somebody said about one item of a duty; never changed, the newest of an item counts."""

    class Status(models.TextChoices):
        """Where an item stands."""

        OPEN = "open", "Open"
        IN_HAND = "in_hand", "In hand"
        DONE = "done", "Done"
        NOT_APPLICABLE = "not_applicable", "Does not apply"

    UNSETTLED = (Status.OPEN, Status.IN_HAND)

    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.PROTECT, related_name="duty_marks"
    )
    duty_set = models.ForeignKey(DutySet, on_delete=models.PROTECT, related_name="marks")
    duty = models.CharField(max_length=12)
    item = models.CharField(max_length=300)
    status = models.CharField(max_length=14, choices=Status)
    owner = models.CharField(max_length=120, blank=True, help_text="Who sees to it; need not be a member.")
    due_on = models.DateField(null=True)
    evidence = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why the item does not apply.")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["assessment", "duty", "item"], name="duty_mark_of_item")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(evidence=""), name="duty_mark_done_with_evidence"
            ),
            models.CheckConstraint(
                condition=~Q(status="not_applicable") | ~Q(reason=""), name="duty_mark_left_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty}: {self.item}"


class RuleAdoption(OwnedModel):
    """A named lawyer adopts the gates and duties as they are, or no longer stands by them; never changed.

    Of the rows with the two hashes of the rules in question the newest counts; rows about others do not.
    """

    factor_set = models.ForeignKey(
        "assessments.FactorSet", on_delete=models.PROTECT, related_name="adoptions"
    )
    duty_set = models.ForeignKey(DutySet, on_delete=models.PROTECT, related_name="adoptions")
    gates_sha256 = models.CharField(max_length=64)
    duties_sha256 = models.CharField(max_length=64)
    is_withdrawn = models.BooleanField(default=False)
    lawyer = models.ForeignKey("assessments.Lawyer", on_delete=models.PROTECT, related_name="adoptions")
    adopted_on = models.DateField(help_text="The day of the lawyer's decision, also where it is withdrawn.")
    comment = models.TextField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Rule set {self.version}"

    @property
    def version(self) -> str:
        """Version of the gates and version of the duties, as in 1.2."""
        return f"{self.factor_set.version}.{self.duty_set.version}"
