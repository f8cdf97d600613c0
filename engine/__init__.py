"""The arithmetic of choosing: pure functions over NumPy arrays and frozen dataclasses.

It knows no file, clock, request or database and is usable as a library. Scores are 0–100 and never rounded
here; values are in [0, 1] and more is better. Every refusal is `InvalidInput`, whose text names the place.
"""

from engine.additive import dominated, weighted_sum
from engine.business_case import BusinessCase, CaseLine, SavingRange, WholeBasket, business_case
from engine.business_steps import Step
from engine.errors import Fault, InvalidInput
from engine.evidenced import EvidencedRanking, evidenced_only
from engine.gate import Gate
from engine.in_house import InHouseCost, in_house_cost
from engine.knockouts import KnockOuts, KnockOutTest, TaskExclusion, knock_outs
from engine.leave_out import (
    Place,
    WithoutAlternative,
    WithoutCriterion,
    leave_out_alternatives,
    leave_out_criteria,
)
from engine.places import Lead
from engine.problem import Alternative, Criterion, Problem
from engine.proofs import FixedWeight, Proofs, proofs
from engine.ranking import ExcludedAlternative, RankedAlternative, Ranking, rank
from engine.score_flips import NearestScoreFlip, ScoreFlip, ScoreFlips
from engine.stability import Flips, flips
from engine.suitability import FactorLine, FiredGate, Suitability, suitability
from engine.suitability_rules import SuitabilityRules
from engine.transfers import Transfer, Transfers, leaf_transfers, weight_transfers
from engine.values import PiecewiseLinear
from engine.version import ENGINE_VERSION
from engine.weight_flips import NearestFlip, WeightFlip
from engine.weights import direct_weights, equal_weights, rank_order_centroid, swing_weights

__all__ = [
    "ENGINE_VERSION",
    "Alternative",
    "BusinessCase",
    "CaseLine",
    "Criterion",
    "EvidencedRanking",
    "ExcludedAlternative",
    "FactorLine",
    "Fault",
    "FiredGate",
    "FixedWeight",
    "Flips",
    "Gate",
    "InHouseCost",
    "InvalidInput",
    "KnockOutTest",
    "KnockOuts",
    "Lead",
    "NearestFlip",
    "NearestScoreFlip",
    "PiecewiseLinear",
    "Place",
    "Problem",
    "Proofs",
    "RankedAlternative",
    "Ranking",
    "SavingRange",
    "ScoreFlip",
    "ScoreFlips",
    "Step",
    "Suitability",
    "SuitabilityRules",
    "TaskExclusion",
    "Transfer",
    "Transfers",
    "WeightFlip",
    "WholeBasket",
    "WithoutAlternative",
    "WithoutCriterion",
    "business_case",
    "direct_weights",
    "dominated",
    "equal_weights",
    "evidenced_only",
    "flips",
    "in_house_cost",
    "knock_outs",
    "leaf_transfers",
    "leave_out_alternatives",
    "leave_out_criteria",
    "proofs",
    "rank",
    "rank_order_centroid",
    "suitability",
    "swing_weights",
    "weight_transfers",
    "weighted_sum",
]
