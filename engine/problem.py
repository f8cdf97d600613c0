"""What is to be decided: a tree of criteria, alternatives with scores, and gates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

from engine.decision_check import decision_faults
from engine.decision_tree import MAX_DEPTH, MAX_NODES, group_weights
from engine.errors import InvalidInput, quoted, refuse
from engine.gate import Gate
from engine.model import Model, compile_model
from engine.scoring import Scored, score_all
from engine.values import PiecewiseLinear

Score = float | Mapping[str, float] | None
Points = PiecewiseLinear | Sequence[tuple[float, float]]
_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Criterion:
    """A node of the tree. A leaf has `points` (worst to best), a group has `criteria`.

    `weight` is relative to the siblings (0 or more).
    """

    code: str
    name: str = ""
    weight: float = 1.0
    points: Points | None = None
    criteria: Sequence[Criterion] | None = ()
    unit: str = ""


@dataclass(frozen=True)
class Alternative:
    """Something to choose. `scores` by leaf code, in the unit of the leaf: a number, None for unknown,
    or {low, high}, {low, mode, high}, {mean, sd}; an absent key is unknown. `confidence` by leaf, 0–1."""

    code: str
    name: str = ""
    scores: Mapping[str, Score] = field(default_factory=dict)
    gates: tuple[Gate, ...] = ()
    confidence: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Problem:
    """A checked decision, compiled to arrays on construction. Raises `InvalidInput` with every fault.

    `missing` is the policy for unknown scores in the base ranking, `tie_margin` in points of 100,
    `tie_break` a leaf whose better score orders the rows of a tie (then the code does).
    """

    criteria: tuple[Criterion, ...]
    alternatives: tuple[Alternative, ...]
    title: str = ""
    missing: Literal["worst", "midpoint"] = "worst"
    tie_margin: float = 3.0
    tie_break: str | None = None
    model: Model = field(init=False, repr=False, compare=False)
    _is_checked: InitVar[bool] = field(default=False, kw_only=True)

    def __post_init__(self, _is_checked: bool) -> None:
        document = _as_document(self)
        faults = [] if _is_checked else decision_faults(document)
        if faults:
            raise InvalidInput(*faults)
        object.__setattr__(self, "model", compile_model(document))

    @cached_property
    def scored(self) -> Scored:
        """Every alternative scored on the base values, once for all questions about this problem."""
        return score_all(self.model, self.model.values)

    @classmethod
    def from_decision(cls, document: Mapping[str, Any]) -> Problem:
        """Read an `lpo.decision/1` object. Every fault is named by its JSON path."""
        faults = decision_faults(document)
        if faults:
            raise InvalidInput(*faults)
        return cls(
            criteria=_criteria(document),
            alternatives=tuple(_alternative(entry) for entry in document["alternatives"]),
            # Parts of the file that was just checked; checking them again takes a quarter of the time.
            _is_checked=True,
            **{
                name: document[name]
                for name in ("title", "missing", "tie_margin", "tie_break")
                if name in document
            },
        )


def require_problem(value: object) -> Problem:
    """`value` if it is a `Problem`; anything else is refused by name."""
    if not isinstance(value, Problem):
        raise refuse("problem", f"a Problem is needed, not {quoted(value)}")
    return value


def _criteria(owner: Mapping[str, Any]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            code=node["code"],
            name=node.get("name", ""),
            weight=weight,
            points=PiecewiseLinear.of(node["points"]) if "points" in node else None,
            criteria=_criteria(node) if "criteria" in node else (),
            unit=node.get("unit", ""),
        )
        for node, weight in zip(owner["criteria"], group_weights(owner), strict=True)
    )


def _alternative(entry: Mapping[str, Any]) -> Alternative:
    return Alternative(
        code=entry["code"],
        name=entry.get("name", ""),
        scores=dict(entry.get("scores", {})),
        gates=tuple(Gate(**gate) for gate in entry.get("gates", ())),
        confidence=dict(entry["confidence"]) if "confidence" in entry else None,
    )


def _as_document(problem: Problem) -> dict[str, Any]:
    """The problem in the shape of a decision file, so that one set of checks serves both doors."""
    document: dict[str, Any] = {
        "title": problem.title,
        "missing": problem.missing,
        "tie_margin": problem.tie_margin,
        "criteria": _nodes(problem.criteria, "$.criteria", 1, itertools.count(1)),
        "alternatives": [
            _entry(alternative)
            for alternative in _built_of(Alternative, problem.alternatives, "$.alternatives")
        ],
    }
    if problem.tie_break is not None:
        document["tie_break"] = problem.tie_break
    return document


def _built_of(kind: type[_Part], parts: object, path: str) -> Sequence[_Part]:
    if not isinstance(parts, list | tuple) or not all(isinstance(part, kind) for part in parts):
        raise refuse(path, f"a sequence of {kind.__name__} is needed")
    return parts


def _nodes(criteria: object, path: str, depth: int, numbers: Iterator[int]) -> list[dict[str, Any]]:
    """Bounded here already, because criteria may be built of each other without end."""
    parts = _built_of(Criterion, criteria, path)
    if parts and depth > MAX_DEPTH:
        raise refuse(path, f"the tree of criteria is deeper than {MAX_DEPTH} levels")
    nodes = []
    for criterion in parts:
        if next(numbers) > MAX_NODES:
            raise refuse(path, f"there are more than {MAX_NODES} criteria")
        nodes.append(_node(criterion, depth, numbers))
    return nodes


def _node(criterion: Criterion, depth: int, numbers: Iterator[int]) -> dict[str, Any]:
    node: dict[str, Any] = {
        "code": criterion.code,
        "name": criterion.name,
        "weight": criterion.weight,
        "unit": criterion.unit,
    }
    if criterion.points is not None:
        node["points"] = criterion.points
    if criterion.criteria is not None:
        children = _nodes(criterion.criteria, f"criterion {quoted(criterion.code)}", depth + 1, numbers)
        if children:
            node["criteria"] = children
    return node


def _entry(alternative: Alternative) -> dict[str, Any]:
    gates = [
        {"code": gate.code, "outcome": gate.outcome, "reason": gate.reason}
        for gate in _built_of(Gate, alternative.gates, f"gates of {quoted(alternative.code)}")
    ]
    entry = {"code": alternative.code, "name": alternative.name, "scores": alternative.scores, "gates": gates}
    if alternative.confidence is not None:
        entry["confidence"] = alternative.confidence
    return entry
