"""Django application."""

from django.apps import AppConfig


class SelectionsConfig(AppConfig):
    """See docs/architecture.md for what lives here."""

    name = "selections"
