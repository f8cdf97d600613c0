"""Ranks of sampled scores with all their ties: the careful way, for the few samples that need it."""

from __future__ import annotations

import numpy as np

from engine.checks import Array
from engine.pair_counts import Counts


def tied_ranks(scores: Array, copies: Counts, tie: float) -> tuple[Counts, Counts]:
    """How many stand ahead, and how many are tied, itself among them: each alternatives × samples.

    `copies`: how many alternatives each row of `scores` stands for. As in the ranking, a score is tied with
    the best one of its group if it is lower by no more than `tie`.
    """
    order = np.argsort(-scores, axis=0, kind="stable")
    falling = np.take_along_axis(scores, order, axis=0)
    ends = np.cumsum(copies[order], axis=0)
    begins = np.zeros_like(ends)
    best = falling[0]
    for place in range(1, len(falling)):
        is_next = best - falling[place] > tie
        best = np.where(is_next, falling[place], best)
        begins[place] = np.where(is_next, ends[place - 1], begins[place - 1])
    for place in range(len(falling) - 2, -1, -1):
        is_same = begins[place + 1] == begins[place]
        ends[place] = np.where(is_same, ends[place + 1], ends[place])
    ahead, tied = np.empty_like(begins), np.empty_like(begins)
    np.put_along_axis(ahead, order, begins, axis=0)
    np.put_along_axis(tied, order, ends - begins, axis=0)
    return ahead, tied


def spread_ranks(starts: Counts, size: int) -> Array:
    """Alternatives × ranks: of the ranks that a group of `size` tied alternatives takes, each has its share.

    `starts`: alternatives × first rank of the group, how often.
    """
    within = np.cumsum(starts, axis=1)
    within[:, size:] -= within[:, :-size].copy()
    shares: Array = within / size
    return shares
