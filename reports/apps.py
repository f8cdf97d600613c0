"""Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """See docs/architecture.md for what lives here."""

    name = "reports"
