"""Changing legal tasks and what is known about them: one verb each, checked, scored, on the audit trail."""

from assessments.scoring import rescore_all
from assessments.services.adding import add_from_catalogue, add_task, remove_task, start_assessment
from assessments.services.changing import (
    StaleTaskError,
    answer_factor,
    change_task,
    confirm_profile,
    edit_task,
    set_flags,
    set_practice_of_law,
)
from assessments.services.conditions import close_condition, reopen_condition
from assessments.services.needs import (
    StaleNeedError,
    remove_need,
    set_limit,
    set_must_stay,
    set_objective,
)
from assessments.services.pasting import (
    PASTE_COLUMNS,
    PasteRefusedError,
    Preview,
    PreviewCell,
    PreviewRow,
    paste_confirm,
    paste_preview,
)
from assessments.services.rates import RateEntry, set_role_rates

__all__ = [
    "PASTE_COLUMNS",
    "PasteRefusedError",
    "Preview",
    "PreviewCell",
    "PreviewRow",
    "RateEntry",
    "StaleNeedError",
    "StaleTaskError",
    "add_from_catalogue",
    "add_task",
    "answer_factor",
    "change_task",
    "close_condition",
    "confirm_profile",
    "edit_task",
    "paste_confirm",
    "paste_preview",
    "remove_need",
    "remove_task",
    "reopen_condition",
    "rescore_all",
    "set_flags",
    "set_limit",
    "set_must_stay",
    "set_objective",
    "set_practice_of_law",
    "set_role_rates",
    "start_assessment",
]
