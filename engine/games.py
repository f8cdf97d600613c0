"""For each alternative, the weights under which it does best against its strongest opponent.

The largest t with w · (own_i − others_k) ≥ t for every k ≠ i, weights w none negative with sum 1, is the
value of a zero-sum game: we choose the weights, an opponent chooses k. The games of all alternatives are
solved side by side by the simplex method, from the side of the opponents: with B_k = own_i − others_k + 2,
which is above 0, maximise Σ u_k under Σ u_k B_k ≤ 1. A basis has as many rows as there are criteria, and
opponents enter only as they are needed.
Source: Dantzig, Linear Programming and Extensions (1963), chapter 13.

No answer is taken on trust: the weights found bound the value from below, the mixture of opponents found from
above. Where the two are apart, or a basis would be large, HiGHS solves the program.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine._solve import linear_program
from engine.checks import Array

IndexArray = NDArray[np.intp]

_SHIFT = 2.0
_OPTIMAL, _PIVOT = 1e-12, 1e-11
_PROVEN = 1e-10
_STEPS = 2_000
_CELLS_AT_ONCE = 200_000
_LARGEST_BASIS = 128


def game_values(own: Array, others: Array) -> Array:
    """m values, for m ≥ 2. `own`, `others`: m × n with all differences between −1 and 1."""
    count, criteria = own.shape
    if criteria > _LARGEST_BASIS:
        return np.array([_by_program(own, others, row) for row in range(count)])
    at_once = max(1, _CELLS_AT_ONCE // (criteria * criteria + count))
    values = np.full(count, np.nan)
    with np.errstate(all="ignore"):  # A basis that goes astray proves nothing and is left to HiGHS.
        for start in range(0, count, at_once):
            _solve(own, others, np.arange(start, min(start + at_once, count)), values)
    for row in np.flatnonzero(np.isnan(values)).tolist():
        values[row] = _by_program(own, others, row)
    return values


def _solve(own: Array, others: Array, rows: IndexArray, values: Array) -> None:
    """Write the proven values of the games of some alternatives into `values`; the rest stay NaN."""
    by_criterion = np.ascontiguousarray(others.T)
    bases = _Bases.of_slack(rows, own.shape[1])
    for _ in range(_STEPS):
        if bases.rows.size == 0:
            return
        prices = bases.prices()
        opponent, strength = _strongest(prices, by_criterion, bases.rows)
        gain = 1 + strength - np.einsum("gj,gj->g", prices, own[bases.rows] + _SHIFT)
        done = np.maximum(gain, -prices.min(axis=1)) <= _OPTIMAL
        if done.any():
            finished = bases.only(done)
            values[finished.rows] = _proven(finished, own, others)
            bases = bases.only(~done)
            prices, opponent, gain = prices[~done], opponent[~done], gain[~done]
        column = own[bases.rows] - others[opponent] + _SHIFT
        by_slack = -prices.min(axis=1) > gain
        column[by_slack] = np.eye(own.shape[1])[prices[by_slack].argmin(axis=1)]
        bases.enter(column, np.where(by_slack, -1, opponent))


@dataclass(frozen=True, slots=True)
class _Bases:
    """The bases of g games with n rows each, whose arrays are written to.

    `rows`: the alternative of each game; `inverse`: g × n × n; `amount`: the value of each basic variable
    (g × n); `opponent`: whom it stands for (g × n), −1 for slack.
    """

    rows: IndexArray
    inverse: Array
    amount: Array
    opponent: IndexArray

    @classmethod
    def of_slack(cls, rows: IndexArray, criteria: int) -> _Bases:
        """No opponent has entered yet."""
        shape = (rows.size, criteria)
        inverse = np.tile(np.eye(criteria), (rows.size, 1, 1))
        return cls(rows, inverse, np.ones(shape), np.full(shape, -1, dtype=np.intp))

    def only(self, games: NDArray[np.bool_]) -> _Bases:
        """Some of the games."""
        return _Bases(self.rows[games], self.inverse[games], self.amount[games], self.opponent[games])

    def prices(self) -> Array:
        """g × n dual values, which are in proportion to the weights."""
        prices: Array = np.einsum("gr,grj->gj", (self.opponent >= 0).astype(np.float64), self.inverse)
        return prices

    def enter(self, column: Array, opponent: IndexArray) -> None:
        """Put one variable into each basis, in place of the one that reaches 0 first."""
        games = np.arange(self.rows.size)
        change = np.einsum("grj,gj->gr", self.inverse, column)
        steps = np.divide(self.amount, change, out=np.full(change.shape, np.inf), where=change > _PIVOT)
        place = steps.argmin(axis=1)
        pivot = change[games, place]
        row, amount = self.inverse[games, place] / pivot[:, None], self.amount[games, place] / pivot
        np.subtract(self.inverse, change[:, :, None] * row[:, None, :], out=self.inverse)
        np.subtract(self.amount, change * amount[:, None], out=self.amount)
        self.inverse[games, place], self.amount[games, place] = row, amount
        self.opponent[games, place] = opponent


def _strongest(weights: Array, by_criterion: Array, rows: IndexArray) -> tuple[IndexArray, Array]:
    """For each row of weights the opponent with the largest total, who is not the alternative itself."""
    # Not a matrix product: its threads wait for one another when the processor has other work.
    totals = np.einsum("gj,jk->gk", weights, by_criterion)
    games = np.arange(rows.size)
    totals[games, rows] = -np.inf
    strongest = totals.argmax(axis=1)
    return strongest, totals[games, strongest]


def _proven(bases: _Bases, own: Array, others: Array) -> Array:
    """What the weights found guarantee; NaN where the mixture of opponents does not show that to be all."""
    weights = np.maximum(bases.prices(), 0.0)
    shares = np.where(bases.opponent >= 0, np.maximum(bases.amount, 0.0), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    shares /= shares.sum(axis=1, keepdims=True)
    mine = own[bases.rows]
    _, strength = _strongest(weights, np.ascontiguousarray(others.T), bases.rows)
    lower = np.einsum("gj,gj->g", weights, mine) - strength
    mixture = np.einsum("gr,grj->gj", shares, others[bases.opponent])
    upper = (mine - mixture).max(axis=1)
    return np.where(upper - lower <= _PROVEN, lower, np.nan)


def _by_program(own: Array, others: Array, row: int) -> float:
    """The value of one game as a linear program in (w, t)."""
    gaps = own[row] - np.delete(others, row, axis=0)
    count, criteria = gaps.shape
    found = linear_program(
        np.append(np.zeros(criteria), -1.0),
        upper=(np.hstack([-gaps, np.ones((count, 1))]), np.zeros(count)),
        equal=(np.append(np.ones(criteria), 0.0)[None, :], np.ones(1)),
        bounds=[(0.0, None)] * criteria + [(None, None)],
    )
    return -found.objective
