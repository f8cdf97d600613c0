"""Forms of the people pages: they parse and say what is wrong; services decide and save."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.plain_forms import PlainForm
from accounts.roles import ROLE_DUTIES, ROLE_NAMES, Role

ROLE_CHOICES = [
    (role.value, format_html("<b>{}</b> {}", ROLE_NAMES[role], ROLE_DUTIES[role])) for role in Role
]
EMAIL_WANTED = "Enter an e-mail address, for example name@firm.example."


class LongSelect(forms.Select):
    """A choice of hundreds, drawn in one go; Django would load a template for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Give the control with the chosen option marked."""
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((key, SafeString(" selected") if key == value else "", label) for key, label in self.choices),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs({**self.attrs, "name": name}, attrs)), options
        )


@cache
def time_zones() -> tuple[str, ...]:
    """Name the zones of places; reading them takes a while, so it is done once."""
    zones = available_timezones()
    return tuple(sorted(zone for zone in zones if "/" in zone and not zone.startswith("Etc/")))


def role_field() -> forms.ChoiceField:
    """Make the choice of a role, each with what it may do."""
    return forms.ChoiceField(
        label="Role",
        choices=ROLE_CHOICES,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose one of these roles."},
    )


class InviteForm(PlainForm):
    """Whom to ask in, and as what."""

    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="The address that this person signs in with.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": EMAIL_WANTED, "invalid": EMAIL_WANTED},
    )
    role = role_field()


class RoleForm(PlainForm):
    """What a member is; shown in a dialog over the form that invites, so its ids are its own."""

    role = role_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="member_%s", **kwargs)


class JoinForm(PlainForm):
    """Name and password of somebody who has no account yet."""

    name = forms.CharField(
        max_length=120,
        label="Your name",
        help_text="As colleagues know you; it stands beside what you do.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name."},
    )
    password = forms.CharField(
        label="Password",
        help_text="12 to 256 characters; not a common one, nor close to your name or e-mail. "
        "Four random words are good.",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Choose a password."},
    )
    repeated = forms.CharField(
        label="Password again",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Type the password once more."},
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        data = super().clean() or {}
        if "password" in data and "repeated" in data and data["password"] != data["repeated"]:
            self.add_error("repeated", "This is not the same password. Type both again.")
        return data


class OrganisationForm(PlainForm):
    """The facts about the organisation that its owner sets."""

    name = forms.CharField(max_length=160, error_messages={"required": "Enter the name of the organisation."})
    time_zone = forms.ChoiceField(
        widget=LongSelect,
        help_text="Dates and times on every page and report are shown in it.",
        error_messages={"invalid_choice": "Choose a time zone from the list."},
    )
    head_office = forms.CharField(
        max_length=160, required=False, help_text="City and region, for example Columbus, Ohio. Optional."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict.fromkeys(("UTC", *time_zones(), self.initial.get("time_zone", "UTC")))
        self.fields["time_zone"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # it is a ChoiceField
