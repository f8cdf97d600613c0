"""What an assessment starts from: objectives, limits, and what must not leave."""

from __future__ import annotations

from django.db import models

from accounts.tenancy import OwnedModel


class Need(OwnedModel):
    """What all three have in common: a place in their list, and when they changed."""

    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.CASCADE, related_name="%(class)ss"
    )
    position = models.PositiveSmallIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(OwnedModel.Meta):
        abstract = True
        ordering = ["position", "pk"]


class Objective(Need):
    """What is to be reached; what nobody said yet is empty and counts as missing, never as 0."""

    sentence = models.TextField()
    measure = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    today_value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    today_on = models.DateField(null=True)
    today_source = models.CharField(max_length=160, blank=True)
    target_value = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    target_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.sentence


class Limit(Need):
    """What limits the choice, and until when."""

    class Kind(models.TextChoices):
        """Where a limit comes from."""

        LAW = "law", "Law or regulation"
        CONTRACT = "contract", "Contract or client"
        POLICY = "policy", "Own policy"
        TIME = "time", "Time"
        PEOPLE = "people", "People"
        MONEY = "money", "Money"
        SYSTEMS = "systems", "Systems and data"

    sentence = models.TextField()
    kind = models.CharField(max_length=12, choices=Kind, blank=True)
    until_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.sentence


class MustStay(Need):
    """A kind of work or data that must not leave, why, and who said so."""

    what = models.TextField()
    why = models.TextField(blank=True)
    said_by = models.CharField(max_length=120, blank=True)
    legal_task = models.ForeignKey(
        "assessments.LegalTask", on_delete=models.SET_NULL, null=True, related_name="must_stays"
    )

    def __str__(self) -> str:
        return self.what
