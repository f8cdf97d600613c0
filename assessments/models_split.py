"""A legal task that was split into a part that goes out and a part that stays, and what it was before."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.tenancy import OwnedModel
from assessments.models_gates import Consent, Lawyer


class TaskSplit(OwnedModel):
    """One split in one assessment: the whole is in it no more, both parts are.

    The row of the whole goes on as that of the part that stays, so that its trail and its consents stay in
    one place. ``figures`` and ``answers`` are what the whole said, for joining the parts again.
    """

    assessment = models.ForeignKey("assessments.Assessment", on_delete=models.CASCADE, related_name="splits")
    whole = models.ForeignKey("assessments.LegalTask", on_delete=models.PROTECT, related_name="splits")
    out = models.ForeignKey("assessments.LegalTask", on_delete=models.PROTECT, related_name="went_out_by")
    stays = models.ForeignKey("assessments.LegalTask", on_delete=models.PROTECT, related_name="stayed_by")
    reason = models.CharField(max_length=300)
    figures = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    answers = models.JSONField(default=dict, help_text="Factor to level, source and reason.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "whole"], name="split_once"),
            models.UniqueConstraint(fields=["assessment", "out"], name="split_out_once"),
            models.UniqueConstraint(fields=["assessment", "stays"], name="split_stays_once"),
        ]

    def __str__(self) -> str:
        return f"{self.whole.code} into {self.out.code} and {self.stays.code}"


class SplitClosure(OwnedModel):
    """A condition that was closed for the whole; it counts again once the parts are joined."""

    split = models.ForeignKey(TaskSplit, on_delete=models.CASCADE, related_name="closures")
    gate = models.CharField(max_length=8)
    condition = models.CharField(max_length=300)
    evidence = models.TextField()
    counsel_note = models.TextField(blank=True)
    lawyer = models.ForeignKey(Lawyer, on_delete=models.PROTECT, null=True, related_name="+")
    weekly_hours = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, related_name="+")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()

    class Meta(OwnedModel.Meta):
        ordering = ["gate", "pk"]

    def __str__(self) -> str:
        return f"{self.gate}: {self.condition}"
