"""The arithmetic of choosing: pure functions over NumPy arrays and frozen dataclasses.

It knows no file, clock, request or database and is usable as a library. Scores are 0–100 and never rounded
here; values are in [0, 1] and more is better. Every refusal is `InvalidInput`, whose text names the place.
"""

from engine.additive import dominated, weighted_sum
from engine.business_case import BusinessCase, CaseLine, SavingRange, WholeBasket, business_case
from engine.business_steps import Step
from engine.cross_checks import CrossCheck, cross_checks
from engine.errors import Fault, InvalidInput
from engine.gate import Gate
from engine.in_house import InHouseCost, in_house_cost
from engine.knockouts import KnockOuts, KnockOutTest, TaskExclusion, knock_outs
from engine.potential import potential_margins, potentially_optimal
from engine.price_rules import PriceAudit, PricedBid, RuleOutcome, price_audit
from engine.problem import Alternative, Criterion, Problem
from engine.promethee import Promethee, promethee2
from engine.ranking import ExcludedAlternative, Lead, RankedAlternative, Ranking, rank
from engine.stability import Flips, NearestFlip, ScoreFlip, ScoreFlips, WeightFlip, flips
from engine.suitability import FactorLine, FiredGate, Suitability, suitability
from engine.suitability_rules import SuitabilityRules
from engine.topsis import topsis
from engine.values import PiecewiseLinear
from engine.version import ENGINE_VERSION
from engine.vikor import Vikor, vikor
from engine.weights import direct_weights, equal_weights, rank_order_centroid, swing_weights

__all__ = [
    "ENGINE_VERSION",
    "Alternative",
    "BusinessCase",
    "CaseLine",
    "Criterion",
    "CrossCheck",
    "ExcludedAlternative",
    "FactorLine",
    "Fault",
    "FiredGate",
    "Flips",
    "Gate",
    "InHouseCost",
    "InvalidInput",
    "KnockOutTest",
    "KnockOuts",
    "Lead",
    "NearestFlip",
    "PiecewiseLinear",
    "PriceAudit",
    "PricedBid",
    "Problem",
    "Promethee",
    "RankedAlternative",
    "Ranking",
    "RuleOutcome",
    "SavingRange",
    "ScoreFlip",
    "ScoreFlips",
    "Step",
    "Suitability",
    "SuitabilityRules",
    "TaskExclusion",
    "Vikor",
    "WeightFlip",
    "WholeBasket",
    "business_case",
    "cross_checks",
    "direct_weights",
    "dominated",
    "equal_weights",
    "flips",
    "in_house_cost",
    "knock_outs",
    "potential_margins",
    "potentially_optimal",
    "price_audit",
    "promethee2",
    "rank",
    "rank_order_centroid",
    "suitability",
    "swing_weights",
    "topsis",
    "vikor",
    "weighted_sum",
]
