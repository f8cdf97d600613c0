"""Rules for passwords that Django does not ship."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError


class MaximumLength:
    """Refuse what nobody types and only costs time to hash; long phrases fit."""

    def __init__(self, max_length: int = 256) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` above the limit."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Say the rule."""
        return f"A password has at most {self.max_length} characters."
