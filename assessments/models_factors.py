"""Factor sets, version after version; and the next one while it is written, until two people adopt it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.tenancy import OwnedModel


class FactorSet(OwnedModel):
    """Factors, weights, bands, flags and gates in the shape of reference/suitability_factors.json.

    Never changed or removed: the next version is a row of its own. The first version is the shipped set as
    the organisation got it; nobody proposed or adopted that one.
    """

    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    content = models.JSONField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="", help_text="Why it was proposed.")
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=300, blank=True, default="", help_text="What who adopted it said.")
    gates_off = models.PositiveSmallIntegerField(default=0, help_text="Shipped gates that are turned off.")

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="factor_set_version_once"),
            models.CheckConstraint(
                condition=Q(gates_off=0)
                | (Q(proposed_by__isnull=False, adopted_by__isnull=False) & ~Q(adopted_by=F("proposed_by"))),
                name="factor_set_off_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class FactorDraft(OwnedModel):
    """A factor set that is not in force; it follows the newest, so there is one at a time.

    Whoever may edit changes ``content`` until it is proposed. Then it stands still: somebody adopts it, which
    makes a ``FactorSet`` of it and removes this row, or sends it back.
    """

    version = models.PositiveIntegerField(help_text="The version it becomes when it is adopted.")
    base = models.ForeignKey("assessments.FactorSet", on_delete=models.PROTECT, related_name="drafts")
    content = models.JSONField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it is proposed.")
    # Why it was last sent back; empty when it never was, or was proposed again.
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_back_because = models.CharField(max_length=300, blank=True)

    class Meta(OwnedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="factor_draft_once")]

    def __str__(self) -> str:
        return f"Factors and gates after version {self.base.version}"

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for somebody to adopt it; nobody may edit it meanwhile."""
        return self.proposed_by_id is not None
