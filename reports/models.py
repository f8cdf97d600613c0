"""Board reports: what was asked for, how far it is, and the file."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.tenancy import OwnedModel
from selections.models import RankingRecord


class Report(OwnedModel):
    """One board report of one kept ranking. The row is the truth; the queue only wakes a worker."""

    class Status(models.TextChoices):
        """Life of a report."""

        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"

    OPEN = (Status.QUEUED, Status.RUNNING)

    class Paper(models.TextChoices):
        """Paper sizes."""

        LETTER = "letter", "US Letter"
        A4 = "a4", "A4"

    record = models.ForeignKey(RankingRecord, on_delete=models.PROTECT, related_name="reports")
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.LETTER)
    has_privilege_line = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent")
    stage = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    notes = models.JSONField(default=list, help_text="Sentences, e.g. characters that could not be printed.")
    file = models.FileField(upload_to="reports/", blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveSmallIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until_at = models.DateTimeField(null=True, help_text="Until then it is one worker's alone.")
    send_count = models.PositiveSmallIntegerField(default=0, help_text="Sent to the queue since it waits.")
    send_again_at = models.DateTimeField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="report_progress_percent"),
            models.UniqueConstraint(
                fields=["record", "paper", "has_privilege_line"],
                condition=models.Q(status__in=["queued", "running"]),
                name="report_open_once",
            ),
        ]
        indexes = [
            # What a sweep looks at every few seconds: the few reports that are not finished.
            models.Index(
                fields=["id"], condition=models.Q(status__in=["queued", "running"]), name="report_open"
            ),
            models.Index(fields=["requested_by", "requested_at"], name="report_by_person"),
        ]

    def __str__(self) -> str:
        return f"Board report of {self.record}"
