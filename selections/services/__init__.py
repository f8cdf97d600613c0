"""What can be done to a case: one verb each, checked, in one transaction with its audit event."""

from engine.knockouts import ACCEPTABLE
from selections.services.assumptions import set_assumptions
from selections.services.basis import rest_on
from selections.services.bids import accept, add_bid, edit_bid, remove_bid
from selections.services.pasting import (
    REPLACE,
    PriceCell,
    PriceKind,
    PricePlan,
    PriceRow,
    PricesRefusedError,
    TypedPrice,
    plan_prices,
    save_prices,
)
from selections.services.prices import QUANTITY_NAMES, STATED, line_faults, remove_line, set_line, unit_of
from selections.services.ranking import (
    Kept,
    Preview,
    adopt_weights,
    keep_ranking,
    keeping_of,
    preview_ranking,
    set_privilege_line,
)
from selections.services.scores import give_score, give_value
from selections.services.trail import Refused, touch

__all__ = [
    "ACCEPTABLE",
    "QUANTITY_NAMES",
    "REPLACE",
    "STATED",
    "Kept",
    "Preview",
    "PriceCell",
    "PriceKind",
    "PricePlan",
    "PriceRow",
    "PricesRefusedError",
    "Refused",
    "TypedPrice",
    "accept",
    "add_bid",
    "adopt_weights",
    "edit_bid",
    "give_score",
    "give_value",
    "keep_ranking",
    "keeping_of",
    "line_faults",
    "plan_prices",
    "preview_ranking",
    "remove_bid",
    "remove_line",
    "rest_on",
    "save_prices",
    "set_assumptions",
    "set_line",
    "set_privilege_line",
    "touch",
    "unit_of",
]
