"""What one changed weight, or one changed answer, would make of the outcomes of legal tasks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.checks import LEVELS, number_array, require_list, require_number
from engine.errors import at, quoted, refuse
from engine.suitability import Suitability, suitability
from engine.suitability_rules import DECIDING_EFFECTS, GateRule, SuitabilityRules

POINTS = 10.0
STEPS = (1, -1)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shift:
    """One move that changes the band or the outcome of one task.

    `task`: place of the task in what was given. `move`: points of 100 for a weight, levels for an answer.
    """

    task: int
    factor: str
    move: float
    band_before: str
    band_after: str
    outcome_before: str
    outcome_after: str

    @property
    def changes_outcome(self) -> bool:
        """False where a gate decides the outcome, so that only the band below it moves."""
        return self.outcome_before != self.outcome_after


@dataclass(frozen=True)
class SuitabilityShifts:
    """The result of `suitability_shifts`.

    `scored` and `left_out`: places of the tasks with and without a score. `answer_moves`: how many
    single-answer moves each scored task has, in the order of `scored`. `unknown_moves`: pairs of task and
    weight move without a result, because a factor that had no weight and has no answer would count.
    """

    scored: tuple[int, ...]
    left_out: tuple[int, ...]
    by_weight: tuple[Shift, ...]
    by_answer: tuple[Shift, ...]
    answer_moves: tuple[int, ...]
    unknown_moves: int


def suitability_shifts(
    tasks: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any] | SuitabilityRules,
    *,
    points: float = POINTS,
) -> SuitabilityShifts:
    """Try every move of one weight by ±`points` of 100 and of one answer by ±1 level, one at a time.

    `tasks` and `rules` as for `suitability`; every figure equals what that function gives for the changed
    input, to the last bit. A moved weight leaves the gates as they are; a moved answer fires or releases
    those that its level triggers. Raises `InvalidInput`.
    """
    checked = rules if isinstance(rules, SuitabilityRules) else SuitabilityRules.from_dict(rules)
    if not 0 < require_number(points, "points") <= 100:
        raise refuse("points", "more than 0 and at most 100 are needed")
    found = [_assessed(task, checked, place) for place, task in enumerate(require_list(tasks, "tasks"))]
    scored = [place for place, one in enumerate(found) if one.score is not None]
    table = _Table(checked, [(place, tasks[place], found[place]) for place in scored])
    by_weight, unknown = table.weight_shifts(points)
    return SuitabilityShifts(
        scored=tuple(scored),
        left_out=tuple(place for place, one in enumerate(found) if one.score is None),
        by_weight=tuple(by_weight),
        by_answer=tuple(table.answer_shifts()),
        answer_moves=tuple(int(number) for number in table.possible().sum(axis=(1, 2))),
        unknown_moves=unknown,
    )


def shifted_weights(weights: Sequence[float], place: int, points: float) -> tuple[float, ...] | None:
    """Weights after one share moved by `points` of 100, the others in the proportion they had.

    The share stops at 0 and at 100. None: there is no weight at all, or nothing that could take over what
    this one gives away. Weights count relative to each other: these are scaled so that whole weights stay
    whole and no rounding can carry a score across the edge of a band. Raises `InvalidInput`.
    """
    known = number_array(weights, "weights", 1).tolist()
    require_number(points, "points", at_least=-100, at_most=100)
    if isinstance(place, bool) or not isinstance(place, int | np.integer) or not 0 <= place < len(known):
        raise refuse("place", f"a whole number from 0 to {len(known) - 1} is needed, not {quoted(place)}")
    exponent = math.frexp(sum(known))[1]
    given = [math.ldexp(weight, -exponent) for weight in known]
    total = sum(given)
    rest = sum(weight for k, weight in enumerate(given) if k != place)
    wanted = 100 * given[place] + points * total  # of 100 × total
    if total == 0 or (rest == 0 and wanted < 100 * total):
        return None
    if wanted <= 0:
        return tuple(0.0 if k == place else weight for k, weight in enumerate(given))
    if wanted >= 100 * total:
        return tuple(1.0 if k == place else 0.0 for k in range(len(given)))
    left = 100 * total - wanted
    return tuple(wanted * rest if k == place else weight * left for k, weight in enumerate(given))


def _assessed(task: Mapping[str, Any], rules: SuitabilityRules, place: int) -> Suitability:
    if not isinstance(task, Mapping):
        raise refuse(at("tasks", place), "a mapping is needed")
    return suitability(task, rules)


@dataclass
class _Table:
    """The scored tasks as arrays of T tasks × F factors; a level 0 is an unknown answer."""

    rules: SuitabilityRules
    given: list[tuple[int, Mapping[str, Any], Suitability]]
    levels: Ints = field(init=False)
    norms: Floats = field(init=False)
    bands: Ints = field(init=False)
    # By effect, in the order in which they decide: triggers that fire per factor, and facts beside them.
    hits: list[Ints] = field(init=False)
    fixed: list[Marks] = field(init=False)
    # By gate: the tasks on which it is not waived.
    in_force: dict[str, Marks] = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.given), len(self.rules.factors))
        rows = [[line.level or 0 for line in one.factors] for _, _, one in self.given]
        self.levels = np.array(rows, dtype=np.int64).reshape(shape)
        self.norms = np.zeros(shape)
        for place in range(shape[1]):
            self.norms[:, place] = self._norm(place, self.levels[:, place])
        self.bands = self._bands(self._scores(self._weights(), self.norms))
        self.in_force = {
            gate.code: np.array([_in_force(gate, task) for _, task, _ in self.given], dtype=bool)
            for gate in self.rules.gates
        }
        self.hits, self.fixed = [], []
        for effect in DECIDING_EFFECTS:
            gates = [gate for gate in self.rules.gates if gate.effect == effect]
            hits = np.zeros(shape, dtype=np.int64)
            for place in range(shape[1]):
                hits[:, place] = self._hits(gates, place, self.levels[:, place])
            self.hits.append(hits)
            self.fixed.append(np.array([_is_fixed(gates, task) for _, task, _ in self.given], dtype=bool))

    def weight_shifts(self, points: float) -> tuple[list[Shift], int]:
        """Every weight up, then down; with the number of results that are unknown."""
        weights, unknown = self._weights(), 0
        shifts: list[Shift] = []
        decided = self._decided(self.hits)
        for place, factor in enumerate(self.rules.factors):
            for move in (points, -points):
                moved = shifted_weights(weights, place, move)
                if moved is None:
                    continue
                blank = ((self.levels == 0) & (np.array(moved) > 0)).any(axis=1)
                after = self._bands(self._scores(moved, self.norms))
                unknown += int(blank.sum())
                shifts += self._changed(factor.code, move, after, (decided, decided), ~blank)
        return shifts, unknown

    def answer_shifts(self) -> Iterator[Shift]:
        """Every answer one level up, then one down, where the scale has such a level."""
        before, possible, weights = self._decided(self.hits), self.possible(), self._weights()
        for place, factor in enumerate(self.rules.factors):
            for turn, step in enumerate(STEPS):
                levels = self.levels[:, place] + step
                norms = self.norms.copy()
                norms[:, place] = self._norm(place, levels)
                after = self._bands(self._scores(weights, norms))
                decided = self._decided(self._hits_after(place, levels))
                yield from self._changed(
                    factor.code, step, after, (before, decided), possible[:, place, turn]
                )

    def possible(self) -> Marks:
        """T × F × 2: whether the answer is known and has a level above it, and below it."""
        moved = np.stack([self.levels + step for step in STEPS], axis=2)
        return (self.levels > 0)[:, :, None] & (moved >= LEVELS[0]) & (moved <= LEVELS[1])

    def _weights(self) -> list[float]:
        return [factor.weight for factor in self.rules.factors]

    def _norm(self, place: int, levels: Ints) -> Floats:
        favours = self.rules.factors[place].favours_outsourcing
        norms: Floats = ((levels - 1) if favours else (5 - levels)) / 4
        return np.where(levels > 0, norms, 0.0)

    def _scores(self, weights: Sequence[float], norms: Floats) -> Floats:
        """Added up factor by factor, as `suitability` does, so that no last digit differs."""
        low: Floats = np.zeros(len(norms))
        for place, weight in enumerate(weights):
            low = low + weight * norms[:, place]
        return 100 * low / sum(weights) if len(norms) else low

    def _bands(self, scores: Floats) -> Ints:
        """Place of the band, highest first."""
        starts = np.array([band.start for band in self.rules.bands])
        return np.asarray((scores[:, None] < starts).sum(axis=1), dtype=np.int64)

    def _hits(self, gates: Iterable[GateRule], place: int, levels: Ints) -> Ints:
        """How many triggers on one factor fire at these levels."""
        code, hits = self.rules.factors[place].code, np.zeros(len(levels), dtype=np.int64)
        for gate in gates:
            for name, limit in gate.factor_min:
                hits += self.in_force[gate.code] & (levels >= limit) & (levels > 0) if name == code else 0
            for name, limit in gate.factor_max:
                hits += self.in_force[gate.code] & (levels <= limit) & (levels > 0) if name == code else 0
        return hits

    def _hits_after(self, place: int, levels: Ints) -> list[Ints]:
        after = []
        for effect, hits in zip(DECIDING_EFFECTS, self.hits, strict=True):
            gates = [gate for gate in self.rules.gates if gate.effect == effect]
            moved = hits.copy()
            moved[:, place] = self._hits(gates, place, levels)
            after.append(moved)
        return after

    def _decided(self, hits: Sequence[Ints]) -> Ints:
        """Place of the effect that decides the outcome of each task; −1 where the band does."""
        decided = np.full(len(self.given), -1, dtype=np.int64)
        for place in reversed(range(len(DECIDING_EFFECTS))):
            decided[self.fixed[place] | hits[place].any(axis=1)] = place
        return decided

    def _changed(
        self, factor: str, move: float, bands: Ints, decided: tuple[Ints, Ints], counts: Marks
    ) -> Iterator[Shift]:
        """Give what differs, task by task; `decided` before and after, `counts` where the move exists."""
        differs = counts & ((bands != self.bands) | (decided[0] != decided[1]))
        for row in np.flatnonzero(differs):
            before, after = self._band(self.bands[row]), self._band(bands[row])
            outcomes = _outcome(before, decided[0][row]), _outcome(after, decided[1][row])
            if before != after or outcomes[0] != outcomes[1]:
                yield Shift(self.given[row][0], factor, move, before, after, *outcomes)

    def _band(self, place: Any) -> str:
        return self.rules.bands[int(place)].code


def _outcome(band: str, decided: Any) -> str:
    return band if decided < 0 else DECIDING_EFFECTS[int(decided)]


def _is_fixed(gates: Iterable[GateRule], task: Mapping[str, Any]) -> bool:
    """Whether a flag or the practice-of-law class fires one of the gates, whatever the answers."""
    flags, practice = set(task.get("flags", ())), task.get("practice_of_law")
    return any(
        _in_force(gate, task) and (flags & set(gate.flags) or practice in gate.practice_of_law)
        for gate in gates
    )


def _in_force(gate: GateRule, task: Mapping[str, Any]) -> bool:
    """Whether a gate has an effect on a task when it fires: not where it is waived."""
    return gate.code not in task.get("waived", ())
