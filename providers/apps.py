"""Django application."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """See docs/architecture.md for what lives here."""

    name = "providers"
