"""Rank acceptability: how the ranking fares under all the weights, or values, that are possible.

Source: SMAA-2, Lahdelma and Salminen, Operations Research 49 (2001) 444–454.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from engine.checks import Array, require_samples, require_seed
from engine.decision_check import MAX_ALTERNATIVES
from engine.errors import refuse
from engine.pair_counts import Counts
from engine.rank_counts import RankCounts
from engine.rank_order import TIE_OF_VALUES, Comparison, Sorting
from engine.sampled_scores import SampledScores
from engine.uncertain import ValueTable, read_values
from engine.weight_samples import Weights, weight_sample

# Above this many alternatives, counting who is ahead of whom takes longer than all else.
_PAIRS_AT_ONCE = 200


@dataclass(frozen=True, eq=False)
class Acceptability:
    """The result of `rank_acceptability` for m alternatives and n criteria. Shares are from 0 to 1.

    `acceptability`: m × m, the share of samples in which the alternative of the row takes the rank of the
    column, the first rank first. `central_weights`: m × n, the mean of the weights for which it is first; a
    row of NaN if it never is. `confidence`: m, the share of draws of the uncertain values in which it is
    first, alone or tied, at its central weights; NaN if it never is first. `half_width`: half the width of a
    95 % interval around a share, or less. `samples`, `seed`: as used.
    """

    acceptability: Array
    central_weights: Array
    confidence: Array
    half_width: float
    samples: int
    seed: int
    _leads: Counts | None = field(repr=False)
    _scores: SampledScores = field(repr=False)
    _weights: Array = field(repr=False)

    @cached_property
    def pairwise(self) -> Array:
        """m × m: the share of samples in which row is ahead of column, ties half; 0.5 on the diagonal.

        Of more than 200 alternatives it is counted when it is first read.
        """
        leads = self._leads
        if leads is None:
            leads = _count(self._scores, self._weights, pairs=True).leads()
        place = self._scores.place
        shares: Array = (self.samples + leads[place][:, place]) / (2 * self.samples)
        return shares


def rank_acceptability(
    values: Any, *, weights: Weights = "uniform", samples: int = 10_000, seed: int = 0
) -> Acceptability:
    """How often each of m alternatives takes each rank when weights, and values, are drawn at random.

    `values`: m × n array of values in [0, 1], more is better; or rows of cells: a number, ("uniform", low,
    high), ("triangular", low, mode, high), ("normal", mean, sd), which is clipped to [0, 1], or None for
    anything from 0 to 1. `weights`: "uniform" (on all weights that sum to 1), ("ordered", indices from the
    most to the least important criterion), ("dirichlet", w, concentration) with parameters concentration × w,
    or an array with a row of weights for each sample. Scores are tied within 1e-9 of 100 points; tied
    alternatives share their ranks evenly. The same seed gives the same numbers. Raises `InvalidInput`.

    Source: SMAA-2, Lahdelma and Salminen, Operations Research 49 (2001) 444–454.
    """
    table = read_values(values)
    if len(table.base) > MAX_ALTERNATIVES:
        raise refuse("values", f"there are more than {MAX_ALTERNATIVES} alternatives")
    return accept(table, weights, require_samples(samples), require_seed(seed))


def accept(table: ValueTable, weights: Weights, samples: int, seed: int) -> Acceptability:
    """`rank_acceptability` of a checked table."""
    drawn = weight_sample(weights, table.base.shape[1], samples, seed)
    scores = SampledScores(table, drawn.shape[1], seed)
    pairs = len(table.base) <= _PAIRS_AT_ONCE
    counts = _count(scores, drawn, pairs=pairs)
    times = counts.rank_times()
    rows = np.flatnonzero(times[:, 0])
    centres = np.full((len(times), len(drawn)), np.nan)
    centres[rows] = counts.first_weights(drawn)[rows] / times[rows, :1]
    confidence = np.full(len(times), np.nan)
    confidence[rows] = scores.first_at(centres[rows], rows)
    return Acceptability(
        acceptability=times[scores.place] / drawn.shape[1],
        central_weights=centres[scores.place],
        confidence=confidence[scores.place],
        half_width=0.98 / math.sqrt(drawn.shape[1]),
        samples=drawn.shape[1],
        seed=seed,
        _leads=counts.leads() if pairs else None,
        _scores=scores,
        _weights=drawn,
    )


def _count(scores: SampledScores, weights: Array, *, pairs: bool) -> RankCounts:
    counts = RankCounts(scores.copies, len(weights))
    makers: dict[int, Comparison | Sorting] = {}
    for number, part in scores.chunks():
        drawn = weights[:, part]
        size = drawn.shape[1]
        if size not in makers:
            makers[size] = scores.kind(scores.copies, size, pairs=pairs)
        maker = makers[size]
        scores.fill(number, drawn, maker.scores)
        order = maker.order()
        counts.add(order, drawn)
        if order.doubtful.size:
            scores.fill(number, drawn, maker.scores)
            tied = maker.scores[:, order.doubtful], drawn[:, order.doubtful]
            counts.add_tied(*tied, TIE_OF_VALUES * maker.UNIT, pairs=pairs)
    return counts
