"""The answer to a factor that counts, and beside it what each assessor thinks."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.tenancy import OwnedModel


class FactorAnswer(OwnedModel):
    """The level of one factor for one task; a null level is "don't know", a missing row "not answered"."""

    class Source(models.TextChoices):
        """Where the level came from."""

        CATALOGUE = "catalogue", "Catalogue, not confirmed"
        EARLIER = "earlier", "Earlier period, not confirmed"
        WHOLE = "whole", "Before the task was split, not confirmed"
        COUNSEL = "counsel", "Counsel"

    # Nobody has said that these hold for this company, this period and this part of the work.
    ASSUMED = (Source.CATALOGUE, Source.EARLIER, Source.WHOLE)
    MIN_LEVEL: ClassVar[int] = 1
    MAX_LEVEL: ClassVar[int] = 5

    task = models.ForeignKey("assessments.TaskAssessment", on_delete=models.CASCADE, related_name="answers")
    factor = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField(
        null=True, validators=[MinValueValidator(MIN_LEVEL), MaxValueValidator(MAX_LEVEL)]
    )
    source = models.CharField(max_length=12, choices=Source, default=Source.COUNSEL)
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    counsel_note = models.TextField(blank=True)
    answered_at = models.DateTimeField(auto_now=True)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["task", "factor"], name="factor_answer_once"),
            models.CheckConstraint(
                condition=models.Q(level__isnull=True) | models.Q(level__range=(1, 5)),
                name="factor_level_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor} {self.level if self.level is not None else 'unknown'}"


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
