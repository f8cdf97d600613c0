"""Reports: what was asked for, how far it is, and the file; and the assessments that were kept for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.tenancy import OwnedModel
from assessments.models import Assessment
from selections.models import RankingRecord


class SuitabilityRecord(OwnedModel):
    """An assessment as it was when a report was asked for: canonical bytes and hash. Append-only."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="suitability_records")
    number = models.PositiveIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta(OwnedModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "number"], name="suitability_number_once")
        ]

    def __str__(self) -> str:
        return f"Suitability record {self.number}"


class Report(OwnedModel):
    """One report of one stored record. The row is the truth; the queue only wakes a worker."""

    class Kind(models.TextChoices):
        """What a report is about."""

        BOARD = "board", "Board report"
        SUITABILITY = "suitability", "Suitability report"

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

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.BOARD)
    # One of the two, by kind: what a report prints is stored before anybody makes it.
    record = models.ForeignKey(RankingRecord, on_delete=models.PROTECT, null=True, related_name="reports")
    suitability = models.ForeignKey(
        SuitabilityRecord, on_delete=models.PROTECT, null=True, related_name="reports"
    )
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
            models.UniqueConstraint(
                fields=["suitability", "paper", "has_privilege_line"],
                condition=models.Q(status__in=["queued", "running"], suitability__isnull=False),
                name="suitability_report_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="board", record__isnull=False, suitability__isnull=True)
                | models.Q(kind="suitability", record__isnull=True, suitability__isnull=False),
                name="report_record_of_its_kind",
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
        return f"{self.get_kind_display()} of {self.kept}"

    @property
    def is_suitability(self) -> bool:
        """Whether it prints an assessment rather than a ranking."""
        return self.kind == self.Kind.SUITABILITY

    @property
    def kept(self) -> RankingRecord | SuitabilityRecord:
        """The stored record that it prints."""
        found = self.suitability if self.is_suitability else self.record
        assert found is not None  # noqa: S101  (the database holds to it: report_record_of_its_kind)
        return found

    @property
    def record_name(self) -> str:
        """What the record is called: rankings and assessments are numbered each for itself."""
        return f"{'Suitability' if self.is_suitability else 'Ranking'} record {self.kept.number}"

    @property
    def subject(self) -> str:
        """The case or the period that it is about."""
        return self.record.selection.name if self.record else self.kept_assessment.period

    @property
    def kept_assessment(self) -> Assessment:
        """The assessment behind it."""
        return self.suitability.assessment if self.suitability else self.board_record.selection.assessment

    @property
    def board_record(self) -> RankingRecord:
        """The kept ranking of a board report."""
        assert self.record is not None  # noqa: S101  (see ``kept``)
        return self.record

    @property
    def file_name(self) -> str:
        """What its files are called, without what they end in."""
        return f"{self.kind}-report-record-{self.kept.number}"
