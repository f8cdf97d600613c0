"""Start-up checks of the wall."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.forms import BaseModelForm

from accounts.tenancy import UNWALLED, OwnedManager, OwnedModel

OUR_APPS = {"accounts", "assessments", "providers", "selections", "reports"}


def _our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


@register()
def every_model_is_walled(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every model of ours derives from OwnedModel and reads through its manager, or is named in UNWALLED."""
    faults: list[CheckMessage] = []
    for model in _our_models():
        if model._meta.label in UNWALLED:
            continue
        if not issubclass(model, OwnedModel):
            faults.append(Error(f"{model._meta.label} has no owner.", id="accounts.E001"))
            continue
        for manager in (model._default_manager, model._base_manager):
            if not isinstance(manager, OwnedManager):
                faults.append(Error(f"{model._meta.label} reads around the wall.", id="accounts.E002"))
    return faults


def _all_subclasses(cls: type[Any]) -> set[type[Any]]:
    found: set[type[Any]] = set()
    for child in cls.__subclasses__():
        found |= {child} | _all_subclasses(child)
    return found


@register()
def no_owned_keys_in_model_forms(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A ModelForm must not list an owned foreign key: it would be validated around the wall."""
    faults: list[CheckMessage] = []
    for form in _all_subclasses(BaseModelForm):
        options = getattr(form, "_meta", None)
        if options is None or options.model is None:
            continue
        for field in options.model._meta.concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            is_owned = isinstance(target, type) and issubclass(target, OwnedModel)
            if is_owned and field.name in (options.fields or ()):
                faults.append(
                    Error(f"{form.__qualname__} lists the owned key {field.name}.", id="accounts.E003")
                )
    return faults
