"""The award as a mixed-integer program: who takes which bundle so that a sum is least."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engine._solve import integer_program
from engine.allocation_inputs import Award, Mask
from engine.allocation_rules import EXCLUDED, POOR, Amount, Choice, Key, Limit, limits_of
from engine.checks import Array

_SCALE = 1e4  # sums of this size make the solver's tolerance of 1e-6 a tenth of what counts as equal
_TRIES = 50


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The choices that an award leaves: who may take what, and the sums that are limited.

    `not_again`: awards that are ruled out, each as a whole.
    """

    allowed: Mask
    limits: tuple[Limit, ...]
    not_again: tuple[Choice, ...] = ()

    def also(self, *limits: Limit) -> Program:
        """The same with more limits."""
        return Program(self.allowed, (*self.limits, *limits), self.not_again)

    def without(self, *chosen: Choice) -> Program:
        """The same without some awards."""
        return Program(self.allowed, self.limits, (*self.not_again, *chosen))

    def fixed(self, row: int, column: int) -> Program:
        """The same with the winner of one bundle settled."""
        allowed = self.allowed.copy()
        allowed[row] = False
        allowed[row, column] = True
        return Program(allowed, self.limits, self.not_again)


def program(award: Award, dropped: Collection[Key] = ()) -> Program:
    """The award without the constraints that are dropped."""
    allowed = award.offered.copy()
    for column, bid in enumerate(award.bidders):
        if (EXCLUDED, bid.code) not in dropped:
            allowed[:, column] &= ~award.excluded[:, column]
    for row, bundle in enumerate(award.bundles):
        if (POOR, bundle.code) not in dropped:
            allowed[row] &= ~award.poor[row]
    return Program(allowed, tuple(limit for limit in limits_of(award) if limit.key not in dropped))


def best(given: Program, amount: Amount) -> Choice | None:
    """An award with the least amount, or None if there is none. Raises `ArithmeticError` if none is proven.

    The solver works within a tolerance, so what it finds is added up again; an award that misses a limit is
    ruled out and the next one sought.
    """
    for _ in range(_TRIES):
        chosen = _solved(given, amount)
        if chosen is None or all(limit.holds(chosen) for limit in given.limits):
            return chosen
        given = given.without(chosen)
    raise ArithmeticError("the solver found no award that keeps to the limits exactly")


def _solved(given: Program, amount: Amount) -> Choice | None:
    if not given.allowed.any(axis=1).all():
        return None
    rows, columns = given.allowed.shape
    used = columns - 1  # in-house is nobody's win
    scale = _SCALE / (amount.size or 1.0)
    found = integer_program(
        np.concatenate([amount.options.ravel(), amount.bidders]) * scale,
        constraints=_constraints(given),
        low=np.zeros(rows * columns + used),
        high=np.concatenate([given.allowed.ravel().astype(np.float64), np.ones(used)]),
        whole=np.ones(rows * columns + used),
    )
    if found.x is None:
        return None
    return tuple(found.x[: rows * columns].reshape(rows, columns).argmax(axis=1).tolist())


def _constraints(given: Program) -> list[tuple[ArrayLike, ArrayLike, ArrayLike]]:
    """One winner for each bundle; a winner is used; the limits; the awards that are ruled out."""
    rows, columns = given.allowed.shape
    used = columns - 1
    cells = np.eye(rows * columns).reshape(rows, columns, rows * columns)
    one_winner = np.hstack([cells.sum(axis=1), np.zeros((rows, used))])
    wins = np.hstack(
        [cells[:, :used].reshape(rows * used, rows * columns), -np.tile(np.eye(used), (rows, 1))]
    )
    sums = [_row(limit.amount) * _scale(limit) for limit in given.limits]
    most = [(limit.most + limit.slack) * _scale(limit) for limit in given.limits]
    sums += [_row(_same(given.allowed, chosen)) for chosen in given.not_again]
    most += [rows - 1.0] * len(given.not_again)
    found: list[tuple[ArrayLike, ArrayLike, ArrayLike]] = [(one_winner, np.ones(rows), np.ones(rows))]
    for left, right in ((wins, np.zeros(rows * used)), (np.array(sums), np.array(most))):
        if right.size:
            found.append((left, np.full(right.size, -np.inf), right))
    return found


def _scale(limit: Limit) -> float:
    return _SCALE / (max(limit.amount.size, abs(limit.most)) or 1.0)


def _row(amount: Amount) -> Array:
    return np.concatenate([amount.options.ravel(), amount.bidders])


def _same(allowed: Mask, chosen: Sequence[int]) -> Amount:
    """How many bundles go to the same winner as in `chosen`."""
    options = np.zeros(allowed.shape)
    options[range(len(chosen)), chosen] = 1.0
    return Amount(options, np.zeros(allowed.shape[1] - 1))


def first_of_equals(given: Program, first: Amount, second: Amount) -> tuple[Choice, Choice | None] | None:
    """The award of least `first`, and the next award (not worse than any other), or None for each.

    Among awards equal in `first` that of least `second` is taken; among those equal in both, bundle by bundle
    in the order of the rows, the winner of the lowest column.
    """
    chosen = best(given, first)
    if chosen is None:
        return None
    following = best(given.without(chosen), first)
    if following is None or not _equal(first, chosen).holds(following):
        return chosen, following
    chosen = _settled(given, chosen, first, second)
    return chosen, best(given.without(chosen), first)


def _equal(amount: Amount, chosen: Choice) -> Limit:
    """Awards that are no worse."""
    return Limit(("equal", ""), amount, amount.of(chosen))


def _settled(given: Program, chosen: Choice, first: Amount, second: Amount) -> Choice:
    given = given.also(_equal(first, chosen))
    chosen = best(given, second) or chosen
    given = given.also(_equal(second, chosen))
    columns = given.allowed.shape[1]
    for row in range(len(chosen)):
        if chosen[row] != int(given.allowed[row].argmax()):
            by_code = np.zeros(given.allowed.shape)
            by_code[row] = np.arange(columns)
            chosen = best(given, Amount(by_code, np.zeros(columns - 1))) or chosen
        given = given.fixed(row, chosen[row])
    return chosen
