"""Vendor profiles and the evidence behind them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from accounts.tenancy import OwnedModel


class EvidenceLevel(models.TextChoices):
    """How well a value is proven (domain: evidence levels)."""

    E0 = "E0", "Claim only"
    E1 = "E1", "Document supplied"
    E2 = "E2", "Independently verified"
    E3 = "E3", "Measured in our own delivery"


class Provider(OwnedModel):
    """A legal process outsourcing provider as the organisation knows it."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    founded = models.PositiveSmallIntegerField(null=True, blank=True)
    delivery_headcount = models.PositiveIntegerField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)
    is_sample = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    # How much of the profile is known, kept by ``services.recount`` so that the list sorts and filters on it.
    values_known = models.PositiveSmallIntegerField(default=0, editable=False)
    claims = models.PositiveSmallIntegerField(default=0, editable=False)
    answers_given = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta(OwnedModel.Meta):
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="provider_code_once"),
            models.UniqueConstraint("organisation", Lower("name"), name="provider_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(OwnedModel):
    """A place from which a provider delivers."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="sites")
    place = models.CharField(max_length=120, help_text="City and region")
    country = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=60, blank=True)

    class Meta(OwnedModel.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "place", "country"], name="provider_site_once")
        ]
        indexes = [models.Index(fields=["organisation", "country", "provider"], name="site_by_country")]

    def __str__(self) -> str:
        return f"{self.place} ({self.country})"


class Certificate(OwnedModel):
    """An assurance certificate or report that the provider holds."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="certificates")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=200, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)
    evidence = models.CharField(max_length=2, choices=EvidenceLevel, default=EvidenceLevel.E0)

    class Meta(OwnedModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="certificate_once")]
        indexes = [
            models.Index(fields=["organisation", "name", "provider"], name="certificate_by_name"),
            models.Index(fields=["organisation", "valid_until_on", "provider"], name="certificate_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.name


class Metric(OwnedModel):
    """A measured or stated value of a provider for one sub-criterion.

    Values that depend on the basket or on our own office (all-in cost index, price sub-criteria, shared
    hours) are not stored here but with the bid (selections.Score) or computed.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="metrics")
    sub_criterion = models.CharField(max_length=12)
    value = models.FloatField(null=True, help_text="In the unit of the sub-criterion; null is unknown.")
    evidence = models.CharField(max_length=2, choices=EvidenceLevel, default=EvidenceLevel.E0)
    source = models.CharField(max_length=300, blank=True)
    valid_from_on = models.DateField(null=True, blank=True)
    valid_until_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now=True)

    class Meta(OwnedModel.Meta):
        ordering = ["sub_criterion"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "sub_criterion"], name="metric_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sub_criterion} {self.value}"


class Answer(OwnedModel):
    """A provider's answer to a yes/partly/no question of the questionnaire, as knock-outs read it."""

    class Value(models.TextChoices):
        """The three answers; a missing row is unanswered."""

        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=8)
    value = models.CharField(max_length=6, choices=Value)
    evidence = models.CharField(max_length=2, choices=EvidenceLevel, default=EvidenceLevel.E0)
    comment = models.TextField(blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now=True)

    class Meta(OwnedModel.Meta):
        ordering = ["question"]
        constraints = [models.UniqueConstraint(fields=["provider", "question"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.question} {self.value}"
