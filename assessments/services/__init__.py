"""Changing legal tasks and what is known about them: one verb each, checked, scored, on the audit trail."""

from assessments.scoring import rescore_all
from assessments.services.adding import add_from_catalogue, add_task, remove_task, start_assessment
from assessments.services.factor_adopting import adopt_draft, may_not_adopt, propose_draft, send_back_draft
from assessments.services.changing import (
    StaleTaskError,
    answer_factor,
    change_task,
    confirm_profile,
    edit_task,
    set_flags,
    set_practice_of_law,
)
from assessments.services.conditions import Closing, close_condition, reopen_condition
from assessments.services.consents import ConsentGiven, add_consent
from assessments.services.draft_gates import (
    GateGiven,
    OwnCondition,
    remove_gate,
    set_gate,
    turn_off_gate,
    turn_on_gate,
)
from assessments.services.factor_drafting import (
    FactorGiven,
    StaleDraftError,
    discard_draft,
    remove_factor,
    set_factor,
    set_points,
    start_draft,
)
from assessments.services.grid import CellAnswer, CellChange, CellState, RowAnswer, RowChange, save_rows
from assessments.services.importing import (
    Existing,
    ImportPlan,
    ImportRefusedError,
    ImportRow,
    RowKind,
    apply_import,
    plan_import,
)
from assessments.services.lawyers import NewLawyer
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
from assessments.services.waivers import ask_waiver, decide_waiver, withdraw_waiver

__all__ = [
    "PASTE_COLUMNS",
    "CellAnswer",
    "CellChange",
    "CellState",
    "Closing",
    "ConsentGiven",
    "Existing",
    "FactorGiven",
    "GateGiven",
    "ImportPlan",
    "ImportRefusedError",
    "ImportRow",
    "NewLawyer",
    "OwnCondition",
    "PasteRefusedError",
    "Preview",
    "PreviewCell",
    "PreviewRow",
    "RateEntry",
    "RowAnswer",
    "RowChange",
    "RowKind",
    "StaleDraftError",
    "StaleNeedError",
    "StaleTaskError",
    "add_consent",
    "add_from_catalogue",
    "add_task",
    "adopt_draft",
    "answer_factor",
    "apply_import",
    "ask_waiver",
    "change_task",
    "close_condition",
    "confirm_profile",
    "decide_waiver",
    "discard_draft",
    "edit_task",
    "may_not_adopt",
    "paste_confirm",
    "paste_preview",
    "plan_import",
    "propose_draft",
    "remove_factor",
    "remove_gate",
    "remove_need",
    "remove_task",
    "reopen_condition",
    "rescore_all",
    "save_rows",
    "send_back_draft",
    "set_factor",
    "set_flags",
    "set_gate",
    "set_limit",
    "set_must_stay",
    "set_objective",
    "set_points",
    "set_practice_of_law",
    "set_role_rates",
    "start_assessment",
    "start_draft",
    "turn_off_gate",
    "turn_on_gate",
    "withdraw_waiver",
]
