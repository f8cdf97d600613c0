"""The interval of one weight in which the first place stands.

Let s be the share of a node among its siblings, V its value, Q the value of its siblings together and G the
share of their parent in the total. When the share becomes x and the siblings are rescaled in proportion, the
total moves by G · (x − s) · (V − Q): a straight line in x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.model import Model
from engine.scoring import Scored, advantages
from engine.standing import SAME, Standing, takeovers


@dataclass(frozen=True, slots=True)
class WeightFlip:
    """The interval of a node's local share in which the first stays first, and who takes over beyond it.

    `weight`: the share now. A winner is None where the interval ends at 0 or 1 because nobody takes over.
    """

    code: str
    weight: float
    low: float
    high: float
    low_winner: str | None
    high_winner: str | None


@dataclass(frozen=True, slots=True)
class NearestFlip:
    """The smallest change of one local share that changes the first place; `change` is a signed share."""

    code: str
    change: float
    winner: str


def no_weight_flips(model: Model) -> tuple[WeightFlip, ...]:
    """Every node with the whole interval and no winner."""
    shares = model.tree.local.tolist()
    return tuple(
        WeightFlip(code, weight, 0.0, 1.0, None, None)
        for code, weight in zip(model.tree.codes, shares, strict=False)
    )


def weight_flips(model: Model, scored: Scored, standing: Standing) -> tuple[WeightFlip, ...]:
    """One row for every node, in file order; the first place must not be tied."""
    tree = model.tree
    share = tree.local[:-1]
    slopes = _slopes(model, scored, standing)
    free = tree.is_free
    fall, low_row = takeovers(standing.gaps, -slopes, np.where(free, share, 0.0))
    rise, high_row = takeovers(standing.gaps, slopes, np.where(free, tree.rest, 0.0))
    columns = (share, share - fall, share + rise, low_row, high_row)
    names = standing.codes
    return tuple(
        WeightFlip(
            code=code,
            weight=weight,
            low=low if low > -np.inf else 0.0,
            high=high if high < np.inf else 1.0,
            low_winner=names[below] if low > -np.inf else None,
            high_winner=names[above] if high < np.inf else None,
        )
        for code, weight, low, high, below, above in zip(
            tree.codes, *(column.tolist() for column in columns), strict=True
        )
    )


def _slopes(model: Model, scored: Scored, standing: Standing) -> Array:
    """Nodes × alternatives: how fast the first gains on each as the share of a node grows."""
    tree = model.tree
    gains = tree.overall[tree.parent][:, None] * advantages(tree, scored.nodes[:, standing.rows])
    slopes: Array = gains[:, [standing.first]] - gains
    return slopes


def nearest_weight_flip(weights: tuple[WeightFlip, ...]) -> NearestFlip | None:
    """The end of an interval that is closest to the share now; of equal ones the first in file order."""
    nearest: NearestFlip | None = None
    for row in weights:
        for end, winner in ((row.low, row.low_winner), (row.high, row.high_winner)):
            if winner is None:
                continue
            change = end - row.weight
            if nearest is None or abs(change) < abs(nearest.change) - SAME:
                nearest = NearestFlip(row.code, change, winner)
    return nearest
