"""The decision file and the result document."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from engine import (
    ENGINE_VERSION,
    InvalidInput,
    Problem,
    cross_checks,
    flips,
    potential_margins,
    rank,
    robustness,
    unknowns,
)
from engine.decision_check import decision_faults
from records.canonical import as_data, canonical, sha256
from records.reading import read_json

RESULT_SCHEMA = "lpo.result/1"
DECISION_LIMIT = 5_000_000
DEFAULT_SAMPLES = 10_000
_ROBUSTNESS = (
    *("acceptability", "central_weights", "confidence", "pairwise"),
    *("samples", "seed", "half_width"),
)


def decode_decision(data: bytes) -> dict[str, Any]:
    """Read a decision file. Raises `InvalidInput` with up to 50 faults, each with its JSON path."""
    document: dict[str, Any] = read_json(data, limit=DECISION_LIMIT)
    check_decision(document)
    return document


def check_decision(document: object) -> None:
    """Refuse a document that is not a complete `lpo.decision/1`."""
    faults = decision_faults(document, need_schema=True)
    if faults:
        raise InvalidInput(*faults)


def decide_document(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The result (`lpo.result/1`) of a decision, as plain data. Scores 0–100, shares 0–1, nothing rounded.

    A margin of potential optimality that has no bound, that of a single alternative, is None: JSON has no
    infinity.
    """
    return Decided(decision).result


class Decided:
    """A decision that was checked; what follows from it is calculated when it is first asked for.

    Raises `InvalidInput` for a decision that cannot be calculated.
    """

    def __init__(self, decision: Mapping[str, Any]) -> None:
        self.decision = decision
        self._problem = Problem.from_decision(decision)

    @cached_property
    def ranking(self) -> dict[str, Any]:
        """Those members of the result that say who is where; of the arithmetic they take a tenth."""
        ranking: dict[str, Any] = as_data(rank(self._problem))
        if ranking["cautious"] is None:
            del ranking["cautious"]
            for row in ranking["excluded"]:
                del row["cautious_score"]
        return ranking

    @cached_property
    def result(self) -> dict[str, Any]:
        """The whole result (see `decide_document`)."""
        return {
            "schema": RESULT_SCHEMA,
            "input_sha256": sha256(canonical(self.decision)),
            "engine_version": ENGINE_VERSION,
            **self.ranking,
            **_tests(self._problem, self.decision),
        }


def _tests(problem: Problem, decision: Mapping[str, Any]) -> dict[str, Any]:
    """How far the ranking holds."""
    changes = flips(problem)
    tested = robustness(
        problem, samples=decision.get("samples", DEFAULT_SAMPLES), seed=decision.get("seed", 0)
    )
    return {
        "flips": {
            "weights": as_data(changes.weights),
            "nearest": as_data(changes.nearest),
            "scores": [as_data(row) for row in changes.scores],
        },
        "robustness": {name: as_data(getattr(tested, name)) for name in _ROBUSTNESS},
        "potentially_optimal": {
            code: margin if math.isfinite(margin) else None
            for code, margin in potential_margins(problem).items()
        },
        "unknowns": [as_data(unknown) for unknown in unknowns(problem) if unknown.could_change],
        "cross_checks": as_data(cross_checks(problem)),
    }
