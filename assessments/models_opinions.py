"""What each assessor thinks of a factor, beside the answer that counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.tenancy import OwnedModel


class FactorOpinion(OwnedModel):
    """One person's own level for one factor of one task; a null level is "don't know".

    It moves no score. Others see it once they have given their own for the same factor.
    """

    task = models.ForeignKey("assessments.TaskAssessment", on_delete=models.CASCADE, related_name="opinions")
    factor = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(blank=True)
    counsel_note = models.TextField(blank=True)
    assessor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(auto_now=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["task", "factor", "assessor"], name="factor_opinion_once"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 5)),
                name="factor_opinion_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} {self.level if self.level is not None else 'unknown'}"
