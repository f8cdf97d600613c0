"""Small decisions for the tests of the sentences."""

from __future__ import annotations

from typing import Any

import records
from selections.words.reading import Reading

NAMES = {"QUAL": "Quality", "SECU": "Security", "COMM": "Communication"}
UNIT_POINTS = [[0, 0], [100, 1]]


def leaf(code: str, weight: float, points: list[list[float]] | None = None) -> dict[str, Any]:
    return {
        "code": f"{code}-1",
        "name": f"{code.title()} measure",
        "unit": "points",
        "weight": weight,
        "points": points or UNIT_POINTS,
    }


def group(code: str, weight: float, *leaves: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "name": NAMES.get(code, code.title()),
        "weight": weight,
        "criteria": list(leaves) or [leaf(code, 1)],
    }


def reading(criteria: list[dict[str, Any]], scores: dict[str, dict[str, Any]], **settings: Any) -> Reading:
    """Decide with one provider for each entry of ``scores``: name → {leaf: score}."""
    failed = settings.pop("failed", ())
    alternatives = [
        {
            "code": f"V{place}",
            "name": name,
            "scores": given,
            "gates": [{"code": "K01", "outcome": "failed", "reason": "No proof"}] if name in failed else [],
        }
        for place, (name, given) in enumerate(scores.items(), start=1)
    ]
    decision = {
        "schema": "lpo.decision/1",
        "title": "Small",
        "missing": "worst",
        "tie_margin": 3,
        "criteria": criteria,
        "alternatives": alternatives,
        **settings,
    }
    return Reading(decision, records.decide_document(decision))


def two_criteria(
    scores: dict[str, tuple[float, float]], weights: tuple[float, float] = (60, 40), **more: Any
) -> Reading:
    """Cost and quality with one measure each, from 0 to 100."""
    return reading(
        [group("COST", weights[0]), group("QUAL", weights[1])],
        {name: {"COST-1": cost, "QUAL-1": quality} for name, (cost, quality) in scores.items()},
        **more,
    )
