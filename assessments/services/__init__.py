"""Changing legal tasks and what is known about them: one verb each, checked, scored, on the audit trail."""

from assessments.scoring import rescore_all
from assessments.services.adding import add_from_catalogue, add_task, remove_task, start_assessment
from assessments.services.adopting import adopt_rules, withdraw_adoption
from assessments.services.changing import (
    StaleTaskError,
    answer_factor,
    change_task,
    edit_task,
    set_flags,
    set_practice_of_law,
)
from assessments.services.conditions import Closing, close_condition, reopen_condition
from assessments.services.confirming import confirm_profile, confirm_profiles
from assessments.services.consents import ConsentGiven, add_consent
from assessments.services.copying import copy_to_period, start_version
from assessments.services.draft_gates import (
    GateGiven,
    OwnCondition,
    remove_gate,
    set_gate,
    turn_off_gate,
    turn_on_gate,
)
from assessments.services.drafting import ClosedAssessmentError
from assessments.services.duties import (
    Marking,
    StaleMarkError,
    mark_item,
    take_newer_duties,
)
from assessments.services.factor_adopting import adopt_draft, may_not_adopt, propose_draft, send_back_draft
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
from assessments.services.joining import join_parts
from assessments.services.jurisdictions import record_jurisdiction, remove_jurisdiction
from assessments.services.lawyers import NewLawyer
from assessments.services.needs import (
    StaleNeedError,
    remove_need,
    set_limit,
    set_must_stay,
    set_objective,
)
from assessments.services.opinions import OpinionGiven, give_opinions, settle_factor, take_opinion_back
from assessments.services.pasting import (
    PASTE_COLUMNS,
    PasteChoices,
    PasteRefusedError,
    Preview,
    PreviewCell,
    PreviewRow,
    paste_confirm,
    paste_preview,
)
from assessments.services.portions import Way
from assessments.services.rates import RateEntry, set_role_rates
from assessments.services.retention import delete_content, lift_hold, set_hold, set_retention
from assessments.services.splitting import SplitGiven, preview_split, split_task
from assessments.services.states import approve, send_back, set_aside, submit
from assessments.services.waivers import ask_waiver, decide_waiver, withdraw_waiver

__all__ = [
    "PASTE_COLUMNS",
    "CellAnswer",
    "CellChange",
    "CellState",
    "ClosedAssessmentError",
    "Closing",
    "ConsentGiven",
    "Existing",
    "FactorGiven",
    "GateGiven",
    "ImportPlan",
    "ImportRefusedError",
    "ImportRow",
    "Marking",
    "NewLawyer",
    "OpinionGiven",
    "OwnCondition",
    "PasteChoices",
    "PasteRefusedError",
    "Preview",
    "PreviewCell",
    "PreviewRow",
    "RateEntry",
    "RowAnswer",
    "RowChange",
    "RowKind",
    "SplitGiven",
    "StaleDraftError",
    "StaleMarkError",
    "StaleNeedError",
    "StaleTaskError",
    "Way",
    "add_consent",
    "add_from_catalogue",
    "add_task",
    "adopt_draft",
    "adopt_rules",
    "answer_factor",
    "apply_import",
    "approve",
    "ask_waiver",
    "change_task",
    "close_condition",
    "confirm_profile",
    "confirm_profiles",
    "copy_to_period",
    "decide_waiver",
    "delete_content",
    "discard_draft",
    "edit_task",
    "give_opinions",
    "join_parts",
    "lift_hold",
    "mark_item",
    "may_not_adopt",
    "paste_confirm",
    "paste_preview",
    "plan_import",
    "preview_split",
    "propose_draft",
    "record_jurisdiction",
    "remove_factor",
    "remove_gate",
    "remove_jurisdiction",
    "remove_need",
    "remove_task",
    "reopen_condition",
    "rescore_all",
    "save_rows",
    "send_back",
    "send_back_draft",
    "set_aside",
    "set_factor",
    "set_flags",
    "set_gate",
    "set_hold",
    "set_limit",
    "set_must_stay",
    "set_objective",
    "set_points",
    "set_practice_of_law",
    "set_retention",
    "set_role_rates",
    "settle_factor",
    "split_task",
    "start_assessment",
    "start_draft",
    "start_version",
    "submit",
    "take_newer_duties",
    "take_opinion_back",
    "turn_off_gate",
    "turn_on_gate",
    "withdraw_adoption",
    "withdraw_waiver",
]
