"""Weight moved from one criterion to another: the smallest amount that puts somebody else first.

When a share t goes from node a to node b and nothing else changes, a total moves by G · t · (V_b − V_a), with
G the share in the total of what is divided between them: a straight line in t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.checks import Array
from engine.problem import Problem, require_problem
from engine.rows import LazyRows
from engine.scoring import Scored
from engine.standing import SAME, Standing, takeovers
from engine.tree import IndexArray

_CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Transfer:
    """The weight that has to go from `from_` to `to` until `winner` takes over.

    `amount`: of siblings a share among them, of leaves a share of the total; `of_total`: the same as a share
    of the total. All three None: even everything that `from_` has would not do.
    """

    from_: str
    to: str
    amount: float | None
    of_total: float | None
    winner: str | None


@dataclass(frozen=True, eq=False)
class Transfers(LazyRows[Transfer]):
    """Transfers between all ordered pairs, by giver and then taker in file order; rows are made when read.

    `givers`, `takers`: node numbers; `amounts`: inf where there is no flip; `scales`: share of the total that
    one whole amount is; `winners`: index of the alternative.
    """

    nodes: tuple[str, ...]
    alternatives: tuple[str, ...]
    givers: IndexArray
    takers: IndexArray
    amounts: Array
    scales: Array
    winners: IndexArray

    def __len__(self) -> int:
        return int(self.givers.size)

    def row(self, place: int) -> Transfer:
        """The transfer at `place`."""
        giver, taker = self.nodes[self.givers[place]], self.nodes[self.takers[place]]
        amount = float(self.amounts[place])
        if amount == np.inf:
            return Transfer(giver, taker, None, None, None)
        of_total = amount * float(self.scales[place])
        return Transfer(giver, taker, amount, of_total, self.alternatives[self.winners[place]])

    @property
    def nearest(self) -> Transfer | None:
        """The smallest amount; of equal ones the first in order."""
        return self._smallest(self.amounts)

    @property
    def nearest_of_total(self) -> Transfer | None:
        """The smallest share of the total; of equal ones the first in order."""
        return self._smallest(np.where(self.amounts < np.inf, self.amounts * self.scales, np.inf))

    def _smallest(self, sizes: Array) -> Transfer | None:
        smallest = sizes.min(initial=np.inf)
        return None if smallest == np.inf else self.row(int(np.argmax(sizes <= smallest + SAME)))


def weight_transfers(problem: Problem) -> Transfers:
    """For every ordered pair of siblings, at any level: the smallest weight that changes the first place.

    Amounts are shares among the siblings. None for every pair where first place is tied or nobody is ranked,
    and for a criterion that was left out. Raises `InvalidInput` for anything but a `Problem`.
    Source: the additive model, solved.
    """
    tree = require_problem(problem).model.tree
    count = len(tree.codes)
    pairs = [(a, b) for a in range(count) for b in tree.children[tree.parent[a]] if a != b]
    givers, takers = _columns(pairs)
    scales = tree.overall[tree.parent[givers]]
    return _solved(problem, givers, takers, tree.local, scales)


def leaf_transfers(problem: Problem) -> Transfers:
    """The same between any two leaves of the tree; amounts are shares of the total.

    Any shares of the total are those of some weights in the tree, so this asks for the smallest change of the
    outcome of all weighing, whatever the groups. What is left out with its group takes no part.
    """
    tree = require_problem(problem).model.tree
    leaves = tree.leaves[tree.takes_part[tree.leaves]].tolist()
    givers, takers = _columns([(a, b) for a in leaves for b in leaves if a != b])
    return _solved(problem, givers, takers, tree.overall, np.ones(givers.size))


def _columns(pairs: list[tuple[int, int]]) -> tuple[IndexArray, IndexArray]:
    table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _solved(
    problem: Problem, givers: IndexArray, takers: IndexArray, shares: Array, scales: Array
) -> Transfers:
    model, scored = problem.model, problem.scored
    standing = Standing.of(model, scored)
    amounts, winners = np.full(givers.size, np.inf), np.zeros(givers.size, dtype=np.intp)
    if standing is not None and not standing.is_tied:
        ahead = _ahead(scored, standing)
        counts = model.tree.takes_part
        room = np.where(counts[givers] & counts[takers], shares[givers], 0.0)
        step = max(1, _CELLS_AT_ONCE // standing.rows.size)
        for start in range(0, givers.size, step):
            part = slice(start, start + step)
            slopes = scales[part, None] * (ahead[takers[part]] - ahead[givers[part]])
            amounts[part], winners[part] = takeovers(standing.gaps, slopes, room[part])
    codes = () if standing is None else standing.codes
    return Transfers(model.tree.codes, codes, givers, takers, amounts, scales, winners)


def _ahead(scored: Scored, standing: Standing) -> Array:
    """Nodes × alternatives: how far the first is ahead of each on every node."""
    values = scored.nodes[:, standing.rows]
    ahead: Array = values[:, [standing.first]] - values
    return ahead
