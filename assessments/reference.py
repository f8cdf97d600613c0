"""What ships with the product about legal tasks: factors and gates, the catalogue, ethics duties.

An assessment reads its own copy (``FactorSet.content``), never these files; they only start a new copy.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"


@dataclass(frozen=True)
class CatalogueTask:
    """A common kind of legal work with its typical answers; ``volume`` and ``hours`` are (low, high)."""

    code: str
    name: str
    practice_area: str
    practice_of_law: str
    boundary_note: str
    rationale: str
    flags: tuple[str, ...]
    profile: Mapping[str, int]
    unit: str
    volume: tuple[float, float]
    hours: tuple[float, float]


def _load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def _factor_rules() -> dict[str, Any]:
    rules: dict[str, Any] = _load("suitability_factors")
    return rules


def factor_rules() -> dict[str, Any]:
    """Give a fresh copy of the shipped factors, bands, flags and gates."""
    return copy.deepcopy(_factor_rules())


@cache
def catalogue() -> tuple[CatalogueTask, ...]:
    """Give the catalogue of common kinds of legal work, in its own order."""
    return tuple(_catalogue_task(row) for row in _load("task_catalogue")["tasks"])


def _catalogue_task(row: Mapping[str, Any]) -> CatalogueTask:
    volume, hours = row["typical_annual_volume"], row["hours_per_unit"]
    return CatalogueTask(
        code=row["code"],
        name=row["name"],
        practice_area=row["practice_area"],
        practice_of_law=row["practice_of_law"],
        boundary_note=row["boundary_note"],
        rationale=row["rationale"],
        flags=tuple(row["flags"]),
        profile=row["profile"],
        unit=row["unit"],
        volume=(volume["low"], volume["high"]),
        hours=(hours["low"], hours["high"]),
    )


@cache
def catalogue_by_code() -> Mapping[str, CatalogueTask]:
    """Give the catalogue by code."""
    return {task.code: task for task in catalogue()}


@cache
def ethics_duties() -> dict[str, Any]:
    """Give the ethics duties and authorities behind the gates. Not to be changed."""
    duties: dict[str, Any] = _load("ethics_duties")
    return duties
