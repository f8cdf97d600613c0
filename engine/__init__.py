"""The arithmetic of choosing: pure functions over NumPy arrays and frozen dataclasses.

It knows no file, clock, request or database and is usable as a library. Scores are 0–100 and never rounded
here; values are in [0, 1] and more is better. Every refusal is `InvalidInput`, whose text names the place.
"""

from engine.additive import dominated, weighted_sum
from engine.best_worst import BestWorstWeights, best_worst_weights
from engine.business_case import BusinessCase, CaseLine, SavingRange, WholeBasket, business_case
from engine.business_steps import Step
from engine.errors import Fault, InvalidInput
from engine.evaluators import GroupScores, WithoutEvaluator, scores_of_group, without_each_evaluator
from engine.gate import Gate
from engine.group import GroupJudgements, GroupWeights, judgements_of_group, kendalls_w, weights_of_group
from engine.in_house import InHouseCost, in_house_cost
from engine.knockouts import KnockOuts, KnockOutTest, TaskExclusion, knock_outs
from engine.pairwise import PairwiseWeights, pairwise_weights, upper_triangle
from engine.problem import Alternative, Criterion, Problem
from engine.ranking import ExcludedAlternative, Lead, RankedAlternative, Ranking, rank
from engine.stability import Flips, NearestFlip, ScoreFlip, ScoreFlips, WeightFlip, flips
from engine.suitability import FactorLine, FiredGate, Suitability, suitability
from engine.suitability_rules import GATE_KINDS, WAIVABLE_KINDS, SuitabilityRules, gate_kind
from engine.values import PiecewiseLinear
from engine.version import ENGINE_VERSION
from engine.weights import direct_weights, equal_weights, rank_order_centroid, swing_weights

__all__ = [
    "ENGINE_VERSION",
    "GATE_KINDS",
    "WAIVABLE_KINDS",
    "Alternative",
    "BestWorstWeights",
    "BusinessCase",
    "CaseLine",
    "Criterion",
    "ExcludedAlternative",
    "FactorLine",
    "Fault",
    "FiredGate",
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
    "PairwiseWeights",
    "PiecewiseLinear",
    "Problem",
    "RankedAlternative",
    "Ranking",
    "SavingRange",
    "ScoreFlip",
    "ScoreFlips",
    "Step",
    "Suitability",
    "SuitabilityRules",
    "TaskExclusion",
    "WeightFlip",
    "WholeBasket",
    "WithoutEvaluator",
    "best_worst_weights",
    "business_case",
    "direct_weights",
    "dominated",
    "equal_weights",
    "flips",
    "gate_kind",
    "in_house_cost",
    "judgements_of_group",
    "kendalls_w",
    "knock_outs",
    "pairwise_weights",
    "rank",
    "rank_order_centroid",
    "scores_of_group",
    "suitability",
    "swing_weights",
    "upper_triangle",
    "weighted_sum",
    "weights_of_group",
    "without_each_evaluator",
]
