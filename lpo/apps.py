"""Start-up of the project."""

from django.apps import AppConfig


class LpoConfig(AppConfig):
    """Holds the pages and commands that span the apps."""

    name = "lpo"
    verbose_name = "LPO Advisor"

    def ready(self) -> None:
        """Register the checks that look at settings."""
        from lpo import checks  # noqa: F401
