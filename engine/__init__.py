"""The arithmetic of choosing: pure functions over NumPy arrays and frozen dataclasses.

It knows no file, clock, request or database and is usable as a library. Scores are 0–100 and never rounded
here; values are in [0, 1] and more is better. Every refusal is `InvalidInput`, whose text names the place.
"""

from engine.additive import dominated, weighted_sum
from engine.errors import Fault, InvalidInput
from engine.gate import Gate
from engine.problem import Alternative, Criterion, Problem
from engine.ranking import ExcludedAlternative, Lead, RankedAlternative, Ranking, rank
from engine.stability import Flips, NearestFlip, ScoreFlip, ScoreFlips, WeightFlip, flips
from engine.values import PiecewiseLinear
from engine.version import ENGINE_VERSION
from engine.weights import direct_weights, equal_weights, rank_order_centroid, swing_weights

__all__ = [
    "ENGINE_VERSION",
    "Alternative",
    "Criterion",
    "ExcludedAlternative",
    "Fault",
    "Flips",
    "Gate",
    "InvalidInput",
    "Lead",
    "NearestFlip",
    "PiecewiseLinear",
    "Problem",
    "RankedAlternative",
    "Ranking",
    "ScoreFlip",
    "ScoreFlips",
    "WeightFlip",
    "direct_weights",
    "dominated",
    "equal_weights",
    "flips",
    "rank",
    "rank_order_centroid",
    "swing_weights",
    "weighted_sum",
]
