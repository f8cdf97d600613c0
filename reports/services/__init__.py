"""Reports: asked for, made, failed, sent again. The row is the truth; the queue only wakes a worker."""

from reports.services.asking import (
    NoSuitabilityReportError,
    TooManyReportsError,
    request_report,
    request_suitability_report,
)
from reports.services.leases import GAVE_UP, LEASE, LOST, MAX_ATTEMPTS
from reports.services.making import make_report, options_of
from reports.services.sending import NOT_SENT, due_everywhere, is_due, note_sent, note_unsent, take_turn

__all__ = [
    "GAVE_UP",
    "LEASE",
    "LOST",
    "MAX_ATTEMPTS",
    "NOT_SENT",
    "NoSuitabilityReportError",
    "TooManyReportsError",
    "due_everywhere",
    "is_due",
    "make_report",
    "note_sent",
    "note_unsent",
    "options_of",
    "request_report",
    "request_suitability_report",
    "take_turn",
]
