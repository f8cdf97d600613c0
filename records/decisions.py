"""The decision file and the result document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import ENGINE_VERSION, InvalidInput, Problem, flips, rank
from engine.decision_check import decision_faults
from records.canonical import as_data, canonical, sha256
from records.reading import read_json

RESULT_SCHEMA = "lpo.result/1"
DECISION_LIMIT = 5_000_000


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
    """The result (`lpo.result/1`) of a decision, as plain data. Scores 0–100, shares 0–1, nothing rounded."""
    problem = Problem.from_decision(decision)
    ranking = as_data(rank(problem))
    if ranking["cautious"] is None:
        del ranking["cautious"]
        for row in ranking["excluded"]:
            del row["cautious_score"]
    changes = flips(problem)
    return {
        "schema": RESULT_SCHEMA,
        "input_sha256": sha256(canonical(decision)),
        "engine_version": ENGINE_VERSION,
        **ranking,
        "flips": {
            "weights": as_data(changes.weights),
            "nearest": as_data(changes.nearest),
            "scores": [as_data(row) for row in changes.scores],
        },
    }
