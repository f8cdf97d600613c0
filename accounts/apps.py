"""Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who is asking, for which organisation, what they may do; the audit trail."""

    name = "accounts"

    def ready(self) -> None:
        """Register the checks of the wall."""
        from accounts import checks  # noqa: F401
