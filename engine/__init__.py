"""The arithmetic of choosing: pure functions over NumPy arrays and frozen dataclasses.

It knows no file, clock, request or database and is usable as a library. Scores are 0–100 and never rounded
here; values are in [0, 1] and more is better. Every refusal is `InvalidInput`, whose text names the place.

Names that few callers need are imported when they are first asked for, so that `import engine` stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.acceptability import Acceptability, rank_acceptability
from engine.additive import dominated, weighted_sum
from engine.best_worst import BestWorstWeights, best_worst_weights
from engine.business_case import (
    BusinessCase,
    CaseLine,
    SavingRange,
    WholeBasket,
    basket_case,
    business_case,
)
from engine.business_inputs import Basket, read_basket
from engine.business_steps import Step
from engine.cross_checks import CrossCheck, cross_checks
from engine.errors import Fault, InvalidInput
from engine.gate import Gate
from engine.in_house import InHouseCost, in_house_cost
from engine.knockouts import KnockOuts, KnockOutTest, TaskExclusion, knock_outs
from engine.pairwise import PairwiseWeights, pairwise_weights, upper_triangle
from engine.places import Lead
from engine.problem import Alternative, Criterion, Problem
from engine.promethee import Promethee, promethee2
from engine.proofs import FixedWeight, Proofs, proofs
from engine.ranking import ExcludedAlternative, RankedAlternative, Ranking, rank
from engine.robustness import Robustness, robustness
from engine.score_flips import NearestScoreFlip, ScoreFlip, ScoreFlips
from engine.stability import Flips, flips
from engine.suitability import FactorLine, FiredGate, Suitability, suitability
from engine.suitability_rules import GATE_KINDS, WAIVABLE_KINDS, SuitabilityRules, gate_kind
from engine.suitability_shifts import Shift, SuitabilityShifts, shifted_weights, suitability_shifts
from engine.topsis import topsis
from engine.unknowns import Unknown, unknowns
from engine.values import PiecewiseLinear
from engine.version import ENGINE_VERSION
from engine.vikor import Vikor, vikor
from engine.weight_flips import NearestFlip, WeightFlip
from engine.weights import direct_weights, equal_weights, rank_order_centroid, swing_weights

if TYPE_CHECKING:
    from engine.allocation import Allocation, AllocationConflict, ConstraintPrice, NextBest, WayOut, allocate
    from engine.allocation_inputs import Bidder, Bundle, BundleOffer
    from engine.allocation_rules import Constraint
    from engine.break_even import BreakEven, BreakEvens, Crossing, break_evens
    from engine.control import ControlLimits, Signal, control_limits
    from engine.evaluators import GroupScores, WithoutEvaluator, scores_of_group, without_each_evaluator
    from engine.evidenced import EvidencedRanking, evidenced_only
    from engine.group import GroupJudgements, GroupWeights, judgements_of_group, kendalls_w, weights_of_group
    from engine.leave_out import (
        Place,
        WithoutAlternative,
        WithoutCriterion,
        leave_out_alternatives,
        leave_out_criteria,
    )
    from engine.overlap import Overlap, Site, WithoutOverlap, overlap_hours
    from engine.potential import potential_margins, potentially_optimal
    from engine.price_rules import PriceAudit, PricedBid, RuleOutcome, price_audit
    from engine.savings import (
        DriverSwing,
        PaybackPercentiles,
        Percentiles,
        SimulatedSavings,
        simulate_savings,
    )
    from engine.spreads import DEFAULT_SPREADS, Spread
    from engine.transfers import Transfer, Transfers, leaf_transfers, weight_transfers

# Module -> names that are imported from it when they are first asked for. A name that a module has too cannot
# stand here: once somebody imports the module, the package has the module under that name.
_LATER: dict[str, tuple[str, ...]] = {
    "engine.allocation": (
        "Allocation",
        "AllocationConflict",
        "ConstraintPrice",
        "NextBest",
        "WayOut",
        "allocate",
    ),
    "engine.allocation_inputs": (
        "Bidder",
        "Bundle",
        "BundleOffer",
    ),
    "engine.allocation_rules": ("Constraint",),
    "engine.break_even": (
        "BreakEven",
        "BreakEvens",
        "Crossing",
        "break_evens",
    ),
    "engine.control": (
        "ControlLimits",
        "Signal",
        "control_limits",
    ),
    "engine.evaluators": (
        "GroupScores",
        "WithoutEvaluator",
        "scores_of_group",
        "without_each_evaluator",
    ),
    "engine.evidenced": (
        "EvidencedRanking",
        "evidenced_only",
    ),
    "engine.group": (
        "GroupJudgements",
        "GroupWeights",
        "judgements_of_group",
        "kendalls_w",
        "weights_of_group",
    ),
    "engine.leave_out": (
        "Place",
        "WithoutAlternative",
        "WithoutCriterion",
        "leave_out_alternatives",
        "leave_out_criteria",
    ),
    "engine.overlap": (
        "Overlap",
        "Site",
        "WithoutOverlap",
        "overlap_hours",
    ),
    "engine.potential": (
        "potential_margins",
        "potentially_optimal",
    ),
    "engine.price_rules": (
        "PriceAudit",
        "PricedBid",
        "RuleOutcome",
        "price_audit",
    ),
    "engine.savings": (
        "DriverSwing",
        "PaybackPercentiles",
        "Percentiles",
        "SimulatedSavings",
        "simulate_savings",
    ),
    "engine.spreads": (
        "DEFAULT_SPREADS",
        "Spread",
    ),
    "engine.transfers": (
        "Transfer",
        "Transfers",
        "leaf_transfers",
        "weight_transfers",
    ),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}

__all__ = [
    "DEFAULT_SPREADS",
    "ENGINE_VERSION",
    "GATE_KINDS",
    "WAIVABLE_KINDS",
    "Acceptability",
    "Allocation",
    "AllocationConflict",
    "Alternative",
    "Basket",
    "BestWorstWeights",
    "Bidder",
    "BreakEven",
    "BreakEvens",
    "Bundle",
    "BundleOffer",
    "BusinessCase",
    "CaseLine",
    "Constraint",
    "ConstraintPrice",
    "ControlLimits",
    "Criterion",
    "CrossCheck",
    "Crossing",
    "DriverSwing",
    "EvidencedRanking",
    "ExcludedAlternative",
    "FactorLine",
    "Fault",
    "FiredGate",
    "FixedWeight",
    "Flips",
    "Gate",
    "GroupJudgements",
    "GroupScores",
    "GroupWeights",
    "InHouseCost",
    "InvalidInput",
    "KnockOutTest",
    "KnockOuts",
    "Lead",
    "NearestFlip",
    "NearestScoreFlip",
    "NextBest",
    "Overlap",
    "PairwiseWeights",
    "PaybackPercentiles",
    "Percentiles",
    "PiecewiseLinear",
    "Place",
    "PriceAudit",
    "PricedBid",
    "Problem",
    "Promethee",
    "Proofs",
    "RankedAlternative",
    "Ranking",
    "Robustness",
    "RuleOutcome",
    "SavingRange",
    "ScoreFlip",
    "ScoreFlips",
    "Shift",
    "Signal",
    "SimulatedSavings",
    "Site",
    "Spread",
    "Step",
    "Suitability",
    "SuitabilityRules",
    "SuitabilityShifts",
    "TaskExclusion",
    "Transfer",
    "Transfers",
    "Unknown",
    "Vikor",
    "WayOut",
    "WeightFlip",
    "WholeBasket",
    "WithoutAlternative",
    "WithoutCriterion",
    "WithoutEvaluator",
    "WithoutOverlap",
    "allocate",
    "basket_case",
    "best_worst_weights",
    "break_evens",
    "business_case",
    "control_limits",
    "cross_checks",
    "direct_weights",
    "dominated",
    "equal_weights",
    "evidenced_only",
    "flips",
    "gate_kind",
    "in_house_cost",
    "judgements_of_group",
    "kendalls_w",
    "knock_outs",
    "leaf_transfers",
    "leave_out_alternatives",
    "leave_out_criteria",
    "overlap_hours",
    "pairwise_weights",
    "potential_margins",
    "potentially_optimal",
    "price_audit",
    "promethee2",
    "proofs",
    "rank",
    "rank_acceptability",
    "rank_order_centroid",
    "read_basket",
    "robustness",
    "scores_of_group",
    "shifted_weights",
    "simulate_savings",
    "suitability",
    "suitability_shifts",
    "swing_weights",
    "topsis",
    "unknowns",
    "upper_triangle",
    "vikor",
    "weight_transfers",
    "weighted_sum",
    "weights_of_group",
    "without_each_evaluator",
]


def __getattr__(name: str) -> Any:
    """Import a name of `_LATER`; it then stays."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
