"""Django application."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """See docs/architecture.md for what lives here."""

    name = "assessments"
