"""The life of an assessment: who moved it from one state to the next, and legal holds."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.tenancy import OwnedModel


class State(models.TextChoices):
    """Where an assessment stands; only a draft can be worked on."""

    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    APPROVED = "approved", "Approved"
    SUPERSEDED = "superseded", "Superseded"
    SET_ASIDE = "set_aside", "Set aside"
    DELETED = "deleted", "Deleted"


# What nobody works with any more.
ENDED = (State.SUPERSEDED, State.SET_ASIDE, State.DELETED)
UNFINISHED = (State.DRAFT, State.REVIEW)


class StateChange(OwnedModel):
    """One step in the life of an assessment; never changed or removed afterwards.

    ``sha256``: of the content, where it was approved or deleted. ``submitted_by``: whose submission was
    approved. ``is_alone``: the same person approved, because nobody else could. ``facts``: what was counted
    at that moment; of a deletion this is the tombstone.
    """

    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.PROTECT, related_name="state_changes"
    )
    before = models.CharField(max_length=12, choices=State, blank=True)
    after = models.CharField(max_length=12, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    comment = models.CharField(max_length=600, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_alone = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(after=State.APPROVED)
                | Q(is_alone=True)
                | Q(submitted_by__isnull=False) & ~Q(submitted_by=F("by")),
                name="approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(after__in=[State.APPROVED, State.DELETED]) | ~Q(sha256=""),
                name="approved_content_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class LegalHold(OwnedModel):
    """Why an assessment must not be deleted; several may stand at once, each is lifted by itself."""

    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.PROTECT, related_name="legal_holds"
    )
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    lift_reason = models.CharField(max_length=300, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | Q(lifted_by__isnull=False, lifted_at__isnull=False),
                name="hold_lifted_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.reason
