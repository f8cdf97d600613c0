"""The file of a report in the storage: whole, or not there."""

from __future__ import annotations

from django.core.files.base import ContentFile

from reports.models import Report


def store(report: Report, claim: int, content: bytes) -> str:
    """Write the file of one attempt whole or not at all; gives its name, raises ``OSError``."""
    storage = report.file.storage
    name = storage.get_available_name(_name(report, claim))
    try:
        return str(storage.save(name, ContentFile(content)))
    except OSError:
        storage.delete(name)
        raise


def remove(report: Report, name: str) -> None:
    """Remove one file; nothing when it is gone already."""
    report.file.storage.delete(name)


def discard(report: Report, last_attempt: int) -> None:
    """Remove what workers that were killed may have left, up to that attempt."""
    for attempt in range(1, last_attempt + 1):
        remove(report, _name(report, attempt))


def _name(report: Report, attempt: int) -> str:
    """Every attempt has a name of its own, so that two never write the same file."""
    return str(report.file.field.generate_filename(report, f"{report.kind}-report-{report.pk}-{attempt}.pdf"))
