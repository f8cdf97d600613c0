"""A sourcing case: shortlist, criteria, bids, values, rankings that were kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from accounts.tenancy import OwnedModel
from assessments.models import Assessment, LegalTask
from providers.models import EvidenceLevel, Provider


class CriteriaSet(OwnedModel):
    """Criteria, value functions and knock-outs in the shape of reference/criteria.json."""

    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    content = models.JSONField()
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    adopted_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="criteria_set_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.version})"


class Selection(OwnedModel):
    """One sourcing case; with its assessment it is what pages call the case."""

    class Missing(models.TextChoices):
        """What a missing value counts as in the ranking."""

        WORST = "worst", "the worst value"
        MIDPOINT = "midpoint", "the middle of the scale"

    name = models.CharField(max_length=160)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="selections")
    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="selections")
    assumptions = models.JSONField(
        default=dict, help_text="Inputs of the business case; names of docs/method.md."
    )
    missing = models.CharField(max_length=8, choices=Missing, default=Missing.WORST)
    tie_margin = models.FloatField(default=3.0, validators=[MinValueValidator(0)])
    # Chosen by counsel: board reports carry the line "Privileged & confidential …".
    has_privilege_line = models.BooleanField(default=False)
    # Counts changes of anything the ranking reads, so that an open what-if can say that it is old.
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        verbose_name = "the case"

    def __str__(self) -> str:
        return self.name


class PastBasis(OwnedModel):
    """An assessment on which a selection rested while rankings were kept; it now rests on another one."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="past_bases")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="past_bases")
    last_record = models.PositiveIntegerField(help_text="Records up to this number may rest on it.")
    until_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        verbose_name = "the kept rankings of"

    def __str__(self) -> str:
        return f"{self.selection.name}, up to record {self.last_record}"


class Weight(OwnedModel):
    """The adopted weight of one node of the criteria tree, relative to its siblings."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="weights")
    code = models.CharField(max_length=12)
    value = models.FloatField(validators=[MinValueValidator(0)])

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["selection", "code"], name="weight_once"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="weight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value:g}"


class Bid(OwnedModel):
    """What one provider offers in one selection."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="bids")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="bids")
    productivity_factor = models.FloatField(
        default=1.0, validators=[MinValueValidator(0)], help_text="Provider hours per in-house hour"
    )
    received_on = models.DateField(null=True, blank=True)
    # Written acceptance or guarantee per knock-out code (K07, K13): {"K07": "reason"}.
    acceptances = models.JSONField(default=dict, blank=True)

    class Meta(OwnedModel.Meta):
        ordering = ["provider__code"]
        constraints = [models.UniqueConstraint(fields=["selection", "provider"], name="bid_once")]

    def __str__(self) -> str:
        return f"Bid of {self.provider}"


class BidLine(OwnedModel):
    """The price of one legal task in a bid."""

    class Model(models.TextChoices):
        """The five pricing models."""

        HOURLY = "hourly", "Hourly"
        BLENDED = "blended", "Blended hourly"
        PER_UNIT = "per_unit", "Per unit"
        FTE = "fte", "Person-month"
        FIXED_FEE = "fixed_fee", "Fixed fee"

    PRICE_UNITS: ClassVar[dict[str, str]] = {"hourly": "hour", "blended": "hour", "fte": "FTE month"}

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="lines")
    legal_task = models.ForeignKey(LegalTask, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=10, choices=Model)
    price_amount = models.DecimalField(max_digits=14, decimal_places=4, validators=[MinValueValidator(0)])
    unit = models.CharField(max_length=40)
    expected_hours = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    fte = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    included_volume = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    overage_amount = models.DecimalField(
        max_digits=14, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )

    class Meta(OwnedModel.Meta):
        ordering = ["legal_task__code"]
        constraints = [
            models.UniqueConstraint(fields=["bid", "legal_task"], name="bid_line_once"),
            models.CheckConstraint(condition=models.Q(price_amount__gte=0), name="bid_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_task} {self.get_model_display()}"


class Score(OwnedModel):
    """A value given to one bid for one sub-criterion; append-only, the newest row counts.

    It overrides the provider's own Metric of that sub-criterion. Either ``value`` is set, or ``low`` and
    ``high``, or nothing (unknown).
    """

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="scores")
    sub_criterion = models.CharField(max_length=12)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    evidence = models.CharField(max_length=2, choices=EvidenceLevel, default=EvidenceLevel.E0)
    source = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["bid", "sub_criterion", "-id"], name="score_latest")]

    def __str__(self) -> str:
        return f"{self.sub_criterion} {self.value}"


class RankingRecord(OwnedModel):
    """A ranking that was kept: the canonical bytes and their hash. Append-only."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    selection_version = models.PositiveIntegerField()
    reason = models.TextField(blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["selection", "number"], name="record_number_once")]

    def __str__(self) -> str:
        return f"Record {self.number}"
