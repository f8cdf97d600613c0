"""The form that most pages share: crispy draws its fields, a use case decides what is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError


class PlainForm(forms.Form):
    """A form whose tag, token and buttons stand in the template."""

    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def save_by(self, save: Callable[[dict[str, Any]], object]) -> object | None:
        """Hand what was typed to a use case, if it is valid; what that refuses stands beside the fields.

        Gives what the use case gives, None when nothing was saved.
        """
        if not self.is_bound or not self.is_valid():
            return None
        try:
            return save(self.cleaned_data)
        except ValidationError as refused:
            self.add_error(None, refused)
            return None
