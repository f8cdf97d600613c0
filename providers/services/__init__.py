"""Changing what is known about a provider: one verb each, checked, and on the audit trail."""

from providers.services.counting import recount
from providers.services.evidence import set_answer, set_metric
from providers.services.profile import (
    add_provider,
    edit_provider,
    remove_certificate,
    remove_site,
    set_certificate,
    set_site,
)

__all__ = [
    "add_provider",
    "edit_provider",
    "recount",
    "remove_certificate",
    "remove_site",
    "set_answer",
    "set_certificate",
    "set_metric",
    "set_site",
]
