"""Three other methods on the same values, as a second look at the first place. Never a vote.

Each is told by its variant, agrees with the weighted sum on the first place or not, and says why from its own
numbers. Nothing is averaged over methods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import cross_reasons as reasons
from engine.checks import Array
from engine.cross_reasons import Field
from engine.matrix import weighted_rows
from engine.places import tie_groups
from engine.problem import Problem, require_problem
from engine.promethee import Preference, checked_preference, unicriterion_flows
from engine.topsis import topsis
from engine.vikor import vikor, weighted_regrets

MAJORITY = 0.5
INDIFFERENCE, FULL_PREFERENCE = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What one other method says about the alternatives that are ranked.

    `name`: the variant with its parameters; `scores`: by code in the method's own unit, `better` says which
    end of it is the good one; `order`: all codes, best first, equal ones in file order; `first`: the codes in
    first place, more than one when equal within 1e-9; `agrees`: one of them is also first in the weighted
    sum; `because`: plain sentences made from the numbers; `compromise`: codes, for VIKOR only.
    """

    method: Literal["topsis", "vikor", "promethee2"]
    name: str
    scores: Mapping[str, float]
    better: Literal["higher", "lower"]
    order: tuple[str, ...]
    first: tuple[str, ...]
    agrees: bool
    because: str
    compromise: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Method:
    """One method on a field: its scores, what they are called, and how it explains a difference.

    `mechanism`, `gaps`: asked only for a pair (first of the weighted sum, first here) that differs.
    """

    method: Literal["topsis", "vikor", "promethee2"]
    name: str
    measure: str
    scores: Array
    better: Literal["higher", "lower"]
    mechanism: Callable[[tuple[int, int]], str]
    gaps: Callable[[tuple[int, int]], Array]
    compromise: tuple[int, ...] | None = None


def cross_checks(problem: Problem) -> tuple[CrossCheck, ...]:
    """TOPSIS, VIKOR and PROMETHEE II on the base values and weights of the ranking; empty with nobody ranked.

    Only alternatives that are ranked and leaves that carry weight take part.
    - TOPSIS with fixed ideals: `topsis(values, weights)`; no alternative moves another.
    - VIKOR: `vikor(values, weights, v=0.5)`; best and worst of each criterion among the ranked.
    - PROMETHEE II with ("linear", 0.05, 0.5) on every criterion: a difference of up to 5 points of 100 counts
      nothing, one of 50 or more in full. Our choice for values in [0, 1]; 50 are two steps of five grades.
    """
    field = Field.of(require_problem(problem))
    if field is None:
        return ()
    return tuple(_check(field, method) for method in (_topsis(field), _vikor(field), _promethee(field)))


def _check(field: Field, method: _Method) -> CrossCheck:
    merit = (method.scores if method.better == "higher" else -method.scores).tolist()
    groups = tie_groups(sorted(range(len(merit)), key=lambda row: -merit[row]), merit)
    groups = [sorted(group) for group in groups]
    agrees = any(row in field.first for row in groups[0])
    if agrees:
        because = reasons.agreement(field, method.measure, method.scores, groups)
    else:
        pair = field.first[0], groups[0][0]
        because = reasons.difference(
            field,
            pair,
            measure=method.measure,
            scores=method.scores,
            mechanism=method.mechanism(pair),
            gaps=method.gaps(pair),
        )
    codes = field.codes
    return CrossCheck(
        method=method.method,
        name=method.name,
        scores=dict(zip(codes, method.scores.tolist(), strict=True)),
        better=method.better,
        order=tuple(codes[row] for group in groups for row in group),
        first=tuple(codes[row] for row in groups[0]),
        agrees=agrees,
        because=because,
        compromise=None if method.compromise is None else tuple(codes[row] for row in method.compromise),
    )


def _topsis(field: Field) -> _Method:
    scores = topsis(field.values, field.weights)

    def gaps(pair: tuple[int, int]) -> Array:
        """The first of the weighted sum once for each criterion, with the value of the other there."""
        ours, theirs = field.values[pair[0]], field.values[pair[1]]
        lifted = np.where(np.eye(ours.size, dtype=bool), theirs, ours)
        ahead: Array = topsis(lifted, field.weights) - scores[pair[1]]
        return ahead

    near = weighted_rows((1 - field.values) ** 2, field.weights**2)
    return _Method(
        method="topsis",
        name="TOPSIS, fixed ideals: 1 and 0 on every criterion",
        measure="closeness to the ideal",
        scores=scores,
        better="higher",
        mechanism=lambda pair: reasons.topsis_mechanism(near, pair),
        gaps=gaps,
    )


def _vikor(field: Field) -> _Method:
    benefit = [True] * field.weights.size
    found = vikor(field.values, field.weights, benefit=benefit, v=MAJORITY)

    def gaps(pair: tuple[int, int]) -> Array:
        """The whole method again for each criterion, since the scale of a criterion depends on all."""
        ahead = np.empty(field.weights.size)
        for column in range(ahead.size):
            table = field.values.copy()
            table[pair[0], column] = table[pair[1], column]
            index = vikor(table, field.weights, benefit=benefit, v=MAJORITY).q
            ahead[column] = index[pair[1]] - index[pair[0]]
        return ahead

    def mechanism(pair: tuple[int, int]) -> str:
        regrets = weighted_regrets(field.values, field.weights, np.array(benefit))
        both = set(pair) <= set(found.compromise)
        return reasons.vikor_mechanism(field, regrets, pair, proposes_both=both)

    return _Method(
        method="vikor",
        name=f"VIKOR, v = {MAJORITY:g}, best and worst of each criterion among those that are ranked",
        measure="compromise index (lower is better)",
        scores=found.q,
        better="lower",
        mechanism=mechanism,
        gaps=gaps,
        compromise=found.compromise,
    )


def _promethee(field: Field) -> _Method:
    linear: Preference = ("linear", INDIFFERENCE, FULL_PREFERENCE)
    flows = unicriterion_flows(
        field.values, checked_preference([linear] * field.weights.size, field.weights.size)
    )
    net = flows.plus - flows.minus
    scores = weighted_rows(net, field.weights)

    def gaps(pair: tuple[int, int]) -> Array:
        """With equal values in a criterion, both have the same flow in it."""
        ahead: Array = (scores[pair[0]] - scores[pair[1]]) - field.weights * (net[pair[0]] - net[pair[1]])
        return ahead

    return _Method(
        method="promethee2",
        name=(
            "PROMETHEE II, linear preference on every criterion, "
            f"q = {INDIFFERENCE:g} and p = {FULL_PREFERENCE:g} of the scale from 0 to 1"
        ),
        measure="net flow",
        scores=scores,
        better="higher",
        mechanism=lambda _: reasons.promethee_mechanism(INDIFFERENCE, FULL_PREFERENCE),
        gaps=gaps,
    )
