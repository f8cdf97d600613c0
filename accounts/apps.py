"""Django application."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who is asking, for which organisation, what they may do; the audit trail."""

    name = "accounts"

    def ready(self) -> None:
        """Register the checks of the wall and of the company's own sign-in."""
        from accounts import checks  # noqa: F401
        from accounts.signin import checks as signin_checks  # noqa: F401
